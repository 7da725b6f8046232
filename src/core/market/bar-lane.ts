import { allocateBars, type Bar, type BarColumns } from '../vocabulary/market-data.ts';
import { barClose, barOpen, type Timeframe, type TimeframeSpec, type TimeMs, timeframe } from '../vocabulary/time.ts';
import { FloatRing } from './float-ring.ts';
import { RollUp } from './roll-up-stream.ts';

/** A bar as far as it has come. */
export interface FormingBar extends Bar {
  /** Whether all of the bar so far is in it: not where it was joined midway or something was lost. */
  readonly isWhole: boolean;
}

/** Base bars kept: of trades until the venue's come, and of the venue for bars before them. */
const KEPT = 512;
const NONE = Number.NEGATIVE_INFINITY;

/** Columns of the rings. */
const [OPEN_TIME, OPEN, HIGH, LOW, CLOSE, VOLUME] = [0, 1, 2, 3, 4, 5] as const;

/**
 * The bars of one instrument: settled base bars, rolled up to the other timeframes, and what has come since.
 * Settled means that a base bar is final and in order; who says so is for the owner to know.
 */
export class BarLane {
  /** After {@link settle}: rows of {@link closedBars} that closed with the base bar, and of which timeframe each is. */
  closedCount = 0;
  readonly closedTarget: Int32Array;
  readonly closedBars: BarColumns;
  /** First instant that no settled base bar holds; −∞ before the first. */
  settledMs: TimeMs = NONE;
  readonly #base: TimeframeSpec;
  readonly #specs: readonly TimeframeSpec[];
  /** Wanted timeframes other than the base, as indexes of `specs`. */
  readonly #higher: readonly number[];
  readonly #baseTarget: number;
  #rollUp: RollUp;
  /** Open of the first base bar of which all is known; ∞ before it. */
  #beganMs: TimeMs = Number.POSITIVE_INFINITY;
  /** Before it something is missing for good. */
  #lostUntilMs: TimeMs = NONE;
  #hasToJoin = false;
  readonly #recent = new FloatRing(KEPT, 6);
  readonly #unsettled = new FloatRing(KEPT, 6);

  constructor(base: Timeframe, specs: readonly TimeframeSpec[]) {
    this.#base = timeframe(base);
    this.#specs = specs;
    this.#baseTarget = specs.findIndex((spec) => spec.text === this.#base.text);
    this.#higher = specs.flatMap((_, k) => (k === this.#baseTarget ? [] : [k]));
    this.#rollUp = this.#newRollUp();
    const room = 1 + 2 * this.#higher.length;
    this.closedTarget = new Int32Array(room);
    this.closedBars = allocateBars(room);
  }

