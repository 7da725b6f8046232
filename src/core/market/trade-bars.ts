import type { Bar, BarColumns, TradeColumns } from '../vocabulary/market-data.ts';
import type { Timeframe, TimeMs } from '../vocabulary/time.ts';
import { BarBuffer } from './bar-buffer.ts';
import { RangeBars, RenkoBars } from './price-bars.ts';
import { CountBars, TimeBars } from './time-and-count-bars.ts';

/**
 * When a bar of trades is full (López de Prado 2018, "Advances in Financial Machine Learning", ch. 2, for ticks, volume and dollars):
 * - `time`: the clock says so; a bar without trades does not exist.
 * - `ticks`: after so many trades. `volume`, `dollars`: with the trade that brings the sum of quantity, or of price × quantity, to `size`
 *   or over it; a trade is never split and what it overshoots is not carried over.
 * - `range`: with the trade that brings high − low to `size` or over it.
 * - `renko`: a brick for every `size` the price moves on from the last brick, or beyond the last brick's other end against it.
 */
export type TradeBarRule =
  | { readonly by: 'time'; readonly timeframe: Timeframe; readonly offsetMs?: number }
  | { readonly by: 'ticks' | 'volume' | 'dollars' | 'range' | 'renko'; readonly size: number };

/** Builds bars one trade at a time. */
export interface TradeBarBuilder {
  /** Closed bars pile up here until the reader calls `clear()`. */
  readonly closed: BarBuffer;
  /** Takes the next trade (times may repeat but not fall); returns how many bars it closed. */
  next(timeMs: TimeMs, price: number, quantity: number): number;
  /** Takes trades one after the other; a loop of each builder's own stays fast where several kinds are in use. */
  nextAll(trades: TradeColumns): void;
  /** The bar under way, or null. */
  forming(): Bar | null;
}

/** Bars of a whole set of trades. */
export interface TradeBars {
  readonly bars: BarColumns;
  /** For each bar the index of the trade with which it closed; for time bars that is the first trade of a later bar. */
  readonly closedBy: Int32Array;
  readonly forming: Bar | null;
}

/**
 * A builder for a stream of trades. Bars are keyed by the time of their first trade (time bars by the calendar); where two start
 * within one millisecond the later key moves on by a microsecond. Throws RangeError for a size that is not above 0.
 */
export function tradeBarBuilder(rule: TradeBarRule, closed: BarBuffer = new BarBuffer()): TradeBarBuilder {
  if (rule.by === 'time') return new TimeBars(rule.timeframe, rule.offsetMs ?? 0, closed);
  if (!(rule.size > 0 && rule.size < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`expected a size above 0 for bars by ${rule.by}, found ${rule.size}`);
  }
  if (rule.by === 'range') return new RangeBars(rule.size, closed);
  return rule.by === 'renko' ? new RenkoBars(rule.size, closed) : new CountBars(rule.by, rule.size, closed);
}

/** All bars of a set of trades: the stream's own code run over the columns. */
export function barsFromTrades(trades: TradeColumns, rule: TradeBarRule): TradeBars {
  const builder = tradeBarBuilder(rule, new BarBuffer(1_024));
  builder.nextAll(trades);
  const { closed } = builder;
  return { bars: closed.filled, closedBy: closed.closedBy.subarray(0, closed.count), forming: builder.forming() };
}
