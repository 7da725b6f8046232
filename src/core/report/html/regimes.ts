import type { Report } from '../report.ts';
import { minuteOf } from './format.ts';
import { html, type Markup } from './markup.ts';
import { leftPercent } from './plot.ts';
import { EXTENT, type Scale } from './scale.ts';
import { table } from './table.ts';

/** Class of a regime's shade; unknown labels share a neutral one. */
export function regimeClass(label: string): string {
  const known = ['trend-up', 'trend-down', 'chop', 'crash', 'gap', 'halt'];
  return known.includes(label) ? label : 'other';
}

/** A strip below the plot that names each regime, so that shade is not the only sign. */
export function regimeRibbon(report: Report, x: Scale): Markup | null {
  if (report.regimes.length === 0) return null;
  const parts = report.regimes.map((r) => {
    const left = Math.max(0, x.at(r.fromMs));
    const width = Math.min(EXTENT, x.at(r.toMs)) - left;
    if (width <= 0) return null;
    // Text is written only where it has room; the title and the table name the rest.
    return html`<i class="${regimeClass(r.label)}" style="left:${leftPercent(x, Math.max(r.fromMs, x.low))}%;width:${(width / 10).toFixed(2)}%" title="${r.label}, ${minuteOf(r.fromMs)} to ${minuteOf(r.toMs)}">${width > 55 ? r.label : null}</i>`;
  });
  return html`<div class="ribbon" aria-hidden="true">${parts}</div>`;
}

export function regimeTable(report: Report): Markup | null {
  if (report.regimes.length === 0) return null;
  return table(
    [
      { title: 'Regime', cell: (r) => r.label },
      { title: 'From, UTC', cell: (r) => minuteOf(r.fromMs) },
      { title: 'To, UTC', cell: (r) => minuteOf(r.toMs) },
    ],
    report.regimes,
    { caption: 'Regimes', rowHeaders: true },
  );
}
