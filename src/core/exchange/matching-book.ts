/**
 * A limit order book of several accounts, matched by price, then time.
 *
 * ASSUMPTIONS
 * 1. A taker trades at the maker's price, best price first, first come first served within a price.
 * 2. An amendment that only makes an order smaller keeps its place; a new price or more size queues it last, as a new taker if
 *    it crosses. A post-only order that would trade is refused, when placed and when moved, and stays as it was.
 * 3. What an IOC or market order cannot trade at once is canceled. FOK trades whole or not at all; lots that self-trade
 *    prevention would stop it from reaching do not count as available.
 * 4. An iceberg shows `displayLots`; each time they are gone it shows as many again and queues last. Hidden lots count for FOK.
 * 5. Self-trade prevention acts when a taker meets an order of its own account: `cancel-newest` ends the taker,
 *    `cancel-oldest` the maker, `cancel-both` both, `decrement` takes the smaller's lots off both; `none` lets them trade.
 *    The taker's mode decides (Binance's rule), or the book's where the taker has none.
 * 6. A bid never moves above its reserve price, up to which its funds are locked (exchange-core's rule).
 * 7. A command is atomic and takes no time. There are no auctions, no pro-rata matching, no hidden order types but icebergs.
 *
 * The book knows nothing of money: `spot-market.ts` and `margin-market.ts` put accounts around it.
 */
import type { TimeInForce } from '../vocabulary/order.ts';
import { BOOK_EVENT, BookEvents } from './book-events.ts';
import { PriceLadder } from './price-ladder.ts';
import { RestingOrders } from './resting-orders.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

export const SELF_TRADE_MODES = ['none', 'cancel-newest', 'cancel-oldest', 'cancel-both', 'decrement'] as const;
export type SelfTradeMode = (typeof SELF_TRADE_MODES)[number];

/** An order for the book. `gtd` rests like `gtc`: whoever keeps the time cancels it. */
export type BookOrder = {
  id: number;
  account: number;
  /** 1 buy, −1 sell. */
  side: number;
  /** Limit, or 0 for a market order. */
  ticks: number;
  lots: number;
  tif: TimeInForce;
  postOnly: boolean;
  /** Lots shown at a time; 0 shows all. */
  displayLots: number;
  /** Highest price a bid may be moved to; 0 for any. */
  reserveTicks: number;
  /** What happens when this order, as a taker, meets its own account; the book's mode where absent. */
  selfTrade?: SelfTradeMode;
};

/** A resting order as it stands. */
export type RestingOrder = BookOrder & { readonly leftLots: number };

export class MatchingBook {
  /** What the last command did. */
  readonly events = new BookEvents();
  readonly #mode: SelfTradeMode;
  readonly #orders = new RestingOrders();
  readonly #slots = new Map<number, number>();
  readonly #bids = new PriceLadder(1);
  readonly #asks = new PriceLadder(-1);

  constructor(selfTrade: SelfTradeMode = 'none') {
    this.#mode = selfTrade;
  }

