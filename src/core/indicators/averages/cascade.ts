import { settleBars } from '../indicator.ts';
import { Smoothing } from './ema.ts';
import { seedLength, seedWarmup } from './seed.ts';

/** Exponential averages of one length in a row, each smoothing the one before. */
export class Cascade {
  readonly #stages: Smoothing[];
  /** Values that each stage still keeps to itself. */
  readonly #held: Int32Array;
  /** The last value of each stage; NaN while that stage has none. */
  readonly values: Float64Array;

  constructor(n: number, stages: number, seed: number) {
    this.#stages = Array.from({ length: stages }, (_, stage) => new Smoothing(seedLength(n, seed, stage), 2 / (n + 1)));
    this.#held = new Int32Array(stages).fill(seed === 3 ? n - 1 : 0);
    this.values = new Float64Array(stages).fill(Number.NaN);
  }

  /** Value of the last stage; NaN until it has one. */
  next(x: number): number {
    const { values } = this;
    let y = x;
    for (let k = 0; k < values.length; k++) {
      y = this.#stages[k]!.next(y);
      values[k] = y;
      if (Number.isNaN(y)) break;
      if (k + 1 < values.length && this.#held[k]! > 0) {
        this.#held[k]!--;
        return Number.NaN;
      }
    }
    return y;
  }
}

/** Bars after which a cascade has forgotten its seeds; each stage must forget in turn, so their times add up at most. */
export function cascadeSettle(n: number, stages: number, seed: number): number {
  return seedWarmup(n, seed, stages) + stages * settleBars(2 / (n + 1));
}
