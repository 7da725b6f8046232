import { barOpen, type Timeframe, type TimeframeSpec, timeframe as timeframeSpec } from '../../core/vocabulary/time.ts';

/** What MEXC calls a timeframe on REST (`60m`, `1W`) and in stream channels (`Min60`). `8h` is a stream's only. */
const NAMES: Readonly<Partial<Record<Timeframe, readonly [rest: string | null, stream: string]>>> = {
  '1m': ['1m', 'Min1'],
  '5m': ['5m', 'Min5'],
  '15m': ['15m', 'Min15'],
  '30m': ['30m', 'Min30'],
  '1h': ['60m', 'Min60'],
  '4h': ['4h', 'Hour4'],
  '8h': [null, 'Hour8'],
  '1d': ['1d', 'Day1'],
  '1w': ['1W', 'Week1'],
  '1mo': ['1M', 'Month1'],
};

/** Timeframes whose past can be asked for. */
export const HISTORY_TIMEFRAMES = (Object.keys(NAMES) as Timeframe[]).filter((text) => NAMES[text]![0] !== null);

/** A timeframe in MEXC's words, or null where it has none. `60m` is `1h`. */
export function venueTimeframe(
  text: Timeframe,
): { readonly spec: TimeframeSpec; readonly rest: string; readonly stream: string } | null {
  const given = timeframeSpec(text);
  const names = NAMES[given.text] ?? NAMES[hours(given)];
  // Without a past a closed bar cannot be proven, so a stream's own timeframe is not offered.
  if (!names?.[0]) return null;
  return { spec: given, rest: names[0], stream: names[1] };
}

function hours(spec: TimeframeSpec): Timeframe {
  return spec.unit === 'm' && spec.count % 60 === 0 ? `${spec.count / 60}h` : spec.text;
}

/** Whether a bar opens where bars of this timeframe do (UTC; weeks on Monday). */
export function isAligned(spec: TimeframeSpec, openTimeMs: number): boolean {
  return barOpen(spec, openTimeMs) === openTimeMs;
}
