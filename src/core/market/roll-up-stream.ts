import { allocateBars, type Bar, type BarColumns } from '../vocabulary/market-data.ts';
import { type Timeframe, type TimeframeSpec, type TimeMs, timeframe as timeframeSpec } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { FormingBars } from './forming-bars.ts';
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
  readonly #forming: FormingBars;
  readonly #utcBaseMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(base: Timeframe, targets: readonly Timeframe[], grid: BarGrid = utcGrid()) {
    this.#base = timeframeSpec(base);
    this.#grid = grid;
    this.targets = rollUpTargets(this.#base, targets);
    if (
      grid.utcOffsetMs === null &&
      !grid.isDated &&
      (this.#base.unit === 'd' || this.#base.unit === 'w' || this.#base.unit === 'mo')
    ) {
      throw new RangeError(
        `expected intraday base bars with sessions, found ${this.#base.text}; roll dated bars up without`,
      );
    }
    this.closedTarget = new Int32Array(2 * targets.length);
    this.closedBars = allocateBars(2 * targets.length);
    this.#forming = new FormingBars(targets.length);
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
    const forming = this.#forming;
    let closed = 0;
    for (let k = 0; k < this.targets.length; k++) {
      let closeMs = forming.closeMs[k]!;
      if (openTimeMs >= closeMs) {
        if (closeMs !== Number.NEGATIVE_INFINITY) closed = this.#emit(k, closed);
        if (outside) continue;
        const spec = this.targets[k]!;
        const endMs = forming.endMs[k]!;
        const barOpenMs = this.#grid.open(spec, openTimeMs < endMs ? endMs : openTimeMs);
        closeMs = this.#grid.close(spec, barOpenMs);
        forming.begin(k, barOpenMs, closeMs, open, high, low, close, volume);
      } else if (!outside) {
        forming.extend(k, high, low, close, volume);
      }
      if (passedMs >= closeMs) closed = this.#emit(k, closed);
    }
    return closed;
  }

  /** The bar of `targets[target]` as far as base bars have come; null where none is forming. */
  forming(target: number): Bar | null {
    return this.#forming.read(target);
  }

  #baseClose(openTimeMs: TimeMs): TimeMs {
    return this.#utcBaseMs > 0 ? openTimeMs + this.#utcBaseMs : this.#grid.close(this.#base, openTimeMs);
  }

  #emit(k: number, at: number): number {
    this.closedTarget[at] = k;
    this.#forming.close(k, this.closedBars, at);
    return at + 1;
  }
}
