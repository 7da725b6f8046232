import type { Report } from '../report.ts';
import { closingDayOf, dayOf, fixed, minuteOf, percent } from './format.ts';
import { accountCurrency, equityDayOf, moneyUnitOf } from './lookup.ts';
import { area, line, lineData, ruleAt, stretch } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { figure, leftPercent, plot } from './plot.ts';
import { regimeClass, regimeRibbon, regimeTable } from './regimes.ts';
import {
  extent,
  halveOnPhones,
  linearScale,
  logScale,
  moneyTicks,
  niceRatios,
  niceValues,
  type Scale,
  type Tick,
  timeTicks,
} from './scale.ts';
import { table, tone } from './table.ts';
import { pick, thin } from './thin.ts';

/** Points of a line that a screen can still show. */
const POINTS = 1_200;

/** Equity columns with no more points than a screen shows, the same times for all. */
export interface EquityColumns {
  readonly timeMs: number[];
  readonly strategy: number[];
  readonly benchmark: number[] | null;
  readonly drawdown: number[];
}

export function thinEquity(report: Report): EquityColumns {
  const { equity } = report;
  const indices = thin(equity.strategy, POINTS);
  return {
    timeMs: pick(equity.timeMs, indices),
    strategy: pick(equity.strategy, indices),
    benchmark: equity.benchmark ? pick(equity.benchmark, indices) : null,
    drawdown: pick(equity.drawdown, indices),
  };
}

function equityPlot(
  report: Report,
  columns: EquityColumns,
  x: Scale,
  y: Scale,
  yTicks: Tick[],
  xTicks: Tick[],
): Markup {
  const { timeMs, strategy, benchmark } = columns;
  const first = strategy[0]!;
  const { places } = moneyUnitOf(report);
  return plot({
    description: `Equity from ${dayOf(x.low)} to ${dayOf(x.high)}: begins at ${fixed(first, places)}, ends at ${fixed(strategy.at(-1)!, places)}${
      benchmark ? `; buy and hold ends at ${fixed(benchmark.at(-1)!, places)}` : ''
    }.`,
    size: 'tall',
    bare: true,
    x,
    y,
    xTicks,
    yTicks,
    marks: [
      report.regimes.map((r) => stretch(`regime ${regimeClass(r.label)}`, x, r.fromMs, r.toMs)),
      ruleAt('rule', y, first),
      benchmark ? line('benchmark', lineData(x, y, timeMs, benchmark)) : null,
      line('strategy', lineData(x, y, timeMs, strategy)),
    ],
  });
}

/** Equity against the benchmark, linear or logarithmic, with the drawdown below and regimes shaded. */
export function equitySection(report: Report): Markup | null {
  const columns = thinEquity(report);
  const { timeMs, strategy, benchmark, drawdown } = columns;
  if (timeMs.length < 2) return null;
  const currency = accountCurrency(report);
  const x = linearScale(timeMs[0]!, timeMs.at(-1)!);
  const xTicks = halveOnPhones(timeTicks(x.low, x.high, 10));
  const [low, high] = extent([...strategy, ...(benchmark ?? [])], 0.05);
  const lowest = extent([...strategy, ...(benchmark ?? [])])[0];
  const linear = equityPlot(report, columns, x, linearScale(low, high), moneyTicks(niceValues(low, high, 6)), xTicks);
  const logLow = lowest * 0.97;
  const logarithmic =
    lowest > 0
      ? equityPlot(report, columns, x, logScale(logLow, high), moneyTicks(niceRatios(logLow, high, 6)), xTicks)
      : null;
  const deepest = Math.min(-0.001, extent(drawdown)[0]);
  const drawdownY = linearScale(deepest * 1.08, 0);
  const ddPlot = plot({
    description: `Drawdown from the highest equity so far; the deepest is ${percent(deepest)}.`,
    size: 'short',
    x,
    y: drawdownY,
    xTicks,
    yTicks: niceValues(deepest * 1.08, 0, 3).map((value) => ({
      value,
      label: percent(value, 'auto', Math.abs(deepest) < 0.02 ? 1 : 0),
    })),
    marks: [area('under', x, drawdownY, timeMs, drawdown, 0), line('fall', lineData(x, drawdownY, timeMs, drawdown))],
  });
  const unit = currency === '' ? '' : `, ${currency}`;
  return html`<section id="equity"><h2>Equity</h2>${figure({
    id: 'equity-figure',
    title: `Equity${unit}`,
    legend: [
      { mark: 'solid', label: 'Strategy' },
      ...(benchmark ? [{ mark: 'dashed', label: 'Buy & hold' }] : []),
      { mark: 'filled', label: 'Drawdown, % of the peak' },
    ],
    body: html`<div class="scales">${
      logarithmic
        ? html`<span class="switch"><input type="radio" name="scale" id="scale-linear" checked><label for="scale-linear">Linear</label><input type="radio" name="scale" id="scale-log"><label for="scale-log">Logarithmic</label></span>`
        : null
    }<p class="strip" data-cursor="equity" aria-hidden="true">&nbsp;</p><div class="linear">${linear}</div>${
      logarithmic ? html`<div class="log">${logarithmic}</div>` : null
    }${regimeRibbon(report, x)}${ddPlot}</div>`,
    table: html`${monthEnds(report)}${regimeTable(report)}`,
  })}</section>`;
}

