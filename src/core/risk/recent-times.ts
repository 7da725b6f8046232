/** "Longer ago than anything": finite, so that snapshots stay JSON. */
export const NEVER_MS = Number.MIN_SAFE_INTEGER;

/** Times remembered of a row at least, so that a limit that is raised, or set at last, finds what was before it. */
const MEMORY = 256;

/** Rings in plain JSON, row after row. */
export interface RecentTimesSnapshot {
  readonly timesMs: readonly number[];
  readonly next: readonly number[];
}

/**
 * The last times of each of several rows (strategies): an exact sliding window of `size` events. There are at least `size` events in a window
 * exactly when the last but `size − 1` lies in it. Size 0 is never full. More is remembered than is asked for: {@link resize} keeps it.
 */
export class RecentTimes {
  declare size: number;
  declare timesMs: Float64Array;
  /** Place in the ring of the oldest time, which the next one overwrites. */
  declare readonly next: Int32Array;
  declare private capacity: number;

  constructor(rows: number, size: number) {
    this.size = size;
    this.capacity = Math.max(size, MEMORY);
    this.timesMs = new Float64Array(rows * this.capacity).fill(NEVER_MS);
    this.next = new Int32Array(rows);
  }

  add(row: number, timeMs: number): void {
    const place = this.next[row]!;
    this.timesMs[row * this.capacity + place] = timeMs;
    this.next[row] = place + 1 === this.capacity ? 0 : place + 1;
  }

  /** Whether the last `size` events all happened after `nowMs − windowMs`. Constant time. */
  full(row: number, nowMs: number, windowMs: number): boolean {
    if (this.size === 0) return false;
    const place = this.next[row]! - this.size;
    return this.timesMs[row * this.capacity + (place < 0 ? place + this.capacity : place)]! > nowMs - windowMs;
  }

  /** How many remembered events happened after `nowMs − windowMs`. Linear: for explanations. */
  count(row: number, nowMs: number, windowMs: number): number {
    let events = 0;
    for (const timeMs of this.timesMs.subarray(row * this.capacity, (row + 1) * this.capacity))
      if (timeMs > nowMs - windowMs) events++;
    return events;
  }

  forget(row: number): void {
    this.timesMs.fill(NEVER_MS, row * this.capacity, (row + 1) * this.capacity);
  }

  clear(): void {
    this.timesMs.fill(NEVER_MS);
    this.next.fill(0);
  }

  /** Another number of events to look for. Nothing that is remembered is forgotten. */
  resize(size: number): void {
    this.size = size;
    if (size > this.capacity) this.#take(this.snapshot(), size);
  }

  snapshot(): RecentTimesSnapshot {
    return { timesMs: Array.from(this.timesMs), next: Array.from(this.next) };
  }

  /** Takes over rings of any capacity of as many rows; false where it is of another number of rows. */
  restore(from: RecentTimesSnapshot): boolean {
    const rows = this.next.length;
    if (from.next.length !== rows || (rows > 0 && from.timesMs.length % rows !== 0)) return false;
    this.#take(from, Math.max(this.capacity, rows === 0 ? 0 : from.timesMs.length / rows));
    return true;
  }

  #take(from: RecentTimesSnapshot, capacity: number): void {
    const rows = this.next.length;
    const kept = rows === 0 ? 0 : from.timesMs.length / rows;
    this.capacity = capacity;
    this.timesMs = new Float64Array(rows * capacity).fill(NEVER_MS);
    if (kept === capacity) {
      this.timesMs.set(from.timesMs);
      this.next.set(from.next);
      return;
    }
    this.next.fill(0);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < kept; k++) {
        const timeMs = from.timesMs[row * kept + ((from.next[row]! + k) % kept)]!;
        if (timeMs !== NEVER_MS) this.add(row, timeMs);
      }
  }
}
