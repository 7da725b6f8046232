import { allocateBars, type Bar, type BarColumns } from '../vocabulary/market-data.ts';
import { type Timeframe, type TimeframeSpec, type TimeMs, timeframe as timeframeSpec } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { rollUpTargets } from './roll-up-rules.ts';

/**
 * Rolls up one base bar at a time; the same rules and the same bits as `rollUpBars`. Allocates nothing per bar.
 *
 * After {@link next} returned n, rows 0 … n−1 of {@link closedBars} are the bars that closed with it and {@link closedTarget} says
 * of which timeframe (index into `targets`). One timeframe can close twice with one base bar: first the bar that was waiting for its
 * time to pass, then the one that this base bar alone makes up.
 */
export class RollUp {
  readonly targets: readonly TimeframeSpec[];
  readonly closedTarget: Int32Array;
  readonly closedBars: BarColumns;
  /** Base bars that lay outside every session and so belong to no higher bar. */
  outsideSession = 0;
  readonly #base: TimeframeSpec;
  readonly #grid: BarGrid;
  readonly #bars: BarColumns;
  /** Close time of each forming bar; −∞ where none is forming. */
  readonly #closeMs: Float64Array;
  /** Close time of the last bar of each target that closed: no later base bar can go back behind it. */
  readonly #endMs: Float64Array;
  readonly #utcBaseMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(base: Timeframe, targets: readonly Timeframe[], grid: BarGrid = utcGrid()) {
    this.#base = timeframeSpec(base);
    this.#grid = grid;
    this.targets = rollUpTargets(this.#base, targets);
    if (grid.utcOffsetMs === null && (this.#base.unit === 'd' || this.#base.unit === 'w' || this.#base.unit === 'mo')) {
      throw new RangeError(
        `expected intraday base bars with sessions, found ${this.#base.text}; roll dated bars up without`,
      );
    }
    this.closedTarget = new Int32Array(2 * targets.length);
    this.closedBars = allocateBars(2 * targets.length);
    this.#bars = allocateBars(targets.length);
    this.#closeMs = new Float64Array(targets.length).fill(Number.NEGATIVE_INFINITY);
    this.#endMs = this.#closeMs.slice();
    this.#utcBaseMs = grid.utcOffsetMs === null ? 0 : this.#base.ms;
  }

  /** Takes the next closed base bar; returns how many higher bars closed with it. Throws RangeError unless time rises. */
  next(openTimeMs: TimeMs, open: number, high: number, low: number, close: number, volume: number): number {
    if (!(openTimeMs > this.#lastMs)) {
      throw new RangeError(`expected a bar after ${this.#lastMs}, found ${openTimeMs}`);
    }
    this.#lastMs = openTimeMs;
    const baseCloseMs = this.#baseClose(openTimeMs);
    const outside = Number.isNaN(baseCloseMs);
    const passedMs = outside ? openTimeMs : baseCloseMs;
    if (outside) this.outsideSession++;
    const bars = this.#bars;
    let closed = 0;
    for (let k = 0; k < this.targets.length; k++) {
      let closeMs = this.#closeMs[k]!;
      if (openTimeMs >= closeMs) {
        if (closeMs !== Number.NEGATIVE_INFINITY) closed = this.#emit(k, closed);
        if (outside) continue;
        const spec = this.targets[k]!;
        const endMs = this.#endMs[k]!;
        const barOpenMs = this.#grid.open(spec, openTimeMs < endMs ? endMs : openTimeMs);
        closeMs = this.#grid.close(spec, barOpenMs);
        this.#closeMs[k] = closeMs;
        bars.openTimeMs[k] = barOpenMs;
        bars.open[k] = open;
        bars.high[k] = high;
        bars.low[k] = low;
        bars.close[k] = close;
        bars.volume[k] = 0 + volume;
      } else if (!outside) {
        if (high > bars.high[k]!) bars.high[k] = high;
        if (low < bars.low[k]!) bars.low[k] = low;
        bars.close[k] = close;
        bars.volume[k]! += volume;
      }
      if (passedMs >= closeMs) closed = this.#emit(k, closed);
    }
    return closed;
  }

  /** The bar of `targets[target]` as far as base bars have come; null where none is forming. */
  forming(target: number): Bar | null {
    if (this.#closeMs[target] === Number.NEGATIVE_INFINITY) return null;
    const bars = this.#bars;
    return {
      openTimeMs: bars.openTimeMs[target]!,
      open: bars.open[target]!,
      high: bars.high[target]!,
      low: bars.low[target]!,
      close: bars.close[target]!,
      volume: bars.volume[target]!,
    };
  }

  #baseClose(openTimeMs: TimeMs): TimeMs {
    return this.#utcBaseMs > 0 ? openTimeMs + this.#utcBaseMs : this.#grid.close(this.#base, openTimeMs);
  }

  #emit(k: number, at: number): number {
    const from = this.#bars;
    const to = this.closedBars;
    this.closedTarget[at] = k;
    to.openTimeMs[at] = from.openTimeMs[k]!;
    to.open[at] = from.open[k]!;
    to.high[at] = from.high[k]!;
    to.low[at] = from.low[k]!;
    to.close[at] = from.close[k]!;
    to.volume[at] = from.volume[k]!;
    this.#endMs[k] = this.#closeMs[k]!;
    this.#closeMs[k] = Number.NEGATIVE_INFINITY;
    return at + 1;
  }
}
