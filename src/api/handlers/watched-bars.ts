import { type BarsListener, BarsOfTrades, type ClosedBars } from '../../core/market/bars-of-trades.ts';
import { FloatRing } from '../../core/market/float-ring.ts';
import type { Bar, BarColumns } from '../../core/vocabulary/market-data.ts';
import { formatTime, type Timeframe, type TimeMs } from '../../core/vocabulary/time.ts';
import type { FeedRequest } from '../../ports/market-feed.ts';
import type { Output } from '../operations/table.ts';

type Line = Output<'watch'>['symbols'][number]['bars'][number];

/** Closes that are shown. */
export const CLOSES = 30;
/** Trades of a bar that has ended may be on their way for so long. */
const GRACE_MS = 1_000;

/** One symbol and timeframe: its last closes, and the bar that closed last. */
interface Track {
  /** Closes with the times that their bars opened. */
  closes: FloatRing;
  lastOpenMs: TimeMs;
  last: Bar | null;
}

/** The bars of everything watched: one stream a symbol, bars of every timeframe under way, and the closes before them. */
export class WatchedBars implements BarsListener {
  readonly base: Timeframe;
  readonly timeframes: readonly Timeframe[];
  readonly #symbols: readonly string[];
  readonly #desk: BarsOfTrades;
  readonly #tracks: readonly (readonly Track[])[];
  readonly #corrections: number[];
  #hasVenueBars = false;

  constructor(symbols: readonly string[], base: Timeframe, timeframes: readonly Timeframe[]) {
    this.base = base;
    this.timeframes = timeframes;
    this.#symbols = symbols;
    this.#desk = new BarsOfTrades(symbols.length, base, timeframes, this);
    this.#tracks = symbols.map(() =>
      timeframes.map(() => ({ closes: new FloatRing(CLOSES, 2), lastOpenMs: Number.NEGATIVE_INFINITY, last: null })),
    );
    this.#corrections = symbols.map(() => 0);
  }

  follow(id: number, { channel, symbol }: FeedRequest): void {
    if (channel === 'bars') this.#hasVenueBars = true;
    if (channel === 'bars' || channel === 'trades') this.#desk.follow(id, this.#symbols.indexOf(symbol), channel);
  }

  trade(...args: Parameters<BarsOfTrades['trade']>): void {
    this.#desk.trade(...args);
  }

  bar(...args: Parameters<BarsOfTrades['bar']>): void {
    this.#desk.bar(...args);
  }

  gap(...args: Parameters<BarsOfTrades['gap']>): void {
    this.#desk.gap(...args);
  }

  /** Where the venue has no bars of its own, time closes those of trades. */
  passed(venueTimeMs: TimeMs): void {
    if (!this.#hasVenueBars) this.#desk.closeThrough(venueTimeMs - GRACE_MS);
  }

  /** Past base bars, so that those under way are whole; false where they do not reach up to what came since. */
  prime(symbol: string, bars: BarColumns): boolean {
    return this.#desk.prime(this.#symbols.indexOf(symbol), bars);
  }

  /** Closes before the first that came live, which may be there already. */
  seedCloses(symbol: string, timeframe: Timeframe, { openTimeMs, close }: BarColumns): void {
    const track = this.#tracks[this.#symbols.indexOf(symbol)]![this.timeframes.indexOf(timeframe)]!;
    const live = track.closes;
    const [liveCloses, liveOpensMs] = live.columns.map((_, column) => {
      const rows = new Float64Array(live.count);
      live.copy(column, rows);
      return rows;
    });
    const firstMs = liveOpensMs![0] ?? Number.POSITIVE_INFINITY;
    track.closes = new FloatRing(CLOSES, 2);
    track.lastOpenMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < close.length && openTimeMs[i]! < firstMs; i++) push(track, openTimeMs[i]!, close[i]!);
    for (const [i, openMs] of liveOpensMs!.entries()) push(track, openMs, liveCloses![i]!);
  }

  closed(instrument: number, { closedCount, closedTarget, closedBars: c }: ClosedBars): void {
    for (let k = 0; k < closedCount; k++) {
      const track = this.#tracks[instrument]![closedTarget[k]!]!;
      push(track, c.openTimeMs[k]!, c.close[k]!);
      track.last = {
        ...{ openTimeMs: c.openTimeMs[k]!, open: c.open[k]!, high: c.high[k]!, low: c.low[k]! },
        ...{ close: c.close[k]!, volume: c.volume[k]! },
      };
    }
  }

  corrected(instrument: number): void {
    this.#corrections[instrument]!++;
  }

  corrections(symbol: string): number {
    return this.#corrections[this.#symbols.indexOf(symbol)]!;
  }

  /** A line a timeframe of which something is known: the bar under way, else the one that closed last. */
  lines(symbol: string): Line[] {
    const instrument = this.#symbols.indexOf(symbol);
    return this.timeframes.flatMap((timeframe, target) => {
      const { closes, last } = this.#tracks[instrument]![target]!;
      const forming = this.#desk.forming(instrument, target);
      const bar = forming ?? last;
      if (bar === null) return [];
      const { openTimeMs, open, high, low, close, volume } = bar;
      const shown = new Float64Array(closes.count);
      closes.copy(0, shown);
      return [
        {
          ...{ timeframe, openTime: formatTime(openTimeMs), open, high, low, close, volume },
          closed: forming === null,
          whole: forming?.isWhole ?? true,
          closes: [...shown],
        },
      ];
    });
  }
}

function push(track: Track, openTimeMs: TimeMs, close: number): void {
  if (openTimeMs <= track.lastOpenMs) return;
  track.lastOpenMs = openTimeMs;
  const row = track.closes.push();
  track.closes.columns[0]![row] = close;
  track.closes.columns[1]![row] = openTimeMs;
}
