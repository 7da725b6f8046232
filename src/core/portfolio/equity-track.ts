/** Equity and exposure at every instant of a run, in columns, with the running peak. Doubles: statistics, not bookings. */
export class EquityTrack {
  count = 0;
  declare timeMs: Float64Array;
  declare equity: Float64Array;
  /** Σ |position value| / equity; single precision, as it is only drawn and averaged. */
  declare exposure: Float32Array;
  /** Σ position value / equity, shorts negative. */
  declare netExposure: Float32Array;
  /** Whether {@link timeMs} was given whole in advance. */
  #isTimed = false;
  /** [0] peak, [1] largest drawdown as a fraction of the peak. */
  readonly extremes = new Float64Array(2);

  constructor(capacity = 1024) {
    this.timeMs = new Float64Array(capacity);
    this.equity = new Float64Array(capacity);
    this.exposure = new Float32Array(capacity);
    this.netExposure = new Float32Array(capacity);
  }

  /**
   * Makes room in advance, so that no growth falls into the loop. `timeMs`: the instants that will come, where they are known; they are
   * then used as they stand (fresh memory is dear the first time it is touched).
   */
  reserve(capacity: number, timeMs: Float64Array | null = null): void {
    this.#isTimed = timeMs !== null;
    if (capacity > this.equity.length) this.#grow(capacity);
    if (timeMs) this.timeMs = timeMs;
    else if (this.timeMs.length < this.equity.length) this.timeMs = new Float64Array(this.equity.length);
  }

  /** `sums`: gross and net value of the positions. */
  append(timeMs: number, equity: number, sums: Float64Array): void {
    const i = this.count++;
    if (i === this.equity.length) this.#grow(i * 2);
    if (!this.#isTimed) this.timeMs[i] = timeMs;
    this.equity[i] = equity;
    const gross = sums[0]!;
    const exposure = gross === 0 ? 0 : gross / equity;
    this.exposure[i] = exposure;
    // Mostly nothing is short, and the division is dear.
    this.netExposure[i] = sums[1] === gross ? exposure : sums[1]! / equity;
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
    const equity = new Float64Array(capacity);
    equity.set(this.equity);
    this.equity = equity;
    const exposure = new Float32Array(capacity);
    exposure.set(this.exposure);
    this.exposure = exposure;
    const net = new Float32Array(capacity);
    net.set(this.netExposure);
    this.netExposure = net;
    if (this.#isTimed) return;
    const timeMs = new Float64Array(capacity);
    timeMs.set(this.timeMs.subarray(0, Math.min(capacity, this.timeMs.length)));
    this.timeMs = timeMs;
  }
}
