import type { Report } from '../report.ts';
import { waterfall } from './costs-section.ts';
import { fixed, type MoneyUnit, metricValue, money, percent, reasonText } from './format.ts';
import {
  CHECK_MARKS,
  distinct,
  equityDayOf,
  findMetric,
  HEADLINES,
  moneyUnitOf,
  period,
  strategyTitle,
} from './lookup.ts';

/** Text that Markdown shows as written, on one line and inside one table cell. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|#~]/g, (c) => `\\${c}`);
}

/** At most this many entries of a list whose length the report decides, so that the summary stays a summary. */
const MOST = 6;

function listed(lines: readonly string[], rest: string): string[] {
  return lines.length <= MOST
    ? [...lines]
    : [...lines.slice(0, MOST - 1), `- … and ${lines.length - MOST + 1} ${rest}`];
}

/** A summary of at most about 40 lines for a pull request, a terminal or an agent. Ends with a line end. */
export function renderMarkdown(report: Report): string {
  const unit = moneyUnitOf(report);
  const lines: string[] = [`# ${plain(strategyTitle(report))}: backtest`, ''];
  if (report.data.some((d) => d.synthetic))
    lines.push('> **SYNTHETIC DATA.** Generated, not recorded: says nothing about a real market.', '');
  if (report.run.partial) lines.push('> **PARTIAL RUN.** Stopped before the data ended.', '');
  lines.push(
    `${plain(distinct(report.data.map((d) => d.instrument)).join(', '))} · ${distinct(report.data.map((d) => d.timeframe)).join(', ')} · ${period(report)} · run \`${report.run.id}\``,
    '',
    '| metric | strategy | buy & hold |',
    '|---|---:|---:|',
  );
  for (const [name, title] of HEADLINES) {
    const found = findMetric(report, name);
    const own =
      found && found.value !== null ? metricValue(found, found.value, unit) : `n/a (${reasonText(found?.reason)})`;
    const other = found && typeof found.benchmark === 'number' ? metricValue(found, found.benchmark, unit) : '';
    lines.push(`| ${plain(found?.label ?? title)} | ${own} | ${other} |`);
  }
  lines.push('');
  if (report.byStrategy !== undefined) lines.push(...strategyLines(report.byStrategy, unit), '');
  lines.push(
    ...listed(
      report.checks.map((c) => `- ${CHECK_MARKS[c.status][0]} ${CHECK_MARKS[c.status][1]}: ${plain(c.text)}`),
      'checks',
    ),
  );
  const steps = waterfall(report.costs);
  if (steps.length > 0)
    lines.push('', `Costs: ${steps.map((s) => `${plain(s.label)} ${money(s.change, unit)}`).join(' → ')}`);
  const { interval } = report;
  if (interval)
    lines.push(
      `Order of prices inside bars: ${percent(interval.worst.totalReturn, 'always')} at worst, ${percent(interval.best.totalReturn, 'always')} at best.`,
    );
  const worst = [...report.drawdowns].sort((a, b) => a.depth - b.depth)[0];
  if (worst)
    lines.push(
      `Deepest drawdown (every bar): ${percent(worst.depth)}, from ${equityDayOf(report, worst.peakTimeMs)} to ${worst.recoveredTimeMs === null ? 'the end, not recovered' : equityDayOf(report, worst.recoveredTimeMs)}.`,
    );
  const refused = report.refusals.reduce((sum, r) => sum + r.count, 0);
  lines.push(
    `Trades: ${fixed(report.metrics.find((m) => m.name === 'trades')?.value ?? 0, 0)}; orders refused: ${fixed(refused, 0)}${
      refused > 0
        ? ` (${report.refusals
            .slice(0, 3)
            .map((r) => `${r.code} ${r.count}`)
            .join(', ')})`
        : ''
    }.`,
    '',
    `Code \`${report.strategy.map((s) => s.codeHash.slice(0, 12)).join(' ')}\` · data \`${distinct(report.data.map((d) => d.hash.slice(0, 12))).join(' ')}\` · events \`${report.hashes.events}\` · state \`${report.hashes.state}\``,
  );
  return `${lines.join('\n')}\n`;
}

function strategyLines(rows: NonNullable<Report['byStrategy']>, unit: MoneyUnit): string[] {
  const cells = rows.map((r) => [
    ...[plain(r.strategy), percent(r.share), fixed(r.trades, 0)],
    ...[money(r.profit, unit), money(r.fees, unit)],
  ]);
  return [
    '| by strategy | share | trades | profit | fees |',
    '|---|---:|---:|---:|---:|',
    ...listed(
      cells.map((row) => `| ${row.join(' | ')} |`),
      'strategies',
    ),
  ];
}
