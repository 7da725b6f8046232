import { eventsHash } from '../core/engine/state-hash.ts';
import type { Command, CommandOutcome } from '../core/vocabulary/commands.ts';
import { barClose, type TimeMs } from '../core/vocabulary/time.ts';
import type { FeedGap, FeedHealth, FeedSink } from '../ports/market-feed.ts';
import type { TimedWork } from '../ports/session-vitals.ts';
import { VenueError } from '../ports/venue-error.ts';
import { FundingWatch } from './funding-watch.ts';
import { historyInputs } from './history-inputs.ts';
import { InstantGate } from './instant-gate.ts';
import { MarketWitness } from './market-witness.ts';
import { PriceMarks } from './price-marks.ts';
import { asJson, type SessionNote } from './replay-journal.ts';
import type { SessionCore } from './session-core.ts';
import type { FeedBar, SessionInput } from './session-input.ts';
import { takeSnapshot } from './session-snapshot.ts';
import type { SessionSurroundings } from './session-surroundings.ts';
import { isVenueWord } from './venue-words.ts';
import { missedBars } from './warm-up.ts';

/** Instants between two states that are noted in the journal. */
const NOTED_EVERY = 60;
/** Inputs after which a snapshot is due, so that a start has not many more than these to take again. */
const SNAPSHOT_EVERY = 50_000;
/** Taking rows into a snapshot and taking an input again cost about the same for so many rows: neither should outweigh the other. */
const ROWS_AN_INPUT = 0.1;
/** How often the past is asked for before a session begins: a bar may close while it is being fetched. */
const CATCH_UPS = 3;
/** After a hole that the venue has no bars for: a symbol that is seldom traded has them all the time. */
const FILL_AGAIN_MS = 60_000;
/** Between two attempts to fetch what is missing. */
const SETTLING_MS = 1_500;

/**
 * The loop of a session: what a feed delivers is stamped, appended to the journal and taken by the core, in one turn and one order. There is
 * nothing else in it that could be lost.
 */
export class Session implements FeedSink {
  readonly core: SessionCore;
  /** Last traded price of each feed, also of trades that are no inputs; NaN before the first. */
  readonly lastPrice: Float64Array;
  /** What ended the session by itself; null while it goes on. */
  fault: unknown = null;
  gaps = 0;
  /** Bars that did not come though time passed, over all feeds. */
  missingBars = 0;
  anomalies = 0;
  readonly #around: SessionSurroundings;
  readonly #gate: InstantGate;
  readonly #feedOf = new Map<number, number>();
  readonly #witness: MarketWitness;
  readonly #funding: FundingWatch;
  /** Events that came while the past was being fetched. */
  #held: (() => void)[] | null = [];
  #closed = false;
  readonly #marks: PriceMarks | null;
  #snapshotDue: number;
  /** No hole is filled before this time. */
  #fillAgainMs = Number.NEGATIVE_INFINITY;