  /** Matches a new order and rests what is left. Returns 0 or a {@link VENUE_REFUSAL}; refused orders change nothing. */
  place(order: BookOrder): number {
    this.events.clear();
    if (this.#slots.has(order.id)) return VENUE_REFUSAL['duplicate-order'];
    if (!Number.isSafeInteger(order.lots) || order.lots <= 0) return VENUE_REFUSAL['invalid-size'];
    if (!Number.isSafeInteger(order.ticks) || order.ticks < 0) return VENUE_REFUSAL['invalid-price'];
    if (order.side > 0 && order.reserveTicks > 0 && order.ticks > order.reserveTicks) {
      return VENUE_REFUSAL['price-above-reserve'];
    }
    if (order.postOnly && this.#crosses(order.side, order.ticks)) return VENUE_REFUSAL['post-only-would-cross'];
    if (order.tif === 'fok' && this.#fillable(order) < order.lots) return VENUE_REFUSAL['fill-or-kill-not-fillable'];
    const left = this.#match(order, order.lots);
    if (left > 0) {
      if (order.ticks === 0 || order.tif === 'ioc') this.#ended(order.id, order.ticks, left);
      else this.#slots.set(order.id, this.#orders.rest(order, left, this.#own(order.side)));
    }
    return VENUE_REFUSAL.accepted;
  }

  /**
   * Trades an order with everybody but its own account, whose orders it passes over, at its limit or better. Nothing rests.
   * Returns the lots that nobody took.
   */
  takeFromOthers(order: BookOrder): number {
    this.events.clear();
    const other = this.#own(-order.side);
    let left = order.lots;
    for (let rank = 0; left > 0 && rank < other.count && this.#reaches(order, other.ticks(rank)); ) {
      const slot = this.#firstOther(other, rank, order.account);
      if (slot === -1) rank++;
      else left = this.#trade(order, left, slot);
    }
    return left;
  }

  /**
   * What an order of an account would find at a limit (0: any) or better, own orders left out: as many as `lots`, worth no more
   * than `tickLots` (the sum of price × lots).
   */
  walk(side: number, account: number, ticks: number, lots: number, tickLots: number): BookWalk {
    const other = this.#own(-side);
    const walk = { lots: 0, tickLots: 0, worstTicks: 0, emptied: true };
    for (let rank = 0; rank < other.count; rank++) {
      const price = other.ticks(rank);
      if (ticks !== 0 && side * price > side * ticks) break;
      let available = 0;
      for (let slot = other.first[other.level(rank)]!; slot !== -1; slot = this.#orders.next[slot]!) {
        if (this.#orders.account[slot] !== account) available += this.#orders.left(slot);
      }
      const most = Math.min(lots - walk.lots, Math.floor((tickLots - walk.tickLots) / price));
      const taken = Math.min(available, most);
      walk.lots += taken;
      walk.tickLots += taken * price;
      if (taken > 0) walk.worstTicks = price;
      if (available > 0 && taken === most) return { ...walk, emptied: false };
    }
    return walk;
  }

  /** Takes an order off the book. */
  cancel(id: number): number {
    this.events.clear();
    const slot = this.#slots.get(id);
    if (slot === undefined) return VENUE_REFUSAL['unknown-order'];
    this.#remove(slot);
    return VENUE_REFUSAL.accepted;
  }

  /** Makes an order smaller by `lots`; by all that is left or more cancels it. Its place in the queue stays. */
  reduce(id: number, lots: number): number {
    this.events.clear();
    const slot = this.#slots.get(id);
    if (slot === undefined) return VENUE_REFUSAL['unknown-order'];
    if (!Number.isSafeInteger(lots) || lots <= 0) return VENUE_REFUSAL['invalid-size'];
    this.#shrink(slot, lots);
    return VENUE_REFUSAL.accepted;
  }

  /** Moves an order to another price with what is left of it. */
  move(id: number, ticks: number): number {
    const slot = this.#slots.get(id);
    return this.amend(id, ticks, slot === undefined ? 1 : this.#orders.left(slot));
  }

  /** Gives an order a price and a number of lots left to fill; see assumption 2 for its place in the queue, which `requeue` gives up. */
  amend(id: number, ticks: number, lots: number, requeue = false): number {
    this.events.clear();
    const slot = this.#slots.get(id);
    if (slot === undefined) return VENUE_REFUSAL['unknown-order'];
    if (!Number.isSafeInteger(lots) || lots <= 0) return VENUE_REFUSAL['invalid-size'];
    if (!Number.isSafeInteger(ticks) || ticks <= 0) return VENUE_REFUSAL['invalid-price'];
    const order = this.#read(slot);
    const { leftLots } = order;
    if (order.side > 0 && order.reserveTicks > 0 && ticks > order.reserveTicks) {
      return VENUE_REFUSAL['price-above-reserve'];
    }
    if (!requeue && ticks === order.ticks && lots <= leftLots) {
      if (lots < leftLots) this.#shrink(slot, leftLots - lots);
      return VENUE_REFUSAL.accepted;
    }
    if (order.postOnly && this.#crosses(order.side, ticks)) return VENUE_REFUSAL['post-only-would-cross'];
    this.#slots.delete(id);
    this.#orders.remove(slot, this.#own(order.side));
    order.ticks = ticks;
    order.lots += lots - leftLots;
    const left = this.#match(order, lots);
    if (left > 0) this.#slots.set(id, this.#orders.rest(order, left, this.#own(order.side)));
    return VENUE_REFUSAL.accepted;
  }

  /** A resting order, or null. */
  order(id: number): RestingOrder | null {
    const slot = this.#slots.get(id);
    return slot === undefined ? null : this.#read(slot);
  }

  /** Best price of a side (1 bids, −1 asks), or 0 where it is empty. */
  bestTicks(side: number): number {
    const ladder = this.#own(side);
    return ladder.count === 0 ? 0 : ladder.ticks(0);
  }

  /** Lots shown at a price of a side. */
  lotsAt(side: number, ticks: number): number {
    const ladder = this.#own(side);
    const level = ladder.find(ticks);
    return level === -1 ? 0 : ladder.shownLots[level]!;
  }

  /** Shown levels of a side, best first, at most `depth`. */
  levels(side: number, depth = Number.POSITIVE_INFINITY): { ticks: number; lots: number }[] {
    const ladder = this.#own(side);
    const levels: { ticks: number; lots: number }[] = [];
    for (let rank = 0; rank < ladder.count && rank < depth; rank++) {
      levels.push({ ticks: ladder.ticks(rank), lots: ladder.shownLots[ladder.level(rank)]! });
    }
    return levels;
  }

  /** Every resting order, bids then asks, each in the order in which it would trade. */
  snapshot(): RestingOrderState[] {
    const state: RestingOrderState[] = [];
    for (const ladder of [this.#bids, this.#asks]) {
      for (let rank = 0; rank < ladder.count; rank++) {
        for (let slot = ladder.first[ladder.level(rank)]!; slot !== -1; slot = this.#orders.next[slot]!) {
          state.push({ ...this.#read(slot), shownLots: this.#orders.shown[slot]! });
        }
      }
    }
    return state;
  }

  /** Of an empty book. */
  restore(state: readonly RestingOrderState[]): void {
    for (const order of state) {
      const ladder = this.#own(order.side);
      const slot = this.#orders.rest(order, order.leftLots, ladder);
      this.#slots.set(order.id, slot);
      const change = order.shownLots - this.#orders.shown[slot]!;
      this.#orders.shown[slot]! += change;
      this.#orders.hidden[slot]! -= change;
      ladder.shownLots[this.#orders.level[slot]!]! += change;
    }
  }

  #own(side: number): PriceLadder {
    return side > 0 ? this.#bids : this.#asks;
  }

  #crosses(side: number, ticks: number): boolean {
    const other = this.#own(-side);
    return other.count > 0 && (ticks === 0 || side * other.ticks(0) <= side * ticks);
  }

  #reaches(taker: BookOrder, ticks: number): boolean {
    return taker.ticks === 0 || taker.side * ticks <= taker.side * taker.ticks;
  }

  /** Trades against the other side; returns the lots that are left to rest or cancel (0 where prevention ended the taker). */
  #match(taker: BookOrder, lots: number): number {
    const other = this.#own(-taker.side);
    const orders = this.#orders;
    const mode = taker.selfTrade ?? this.#mode;
    let left = lots;
    while (left > 0 && this.#crosses(taker.side, taker.ticks)) {
      const slot = other.first[other.level(0)]!;
      const prevented = mode !== 'none' && orders.account[slot] === taker.account;
      left = prevented ? this.#prevent(taker, left, slot, mode) : this.#trade(taker, left, slot);
    }
    return left;
  }

  /** Trades a taker with what one resting order shows; returns the taker's lots left. */
  #trade(taker: BookOrder, left: number, slot: number): number {
    const orders = this.#orders;
    const other = this.#own(-taker.side);
    const traded = Math.min(left, orders.shown[slot]!);
    const makerLeft = orders.left(slot) - traded;
    const maker = orders.id[slot]!;
    this.events.add(BOOK_EVENT.trade, maker, taker.id, orders.ticks[slot]!, traded, makerLeft, left - traded);
    orders.fill(slot, traded, other);
    if (makerLeft === 0) {
      this.#slots.delete(maker);
      orders.remove(slot, other);
    }
    return left - traded;
  }

  /** First order at a level that is not the account's, or −1. */
  #firstOther(ladder: PriceLadder, rank: number, account: number): number {
    let slot = ladder.first[ladder.level(rank)]!;
    while (slot !== -1 && this.#orders.account[slot] === account) slot = this.#orders.next[slot]!;
    return slot;
  }

  /** Self-trade prevention against one resting order; returns the taker's lots left. */
  #prevent(taker: BookOrder, left: number, slot: number, mode: SelfTradeMode): number {
    const orders = this.#orders;
    const makerLots = orders.left(slot);
    const both = Math.min(left, makerLots);
    const decrement = mode === 'decrement';
    const ofMaker = decrement ? both : mode === 'cancel-newest' ? 0 : makerLots;
    const ofTaker = decrement ? both : mode === 'cancel-oldest' ? 0 : left;
    this.events.add(BOOK_EVENT.prevented, orders.id[slot]!, taker.id, orders.ticks[slot]!, both, ofMaker, ofTaker);
    if (ofMaker > 0) this.#shrink(slot, ofMaker);
    if (ofTaker === left) this.#ended(taker.id, taker.ticks, left);
    else if (ofTaker > 0)
      this.events.add(BOOK_EVENT.decremented, taker.id, -1, taker.ticks, ofTaker, left - ofTaker, 0);
    return left - ofTaker;
  }

  /** Lots that a taker could trade now, counted until there are enough. */
  #fillable(taker: BookOrder): number {
    const other = this.#own(-taker.side);
    const orders = this.#orders;
    const mode = taker.selfTrade ?? this.#mode;
    let lots = 0;
    for (let rank = 0; rank < other.count && lots < taker.lots; rank++) {
      if (!this.#reaches(taker, other.ticks(rank))) break;
      const level = other.level(rank);
      if (mode === 'none') {
        lots += other.totalLots[level]!;
        continue;
      }
      let shownAhead = 0;
      let total = 0;
      let met = false;
      for (let slot = other.first[level]!; slot !== -1; slot = orders.next[slot]!) {
        if (orders.account[slot] === taker.account) met = true;
        else total += orders.left(slot);
        if (!met) shownAhead += orders.shown[slot]!;
      }
      if (!met || mode === 'cancel-oldest') {
        lots += total;
        continue;
      }
      // Tips that icebergs show anew queue behind the taker's own order, where it never comes.
      lots += shownAhead;
      break;
    }
    return lots;
  }

  #shrink(slot: number, lots: number): void {
    const orders = this.#orders;
    const left = orders.left(slot);
    if (lots >= left) {
      this.#remove(slot);
      return;
    }
    orders.reduce(slot, lots, this.#own(orders.side[slot]!));
    this.events.add(BOOK_EVENT.decremented, orders.id[slot]!, -1, orders.ticks[slot]!, lots, left - lots, 0);
  }

  #remove(slot: number): void {
    const orders = this.#orders;
    const id = orders.id[slot]!;
    this.#ended(id, orders.ticks[slot]!, orders.left(slot));
    this.#slots.delete(id);
    orders.remove(slot, this.#own(orders.side[slot]!));
  }

  #ended(id: number, ticks: number, lots: number): void {
    this.events.add(BOOK_EVENT.canceled, id, -1, ticks, lots, 0, 0);
  }

  #read(slot: number): RestingOrder & { ticks: number } {
    const orders = this.#orders;
    return {
      id: orders.id[slot]!,
      account: orders.account[slot]!,
      side: orders.side[slot]!,
      ticks: orders.ticks[slot]!,
      lots: orders.lots[slot]!,
      tif: 'gtc',
      postOnly: orders.postOnly[slot] === 1,
      displayLots: orders.display[slot]!,
      reserveTicks: orders.reserveTicks[slot]!,
      leftLots: orders.left(slot),
    };
  }
}

/** What {@link MatchingBook.walk} found. `emptied`: the book gave out before the lots or the budget did. */
export type BookWalk = {
  readonly lots: number;
  readonly tickLots: number;
  /** Price of the last lot, 0 where there is none. */
  readonly worstTicks: number;
  readonly emptied: boolean;
};

/** A resting order with the tip it shows, as JSON. */
export type RestingOrderState = RestingOrder & { readonly shownLots: number };
