/**
 * A spot market of several accounts: a matching book, the locks of its orders, and the settlement of its trades.
 *
 * ASSUMPTIONS
 * 1. A bid locks its value at its reserve price (its limit where it has none) with the dearest fee; a market bid must have a
 *    reserve price. An ask locks its base quantity; its fee comes out of its proceeds.
 * 2. After every fill an order keeps locked what the rest of it needs, and no more.
 * 3. Fees go to the venue, rebates come from it; so do the quanta of `spot-account.ts` assumption 3. Accounts and venue
 *    together never gain or lose a quantum.
 * 4. A fee in a third asset is paid in quote where the account has not enough of that asset (Binance's rule for BNB).
 */
import type { Instrument } from '../vocabulary/instrument.ts';
import { multiply } from '../vocabulary/integer.ts';
import { BOOK_EVENT } from './book-events.ts';
import { type FeeSchedule, feeInBaseQuanta, feeInThirdQuanta, feeQuanta, worstFeeQuanta } from './fees.ts';
import type { BookOrder, MatchingBook } from './matching-book.ts';
import type { SpotAccount } from './spot-account.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

/** Indexes of a pair's assets in its accounts, and the quanta of base in a lot. `thirdAsset` pays fees where so scheduled. */
export type SpotPair = {
  readonly baseAsset: number;
  readonly quoteAsset: number;
  readonly thirdAsset?: number;
  readonly baseQuantaPerLot: number;
};

type OpenOrder = {
  readonly account: number;
  readonly side: number;
  /** Price at which a bid is covered. */
  readonly coverTicks: number;
  feePaidQuanta: number;
  filled: boolean;
};

export class SpotMarket {
  readonly book: MatchingBook;
  readonly #instrument: Instrument;
  readonly #pair: SpotPair;
  readonly #fees: FeeSchedule;
  readonly #accounts: readonly SpotAccount[];
  /** Fees collected per asset, rebates subtracted. */
  readonly collectedQuanta: Float64Array;
  readonly #open = new Map<number, OpenOrder>();

  constructor(
    instrument: Instrument,
    pair: SpotPair,
    fees: FeeSchedule,
    book: MatchingBook,
    accounts: readonly SpotAccount[],
    collectedQuanta: Float64Array,
  ) {
    this.#instrument = instrument;
    this.#pair = pair;
    this.#fees = fees;
    this.book = book;
    this.#accounts = accounts;
    this.collectedQuanta = collectedQuanta;
  }

  /** Locks, matches and settles a new order. Its id must be a small non-negative integer. Events: `book.events`. */
  place(order: BookOrder): number {
    if (this.#open.has(order.id)) {
      this.book.events.clear();
      return VENUE_REFUSAL['duplicate-order'];
    }
    const account = this.#accounts[order.account]!;
    const coverTicks = order.reserveTicks > 0 ? order.reserveTicks : order.ticks;
    if (order.side > 0 && coverTicks === 0) {
      this.book.events.clear();
      return VENUE_REFUSAL['invalid-price'];
    }
    const open: OpenOrder = { account: order.account, side: order.side, coverTicks, feePaidQuanta: 0, filled: false };
    const needed = this.#needed(open, order.lots);
    const refusal = account.lock(order.id, this.#payAsset(order.side), needed);
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

  #settle(): void {
    const { events } = this.book;
    for (let i = 0; i < events.count; i++) {
      const order = events.order[i]!;
      if (events.kind[i] === BOOK_EVENT.trade) {
        const taker = events.other[i]!;
        this.#fill(order, true, events.ticks[i]!, events.lots[i]!, events.orderLeft[i]!);
        this.#fill(taker, false, events.ticks[i]!, events.lots[i]!, events.otherLeft[i]!);
      } else if (events.kind[i] === BOOK_EVENT.canceled) {
        this.#end(order);
      } else if (events.kind[i] === BOOK_EVENT.decremented) {
        this.#relock(order, events.orderLeft[i]!);
      }
    }
  }

  #fill(id: number, maker: boolean, ticks: number, lots: number, left: number): void {
    const open = this.#open.get(id)!;
    const account = this.#accounts[open.account]!;
    const { baseAsset, quoteAsset, thirdAsset, baseQuantaPerLot } = this.#pair;
    const value = this.#instrument.value(ticks, lots);
    const base = multiply(baseQuantaPerLot, lots, 'base quantity');
    let fee = feeQuanta(this.#fees, 0, maker, value, lots, !open.filled, open.feePaidQuanta);
    open.filled = true;
    open.feePaidQuanta += fee;
    let feeAsset = quoteAsset;
    if (this.#fees.payIn === 'base' && open.side > 0) {
      feeAsset = baseAsset;
      fee = feeInBaseQuanta(this.#fees, 0, maker, base);
    } else if (this.#fees.payIn === 'third' && thirdAsset !== undefined) {
      const inThird = feeInThirdQuanta(this.#fees, fee);
      if (account.free[thirdAsset]! >= inThird) {
        feeAsset = thirdAsset;
        fee = inThird;
      }
    }
    const unpaid =
      open.side > 0
        ? account.settle(id, quoteAsset, value, baseAsset, base, feeAsset, fee)
        : account.settle(id, baseAsset, base, quoteAsset, value, feeAsset, fee);
    this.collectedQuanta[feeAsset]! += fee - unpaid;
    this.#relock(id, left);
  }

  #relock(id: number, left: number): void {
    if (left === 0) {
      this.#end(id);
      return;
    }
    const open = this.#open.get(id)!;
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
    const value = this.#instrument.value(open.coverTicks, lots);
    return value + (this.#fees.payIn === 'base' ? 0 : worstFeeQuanta(this.#fees, 0, value, lots));
  }

  #payAsset(side: number): number {
    return side > 0 ? this.#pair.quoteAsset : this.#pair.baseAsset;
  }
}