/** Last point of each month, of all that there are: enough to follow the curve without a drawing. */
function monthEnds(report: Report): Markup {
  const { timeMs, strategy, benchmark, drawdown } = report.equity;
  const { places } = moneyUnitOf(report);
  const monthOf = (i: number): string => closingDayOf(timeMs[i]!).slice(0, 7);
  const rows: number[] = [];
  for (let i = 0; i < timeMs.length; i++) if (i + 1 === timeMs.length || monthOf(i) !== monthOf(i + 1)) rows.push(i);
  return table(
    [
      { title: 'Month', cell: monthOf },
      { title: 'Last point, UTC', cell: (i) => minuteOf(timeMs[i]!) },
      { title: 'Strategy', kind: 'number', cell: (i) => fixed(strategy[i]!, places) },
      ...(benchmark
        ? [{ title: 'Buy & hold', kind: 'number' as const, cell: (i: number) => fixed(benchmark[i]!, places) }]
        : []),
      { title: 'Drawdown', kind: 'number', cell: (i) => percent(drawdown[i]!) },
    ],
    rows,
    { caption: 'Equity at the end of each month', rowHeaders: true },
  );
}

/** The five deepest drawdowns, shaded on the equity line and as a table. */
export function drawdownSection(report: Report): Markup | null {
  const { timeMs, strategy } = thinEquity(report);
  if (timeMs.length < 2) return null;
  const deepest = [...report.drawdowns].sort((a, b) => a.depth - b.depth).slice(0, 5);
  const x = linearScale(timeMs[0]!, timeMs.at(-1)!);
  const [low, high] = extent(strategy, 0.08);
  const y = linearScale(low, high);
  const endOf = (d: (typeof deepest)[number]): number => d.recoveredTimeMs ?? x.high;
  return html`<section id="drawdowns"><h2>Drawdowns</h2>${figure({
    title: 'The five deepest drawdowns',
    note: 'Shaded from the peak to the recovery, numbered by depth.',
    body: plot({
      description: `Equity with its ${deepest.length} deepest drawdowns shaded; the table below lists them.`,
      x,
      y,
      xTicks: halveOnPhones(timeTicks(x.low, x.high, 10)),
      yTicks: moneyTicks(niceValues(low, high, 5)),
      marks: [
        deepest.map((d) => stretch('sunken', x, d.peakTimeMs, endOf(d))),
        line('strategy', lineData(x, y, timeMs, strategy)),
      ],
      overlay: deepest.map(
        (d, i) => html`<b class="mark" style="left:${leftPercent(x, (d.peakTimeMs + endOf(d)) / 2)}%">${i + 1}</b>`,
      ),
    }),
  })}${
    deepest.length === 0
      ? html`<p>Equity never fell below a former peak.</p>`
      : table(
          [
            { title: '#', cell: (_, i) => i + 1 },
            { title: 'Depth', kind: 'number', cell: (d) => percent(d.depth), tone: (d) => tone(d.depth) },
            { title: 'Peak', cell: (d) => equityDayOf(report, d.peakTimeMs) },
            { title: 'Trough', cell: (d) => equityDayOf(report, d.troughTimeMs) },
            {
              title: 'Recovered',
              cell: (d) => (d.recoveredTimeMs === null ? 'not yet' : equityDayOf(report, d.recoveredTimeMs)),
            },
            { title: 'Days', kind: 'number', cell: (d) => fixed(d.days, 0) },
          ],
          deepest,
          { caption: 'The five deepest drawdowns', quiet: true, rowHeaders: true },
        )
  }</section>`;
}
