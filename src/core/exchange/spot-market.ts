/**
 * A spot market of several accounts: a matching book, the locks of its orders, and the settlement of its trades.
 *
 * ASSUMPTIONS
 * 1. A bid locks its value at its reserve price (its limit where it has none) with the dearest fee; a market bid must have a
 *    reserve price. An ask locks its base quantity; its fee comes out of its proceeds.
 * 2. After every fill an order keeps locked what the rest of it needs, and no more.
 * 3. Fees go to the venue, rebates come from it; so do the quanta of `spot-account.ts` assumption 3. Accounts and venue
 *    together never gain or lose a quantum.
 * 4. What an order has locked already (for a trigger that has fired, say) counts; only the rest is locked when it is placed.
 * 5. Fees are a {@link SpotCommission}'s business; what each trade cost is in `charges`, row by row beside `book.events`.
 */

import type { Instrument } from '../vocabulary/instrument.ts';
import { multiply } from '../vocabulary/integer.ts';
import { BOOK_EVENT } from './book-events.ts';
import type { BookOrder, MatchingBook } from './matching-book.ts';
import type { SpotAccount } from './spot-account.ts';
import type { SpotCommission, SpotPair } from './spot-commission.ts';
import { TradeCharges } from './trade-charges.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

type OpenOrder = {
  readonly account: number;
  readonly side: number;
  /** Price at which a bid is covered. */
  readonly coverTicks: number;
  /** Funds given for an order that cannot rest, in place of what its price says; −1 where there are none. */
  readonly coverQuanta: number;
  feePaidQuanta: number;
  filled: boolean;
};

export class SpotMarket {
  readonly book: MatchingBook;
  readonly charges = new TradeCharges();
  readonly #instrument: Instrument;
  readonly #pair: SpotPair;
  readonly #commission: SpotCommission;
  readonly #accounts: readonly SpotAccount[];
  /** Fees collected per asset, rebates subtracted. */
  readonly collectedQuanta: Float64Array;
  readonly #open = new Map<number, OpenOrder>();

  constructor(
    instrument: Instrument,
    pair: SpotPair,
    commission: SpotCommission,
    book: MatchingBook,
    accounts: readonly SpotAccount[],
    collectedQuanta: Float64Array,
  ) {
    this.#instrument = instrument;
    this.#pair = pair;
    this.#commission = commission;
    this.book = book;
    this.#accounts = accounts;
    this.collectedQuanta = collectedQuanta;
  }

