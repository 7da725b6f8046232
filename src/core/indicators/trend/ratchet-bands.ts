/**
 * Bars after which a stop `multiplier` average true ranges away has forgotten where the series began. Its memory ends at a
 * reversal, which no number of bars can promise. Prices wander that far in about the square of the multiplier; ten times as long
 * saw a reversal in every market tried.
 */
export function reversalBars(multiplier: number): number {
  return Math.ceil(10 * multiplier * multiplier);
}

/**
 * Two bands that only move towards the price until the previous close is beyond them, and the direction that flips when a
 * close reaches the band in force. What SuperTrend and the ATR trailing stop share.
 */
export class RatchetBands {
  /** [0] band in force, [1] direction 1 or −1, [2] upper, [3] lower; NaN until the first bands came. */
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #previousClose = new Float64Array(1).fill(Number.NaN);

  /**
   * Takes the bands that this bar alone would have (NaN while warming up), its close, and the price from which on a first close
   * counts as rising (NaN stands for the previous close). Returns the band in force.
   */
  next(upperNow: number, lowerNow: number, close: number, risingFrom: number): number {
    const previous = this.#previousClose[0]!;
    this.#previousClose[0] = close;
    if (Number.isNaN(upperNow)) return Number.NaN;
    const out = this.out;
    let upper = out[2]!;
    let lower = out[3]!;
    let rising = out[1]! > 0;
    if (Number.isNaN(upper)) {
      upper = upperNow;
      lower = lowerNow;
      // Negated, so that a first bar without a previous close counts as rising.
      rising = !(close < (!Number.isNaN(risingFrom) ? risingFrom : previous));
    }
    if (upperNow < upper || previous > upper) upper = upperNow;
    if (lowerNow > lower || previous < lower) lower = lowerNow;
    rising = !(close <= (rising ? lower : upper));
    out[0] = rising ? lower : upper;
    out[1] = rising ? 1 : -1;
    out[2] = upper;
    out[3] = lower;
    return out[0]!;
  }
}
