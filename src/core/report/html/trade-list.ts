import type { Report } from '../report.ts';
import { fixed, minuteOf, placesOf } from './format.ts';
import { countsOf, distinct, moneyUnitOf } from './lookup.ts';
import { type Content, html, type Markup } from './markup.ts';
import { tone } from './table.ts';

type Trade = Report['trades'][number];

/** Rows in the page; `trades.csv` has all that the report lists. */
export const MOST_TRADES = 1_000;

/** The trades that the page lists. */
export function listedTrades(report: Report): Trade[] {
  return report.trades.slice(0, MOST_TRADES);
}

/**
 * Every trade with the reasons for its entry and exit. Cells carry no classes of their own (the style goes by column), which keeps
 * a thousand rows small.
 */
export function tradeListSection(report: Report): Markup {
  const trades = listedTrades(report);
  const several = distinct(report.trades.map((t) => t.instrument)).length > 1;
  const strategies = distinct(report.trades.map((t) => t.strategy)).length > 1;
  const unit = moneyUnitOf(report);
  const { currency } = unit;
  const places = pricePlaces(report);
  const price = (instrument: string, value: number | null): string =>
    value === null ? '–' : fixed(value, places.get(instrument) ?? placesOf([value]));
  const columns: readonly (readonly [title: string, cell: (t: Trade) => Content])[] = [
    ['#', (t) => t.id],
    ['Entry, UTC', (t) => minuteOf(t.entryTimeMs)],
    ['Exit, UTC', (t) => (t.open || t.exitTimeMs === null ? 'open' : minuteOf(t.exitTimeMs))],
    ['Side', (t) => (t.side === 'long' ? '▲ long' : '▼ short')],
    [
      currency === '' ? 'Profit' : `Profit, ${currency}`,
      (t) => signedCell(t.profit, fixed(t.profit, unit.places, 'always')),
    ],
    ['Profit, %', (t) => fixed(t.profitPct, 2, 'always')],
    ['R', (t) => (t.r === null ? '–' : fixed(t.r, 2, 'always'))],
    ['Bars', (t) => fixed(t.barsHeld, 0)],
    ['Entry price', (t) => price(t.instrument, t.entryPrice)],
    ['Exit price', (t) => price(t.instrument, t.exitPrice)],
    ['Entry because', (t) => t.entryWhy],
    ['Exit because', (t) => html`${t.exitWhy ?? '–'}${t.exitRole ? html` <u>${t.exitRole}</u>` : null}`],
    ['Quantity', (t) => fixed(t.quantity, Math.min(8, placesOf([t.quantity])))],
    ['MAE, %', (t) => fixed(t.maePct, 2)],
    ['MFE, %', (t) => fixed(t.mfePct, 2)],
    ...(several ? ([['Instrument', (t: Trade) => t.instrument]] as const) : []),
    ...(strategies ? ([['Strategy', (t: Trade) => t.strategy]] as const) : []),
  ];
  const { trades: count } = countsOf(report);
  const all = count === report.trades.length ? 'all' : `the first ${fixed(report.trades.length, 0)}`;
  const rows = trades.map(
    (t) => html`<tr>${columns.map(([, cell]) => html`<td>${cell(t)}`)}
`,
  );
  return html`<section id="trade-list"><h2>Trade list</h2>${
    trades.length === 0
      ? html`<p>No trade was made.</p>`
      : html`<form class="js filter" id="filter" role="search"><label>Find <input type="search" name="text" placeholder="in any column"></label>
<label>Side <select name="side"><option value="">all</option><option value="long">long</option><option value="short">short</option></select></label>
<label>Outcome <select name="outcome"><option value="">all</option><option value="up">gained</option><option value="down">lost</option></select></label>
<output aria-live="polite">${fixed(trades.length, 0)} trades</output></form>
<div class="table long" tabindex="0" role="region" aria-label="Trade list"><table id="trade-table"><caption>${
          count > trades.length
            ? `The first ${fixed(trades.length, 0)} of ${fixed(count, 0)} trades; trades.csv has ${all}`
            : `All ${fixed(trades.length, 0)} trades, times in UTC, profit net of costs`
        }</caption><thead><tr>${columns.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
  }</section>`;
}

/** Decimals of each instrument's prices, as its fills have them: the mean of several fills is a double with a tail. */
function pricePlaces(report: Report): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { instrument, price } of report.fills)
    places.set(instrument, Math.max(places.get(instrument) ?? 0, (price.split('.')[1] ?? '').length));
  return places;
}

function signedCell(value: number, text: string): Content {
  const sign = tone(value);
  return sign === null ? text : html`<b class="${sign}">${text}</b>`;
}
