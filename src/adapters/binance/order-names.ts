/** Largest number of orders whose ids are remembered. */
const CAPACITY = 20_000;

/**
 * Which of our ids an order number of the venue belongs to. Trades are listed by order number alone; what this program has not seen must be
 * asked for. The oldest are forgotten first.
 */
export class OrderNames {
  readonly #names = new Map<string, string>();

  learn(symbol: string, venueOrderId: string, clientOrderId: string): void {
    const key = `${symbol} ${venueOrderId}`;
    if (this.#names.has(key)) return;
    if (this.#names.size === CAPACITY) this.#names.delete(this.#names.keys().next().value!);
    this.#names.set(key, clientOrderId);
  }

  /** As {@link learn}, but what was known before gives way. */
  relearn(symbol: string, venueOrderId: string, clientOrderId: string): void {
    this.#names.delete(`${symbol} ${venueOrderId}`);
    this.learn(symbol, venueOrderId, clientOrderId);
  }

  of(symbol: string, venueOrderId: string): string | undefined {
    return this.#names.get(`${symbol} ${venueOrderId}`);
  }
}
