import type { Bar, BarColumns } from '../vocabulary/market-data.ts';
import { barClose, barOpen, type Timeframe, type TimeframeSpec, type TimeMs, timeframe } from '../vocabulary/time.ts';
import { BarLane, type FormingBar } from './bar-lane.ts';
import { rollUpTargets } from './roll-up-rules.ts';
import { TradeRollUp } from './trade-roll-up.ts';

/** Bars that closed with one base bar, the base's own first; gone after the call. */
export interface ClosedBars {
  readonly closedCount: number;
  /** Index of each row's timeframe among the wanted ones. */
  readonly closedTarget: Int32Array;
  readonly closedBars: BarColumns;
}

export interface BarsListener {
  /** Each bar of each wanted timeframe once, in order, and only where all of it is known. */
  closed(instrument: number, bars: ClosedBars): void;
  /** The venue's own base bar was another than its trades had made; the venue's counts and is told by {@link closed}. */
  corrected(instrument: number, ours: Bar, venues: Bar): void;
}

interface Lane {
  readonly bars: BarLane;
  hasVenueBars: boolean;
  /** The venue dates its base bars otherwise than we do: trades cannot make them. */
  isOffGrid: boolean;
  /** Open of the base bar in which the first trade came: it was joined midway. */
  joinedMs: TimeMs;
  lastTradeMs: TimeMs;
  /** The venue's own base bar under way, and when it was told. */
  venues: Bar | null;
  venuesMs: TimeMs;
}

/**
 * Bars of every wanted timeframe from one stream an instrument: its trades, the venue's own bars of the base timeframe, or both. No
 * timeframe needs a subscription of its own.
 *
 * Where the venue's bars come, they close bars, as the venue has the last word; trades move the bars under way between them, and
 * where they had made another bar that is told. Where only trades come, a bar closes with the first trade after it or by
 * {@link closeThrough}. {@link trade}, {@link bar} and {@link gap} take what a feed's sink of the same names is told; ids that nobody
 * follows are passed over. No object is made per trade.
 */
export class BarsOfTrades {
  readonly timeframes: readonly TimeframeSpec[];
  readonly base: TimeframeSpec;
  readonly #trades: TradeRollUp;
  readonly #lanes: readonly Lane[];
  readonly #instrumentOf: number[] = [];
  readonly #channelOf: ('trades' | 'bars')[] = [];
  readonly #listener: BarsListener;

