import { MINUTE_MS, SECOND_MS, type TimeMs } from '../core/vocabulary/time.ts';
import type { Timer } from '../ports/clock.ts';
import type { FeedSink } from '../ports/market-feed.ts';
import type { TimedWork } from '../ports/session-vitals.ts';
import { VenueError } from '../ports/venue-error.ts';
import { SAME_FUNDING_WITHIN_MS, type SessionCore } from './session-core.ts';
import type { FundingDue, SessionInput } from './session-input.ts';
import type { SessionSurroundings } from './session-surroundings.ts';

/** How often a venue that keeps a history of funding is asked for it, whatever its stream says. */
const ASK_EVERY_MS = 5 * MINUTE_MS;
/** First question after the stream has passed a funding time, or after one that failed; then twice as long each time. */
const ASK_SOON_MS = SECOND_MS;
/** What the stream said so long before a funding time is not what was paid at it. */
const FRESH_MS = MINUTE_MS;

const IGNORE = (): void => {};

/** What the stream says of the funding to come. */
interface Upcoming {
  readonly dueMs: TimeMs;
  readonly toldMs: TimeMs;
  readonly rate: number;
  readonly markPrice: number;
}

interface Told {
  tell(input: SessionInput): void;
  /** What no venue is to blame for. */
  fail(error: unknown): void;
}

type World = Pick<SessionSurroundings, 'feed' | 'history' | 'clock'>;

/**
 * Finds out what fell due of funding of the perpetual contracts that a paper session trades, and tells it, each at least once. The venue's
 * history says what was paid, and at which mark price; its stream says when to ask. Where there is no history, the last that the stream
 * said before a funding time counts. Where there is neither, nothing is told.
 */
