/** Largest of the last n values, in constant time a step on average: a queue of the values that can still become the largest. */
export class WindowMaximum {
  readonly #values: Float64Array;
  readonly #steps: Int32Array;
  readonly #n: number;
  #head = 0;
  #size = 0;
  #step = 0;

  constructor(n: number) {
    this.#n = n;
    this.#values = new Float64Array(n);
    this.#steps = new Int32Array(n);
  }

  /** Largest of the last n values including this one, or of fewer while fewer were seen. */
  next(x: number): number {
    const values = this.#values;
    const steps = this.#steps;
    const n = this.#n;
    const step = this.#step;
    this.#step = (step + 1) | 0;
    let head = this.#head;
    let size = this.#size;
    if (size > 0 && ((step - steps[head]!) | 0) >= n) {
      head = head + 1 === n ? 0 : head + 1;
      size--;
    }
    let tail = head + size - 1;
    if (tail >= n) tail -= n;
    while (size > 0 && values[tail]! <= x) {
      size--;
      tail = tail === 0 ? n - 1 : tail - 1;
    }
    tail = tail + 1 >= n ? 0 : tail + 1;
    if (size === 0) tail = head;
    values[tail] = x;
    steps[tail] = step;
    this.#head = head;
    this.#size = size + 1;
    return values[head]!;
  }
}
