import { Smoothing } from '../averages/ema.ts';
import { SEED, seedLength } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, settleBars } from '../indicator.ts';
import { RangePosition } from './stochastic.ts';

/** A stochastic that holds its value while the range is empty, smoothed from its first value. */
class HeldStochastic {
  readonly #position: RangePosition;
  readonly #smoothing: Smoothing;
  /** [0] last position. */
  readonly #held = Float64Array.of(50);

  constructor(cycle: number, smooth: number) {
    this.#position = new RangePosition(cycle);
    this.#smoothing = new Smoothing(1, 2 / (smooth + 1));
  }

  next(x: number): number {
    const position = this.#position.next(x, x, x, this.#held[0]!);
    if (Number.isNaN(position)) return position;
    this.#held[0] = position;
    return this.#smoothing.next(position);
  }
}

class Stc implements Kernel {
  readonly #fast: Smoothing;
  readonly #slow: Smoothing;
  readonly #once: HeldStochastic;
  readonly #twice: HeldStochastic;

  constructor(fast: number, slow: number, cycle: number, smooth: number, seed: number) {
    this.#fast = new Smoothing(seedLength(fast, seed), 2 / (fast + 1));
    this.#slow = new Smoothing(seedLength(slow, seed), 2 / (slow + 1));
    this.#once = new HeldStochastic(cycle, smooth);
    this.#twice = new HeldStochastic(cycle, smooth);
  }

  next(x: number): number {
    const difference = this.#fast.next(x) - this.#slow.next(x);
    if (Number.isNaN(difference)) return difference;
    const once = this.#once.next(difference);
    return Number.isNaN(once) ? once : this.#twice.next(once);
  }
}

interface Lengths {
  readonly slow: number;
  readonly cycle: number;
  readonly seed: number;
}
const warmup = (p: Lengths): number => seedLength(p.slow, p.seed) - 1 + 2 * (p.cycle - 1);

/**
 * Schaff trend cycle, 0 to 100: the stochastic of the stochastic of MACD, as Schaff wrote it: smoothed by one half each time, and
 * holding its value where a range is empty (50 before there was any). Skender stops after the first stochastic; for that take
 * `stochastic-of` MACD.
 */
export const stc = defineIndicator({
  name: 'stc',
  title: 'Schaff trend cycle',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: {
    fast: length(23, 1, 'length of the fast average'),
    slow: length(50, 1, 'length of the slow average'),
    cycle: length(10, 1, 'bars of both stochastics'),
    smooth: length(3, 1, 'EMA length of both smoothings; 3 is a factor of one half'),
    seed: SEED,
  },
  unit: 'percent',
  formula: 'EMA(stochastic(EMA(stochastic(MACD, cycle), smooth), cycle), smooth)',
  source: 'Schaff, 1999, published in Forex strategies of Investopedia; StockCharts-style worksheet of the ta library',
  warmup,
  settle: (p) => warmup(p) + settleBars(2 / (p.slow + 1)) + 2 * settleBars(2 / (p.smooth + 1)),
  invalid: (p) => (p.fast <= p.slow ? null : `fast must not be longer than slow, found ${p.fast} and ${p.slow}`),
  create: (p) => new Stc(p.fast, p.slow, p.cycle, p.smooth, p.seed),
});
