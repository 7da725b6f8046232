import { moneyPlaces } from '../money-places.ts';
import type { Report, ReportMetric } from '../report.ts';
import { closingDayOf, dayOf, type MoneyUnit } from './format.ts';

/** The metric called `name`, or null where the report has none. */
export function findMetric(report: Report, name: string): ReportMetric | null {
  return report.metrics.find((m) => m.name === name) ?? null;
}

/** `sma-cross@1.0.0`; `slow (sma-cross@1.0.0)` where it ran under another id than its own. */
export function strategyName({ id, version, of }: Pick<Report['strategy'][number], 'id' | 'version' | 'of'>): string {
  return of === undefined ? `${id}@${version}` : `${id} (${of}@${version})`;
}

/** Names of all strategies, joined by a plus. */
export function strategyTitle(report: Report): string {
  return report.strategy.map(strategyName).join(' + ');
}

/** How many trades and fills the run had; its lists hold the first of them where there were very many. */
export function countsOf({ counts, trades, fills }: Report): NonNullable<Report['counts']> {
  return counts ?? { trades: trades.length, fills: fills.length };
}

/** Distinct values in the order of their first appearance. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** `2024-01-01 → 2025-12-31`, over all data of the run. */
export function period(report: Report): string {
  const froms = report.data.map((d) => d.from).sort();
  const tos = report.data.map((d) => d.to).sort();
  return froms.length === 0 ? 'no data' : `${froms[0]!.slice(0, 10)} → ${tos.at(-1)!.slice(0, 10)}`;
}

/** What the account's amounts are written in: `account.currency` and `account.cash` of the configuration, where it has them. */
export function moneyUnitOf({ config }: Pick<Report, 'config'>): MoneyUnit {
  const account = config['account'];
  if (account === null || typeof account !== 'object' || Array.isArray(account)) return { currency: '', places: 2 };
  const { currency, cash } = account;
  return {
    currency: typeof currency === 'string' ? currency : '',
    places: typeof cash === 'number' ? moneyPlaces(cash) : 2,
  };
}

/** Currency of the account where the configuration names it, else nothing. */
export function accountCurrency(report: Report): string {
  return moneyUnitOf(report).currency;
}

/** The day of a point of the equity curve; a peak at which the account began is of the day that begins there. */
export function equityDayOf({ equity }: Report, timeMs: number): string {
  return timeMs < (equity.timeMs[0] ?? Number.NEGATIVE_INFINITY) ? dayOf(timeMs) : closingDayOf(timeMs);
}

/** The figures a reader wants first, by metric name, with the short names under which they are printed. */
export const HEADLINES = [
  ['totalReturn', 'Total return'],
  ['cagr', 'CAGR'],
  ['maxDrawdown', 'Max drawdown'],
  ['longestUnderwater', 'Longest underwater'],
  ['sharpe', 'Sharpe'],
  ['sortino', 'Sortino'],
  ['calmar', 'Calmar'],
  ['volatility', 'Volatility'],
  ['trades', 'Trades'],
  ['winRate', 'Win rate'],
  ['profitFactor', 'Profit factor'],
  ['exposureTime', 'Exposure time'],
] as const;

/** Signs and words of a check's outcome. */
export const CHECK_MARKS = {
  passed: ['✓', 'Passed'],
  warning: ['!', 'Warning'],
  failed: ['✗', 'Failed'],
  'not-run': ['–', 'Not run'],
} as const;
