import type { BookOrder } from './matching-book.ts';
import { grownFloats, grownInts, type PriceLadder } from './price-ladder.ts';

/** Orders that rest on a book, in columns; each is a link in its level's queue. Slots are reused. */
export class RestingOrders {
  id = new Float64Array(64);
  account = new Int32Array(64);
  side = new Int32Array(64);
  ticks = new Float64Array(64);
  reserveTicks = new Float64Array(64);
  /** Lots asked for, lots shown now, lots behind them, and how many are shown at a time (0: all). */
  lots = new Float64Array(64);
  shown = new Float64Array(64);
  hidden = new Float64Array(64);
  display = new Float64Array(64);
  postOnly = new Int32Array(64);
  next = new Int32Array(64);
  previous = new Int32Array(64);
  level = new Int32Array(64);
  #free = -1;
  #used = 0;

  left(slot: number): number {
    return this.shown[slot]! + this.hidden[slot]!;
  }

  /** Takes a slot for an order of which `left` lots remain, and queues it last at its price. */
  rest(order: BookOrder, left: number, ladder: PriceLadder): number {
    const slot = this.#take();
    this.id[slot] = order.id;
    this.account[slot] = order.account;
    this.side[slot] = order.side;
    this.ticks[slot] = order.ticks;
    this.reserveTicks[slot] = order.reserveTicks;
    this.lots[slot] = order.lots;
    this.display[slot] = order.displayLots;
    this.postOnly[slot] = order.postOnly ? 1 : 0;
    this.shown[slot] = order.displayLots > 0 ? Math.min(left, order.displayLots) : left;
    this.hidden[slot] = left - this.shown[slot]!;
    const level = ladder.enter(order.ticks);
    this.level[slot] = level;
    ladder.totalLots[level]! += left;
    ladder.shownLots[level]! += this.shown[slot]!;
    this.#enqueue(slot, ladder);
    return slot;
  }

  /** Takes an order off its level (and the level off the ladder where it was the last) and frees its slot. */
  remove(slot: number, ladder: PriceLadder): void {
    const level = this.level[slot]!;
    ladder.totalLots[level]! -= this.left(slot);
    ladder.shownLots[level]! -= this.shown[slot]!;
    this.#dequeue(slot, ladder);
    if (ladder.first[level] === -1) ladder.leave(this.ticks[slot]!);
    this.next[slot] = this.#free;
    this.#free = slot;
  }

  /** Fills `lots` of what an order shows; an iceberg that has shown all of its tip shows the next and queues last. */
  fill(slot: number, lots: number, ladder: PriceLadder): void {
    const level = this.level[slot]!;
    this.shown[slot]! -= lots;
    ladder.shownLots[level]! -= lots;
    ladder.totalLots[level]! -= lots;
    if (this.shown[slot] !== 0 || this.hidden[slot] === 0) return;
    const tip = Math.min(this.hidden[slot]!, this.display[slot]!);
    this.shown[slot] = tip;
    this.hidden[slot]! -= tip;
    ladder.shownLots[level]! += tip;
    this.#dequeue(slot, ladder);
    this.#enqueue(slot, ladder);
  }

  /** Takes `lots` (fewer than are left) off an order without a trade, hidden ones first; its place in the queue stays. */
  reduce(slot: number, lots: number, ladder: PriceLadder): void {
    const level = this.level[slot]!;
    const hidden = Math.min(lots, this.hidden[slot]!);
    this.hidden[slot]! -= hidden;
    this.shown[slot]! -= lots - hidden;
    this.lots[slot]! -= lots;
    ladder.totalLots[level]! -= lots;
    ladder.shownLots[level]! -= lots - hidden;
  }

  #enqueue(slot: number, ladder: PriceLadder): void {
    const level = this.level[slot]!;
    const last = ladder.last[level]!;
    this.next[slot] = -1;
    this.previous[slot] = last;
    if (last === -1) ladder.first[level] = slot;
    else this.next[last] = slot;
    ladder.last[level] = slot;
  }

  #dequeue(slot: number, ladder: PriceLadder): void {
    const level = this.level[slot]!;
    const previous = this.previous[slot]!;
    const next = this.next[slot]!;
    if (previous === -1) ladder.first[level] = next;
    else this.next[previous] = next;
    if (next === -1) ladder.last[level] = previous;
    else this.previous[next] = previous;
  }

  #take(): number {
    if (this.#free !== -1) {
      const slot = this.#free;
      this.#free = this.next[slot]!;
      return slot;
    }
    if (this.#used === this.id.length) this.#grow(this.#used * 2);
    return this.#used++;
  }

  #grow(size: number): void {
    this.id = grownFloats(this.id, size);
    this.account = grownInts(this.account, size);
    this.side = grownInts(this.side, size);
    this.ticks = grownFloats(this.ticks, size);
    this.reserveTicks = grownFloats(this.reserveTicks, size);
    this.lots = grownFloats(this.lots, size);
    this.shown = grownFloats(this.shown, size);
    this.hidden = grownFloats(this.hidden, size);
    this.display = grownFloats(this.display, size);
    this.postOnly = grownInts(this.postOnly, size);
    this.next = grownInts(this.next, size);
    this.previous = grownInts(this.previous, size);
    this.level = grownInts(this.level, size);
  }
}
