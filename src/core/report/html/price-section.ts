import type { Report } from '../report.ts';
import { dayOf, fixed, placesOf } from './format.ts';
import { countsOf } from './lookup.ts';
import { band, line, lineData } from './marks.ts';
import { html, type Markup, scriptJson } from './markup.ts';
import { figure, leftPercent, plot, topPercent } from './plot.ts';
import { extent, halveOnPhones, linearScale, niceValues, timeTicks } from './scale.ts';

/** Fills drawn on the price chart; more would be a wall of triangles, and `fills.csv` has all that the report lists. */
const MOST_FILLS = 2_000;
const POINTS = 1_000;

type Fill = Report['fills'][number];

/** Highs, lows and last closes of about `count` groups of bars, evenly in the order of bars. */
function group(
  price: Report['price'],
  count: number,
): { time: number[]; low: number[]; high: number[]; close: number[] } {
  const n = price.timeMs.length;
  const size = Math.max(1, Math.ceil(n / count));
  const out = { time: [] as number[], low: [] as number[], high: [] as number[], close: [] as number[] };
  for (let from = 0; from < n; from += size) {
    const to = Math.min(n, from + size);
    out.time.push(price.timeMs[to - 1]!);
    out.low.push(Math.min(...price.low.slice(from, to)));
    out.high.push(Math.max(...price.high.slice(from, to)));
    out.close.push(price.close[to - 1]!);
  }
  return out;
}

/** The fills of the page: the first {@link MOST_FILLS} of the drawn instrument, purchases before sales. */
export function drawnFills(report: Report): Fill[] {
  const fills = report.fills.filter((f) => f.instrument === report.price.instrument).slice(0, MOST_FILLS);
  return [...fills.filter((f) => f.side === 'buy'), ...fills.filter((f) => f.side === 'sell')];
}

/** Price with every fill: up-pointing for buys below the price, down-pointing for sells above it. */
export function priceSection(report: Report): Markup | null {
  const { price } = report;
  if (price.timeMs.length < 2) return null;
  const fills = drawnFills(report);
  const columns = group(price, POINTS);
  const x = linearScale(price.timeMs[0]!, price.timeMs.at(-1)!);
  const [low, high] = extent([...columns.low, ...columns.high, ...fills.map((f) => Number(f.price))], 0.05);
  const y = linearScale(low, high);
  const yValues = niceValues(low, high, 6);
  const places = Math.min(placesOf(yValues.map((v) => Number(v.toPrecision(10)))), 8);
  const listed = report.fills.filter((f) => f.instrument === price.instrument).length;
  const { fills: count } = countsOf(report);
  const rest =
    count > report.fills.length
      ? `fills.csv has the first ${fixed(report.fills.length, 0)} of ${fixed(count, 0)}`
      : `fills.csv has ${fixed(listed - fills.length, 0)} more`;
  return html`<section id="price"><h2>Price and fills</h2>${figure({
    id: 'price-figure',
    title: `${price.instrument}, ${price.timeframe}`,
    note: html`<span class="js">Point at a fill to read why it happened. </span>${
      listed > fills.length ? `The first ${fixed(fills.length, 0)} fills are drawn; ${rest}.` : null
    }`,
    legend: [
      { mark: 'thin', label: 'Close' },
      { mark: 'range', label: 'High to low' },
      { mark: 'tri-up', label: 'Buy' },
      { mark: 'tri-down', label: 'Sell' },
    ],
    body: html`<div class="zooms"><span class="switch"><input type="radio" name="zoom" id="zoom-1" checked><label for="zoom-1">Whole period</label><input type="radio" name="zoom" id="zoom-4"><label for="zoom-4">4×</label><input type="radio" name="zoom" id="zoom-16"><label for="zoom-16">16×</label></span><p class="strip" data-cursor="fill" aria-live="off">&nbsp;</p>${plot(
      {
        id: 'price-plot',
        description: `Price of ${price.instrument} from ${dayOf(x.low)} to ${dayOf(x.high)}, between ${fixed(low, places)} and ${fixed(high, places)}, with ${fills.length} fills. The trade list has them as text.`,
        size: 'tall',
        x,
        y,
        xTicks: halveOnPhones(timeTicks(x.low, x.high, 10)),
        yTicks: yValues.map((value) => ({ value, label: fixed(value, places) })),
        marks: [
          band('range', x, y, columns.time, columns.low, columns.high),
          line('close', lineData(x, y, columns.time, columns.close)),
        ],
        overlay: (['buy', 'sell'] as const).map(
          (side) =>
            html`<div class="fills ${side}" aria-hidden="true">${fills
              .filter((f) => f.side === side)
              .map(
                (f) => html`<i style="left:${leftPercent(x, f.timeMs)}%;top:${topPercent(y, Number(f.price))}%"></i>`,
              )}</div>`,
        ),
      },
    )}</div>`,
  })}</section>`;
}

/** Characters of causes that the page carries; the report as JSON has them all. */
const MOST_CAUSES = 16_000;

/**
 * What the script needs to explain the fills, as columns: seconds since the first, price, quantity, fee, `kind` (an index into
 * `kinds`, role and fee asset), why, and causes. `why` is a number where the trade list already holds the sentence: ± its row, counted from
 * one; positive for the entry's, negative for the exit's.
 */
export function fillData(report: Report, listed: Report['trades']): Markup {
  const fills = drawnFills(report);
  const rows = new Map<string, number>();
  listed.forEach((t, i) => {
    rows.set(`${t.entryOrder}\n${t.entryWhy}`, i + 1);
    if (t.exitOrder !== null) rows.set(`${t.exitOrder}\n${t.exitWhy}`, -(i + 1));
  });
  const kindOf = (f: Fill): string => `${f.role}\n${f.feeAsset}`;
  const kinds = [...new Set(fills.map(kindOf))];
  const startMs = fills[0]?.timeMs ?? 0;
  let room = MOST_CAUSES;
  return scriptJson({
    startMs,
    kinds: kinds.map((k) => k.split('\n')),
    at: fills.map((f) => Math.round((f.timeMs - startMs) / 1000)),
    price: fills.map((f) => f.price),
    quantity: fills.map((f) => f.quantity),
    fee: fills.map((f) => f.fee),
    kind: fills.map((f) => kinds.indexOf(kindOf(f))),
    why: fills.map((f) => rows.get(`${f.order}\n${f.why}`) ?? f.why),
    causes: fills.map((f) => {
      const text = f.causes.slice(0, 6).join(' ← ');
      room -= text.length;
      return room >= 0 && text !== '' ? text : 0;
    }),
  });
}
