import { type TimeframeSpec, timeframe } from '../core/vocabulary/time.ts';

/** Lengths of bars as Binance writes them, spot and USD-M, over REST; streams of USD-M have all but the first. */
export const INTERVALS = [
  '1s',
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
] as const;
export type Interval = (typeof INTERVALS)[number];

const SPECS = new Map<Interval, TimeframeSpec>(INTERVALS.map((interval) => [interval, timeframe(interval)]));

/** The grid that bars of an interval stand on. */
export function intervalSpec(interval: Interval): TimeframeSpec {
  return SPECS.get(interval)!;
}