  /** The next base bar is final; answers how many wanted bars closed with it, 0 also for one that is not the next. */
  settle(openTimeMs: TimeMs, open: number, high: number, low: number, close: number, volume: number): number {
    this.closedCount = 0;
    if (openTimeMs < this.settledMs) return 0;
    if (this.#hasToJoin && openTimeMs > this.settledMs) this.lost(openTimeMs);
    this.#hasToJoin = false;
    this.begin(openTimeMs);
    this.settledMs = barClose(this.#base, openTimeMs);
    write(this.#recent, openTimeMs, open, high, low, close, volume);
    if (this.#baseTarget >= 0) this.#tell(this.#baseTarget, openTimeMs, open, high, low, close, volume);
    const closed = this.#rollUp.next(openTimeMs, open, high, low, close, volume);
    const { closedBars: c, closedTarget } = this.#rollUp;
    for (let k = 0; k < closed; k++) {
      const target = this.#higher[closedTarget[k]!]!;
      this.#tell(target, c.openTimeMs[k]!, c.open[k]!, c.high[k]!, c.low[k]!, c.close[k]!, c.volume[k]!);
    }
    return this.closedCount;
  }

  /** A base bar of trades has ended, and the venue's own is to come. */
  defer(openTimeMs: TimeMs, open: number, high: number, low: number, close: number, volume: number): void {
    write(this.#unsettled, openTimeMs, open, high, low, close, volume);
  }

  /** What trades made of the base bar that opened then, where it has not been overwritten by later ones; null for none. */
  deferred(openTimeMs: TimeMs): Bar | null {
    const ring = this.#unsettled;
    for (let age = 0; age < ring.count; age++) {
      const row = ring.newest(age);
      if (ring.columns[OPEN_TIME]![row] === openTimeMs) return read(ring, row);
    }
    return null;
  }

  /** All is known of the base bar that opened then, and of those after it. The first word counts. */
  begin(openTimeMs: TimeMs): void {
    if (this.#beganMs === Number.POSITIVE_INFINITY) this.#beganMs = openTimeMs;
  }

  /** Something before `untilMs` is missing for good: no bar that reaches back behind it is told. */
  lost(untilMs: TimeMs): void {
    if (untilMs > this.#lostUntilMs) this.#lostUntilMs = untilMs;
  }

  /**
   * Past base bars, oldest first and without holes, so that bars under way are whole. False where they do not reach up to those that have
   * come meanwhile; nothing has changed then. Nothing closes by it.
   */
  prime(bars: BarColumns): boolean {
    const { openTimeMs, open, high, low, close, volume } = bars;
    const recent = this.#recent;
    const first = recent.count === 0 ? Number.POSITIVE_INFINITY : recent.columns[OPEN_TIME]![recent.oldest()]!;
    let count = openTimeMs.length;
    while (count > 0 && openTimeMs[count - 1]! >= first) count--;
    if (count === 0 || recent.pushed > KEPT) return false;
    const endMs = barClose(this.#base, openTimeMs[count - 1]!);
    if (recent.count > 0 && endMs !== first) return false;
    const rollUp = this.#newRollUp();
    for (let i = 0; i < count; i++) rollUp.next(openTimeMs[i]!, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!);
    for (let rank = 0; rank < recent.count; rank++) {
      const bar = read(recent, recent.oldest(rank));
      rollUp.next(bar.openTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume);
    }
    this.#rollUp = rollUp;
    this.#beganMs = openTimeMs[0]!;
    if (recent.count === 0) {
      this.settledMs = endMs;
      this.#hasToJoin = true;
    }
    return true;
  }

  /** A wanted bar under way; `current`: the base bars that have begun and are not settled, oldest first, beside those deferred. */
  forming(target: number, current: readonly Bar[]): FormingBar | null {
    const parts = this.#parts(current);
    const higher = this.#higher.indexOf(target);
    const rolled = higher < 0 ? null : this.#rollUp.forming(higher);
    const newest = parts.at(-1)?.openTimeMs ?? rolled?.openTimeMs;
    if (newest === undefined) return null;
    const spec = this.#specs[target]!;
    // A base bar is taken as the venue dates it.
    const openTimeMs = higher < 0 ? newest : barOpen(spec, newest);
    const own = [...(rolled === null ? [] : [rolled]), ...parts].filter((part) => part.openTimeMs >= openTimeMs);
    const bar = own.reduce(joined);
    return { ...bar, openTimeMs, isWhole: this.#isWhole(openTimeMs) };
  }

  #parts(current: readonly Bar[]): readonly Bar[] {
    const ring = this.#unsettled;
    const parts = current.filter((bar) => bar.openTimeMs >= this.settledMs);
    for (let age = 0; age < ring.count; age++) {
      const bar = read(ring, ring.newest(age));
      if (bar.openTimeMs < this.settledMs) break;
      if (!current.some((each) => each.openTimeMs === bar.openTimeMs)) parts.push(bar);
    }
    return parts.sort((a, b) => a.openTimeMs - b.openTimeMs);
  }

  #isWhole(openTimeMs: TimeMs): boolean {
    return openTimeMs >= this.#beganMs && openTimeMs >= this.#lostUntilMs;
  }

  #newRollUp(): RollUp {
    return new RollUp(
      this.#base.text,
      this.#higher.map((k) => this.#specs[k]!.text),
    );
  }

  /** Bars that are not whole are nobody's business. */
  #tell(target: number, openMs: TimeMs, open: number, high: number, low: number, close: number, volume: number): void {
    if (!this.#isWhole(openMs)) return;
    const at = this.closedCount++;
    const bars = this.closedBars;
    this.closedTarget[at] = target;
    bars.openTimeMs[at] = openMs;
    bars.open[at] = open;
    bars.high[at] = high;
    bars.low[at] = low;
    bars.close[at] = close;
    bars.volume[at] = volume;
  }
}

function write(
  ring: FloatRing,
  openTimeMs: TimeMs,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): void {
  const row = ring.push();
  const { columns } = ring;
  columns[OPEN_TIME]![row] = openTimeMs;
  columns[OPEN]![row] = open;
  columns[HIGH]![row] = high;
  columns[LOW]![row] = low;
  columns[CLOSE]![row] = close;
  columns[VOLUME]![row] = volume;
}

function read({ columns }: FloatRing, row: number): Bar {
  return {
    openTimeMs: columns[OPEN_TIME]![row]!,
    open: columns[OPEN]![row]!,
    high: columns[HIGH]![row]!,
    low: columns[LOW]![row]!,
    close: columns[CLOSE]![row]!,
    volume: columns[VOLUME]![row]!,
  };
}

/** Two bars, one after the other, as one. */
function joined(earlier: Bar, later: Bar): Bar {
  return {
    openTimeMs: earlier.openTimeMs,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
    volume: earlier.volume + later.volume,
  };
}