  /**
   * Locks, matches and settles a new order. Its id must be a small non-negative integer. Events: `book.events`.
   *
   * @param coverQuanta funds of a bid that cannot rest (market or IOC), where the caller knows better than its price what it may cost; −1 where not
   */
  place(order: BookOrder, coverQuanta = -1): number {
    if (this.#open.has(order.id)) {
      this.book.events.clear();
      return VENUE_REFUSAL['duplicate-order'];
    }
    const account = this.#accounts[order.account]!;
    const coverTicks = order.reserveTicks > 0 ? order.reserveTicks : order.ticks;
    if (order.side > 0 && coverTicks === 0 && coverQuanta < 0) {
      this.book.events.clear();
      return VENUE_REFUSAL['invalid-price'];
    }
    const { side } = order;
    const open: OpenOrder = {
      account: order.account,
      side,
      coverTicks,
      coverQuanta,
      feePaidQuanta: 0,
      filled: false,
    };
    const missing = this.#needed(open, order.lots) - account.lockedBy(order.id);
    const refusal = missing > 0 ? account.lock(order.id, this.#payAsset(side), missing) : VENUE_REFUSAL.accepted;
    if (refusal !== VENUE_REFUSAL.accepted) {
      this.book.events.clear();
      return refusal;
    }
    this.#open.set(order.id, open);
    const result = this.book.place(order);
    if (result === VENUE_REFUSAL.accepted) this.#settle();
    else this.#end(order.id);
    return result;
  }

  cancel(id: number): number {
    const result = this.book.cancel(id);
    if (result === VENUE_REFUSAL.accepted) this.#settle();
    return result;
  }

  reduce(id: number, lots: number): number {
    const result = this.book.reduce(id, lots);
    if (result === VENUE_REFUSAL.accepted) this.#settle();
    return result;
  }

  /** Moves an order to another price; a bid only up to the price at which it is covered. */
  move(id: number, ticks: number): number {
    const open = this.#open.get(id);
    if (open !== undefined && open.side > 0 && ticks > open.coverTicks) {
      this.book.events.clear();
      return VENUE_REFUSAL['price-above-reserve'];
    }
    const result = this.book.move(id, ticks);
    if (result === VENUE_REFUSAL.accepted) this.#settle();
    return result;
  }

  /** Trades an order of a market maker with everybody else, see `MatchingBook.takeFromOthers`. Returns the lots that are left. */
  takeFromOthers(order: BookOrder): number {
    this.#open.set(order.id, {
      account: order.account,
      side: order.side,
      coverTicks: order.ticks,
      coverQuanta: -1,
      feePaidQuanta: 0,
      filled: false,
    });
    const left = this.book.takeFromOthers(order);
    this.#settle();
    this.#end(order.id);
    return left;
  }

  #settle(): void {
    const { events } = this.book;
    this.charges.clear(events.count);
    for (let i = 0; i < events.count; i++) {
      const order = events.order[i]!;
      if (events.kind[i] === BOOK_EVENT.trade) {
        const taker = events.other[i]!;
        const ticks = events.ticks[i]!;
        this.charges.valueQuanta[i] = this.#instrument.value(ticks, events.lots[i]!);
        this.#fill(i, order, true, events.lots[i]!, events.orderLeft[i]!);
        this.#fill(i, taker, false, events.lots[i]!, events.otherLeft[i]!);
      } else if (events.kind[i] === BOOK_EVENT.canceled) {
        this.#end(order);
      } else if (events.kind[i] === BOOK_EVENT.decremented) {
        this.#relock(order, events.orderLeft[i]!);
      }
    }
  }

  #fill(row: number, id: number, maker: boolean, lots: number, left: number): void {
    const open = this.#open.get(id)!;
    const account = this.#accounts[open.account]!;
    const { baseAsset, quoteAsset, baseQuantaPerLot } = this.#pair;
    const value = this.charges.valueQuanta[row]!;
    const base = multiply(baseQuantaPerLot, lots, 'base quantity');
    const fee = this.#commission;
    fee.charge(open.account, account, open.side, maker, value, base, lots, !open.filled, open.feePaidQuanta);
    open.filled = true;
    open.feePaidQuanta += fee.settleQuanta;
    const payAsset = this.#payAsset(open.side);
    const pay = open.side > 0 ? value : base;
    const receive = open.side > 0 ? base : value;
    const available = account.availableTo(id, payAsset);
    const receiveAsset = open.side > 0 ? baseAsset : quoteAsset;
    const unpaid = account.settle(id, payAsset, pay, receiveAsset, receive, fee.asset, fee.quanta);
    const unpaidPay = Math.max(0, pay - available);
    this.collectedQuanta[payAsset]! -= unpaidPay;
    this.collectedQuanta[fee.asset]! += fee.quanta - (unpaid - unpaidPay);
    if (maker) this.charges.maker(row, fee.asset, fee.quanta);
    else this.charges.taker(row, fee.asset, fee.quanta);
    this.#relock(id, left);
  }

  #relock(id: number, left: number): void {
    if (left === 0) {
      this.#end(id);
      return;
    }
    const open = this.#open.get(id)!;
    if (open.coverQuanta >= 0) return;
    const account = this.#accounts[open.account]!;
    account.release(id, Math.max(0, account.lockedBy(id) - this.#needed(open, left)));
  }

  #end(id: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#accounts[open.account]!.release(id);
    this.#open.delete(id);
  }

  #needed(open: OpenOrder, lots: number): number {
    if (open.side < 0) return multiply(this.#pair.baseQuantaPerLot, lots, 'base quantity');
    if (open.coverQuanta >= 0) return open.coverQuanta;
    const value = this.#instrument.value(open.coverTicks, lots);
    return value + this.#commission.worstQuanta(value, lots);
  }

  #payAsset(side: number): number {
    return side > 0 ? this.#pair.quoteAsset : this.#pair.baseAsset;
  }
}
