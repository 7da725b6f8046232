/** Largest number of orders whose ids are remembered. */
const CAPACITY = 20_000;

/** So many orders cost as much one by one as a page of them: 4 each and 20 on spot, 1 and 5 on USD-M. */
const WORTH_A_PAGE = 5;

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

  /**
   * Learns orders that are not known yet by whole pages, for as long as a page costs no more than to ask for them one by one: a busy hour of
   * trades would use up the venue's limit otherwise. `readFrom` reads orders from a number on and learns them. What is left is unknown still.
   */
  async learnPages(
    symbol: string,
    orderIds: Iterable<string>,
    readFrom: (orderId: string) => Promise<unknown>,
  ): Promise<void> {
    const unknown = (ids: Iterable<string>): string[] =>
      [...new Set(ids)].filter((id) => this.of(symbol, id) === undefined);
    for (let left = unknown(orderIds); left.length >= WORTH_A_PAGE; ) {
      const before = left.length;
      await readFrom(left.reduce((lowest, id) => (BigInt(id) < BigInt(lowest) ? id : lowest)));
      left = unknown(left);
      if (before - left.length < WORTH_A_PAGE) return;
    }
  }

  of(symbol: string, venueOrderId: string): string | undefined {
    return this.#names.get(`${symbol} ${venueOrderId}`);
  }
}
