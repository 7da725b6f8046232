/** What a strategy asked for and why, one row an intent. Texts are kept by reference: the same `why` costs nothing twice. */
export class Intents {
  count = 0;
  readonly why: string[] = [];
  readonly tag: (string | undefined)[] = [];
  readonly action: string[] = [];
  slot = new Int32Array(256);
  /** Sequence number of the `signal-generated` event. */
  seq = new Int32Array(256);

  add(slot: number, action: string, why: string, tag: string | undefined): number {
    const row = this.count++;
    if (row === this.slot.length) this.#grow(row * 2);
    this.slot[row] = slot;
    this.action[row] = action;
    this.why[row] = why;
    this.tag[row] = tag;
    return row;
  }

  clear(): void {
    this.count = 0;
  }

  #grow(size: number): void {
    const slot = new Int32Array(size);
    slot.set(this.slot);
    this.slot = slot;
    const seq = new Int32Array(size);
    seq.set(this.seq);
    this.seq = seq;
  }
}
