/** "Longer ago than anything": finite, so that snapshots stay JSON. */
export const NEVER_MS = Number.MIN_SAFE_INTEGER;

/**
 * The last `size` times of each of several rows (strategies): an exact sliding window. There are at least `size` events in a
 * window exactly when the oldest remembered one lies in it. Size 0 remembers nothing.
 */
export class RecentTimes {
  readonly size: number;
  readonly timesMs: Float64Array;
  /** Place in the ring of the oldest time, which the next one overwrites. */
  readonly next: Int32Array;

  constructor(rows: number, size: number) {
    this.size = size;
    this.timesMs = new Float64Array(rows * size).fill(NEVER_MS);
    this.next = new Int32Array(rows);
  }

  add(row: number, timeMs: number): void {
    if (this.size === 0) return;
    const place = this.next[row]!;
    this.timesMs[row * this.size + place] = timeMs;
    this.next[row] = place + 1 === this.size ? 0 : place + 1;
  }

  /** Whether the last `size` events all happened after `nowMs − windowMs`. Constant time. */
  full(row: number, nowMs: number, windowMs: number): boolean {
    return this.size > 0 && this.timesMs[row * this.size + this.next[row]!]! > nowMs - windowMs;
  }

  /** How many remembered events happened after `nowMs − windowMs`. Linear: for explanations. */
  count(row: number, nowMs: number, windowMs: number): number {
    let events = 0;
    for (let i = row * this.size; i < (row + 1) * this.size; i++) if (this.timesMs[i]! > nowMs - windowMs) events++;
    return events;
  }

  forget(row: number): void {
    this.timesMs.fill(NEVER_MS, row * this.size, (row + 1) * this.size);
  }
}
