import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { TYPE } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import type { Rejection, VenueReport } from './venue-report.ts';

/** Places of what the venue knows of an order, and how many those are. */
const FILLED = 0;
const FEE_PAID = 1;
const LIMIT_PRICE = 2;
const TRIGGER_PRICE = 3;
/** Best price since a trailing stop was placed. */
const MARK = 4;
const ARRIVES_MS = 5;
/** When a cancel that is on its way arrives; infinity where there is none. */
const CANCELS_MS = 6;
const BITS = 7;
const WIDTH = 8;
/** The bits. */
const TRIGGERED = 1;
const WAITS = 2;
/** Numbers of a resting order in a snapshot: its row, and what is known of it. */
const FIELDS = 1 + WIDTH;

/** The orders resting at the simulated venue, by instrument, with what the venue adds to an order's row. */
export class VenueOrders {
  declare private readonly rows: Int32Array[];
  declare private readonly counts: Int32Array;
  /**
   * {@link WIDTH} numbers an order: one column, because an order is written whole and soon gone, and a store into each of eight arrays
   * costs four times one into their common one.
   */
  #facts = new Float64Array(256 * WIDTH);
  #answerKind = new Uint8Array(64);
  #answerRow = new Int32Array(64);
  readonly #answerReason: Rejection[] = [];
  #answers = 0;
  #answered = 0;
  #fillNow = new Int32Array(16);
  #fillNowCount = 0;

  constructor(instruments: number) {
    this.rows = Array.from({ length: instruments }, () => new Int32Array(16));
    this.counts = new Int32Array(instruments);
  }

  countOf(instrument: number): number {
    return this.counts[instrument]!;
  }

  /** Rows of the resting orders, oldest first; only the first {@link countOf} count. */
  rowsOf(instrument: number): Int32Array {
    return this.rows[instrument]!;
  }

