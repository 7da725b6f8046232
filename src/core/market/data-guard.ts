import { formatTime, type TimeframeSpec, type TimeMs } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { type DataFinding, FINDING_SEVERITY, type FindingCode } from './finding.ts';
import { SpikeDetector, type SpikeOptions } from './spike.ts';

export interface GuardOptions {
  /** Spacing to expect; without it gaps, late and misaligned bars cannot be told. */
  readonly timeframe?: TimeframeSpec | null;
  /** Where bars open and close; default the UTC calendar. */
  readonly grid?: BarGrid;
  /** The present, for `time-in-future`: a bar that opens after it is an error. Without it that check is off. */
  readonly nowMs?: TimeMs;
  /** A streamed bar received later than this after its close is `bar-late`; default one minute. */
  readonly lateAfterMs?: number;
  /** Thresholds of `spike`, or false to leave it out. */
  readonly spikes?: SpikeOptions | false;
  /** Spreads and some futures trade at or below zero; default false. */
  readonly allowNonPositivePrices?: boolean;
  /** At most so many findings of one code are kept as objects; `counts` stays exact. Default 1,000. */
  readonly findingsPerCode?: number;
}

/** A run of absent bars: the first that is missing would have opened at `fromMs`; the next present one opens at `toMs`. */
export interface BarGap {
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  readonly missing: number;
}

const shown = (timeMs: TimeMs): string => (Number.isFinite(timeMs) ? formatTime(timeMs) : String(timeMs));

/**
 * Watches bars one at a time and says what is wrong with them; it never changes or drops one. A good bar costs a handful of
 * comparisons and allocates nothing. What was found is in {@link findings}, {@link gaps} and {@link counts}.
 *
 * A bar out of order, or a repeated one, does not move the guard's idea of where the series is. A run of zero-volume bars
 * is one finding (at its start) but counts each bar.
 */
export class DataGuard {
  readonly findings: DataFinding[] = [];
  readonly gaps: BarGap[] = [];
  readonly counts: Partial<Record<FindingCode, number>> = {};
  /** Bars checked so far. */
  rows = 0;
  /** The present for `time-in-future`; a stream moves it on. */
  nowMs: TimeMs;
  readonly #spec: TimeframeSpec | null;
  readonly #grid: BarGrid;
  readonly #stepMs: number;
  readonly #lateAfterMs: number;
  readonly #lowest: number;
  readonly #perCode: number;
  readonly #spikes: SpikeDetector | null;
  readonly #last = new Float64Array(6);
  #lastMs = Number.NaN;
  #phaseMs = 0;
  #zeroRun = false;

  constructor(options: GuardOptions = {}) {
    this.#spec = options.timeframe ?? null;
    this.#grid = options.grid ?? utcGrid();
    this.#stepMs =
      this.#spec !== null && this.#spec.ms > 0 && this.#grid.utcOffsetMs !== null ? this.#spec.ms : Number.NaN;
    this.nowMs = options.nowMs ?? Number.POSITIVE_INFINITY;
    this.#lateAfterMs = options.lateAfterMs ?? 60_000;
    this.#lowest = options.allowNonPositivePrices ? -Number.MAX_VALUE : Number.MIN_VALUE;
    this.#perCode = options.findingsPerCode ?? 1_000;
    this.#spikes = options.spikes === false ? null : new SpikeDetector(options.spikes);
  }

