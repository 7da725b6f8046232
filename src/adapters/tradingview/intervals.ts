import type { Timeframe } from '../../core/vocabulary/time.ts';

/** TradingView's codes. Other minutes, ticks and ranges are for paid plans only. */
const INTERVALS: Readonly<Partial<Record<Timeframe, string>>> = {
  '1s': '1S',
  '5s': '5S',
  '10s': '10S',
  '15s': '15S',
  '30s': '30S',
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '45m': '45',
  '1h': '60',
  '2h': '120',
  '3h': '180',
  '4h': '240',
  '1d': '1D',
  '1w': '1W',
  '1mo': '1M',
  '3mo': '3M',
  '6mo': '6M',
  '12mo': '12M',
};

export const TIMEFRAMES = Object.keys(INTERVALS) as readonly Timeframe[];

/** Null where TradingView has no such interval. */
export function intervalOf(timeframe: Timeframe): string | null {
  return INTERVALS[timeframe] ?? null;
}
