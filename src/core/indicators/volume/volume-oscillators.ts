import { Smoothing } from '../averages/ema.ts';
import { SEED, seedLength } from '../averages/seed.ts';
import { defineIndicator, factor, type Kernel, length, settleBars } from '../indicator.ts';
import { Window } from '../statistics/window.ts';

class ForceIndex implements Kernel {
  readonly #smooth: Smoothing;
  readonly #previous = new Float64Array(1).fill(Number.NaN);

  constructor(n: number, seed: number) {
    this.#smooth = new Smoothing(seedLength(n, seed), 2 / (n + 1));
  }

  next(close: number, volume: number): number {
    const before = this.#previous[0]!;
    this.#previous[0] = close;
    return Number.isNaN(before) ? Number.NaN : this.#smooth.next((close - before) * volume);
  }
}

/** Elder's force index: change of the close times volume, smoothed; `seed` 2 begins with the first product (StockCharts). */
export const forceIndex = defineIndicator({
  name: 'force-index',
  title: 'Force index',
  group: 'volume',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  params: { length: length(13), seed: SEED },
  unit: 'price · volume',
  formula: 'EMA(n, (close − close[1]) · volume)',
  source: 'Elder, Trading for a Living, 1993',
  warmup: (p) => seedLength(p.length, p.seed),
  settle: (p) => p.length + settleBars(2 / (p.length + 1)),
  create: (p) => new ForceIndex(p.length, p.seed),
});

class EaseOfMovement implements Kernel {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly #scale: number;
  readonly #window: Window;
  readonly #middle = new Float64Array(1).fill(Number.NaN);

  constructor(n: number, scale: number) {
    this.#window = new Window(n);
    this.#scale = scale;
  }

  next(high: number, low: number, volume: number): number {
    const middle = (high + low) / 2;
    const before = this.#middle[0]!;
    this.#middle[0] = middle;
    if (Number.isNaN(before)) return Number.NaN;
    const ease = volume > 0 ? ((middle - before) * (high - low) * this.#scale) / volume : 0;
    this.out[0] = ease;
    if (this.#window.push(ease)) this.out[1] = this.#window.sum() / this.#window.length;
    return ease;
  }
}

/**
 * Arms' ease of movement, of the bar and averaged over n bars: how far the middle of the bar moved per volume and range; 0
 * without volume or range. `scale` only brings it to readable numbers (StockCharts 100,000,000, Tulip 10,000).
 */
export const easeOfMovement = defineIndicator({
  name: 'ease-of-movement',
  title: 'Ease of movement',
  group: 'volume',
  inputs: ['high', 'low', 'volume'],
  outputs: ['value', 'average'],
  params: { length: length(14), scale: factor(1e8, 1e-12, 1e15, 'by which the volume is divided') },
  unit: 'index',
  formula: '(middle − middle[1]) / ((volume / scale) / (high − low)); average: SMA(n)',
  source: 'Arms; StockCharts',
  warmup: (p) => [1, p.length],
  create: (p) => new EaseOfMovement(p.length, p.scale),
});

/** Market facilitation index: range per volume; 0 without volume. */
export const marketFacilitation = defineIndicator({
  name: 'market-facilitation-index',
  title: 'Market facilitation index',
  group: 'volume',
  inputs: ['high', 'low', 'volume'],
  outputs: ['value'],
  params: {},
  unit: 'price / volume',
  formula: '(high − low) / volume',
  source: 'Williams, Trading Chaos, 1995',
  warmup: () => 0,
  create: () => ({ next: (high, low, volume) => (volume > 0 ? (high - low) / volume : 0) }),
});

class VolumeOscillator implements Kernel {
  readonly #fast: Window;
  readonly #slow: Window;

  constructor(fast: number, slow: number) {
    this.#fast = new Window(fast);
    this.#slow = new Window(slow);
  }

  next(volume: number): number {
    this.#fast.push(volume);
    if (!this.#slow.push(volume)) return Number.NaN;
    const slow = this.#slow.sum() / this.#slow.length;
    return slow > 0 ? (100 * (this.#fast.sum() / this.#fast.length - slow)) / slow : 0;
  }
}

/** Fast less slow simple average of the volume, in percent of the slow one; 0 without volume. The exponential one is `pvo`. */
export const volumeOscillator = defineIndicator({
  name: 'volume-oscillator',
  title: 'Volume oscillator',
  group: 'volume',
  inputs: ['volume'],
  outputs: ['value'],
  params: { fast: length(5, 1, 'bars of the fast average'), slow: length(10, 2, 'bars of the slow average') },
  unit: 'percent',
  formula: '100 · (SMA(fast, volume) − SMA(slow, volume)) / SMA(slow, volume)',
  source: 'Achelis, Technical Analysis from A to Z, 2nd ed., 2000; Tulip vosc',
  warmup: (p) => p.slow - 1,
  invalid: (p) => (p.fast < p.slow ? null : `fast must be less than slow, found ${p.fast} and ${p.slow}`),
  create: (p) => new VolumeOscillator(p.fast, p.slow),
});

class RelativeVolume implements Kernel {
  readonly #before: Window;
  #ready = false;

  constructor(n: number) {
    this.#before = new Window(n);
  }

  next(volume: number): number {
    const ready = this.#ready;
    const mean = this.#before.sum() / this.#before.length;
    this.#ready = this.#before.push(volume);
    return ready ? (mean > 0 ? volume / mean : 0) : Number.NaN;
  }
}

/** Volume of the bar as a multiple of the mean of the n bars before it; 0 where those had none. */
export const relativeVolume = defineIndicator({
  name: 'relative-volume',
  title: 'Relative volume',
  group: 'volume',
  inputs: ['volume'],
  outputs: ['value'],
  params: { length: length(20, 1, 'bars before') },
  unit: 'ratio',
  formula: 'volume / mean volume of the n bars before',
  source: 'own definition; the bar itself is left out of its yardstick',
  warmup: (p) => p.length,
  create: (p) => new RelativeVolume(p.length),
});
