/**
 * Participation: how much of a bar's volume one account may have been.
 *
 * ASSUMPTIONS
 * 1. Of a bar's volume, at most `rate` × volume (rounded down to the lot) can fill for one account, all its orders together, in
 *    the order in which they are matched. The rest waits for the next bar.
 * 2. The cap is per bar and knows nothing of where inside the bar the volume traded: a limit that only the last tick touched
 *    gets as much as one that the whole bar traded through. With small caps the error is small.
 * 3. The account's own fills do not add to the recorded volume.
 * 4. A bar without volume fills nothing under a cap.
 */
import { RATE_SCALE, rateDown } from './rate.ts';

/** The share of one instrument's bar volume that is still to be had. Make one per instrument; `begin` on every bar. */
export class Participation {
  readonly #rate: number;
  #leftLots = 0;

  /** `rate` in units of 1e-8, in (0, 1e8]; null for no cap at all, whatever the volume. */
  constructor(rate: number | null) {
    this.#rate = rate === null ? 0 : Math.min(rate, RATE_SCALE);
  }

  /** A new bar with this volume, in lots. */
  begin(barLots: number): void {
    this.#leftLots = this.#rate === 0 ? Number.MAX_SAFE_INTEGER : rateDown(barLots, this.#rate);
  }

  /** Takes up to `lots`; what is returned may fill now, the rest waits. */
  take(lots: number): number {
    const taken = lots <= this.#leftLots ? lots : this.#leftLots;
    if (this.#rate !== 0) this.#leftLots -= taken;
    return taken;
  }

  /** Lots still to be had in this bar. */
  get leftLots(): number {
    return this.#leftLots;
  }

  snapshot(): { leftLots: number } {
    return { leftLots: this.#leftLots };
  }

  restore(state: { leftLots: number }): void {
    this.#leftLots = state.leftLots;
  }
}
