import { defineIndicator, factor, type Kernel, length } from '../indicator.ts';
import { positionIn, relativeWidth } from './channel.ts';
import { choice } from './choice.ts';
import { RollingVariance, type SpreadRows, TRUSTED_SHARE } from './rolling-variance.ts';

class BollingerBands implements Kernel, SpreadRows {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly #window: RollingVariance;
  /** 1/n or 1/(n − 1): of the squared distances, the part that is the variance. */
  readonly #share: number;
  readonly #deviations: number;
  /** Where a fill writes. */
  #columns: readonly Float64Array[] = [];

  constructor(n: number, deviations: number, sample: number) {
    this.#window = new RollingVariance(n);
    this.#share = 1 / Math.max(1, n - sample);
    this.#deviations = deviations;
  }

  next(x: number): number {
    const spread = this.#window.next(x);
    if (Number.isNaN(spread)) return spread;
    this.#tell(x, spread, this.#window.mean);
    return this.out[0]!;
  }

  #tell(x: number, spread: number, middle: number): void {
    const out = this.out;
    const half = this.#deviations * Math.sqrt(spread * this.#share);
    const upper = middle + half;
    const lower = middle - half;
    out[0] = middle;
    out[1] = upper;
    out[2] = lower;
    out[3] = positionIn(x, lower, upper);
    out[4] = relativeWidth(lower, middle, upper);
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    this.#columns = outputs;
    this.#window.fill(inputs[0]!, this, from, to);
  }

  write(row: number, x: number, spread: number, mean: number): void {
    if (Number.isNaN(spread)) this.out.fill(Number.NaN);
    else this.#tell(x, spread, mean);
    for (let k = 0; k < 5; k++) this.#columns[k]![row] = this.out[k]!;
  }

  slide(x: Float64Array, state: Float64Array, n: number, from: number, to: number): number {
    const [middles, uppers, lowers, percents, widths] = this.#columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const share = this.#share;
    const deviations = this.#deviations;
    const inverse = 1 / n;
    const reference = state[0]!;
    let sum = state[1]!;
    let squares = state[2]!;
    let largest = state[3]!;
    let i = from;
    for (; i < to; i++) {
      const value = x[i]!;
      const entering = value - reference;
      const leaving = x[i - n]! - reference;
      sum += entering - leaving;
      squares += entering * entering - leaving * leaving;
      largest = squares > largest ? squares : largest;
      const spread = squares - sum * sum * inverse;
      if (!(spread >= largest * TRUSTED_SHARE)) break;
      const middle = reference + sum * inverse;
      const half = deviations * Math.sqrt(spread * share);
      const upper = middle + half;
      const lower = middle - half;
      middles[i] = middle;
      uppers[i] = upper;
      lowers[i] = lower;
      percents[i] = positionIn(value, lower, upper);
      widths[i] = relativeWidth(lower, middle, upper);
    }
    state[1] = sum;
    state[2] = squares;
    state[3] = largest;
    return i;
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
