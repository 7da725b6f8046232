import { Smoothing } from '../averages/ema.ts';
import { seedLength } from '../averages/seed.ts';
import { defineIndicator, type Kernel, length, type ParameterRange, settleBars } from '../indicator.ts';

/** The seeds of exponential averages, and two that only pairs of averages know. */
const PAIR_SEED: ParameterRange = {
  default: 0,
  min: 0,
  max: 4,
  integer: true,
  about:
    'start: 0 or 1 mean of n values, 2 first value, 3 first value but no line before the slow length (Tulip), 4 mean of n values with the fast average held back until the slow one starts (TA-Lib)',
};

const FAST = length(12, 1, 'length of the fast average');
const SLOW = length(26, 1, 'length of the slow average');
const SIGNAL = length(9, 1, 'length of the signal average');

interface Lengths {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
  readonly seed: number;
}

/** The seed of the single averages. */
const single = (p: Lengths): number => (p.seed === 4 ? 0 : p.seed);
const lineWarmup = (p: Lengths): number => (p.seed === 2 ? 0 : p.slow - 1);
const warmup = (p: Lengths): readonly number[] => {
  const line = lineWarmup(p);
  const signal = line + seedLength(p.signal, single(p)) - 1;
  return [line, signal, signal];
};
const settle = (p: Lengths): number => warmup(p)[1]! + settleBars(2 / (p.slow + 1)) + settleBars(2 / (p.signal + 1));
const invalid = (p: Lengths): string | null =>
  p.fast <= p.slow ? null : `fast must not be longer than slow, found ${p.fast} and ${p.slow}`;

const share = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);

/** Difference of two exponential averages, plain or in percent of the slow one, with its signal line and what is between. */
class Pair implements Kernel {
  readonly out = new Float64Array(3);
  readonly #fast: Smoothing;
  readonly #slow: Smoothing;
  readonly #signal: Smoothing;
  readonly #percent: boolean;
  /** Bars before the fast average is fed, and before the line is shown. */
  readonly #held: number;
  readonly #silent: number;
  readonly #alphas: Float64Array;
  /** [0] fast average, [1] slow average, [2] signal, once {@link #warm}. */
  readonly #state = new Float64Array(3);
  #warm = false;
  #seen = 0;

  constructor(p: Lengths, percent: boolean) {
    const seed = single(p);
    const alphas = Float64Array.of(2 / (p.fast + 1), 2 / (p.slow + 1), 2 / (p.signal + 1));
    this.#alphas = alphas;
    this.#fast = new Smoothing(seedLength(p.fast, seed), alphas[0]!);
    this.#slow = new Smoothing(seedLength(p.slow, seed), alphas[1]!);
    this.#signal = new Smoothing(seedLength(p.signal, seed), alphas[2]!);
    this.#percent = percent;
    this.#held = p.seed === 4 ? p.slow - p.fast : 0;
    this.#silent = p.seed === 3 ? p.slow - 1 : 0;
  }

  next(x: number): number {
    return this.#warm ? this.#step(x) : this.#start(x);
  }

