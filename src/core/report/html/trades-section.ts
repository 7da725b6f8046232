import type { Report } from '../report.ts';
import { fixed, money, percentNumber } from './format.ts';
import { countsOf, moneyUnitOf } from './lookup.ts';
import { bars, dots, rings, ruleAt } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { figure, plot } from './plot.ts';
import { extent, linearScale, moneyTicks, niceValues } from './scale.ts';
import { table } from './table.ts';

type Trade = Report['trades'][number];
type Points = readonly (readonly [x: number, y: number])[];

const closed = (report: Report): Trade[] => report.trades.filter((t) => !t.open);

/** Profit of each trade in order, what each went through on the way, and how long it took. */
export function tradesSection(report: Report): Markup {
  const trades = closed(report);
  const body =
    trades.length === 0
      ? html`<p>No trade was closed in this run.</p>`
      : html`${profitFigure(report, trades)}<div class="pairs">${excursionFigure(trades)}${holdingFigure(trades)}</div>`;
  return html`<section id="trades"><h2>Trades</h2>${body}</section>`;
}

function profitFigure(report: Report, trades: readonly Trade[]): Markup {
  const unit = moneyUnitOf(report);
  const { currency } = unit;
  const [low, high] = extent([0, ...trades.map((t) => t.profit)], 0.06);
  const x = linearScale(0, trades.length);
  const y = linearScale(low, high);
  const { rows, size } = profitBars(trades);
  const { trades: count } = countsOf(report);
  const notes = [
    'In the order of their exits, net of costs.',
    size > 1 ? `Each bar is the best and the worst of ${size} trades.` : '',
    count > report.trades.length
      ? `The first ${fixed(report.trades.length, 0)} of ${fixed(count, 0)} trades; all metrics count all.`
      : '',
  ];
  const wins = trades.filter((t) => t.profit > 0);
  const losses = trades.filter((t) => t.profit < 0);
  const total = (some: readonly Trade[]): number => some.reduce((sum, t) => sum + t.profit, 0);
  return figure({
    title: currency === '' ? 'Profit of each trade' : `Profit of each trade, ${currency}`,
    note: notes.filter((note) => note !== '').join(' '),
    legend: [
      { mark: 'block-up', label: `${fixed(wins.length, 0)} gained` },
      { mark: 'block-down', label: `${fixed(losses.length, 0)} lost` },
    ],
    body: plot({
      description: `Bars of the profit of ${trades.length} trades: ${wins.length} gained ${money(total(wins), unit)}, ${losses.length} lost ${money(total(losses), unit)}.`,
      x,
      y,
      xTicks: niceValues(0, trades.length, 8)
        .filter((v) => Number.isInteger(v))
        .map((value, i) => ({ value, label: fixed(value, 0), minor: i % 2 === 1 })),
      yTicks: moneyTicks(niceValues(low, high, 5), 'always'),
      xTitle: 'trade',
      marks: [
        bars(
          'up-fill',
          x,
          y,
          rows.filter((r) => r.value > 0),
        ),
        bars(
          'down-fill',
          x,
          y,
          rows.filter((r) => r.value < 0),
        ),
        ruleAt('zero', y, 0),
      ],
    }),
    table: table(
      [
        { title: 'Outcome', cell: (r) => r.name },
        { title: 'Trades', kind: 'number', cell: (r) => fixed(r.trades.length, 0) },
        { title: 'Sum', kind: 'number', cell: (r) => money(total(r.trades), unit, 'always') },
        {
          title: 'Mean',
          kind: 'number',
          cell: (r) => (r.trades.length === 0 ? 'n/a' : money(total(r.trades) / r.trades.length, unit, 'always')),
        },
      ],
      [
        { name: 'Gained', trades: wins },
        { name: 'Lost', trades: losses },
        { name: 'Broke even', trades: trades.filter((t) => t.profit === 0) },
      ],
      { caption: 'Trades by outcome; the trade list has every one', rowHeaders: true },
    ),
  });
}