  /** Throws RangeError for a timeframe that base bars cannot be rolled up to. */
  constructor(instruments: number, base: Timeframe, timeframes: readonly Timeframe[], listener: BarsListener) {
    this.base = timeframe(base);
    rollUpTargets(
      this.base,
      timeframes.filter((text) => text !== this.base.text),
    );
    this.timeframes = timeframes.map((text) => timeframe(text));
    this.#trades = new TradeRollUp(instruments, [base]);
    this.#lanes = Array.from({ length: instruments }, () => ({
      bars: new BarLane(base, this.timeframes),
      hasVenueBars: false,
      isOffGrid: false,
      ...{ joinedMs: Number.NaN, lastTradeMs: Number.NEGATIVE_INFINITY },
      ...{ venues: null, venuesMs: Number.NEGATIVE_INFINITY },
    }));
    this.#listener = listener;
  }

  /** From now on, data under this id is the instrument's: its trades, or its bars of the base timeframe. */
  follow(id: number, instrument: number, channel: 'trades' | 'bars'): void {
    this.#instrumentOf[id] = instrument;
    this.#channelOf[id] = channel;
    if (channel === 'bars') this.#lanes[instrument]!.hasVenueBars = true;
  }

  trade(
    id: number,
    eventTimeMs: TimeMs,
    _receivedTimeMs: TimeMs,
    _tradeId: number,
    price: number,
    quantity: number,
    _takerSide: number,
  ): void {
    const instrument = this.#instrumentOf[id];
    if (instrument === undefined) return;
    const lane = this.#lanes[instrument]!;
    if (lane.isOffGrid) return;
    lane.lastTradeMs = eventTimeMs;
    if (Number.isNaN(lane.joinedMs)) this.#join(lane, eventTimeMs);
    if (this.#trades.next(instrument, eventTimeMs, price, quantity) > 0) this.#ended();
  }

  bar(
    id: number,
    eventTimeMs: TimeMs,
    _receivedTimeMs: TimeMs,
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    const instrument = this.#instrumentOf[id];
    if (instrument === undefined) return;
    const lane = this.#lanes[instrument]!;
    if (openTimeMs < lane.bars.settledMs) return;
    if (barOpen(this.base, openTimeMs) !== openTimeMs) lane.isOffGrid = true;
    const bar = { openTimeMs, open, high, low, close, volume };
    if (!isClosed) {
      // It holds all of it, whenever we joined.
      lane.bars.begin(openTimeMs);
      lane.venues = bar;
      lane.venuesMs = eventTimeMs;
      return;
    }
    this.#compare(instrument, lane, bar);
    lane.venues = null;
    this.#settle(instrument, bar);
  }

  /** What is lost for good leaves bars that are not whole. */
  gap(id: number, gap: { readonly outcome: 'recovered' | 'lost'; readonly toMs: TimeMs }): void {
    const instrument = this.#instrumentOf[id];
    if (instrument === undefined || gap.outcome === 'recovered') return;
    const lane = this.#lanes[instrument]!;
    if (this.#channelOf[id] === 'bars') lane.bars.lost(gap.toMs);
    else if (!lane.hasVenueBars) lane.bars.lost(barClose(this.base, barOpen(this.base, gap.toMs)));
  }

  /** Closes bars of instruments without bars of the venue's own whose time has passed; the caller grants late trades their grace. */
  closeThrough(nowMs: TimeMs): void {
    while (this.#trades.closeThrough(nowMs) > 0) this.#ended();
  }

  /** Past base bars of an instrument, oldest first, without holes; see {@link BarLane.prime}. */
  prime(instrument: number, bars: BarColumns): boolean {
    return this.#lanes[instrument]!.bars.prime(bars);
  }

  /** The bar under way; null where nothing has come of it. */
  forming(instrument: number, target: number): FormingBar | null {
    const lane = this.#lanes[instrument]!;
    const ours = lane.isOffGrid ? null : this.#trades.forming(instrument, 0);
    const { venues } = lane;
    if (venues === null || ours === null || venues.openTimeMs !== ours.openTimeMs)
      return lane.bars.forming(
        target,
        [venues, ours].filter((bar) => bar !== null),
      );
    // Both have seen a part of the same bar: the venue's all of it up to when it was told, ours what came since we listen.
    const both = {
      ...venues,
      high: Math.max(venues.high, ours.high),
      low: Math.min(venues.low, ours.low),
      close: lane.lastTradeMs >= lane.venuesMs ? ours.close : venues.close,
      volume: Math.max(venues.volume, ours.volume),
    };
    return lane.bars.forming(target, [both]);
  }

  #join(lane: Lane, timeMs: TimeMs): void {
    lane.joinedMs = barOpen(this.base, timeMs);
    if (!lane.hasVenueBars) lane.bars.lost(barClose(this.base, lane.joinedMs));
  }

  /** Base bars of trades have ended. */
  #ended(): void {
    const { closedBars: c, closedInstrument, closedCount } = this.#trades;
    for (let k = 0; k < closedCount; k++) {
      const instrument = closedInstrument[k]!;
      const lane = this.#lanes[instrument]!;
      const { bars } = lane;
      if (lane.hasVenueBars) bars.defer(c.openTimeMs[k]!, c.open[k]!, c.high[k]!, c.low[k]!, c.close[k]!, c.volume[k]!);
      else if (bars.settle(c.openTimeMs[k]!, c.open[k]!, c.high[k]!, c.low[k]!, c.close[k]!, c.volume[k]!) > 0)
        this.#listener.closed(instrument, bars);
    }
  }

  /** Ours against the venue's, which takes its place in the bars of trades. */
  #compare(instrument: number, lane: Lane, bar: Bar): void {
    const { openTimeMs, open, high, low, close, volume } = bar;
    if (Number.isNaN(lane.joinedMs) || lane.isOffGrid) return;
    const forming = this.#trades.forming(instrument, 0);
    const ours = forming?.openTimeMs === openTimeMs ? forming : lane.bars.deferred(openTimeMs);
    const outcome = this.#trades.settle(instrument, 0, openTimeMs, open, high, low, close, volume);
    if (ours === null || openTimeMs <= lane.joinedMs) return;
    const isOther =
      outcome === 'outdated'
        ? ours.open !== open || ours.high !== high || ours.low !== low || ours.close !== close
        : outcome === 'corrected';
    if (isOther) this.#listener.corrected(instrument, ours, bar);
  }

  #settle(instrument: number, { openTimeMs, open, high, low, close, volume }: Bar): void {
    const { bars } = this.#lanes[instrument]!;
    if (bars.settle(openTimeMs, open, high, low, close, volume) > 0) this.#listener.closed(instrument, bars);
  }
}
