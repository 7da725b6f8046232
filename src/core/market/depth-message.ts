/**
 * A snapshot or an update of a book as columns, to be filled, handed on and filled again. Levels may come in any order.
 * Where an update has one twice, the later counts; a snapshot has each once.
 */
export class DepthMessage {
  /** First and last change that the message covers, in the venue's counting; a snapshot has the last only. */
  firstId = 0;
  finalId = 0;
  /** Last change of the message before, where the venue says so (`pu`, `prevSeqId`); else −1. */
  previousId = -1;
  count = 0;
  /** 1 bid, −1 ask. */
  side: Int8Array;
  price: Float64Array;
  /** 0 removes the level. */
  quantity: Float64Array;

  constructor(capacity = 64) {
    this.side = new Int8Array(capacity);
    this.price = new Float64Array(capacity);
    this.quantity = new Float64Array(capacity);
  }

  /** Empties the message and gives it new numbers. */
  begin(firstId: number, finalId: number, previousId = -1): void {
    this.firstId = firstId;
    this.finalId = finalId;
    this.previousId = previousId;
    this.count = 0;
  }

  add(side: number, price: number, quantity: number): void {
    const at = this.count++;
    if (at === this.side.length) this.#grow(2 * at);
    this.side[at] = side;
    this.price[at] = price;
    this.quantity[at] = quantity;
  }

  copyFrom(other: DepthMessage): void {
    const { count } = other;
    if (count > this.side.length) this.#grow(count);
    this.firstId = other.firstId;
    this.finalId = other.finalId;
    this.previousId = other.previousId;
    this.count = count;
    for (let i = 0; i < count; i++) {
      this.side[i] = other.side[i]!;
      this.price[i] = other.price[i]!;
      this.quantity[i] = other.quantity[i]!;
    }
  }

  #grow(capacity: number): void {
    const side = new Int8Array(capacity);
    side.set(this.side);
    this.side = side;
    const price = new Float64Array(capacity);
    price.set(this.price);
    this.price = price;
    const quantity = new Float64Array(capacity);
    quantity.set(this.quantity);
    this.quantity = quantity;
  }
}
