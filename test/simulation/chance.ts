import { Random } from '../../src/core/vocabulary/random.ts';

/** Everything that a seed decides is drawn here. */
export class Chance {
  readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  is(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** Uniform in [least, most). */
  between(least: number, most: number): number {
    return least + this.random.uniform() * (most - least);
  }

  /** Whole number in [least, most]. */
  whole(least: number, most: number): number {
    return least + this.random.integer(most - least + 1);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.random.integer(choices.length)]!;
  }

  /** A source of its own, so that what one part of the world draws does not shift what another one does. */
  fork(): Chance {
    return new Chance(this.random.bits());
  }
}
