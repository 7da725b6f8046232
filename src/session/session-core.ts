import type { Engine } from '../core/engine/engine.ts';
import { stateHash } from '../core/engine/state-hash.ts';
import type { ToldOrders } from '../core/exchange/told-orders.ts';
import { limitsOf } from '../core/research/backtest.ts';
import { type DeskConfig, type DeskFeed, deskEngine, simulatedDesk } from '../core/research/simulated-desk.ts';
import type { CommandOutcome } from '../core/vocabulary/commands.ts';
import { Hash128 } from '../core/vocabulary/hash.ts';
import { orderlessText } from '../core/vocabulary/json.ts';
import { LateCallError, LateThrowError } from '../core/vocabulary/late-call.ts';
import { barClose, type TimeMs } from '../core/vocabulary/time.ts';
import { type MismatchPolicy, RemoteSide } from './remote-side.ts';
import type { FeedBar, FundingDue, SessionInput } from './session-input.ts';
import { SimulatedSide } from './simulated-side.ts';
import type { VenueRequest, VenueSide } from './venue-side.ts';
import { isVenueWord, type VenueWord } from './venue-words.ts';

export interface SessionConfig extends DeskConfig {
  readonly feeds: readonly DeskFeed[];
  /**
   * What fills orders. `trades`: each trade of the market is shown to the venue as a bar of one price, and no order gets more of it than was
   * traded. `bars`: closed bars are walked as in a backtest.
   */
  readonly drivenBy: 'trades' | 'bars';
  /** Where orders go to a real exchange, and fills come from it alone; simulated where absent. */
  readonly remote?: { readonly onMismatch: MismatchPolicy };
  /** Who says what becomes of orders in the place of the simulated exchange's models. */
  readonly told?: (engine: Engine) => ToldOrders;
}

/**
 * A session without its surroundings: engine and exchange, told of the world by {@link take} alone. No clock, no I/O: the same
 * inputs give the same state, byte for byte, which is what makes a journal of inputs a whole record.
 */
export class SessionCore {
  readonly engine: Engine;
  readonly side: VenueSide;
  readonly config: SessionConfig;
  /** Open time of each feed's last bar; −infinity before the first. */
  readonly lastOpenMs: Float64Array;
  /** Id of the last trade taken of each feed; −1 before the first. */
  readonly lastTradeId: Float64Array;
  /** When the newest funding that was taken of each feed fell due; −infinity before the first. */
  readonly lastFundingMs: Float64Array;
  /** Newest event time of anything of the market; −infinity before the first. */
  lastMs: TimeMs = Number.NEGATIVE_INFINITY;
  inputs = 0;
  instants = 0;
  /** Bars taken live, over all feeds. */
  liveBars = 0;
  isStopped = false;
  /** What a strategy threw; it is stopped, its orders stay protected. */
  failure: string | null = null;

  constructor(config: SessionConfig, session: string) {
    this.config = config;
    this.side =
      config.remote === undefined ? simulated(config, session) : remote(config, session, config.remote.onMismatch);
    this.engine = this.side.engine;
    this.engine.handlers.failed = ({ message }) => {
      this.failure ??= message;
    };
    this.engine.reset();
    this.lastOpenMs = new Float64Array(config.feeds.length).fill(Number.NEGATIVE_INFINITY);
    this.lastTradeId = new Float64Array(config.feeds.length).fill(-1);
    this.lastFundingMs = new Float64Array(config.feeds.length).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * Takes the next input; everything that follows from it has happened when it returns. Answers what became of a command, null for all else.
   * Throws only where an invariant is broken.
   */
  take(input: SessionInput): CommandOutcome | null {
    this.inputs++;
    let outcome: CommandOutcome | null = null;
    if (input.type === 'history-received') this.#learn(input.bars);
    else if (input.type === 'instant-ended') this.#endInstant(input.timeMs, input.bars);
    else if (input.type === 'trade-received') this.#trade(input);
    else {
      if (isVenueWord(input)) this.#word(input);
      else if (input.type === 'funding-fell-due') this.#fund(input);
      else if (input.type === 'prices-marked') this.#mark(input.prices, input.timeMs);
      else if (input.type === 'command-given') {
        outcome = this.engine.command(input.command, input.actor);
        if (input.command.type === 'start-strategy') this.isStopped = false;
      } else if (input.type === 'source-received') this.engine.receive(input.name, input.value);
      else if (input.type === 'strategy-acted-late')
        this.engine.handlers.failLate(input.strategy, new LateCallError(input.call));
      else if (input.type === 'strategy-threw-late')
        this.engine.handlers.failLate(input.strategy, new LateThrowError(input.threw));
      else {
        this.engine.stop(input.reason);
        this.isStopped = true;
      }
      this.side.exchange();
    }
    return outcome;
  }

  /**
   * What is to be asked of a real exchange since the last input, in order; nothing where it is simulated. Each says after how many inputs it was
   * decided: what it was judged by may have changed before it can leave.
   */
  takeRequests(): readonly VenueRequest[] {
    const taken = this.side.takeRequests();
    // Most inputs ask for nothing.
    if (taken.length === 0) return taken;
    return taken.map((request) => ({ ...request, verdict: { ...request.verdict, inputs: this.inputs } }));
  }

  /** Whether a trade can change anything: only then is it an input. */
  wantsTrades(feed: number): boolean {
    return this.config.drivenBy === 'trades' && this.side.wantsTrades(this.engine.feeds[feed]!.instrument);
  }

  /** Whether funding that fell due then was taken before, or a later one was. */
  knowsFunding(feed: number, timeMs: TimeMs): boolean {
    return timeMs <= this.lastFundingMs[feed]! + SAME_FUNDING_WITHIN_MS;
  }

  /** 32 hex digits of everything that decides what happens next. */
  hash(): string {
    const hash = new Hash128()
      .text(stateHash(this.engine))
      .text(orderlessText(this.side.snapshot()))
      .column(this.lastOpenMs)
      .column(this.lastTradeId);
    // States that were noted before funding was taken stay what they were.
    const isFunded = this.lastFundingMs.some((timeMs) => timeMs > Number.NEGATIVE_INFINITY);
    return (isFunded ? hash.column(this.lastFundingMs) : hash).digest();
  }

  closeOf(bar: FeedBar): TimeMs {
    return barClose(this.engine.feeds[bar[0]]!.timeframe, bar[1]);
  }

  /**
   * Bars of the past. Orders that were resting before such a bar opened lived through it at the venue, which forgot nothing while we were
   * away; a bar that began before cannot be split and is not shown to it. A kill closes nothing on them.
   */
  #learn(bars: readonly FeedBar[]): void {
    const knownMs = this.lastMs;
    const { sweep } = this.engine;
    sweep.isSuspended = true;
    for (let from = 0; from < bars.length; ) {
      const closeMs = this.closeOf(bars[from]!);
      let to = from;
      while (to < bars.length && this.closeOf(bars[to]!) === closeMs) to++;
      const instant = bars.slice(from, to);
      from = to;
      for (const bar of instant) if (bar[1] >= knownMs) this.#show(bar);
      for (const bar of instant) this.#append(bar);
      this.#pass(closeMs);
      this.engine.passSlice();
    }
    sweep.isSuspended = false;
  }