  add(
    row: number,
    instrument: number,
    limitPrice: number,
    triggerPrice: number,
    arrivesMs: number,
    waits: boolean,
    mark: number,
  ): void {
    const at = row * WIDTH;
    if (at >= this.#facts.length) this.#grow(Math.max(row + 1, (this.#facts.length / WIDTH) * 2));
    const facts = this.#facts;
    facts[at + FILLED] = 0;
    facts[at + FEE_PAID] = 0;
    facts[at + LIMIT_PRICE] = limitPrice;
    facts[at + TRIGGER_PRICE] = triggerPrice;
    facts[at + MARK] = mark;
    facts[at + ARRIVES_MS] = arrivesMs;
    facts[at + CANCELS_MS] = Number.POSITIVE_INFINITY;
    facts[at + BITS] = waits ? WAITS : 0;
    let rows = this.rows[instrument]!;
    const count = this.counts[instrument]!;
    if (count === rows.length) {
      rows = new Int32Array(count * 2);
      rows.set(this.rows[instrument]!);
      this.rows[instrument] = rows;
    }
    rows[count] = row;
    this.counts[instrument] = count + 1;
  }

  /** Takes an order off; false where it was not there. */
  remove(row: number, instrument: number): boolean {
    const rows = this.rows[instrument]!;
    const count = this.counts[instrument]!;
    for (let k = 0; k < count; k++)
      if (rows[k] === row) {
        // By hand: a call of copyWithin costs more than moving the few rows that there are.
        for (let next = k + 1; next < count; next++) rows[next - 1] = rows[next]!;
        this.counts[instrument] = count - 1;
        return true;
      }
    return false;
  }

  has(row: number, instrument: number): boolean {
    const rows = this.rows[instrument]!;
    for (let k = 0; k < this.counts[instrument]!; k++) if (rows[k] === row) return true;
    return false;
  }

  filled(row: number): number {
    return this.#facts[row * WIDTH + FILLED]!;
  }

  /** Adds filled lots and returns the total. */
  fill(row: number, lots: number): number {
    const total = this.#facts[row * WIDTH + FILLED]! + lots;
    this.#facts[row * WIDTH + FILLED] = total;
    return total;
  }

  /** Fees the order's fills have paid so far, in quanta. */
  feePaid(row: number): number {
    return this.#facts[row * WIDTH + FEE_PAID]!;
  }

  pay(row: number, fee: number): void {
    this.#facts[row * WIDTH + FEE_PAID]! += fee;
  }

  limitPrice(row: number): number {
    return this.#facts[row * WIDTH + LIMIT_PRICE]!;
  }

  triggerPrice(row: number): number {
    return this.#facts[row * WIDTH + TRIGGER_PRICE]!;
  }

  arrivesMs(row: number): number {
    return this.#facts[row * WIDTH + ARRIVES_MS]!;
  }

  /** When a cancel that is on its way arrives; infinity where there is none. */
  cancelsMs(row: number): number {
    return this.#facts[row * WIDTH + CANCELS_MS]!;
  }

  setCancel(row: number, arrivesMs: number): void {
    this.#facts[row * WIDTH + CANCELS_MS] = arrivesMs;
  }

  triggered(row: number): boolean {
    return (this.#facts[row * WIDTH + BITS]! & TRIGGERED) !== 0;
  }

  setTriggered(row: number): void {
    this.#facts[row * WIDTH + BITS]! |= TRIGGERED;
  }

  /** Whether the order waits for the next bar's open. */
  waits(row: number): boolean {
    return (this.#facts[row * WIDTH + BITS]! & WAITS) !== 0;
  }

  price(row: number, limitPrice: number, triggerPrice: number): void {
    this.#facts[row * WIDTH + LIMIT_PRICE] = limitPrice;
    this.#facts[row * WIDTH + TRIGGER_PRICE] = triggerPrice;
  }

  /** Orders that waited for an open have reached one. */
  releaseWaiting(instrument: number): void {
    const rows = this.rows[instrument]!;
    for (let k = 0; k < this.counts[instrument]!; k++) this.#facts[rows[k]! * WIDTH + BITS]! &= ~WAITS;
  }

  /**
   * Sign of what a pessimistic path should hurt while the account is flat, from the resting entries and the bar's open. An order
   * that acts at the open is a position from there on. One that waits for a price is hurt by the reverse: a buy limit must not be
   * filled by a low that the high then follows to its target, a buy stop not be triggered by a high that came after the low.
   */
  leaning(instrument: number, table: OrderTable, open: number): number {
    const rows = this.rows[instrument]!;
    const c = table.column;
    let sum = 0;
    for (let k = 0; k < this.counts[instrument]!; k++) {
      const row = rows[k]!;
      const side = c.side[row]!;
      const type = c.type[row]!;
      const trigger = this.#facts[row * WIDTH + TRIGGER_PRICE]!;
      const price = Number.isNaN(trigger) || this.triggered(row) ? this.#facts[row * WIDTH + LIMIT_PRICE]! : trigger;
      // A take-profit waits, like a limit order, for a price on its good side; a stop for one on its bad side.
      const stops = price === trigger && (type === TYPE['stop-market'] || type === TYPE['stop-limit']);
      const waits = Number.isNaN(price) ? false : side > 0 === stops ? open < price : open > price;
      sum += waits ? -side : side;
    }
    return sum;
  }

  /** Lets trailing stops follow a price that moved their way. */
  trail(instrument: number, table: OrderTable, rules: Instrument, price: number): void {
    const rows = this.rows[instrument]!;
    const c = table.column;
    for (let k = 0; k < this.counts[instrument]!; k++) {
      const row = rows[k]!;
      if (c.type[row] !== TYPE['trailing-stop'] || this.triggered(row)) continue;
      const sells = c.side[row]! < 0;
      if (!(sells ? price > this.#facts[row * WIDTH + MARK]! : price < this.#facts[row * WIDTH + MARK]!)) continue;
      this.#facts[row * WIDTH + MARK] = price;
      const fraction = c.trailFraction[row]!;
      const distance = fraction > 0 ? price * fraction : rules.price(c.trailTicks[row]!);
      // Rounded towards the price: the nearer stop is the safer promise.
      const ticks = rules.ticks(sells ? price - distance : price + distance, sells ? 'ceil' : 'floor');
      if (sells ? ticks > c.triggerTicks[row]! : ticks < c.triggerTicks[row]!) {
        c.triggerTicks[row] = ticks;
        this.#facts[row * WIDTH + TRIGGER_PRICE] = rules.price(ticks);
      }
    }
  }

  /** Queues an answer for the venue's next steps. */
  say(kind: number, row: number, reason: Rejection): void {
    if (this.#answers === this.#answerKind.length) {
      const kinds = new Uint8Array(this.#answers * 2);
      const rows = new Int32Array(this.#answers * 2);
      kinds.set(this.#answerKind);
      rows.set(this.#answerRow);
      this.#answerKind = kinds;
      this.#answerRow = rows;
    }
    this.#answerKind[this.#answers] = kind;
    this.#answerReason[this.#answers] = reason;
    this.#answerRow[this.#answers++] = row;
  }

  /** Takes the oldest queued answer into `report`; false where there is none. */
  answer(report: VenueReport): boolean {
    if (this.#answered === this.#answers) return false;
    const k = this.#answered++;
    report.kind = this.#answerKind[k]!;
    report.row = this.#answerRow[k]!;
    report.reason = this.#answerReason[k]!;
    report.lots = 0;
    if (this.#answered === this.#answers) {
      this.#answered = 0;
      this.#answers = 0;
    }
    return true;
  }

  /** Queues a market order that fills at the bar's close. */
  fillNow(row: number): void {
    if (this.#fillNowCount === this.#fillNow.length) {
      const grown = new Int32Array(this.#fillNowCount * 2);
      grown.set(this.#fillNow);
      this.#fillNow = grown;
    }
    this.#fillNow[this.#fillNowCount++] = row;
  }

  /** The oldest order queued by {@link fillNow}, or −1. */
  takeFillNow(): number {
    if (this.#fillNowCount === 0) return -1;
    const row = this.#fillNow[0]!;
    this.#fillNow.copyWithin(0, 1, this.#fillNowCount--);
    return row;
  }

  /** Whether nothing waits to be said or filled: the only moment at which a {@link snapshot} is whole. */
  get isQuiet(): boolean {
    return this.#answered === this.#answers && this.#fillNowCount === 0;
  }

  /** The resting orders, oldest first by instrument, one line of {@link FIELDS} each. */
  snapshot(): string[] {
    return this.rows.map((rows, instrument) => {
      const lines = Array.from(rows.subarray(0, this.counts[instrument]), (row) => [
        row,
        ...this.#facts.subarray(row * WIDTH, (row + 1) * WIDTH),
      ]);
      return columnToText(lines.flat());
    });
  }

  restore(snapshot: readonly string[]): void {
    this.clear();
    snapshot.forEach((text, instrument) => {
      const values = textToColumn(text);
      for (let at = 0; at < values.length; at += FIELDS) {
        const row = values[at]!;
        this.add(row, instrument, 0, 0, 0, false, 0);
        this.#facts.set(values.subarray(at + 1, at + FIELDS), row * WIDTH);
      }
    });
  }

  clear(): void {
    this.counts.fill(0);
    this.#answers = 0;
    this.#answered = 0;
    this.#fillNowCount = 0;
  }

  #grow(rows: number): void {
    const grown = new Float64Array(rows * WIDTH);
    grown.set(this.#facts);
    this.#facts = grown;
  }
}