  #start(x: number): number {
    const { out } = this;
    const s = this.#state;
    const seen = this.#seen++;
    s[1] = this.#slow.next(x);
    s[0] = seen < this.#held ? Number.NaN : this.#fast.next(x);
    const difference = seen < this.#silent ? Number.NaN : s[0]! - s[1]!;
    out.fill(Number.NaN);
    if (Number.isNaN(difference)) return Number.NaN;
    out[0] = this.#percent ? share(difference, s[1]!) : difference;
    s[2] = this.#signal.next(out[0]!);
    out[1] = s[2]!;
    out[2] = out[0]! - out[1]!;
    this.#warm = !Number.isNaN(s[2]!);
    return out[0]!;
  }

  /** All three averages run: their recursions, in one place. */
  #step(x: number): number {
    const { out } = this;
    const s = this.#state;
    const fast = s[0]! + this.#alphas[0]! * (x - s[0]!);
    const slow = s[1]! + this.#alphas[1]! * (x - s[1]!);
    const line = this.#percent ? share(fast - slow, slow) : fast - slow;
    const signal = s[2]! + this.#alphas[2]! * (line - s[2]!);
    s[0] = fast;
    s[1] = slow;
    s[2] = signal;
    out[0] = line;
    out[1] = signal;
    out[2] = line - signal;
    return line;
  }

  fill(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void {
    const { out } = this;
    const x = inputs[0]!;
    const lines = outputs[0]!;
    // An oscillator of one output lets the other lines fall into its own column first, where they are written over.
    const signals = outputs[1] ?? lines;
    const histograms = outputs[2] ?? lines;
    let i = from;
    for (; i < to && !this.#warm; i++) {
      this.#start(x[i]!);
      for (let k = 0; k < outputs.length; k++) outputs[k]![i] = out[k]!;
    }
    let [fast, slow, signal] = [this.#state[0]!, this.#state[1]!, this.#state[2]!];
    const [a, b, c] = [this.#alphas[0]!, this.#alphas[1]!, this.#alphas[2]!];
    const percent = this.#percent;
    for (; i < to; i++) {
      const value = x[i]!;
      fast += a * (value - fast);
      slow += b * (value - slow);
      const line = percent ? share(fast - slow, slow) : fast - slow;
      signal += c * (line - signal);
      histograms[i] = line - signal;
      signals[i] = signal;
      lines[i] = line;
    }
    this.#state[0] = fast;
    this.#state[1] = slow;
    this.#state[2] = signal;
  }
}

/**
 * Moving average convergence/divergence. Both averages start with their own first values, as in Skender and on most charts;
 * TA-Lib starts both at the same bar (`seed` 4), StockCharts' worked example with the first value (`seed` 2).
 */
export const macd = defineIndicator({
  name: 'macd',
  title: 'Moving average convergence/divergence',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['macd', 'signal', 'histogram'],
  params: { fast: FAST, slow: SLOW, signal: SIGNAL, seed: PAIR_SEED },
  unit: 'input',
  formula: 'EMA(fast) − EMA(slow); signal = EMA of it; histogram = macd − signal',
  source: 'Appel, Technical Analysis: Power Tools for Active Investors, 2005',
  warmup,
  settle,
  invalid,
  create: (p) => new Pair(p, false),
});

/** Percentage price oscillator: MACD in percent of the slow average; 0 where that average is 0. */
export const ppo = defineIndicator({
  name: 'ppo',
  title: 'Percentage price oscillator',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['ppo', 'signal', 'histogram'],
  params: { fast: FAST, slow: SLOW, signal: SIGNAL, seed: PAIR_SEED },
  unit: 'percent',
  formula: '100 · (EMA(fast) − EMA(slow)) / EMA(slow); signal = EMA of it',
  source: 'Appel, Technical Analysis: Power Tools for Active Investors, 2005; StockCharts ChartSchool',
  warmup,
  settle,
  invalid,
  create: (p) => new Pair(p, true),
});

/** Percentage volume oscillator: {@link ppo} of the volume; 0 while there was no volume. */
export const pvo = defineIndicator({
  name: 'pvo',
  title: 'Percentage volume oscillator',
  group: 'momentum',
  inputs: ['volume'],
  outputs: ['pvo', 'signal', 'histogram'],
  params: { fast: FAST, slow: SLOW, signal: SIGNAL, seed: PAIR_SEED },
  unit: 'percent',
  formula: '100 · (EMA(volume, fast) − EMA(volume, slow)) / EMA(volume, slow); signal = EMA of it',
  source: 'StockCharts ChartSchool',
  warmup,
  settle,
  invalid,
  create: (p) => new Pair(p, true),
});

/** Absolute price oscillator: the MACD line alone. */
export const apo = defineIndicator({
  name: 'apo',
  title: 'Absolute price oscillator',
  group: 'momentum',
  inputs: ['value'],
  outputs: ['value'],
  params: { fast: FAST, slow: SLOW, seed: PAIR_SEED },
  unit: 'input',
  formula: 'EMA(fast) − EMA(slow)',
  source: 'TA-Lib APO; Tulip Indicators apo',
  warmup: (p) => lineWarmup({ ...p, signal: 1 }),
  settle: (p) => settle({ ...p, signal: 1 }),
  invalid: (p) => invalid({ ...p, signal: 1 }),
  create: (p) => new Pair({ ...p, signal: 1 }, false),
});
