import type { Engine } from '../engine/engine.ts';
import type { SimulatedVenue } from '../exchange/simulated-venue.ts';
import type { LimitsDefinition } from '../risk/limits.ts';
import type { Json } from '../vocabulary/json.ts';
import type { BarColumns } from '../vocabulary/market-data.ts';
import {
  type DeskConfig,
  type DeskFeed,
  exchangeReports,
  type SimulatedDesk,
  simulatedDesk,
} from './simulated-desk.ts';

/**
 * A recorded value of a declared source, and when it became known. It comes between two instants, as in a session: behind those before `timeMs`,
 * ahead of the first at or after it, and the bars that close then are not known yet. What is ordered on it leaves when that instant is over: the
 * market of the meantime is in its bar, and nobody can say which part of it was still to come.
 */
export interface SourceValue {
  readonly name: string;
  readonly timeMs: number;
  readonly value: Json;
}

/** Bars of one instrument that a run trades on. */
export interface BacktestFeed extends DeskFeed {
  readonly bars: BarColumns;
}

export interface BacktestConfig extends DeskConfig {
  readonly feeds: readonly BacktestFeed[];
  /** Whether positions still open after the last bar are closed at its close. */
  readonly closeAtEnd?: boolean;
  /** Recorded values of declared sources (news, a model's answers), oldest first. */
  readonly sources?: readonly SourceValue[];
  /** Bar by bar, with nothing computed in advance, as paper and live run. Slower; for checks. Can run only once. */
  readonly streamed?: boolean;
}

/** How far a run is; called between chunks of bars. Answer false to stop it there. */
export type Progress = (done: number, total: number) => boolean;

/**
 * Bars a chunk: the inner loop is left this often, so that V8 replaces it with optimised code and a run can be stopped. With four times as many V8
 * compiles it twice, as a function and from its middle on, and the first million bars take a tenth longer.
 */
export const CHUNK = 1024;

/**
 * A backtest: history through the very engine that trades live, against the simulated venue, in one synchronous loop.
 * Construct once, {@link run} as often as wanted: every run starts from a reset engine.
 */
export class Backtest {
  declare readonly engine: Engine;
  declare readonly venue: SimulatedVenue;
  declare private readonly desk: SimulatedDesk;
  declare readonly config: BacktestConfig;
  declare private readonly columns: readonly BarColumns[];
  declare private readonly instrumentOf: readonly number[];
  declare private readonly next: Int32Array;
  declare private readonly streamed: boolean;
  #sourcesTaken = 0;
  /** Of a single feed: the bar that the venue has not been shown; −1 for none. */
  #unshown = -1;
  #nextSourceMs = Number.POSITIVE_INFINITY;
  /** Bars handled by the last run, over all feeds. */
  barsDone = 0;
  /** Events and the number of the last input when the data ended: what follows is of the end, as `onStop` and what is withdrawn then. */
  eventsAtEnd = 0;
  inputsAtEnd = 0;

  constructor(config: BacktestConfig) {
    this.config = config;
    this.desk = simulatedDesk(config, config.feeds, limitsOf(config), 'bt');
    this.engine = this.desk.engine;
    this.venue = this.desk.venue;
    this.columns = config.feeds.map((f) => f.bars);
    this.streamed = config.streamed ?? false;
    if (this.streamed) for (const [f, feed] of this.engine.feeds.entries()) feed.schedule(this.columns[f]!);
    else this.engine.preload(this.columns);
    this.instrumentOf = this.engine.feeds.map((f) => f.instrument);
    this.next = new Int32Array(config.feeds.length);
    const { sources = [] } = config;
    const late = sources.findIndex(({ timeMs }, i) => !(timeMs >= (sources[i - 1]?.timeMs ?? timeMs)));
    if (late >= 0)
      throw new RangeError(`sources: expected values in order of time, found number ${late + 1} before number ${late}`);
  }

  /** Whether the last run went to the last bar. */
  get isWhole(): boolean {
    return this.barsDone === this.barCount;
  }

  /** Total bars over all feeds. */
  get barCount(): number {
    return this.columns.reduce((sum, c) => sum + c.close.length, 0);
  }

  /**
   * Runs from the first bar to the last, or until `progress` says no, which is asked after every `chunk` bars. Ends with `onStop` of every
   * strategy and verified books.
   */
  run(progress: Progress = () => true, chunk = CHUNK): this {
    const { engine } = this;
    engine.reset();
    this.venue.reset();
    this.next.fill(0);
    this.barsDone = 0;
    this.#unshown = -1;
    this.#sourcesTaken = 0;
    this.#nextSourceMs = this.config.sources?.[0]?.timeMs ?? Number.POSITIVE_INFINITY;
    engine.state.track.reserve(this.barCount, this.columns.length === 1 ? engine.feeds[0]!.closeMs : null);
    this.#goThrough(progress, chunk);
    this.eventsAtEnd = engine.state.log.count;
    this.inputsAtEnd = engine.state.input;
    engine.stop(this.isWhole ? 'end of data' : 'interrupted');
    this.#exchange();
    if (this.config.closeAtEnd && this.isWhole) this.#closeAll();
    engine.state.book.ledger.verify();
    return this;
  }

