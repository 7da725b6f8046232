import { Bars } from '../indicators/bars.ts';
import { type BarGrid, utcGrid } from '../market/bar-grid.ts';
import { ruleText } from '../strategy/data.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import { barClose, type TimeframeSpec } from '../vocabulary/time.ts';
import { type CutRule, type DerivedBars, type DerivedStream, deriveBars, streamBars } from './derive-bars.ts';

/** Bars made from a feed's own: a higher timeframe, bars by volume, a Heikin-Ashi view. */
interface Derived {
  readonly bars: Bars;
  readonly rule: CutRule;
  readonly view: 'plain' | 'heikin-ashi';
  made: DerivedBars;
  next: number;
  stream: DerivedStream | null;
}

/** One instrument's base bars and everything that is built from them. */
export class Feed {
  declare readonly instrument: number;
  declare readonly symbol: string;
  declare readonly timeframe: TimeframeSpec;
  declare readonly base: Bars;
  columns: BarColumns | null = null;
  /** Close time of every preloaded bar. */
  closeMs = new Float64Array(0);
  readonly #derived: Derived[] = [];
  #inputs: number[] = [];
  #slices: number[] = [];

  /** Timeframe of feeds that name none. */
  declare readonly runTimeframe: TimeframeSpec;

  /** Where higher bars open and close. */
  declare readonly grid: BarGrid;

  constructor(
    instrument: number,
    symbol: string,
    timeframe: TimeframeSpec,
    runTimeframe = timeframe,
    grid: BarGrid = utcGrid(),
  ) {
    this.grid = grid;
    this.instrument = instrument;
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.runTimeframe = runTimeframe;
    this.base = new Bars(symbol, timeframe.text, { barMs: timeframe.ms });
  }

  /** The bars of a rule, made if they are not there yet. Throws RangeError where the feed is too coarse for them. */
  bars(rule: CutRule, view: 'plain' | 'heikin-ashi', spec: TimeframeSpec | null): Bars {
    if (view === 'plain' && rule.by === 'time' && rule.tf === this.timeframe.text) return this.base;
    const known = this.#derived.find((d) => ruleText(d.rule) === ruleText(rule) && d.view === view);
    if (known) return known.bars;
    if (spec && spec.ms > 0 && (spec.ms < this.timeframe.ms || spec.ms % this.timeframe.ms !== 0))
      throw new RangeError(
        `${this.symbol}: ${spec.text} bars cannot be built from ${this.timeframe.text} bars; load data of ${spec.text} or finer`,
      );
    const bars = new Bars(this.symbol, view === 'plain' ? ruleText(rule) : `${ruleText(rule)}:${view}`, {
      barMs: spec?.ms ?? 0,
    });
    this.#derived.push({
      bars,
      rule,
      view,
      made: { columns: null, closedAt: new Int32Array(0) },
      next: 0,
      stream: null,
    });
    return bars;
  }

  /** Computes the close time of every bar that will come. */
  schedule(columns: BarColumns): void {
    this.columns = columns;
    const count = columns.close.length;
    this.closeMs = new Float64Array(count);
    const tf = this.timeframe;
    if (this.grid.utcOffsetMs === null)
      for (let i = 0; i < count; i++) this.closeMs[i] = this.#closeOf(columns.openTimeMs[i]!);
    else if (tf.ms > 0) for (let i = 0; i < count; i++) this.closeMs[i] = columns.openTimeMs[i]! + tf.ms;
    else for (let i = 0; i < count; i++) this.closeMs[i] = barClose(tf, columns.openTimeMs[i]!);
  }

  /** A bar inside a session ends with it at the latest; one outside keeps its length. */
  #closeOf(openMs: number): number {
    const close = this.grid.close(this.timeframe, openMs);
    return Number.isNaN(close) ? barClose(this.timeframe, openMs) : close;
  }

  /** Hands over the whole history: derived bars and all indicators are computed now. */
  preload(columns: BarColumns): void {
    this.schedule(columns);
    this.base.preload(columns);
    for (const d of this.#derived) {
      d.made = deriveBars(columns, this.timeframe, d.rule, d.view, this.grid);
      d.bars.preload(d.made.columns!);
    }
    this.rewind();
  }

  /** Back to before the first bar. */
  rewind(): void {
    this.#inputs = [];
    this.#slices = [];
    this.base.rewind();
    for (const d of this.#derived) {
      d.bars.rewind();
      d.next = 0;
      d.stream = null;
    }
  }

  /** Moves to preloaded bar `i`, which must be the next one, in the instant numbered `slice`. */
  take(i: number, slice: number): void {
    const { base } = this;
    base.cursor = i;
    base.closedInSlice = slice;
    const derived = this.#derived;
    for (let k = 0; k < derived.length; k++) {
      const d = derived[k]!;
      const closedAt = d.made.closedAt;
      if (d.next >= closedAt.length || closedAt[d.next]! > i) continue;
      d.bars.cursor = d.next++;
      while (d.next < closedAt.length && closedAt[d.next]! <= i) {
        // Bars that close together are computed one by one, as they would have been apart.
        if (d.bars.needsStep) d.bars.stepAll();
        d.bars.cursor = d.next++;
      }
      d.bars.closedInSlice = slice;
    }
  }

  /** Notes of the bar that was appended last which input it was, and in which instant: the order in which a {@link Engine.replay} takes it. */
  note(input: number, slice: number): void {
    this.#inputs.push(input);
    this.#slices.push(slice);
  }

  /** Input number and instant of every appended bar. */
  get arrivals(): { readonly inputs: readonly number[]; readonly slices: readonly number[] } {
    return { inputs: this.#inputs, slices: this.#slices };
  }

  /** Appends one closed bar of a stream and closes what closes with it, in the instant numbered `slice`. */
  append(
    openTimeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    slice: number,
  ): void {
    this.base.append(openTimeMs, open, high, low, close, volume);
    this.base.closedInSlice = slice;
    for (const d of this.#derived) {
      d.stream ??= streamBars(this.timeframe, d.rule, d.view, this.grid);
      if (d.stream.next(openTimeMs, open, high, low, close, volume, d.bars) > 0) d.bars.closedInSlice = slice;
    }
  }

  /** All bars of this feed, base first. */
  *all(): Iterable<Bars> {
    yield this.base;
    for (const d of this.#derived) yield d.bars;
  }
}
