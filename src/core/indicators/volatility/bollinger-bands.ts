import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { positionIn, relativeWidth } from './channel.ts';
import { choice } from './choice.ts';
import { RollingVariance } from './rolling-variance.ts';

/** Rows that are filled together. */
const CHUNK = 2048;

class BollingerBands implements Kernel {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly #window: RollingVariance;
  /** 1/n or 1/(n − 1): of the squared distances, the part that is the variance. */
  readonly #share: number;
  readonly #deviations: number;

  constructor(n: number, deviations: number, sample: number) {
    this.#window = new RollingVariance(n);
    this.#share = 1 / Math.max(1, n - sample);
    this.#deviations = deviations;
  }

  next(x: number): number {
    const spread = this.#window.next(x);
    if (Number.isNaN(spread)) return spread;
    const out = this.out;
    const middle = this.#window.mean;
    const half = this.#deviations * Math.sqrt(spread * this.#share);
    const upper = middle + half;
    const lower = middle - half;
    out[0] = middle;
    out[1] = upper;
    out[2] = lower;
    out[3] = positionIn(x, lower, upper);
    out[4] = relativeWidth(lower, middle, upper);
    return middle;
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    // Two passes over a chunk that stays in the cache are twice as fast as two over the whole column.
    for (let i = from; i < to; i += CHUNK) this.#fillChunk(inputs, outputs, i, Math.min(to, i + CHUNK), from);
  }

  #fillChunk(
    inputs: readonly Float64Array[],
    outputs: readonly Float64Array[],
    from: number,
    to: number,
    origin: number,
  ): void {
    const x = inputs[0]!;
    const middles = outputs[0]!;
    const uppers = outputs[1]!;
    const lowers = outputs[2]!;
    const percents = outputs[3]!;
    const widths = outputs[4]!;
    this.#window.fill(x, uppers, middles, from, to, origin);
    const share = this.#share;
    const deviations = this.#deviations;
    for (let i = from; i < to; i++) {
      const middle = middles[i]!;
      const half = deviations * Math.sqrt(uppers[i]! * share);
      const upper = middle + half;
      const lower = middle - half;
      uppers[i] = upper;
      lowers[i] = lower;
      percents[i] = positionIn(x[i]!, lower, upper);
      widths[i] = relativeWidth(lower, middle, upper);
    }
  }

  rebase(): void {
    this.#window.rebase();
  }
}

/**
 * Bollinger bands with %B (0 at the lower band, 1 at the upper, ½ where they coincide) and bandwidth as a ratio of the middle.
 * The deviation is the population's, as Bollinger, TA-Lib and Skender take it.
 */
export const bollingerBands = defineIndicator({
  name: 'bollinger-bands',
  title: 'Bollinger bands',
  group: 'volatility',
  inputs: ['value'],
  outputs: ['middle', 'upper', 'lower', 'percentB', 'width'],
  params: {
    length: length(20),
    deviations: factor(2, 0, 100, 'standard deviations from the middle to a band'),
    sample: choice(0, 1, "0 or 'population' divides the variance by n, 1 or 'sample' by n − 1"),
  },
  unit: 'input; percentB and width ratio',
  formula: 'SMA ± k·σ; %B = (x − lower)/(upper − lower); width = (upper − lower)/SMA',
  source: 'Bollinger, Bollinger on Bollinger Bands, 2001; as TA-Lib BBANDS with a simple average',
  warmup: (p) => p.length - 1,
  create: (p) => new BollingerBands(p.length, p.deviations, p.sample),
});
