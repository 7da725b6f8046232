/** Equity and exposure at every instant of a run, in columns, with the running peak. Doubles: statistics, not bookings. */
export class EquityTrack {
  count = 0;
  timeMs: Float64Array;
  equity: Float64Array;
  /** Σ |position value| / equity. */
  exposure: Float64Array;
  /** [0] peak, [1] largest drawdown as a fraction of the peak. */
  readonly extremes = new Float64Array(2);

  constructor(capacity = 1024) {
    this.timeMs = new Float64Array(capacity);
    this.equity = new Float64Array(capacity);
    this.exposure = new Float64Array(capacity);
  }

  /** Makes room in advance, so that no growth falls into the loop. */
  reserve(capacity: number): void {
    if (capacity > this.equity.length) this.#grow(capacity);
  }

  append(timeMs: number, equity: number, gross: number): void {
    const i = this.count++;
    if (i === this.equity.length) this.#grow(i * 2);
    this.timeMs[i] = timeMs;
    this.equity[i] = equity;
    this.exposure[i] = gross === 0 ? 0 : gross / equity;
    const x = this.extremes;
    const peak = x[0]!;
    if (equity > peak) x[0] = equity;
    // The division only where it will be kept: a new largest drawdown is rare.
    else if (peak - equity > x[1]! * peak) x[1] = (peak - equity) / peak;
  }

  clear(equity: number): void {
    this.count = 0;
    this.extremes[0] = equity;
    this.extremes[1] = 0;
  }

  #grow(capacity: number): void {
    for (const name of ['timeMs', 'equity', 'exposure'] as const) {
      const column = new Float64Array(capacity);
      column.set(this[name]);
      this[name] = column;
    }
  }
}
