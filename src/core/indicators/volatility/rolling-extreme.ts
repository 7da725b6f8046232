/**
 * Highest or lowest of the last n values with its age, from a queue of the values that may still become it (each value enters and
 * leaves once, so a step costs constant time on average).
 */
export class RollingExtreme {
  readonly #n: number;
  /** 1 for the highest, −1 for the lowest: the queue then holds −x, falling. */
  readonly #sign: number;
  /** Of equal extremes, whether the earliest counts; else the latest. */
  readonly #earliest: boolean;
  /** Ring of a power of two, so that a place in it is a mask away. */
  readonly #values: Float64Array;
  readonly #steps: Int32Array;
  readonly #mask: number;
  #head = 0;
  #tail = 0;
  #step = 0;

  constructor(n: number, which: 'highest' | 'lowest', ties: 'latest' | 'earliest' = 'latest') {
    let size = 1;
    while (size < n) size *= 2;
    this.#n = n;
    this.#sign = which === 'highest' ? 1 : -1;
    this.#earliest = ties === 'earliest';
    this.#values = new Float64Array(size);
    this.#steps = new Int32Array(size);
    this.#mask = size - 1;
  }

  /** Takes a value, returns the extreme of the last n; NaN while there are fewer. */
  next(x: number): number {
    const values = this.#values;
    const mask = this.#mask;
    const sign = this.#sign;
    const earliest = this.#earliest;
    const step = this.#step++;
    const y = x * sign;
    let head = this.#head;
    let tail = this.#tail;
    if (head < tail && this.#steps[head & mask]! <= step - this.#n) head++;
    while (tail > head) {
      const last = values[(tail - 1) & mask]!;
      if (last > y || (earliest && last === y)) break;
      tail--;
    }
    values[tail & mask] = y;
    this.#steps[tail & mask] = step;
    this.#head = head;
    this.#tail = tail + 1;
    return step + 1 < this.#n ? Number.NaN : values[head & mask]! * sign;
  }

  /** Values since the extreme: 0 when the last value is it. */
  get age(): number {
    return this.#step - 1 - this.#steps[this.#head & this.#mask]!;
  }
}