  /** All bars, until `progress` says no. By itself, so that what is compiled around the loop is the loop, and not what comes before and after. */
  #goThrough(progress: Progress, chunk: number): void {
    const total = this.barCount;
    const single = this.columns.length === 1;
    while (this.barsDone < total) {
      const end = Math.min(total, this.barsDone + chunk);
      if (single) {
        this.#chunk(this.barsDone, end);
        // Here and not there: code that was compiled while the loop ran knows nothing of what comes after it.
        this.barsDone = end;
      } else this.#mergedChunk(end);
      if (!progress(this.barsDone, total)) break;
    }
  }

  /** Closes what is still open at the last close, and corrects the last equity by what that cost. */
  #closeAll(): void {
    const { engine, venue } = this;
    const { state, desk } = engine;
    venue.end();
    for (let slot = 0; slot < state.book.positions.count; slot++) {
      for (const row of [...desk.rowsOf(slot)]) desk.cancel(row);
      this.#exchange();
      desk.close(slot, 'the data ended');
      this.#exchange();
    }
    state.clock[1] = state.book.equity(state.price);
    if (state.track.count > 0) state.track.equity[state.track.count - 1] = state.clock[1];
  }

  /** One feed: no merging of times. */
  #chunk(from: number, to: number): void {
    const { engine, venue } = this;
    const feed = engine.feeds[0]!;
    const bars = this.columns[0]!;
    const { closeMs } = feed;
    const { outbox } = engine.state;
    const instrument = feed.instrument;
    for (let i = from; i < to; i++) {
      const close = closeMs[i]!;
      this.#unshown = i;
      if (venue.concerns(instrument)) {
        this.#unshown = -1;
        venue.beginBar(instrument, bars, i, closeMs);
        this.#exchange();
      }
      if (close >= this.#nextSourceMs) this.#receive(close);
      if (this.streamed) this.#append(0, i);
      else engine.take(0, i);
      engine.endSlice(close);
      if (outbox.count > 0) this.#exchange();
    }
  }

  /** Shows the venue the bar that it has not seen yet. Bars that concern nobody there are shown only once somebody asks. */
  #showBar(): void {
    const i = this.#unshown;
    this.#unshown = -1;
    const feed = this.engine.feeds[0]!;
    this.venue.beginBar(feed.instrument, this.columns[0]!, i, feed.closeMs);
  }

  /** Hands over the source values that have come by now. */
  #receive(nowMs: number): void {
    const sources = this.config.sources ?? [];
    for (let next = sources[this.#sourcesTaken]; next && next.timeMs <= nowMs; next = sources[++this.#sourcesTaken])
      this.engine.receive(next.name, next.value);
    this.#nextSourceMs = sources[this.#sourcesTaken]?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  #append(feed: number, i: number): void {
    const c = this.columns[feed]!;
    this.engine.append(feed, c.openTimeMs[i]!, c.open[i]!, c.high[i]!, c.low[i]!, c.close[i]!, c.volume[i]!);
  }

  /** Several feeds: all bars that close at one time form one instant. */
  #mergedChunk(end: number): void {
    const { engine, venue } = this;
    const { outbox } = engine.state;
    const feeds = engine.feeds;
    const next = this.next;
    while (this.barsDone < end) {
      let time = Number.POSITIVE_INFINITY;
      for (let f = 0; f < feeds.length; f++) {
        const i = next[f]!;
        const closeMs = feeds[f]!.closeMs;
        if (i < closeMs.length && closeMs[i]! < time) time = closeMs[i]!;
      }
      for (let f = 0; f < feeds.length; f++) {
        const i = next[f]!;
        if (i >= feeds[f]!.closeMs.length || feeds[f]!.closeMs[i] !== time) continue;
        venue.beginBar(this.instrumentOf[f]!, this.columns[f]!, i, feeds[f]!.closeMs);
        if (venue.isBusy) this.#exchange();
      }
      if (time >= this.#nextSourceMs) this.#receive(time);
      for (let f = 0; f < feeds.length; f++) {
        const i = next[f]!;
        if (i >= feeds[f]!.closeMs.length || feeds[f]!.closeMs[i] !== time) continue;
        if (this.streamed) this.#append(f, i);
        else engine.take(f, i);
        next[f] = i + 1;
        this.barsDone++;
      }
      engine.endSlice(time);
      if (outbox.count > 0) this.#exchange();
    }
  }

  /** Requests to the venue, reports to the engine, until neither has more to say. */
  #exchange(): void {
    if (this.#unshown >= 0) this.#showBar();
    exchangeReports(this.desk);
  }
}

/**
 * Limits of a backtest: the defaults of every session, but nobody is there to re-arm after the drawdown limit, so it is done after
 * 30 days, and the report says how often.
 */
export function limitsOf(config: Pick<DeskConfig, 'leverage' | 'limits'>): LimitsDefinition {
  return { leverageRatio: config.leverage ?? 1, drawdownPauseDays: 30, ...config.limits };
}
