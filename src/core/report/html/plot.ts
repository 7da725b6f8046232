import { type Content, html, type Markup } from './markup.ts';
import { EXTENT, type Scale, type Tick } from './scale.ts';

/** One set of axes. The drawing stretches with the page; the labels are page text and keep their size. */
export interface Plot {
  /** Read out in place of the drawing: what is shown, from where to where. */
  readonly description: string;
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Drawn over the grid, in order. */
  readonly marks: Content;
  /** Page elements over the drawing, placed in percent. */
  readonly overlay?: Content;
  /** `'short'`, `'tall'`: heights in the style sheet. */
  readonly size?: 'short' | 'medium' | 'tall';
  /** Leaves out the labels of the x axis, where another plot below carries them. */
  readonly bare?: boolean;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** Lets the script find it. */
  readonly id?: string;
}

const place = (at: number): string => (at / (EXTENT / 100)).toFixed(2).replace(/\.?0+$/, '');

/** Position in percent of the plot's width. */
export function leftPercent(x: Scale, value: number): string {
  return place(x.at(value));
}

/** Position in percent of the plot's height, from the top. */
export function topPercent(y: Scale, value: number): string {
  return place(EXTENT - y.at(value));
}

const inside = (scale: Scale, tick: Tick): boolean => {
  const at = scale.at(tick.value);
  return at >= -0.5 && at <= EXTENT + 0.5;
};

/** Labels at the ends of the axis stay inside it. */
function tickClass(x: Scale, tick: Tick): Markup | null {
  const at = x.at(tick.value);
  const names = [tick.minor ? 'minor' : '', at < EXTENT * 0.02 ? 'start' : at > EXTENT * 0.98 ? 'end' : ''];
  const text = names.filter((name) => name !== '').join(' ');
  return text === '' ? null : html` class="${text}"`;
}

/** The axes with their drawing. */
export function plot(p: Plot): Markup {
  const yTicks = p.yTicks.filter((tick) => inside(p.y, tick));
  const xTicks = p.xTicks.filter((tick) => inside(p.x, tick));
  const grid =
    yTicks.map((t) => `M0 ${Math.round(EXTENT - p.y.at(t.value))}H${EXTENT}`).join('') +
    xTicks.map((t) => `M${Math.round(p.x.at(t.value))} 0V${EXTENT}`).join('');
  return html`<div class="plot ${p.size ?? 'medium'}${p.bare ? ' bare' : ''}"${p.id ? html` id="${p.id}"` : null}>
<div class="yaxis" aria-hidden="true">${p.yTitle ? html`<b>${p.yTitle}</b>` : null}${yTicks.map(
    (t) => html`<i style="top:${topPercent(p.y, t.value)}%">${t.label}</i>`,
  )}</div>
<div class="scroll"><div class="area"><svg viewBox="0 0 ${EXTENT} ${EXTENT}" preserveAspectRatio="none" role="img" aria-label="${p.description}"><path class="grid" d="${grid}"/>${p.marks}</svg>${p.overlay}</div>
<div class="xaxis" aria-hidden="true">${
    p.bare
      ? null
      : xTicks.map((t) => html`<i${tickClass(p.x, t)} style="left:${leftPercent(p.x, t.value)}%">${t.label}</i>`)
  }</div></div>${p.xTitle && !p.bare ? html`<p class="xtitle" aria-hidden="true">${p.xTitle}</p>` : null}</div>`;
}

/** A plot or several with a heading, a legend in a fixed strip, and its numbers as a table. */
export interface Figure {
  readonly title: string;
  readonly note?: Content;
  readonly legend?: readonly { readonly mark: string; readonly label: string }[];
  readonly body: Content;
  readonly table?: Content;
  readonly id?: string;
}

export function figure(f: Figure): Markup {
  return html`<figure${f.id ? html` id="${f.id}"` : null}><figcaption><h3>${f.title}</h3>${
    f.note ? html`<p class="note">${f.note}</p>` : null
  }${
    f.legend
      ? html`<ul class="legend">${f.legend.map((l) => html`<li><span class="key ${l.mark}"></span>${l.label}</li>`)}</ul>`
      : null
  }</figcaption>${f.body}${f.table ? html`<details class="data"><summary>View as table</summary>${f.table}</details>` : null}</figure>`;
}