  constructor(core: SessionCore, around: SessionSurroundings) {
    this.core = core;
    this.#around = around;
    this.#witness = new MarketWitness(core, around.keepsMarket ?? true, (block) => this.#note(block));
    this.#funding = new FundingWatch(core, around, {
      tell: (input) => this.#when(() => this.#takeNew(input)),
      fail: (error) => {
        this.fault ??= error;
      },
    });
    const { markEveryMs, clock } = around;
    this.#marks = markEveryMs === undefined ? null : new PriceMarks(markEveryMs, clock, () => this.#mark());
    this.#snapshotDue = core.inputs + (around.snapshotEvery ?? SNAPSHOT_EVERY);
    this.lastPrice = new Float64Array(core.engine.feeds.length).fill(Number.NaN);
    this.#gate = new InstantGate(
      core.engine.feeds.map((feed) => feed.timeframe),
      around.clock,
      // One that is due while the past is being fetched may be of what is fetched.
      (timeMs, bars) => this.#when(() => this.#endInstant(timeMs, bars)),
    );
  }

  /** Listens, takes what was missed, then what came meanwhile. Rejects with {@link VenueError}, and with what the journal says. */
  async start(): Promise<void> {
    const { core } = this;
    const { feed, version } = this.#around;
    this.#note({ type: 'started', version });
    // What is heard of only now is no strategy to start.
    this.heedLateCalls();
    // Who ended the session stopped its strategies; who starts it again wants them back.
    if (core.isStopped)
      for (const seat of core.engine.seats) {
        const command = {
          type: 'start-strategy',
          reason: 'the session goes on',
          strategy: seat.strategy.def.id,
        } as const;
        if (!seat.hasFailed) this.#take({ type: 'command-given', command });
      }
    await this.#around.account?.start(
      (input) => this.#guarded(() => this.#take(input)),
      (error) => {
        this.fault ??= error;
      },
    );
    for (const [index, { symbol, timeframe }] of core.engine.feeds.entries()) {
      this.#feedOf.set(feed.subscribe({ channel: 'bars', symbol, timeframe: timeframe.text }, this), index);
      for (const channel of this.#witness.channelsOf(feed))
        this.#feedOf.set(feed.subscribe({ channel, symbol }, this), index);
    }
    this.#funding.listen();
    await this.#catchUp();
    this.#funding.resumed();
    this.#release();
    this.#marks?.begin();
  }

  /** Values what is held at the last prices; false while the past is being fetched. */
  #mark(): boolean {
    const { clock, feed } = this.#around;
    const holds = this.core.engine.state.book.positions.column.lots.some((lots) => lots !== 0);
    if (this.#held !== null || !holds) return this.#held === null;
    this.#guarded(() => {
      const timeMs = clock.nowMs() + (feed.health().clockSkewMs ?? 0);
      const prices = Array.from(this.lastPrice, (price) => (Number.isNaN(price) ? null : price));
      this.#take({ type: 'prices-marked', timeMs, prices });
    });
    return true;
  }

  /** What it does again and again by itself. */
  timed(): readonly TimedWork[] {
    const { account } = this.#around;
    const problem = this.isCatchingUp ? 'the past is being fetched' : null;
    return [
      ...(this.#marks === null ? [] : [this.#marks.timed(problem)]),
      ...this.#funding.timed(),
      ...(account?.timed() ?? []),
      ...this.core.engine.timers.states().map(({ everyMs, nextMs, lastMs, isRunning }) => ({
        ...({ work: 'strategy', everyMs, nextMs, lastMs } as const),
        problem: isRunning ? null : 'the strategy does not run',
      })),
    ];
  }

  /** What came meanwhile. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const event of held) this.#when(event);
  }

  /** Fetches what is missing before a bar; where the venue does not give it, the bar has to do without. */
  #fillBefore(feed: number, openTimeMs: TimeMs, event: () => void): void {
    this.#held = [event];
    this.#fill(feed, openTimeMs).then(
      () => this.#release(),
      (error: unknown) => {
        if (!(error instanceof VenueError)) this.fault ??= error;
        this.#release();
      },
    );
  }

  async #fill(feed: number, openTimeMs: TimeMs): Promise<void> {
    const { clock } = this.#around;
    const { timeframe } = this.core.engine.feeds[feed]!;
    const isWhole = (): boolean => openTimeMs <= barClose(timeframe, this.core.lastOpenMs[feed]!);
    for (let round = 0; round < CATCH_UPS && !isWhole() && this.fault === null && !this.#closed; round++) {
      // A history leaves out bars that closed only a moment ago.
      if (round > 0) await new Promise<void>((resolve) => void clock.after(SETTLING_MS, resolve));
      await this.#catchUp(openTimeMs);
    }
    this.#fillAgainMs = clock.elapsedMs() + (isWhole() ? 0 : FILL_AGAIN_MS);
  }

  /** Takes the bars until now, or until `untilMs`, as history. */
  async #catchUp(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { core } = this;
    const { history, feed, clock } = this.#around;
    if (history !== null)
      for (let round = 0; round < CATCH_UPS; round++) {
        const nowMs = Math.min(untilMs, clock.nowMs() + (feed.health().clockSkewMs ?? 0));
        const bars = await missedBars(history, core.engine, core.lastOpenMs, nowMs);
        const funding = await this.#funding.missed();
        if (bars.length + funding.length === 0 || this.fault !== null) break;
        for (const input of historyInputs(core, bars, funding)) this.#takeNew(input);
      }
    this.#gate.startAfter(core.lastMs);
  }

  /** Whether the past is being fetched: then nothing is decided, and what is ordered would meet prices of before. */
  get isCatchingUp(): boolean {
    return this.#held !== null;
  }

  /** Gives a command now, between two other inputs. Null where the session has ended. */
  command(command: Command, given: { readonly actor?: string; readonly id?: number } = {}): CommandOutcome | null {
    let outcome: CommandOutcome | null = null;
    this.#guarded(() => {
      outcome = this.#take({ type: 'command-given', command, ...given });
    });
    return outcome;
  }

  /** Whether the feed has come to its end, as a recording does. */
  isOver(health: FeedHealth): boolean {
    return health.connections.length === 0 && health.subscriptions.every(({ state }) => state === 'down');
  }

  /** Ends strategies and keeps the last state. What the journal says against it comes out here. */
  async stop(reason: string): Promise<void> {
    const { account } = this.#around;
    this.#marks?.end();
    this.#funding.close();
    if (this.fault === null)
      this.#guarded(() => {
        this.#gate.close();
        for (const input of account?.farewell(reason) ?? []) this.#take(input);
        this.#take({ type: 'session-stopped', reason });
      });
    // Answers to what was sent last belong to the books.
    await account?.close(this.fault);
    this.heedLateCalls();
    if (this.fault === null) this.#guarded(() => this.#noteState(this.#eventsSoFar()));
    this.#closed = true;
    if (this.fault !== null) throw this.fault;
    await this.#around.journal.flush();
  }

  trade(id: number, _eventMs: TimeMs, _receivedMs: TimeMs, tradeId: number, price: number, quantity: number): void {
    const feed = this.#feedOf.get(id)!;
    const timeMs = _eventMs;
    this.lastPrice[feed] = price;
    this.#when(() => {
      if (tradeId <= this.core.lastTradeId[feed]!) return;
      if (!this.core.wantsTrades(feed)) {
        this.#witness.trade(feed, tradeId, timeMs, price, quantity);
        return;
      }
      this.#take({ type: 'trade-received', feed, tradeId, timeMs, price, quantity });
    });
  }

  bar(
    id: number,
    _eventMs: TimeMs,
    _receivedMs: TimeMs,
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    const feed = this.#feedOf.get(id)!;
    if (this.core.config.drivenBy === 'bars') this.lastPrice[feed] = close;
    if (isClosed)
      this.#when(() => {
        const isKnown = openTimeMs <= this.core.lastOpenMs[feed]!;
        const add = (): void => this.#gate.add([feed, openTimeMs, open, high, low, close, volume]);
        if (!isKnown && this.#mustFill(feed, openTimeMs)) this.#fillBefore(feed, openTimeMs, add);
        else if (!isKnown) add();
      });
  }

  gap(id: number, { outcome, fromMs, toMs, reason }: FeedGap): void {
    if (outcome !== 'lost') return;
    this.gaps++;
    const { symbol } = this.core.engine.feeds[this.#feedOf.get(id)!]!;
    this.#when(() => this.#note({ type: 'gap', symbol, fromMs, toMs, reason }));
  }

  anomaly(): void {
    this.anomalies++;
  }

  quote(
    id: number,
    eventMs: TimeMs,
    _receivedMs: TimeMs,
    _updateId: number,
    bid: number,
    _bids: number,
    ask: number,
  ): void {
    const feed = this.#feedOf.get(id)!;
    this.#when(() => this.#witness.quote(feed, eventMs, bid, ask));
  }
  depth(): void {}
  mark(): void {}

  /** Bars between the last one and this one are missing: they closed while the connection was being made. */
  #mustFill(feed: number, openTimeMs: TimeMs): boolean {
    const { history, clock } = this.#around;
    const last = this.core.lastOpenMs[feed]!;
    return (
      history !== null &&
      last > Number.NEGATIVE_INFINITY &&
      openTimeMs > barClose(this.core.engine.feeds[feed]!.timeframe, last) &&
      clock.elapsedMs() >= this.#fillAgainMs
    );
  }

  #endInstant(timeMs: TimeMs, all: readonly FeedBar[]): void {
    const { core } = this;
    // What was fetched meanwhile is not taken twice.
    const bars = all.filter(([feed, openTimeMs]) => openTimeMs > core.lastOpenMs[feed]!);
    if (bars.length === 0) return;
    for (const [feed, openTimeMs] of bars) {
      const last = core.lastOpenMs[feed]!;
      const { timeframe } = core.engine.feeds[feed]!;
      if (last > Number.NEGATIVE_INFINITY && timeframe.ms > 0)
        this.missingBars += Math.round((openTimeMs - barClose(timeframe, last)) / timeframe.ms);
    }
    this.#take({ type: 'instant-ended', timeMs, bars });
    this.#witness.decided();
    if (core.instants % NOTED_EVERY === 0) this.#noteState();
    if (core.inputs >= this.#snapshotDue && (this.#around.account?.isSettled() ?? true)) this.#keepSnapshot();
  }

  /** The state as it is now, beside the journal that leads to it. */
  #keepSnapshot(): void {
    const { journal, clock, snapshotEvery } = this.#around;
    const { state, feeds } = this.core.engine;
    const rows = feeds.reduce((sum, { base }) => sum + base.cursor + 1, state.log.count + state.fills.count);
    this.#snapshotDue = this.core.inputs + (snapshotEvery ?? Math.max(SNAPSHOT_EVERY, rows / ROWS_AN_INPUT));
    journal
      .saveSnapshot({ seq: journal.head, takenAtMs: clock.nowMs(), state: takeSnapshot(this.core) })
      .catch((error) => {
        this.fault ??= error;
      });
  }

  /** The hash of all events, where the log has all of them. */
  #eventsSoFar(): { readonly events?: string } {
    const { engine } = this.core;
    return engine.state.log.isWhole ? { events: eventsHash(engine) } : {};
  }

  #noteState(more: { readonly events?: string } = {}): void {
    this.#note({ type: 'state', inputs: this.core.inputs, hash: this.core.hash(), ...more });
  }

  /** Stops strategies that did something while none of their handlers was running: at the next input, or when somebody looks. */
  heedLateCalls(): void {
    this.#guarded(() => this.#heedLateCalls());
  }

  #heedLateCalls(): void {
    for (const { strategy, error } of this.core.engine.handlers.takeLate())
      if ('call' in error) this.#append({ type: 'strategy-acted-late', strategy, call: error.call });
      else this.#append({ type: 'strategy-threw-late', strategy, threw: error.threw });
  }

  #take(input: SessionInput): CommandOutcome | null {
    this.#heedLateCalls();
    return this.#append(input);
  }

  /** What two sources may tell is taken once. */
  #takeNew(input: SessionInput): void {
    if (input.type !== 'funding-fell-due' || !this.core.knowsFunding(input.feed, input.timeMs)) this.#take(input);
  }

  /** Journal first, then the core. */
  #append(input: SessionInput): CommandOutcome | null {
    const { journal, clock, sealed, account } = this.#around;
    this.#witness.write();
    journal.append({ kind: isVenueWord(input) ? 'outcome' : 'input', atMs: clock.nowMs(), payload: asJson(input) });
    const outcome = sealed(() => this.core.take(input));
    const requests = this.core.takeRequests();
    if (requests.length > 0) account?.send(requests);
    return outcome;
  }

  #note(note: SessionNote): void {
    this.#around.journal.append({ kind: 'note', atMs: this.#around.clock.nowMs(), payload: asJson(note) });
  }

  /** Now, or once the past is in. */
  #when(event: () => void): void {
    if (this.#held !== null) this.#held.push(event);
    else this.#guarded(event);
  }

  /** The first fault ends the session: nothing is taken after it. */
  #guarded(body: () => void): void {
    if (this.fault !== null || this.#closed) return;
    try {
      body();
    } catch (error) {
      this.fault = error;
    }
  }
}
