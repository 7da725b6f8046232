import type { TimeMs } from '../../../core/vocabulary/time.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import { SLOT } from '../frames/tables.ts';
import type { PastTrade } from '../market-rest.ts';
import { pause, type StreamTaker, type StreamWorld } from './stream-taker.ts';

/** Fetched at most after one gap: a hundred thousand trades are hours of a busy pair. */
const MOST_PAGES = 100;
/** The list of past trades may be a little behind the stream. */
const TRIES = 5;
const TRY_AGAIN_MS = 400;

interface PendingTrade extends PastTrade {
  readonly receivedMs: TimeMs;
  readonly isMarket: boolean;
}

/**
 * Trades in order of their ids, each once. Ids rise by one, so a jump, and every reconnect, sends for what lies between over REST; what
 * comes over the stream meanwhile waits. Trades of the insurance fund and of deleveraging (`X` on USD-M) are counted and not delivered:
 * they are no trading.
 */
export class TradeTaker implements StreamTaker {
  readonly #world: StreamWorld;
  #lastId = Number.NaN;
  #lastMs = Number.NaN;
  #isFilling = false;
  #isClosed = false;
  #pending: PendingTrade[] = [];
  /** Trades that came by REST in the present filling. */
  #fetched = 0;

  constructor(world: StreamWorld) {
    this.#world = world;
  }

  get isInStep(): boolean {
    return !this.#isFilling;
  }

  frame({ scanner }: FrameDecoder, receivedMs: TimeMs): void {
    const n = scanner.numbers;
    const id = n[SLOT.id]!;
    if (id <= this.#lastId) return;
    // NaN where the venue does not say, -1 where it says something new: both are trading.
    const isMarket = !(n[SLOT.tradeKind]! > 0);
    const side = n[SLOT.buyerIsMaker] === 1 ? -1 : 1;
    if (this.#isFilling || id > this.#lastId + 1) {
      this.#pending.push({
        ...{ id, timeMs: n[SLOT.tradeTime]!, price: n[SLOT.price]!, quantity: n[SLOT.quantity]! },
        ...{ takerSide: side, receivedMs, isMarket },
      });
      this.#fill(`trades ${this.#lastId + 1} to ${id - 1} did not come`);
      return;
    }
    this.#lastId = id;
    this.#lastMs = n[SLOT.tradeTime]!;
    if (isMarket) this.#world.audience.trade(this.#lastMs, receivedMs, id, n[SLOT.price]!, n[SLOT.quantity]!, side);
  }

  resumed(sinceMs: TimeMs | null): void {
    if (sinceMs !== null && !Number.isNaN(this.#lastId)) this.#fill('the connection was lost');
  }

  interrupted(): void {}

  close(): void {
    this.#isClosed = true;
  }

  #fill(reason: string): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    void this.#fetch(reason);
  }

  async #fetch(reason: string): Promise<void> {
    const { audience, countGap } = this.#world;
    const fromMs = this.#lastMs;
    const firstId = this.#lastId + 1;
    const trouble = await this.#fetchPages();
    if (this.#isClosed) return;
    const hole = this.#missingBeforePending();
    this.#drain(true);
    this.#isFilling = false;
    const fetchedTo = this.#lastId;
    if (trouble !== null || hole !== null) {
      countGap();
      const detail = [reason, hole, trouble].filter((text) => text !== null).join('; ');
      audience.gap({ outcome: 'lost', fromMs, toMs: this.#lastMs, reason: detail });
    } else if (this.#fetched > 0) {
      countGap();
      const detail = `${reason}; ${this.#fetched} trades from ${firstId} on fetched, now at ${fetchedTo}`;
      audience.gap({ outcome: 'recovered', fromMs, toMs: this.#lastMs, reason: detail });
    }
  }

  /** Null where everything up to the stream has come, else what stood in the way. */
  async #fetchPages(): Promise<string | null> {
    const { rest, symbol, clock } = this.#world;
    this.#fetched = 0;
    let tries = 0;
    for (let page = 0; page < MOST_PAGES; page++) {
      let trades: readonly PastTrade[];
      try {
        trades = await rest.trades(symbol, this.#lastId + 1);
      } catch (error) {
        if (!(error instanceof VenueError)) throw error;
        return error.message;
      }
      if (this.#isClosed) return null;
      const receivedMs = clock.nowMs();
      for (const trade of trades) {
        if (trade.id <= this.#lastId) continue;
        if (trade.id > this.#lastId + 1) return `the venue has no trade ${this.#lastId + 1}`;
        this.#fetched++;
        this.#deliver({ ...trade, receivedMs, isMarket: true });
      }
      this.#drain(false);
      if (trades.length >= rest.market.tradePage.limit) continue;
      if (this.#missingBeforePending() === null) return null;
      if (++tries === TRIES) return 'the venue does not list them';
      await pause(clock, TRY_AGAIN_MS * tries);
      if (this.#isClosed) return null;
    }
    return `more than ${MOST_PAGES} pages of trades`;
  }

  /** What lies between the last delivered trade and the first that waits; null where nothing does. */
  #missingBeforePending(): string | null {
    const first = this.#pending.reduce((least, { id }) => (id > this.#lastId ? Math.min(least, id) : least), Infinity);
    return first === Infinity || first === this.#lastId + 1
      ? null
      : `trades ${this.#lastId + 1} to ${first - 1} missing`;
  }

  /** Delivers what waits, in order, as long as ids follow one another. */
  #drain(acrossHoles: boolean): void {
    const waiting = this.#pending.sort((a, b) => a.id - b.id);
    this.#pending = [];
    for (const trade of waiting) {
      if (trade.id <= this.#lastId) continue;
      if (trade.id === this.#lastId + 1 || acrossHoles) this.#deliver(trade);
      else this.#pending.push(trade);
    }
  }

  #deliver(trade: PendingTrade): void {
    this.#lastId = trade.id;
    this.#lastMs = trade.timeMs;
    if (!trade.isMarket) return;
    const { timeMs, receivedMs, id, price, quantity, takerSide } = trade;
    this.#world.audience.trade(timeMs, receivedMs, id, price, quantity, takerSide);
  }
}
