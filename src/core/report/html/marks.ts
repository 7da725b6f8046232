import { html, Markup } from './markup.ts';
import { EXTENT, type Scale } from './scale.ts';

/*
 * Marks of a chart on the square of EXTENT × EXTENT, y upwards in the data and downwards on the page. The square is stretched, so
 * strokes do not scale and a dot is a stroke of no length with a round end.
 */

const round1 = (value: number): number => Math.round(value * 10) / 10;

/** Coordinates of a value, rounded to what a screen can show: plots are wider than they are high. */
export function point(x: Scale, y: Scale, xValue: number, yValue: number): string {
  return `${round1(x.at(xValue))} ${Math.round(EXTENT - y.at(yValue))}`;
}

/** The `d` of a line; null values break it. */
export function lineData(x: Scale, y: Scale, xs: readonly number[], ys: readonly (number | null)[]): string {
  let data = '';
  let pen = 'M';
  for (let i = 0; i < xs.length; i++) {
    const value = ys[i];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      pen = 'M';
      continue;
    }
    data += pen + point(x, y, xs[i]!, value);
    pen = 'L';
  }
  return data;
}

export function line(className: string, data: string): Markup {
  return html`<path class="${className}" d="${new Markup(data)}"/>`;
}

/** The area between a line and `base`. */
export function area(
  className: string,
  x: Scale,
  y: Scale,
  xs: readonly number[],
  ys: readonly number[],
  base: number,
): Markup {
  if (xs.length === 0) return new Markup('');
  const floor = round1(EXTENT - y.at(base));
  const data = lineData(x, y, xs, ys).replace(/^M/, 'L');
  return line(className, `M${round1(x.at(xs[0]!))} ${floor}${data}L${round1(x.at(xs.at(-1)!))} ${floor}Z`);
}

/** The band between two lines. */
export function band(
  className: string,
  x: Scale,
  y: Scale,
  xs: readonly number[],
  lows: readonly number[],
  highs: readonly number[],
): Markup {
  const back = xs.map((value, i) => `L${point(x, y, value, lows[i]!)}`).reverse();
  return line(className, xs.length === 0 ? '' : `${lineData(x, y, xs, highs)}${back.join('')}Z`);
}

/** Upright bars from `base` to each value, all in one path. */
export function bars(
  className: string,
  x: Scale,
  y: Scale,
  rows: readonly { readonly from: number; readonly to: number; readonly value: number }[],
  base = 0,
): Markup {
  const floor = Math.round(EXTENT - y.at(base));
  let data = '';
  for (const { from, to, value } of rows) {
    const left = round1(x.at(from));
    data += `M${left} ${floor}V${Math.round(EXTENT - y.at(value))}H${round1(x.at(to))}V${floor}`;
  }
  return line(className, data);
}

/** Round dots; the style's stroke width is their diameter. */
export function dots(
  className: string,
  x: Scale,
  y: Scale,
  points: readonly (readonly [x: number, y: number])[],
): Markup {
  return line(`dot ${className}`, points.map(([px, py]) => `M${point(x, y, px, py)}h0`).join(''));
}

/** Rings: dots with smaller dots of the page's colour on them. `id` must be the page's only one. */
export function rings(
  id: string,
  className: string,
  x: Scale,
  y: Scale,
  points: readonly (readonly [x: number, y: number])[],
): Markup {
  const data = new Markup(points.map(([px, py]) => `M${point(x, y, px, py)}h0`).join(''));
  return html`<defs><path id="${id}" vector-effect="non-scaling-stroke" d="${data}"/></defs><use href="#${id}" class="dot ${className}"/><use href="#${id}" class="dot hole"/>`;
}

/** A stretch of the x axis, full height. */
export function stretch(className: string, x: Scale, from: number, to: number): Markup {
  const left = Math.max(0, x.at(from));
  const width = Math.min(EXTENT, x.at(to)) - left;
  return width <= 0
    ? new Markup('')
    : html`<rect class="${className}" x="${round1(left)}" y="0" width="${round1(width)}" height="${EXTENT}"/>`;
}

/** A rule across the plot at a y value. */
export function ruleAt(className: string, y: Scale, value: number): Markup {
  return line(className, `M0 ${round1(EXTENT - y.at(value))}H${EXTENT}`);
}

/** A rule up the plot at an x value. */
export function rulePole(className: string, x: Scale, value: number): Markup {
  return line(className, `M${round1(x.at(value))} 0V${EXTENT}`);
}
