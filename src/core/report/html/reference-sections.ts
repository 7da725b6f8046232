import type { Report, ReportMetric } from '../report.ts';
import { definitionOf } from './definitions.ts';
import { duration, fixed, metricValue, reasonText } from './format.ts';
import { distinct, moneyUnitOf, strategyName } from './lookup.ts';
import { type Content, html, type Markup } from './markup.ts';
import { table } from './table.ts';

const GROUPS: Readonly<Record<string, string>> = {
  return: 'Return',
  risk: 'Risk',
  ratio: 'Return for risk',
  significance: 'Significance',
  trade: 'Trades',
  activity: 'Activity',
  cost: 'Costs',
};

/** Name of a group of metrics. */
export function groupTitle(group: string): string {
  return GROUPS[group] ?? group;
}

/** Every metric, grouped, with what it rests on or why it is missing. */
export function metricsSection(report: Report): Markup {
  const unit = moneyUnitOf(report);
  const withBenchmark = report.metrics.some((m) => typeof m.benchmark === 'number');
  const value = (m: ReportMetric, v: number | null | undefined): Content =>
    typeof v === 'number' ? metricValue(m, v, unit) : html`<span class="na">n/a</span>`;
  const tables = distinct(report.metrics.map((m) => m.group)).map((group) =>
    table<ReportMetric>(
      [
        { title: 'Metric', cell: (m) => html`<a href="#def-${m.name}">${m.label}</a>` },
        { title: 'Strategy', kind: 'number', cell: (m) => value(m, m.value) },
        ...(withBenchmark
          ? [
              {
                title: 'Buy & hold',
                kind: 'number' as const,
                cell: (m: ReportMetric): Content => (typeof m.benchmark === 'number' ? value(m, m.benchmark) : ''),
              },
            ]
          : []),
        {
          title: 'Rests on',
          cell: (m) =>
            m.value === null ? reasonText(m.reason) : m.n === undefined ? '' : `n\u00a0=\u00a0${fixed(m.n, 0)}`,
        },
      ],
      report.metrics.filter((m) => m.group === group),
      { caption: groupTitle(group), rowHeaders: true },
    ),
  );
  return html`<section id="metrics"><h2>All metrics</h2><p class="lead">Where a figure has no value, the reason stands beside it.</p><div class="groups">${tables}</div></section>`;
}

/** Orders that risk did not let out or the venue did not take, by reason. */
export function refusalSection(report: Report): Markup {
  const total = report.refusals.reduce((sum, r) => sum + r.count, 0);
  return html`<section id="refusals"><h2>Orders refused</h2>${
    total === 0
      ? html`<p>No order was refused.</p>`
      : table(
          [
            { title: 'Reason', cell: (r) => html`<code>${r.code}</code>` },
            { title: 'Orders', kind: 'number', cell: (r) => fixed(r.count, 0) },
          ],
          [...report.refusals].sort((a, b) => b.count - a.count),
          {
            caption: `${fixed(total, 0)} orders were refused by risk before they left, or rejected by the venue`,
            rowHeaders: true,
          },
        )
  }</section>`;
}

/** Data, hashes and the full configuration: what it takes to run this again. */
export function reproductionSection(report: Report): Markup {
  const { run, hashes } = report;
  return html`<section id="again"><h2>To run it again</h2>
${table(
  [
    { title: 'Instrument', cell: (d) => d.instrument },
    { title: 'Timeframe', cell: (d) => d.timeframe },
    { title: 'From', cell: (d) => d.from },
    { title: 'To', cell: (d) => d.to },
    { title: 'Bars', kind: 'number', cell: (d) => fixed(d.bars, 0) },
    { title: 'Gaps', kind: 'number', cell: (d) => fixed(d.gaps, 0) },
    { title: 'Missing bars', kind: 'number', cell: (d) => fixed(d.missingBars, 0) },
    { title: 'Source', cell: (d) => html`${d.source}${d.synthetic ? ' (synthetic)' : null}` },
    { title: 'Hash', cell: (d) => html`<code>${d.hash}</code>` },
  ],
  report.data,
  { caption: 'Data', rowHeaders: true },
)}
${table(
  [
    { title: 'What', cell: ([name]) => name },
    { title: 'Value', cell: ([, value]) => html`<code>${value}</code>` },
  ],
  [
    ...report.strategy.map((s): readonly [string, string] => [`Code of ${strategyName(s)}`, s.codeHash]),
    ...(report.sources ?? []).map((s): readonly [string, string] => [`Source ${s.name}, ${s.file}`, s.hash]),
    ['Inputs', hashes.inputs],
    ['Events', hashes.events],
    ['Final state', hashes.state],
    ['Run', run.id],
    ['Created', run.createdAt],
    ['Version', `tradewright ${run.version}, Node ${run.node}`],
    ['Took', `${duration(run.durationMs)}, ${fixed(run.barsPerSecond, 0)} bars a second`],
  ] as const,
  { caption: 'Hashes and environment', rowHeaders: true },
)}
<details class="config"><summary>Full configuration</summary><pre tabindex="0">${JSON.stringify(report.config, null, 2)}</pre></details></section>`;
}

/** What each metric of this report means. */
export function definitionSection(report: Report): Markup {
  const seen = new Map<string, ReportMetric>();
  for (const m of report.metrics) if (!seen.has(m.name)) seen.set(m.name, m);
  return html`<section id="definitions"><h2>Definitions</h2><p class="lead">r is the return of a day at the account's daily close, E the equity, N the days in a year that the label names.</p><dl class="definitions">${[
    ...seen.values(),
  ].map((m) => html`<div id="def-${m.name}"><dt>${m.label}</dt><dd>${definitionOf(m)}</dd></div>`)}</dl></section>`;
}