export class FundingWatch {
  readonly #core: SessionCore;
  readonly #world: World;
  readonly #told: Told;
  /** Feeds of perpetual contracts; none where a real exchange pays. */
  readonly #feeds: readonly number[];
  /** By feed: nothing is asked for that fell due before; −infinity while that is not known. */
  readonly #sinceMs: Float64Array;
  readonly #upcoming: (Upcoming | undefined)[] = [];
  /** What the stream has passed, and the history has not told yet, by feed. */
  readonly #awaited = new Map<number, TimeMs>();
  /** Why the venue could not be asked last; null where it could. */
  #problem: string | null = null;
  #nextMs: TimeMs | null = null;
  #lastMs: TimeMs | null = null;
  #tries = 0;
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(core: SessionCore, world: World, told: Told) {
    this.#core = core;
    this.#world = world;
    this.#told = told;
    const { feeds, state } = core.engine;
    const isPerpetual = (feed: number): boolean =>
      state.instruments[feeds[feed]!.instrument]!.kind.endsWith('-perpetual');
    this.#feeds = core.config.remote === undefined ? [...feeds.keys()].filter(isPerpetual) : [];
    this.#sinceMs = new Float64Array(feeds.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Subscribes to what the venue streams, and asks from now on. */
  listen(): void {
    const { feed } = this.#world;
    for (const index of this.#feeds)
      if (feed.channels.includes('mark'))
        feed.subscribe({ channel: 'mark', symbol: this.#core.engine.feeds[index]!.symbol }, this.#sink(index));
    this.#askLater();
  }

  /** What has fallen due since the newest that was told, by time; nothing where the venue cannot be asked. */
  async missed(): Promise<readonly FundingDue[]> {
    const all = await this.#read();
    if (this.#problem !== null) this.#askLater();
    return all;
  }

  /** The session goes on: warns where what fell due meanwhile cannot be known. */
  resumed(): void {
    for (const feed of this.#feeds)
      if (!this.#hasHistory && this.#world.feed.channels.includes('mark'))
        this.#warn(feed, 'while the session was away');
  }

  timed(): readonly TimedWork[] {
    if (this.#feeds.length === 0 || !this.#hasHistory) return [];
    const [nextMs, lastMs] = [this.#nextMs, this.#lastMs];
    return [{ work: 'funding-rates', everyMs: ASK_EVERY_MS, nextMs, lastMs, problem: this.#problem }];
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  get #hasHistory(): boolean {
    return this.#world.history?.fundingRates !== undefined;
  }

  async #read(): Promise<readonly FundingDue[]> {
    const all: FundingDue[] = [];
    try {
      for (const feed of this.#feeds) all.push(...(await this.#paidSince(feed)));
      this.#problem = null;
      this.#lastMs = this.#world.clock.nowMs();
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      this.#problem = `${error.code}: ${error.message}`;
    }
    return all.sort((a, b) => a.timeMs - b.timeMs || a.feed - b.feed);
  }

  async #paidSince(feed: number): Promise<FundingDue[]> {
    const { history } = this.#world;
    const fromMs = this.#fromMs(feed);
    if (history?.fundingRates === undefined || fromMs === Number.NEGATIVE_INFINITY) return [];
    const all: FundingDue[] = [];
    for (let nextMs = fromMs; !this.#isClosed; ) {
      const page = await history.fundingRates(this.#core.engine.feeds[feed]!.symbol, nextMs);
      const rows = page.filter(({ timeMs }) => timeMs >= nextMs);
      if (rows.length === 0) break;
      for (const row of rows) all.push({ type: 'funding-fell-due', feed, ...row });
      nextMs = Math.max(...rows.map(({ timeMs }) => timeMs)) + 1;
    }
    return all;
  }

  /** From the newest that was taken on; before the first, from the first fill, as nothing was held before it. */
  #fromMs(feed: number): TimeMs {
    const { lastFundingMs, lastMs, engine } = this.#core;
    if (lastFundingMs[feed]! > Number.NEGATIVE_INFINITY) return lastFundingMs[feed]! + 1;
    if (this.#sinceMs[feed] === Number.NEGATIVE_INFINITY) {
      const { fills, instrumentOf } = engine.state;
      const { instrument } = engine.feeds[feed]!;
      const first = fills.column.slot.subarray(0, fills.count).findIndex((slot) => instrumentOf[slot] === instrument);
      this.#sinceMs[feed] = first < 0 ? lastMs : fills.column.timeMs[first]!;
    }
    return this.#sinceMs[feed]!;
  }

  #askLater(): void {
    this.#timer?.cancel();
    if (this.#isClosed || this.#feeds.length === 0 || !this.#hasHistory) return;
    const isDone = this.#problem === null && this.#awaited.size === 0;
    if (isDone) this.#tries = 0;
    const delayMs = isDone ? ASK_EVERY_MS : Math.min(ASK_SOON_MS * 2 ** this.#tries++, ASK_EVERY_MS);
    this.#nextMs = this.#world.clock.nowMs() + delayMs;
    this.#timer = this.#world.clock.after(delayMs, () => {
      this.#ask().catch((error: unknown) => this.#told.fail(error));
    });
  }

  async #ask(): Promise<void> {
    for (const due of await this.#read()) {
      if (due.timeMs >= this.#awaitedMs(due.feed) - SAME_FUNDING_WITHIN_MS) this.#awaited.delete(due.feed);
      this.#told.tell(due);
    }
    // What was awaited may have come another way.
    for (const [feed, dueMs] of this.#awaited) if (this.#core.knowsFunding(feed, dueMs)) this.#awaited.delete(feed);
    this.#askLater();
  }

  #awaitedMs(feed: number): TimeMs {
    return this.#awaited.get(feed) ?? Number.POSITIVE_INFINITY;
  }

  #sink(feed: number): FeedSink {
    return {
      ...{ trade: IGNORE, quote: IGNORE, bar: IGNORE, depth: IGNORE, gap: IGNORE, anomaly: IGNORE },
      mark: (_id, eventMs, _receivedMs, markPrice, _index, rate, nextMs) => {
        if (nextMs > 0 && Number.isFinite(nextMs) && Number.isFinite(rate) && markPrice > 0)
          this.#look(feed, { dueMs: nextMs, toldMs: eventMs, rate, markPrice });
      },
    };
  }

  #look(feed: number, said: Upcoming): void {
    const before = this.#upcoming[feed];
    // Past its time the stream may still name it for a moment.
    if (said.toldMs >= said.dueMs) return;
    this.#upcoming[feed] = said;
    if (before !== undefined && said.dueMs > before.dueMs && said.toldMs >= before.dueMs) this.#passed(feed, before);
  }

  #passed(feed: number, { dueMs, toldMs, rate, markPrice }: Upcoming): void {
    if (this.#hasHistory) {
      this.#awaited.set(feed, dueMs);
      this.#tries = 0;
      this.#askLater();
    } else if (dueMs - toldMs <= FRESH_MS)
      this.#told.tell({ type: 'funding-fell-due', feed, timeMs: dueMs, rate, markPrice });
    else this.#warn(feed, 'while its mark price was not heard');
  }

  #warn(feed: number, when: string): void {
    const { state, feeds } = this.#core.engine;
    const { instrument, symbol } = feeds[feed]!;
    if (state.book.netLots[instrument] === 0) return;
    const message = `${this.#world.feed.venue} keeps no history of funding: what fell due of ${symbol} ${when} is not booked`;
    this.#told.tell({ type: 'alarm-raised', level: 'warn', message });
  }
}
