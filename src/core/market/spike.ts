/**
 * Robust z-score of a bar's farthest excursion from the previous close, against the close-to-close returns before it:
 * z = |x| / (1.4826 × median |r|), the modified z-score of Iglewicz & Hoaglin 1993, "How to Detect and Handle Outliers", about a centre of
 * zero (the drift of a bar is far below its noise); where the median is zero, 1.2533 × mean |r| takes its place, as they propose.
 * Assumption: a move below `minMove` is never a spike, which makes the good case one comparison.
 */
export interface SpikeOptions {
  /** Returns in the window; default 100. No verdict before a quarter of it has been seen. */
  readonly window?: number;
  /** z from which a bar counts as a spike; default 25. */
  readonly zScore?: number;
  /** Smallest relative move that can be a spike; default 0.05. */
  readonly minMove?: number;
}

/** Standard deviations of a normal distribution in its median and in its mean absolute deviation. */
const MEDIAN_TO_SIGMA = 1.4826;
const MEAN_TO_SIGMA = 1.2533;

export class SpikeDetector {
  readonly #returns: Float64Array;
  readonly #sorted: Float64Array;
  readonly #zScore: number;
  readonly #minMove: number;
  #seen = 0;
  #previousClose = 0;
  /** Of the last spike that {@link next} reported: its relative excursion and z. */
  move = 0;
  z = 0;

  constructor(options: SpikeOptions = {}) {
    const window = options.window ?? 100;
    this.#returns = new Float64Array(window);
    this.#sorted = new Float64Array(window);
    this.#zScore = options.zScore ?? 25;
    this.#minMove = options.minMove ?? 0.05;
  }

  /** True where the bar's high or low is a spike. Allocates only where the move exceeds `minMove`. */
  next(high: number, low: number, close: number): boolean {
    const previous = this.#previousClose;
    this.#previousClose = close;
    if (!(previous > 0)) return false;
    const up = high / previous - 1;
    const down = low / previous - 1;
    const move = up > -down ? up : down;
    const spike = (move > this.#minMove || move < -this.#minMove) && this.#isSpike(move);
    this.#returns[this.#seen++ % this.#returns.length] = Math.abs(close / previous - 1);
    return spike;
  }

  #isSpike(move: number): boolean {
    const count = Math.min(this.#seen, this.#returns.length);
    if (count < this.#returns.length / 4) return false;
    const sorted = this.#sorted.subarray(0, count);
    sorted.set(this.#returns.subarray(0, count));
    sorted.sort();
    const median = middle(sorted);
    const scale = median > 0 ? MEDIAN_TO_SIGMA * median : MEAN_TO_SIGMA * mean(sorted);
    this.move = move;
    this.z = Math.abs(move) / scale;
    return this.z > this.#zScore;
  }
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
