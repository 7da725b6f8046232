import type { VenueOrder } from '../ports/exchange-gateway.ts';

const KEPT = 10_000;

/** What a venue said last of each order, so that what it repeats is not journaled again. */
export class LastWords {
  readonly #texts = new Map<string, string>();

  /** Whether it says something else than before, or speaks of this order for the first time. */
  isNew(order: VenueOrder): boolean {
    const key = `${order.symbol} ${order.venueOrderId}`;
    const text = JSON.stringify(order);
    if (this.#texts.get(key) === text) return false;
    this.#texts.set(key, text);
    if (this.#texts.size > KEPT) this.#texts.delete(this.#texts.keys().next().value!);
    return true;
  }
}