  /**
   * Checks the next bar; `receivedTimeMs` only for streams. Returns how many things are wrong with it: 0 for a good bar.
   * (The count includes what is past `findingsPerCode`.)
   */
  check(
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    receivedTimeMs?: TimeMs,
  ): number {
    const row = this.rows++;
    const previousMs = this.#lastMs;
    // Written so that a NaN anywhere fails the test.
    const shape =
      low >= this.#lowest && open >= low && close >= low && high >= open && high >= close && high <= Number.MAX_VALUE;
    const usable = shape && volume > 0 && volume <= Number.MAX_VALUE && openTimeMs <= this.nowMs;
    let wrong = 0;
    if (!usable) wrong += this.#checkValues(row, openTimeMs, open, high, low, close, volume);
    if (volume > 0) this.#zeroRun = false;
    if (!(openTimeMs - previousMs === this.#stepMs)) {
      if (!Number.isFinite(openTimeMs)) {
        return usable ? this.#checkValues(row, openTimeMs, open, high, low, close, volume) : wrong;
      }
      if (openTimeMs <= previousMs) return wrong + this.#checkOrder(row, openTimeMs, open, high, low, close, volume);
      wrong += this.#checkSpacing(row, openTimeMs, previousMs);
    }
    if (receivedTimeMs !== undefined) wrong += this.#checkLate(row, openTimeMs, receivedTimeMs);
    if (shape && this.#spikes?.next(high, low, close)) wrong += this.#spike(row, openTimeMs, this.#spikes);
    if (openTimeMs > previousMs || (Number.isNaN(previousMs) && Number.isFinite(openTimeMs))) {
      this.#lastMs = openTimeMs;
      const last = this.#last;
      last[0] = open;
      last[1] = high;
      last[2] = low;
      last[3] = close;
      last[4] = volume;
    }
    return wrong;
  }

  /** Records a finding that only a look at the whole set can make. Returns 1. */
  add(code: FindingCode, row: number, timeMs: TimeMs, found: string, expected: string, hint: string): number {
    const count = (this.counts[code] ?? 0) + 1;
    this.counts[code] = count;
    if (count <= this.#perCode) {
      this.findings.push({ code, severity: FINDING_SEVERITY[code], row, timeMs, found, expected, hint });
    }
    return 1;
  }

  #checkValues(row: number, t: TimeMs, open: number, high: number, low: number, close: number, volume: number): number {
    for (const value of [t, open, high, low, close, volume]) {
      if (Number.isFinite(value)) continue;
      const found = `time ${t}, open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;
      return this.add('not-a-number', row, t, found, 'six finite numbers', 'Remove the bar or fetch it again.');
    }
    let wrong = 0;
    const again = 'Compare with the source; a bar like this cannot be traded on.';
    if (high < low) {
      wrong += this.add('high-below-low', row, t, `high ${high}, low ${low}`, 'high at or above low', again);
    } else {
      const range = `within ${low} … ${high}`;
      if (open < low || open > high) wrong += this.add('open-outside-range', row, t, `open ${open}`, range, again);
      if (close < low || close > high) wrong += this.add('close-outside-range', row, t, `close ${close}`, range, again);
    }
    const least = Math.min(open, high, low, close);
    if (least < this.#lowest) {
      const hint = 'Compare with the source. Instruments that trade at or below zero cannot be used.';
      wrong += this.add('price-not-positive', row, t, `price ${least}`, 'a price above 0', hint);
    }
    if (volume < 0) wrong += this.add('volume-negative', row, t, `volume ${volume}`, 'a volume of 0 or more', again);
    if (volume === 0) wrong += this.#zeroVolume(row, t);
    if (t > this.nowMs) {
      const hint = 'Check the unit of the time column (seconds, milliseconds, microseconds) and its zone.';
      wrong += this.add('time-in-future', row, t, shown(t), `at or before ${shown(this.nowMs)}`, hint);
    }
    return wrong;
  }

  #zeroVolume(row: number, t: TimeMs): number {
    if (this.#zeroRun) {
      this.counts['zero-volume'] = (this.counts['zero-volume'] ?? 0) + 1;
      return 1;
    }
    this.#zeroRun = true;
    const hint = 'Nothing traded, or the source has no volume; volume indicators and fills by volume see nothing.';
    return this.add('zero-volume', row, t, 'volume 0', 'a volume above 0', hint);
  }

  #checkOrder(row: number, t: TimeMs, o: number, h: number, l: number, c: number, v: number): number {
    const last = this.#last;
    if (t < this.#lastMs) {
      const hint = 'Sort the rows by time (an import sorts when asked to).';
      return this.add('bar-out-of-order', row, t, shown(t), `after ${shown(this.#lastMs)}`, hint);
    }
    const same = o === last[0] && h === last[1] && l === last[2] && c === last[3] && v === last[4];
    return same
      ? this.add('bar-duplicate', row, t, shown(t), 'one bar for each time', 'It agrees with the bar before it.')
      : this.add(
          'bar-conflict',
          row,
          t,
          `${shown(t)} again: open ${o}, high ${h}, low ${l}, close ${c}, volume ${v}`,
          `one bar for each time (open ${last[0]}, high ${last[1]}, low ${last[2]}, close ${last[3]}, volume ${last[4]})`,
          'Keep the right one of the two; the first may be an unfinished bar.',
        );
  }

  #checkSpacing(row: number, t: TimeMs, previousMs: TimeMs): number {
    const spec = this.#spec;
    if (spec === null || !Number.isFinite(t)) return 0;
    const open = this.#grid.open(spec, t);
    const phase = t - open;
    let wrong = 0;
    // A change of phase is worth a word, not every bar that keeps it (daily bars of a session are all "misaligned" in UTC).
    if (!Object.is(phase, this.#phaseMs)) {
      const expected = Number.isNaN(open) ? 'a time within a session' : `a ${spec.text} bar opens at ${shown(open)}`;
      const hint = 'The day may start at another hour (offset), or the times may be closes instead of opens.';
      if (phase !== 0) wrong += this.add('bar-misaligned', row, t, shown(t), expected, hint);
      this.#phaseMs = phase;
    }
    if (Number.isNaN(previousMs)) return wrong;
    const missing = this.#grid.between(spec, previousMs, t);
    if (missing === 0) return wrong;
    const fromMs = this.#grid.next(spec, previousMs);
    this.gaps.push({ fromMs, toMs: t, missing });
    const hint = 'Nothing may have traded, the venue may have been closed, or the file may be incomplete.';
    return wrong + this.add('bar-gap', row, t, `${missing} missing before it`, `a bar at ${shown(fromMs)}`, hint);
  }

  #checkLate(row: number, t: TimeMs, receivedTimeMs: TimeMs): number {
    if (this.#spec === null || !Number.isFinite(t)) return 0;
    const late = receivedTimeMs - this.#grid.close(this.#spec, t);
    if (!(late > this.#lateAfterMs)) return 0;
    const hint = 'Check the connection and the clock.';
    return this.add('bar-late', row, t, `${late} ms after its close`, `within ${this.#lateAfterMs} ms`, hint);
  }

  #spike(row: number, t: TimeMs, spikes: SpikeDetector): number {
    const found = `a move of ${(spikes.move * 100).toFixed(2)} % from the previous close, robust z ${spikes.z.toFixed(1)}`;
    const hint = 'Compare with another source: a bad print, an unadjusted split, or a real crash.';
    return this.add('spike', row, t, found, 'a move like those before it', hint);
  }
}
