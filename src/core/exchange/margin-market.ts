/**
 * A margin market of several accounts: a matching book whose trades open and close positions.
 *
 * ASSUMPTIONS
 * 1. An order claims initial margin when it is accepted, at its limit (a market order at its reserve price or, without one, at
 *    the last price), and gives it up as it fills or ends. Its terms may say otherwise: another price, or no claim at all for an
 *    order that can only reduce.
 * 2. The mark price is the last trade's, unless the caller marks (`marksByTrades`). Real venues mark by an index, so that one odd
 *    trade liquidates nobody.
 * 3. Fees come out of cash. Whether an order's fee must be covered when it is accepted follows the margin rule: with leverage
 *    yes, with fixed margins per lot no (exchange-core's rule); terms may ask for another sum (Binance: the loss at which it opens).
 * 4. Nobody is liquidated here: the caller asks the accounts after each command, and closes by an order with a liquidation fee.
 * 5. An account that is null has no margin and no limit: the venue's own market maker. Its money is the caller's to count.
 */
import type { Instrument } from '../vocabulary/instrument.ts';
import { BOOK_EVENT } from './book-events.ts';
import { type FeeSchedule, feeQuanta, worstFeeQuanta } from './fees.ts';
import type { MarginAccount } from './margin-account.ts';
import type { BookOrder, MatchingBook } from './matching-book.ts';
import { rateUp } from './rate.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

/** How an order stands on its account's margin; what is left out is as the market has it. */
export type OrderTerms = {
  /** Index of the account's position: the leg of a hedge. */
  readonly position?: number;
  /** Price at which margin is claimed; 0 claims none, for an order that can only reduce. */
  readonly claimTicks?: number;
  /** Money in quanta that must be free on top of the claim when the order is accepted, instead of its fee. */
  readonly extraQuanta?: number;
  /** Of a forced closing: this rate (units of 1e-8) of the value instead of the fee, as far as the account has something left. */
  readonly liquidationRate?: number;
};

/** What the market did to one order, told while the command runs: only look, and remember. */
export type MarginMarketWatcher = {
  /** Each side of a trade, the maker first. `feeQuanta` and `realisedQuanta` are 0 for an account without margin. */
  filled(
    order: number,
    account: number,
    isMaker: boolean,
    ticks: number,
    lots: number,
    leftLots: number,
    feeQuanta: number,
    realisedQuanta: number,
  ): void;
  /** Lots that left the book, or never rested, without a trade. */
  shrunk(order: number, lots: number, leftLots: number, isSelfTrade: boolean): void;
};

export type MarginMarketOptions = {
  readonly watcher?: MarginMarketWatcher;
  /** Default true; see assumption 2. */
  readonly marksByTrades?: boolean;
};

type OpenOrder = {
  readonly account: number;
  readonly position: number;
  readonly side: number;
  readonly liquidationRate: number;
  /** Price at which its margin is claimed; 0 for none. */
  claimTicks: number;
  leftLots: number;
  feePaidQuanta: number;
  filled: boolean;
};

export class MarginMarket {
  readonly book: MatchingBook;
  /** Fees collected in quanta of the settle asset, rebates subtracted; liquidation fees apart. */
  collectedQuanta = 0;
  liquidationFeesQuanta = 0;
  lastTicks = 0;
  readonly #instrument: Instrument;
  readonly #fees: FeeSchedule;
  readonly #accounts: readonly (MarginAccount | null)[];
  readonly #positions: readonly number[];
  readonly #watcher: MarginMarketWatcher | null;
  readonly #marksByTrades: boolean;
  readonly #open = new Map<number, OpenOrder>();

  /** `positions` is each account's index of its position in this market. */
  constructor(
    instrument: Instrument,
    fees: FeeSchedule,
    book: MatchingBook,
    accounts: readonly (MarginAccount | null)[],
    positions: readonly number[],
    options: MarginMarketOptions = {},
  ) {
    this.#instrument = instrument;
    this.#fees = fees;
    this.book = book;
    this.#accounts = accounts;
    this.#positions = positions;
    this.#watcher = options.watcher ?? null;
    this.#marksByTrades = options.marksByTrades ?? true;
  }