  #endInstant(timeMs: TimeMs, bars: readonly FeedBar[]): void {
    this.instants++;
    this.liveBars += bars.length;
    if (this.config.drivenBy === 'bars') for (const bar of bars) this.#show(bar);
    for (const bar of bars) this.#append(bar);
    this.#pass(timeMs);
    this.engine.endSlice(timeMs);
    this.side.exchange();
    if (timeMs > this.lastMs) this.lastMs = timeMs;
  }

  #trade(trade: SessionInput & { readonly type: 'trade-received' }): void {
    const { feed, timeMs, price, quantity } = trade;
    this.lastTradeId[feed] = trade.tradeId;
    if (timeMs > this.lastMs) this.lastMs = timeMs;
    this.side.trade(this.engine.feeds[feed]!.instrument, timeMs, price, quantity);
    this.side.exchange();
  }

  #fund({ feed, timeMs, rate, markPrice }: FundingDue): void {
    if (this.knowsFunding(feed, timeMs)) return;
    this.lastFundingMs[feed] = timeMs;
    this.side.fund(this.engine.feeds[feed]!.instrument, timeMs, rate, markPrice);
  }

  #mark(prices: readonly (number | null)[], timeMs: TimeMs): void {
    const { engine } = this;
    const marks = Float64Array.from(engine.state.price);
    for (const [feed, price] of prices.entries()) if (price !== null) marks[engine.feeds[feed]!.instrument] = price;
    engine.mark(marks, timeMs);
  }

  /** What the exchange, or whoever watches it, has told. */
  #word(word: VenueWord): void {
    const { engine } = this;
    if (word.type === 'alarm-raised') engine.raise(LEVEL[word.level], word.message);
    else if (word.type === 'readiness-changed') {
      const index =
        word.scope === 'account' ? 0 : engine.state.instruments.findIndex(({ symbol }) => symbol === word.target);
      engine.hold(word.scope, index, word.isReady ? 'active' : 'reducing', word.cause);
    } else this.side.word(word);
  }

  /** Lets the venue walk a bar. */
  #show(bar: FeedBar): void {
    const [feed, openTimeMs, open, high, low, close, volume] = bar;
    const { instrument } = this.engine.feeds[feed]!;
    this.side.bar(instrument, openTimeMs, this.closeOf(bar), open, high, low, close, volume);
    this.side.exchange();
  }

  /** Trades do not tell that time has passed: where there are none any more, a contract that has expired would never be settled. */
  #pass(timeMs: TimeMs): void {
    if (this.config.drivenBy !== 'trades') return;
    this.side.pass(timeMs);
    this.side.exchange();
  }

  #append(bar: FeedBar): void {
    const [feed, openTimeMs, open, high, low, close, volume] = bar;
    this.engine.append(feed, openTimeMs, open, high, low, close, volume);
    // Trades that concerned nobody were no inputs: the close is the last price that the venue knows of them.
    this.side.price(this.engine.feeds[feed]!.instrument, close);
    this.lastOpenMs[feed] = openTimeMs;
    const closeMs = this.closeOf(bar);
    if (closeMs > this.lastMs) this.lastMs = closeMs;
  }
}

/** Two sources may give one funding times that are apart by so much; fundings lie an hour apart at least. */
export const SAME_FUNDING_WITHIN_MS = 600_000;

const LEVEL = { info: 0, warn: 1, page: 2 } as const;

function simulated(config: SessionConfig, session: string): SimulatedSide {
  const { costs } = config;
  // More than was traded is not to be had.
  const bound = config.drivenBy === 'trades' && costs && { ...costs, participation: costs.participation ?? 1 };
  const desk = bound ? { ...config, costs: bound } : config;
  const { engine, venue } = simulatedDesk(desk, config.feeds, limitsOf(config), session);
  if (config.told) venue.listenTo(config.told(engine));
  return new SimulatedSide({ engine, venue });
}

function remote(config: SessionConfig, session: string, policy: MismatchPolicy): RemoteSide {
  return new RemoteSide(deskEngine(config, config.feeds, limitsOf(config), session), policy);
}
