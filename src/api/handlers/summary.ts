import { accountCurrency, countsOf } from '../../core/report/html/lookup.ts';
import { moneyPlaces } from '../../core/report/money-places.ts';
import type { Report } from '../../core/report/report.ts';
import type { RunSummary } from '../operations/research.ts';
import type { WrittenFile } from './write-reports.ts';

/** A report without its columns. */
export function summaryOf(
  report: Report,
  files: readonly WrittenFile[],
  cash: number,
  gate: RunSummary['gate'],
): RunSummary {
  const { run, strategy, data, conventions, metrics, checks, interval, costs, byStrategy, sources, refusals, hashes } =
    report;
  const final = report.equity.strategy.at(-1) ?? cash;
  return {
    run: run.id,
    status: run.partial ? 'partial' : 'finished',
    strategy,
    data,
    conventions,
    cash: String(cash),
    currency: accountCurrency(report),
    finalEquity: final.toFixed(moneyPlaces(cash)),
    metrics,
    checks,
    interval,
    costs,
    ...(byStrategy === undefined ? {} : { byStrategy }),
    ...(sources === undefined ? {} : { sources }),
    ...countsOf(report),
    refusals,
    hashes,
    speed: {
      bars: data.reduce((sum, d) => sum + d.bars, 0),
      seconds: Number((run.durationMs / 1000).toFixed(4)),
      barsPerSecond: run.barsPerSecond,
    },
    files: [...files],
    gate,
  };
}

/** Metrics by name; where a name occurs in two groups, the first. */
export function metricMap(report: Report): ReadonlyMap<string, number | null> {
  const map = new Map<string, number | null>();
  for (const { name, value } of report.metrics) if (!map.has(name)) map.set(name, value);
  return map;
}
