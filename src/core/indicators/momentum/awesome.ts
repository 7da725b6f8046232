import { sma } from '../averages/sma.ts';
import { defineIndicator, type Kernel, length } from '../indicator.ts';

class Awesome implements Kernel {
  readonly out = new Float64Array(2);
  readonly #fast: Kernel;
  readonly #slow: Kernel;

  constructor(fast: number, slow: number) {
    this.#fast = sma.create({ length: fast });
    this.#slow = sma.create({ length: slow });
  }

  next(high: number, low: number): number {
    const middle = 0.5 * (high + low);
    const difference = this.#fast.next(middle, 0, 0, 0, 0) - this.#slow.next(middle, 0, 0, 0, 0);
    this.out[0] = difference;
    this.out[1] = Number.isNaN(difference) ? Number.NaN : middle === 0 ? 0 : (100 * difference) / middle;
    return difference;
  }

  rebase(): void {
    this.#fast.rebase?.();
    this.#slow.rebase?.();
  }
}

class Accelerator implements Kernel {
  readonly #awesome: Awesome;
  readonly #signal: Kernel;

  constructor(fast: number, slow: number, signal: number) {
    this.#awesome = new Awesome(fast, slow);
    this.#signal = sma.create({ length: signal });
  }

  next(high: number, low: number): number {
    const awesome = this.#awesome.next(high, low);
    return Number.isNaN(awesome) ? awesome : awesome - this.#signal.next(awesome, 0, 0, 0, 0);
  }

  rebase(): void {
    this.#awesome.rebase();
    this.#signal.rebase?.();
  }
}

const LENGTHS = {
  fast: length(5, 1, 'length of the fast average'),
  slow: length(34, 1, 'length of the slow average'),
};
const invalid = (p: { readonly fast: number; readonly slow: number }): string | null =>
  p.fast <= p.slow ? null : `fast must not be longer than slow, found ${p.fast} and ${p.slow}`;

/** Awesome oscillator, in price and in percent of the middle of the bar (0 where that is 0). */
export const awesome = defineIndicator({
  name: 'awesome-oscillator',
  title: 'Awesome oscillator',
  group: 'momentum',
  inputs: ['high', 'low'],
  outputs: ['oscillator', 'percent'],
  params: LENGTHS,
  unit: 'price',
  formula: 'SMA(m, 5) − SMA(m, 34), m = (high + low)/2; percent = 100 · oscillator / m',
  source: 'Williams, Trading Chaos, 1995',
  warmup: (p) => p.slow - 1,
  invalid,
  create: (p) => new Awesome(p.fast, p.slow),
});

/** Accelerator oscillator: the awesome oscillator less its own average. */
export const accelerator = defineIndicator({
  name: 'accelerator-oscillator',
  title: 'Accelerator oscillator',
  group: 'momentum',
  inputs: ['high', 'low'],
  outputs: ['value'],
  params: { ...LENGTHS, signal: length(5, 1, 'length of the average of the oscillator') },
  unit: 'price',
  formula: 'AO − SMA(AO, 5)',
  source: 'Williams, New Trading Dimensions, 1998',
  warmup: (p) => p.slow - 1 + p.signal - 1,
  invalid,
  create: (p) => new Accelerator(p.fast, p.slow, p.signal),
});
