export const REQUEST = { place: 0, placeNative: 1, cancel: 2, amend: 3 } as const;

/** Requests that wait to be sent to the venue, in order. The driver drains it after every call of the engine. */
export class Outbox {
  count = 0;
  kind = new Uint8Array(64);
  row = new Int32Array(64);
  /** Of an amend alone. */
  lots = new Float64Array(64);
  limitTicks = new Float64Array(64);
  triggerTicks = new Float64Array(64);

  push(kind: number, row: number): void {
    const k = this.count++;
    if (k === this.kind.length) this.#grow(k * 2);
    this.kind[k] = kind;
    this.row[k] = row;
  }

  /** An amend: what the order should become. */
  pushAmend(row: number, lots: number, limitTicks: number, triggerTicks: number): void {
    const k = this.count;
    this.push(REQUEST.amend, row);
    this.lots[k] = lots;
    this.limitTicks[k] = limitTicks;
    this.triggerTicks[k] = triggerTicks;
  }

  #grow(size: number): void {
    const kind = new Uint8Array(size);
    kind.set(this.kind);
    this.kind = kind;
    const row = new Int32Array(size);
    row.set(this.row);
    this.row = row;
    for (const name of ['lots', 'limitTicks', 'triggerTicks'] as const) {
      const column = new Float64Array(size);
      column.set(this[name]);
      this[name] = column;
    }
  }
}
