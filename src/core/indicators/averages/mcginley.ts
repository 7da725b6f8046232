import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';

class Dynamic implements Kernel {
  readonly #pace: number;
  /** [0] the average. */
  readonly #state = new Float64Array(1);
  #seen = false;

  constructor(pace: number) {
    this.#pace = pace;
  }

  next(x: number): number {
    const state = this.#state;
    if (!this.#seen) {
      this.#seen = true;
      state[0] = x;
      return Number.NaN;
    }
    const y = state[0]!;
    const ratio = y === 0 ? 0 : x / y;
    const square = ratio * ratio;
    const next = y + (x - y) / Math.max(1, this.#pace * square * square);
    state[0] = next;
    return next;
  }
}

/**
 * McGinley dynamic. It slows down when the price runs away upwards and hurries when it falls, so its memory has no fixed length.
 * A step never goes beyond the price: the published formula divides by a fourth power and explodes after a fall by half.
 */
export const mcginley = defineIndicator({
  name: 'mcginley',
  title: 'McGinley dynamic',
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(14), k: factor(0.6, 0.01, 100, 'share of the length that sets the pace') },
  unit: 'input',
  formula: 'y += (x − y) / max(1, k·n·(x/y)⁴); starts from the first value',
  source: 'McGinley, Market Technicians Association Journal, 1991; start and k as Skender',
  warmup: () => 1,
  settle: (p) => 1 + settleBars(1 / Math.max(1, p.k * p.length)),
  create: (p) => new Dynamic(p.k * p.length),
});
