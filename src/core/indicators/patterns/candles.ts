/** Longest history a rule asks for: 5 candles of the pattern and 10 before the oldest for its averages. */
const CAPACITY = 16;
const MASK = CAPACITY - 1;

/**
 * The last candles, newest at 0 bars ago, in the terms candlestick rules are written in. "Long", "short", "near" and the like
 * are relative to the candles before the one judged, with TA-Lib's default settings (ta_global.c, TA_CandleDefaultSettings):
 *
 * | term | compared with |
 * |---|---|
 * | long, short body | mean body of 10 candles (very long is used by no pattern) |
 * | doji body, very short shadow | 0.1 × mean high–low range of 10 candles |
 * | short shadow | half the mean sum of both shadows of 10 candles |
 * | long, very long shadow | 1 ×, 2 × the body of the candle itself |
 * | near, far, equal | 0.2 ×, 0.6 ×, 0.05 × mean high–low range of 5 candles |
 *
 * Averages are summed anew from the candles, so they do not depend on where the series began; TA-Lib keeps running sums, whose
 * rounding can decide a comparison that is exactly at its threshold the other way.
 */
export class Candles {
  readonly #open = new Float64Array(CAPACITY);
  readonly #high = new Float64Array(CAPACITY);
  readonly #low = new Float64Array(CAPACITY);
  readonly #close = new Float64Array(CAPACITY);
  #at = 0;

  push(open: number, high: number, low: number, close: number): void {
    const at = (this.#at + 1) & MASK;
    this.#at = at;
    this.#open[at] = open;
    this.#high[at] = high;
    this.#low[at] = low;
    this.#close[at] = close;
  }

  open(ago: number): number {
    return this.#open[(this.#at - ago) & MASK]!;
  }

  high(ago: number): number {
    return this.#high[(this.#at - ago) & MASK]!;
  }

  low(ago: number): number {
    return this.#low[(this.#at - ago) & MASK]!;
  }

  close(ago: number): number {
    return this.#close[(this.#at - ago) & MASK]!;
  }

  /** 1 where the close is at or above the open, else −1. */
  color(ago: number): 1 | -1 {
    return this.close(ago) >= this.open(ago) ? 1 : -1;
  }

  white(ago: number): boolean {
    return this.close(ago) >= this.open(ago);
  }

  black(ago: number): boolean {
    return this.close(ago) < this.open(ago);
  }

  body(ago: number): number {
    return Math.abs(this.close(ago) - this.open(ago));
  }

  /** Upper end of the body. */
  top(ago: number): number {
    return Math.max(this.open(ago), this.close(ago));
  }

  /** Lower end of the body. */
  bottom(ago: number): number {
    return Math.min(this.open(ago), this.close(ago));
  }

  range(ago: number): number {
    return this.high(ago) - this.low(ago);
  }

  upper(ago: number): number {
    return this.high(ago) - this.top(ago);
  }

  lower(ago: number): number {
    return this.bottom(ago) - this.low(ago);
  }

  bodyGapUp(newer: number, older: number): boolean {
    return this.bottom(newer) > this.top(older);
  }

  bodyGapDown(newer: number, older: number): boolean {
    return this.top(newer) < this.bottom(older);
  }

  gapUp(newer: number, older: number): boolean {
    return this.low(newer) > this.high(older);
  }

  gapDown(newer: number, older: number): boolean {
    return this.high(newer) < this.low(older);
  }

  longBody(ago: number): boolean {
    return this.body(ago) > this.meanBody(ago);
  }

  shortBody(ago: number): boolean {
    return this.body(ago) < this.meanBody(ago);
  }

  /** Not longer than the average: the small candle inside or beside a long one. */
  smallBody(ago: number): boolean {
    return this.body(ago) <= this.meanBody(ago);
  }

  /** `reference` is the candle whose average is used, if not its own. */
  doji(ago: number, reference = ago): boolean {
    return this.body(ago) <= (0.1 * this.#rangeSum(reference, 10)) / 10;
  }

  /** Length below which a shadow counts as very short. */
  veryShort(ago: number): number {
    return (0.1 * this.#rangeSum(ago, 10)) / 10;
  }

  noUpper(ago: number): boolean {
    return this.upper(ago) < this.veryShort(ago);
  }

  noLower(ago: number): boolean {
    return this.lower(ago) < this.veryShort(ago);
  }

  /** Length below which a shadow counts as short. */
  shortShadow(ago: number): number {
    let sum = 0;
    for (let k = 10; k >= 1; k--) sum += this.upper(ago + k) + this.lower(ago + k);
    return sum / 10 / 2;
  }

  near(ago: number): number {
    return (0.2 * this.#rangeSum(ago, 5)) / 5;
  }

  far(ago: number): number {
    return (0.6 * this.#rangeSum(ago, 5)) / 5;
  }

  /** Whether a price of the candles is as good as equal to one of the candle `ago`. */
  equal(price: number, reference: number, ago: number): boolean {
    const width = (0.05 * this.#rangeSum(ago, 5)) / 5;
    return price <= reference + width && price >= reference - width;
  }

  meanBody(ago: number): number {
    let sum = 0;
    for (let k = 10; k >= 1; k--) sum += this.body(ago + k);
    return sum / 10;
  }

  #rangeSum(ago: number, count: number): number {
    let sum = 0;
    for (let k = count; k >= 1; k--) sum += this.range(ago + k);
    return sum;
  }
}
