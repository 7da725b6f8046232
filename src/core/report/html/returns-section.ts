import type { Report } from '../report.ts';
import { mean, standardDeviation } from '../statistics.ts';
import { conditionalValueAtRisk, valueAtRisk } from '../tail.ts';
import { dayOf, fixed, monthName, percent } from './format.ts';
import { findMetric } from './lookup.ts';
import { bars, line, lineData, ruleAt, rulePole } from './marks.ts';
import { type Content, html, type Markup } from './markup.ts';
import { figure, leftPercent, plot } from './plot.ts';
import { extent, halveOnPhones, linearScale, niceStep, niceValues, timeTicks } from './scale.ts';
import { table } from './table.ts';
import { pick, thin } from './thin.ts';

/** Shade of a monthly return: four steps either side, the last from `largest` on. */
function shade(value: number, largest: number): string {
  const step = Math.min(4, Math.ceil((Math.abs(value) / largest) * 4));
  return step === 0 || !Number.isFinite(step) ? 'h0' : `${value < 0 ? 'hd' : 'hu'}${step}`;
}

/** Months by year, tinted, with the number in every cell. */
export function monthlySection(report: Report): Markup | null {
  const { monthly } = report.returns;
  if (monthly.length === 0) return null;
  const sizes = monthly.flatMap((y) => y.months).filter((m) => m !== null);
  const largest = Math.min(0.2, Math.max(0.01, ...sizes.map(Math.abs)));
  const cell = (value: number | null, extra = ''): Content =>
    value === null
      ? html`<td class="none${extra}"><span class="quiet">no data</span></td>`
      : html`<td class="${shade(value, largest)}${extra}">${fixed(value * 100, 2, 'always')}</td>`;
  return html`<section id="months"><h2>Monthly returns</h2>
<div class="table" tabindex="0" role="region" aria-label="Monthly returns in percent"><table class="heat"><caption>Percent a month, and the year</caption>
<thead><tr><th scope="col">Year</th>${Array.from({ length: 12 }, (_, i) => html`<th scope="col">${monthName(i)}</th>`)}<th scope="col">Year</th></tr></thead>
<tbody>${monthly.map(
    (y) => html`<tr><th scope="row">${y.year}</th>${y.months.map((m) => cell(m))}${cell(y.total, ' total')}</tr>`,
  )}</tbody></table></div></section>`;
}

/** Rolling Sharpe and volatility over the report's window. */
export function rollingSection(report: Report): Markup | null {
  const { rolling, bootstrapSharpe } = report.returns;
  if (rolling.timeMs.length < 2) return null;
  const indices = thin(
    rolling.sharpe.map((v) => v ?? 0),
    900,
  );
  const times = pick(rolling.timeMs, indices);
  const x = linearScale(times[0]!, times.at(-1)!);
  const xTicks = halveOnPhones(timeTicks(x.low, x.high, 10));
  const one = (
    name: string,
    values: readonly (number | null)[],
    label: (value: number) => string,
    bare: boolean,
    withZero: boolean,
  ): Markup => {
    const [low, high] = extent(withZero ? [...values, 0] : values, 0.08);
    const bottom = withZero ? low : Math.max(0, low);
    const y = linearScale(bottom, high);
    return plot({
      description: `${name} over ${rolling.windowDays} days, from ${dayOf(x.low)} to ${dayOf(x.high)}.`,
      size: 'short',
      bare,
      yTitle: name,
      x,
      y,
      xTicks,
      yTicks: niceValues(bottom, high, 3).map((value) => ({ value, label: label(value) })),
      marks: [withZero ? ruleAt('rule', y, 0) : null, line('strategy', lineData(x, y, times, values))],
    });
  };
  const sharpe = pick(rolling.sharpe, indices);
  const volatility = pick(rolling.volatility, indices);
  const monthOf = (timeMs: number): string => dayOf(timeMs).slice(0, 7);
  const monthly = rolling.timeMs.flatMap((timeMs, i, all) =>
    i + 1 === all.length || monthOf(timeMs) !== monthOf(all[i + 1]!) ? [i] : [],
  );
  const convention = findMetric(report, 'sharpe')?.convention;
  return html`<section id="rolling"><h2>Through time</h2>${figure({
    title: `Rolling Sharpe and volatility, ${rolling.windowDays} days, annualised${convention === undefined ? '' : ` (${convention})`}`,
    note: bootstrapSharpe
      ? `Sharpe of the whole period: ${percent(bootstrapSharpe.level, 'auto', 0)} of ${fixed(bootstrapSharpe.samples, 0)} resampled histories lie between ${fixed(bootstrapSharpe.low, 2)} and ${fixed(bootstrapSharpe.high, 2)}.`
      : null,
    body: html`${one('Sharpe', sharpe, (v) => fixed(v, 1), true, true)}${one('Volatility', volatility, (v) => percent(v, 'auto', 0), false, false)}`,
    table: table(
      [
        { title: 'Window ends', cell: (i) => dayOf(rolling.timeMs[i]!) },
        { title: 'Sharpe', kind: 'number', cell: (i) => figureOrNone(rolling.sharpe[i], (v) => fixed(v, 2)) },
        { title: 'Volatility', kind: 'number', cell: (i) => figureOrNone(rolling.volatility[i], (v) => percent(v)) },
      ],
      monthly,
      {
        caption: `Rolling Sharpe and volatility over ${rolling.windowDays} days, at the end of each month`,
        rowHeaders: true,
      },
    ),
  })}</section>`;
}

