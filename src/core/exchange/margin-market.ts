/**
 * A margin market of several accounts: a matching book whose trades open and close positions.
 *
 * ASSUMPTIONS
 * 1. An order claims initial margin when it is accepted, at its limit (a market order at its reserve price or, without one, at
 *    the last price), and gives it up as it fills or ends.
 * 2. The mark price is the last trade's. Real venues mark by an index, so that one odd trade liquidates nobody.
 * 3. Fees come out of cash. Whether an order's fee must be covered when it is accepted follows the margin rule: with leverage
 *    yes, with fixed margins per lot no (exchange-core's rule).
 * 4. Nobody is liquidated here: the caller asks the accounts after each command.
 */
import type { Instrument } from '../vocabulary/instrument.ts';
import { BOOK_EVENT } from './book-events.ts';
import { type FeeSchedule, feeQuanta, worstFeeQuanta } from './fees.ts';
import type { MarginAccount } from './margin-account.ts';
import type { BookOrder, MatchingBook } from './matching-book.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

type OpenOrder = {
  readonly account: number;
  readonly side: number;
  /** Price at which its margin is claimed. */
  claimTicks: number;
  leftLots: number;
  feePaidQuanta: number;
  filled: boolean;
};

export class MarginMarket {
  readonly book: MatchingBook;
  /** Fees collected in quanta of the settle asset, rebates subtracted. */
  collectedQuanta = 0;
  lastTicks = 0;
  readonly #instrument: Instrument;
  readonly #fees: FeeSchedule;
  readonly #accounts: readonly MarginAccount[];
  readonly #positions: readonly number[];
  readonly #open = new Map<number, OpenOrder>();

  /** `positions` is each account's index of its position in this market. */
  constructor(
    instrument: Instrument,
    fees: FeeSchedule,
    book: MatchingBook,
    accounts: readonly MarginAccount[],
    positions: readonly number[],
  ) {
    this.#instrument = instrument;
    this.#fees = fees;
    this.book = book;
    this.#accounts = accounts;
    this.#positions = positions;
  }

  /** Claims margin for a new order, matches it and books its trades. Events: `book.events`. */
  place(order: BookOrder): number {
    this.book.events.clear();
    if (this.#open.has(order.id)) return VENUE_REFUSAL['duplicate-order'];
    const claimTicks = order.ticks || order.reserveTicks || this.lastTicks;
    if (claimTicks === 0) return VENUE_REFUSAL['invalid-price'];
    const open: OpenOrder = {
      account: order.account,
      side: order.side,
      claimTicks,
      leftLots: order.lots,
      feePaidQuanta: 0,
      filled: false,
    };
    const refusal = this.#claim(open);
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

  /** Moves an order to another price, where the margin at that price can be claimed. */
  move(id: number, ticks: number): number {
    this.book.events.clear();
    const open = this.#open.get(id);
    if (open === undefined) return VENUE_REFUSAL['unknown-order'];
    if (!Number.isSafeInteger(ticks) || ticks <= 0) return VENUE_REFUSAL['invalid-price'];
    const before = open.claimTicks;
    this.#unclaim(open, open.leftLots);
    open.claimTicks = ticks;
    let result = this.#claim(open);
    if (result === VENUE_REFUSAL.accepted) {
      result = this.book.move(id, ticks);
      if (result === VENUE_REFUSAL.accepted) {
        this.#bookEvents();
        return result;
      }
      this.#unclaim(open, open.leftLots);
    }
    open.claimTicks = before;
    this.#accounts[open.account]!.restoreClaim(
      this.#positions[open.account]!,
      open.side,
      open.leftLots,
      this.#instrument.value(before, open.leftLots),
    );
    return result;
  }

  #bookEvents(): void {
    const { events } = this.book;
    for (let i = 0; i < events.count; i++) {
      if (events.kind[i] === BOOK_EVENT.trade) {
        this.lastTicks = events.ticks[i]!;
        this.#fill(events.order[i]!, true, events.ticks[i]!, events.lots[i]!, events.orderLeft[i]!);
        this.#fill(events.other[i]!, false, events.ticks[i]!, events.lots[i]!, events.otherLeft[i]!);
      } else if (events.kind[i] !== BOOK_EVENT.prevented) {
        this.#shrink(events.order[i]!, events.orderLeft[i]!);
      }
    }
    if (this.lastTicks === 0) return;
    const mark = this.#instrument.price(this.lastTicks);
    for (const [i, account] of this.#accounts.entries()) account.mark(this.#positions[i]!, mark);
  }

  #fill(id: number, maker: boolean, ticks: number, lots: number, left: number): void {
    const open = this.#open.get(id)!;
    const value = Math.abs(this.#instrument.value(ticks, lots));
    const fee = feeQuanta(this.#fees, 0, maker, value, lots, !open.filled, open.feePaidQuanta);
    open.filled = true;
    open.feePaidQuanta += fee;
    this.#shrink(id, left);
    this.#accounts[open.account]!.fill(this.#positions[open.account]!, open.side, lots, ticks, fee);
    this.collectedQuanta += fee;
  }

  /** Gives up the claim of all but `left` lots; an order without lots left is forgotten. */
  #shrink(id: number, left: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#unclaim(open, open.leftLots - left);
    open.leftLots = left;
    if (left === 0) this.#open.delete(id);
  }

  #claim(open: OpenOrder): number {
    const position = this.#positions[open.account]!;
    const account = this.#accounts[open.account]!;
    const value = Math.abs(this.#instrument.value(open.claimTicks, open.leftLots));
    const perLot = account.positions[position]!.buyPerLotQuanta > 0;
    const fee = perLot ? 0 : worstFeeQuanta(this.#fees, 0, value, open.leftLots);
    return account.reserve(position, open.side, open.leftLots, value, fee);
  }

  #unclaim(open: OpenOrder, lots: number): void {
    const value = Math.abs(this.#instrument.value(open.claimTicks, lots));
    this.#accounts[open.account]!.unreserve(this.#positions[open.account]!, open.side, lots, value);
  }
}
