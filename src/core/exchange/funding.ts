/**
 * Funding of perpetual contracts.
 *
 * ASSUMPTIONS
 * 1. At a funding time, a position pays value at the mark price × rate: longs pay shorts when the rate is positive, shorts pay
 *    longs when it is negative. Nothing is paid between those times, however long the position was held.
 * 2. Who holds at the instant itself pays. Venues allow themselves seconds around it (Binance 15 s); we do not.
 * 3. The amount is rounded half-even to the quantum, alike for both sides, so that what longs pay is what shorts receive.
 * 4. The rate and the mark price are recorded data (doubles). Without a recorded mark, the caller's stand-in (a close, say)
 *    makes the amount an estimate.
 * 5. The payment goes to or comes from the wallet (cross) or the position's margin (isolated).
 * 6. An account's payment is divided among strategies by their lots; quanta left by rounding go to the largest remainders, the
 *    first strategy first. Strategies on opposite sides pay each other.
 */
import type { Instrument } from '../vocabulary/instrument.ts';
import { multiplyDivide } from '../vocabulary/integer.ts';

/** Change of cash in quanta of the settle asset of a position of signed `lots`; negative where the position pays. */
export function fundingPayment(instrument: Instrument, lots: number, markPrice: number, rate: number): number {
  if (lots === 0 || rate === 0) return 0;
  // From the absolute value, so that the mirrored position has the mirrored amount.
  const size = instrument.quanta(instrument.valueAt(markPrice, Math.abs(lots)) * Math.abs(rate), 'half-even');
  return lots > 0 === rate > 0 ? 0 - size : size;
}

/**
 * Divides `totalQuanta` in proportion to signed `weights` (whole lots of each strategy, summing to the account's), exactly: the parts
 * sum to the total. Zero total weight divides nothing. Writes `out`.
 */
export function apportion(totalQuanta: number, weights: ArrayLike<number>, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]!;
  out.fill(0);
  if (sum === 0 || totalQuanta === 0) return;
  let left = totalQuanta;
  for (let i = 0; i < weights.length; i++) {
    out[i] = multiplyDivide(totalQuanta, weights[i]!, sum, 'floor') + 0;
    left -= out[i]!;
  }
  // Floors leave fewer quanta than there are parts; each goes to the largest remainder not yet served.
  for (; left > 0; left--) {
    let best = -1;
    let bestRemainder = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < weights.length; i++) {
      const remainder = weights[i] === 0 ? Number.NEGATIVE_INFINITY : (totalQuanta * weights[i]!) / sum - out[i]!;
      if (remainder > bestRemainder) {
        bestRemainder = remainder;
        best = i;
      }
    }
    out[best]! += 1;
  }
}

/** Recorded funding of one instrument, ascending by time. */
export type FundingHistory = {
  readonly timesMs: Float64Array;
  readonly rates: Float64Array;
};

/** A cursor over a {@link FundingHistory}: which funding times fall in each bar. */
export class FundingClock {
  readonly #history: FundingHistory;
  #next = 0;

  constructor(history: FundingHistory) {
    this.#history = history;
  }

  /** Skips what lies at or before `timeMs`. */
  startAfter(timeMs: number): void {
    const { timesMs } = this.#history;
    this.#next = 0;
    while (this.#next < timesMs.length && timesMs[this.#next]! <= timeMs) this.#next++;
  }

  /** Index in the history of the next funding at or before `timeMs`, or −1. Call until it says −1. */
  due(timeMs: number): number {
    const { timesMs } = this.#history;
    if (this.#next >= timesMs.length || timesMs[this.#next]! > timeMs) return -1;
    return this.#next++;
  }

  snapshot(): { next: number } {
    return { next: this.#next };
  }

  restore(state: { next: number }): void {
    this.#next = state.next;
  }
}
