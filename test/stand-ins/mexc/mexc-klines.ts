import type { Json } from '../../../src/core/vocabulary/json.ts';
import { barClose, type TimeframeSpec, timeframe } from '../../../src/core/vocabulary/time.ts';
import { pastBars } from '../past-bars.ts';
import type { FloorBar, TradingFloor } from '../trading-floor.ts';
import { Refused } from './mexc-refusal.ts';

/** Spellings on REST and in channels. */
const REST: Readonly<Record<string, string>> = { '60m': '1h', '1W': '1w', '1M': '1mo' };
const STREAM: Readonly<Record<string, string>> = {
  Min1: '1m',
  Min5: '5m',
  Min15: '15m',
  Min30: '30m',
  Min60: '1h',
  Hour4: '4h',
  Hour8: '8h',
  Day1: '1d',
  Week1: '1w',
  Month1: '1mo',
};
const SERVED = ['1m', '5m', '15m', '30m', '60m', '4h', '1d', '1W', '1M'];

export function streamSpec(interval: string): TimeframeSpec | null {
  const text = STREAM[interval];
  return text === undefined ? null : timeframe(text);
}

/** Rows of eight: the close time is the next opening. `endTime` is inclusive; a range holding more than `limit` gives its earliest. */
export function klines(floor: TradingFloor, symbol: string, params: ReadonlyMap<string, string>, nowMs: number): Json {
  const interval = params.get('interval') ?? '';
  if (!SERVED.includes(interval)) throw new Refused(-1121, 'Invalid interval.');
  const spec = timeframe(REST[interval] ?? interval);
  const from = Number(params.get('startTime') ?? Number.NEGATIVE_INFINITY);
  const to = Number(params.get('endTime') ?? Number.POSITIVE_INFINITY);
  const limit = Math.min(1_000, Number(params.get('limit') ?? 500));
  const found = pastBars(floor, symbol, spec, nowMs).filter((b) => b.openTimeMs >= from && b.openTimeMs <= to);
  return (params.has('startTime') ? found.slice(0, limit) : found.slice(-limit)).map((b) => row(b, spec));
}

function row(bar: FloorBar, spec: TimeframeSpec): Json {
  return [
    bar.openTimeMs,
    bar.open,
    bar.high,
    bar.low,
    bar.close,
    bar.volume,
    barClose(spec, bar.openTimeMs),
    bar.value,
  ];
}
