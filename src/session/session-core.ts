import type { Engine } from '../core/engine/engine.ts';
import { stateHash } from '../core/engine/state-hash.ts';
import { StrategyError } from '../core/engine/strategy-error.ts';
import type { SimulatedVenue } from '../core/exchange/simulated-venue.ts';
import { limitsOf } from '../core/research/backtest.ts';
import {
  type DeskConfig,
  type DeskFeed,
  exchangeReports,
  type SimulatedDesk,
  simulatedDesk,
} from '../core/research/simulated-desk.ts';
import type { CommandOutcome } from '../core/vocabulary/commands.ts';
import { Hash128 } from '../core/vocabulary/hash.ts';
import type { BarColumns } from '../core/vocabulary/market-data.ts';
import { barClose, type TimeMs } from '../core/vocabulary/time.ts';
import type { FeedBar, SessionInput } from './session-input.ts';

export interface SessionConfig extends DeskConfig {
  readonly feeds: readonly DeskFeed[];
  /**
   * What fills orders. `trades`: each trade of the market is shown to the venue as a bar of one price, and no order gets more of it than was
   * traded. `bars`: closed bars are walked as in a backtest.
   */
  readonly drivenBy: 'trades' | 'bars';
}

/** One bar as columns, which is how the venue reads them. */
type OneBar = BarColumns & { readonly closeMs: Float64Array };

function oneBar(): OneBar {
  const one = (): Float64Array => new Float64Array(1);
  return {
    ...{ openTimeMs: one(), open: one(), high: one(), low: one() },
    ...{ close: one(), volume: one(), closeMs: one() },
  };
}

/**
 * A session without its surroundings: engine and simulated venue, told of the world by {@link take} alone. No clock, no I/O: the same
 * inputs give the same state, byte for byte, which is what makes a journal of inputs a whole record.
 *
 * Assumptions of a venue driven by trades, beside those of `simulated-venue.ts`:
 * 1. An order is at the venue when the instant that decided it has ended, and meets the trades with that event time or a later one.
 * 2. A trade fills up to its own quantity for us; what others would have had of it is not known.
 * 3. Price jumps from trade to trade: a limit order that a trade has passed fills at the traded price, which is at least as good as its limit;
 *    a stop fills at the traded price, which may be worse.
 */
export class SessionCore {
  readonly engine: Engine;
  readonly venue: SimulatedVenue;
  readonly config: SessionConfig;
  readonly #desk: SimulatedDesk;
  readonly #bar = oneBar();
  /** Open time of each feed's last bar; −infinity before the first. */
  readonly lastOpenMs: Float64Array;
  /** Id of the last trade taken of each feed; −1 before the first. */
  readonly lastTradeId: Float64Array;
  /** Newest event time of anything taken; −infinity before the first. */
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
    const costs = config.costs;
    // More than was traded is not to be had.
    const bound = config.drivenBy === 'trades' && costs && { ...costs, participation: costs.participation ?? 1 };
    this.#desk = simulatedDesk(bound ? { ...config, costs: bound } : config, config.feeds, limitsOf(config), session);
    this.engine = this.#desk.engine;
    this.venue = this.#desk.venue;
    this.engine.reset();
    this.venue.reset();
    this.lastOpenMs = new Float64Array(config.feeds.length).fill(Number.NEGATIVE_INFINITY);
    this.lastTradeId = new Float64Array(config.feeds.length).fill(-1);
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
      if (input.type === 'command-given') {
        outcome = this.engine.command(input.command);
        if (input.command.type === 'start-strategy') this.isStopped = false;
      } else if (input.type === 'source-received') this.#guarded(() => this.engine.receive(input.name, input.value));
      else {
        this.#guarded(() => this.engine.stop(input.reason));
        this.isStopped = true;
      }
      this.#exchange();
    }
    return outcome;
  }

  /** Whether a trade can change anything: only then is it an input. */
  wantsTrades(feed: number): boolean {
    if (this.config.drivenBy !== 'trades') return false;
    const { instrument } = this.engine.feeds[feed]!;
    const { account } = this.venue;
    return this.venue.openCount(instrument) > 0 || (account.onMargin && account.netLots[instrument] !== 0);
  }

  /** 32 hex digits of everything that decides what happens next. */
  hash(): string {
    return new Hash128()
      .text(stateHash(this.engine))
      .text(JSON.stringify(this.venue.snapshot()))
      .column(this.lastOpenMs)
      .column(this.lastTradeId)
      .digest();
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
      this.engine.passSlice();
    }
    sweep.isSuspended = false;
  }

  #endInstant(timeMs: TimeMs, bars: readonly FeedBar[]): void {
    this.instants++;
    this.liveBars += bars.length;
    if (this.config.drivenBy === 'bars') for (const bar of bars) this.#show(bar);
    for (const bar of bars) this.#append(bar);
    this.#guarded(() => this.engine.endSlice(timeMs));
    this.#exchange();
    if (timeMs > this.lastMs) this.lastMs = timeMs;
  }

  #trade(trade: SessionInput & { readonly type: 'trade-received' }): void {
    const { feed, timeMs, price, quantity } = trade;
    const b = this.#bar;
    b.openTimeMs[0] = timeMs;
    b.closeMs[0] = timeMs;
    b.open[0] = price;
    b.high[0] = price;
    b.low[0] = price;
    b.close[0] = price;
    b.volume[0] = quantity;
    this.lastTradeId[feed] = trade.tradeId;
    if (timeMs > this.lastMs) this.lastMs = timeMs;
    this.venue.beginBar(this.engine.feeds[feed]!.instrument, b, 0, b.closeMs);
    this.#exchange();
  }

  /** Lets the venue walk a bar. */
  #show(bar: FeedBar): void {
    const [feed, openTimeMs, open, high, low, close, volume] = bar;
    const b = this.#bar;
    b.openTimeMs[0] = openTimeMs;
    b.closeMs[0] = this.closeOf(bar);
    b.open[0] = open;
    b.high[0] = high;
    b.low[0] = low;
    b.close[0] = close;
    b.volume[0] = volume;
    this.venue.beginBar(this.engine.feeds[feed]!.instrument, b, 0, b.closeMs);
    if (this.venue.isBusy) this.#exchange();
  }

  #append(bar: FeedBar): void {
    const [feed, openTimeMs, open, high, low, close, volume] = bar;
    this.engine.append(feed, openTimeMs, open, high, low, close, volume);
    // Trades that concerned nobody were no inputs: the close is the last price that the venue knows of them.
    this.venue.lastPrice[this.engine.feeds[feed]!.instrument] = close;
    this.lastOpenMs[feed] = openTimeMs;
    const closeMs = this.closeOf(bar);
    if (closeMs > this.lastMs) this.lastMs = closeMs;
  }

  /** Requests and reports to and fro; a handler that throws stops its strategy, not the venue. */
  #exchange(): void {
    while (!this.#guarded(() => exchangeReports(this.#desk)));
  }

  /** False where a strategy threw. */
  #guarded(body: () => void): boolean {
    try {
      body();
      return true;
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      this.failure ??= error.message;
      return false;
    }
  }
}
