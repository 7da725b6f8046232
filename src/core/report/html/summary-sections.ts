import type { Report } from '../report.ts';
import { decimalText, duration, fixed, metricValue, percent, reasonText } from './format.ts';
import {
  accountCurrency,
  CHECK_MARKS,
  distinct,
  findMetric,
  HEADLINES,
  moneyUnitOf,
  period,
  strategyTitle,
} from './lookup.ts';
import { html, type Markup } from './markup.ts';
import { table, tone } from './table.ts';

/** What a strategy does, in its own words; what stands between backticks there is a name in its code. */
function aboutOf({ id, about }: Report['strategy'][number], isOneOfSeveral: boolean): Markup | null {
  if (about === '') return null;
  const words = about.split('`').map((part, k) => (k % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`<p class="about">${isOneOfSeveral ? html`<strong>${id}</strong> ` : null}${words}</p>`;
}

/** Title, instruments, period, and what kind of result this is. */
export function headerSection(report: Report): Markup {
  const synthetic = report.data.filter((d) => d.synthetic);
  const instruments = distinct(report.data.map((d) => d.instrument));
  const bars = report.data.reduce((sum, d) => sum + d.bars, 0);
  return html`<header>
${
  synthetic.length > 0
    ? html`<p class="band"><strong>SYNTHETIC DATA</strong> <span>${
        synthetic.length === report.data.length
          ? 'Generated'
          : `${distinct(synthetic.map((d) => d.instrument)).join(', ')}: generated`
      }, not recorded. Nothing here says how the strategy would do on a real market.</span></p>`
    : null
}${
  report.run.partial
    ? html`<p class="band"><strong>PARTIAL RUN</strong> <span>It was stopped before the data ended.</span></p>`
    : null
}<div class="title"><div><p class="badges"><span class="badge">BACKTEST</span></p>
<h1>${strategyTitle(report)}</h1>
${report.strategy.map((s) => aboutOf(s, report.strategy.length > 1))}</div>
<button type="button" class="js" id="theme" aria-label="Switch between light and dark">Light / dark</button></div>
<dl class="facts">
<div><dt>Instruments</dt><dd>${instruments.join(', ')}</dd></div>
<div><dt>Timeframe</dt><dd>${distinct(report.data.map((d) => d.timeframe)).join(', ')}</dd></div>
<div><dt>Period</dt><dd>${period(report)}</dd></div>
<div><dt>Bars</dt><dd>${fixed(bars, 0)}</dd></div>
<div><dt>Parameters</dt><dd>${report.strategy.map((s) =>
    Object.entries(s.params).map(
      ([name, value]) =>
        html`<span class="pair">${report.strategy.length === 1 ? '' : `${s.id}.`}${name} = ${JSON.stringify(value)}</span> `,
    ),
  )}</dd></div>
<div><dt>Run</dt><dd>${report.run.id}, ${duration(report.run.durationMs)}</dd></div>
<div><dt>Code</dt><dd><code>${report.strategy.map((s) => s.codeHash.slice(0, 12)).join(' ')}</code></dd></div>
<div><dt>Data</dt><dd><code>${distinct(report.data.map((d) => d.hash.slice(0, 12))).join(' ')}</code></dd></div>
</dl></header>`;
}

/** Twelve figures beside the benchmark's. */
export function headlineSection(report: Report): Markup {
  const unit = moneyUnitOf(report);
  const cells = HEADLINES.map(([name, title]) => {
    const found = findMetric(report, name);
    const value = found?.value ?? null;
    const signed = name === 'totalReturn' || name === 'cagr' || name === 'maxDrawdown';
    const benchmark = found?.benchmark;
    return html`<div class="headline" data-metric="${name}"><dt>${title}${
      found?.convention ? html` <small>${found.convention}</small>` : null
    }</dt><dd class="value${signed && value !== null ? ` ${tone(value) ?? ''}` : ''}">${
      found && value !== null ? metricValue(found, value, unit) : html`<span class="na">n/a</span>`
    }</dd><dd class="versus">${
      value === null
        ? reasonText(found?.reason)
        : typeof benchmark === 'number' && found
          ? html`buy &amp; hold <b>${metricValue(found, benchmark, unit)}</b>`
          : '\u00a0'
    }</dd></div>`;
  });
  return html`<section id="results"><h2>Results</h2><dl class="headlines">${cells}</dl></section>`;
}

/** What was checked about the result, with its outcome as sign and word. */
export function honestySection(report: Report): Markup {
  const items = report.checks.map((check) => {
    const [sign, word] = CHECK_MARKS[check.status];
    return html`<li class="${check.status}"><span class="sign" aria-hidden="true">${sign}</span><div><b>${word}</b> <span>${check.text}</span>${
      check.detail ? html`<small>${check.detail}</small>` : null
    }</div></li>`;
  });
  return html`<section id="checks"><h2>Can it be believed?</h2>${
    items.length === 0 ? html`<p>No check was run.</p>` : html`<ul class="checks">${items}</ul>`
  }${conventionLine(report)}</section>`;
}

function conventionLine(report: Report): Markup | null {
  if (report.conventions.length === 0) return null;
  return html`<dl class="conventions">${report.conventions.map(
    (c) => html`<div><dt>${c.label}</dt><dd>${c.value}</dd></div>`,
  )}</dl>`;
}

/** The run beside its twins under the best and the worst order of prices inside each bar. */
export function intervalSection(report: Report): Markup | null {
  const { interval } = report;
  if (!interval) return null;
  const currency = accountCurrency(report);
  const rows = [
    ['Worst order of prices inside each bar', interval.worst],
    ['Best order of prices inside each bar', interval.best],
  ] as const;
  const total = findMetric(report, 'totalReturn')?.value;
  const width = Math.abs(interval.best.totalReturn - interval.worst.totalReturn);
  return html`<section id="interval"><h2>What bars cannot tell</h2>
<p class="lead">A bar does not say whether its high or its low came first. The same run under the least and the most favourable order that the bars admit ends between <b>${percent(
    interval.worst.totalReturn,
    'always',
  )}</b> and <b>${percent(interval.best.totalReturn, 'always')}</b>, ${fixed(width * 100, 2)} points apart${
    typeof total === 'number' ? html`; this report shows ${percent(total, 'always')}` : null
  }.</p>
${table(
  [
    { title: 'Assumption', cell: ([name]) => name },
    {
      title: 'Total return',
      kind: 'number',
      cell: ([, r]) => percent(r.totalReturn, 'always'),
      tone: ([, r]) => tone(r.totalReturn),
    },
    { title: 'Max drawdown (every bar)', kind: 'number', cell: ([, r]) => percent(r.maxDrawdown) },
    { title: 'Trades', kind: 'number', cell: ([, r]) => fixed(r.trades, 0) },
    {
      title: currency === '' ? 'Final equity' : `Final equity, ${currency}`,
      kind: 'number',
      cell: ([, r]) => decimalText(r.finalEquity),
    },
  ],
  rows,
  { caption: 'Result under the best and the worst order of prices inside each bar', quiet: true, rowHeaders: true },
)}</section>`;
}
