/** Gives back each value `bars` steps later; NaN until then. */
export class Delay {
  readonly #ring: Float64Array;
  #at = 0;

  constructor(bars: number) {
    this.#ring = new Float64Array(bars).fill(Number.NaN);
  }

  next(x: number): number {
    const ring = this.#ring;
    if (ring.length === 0) return x;
    const at = this.#at;
    const y = ring[at]!;
    ring[at] = x;
    this.#at = at + 1 === ring.length ? 0 : at + 1;
    return y;
  }
}