/** Most bars that a chart can show beside each other. */
const MOST_BARS = 600;

/** A bar a trade; where there are too many to see, one up and one down for the extremes of each group of `size`. */
function profitBars(trades: readonly Trade[]): {
  readonly rows: readonly { readonly from: number; readonly to: number; readonly value: number }[];
  readonly size: number;
} {
  const size = Math.ceil(trades.length / MOST_BARS);
  const rows = [];
  for (let first = 0; first < trades.length; first += size) {
    const profits = trades.slice(first, first + size).map((t) => t.profit);
    const place = { from: first + 0.1 * size, to: Math.min(first + 0.9 * size, trades.length) };
    const [best, worst] = [Math.max(...profits), Math.min(...profits)];
    rows.push({ ...place, value: best });
    if (worst < 0 && worst !== best) rows.push({ ...place, value: worst });
  }
  return { rows, size };
}

function scatter(
  trades: readonly Trade[],
  at: (trade: Trade) => readonly [x: number, y: number],
  text: {
    readonly id: string;
    readonly title: string;
    readonly note: string;
    readonly description: string;
    readonly xTitle: string;
    readonly yTitle: string;
  },
  label: { readonly x: (value: number) => string; readonly y: (value: number) => string },
): Markup {
  const points: Points = trades.map(at);
  const [xLow, xHigh] = extent([0, ...points.map(([px]) => px)], 0.04);
  const [yLow, yHigh] = extent([0, ...points.map(([, py]) => py)], 0.06);
  const x = linearScale(Math.min(0, xLow * 0.5), xHigh);
  const y = linearScale(yLow, yHigh);
  const gained = points.filter((_, i) => trades[i]!.profit > 0);
  const lost = points.filter((_, i) => trades[i]!.profit <= 0);
  return figure({
    title: text.title,
    note: text.note,
    legend: [
      { mark: 'disc', label: 'Gained' },
      { mark: 'ring', label: 'Lost' },
    ],
    body: plot({
      description: text.description,
      x,
      y,
      xTicks: niceValues(x.low, x.high, 5).map((value) => ({ value, label: label.x(value) })),
      yTicks: niceValues(yLow, yHigh, 5).map((value) => ({ value, label: label.y(value) })),
      xTitle: text.xTitle,
      yTitle: text.yTitle,
      marks: [ruleAt('zero', y, 0), rings(text.id, 'loss', x, y, lost), dots('gain', x, y, gained)],
    }),
  });
}

function excursionFigure(trades: readonly Trade[]): Markup {
  return scatter(
    trades,
    (t) => [Math.abs(t.maePct), t.mfePct],
    {
      id: 'excursion-losses',
      title: 'Worst and best moment of each trade',
      note: 'Losses far up had been winners; gains far right had been in danger.',
      description: `Scatter of ${trades.length} trades: maximum adverse excursion across, maximum favourable excursion up, in percent of the entry price.`,
      xTitle: 'worst moment (MAE), % against the entry',
      yTitle: 'best (MFE), %',
    },
    {
      x: (v) => percentNumber(v, 'auto', v % 1 === 0 ? 0 : 1),
      y: (v) => percentNumber(v, 'auto', v % 1 === 0 ? 0 : 1),
    },
  );
}

function holdingFigure(trades: readonly Trade[]): Markup {
  return scatter(
    trades,
    (t) => [t.barsHeld, t.profitPct],
    {
      id: 'holding-losses',
      title: 'Holding time and profit',
      note: 'Whether patience pays: bars held across, profit up.',
      description: `Scatter of ${trades.length} trades: bars held across, profit in percent up.`,
      xTitle: 'bars held',
      yTitle: 'profit, %',
    },
    { x: (v) => fixed(v, 0), y: (v) => percentNumber(v, 'always', v % 1 === 0 ? 0 : 1) },
  );
}
