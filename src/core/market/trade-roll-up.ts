import { assert } from '../vocabulary/assert.ts';
import { allocateBars, type Bar, type BarColumns } from '../vocabulary/market-data.ts';
import { type Timeframe, type TimeframeSpec, type TimeMs, timeframe as timeframeSpec } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { barAt, copyBar, FormingBars } from './forming-bars.ts';

/**
 * What the venue's own bar was to ours.
 * - `confirmed`: the same; volumes may differ by what rounding explains.
 * - `corrected`: another; the venue's has replaced ours.
 * - `added`: we had none, as when its trades never came or there were none.
 * - `outdated`: older than our last closed bar; nothing changed.
 */
export type SettledBar = 'confirmed' | 'corrected' | 'added' | 'outdated';

/** Least room in the list of closed bars. */
const CLOSED_ROOM = 1_024;

/**
 * Rolls trades of many instruments up to bars of every timeframe at once. Instruments are numbers from 0, timeframes the index into
 * `targets`. State is columns of a fixed size, 124 bytes a bar; nothing is allocated per trade.
 *
 * A bar closes with the first trade after its time, as in {@link tradeBarBuilder} and to the same bits, or when the clock says so
 * ({@link closeThrough}), or when the venue's own bar comes ({@link settle}). After each of the three, rows 0 … {@link closedCount} − 1
 * of {@link closedBars} are the bars that closed with it; {@link closedInstrument} and {@link closedTarget} say whose they are.
 *
 * A trade whose bar has closed, or whose time lies before the bar under way, is late: it is counted and changes no bar of that timeframe.
 * A trade out of order within the bar under way counts as it comes. Numbers are finite: whoever decodes them sees to that.
 */
export class TradeRollUp {
  readonly targets: readonly TimeframeSpec[];
  readonly instruments: number;
  closedCount = 0;
  readonly closedInstrument: Int32Array;
  readonly closedTarget: Int32Array;
  readonly closedBars: BarColumns;
  /** Trades that lay outside every session. */
  outsideSession = 0;
  readonly #grid: BarGrid;
  /** Row of an instrument's bar: instrument × timeframes + timeframe. */
  readonly #forming: FormingBars;
  readonly #trades: Int32Array;
  readonly #last: BarColumns;
  readonly #lastTrades: Int32Array;
  readonly #late: Int32Array;
  /** Time of each instrument's latest trade: one that is not before it needs no look for lateness. */
  readonly #latestMs: Float64Array;

  /** Throws RangeError for timeframes that are none, or none at all. */
  constructor(instruments: number, timeframes: readonly Timeframe[], grid: BarGrid = utcGrid()) {
    if (timeframes.length === 0) throw new RangeError('expected at least one timeframe, found none');
    if (!(Number.isSafeInteger(instruments) && instruments > 0)) {
      throw new RangeError(`expected a number of instruments above 0, found ${instruments}`);
    }
    this.targets = timeframes.map((text) => timeframeSpec(text));
    this.instruments = instruments;
    this.#grid = grid;
    const rows = instruments * timeframes.length;
    this.#forming = new FormingBars(rows);
    this.#trades = new Int32Array(rows);
    this.#last = allocateBars(rows);
    this.#lastTrades = new Int32Array(rows);
    this.#late = new Int32Array(rows);
    this.#latestMs = new Float64Array(instruments).fill(Number.NEGATIVE_INFINITY);
    const room = Math.max(CLOSED_ROOM, timeframes.length);
    this.closedInstrument = new Int32Array(room);
    this.closedTarget = new Int32Array(room);
    this.closedBars = allocateBars(room);
  }

