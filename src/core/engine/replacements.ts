import { isPrice } from '../execution/draft-order.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { REFUSAL } from '../vocabulary/refusal.ts';

/** What an order should become once its cancel is confirmed. */
export interface Replacement {
  /** Lots over the whole chain of replacements, what has filled included. */
  readonly lots: number;
  readonly limitTicks: number;
  readonly triggerTicks: number;
}

/** Whether what an order is to become is no more than it was: not more lots, worth no more, at a price as far away or farther. */
export function isNoMore(side: number, wanted: Replacement, before: Replacement): boolean {
  if (wanted.lots > before.lots || wanted.triggerTicks !== before.triggerTicks) return false;
  if (side > 0) return wanted.limitTicks <= before.limitTicks;
  return wanted.limitTicks >= before.limitTicks && wanted.lots * wanted.limitTicks <= before.lots * before.limitTicks;
}

/** The refusal of an amendment that rounds to no price, or to no more than has filled already; 0 where it is none. */
export function amendMistake(
  side: number,
  filledLots: number,
  instrument: Instrument,
  price: number | null,
  qty: number | null,
): number {
  if (qty !== null && !(qty > 0 && instrument.lots(qty, 'floor') > filledLots)) return REFUSAL['size-below-minimum'];
  if (price !== null && !(isPrice(price) && instrument.ticks(price, side > 0 ? 'floor' : 'ceil') > 0))
    return REFUSAL['price-not-positive'];
  return 0;
}

export interface ReplacementsSnapshot {
  readonly asked: readonly (readonly [row: number, wanted: Replacement])[];
  readonly newer: readonly (readonly [row: number, newer: number])[];
  readonly carried: readonly (readonly [row: number, lots: number])[];
}

/**
 * Cancel and replace, for venues that cannot amend: which orders wait for the confirmation of their cancel, and which order stands for
 * which since. Whoever holds the number of an order that was replaced means the newest of its chain.
 */
export class Replacements {
  readonly #asked = new Map<number, Replacement>();
  readonly #newer = new Map<number, number>();
  /** Lots that an order's predecessors had filled. */
  readonly #carried = new Map<number, number>();

  /** Asks for a replacement; a later one takes the place of an earlier. */
  ask(row: number, wanted: Replacement): void {
    this.#asked.set(row, wanted);
  }

  /** What was asked for an order and not yet done. */
  asked(row: number): Replacement | undefined {
    return this.#asked.get(row);
  }

  forget(row: number): void {
    this.#asked.delete(row);
  }

  /** Notes that `newer` stands for `row`, of whose chain `filledLots` are filled. */
  replaced(row: number, newer: number, filledLots: number): void {
    this.#newer.set(row, newer);
    this.#carried.set(newer, filledLots);
  }

  /** The order that stands for `row` now. */
  latest(row: number): number {
    let at = row;
    if (this.#newer.size > 0)
      for (let next = this.#newer.get(at); next !== undefined; next = this.#newer.get(at)) at = next;
    return at;
  }

  /** Lots filled by the orders that this one replaced. */
  carried(row: number): number {
    return this.#carried.size === 0 ? 0 : (this.#carried.get(row) ?? 0);
  }

  snapshot(): ReplacementsSnapshot {
    return { asked: [...this.#asked], newer: [...this.#newer], carried: [...this.#carried] };
  }

  restore(s: ReplacementsSnapshot): void {
    this.reset();
    for (const [row, wanted] of s.asked) this.#asked.set(row, wanted);
    for (const [row, newer] of s.newer) this.#newer.set(row, newer);
    for (const [row, lots] of s.carried) this.#carried.set(row, lots);
  }

  reset(): void {
    this.#asked.clear();
    this.#newer.clear();
    this.#carried.clear();
  }
}