  /** Claims margin for a new order, matches it and books its trades. Events: `book.events`. */
  place(order: BookOrder, terms: OrderTerms = {}): number {
    this.book.events.clear();
    if (this.#open.has(order.id)) return VENUE_REFUSAL['duplicate-order'];
    const { account } = order;
    const isMargined = this.#accounts[account] !== null;
    const claimTicks = terms.claimTicks ?? (order.ticks || order.reserveTicks || this.lastTicks);
    if (isMargined && claimTicks === 0 && terms.claimTicks === undefined) return VENUE_REFUSAL['invalid-price'];
    const open: OpenOrder = {
      account,
      position: terms.position ?? this.#positions[account]!,
      side: order.side,
      liquidationRate: terms.liquidationRate ?? -1,
      claimTicks: isMargined ? claimTicks : 0,
      leftLots: order.lots,
      feePaidQuanta: 0,
      filled: false,
    };
    const refusal = this.#claim(open, terms.extraQuanta);
    if (refusal !== VENUE_REFUSAL.accepted) return refusal;
    this.#open.set(order.id, open);
    const result = this.book.place(order);
    if (result === VENUE_REFUSAL.accepted) this.#bookEvents();
    else this.#shrink(order.id, 0);
    return result;
  }

  cancel(id: number): number {
    const result = this.book.cancel(id);
    if (result === VENUE_REFUSAL.accepted) this.#bookEvents();
    return result;
  }

  reduce(id: number, lots: number): number {
    const result = this.book.reduce(id, lots);
    if (result === VENUE_REFUSAL.accepted) this.#bookEvents();
    return result;
  }

  /**
   * Trades an order of the market maker (an account that is null) with everybody else's at its limit or better. Nothing rests. Returns the
   * lots that nobody took.
   */
  takeFromOthers(order: BookOrder): number {
    const left = this.book.takeFromOthers(order);
    this.#bookEvents();
    return left;
  }

  /** Moves an order to another price, where the margin at that price can be claimed. */
  move(id: number, ticks: number): number {
    return this.amend(id, ticks, this.#open.get(id)?.leftLots ?? 1);
  }

  /**
   * Gives an order a price and a number of lots left to fill, where the margin for them can be claimed; else it stays as it is.
   * `requeue` gives up its place in the queue even where the book would keep it; `extraQuanta` as in {@link OrderTerms}.
   */
  amend(id: number, ticks: number, lots: number, requeue = false, extraQuanta?: number): number {
    this.book.events.clear();
    const open = this.#open.get(id);
    if (open === undefined) return VENUE_REFUSAL['unknown-order'];
    if (!Number.isSafeInteger(ticks) || ticks <= 0) return VENUE_REFUSAL['invalid-price'];
    if (!Number.isSafeInteger(lots) || lots <= 0) return VENUE_REFUSAL['invalid-size'];
    const before = open.claimTicks;
    const leftBefore = open.leftLots;
    this.#unclaim(open, leftBefore);
    open.claimTicks = before === 0 ? 0 : ticks;
    open.leftLots = lots;
    let result = this.#claim(open, extraQuanta);
    if (result === VENUE_REFUSAL.accepted) {
      result = this.book.amend(id, ticks, lots, requeue);
      if (result === VENUE_REFUSAL.accepted) {
        this.#bookEvents();
        return result;
      }
      this.#unclaim(open, open.leftLots);
    }
    open.claimTicks = before;
    open.leftLots = leftBefore;
    if (before > 0) {
      const value = Math.abs(this.#instrument.value(before, leftBefore));
      this.#accounts[open.account]!.restoreClaim(open.position, open.side, leftBefore, value);
    }
    return result;
  }

  #bookEvents(): void {
    const { events } = this.book;
    // Lots of the next events that self-trade prevention, told before them, took off the maker and the taker.
    let preventedMaker = -1;
    let preventedTaker = -1;
    for (let i = 0; i < events.count; i++) {
      const order = events.order[i]!;
      const left = events.orderLeft[i]!;
      if (events.kind[i] === BOOK_EVENT.trade) {
        this.lastTicks = events.ticks[i]!;
        this.#fill(order, true, events.ticks[i]!, events.lots[i]!, left);
        this.#fill(events.other[i]!, false, events.ticks[i]!, events.lots[i]!, events.otherLeft[i]!);
      } else if (events.kind[i] === BOOK_EVENT.prevented) {
        preventedMaker = left > 0 ? order : -1;
        preventedTaker = events.otherLeft[i]! > 0 ? events.other[i]! : -1;
      } else {
        // An amendment that makes an order smaller has claimed for its new size already.
        this.#shrink(order, left);
        const isSelfTrade = order === preventedMaker || order === preventedTaker;
        if (order === preventedMaker) preventedMaker = -1;
        if (order === preventedTaker) preventedTaker = -1;
        this.#watcher?.shrunk(order, events.lots[i]!, left, isSelfTrade);
      }
    }
    if (!this.#marksByTrades || this.lastTicks === 0) return;
    const mark = this.#instrument.price(this.lastTicks);
    for (const [i, account] of this.#accounts.entries()) account?.mark(this.#positions[i]!, mark);
  }

  #fill(id: number, isMaker: boolean, ticks: number, lots: number, left: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    const account = this.#accounts[open.account]!;
    this.#shrink(id, left);
    if (account === null) {
      this.#watcher?.filled(id, open.account, isMaker, ticks, lots, left, 0, 0);
      return;
    }
    const value = Math.abs(this.#instrument.value(ticks, lots));
    const fee =
      open.liquidationRate < 0
        ? feeQuanta(this.#fees, 0, isMaker, value, lots, !open.filled, open.feePaidQuanta)
        : Math.max(0, Math.min(rateUp(value, open.liquidationRate), account.leftAfter(open.position, ticks, lots)));
    open.filled = true;
    open.feePaidQuanta += fee;
    const realised = account.fill(open.position, open.side, lots, ticks, fee);
    if (open.liquidationRate < 0) this.collectedQuanta += fee;
    else this.liquidationFeesQuanta += fee;
    this.#watcher?.filled(id, open.account, isMaker, ticks, lots, left, fee, realised);
  }

  /** Gives up the claim of all but `left` lots; an order without lots left is forgotten. */
  #shrink(id: number, left: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#unclaim(open, open.leftLots - left);
    open.leftLots = left;
    if (left === 0) this.#open.delete(id);
  }

  #claim(open: OpenOrder, extraQuanta?: number): number {
    if (open.claimTicks === 0) return VENUE_REFUSAL.accepted;
    const account = this.#accounts[open.account]!;
    const value = Math.abs(this.#instrument.value(open.claimTicks, open.leftLots));
    const perLot = account.positions[open.position]!.buyPerLotQuanta > 0;
    const extra = extraQuanta ?? (perLot ? 0 : worstFeeQuanta(this.#fees, 0, value, open.leftLots));
    return account.reserve(open.position, open.side, open.leftLots, value, extra);
  }

  #unclaim(open: OpenOrder, lots: number): void {
    if (open.claimTicks === 0 || lots <= 0) return;
    const value = Math.abs(this.#instrument.value(open.claimTicks, lots));
    this.#accounts[open.account]!.unreserve(open.position, open.side, lots, value);
  }
}
