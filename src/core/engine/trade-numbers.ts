/**
 * Which trades were booked: a bit a trade, for ever, because a venue may repeat a fill days later. Numbers are the session's own
 * small ones; an adapter maps a venue's trade ids to them.
 */
export class TradeNumbers {
  #bits = new Uint32Array(1);

  /** True the first time a number is seen. */
  add(trade: number): boolean {
    const word = trade >>> 5;
    if (word >= this.#bits.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    const bit = 1 << (trade & 31);
    if ((this.#bits[word]! & bit) !== 0) return false;
    this.#bits[word]! |= bit;
    return true;
  }

  /** The bits as words of 32, up to the last that is set. */
  snapshot(): number[] {
    return [...this.#bits.subarray(0, this.#bits.findLastIndex((word) => word !== 0) + 1)];
  }

  restore(words: ArrayLike<number>): void {
    if (words.length > this.#bits.length) this.#bits = new Uint32Array(words.length * 2);
    this.#bits.fill(0);
    this.#bits.set(words);
  }

  clear(): void {
    this.#bits.fill(0);
  }
}
