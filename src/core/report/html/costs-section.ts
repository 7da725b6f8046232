import type { Report } from '../report.ts';
import { fixed, money, percent } from './format.ts';
import { moneyUnitOf } from './lookup.ts';
import { line } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { figure, leftPercent, plot, topPercent } from './plot.ts';
import { EXTENT, extent, linearScale, moneyTicks, niceValues } from './scale.ts';
import { table, tone } from './table.ts';

interface Step {
  readonly label: string;
  /** As it counts: what is paid is negative. */
  readonly change: number;
  readonly from: number;
  readonly to: number;
  readonly total: boolean;
}

/**
 * Gross, each cost, net. The report's first line is gross and its last net; those between may come as amounts paid (positive) or as
 * changes (negative), and are read the way that leads from the one to the other.
 */
export function waterfall(costs: Report['costs']): Step[] {
  const gross = costs[0];
  const net = costs.at(-1);
  if (!gross || !net || costs.length < 2) return [];
  const between = costs.slice(1, -1);
  const sum = between.reduce((total, c) => total + c.amount, 0);
  const sign = Math.abs(gross.amount + sum - net.amount) <= Math.abs(gross.amount - sum - net.amount) ? 1 : -1;
  const steps: Step[] = [{ label: gross.label, change: gross.amount, from: 0, to: gross.amount, total: true }];
  let level = gross.amount;
  for (const { label, amount } of between) {
    const change = amount === 0 ? 0 : amount * sign;
    steps.push({ label, change, from: level, to: level + change, total: false });
    level += change;
  }
  steps.push({ label: net.label, change: net.amount, from: 0, to: net.amount, total: true });
  return steps;
}

/** From gross profit to net profit, cost by cost. */
export function costsSection(report: Report): Markup | null {
  const steps = waterfall(report.costs);
  if (steps.length === 0) return null;
  const unit = moneyUnitOf(report);
  const { currency } = unit;
  const [low, high] = extent([0, ...steps.flatMap((s) => [s.from, s.to])], 0.12);
  const x = linearScale(0, steps.length);
  const y = linearScale(low, high);
  const box = (from: number, to: number, i: number): string => {
    const top = Math.min(EXTENT - y.at(from), EXTENT - y.at(to));
    // A cost of next to nothing still shows as a hairline.
    const height = Math.max(2, Math.abs(y.at(to) - y.at(from)));
    return `M${x.at(i + 0.14).toFixed(1)} ${top.toFixed(1)}H${x.at(i + 0.86).toFixed(1)}v${height.toFixed(1)}H${x.at(i + 0.14).toFixed(1)}Z`;
  };
  const fill = (s: Step): string => (s.total ? 'total-fill' : s.change < 0 ? 'down-fill' : 'up-fill');
  const gross = steps[0]!.change;
  // Room is short on the bars; the table has the cents.
  const places = high - low > 1_000 ? 0 : Math.min(unit.places, 5);
  const paid = gross - steps.at(-1)!.change;
  return html`<section id="costs"><h2>Costs</h2>${figure({
    title: currency === '' ? 'From gross to net' : `From gross to net, ${currency}`,
    note:
      gross > 0
        ? `Costs took ${percent(paid / gross, 'auto', 1)} of the gross profit.`
        : `Costs came to ${money(paid, unit)} on ${gross < 0 ? 'a gross loss' : 'no gross profit'}.`,
    body: plot({
      description: `Waterfall: ${steps.map((s) => `${s.label} ${money(s.change, unit)}`).join(', ')}.`,
      x,
      y,
      xTicks: steps.map((s, i) => ({ value: i + 0.5, label: s.label })),
      yTicks: moneyTicks(niceValues(low, high, 5)),
      marks: [
        steps.map((s, i) => line(fill(s), box(s.from, s.to, i))),
        line(
          'rule',
          steps
            .slice(0, -1)
            .map(
              (s, i) =>
                `M${x.at(i + 0.86).toFixed(1)} ${(EXTENT - y.at(s.to)).toFixed(1)}H${x.at(i + 1.14).toFixed(1)}`,
            )
            .join(''),
        ),
      ],
      overlay: steps.map(
        (s, i) =>
          html`<span class="amount" style="left:${leftPercent(x, i + 0.5)}%;top:${topPercent(y, Math.max(s.from, s.to))}%">${fixed(s.change, places, s.total ? 'auto' : 'always')}</span>`,
      ),
    }),
    table: table(
      [
        { title: 'Item', cell: (s) => s.label },
        {
          title: 'Amount',
          kind: 'number',
          cell: (s) => money(s.change, unit, 'always'),
          tone: (s) => tone(s.change),
        },
        { title: 'Left', kind: 'number', cell: (s) => money(s.to, unit) },
      ],
      steps,
      { caption: 'From gross to net', rowHeaders: true },
    ),
  })}</section>`;
}