  /** Bytes of all columns. */
  get byteLength(): number {
    const ints = [this.#trades, this.#lastTrades, this.#late, this.closedInstrument, this.closedTarget];
    const bars = [this.#last, this.closedBars].reduce((sum, columns) => sum + 6 * columns.open.byteLength, 0);
    return ints.reduce(
      (sum, column) => sum + column.byteLength,
      this.#forming.byteLength + bars + this.#latestMs.byteLength,
    );
  }

  /** Takes the next trade of an instrument; returns how many bars closed with it. */
  next(instrument: number, timeMs: TimeMs, price: number, quantity: number): number {
    const forming = this.#forming;
    const { closeMs } = forming;
    const isInOrder = timeMs >= this.#latestMs[instrument]!;
    if (isInOrder) this.#latestMs[instrument] = timeMs;
    this.closedCount = 0;
    const count = this.targets.length;
    let row = instrument * count;
    for (let k = 0; k < count; k++, row++) {
      if (!(timeMs < closeMs[row]!)) this.#begin(instrument, k, row, timeMs, price, quantity);
      else if (isInOrder || timeMs >= forming.bars.openTimeMs[row]!) {
        forming.extend(row, price, price, price, quantity);
        this.#trades[row]!++;
      } else this.#late[row]!++;
    }
    return this.closedCount;
  }

  /**
   * Closes the bars whose time has passed at `nowMs`, as many as the list has room for; call again until it returns 0. The caller
   * grants late trades their grace by asking later.
   */
  closeThrough(nowMs: TimeMs): number {
    const { closeMs } = this.#forming;
    const count = this.targets.length;
    const room = this.closedTarget.length;
    this.closedCount = 0;
    for (let row = 0; row < closeMs.length && this.closedCount < room; row++) {
      // No bar under way is −∞, which has passed as well.
      if (closeMs[row]! <= nowMs && closeMs[row] !== Number.NEGATIVE_INFINITY) {
        const instrument = Math.floor(row / count);
        this.#close(instrument, row - instrument * count, row);
      }
    }
    return this.closedCount;
  }

  /**
   * Takes a closed bar of the venue's own. It closes ours where that is still under way. A correction of a bar that had closed before
   * is not in the list of closed ones: {@link lastClosed} has it. Throws RangeError for an open time that is not on the grid.
   */
  settle(
    instrument: number,
    target: number,
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): SettledBar {
    const spec = this.targets[target]!;
    if (this.#grid.open(spec, openTimeMs) !== openTimeMs) {
      throw new RangeError(`expected the open time of a bar of ${spec.text}, found ${openTimeMs}`);
    }
    const forming = this.#forming;
    const last = this.#last;
    const row = instrument * this.targets.length + target;
    this.#check(row);
    this.closedCount = 0;
    const isUnderWay = forming.closeMs[row] !== Number.NEGATIVE_INFINITY;
    const formingMs = isUnderWay ? forming.bars.openTimeMs[row]! : Number.POSITIVE_INFINITY;
    // The venue is past ours.
    if (formingMs < openTimeMs) this.#close(instrument, target, row);
    if (formingMs === openTimeMs) {
      const trades = this.#trades[row]!;
      const isSame = sameBar(forming.bars, row, trades, open, high, low, close, volume);
      if (!isSame) forming.begin(row, openTimeMs, forming.closeMs[row]!, open, high, low, close, volume);
      this.#close(instrument, target, row);
      return isSame ? 'confirmed' : 'corrected';
    }
    const closedMs = forming.endMs[row] === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : last.openTimeMs[row]!;
    if (openTimeMs < closedMs) return 'outdated';
    if (openTimeMs === closedMs) {
      if (sameBar(last, row, this.#lastTrades[row]!, open, high, low, close, volume)) return 'confirmed';
      last.open[row] = open;
      last.high[row] = high;
      last.low[row] = low;
      last.close[row] = close;
      last.volume[row] = volume;
      return 'corrected';
    }
    this.#add(instrument, target, row, openTimeMs, open, high, low, close, volume);
    return 'added';
  }

  /** The bar under way; null where there is none. */
  forming(instrument: number, target: number): Bar | null {
    return this.#forming.read(instrument * this.targets.length + target);
  }

  /** The bar that closed last, as corrected; null before the first. */
  lastClosed(instrument: number, target: number): Bar | null {
    const row = instrument * this.targets.length + target;
    return this.#forming.endMs[row] === Number.NEGATIVE_INFINITY ? null : barAt(this.#last, row);
  }

  /** Trades that came too late for their bar. */
  lateTrades(instrument: number, target: number): number {
    return this.#late[instrument * this.targets.length + target]!;
  }

  /** A trade that no bar under way holds. */
  #begin(instrument: number, target: number, row: number, timeMs: TimeMs, price: number, quantity: number): void {
    this.#check(row);
    const forming = this.#forming;
    if (forming.closeMs[row] !== Number.NEGATIVE_INFINITY) this.#close(instrument, target, row);
    if (timeMs < forming.endMs[row]!) {
      this.#late[row]!++;
      return;
    }
    const spec = this.targets[target]!;
    const openMs = this.#grid.open(spec, timeMs);
    if (Number.isNaN(openMs)) {
      if (target === 0) this.outsideSession++;
      return;
    }
    forming.begin(row, openMs, this.#grid.close(spec, openMs), price, price, price, price, quantity);
    this.#trades[row] = 1;
  }

  /** Outside the columns no comparison holds, so that every wrong number comes by here. */
  #check(row: number): void {
    assert(
      row >= 0 && row < this.#late.length,
      `row ${row} of ${this.#late.length}: there is no such instrument or timeframe`,
    );
  }

  #close(instrument: number, target: number, row: number): void {
    const at = this.closedCount++;
    this.closedInstrument[at] = instrument;
    this.closedTarget[at] = target;
    this.#forming.close(row, this.closedBars, at);
    copyBar(this.closedBars, at, this.#last, row);
    this.#lastTrades[row] = this.#trades[row]!;
  }

  /** A closed bar without one of ours, behind the last closed and before any under way. */
  #add(
    instrument: number,
    target: number,
    row: number,
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const at = this.closedCount++;
    this.closedInstrument[at] = instrument;
    this.closedTarget[at] = target;
    const { closedBars } = this;
    closedBars.openTimeMs[at] = openTimeMs;
    closedBars.open[at] = open;
    closedBars.high[at] = high;
    closedBars.low[at] = low;
    closedBars.close[at] = close;
    closedBars.volume[at] = volume;
    copyBar(closedBars, at, this.#last, row);
    this.#lastTrades[row] = 0;
    this.#forming.endMs[row] = this.#grid.close(this.targets[target]!, openTimeMs);
  }
}

/**
 * Prices must be equal. The volume is a sum of as many doubles as there were trades, each and each partial sum rounded by 2^-53 at
 * most: with the venue's own rounding that is less than trades × 2^-52 of the whole.
 */
function sameBar(
  bars: BarColumns,
  row: number,
  trades: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): boolean {
  return (
    bars.open[row] === open &&
    bars.high[row] === high &&
    bars.low[row] === low &&
    bars.close[row] === close &&
    Math.abs(bars.volume[row]! - volume) <= trades * Number.EPSILON * volume
  );
}