const figureOrNone = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? 'n/a' : format(value);

/** Histogram of daily returns with the normal curve of the same mean and deviation, VaR and CVaR. */
export function distributionSection(report: Report): Markup | null {
  const { value: returns } = report.returns.daily;
  const centre = mean(returns);
  const deviation = standardDeviation(returns);
  if (returns.length < 20 || typeof centre !== 'number' || typeof deviation !== 'number' || deviation === 0)
    return null;
  const [least, most] = extent(returns);
  const step = niceStep(most - least, 40);
  // Bars are centred on multiples of the step, so that days on which nothing happened have their own.
  const first = Math.round(least / step);
  const counts = new Array<number>(Math.round(most / step) - first + 1).fill(0);
  for (const r of returns) counts[Math.round(r / step) - first]! += 1;
  const rows = counts.map((value, i) => ({ from: (first + i - 0.5) * step, to: (first + i + 0.5) * step, value }));
  // Source: density of N(centre, deviation²) times the number of days and the width of a bar.
  const density = (r: number): number => {
    const z = (r - centre) / deviation;
    return (returns.length * step * Math.exp((-z * z) / 2)) / (deviation * 2.5066282746310002);
  };
  const from = rows[0]!.from;
  const to = rows.at(-1)!.to;
  const curveX = Array.from({ length: 121 }, (_, i) => from + ((to - from) * i) / 120);
  const curveY = curveX.map(density);
  // Days on which nothing was held can outnumber all others; their bar is cut off, and says so, rather than flatten the rest.
  const flat = counts[-first] ?? 0;
  const highest = Math.max(...counts.filter((_, i) => i !== -first), ...curveY);
  const cut = flat > 2.5 * highest;
  const top = (cut ? highest : Math.max(highest, flat)) * 1.2;
  const x = linearScale(from, to);
  const y = linearScale(0, top);
  const marks = [
    ['VaR 95', valueAtRisk(returns, 0.05)],
    ['CVaR 95', conditionalValueAtRisk(returns, 0.05)],
  ].flatMap(([name, value]) => (typeof value === 'number' ? [{ name: String(name), value }] : []));
  return html`<section id="distribution"><h2>Daily returns</h2>${figure({
    title: 'Distribution of daily returns',
    note: `${fixed(returns.length, 0)} days, mean ${percent(centre, 'always', 3)}, deviation ${percent(deviation)}. ${marks.map((m) => `${m.name} ${percent(m.value)}`).join(', ')}.`,
    legend: [
      { mark: 'block-up', label: 'Gained' },
      { mark: 'block-down', label: 'Lost' },
      { mark: 'block-flat', label: `Within ±${percent(step / 2)}` },
      { mark: 'thin', label: 'Normal' },
    ],
    body: plot({
      description: `Histogram of ${returns.length} daily returns from ${percent(least)} to ${percent(most)}, with a normal curve and marks at VaR and CVaR.`,
      x,
      y,
      xTicks: halveOnPhones(niceValues(from, to, 9).map((value) => ({ value, label: percent(value, 'always', 1) }))),
      yTicks: niceValues(0, top, 5).map((value) => ({ value, label: fixed(value, 0) })),
      xTitle: 'return of the day',
      yTitle: 'days',
      marks: [
        bars(
          'down-fill',
          x,
          y,
          rows.filter((r) => r.to < 0),
        ),
        bars(
          'up-fill',
          x,
          y,
          rows.filter((r) => r.from > 0),
        ),
        bars(
          'total-fill',
          x,
          y,
          rows.filter((r) => r.from <= 0 && r.to >= 0).map((r) => ({ ...r, value: Math.min(r.value, top) })),
        ),
        line('normal', lineData(x, y, curveX, curveY)),
        marks.map((m) => rulePole('pole', x, m.value)),
      ],
      overlay: [
        cut
          ? html`<span class="flag middle" style="left:${leftPercent(x, step / 2)}%;top:1%">${fixed(flat, 0)} days,<br>bar cut off</span>`
          : null,
        marks.map(
          (m, i) =>
            html`<span class="flag${i === 0 ? ' right' : ''}" style="left:${leftPercent(x, m.value)}%;top:${i * 12 + 1}%">${m.name}<br>${percent(m.value)}</span>`,
        ),
      ],
    }),
    table: table(
      [
        { title: 'From', kind: 'number', cell: (r) => percent(r.from) },
        { title: 'To', kind: 'number', cell: (r) => percent(r.to) },
        { title: 'Days', kind: 'number', cell: (r) => r.value },
      ],
      rows.filter((r) => r.value > 0),
      { caption: 'Days by return' },
    ),
  })}</section>`;
}
