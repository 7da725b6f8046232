import type { InstrumentDefinition } from '../vocabulary/instrument.ts';
import { allocateBars, type BarColumns } from '../vocabulary/market-data.ts';
import { civilToMs, DAY_MS, HOUR_MS, type TimeMs, timeframe } from '../vocabulary/time.ts';
import type { Regime, RegimeLabel } from './synthetic-regimes.ts';
import { generateSeries } from './synthetic-series.ts';

/** Small synthetic markets by name: 240 days of hourly bars each, the same on every machine. */
export const PLAY_MARKETS = ['trend', 'fall', 'chop', 'crash', 'mixed'] as const;
export type PlayMarket = (typeof PLAY_MARKETS)[number];

/**
 * Bars of one instrument: closes (each bar opens at the last close); rows `[open, high, low, close]`, with volume behind or with
 * volume and the open time before (`[openTimeMs, open, high, low, close, volume]`); columns; or a market by name.
 */
export type PlayBars = readonly number[] | readonly (readonly number[])[] | BarColumns | PlayMarket;

export interface PlaySeries {
  readonly bars: BarColumns;
  readonly timeframe: string;
}

/** First bar of hand-made series: a Monday, so that days and weeks begin with it. */
export const PLAY_START_MS: TimeMs = civilToMs(2024, 1, 1);

/** Volume of bars that say none. */
const VOLUME = 1_000;

/** Columns of what was given. Throws RangeError naming the row that is no bar. */
export function playSeries(given: PlayBars, text: string, instrument: InstrumentDefinition): PlaySeries {
  if (typeof given === 'string') {
    if (!PLAY_MARKETS.includes(given))
      throw new RangeError(`bars: expected a market of ${PLAY_MARKETS.join(', ')}, found ${JSON.stringify(given)}`);
    return { bars: playMarket(given, instrument), timeframe: '1h' };
  }
  if ('close' in given) return { bars: given, timeframe: text };
  const { ms } = timeframe(text);
  if (ms === 0) throw new RangeError('timeframe: expected one of fixed length, found months');
  const bars = allocateBars(given.length);
  let last = Number.NaN;
  given.forEach((row, i) => {
    const full = typeof row === 'number' ? closeRow(row, last) : row;
    const at = full.length === 6 ? 1 : 0;
    const [open, high, low, close, volume = VOLUME] = full.slice(at);
    if (full.length < 4 || full.length > 6 || !isBar(open!, high!, low!, close!))
      throw new RangeError(
        `bars[${i}]: expected a close, or [open, high, low, close] with low ≤ open, close ≤ high and all above 0, found ${JSON.stringify(row)}`,
      );
    if (!(volume >= 0 && volume < Number.POSITIVE_INFINITY))
      throw new RangeError(`bars[${i}]: expected a volume of 0 or more, found ${volume}`);
    const openTimeMs = at === 1 ? full[0]! : PLAY_START_MS + i * ms;
    if (!Number.isSafeInteger(openTimeMs) || (i > 0 && openTimeMs <= bars.openTimeMs[i - 1]!))
      throw new RangeError(
        `bars[${i}]: expected an open time in epoch ms, later than that of the bar before, found ${openTimeMs}`,
      );
    bars.openTimeMs[i] = openTimeMs;
    bars.open[i] = open!;
    bars.high[i] = high!;
    bars.low[i] = low!;
    bars.close[i] = close!;
    bars.volume[i] = volume;
    last = close!;
  });
  return { bars, timeframe: text };
}

function closeRow(close: number, last: number): readonly number[] {
  const open = Number.isNaN(last) ? close : last;
  return [open, Math.max(open, close), Math.min(open, close), close];
}

function isBar(open: number, high: number, low: number, close: number): boolean {
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < Number.POSITIVE_INFINITY;
}

const DAYS = 240;

interface Stretch {
  readonly label: RegimeLabel;
  readonly days: number;
  readonly perDay: number;
  readonly volatility: number;
}

const STRETCHES: Readonly<Record<PlayMarket, readonly Stretch[]>> = {
  trend: [{ label: 'trend-up', days: DAYS, perDay: 0.005, volatility: 0.8 }],
  fall: [{ label: 'trend-down', days: DAYS, perDay: -0.005, volatility: 1 }],
  chop: [{ label: 'chop', days: DAYS, perDay: 0, volatility: 0.8 }],
  crash: [
    { label: 'trend-up', days: 150, perDay: 0.003, volatility: 0.8 },
    { label: 'crash', days: 2, perDay: -0.15, volatility: 3 },
    { label: 'chop', days: 88, perDay: 0, volatility: 1.2 },
  ],
  mixed: [
    { label: 'chop', days: 60, perDay: 0, volatility: 0.8 },
    { label: 'trend-up', days: 80, perDay: 0.006, volatility: 1 },
    { label: 'chop', days: 40, perDay: 0, volatility: 0.8 },
    { label: 'trend-down', days: 60, perDay: -0.005, volatility: 1.2 },
  ],
};

/** A small synthetic market: every instrument gets a series of its own, told apart by its id. */
function playMarket(name: PlayMarket, instrument: InstrumentDefinition): BarColumns {
  let seed = 7;
  for (const letter of `${name}${instrument.id}`) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) >>> 0;
  const regimes: Regime[] = [];
  let fromMs = PLAY_START_MS;
  for (const { label, days, perDay, volatility } of STRETCHES[name]) {
    const toMs = fromMs + days * DAY_MS;
    regimes.push({ label, fromMs, toMs, driftPerHour: perDay / 24, volatility, jump: 0 });
    fromMs = toMs;
  }
  return generateSeries({
    instrument,
    seed,
    timeframe: '1h',
    startMs: PLAY_START_MS,
    bars: (DAYS * DAY_MS) / HOUR_MS,
    startPrice: 100,
    regimes,
  }).bars;
}
