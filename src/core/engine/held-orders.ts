import { EVENT } from '../vocabulary/events.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { STATUS, TYPE } from '../vocabulary/order.ts';
import { REPORT } from '../vocabulary/report.ts';
import type { SessionState } from './session-state.ts';

/** What stands in for what a venue cannot hold, in plain JSON. */
export interface HeldOrdersSnapshot {
  readonly rows: readonly number[];
  readonly marks: readonly (readonly [row: number, price: number])[];
  readonly deadlines: readonly (readonly [row: number, atMs: number])[];
}

/**
 * Orders that wait in the engine because the venue cannot hold them, and deadlines of orders that the venue would keep for ever.
 *
 * ASSUMPTIONS
 * 1. Triggers are compared with the last price at every instant, after its bars have closed: what price did within a bar is not seen. An
 *    order that rests at a venue triggers inside the bar, at its trigger; one that is held here triggers at a close beyond it, and its
 *    market order fills where a market order of that instant does.
 * 2. A trailing stop follows closes, not highs and lows.
 * 3. A deadline is acted on at the first instant at or after it; what fills until the venue has confirmed the cancel is kept.
 */
export class HeldOrders {
  readonly #s: SessionState;
  /** Says of an order, in the venue's place, what the venue cannot. */
  readonly #answer: (kind: number, row: number) => void;
  readonly #cancel: (row: number) => void;
  /** Sends what has triggered. */
  readonly #send: (row: number) => void;
  /** Whether a triggered order may be sent; one that may not is canceled. */
  readonly #mayLeave: (row: number) => boolean;
  #rows: number[] = [];
  /** Best price that a trailing stop has seen. */
  readonly #marks = new Map<number, number>();
  readonly #deadlines = new Map<number, number>();
  /** Whether {@link watch} has anything to do. */
  isBusy = false;

  constructor(
    state: SessionState,
    answer: (kind: number, row: number) => void,
    cancel: (row: number) => void,
    send: (row: number) => void,
    mayLeave: (row: number) => boolean,
  ) {
    this.#s = state;
    this.#answer = answer;
    this.#cancel = cancel;
    this.#send = send;
    this.#mayLeave = mayLeave;
  }

  /** Keeps an order until its trigger. */
  hold(row: number): void {
    this.isBusy = true;
    this.#rows.push(row);
    const c = this.#s.orders.column;
    if (c.type[row] === TYPE['trailing-stop']) this.#marks.set(row, this.#s.price[c.instrument[row]!]!);
  }

  /** Ends an order at an event time, where the venue will not. */
  endAt(row: number, atMs: number): void {
    this.isBusy = true;
    this.#deadlines.set(row, atMs);
  }

  /** Gives up an order's deadline and answers it; 0 where there is none. */
  takeDeadline(row: number): number {
    const atMs = this.#deadlines.get(row) ?? 0;
    this.#deadlines.delete(row);
    return atMs;
  }

  /** Looks at the prices and the time of this instant. */
  watch(): void {
    const c = this.#s.orders.column;
    const nowMs = this.#s.clock[0]!;
    for (const [row, atMs] of [...this.#deadlines]) {
      if (c.status[row]! >= STATUS.filled) this.#deadlines.delete(row);
      else if (nowMs >= atMs) {
        this.#deadlines.delete(row);
        if (c.status[row] === STATUS.held) this.#answer(REPORT.expired, row);
        else this.#cancel(row);
      }
    }
    const rows = this.#rows;
    this.#rows = [];
    for (const row of rows) {
      if (c.status[row] === STATUS.held && !this.#triggers(row)) this.#rows.push(row);
      else this.#marks.delete(row);
    }
    this.isBusy = this.#rows.length > 0 || this.#deadlines.size > 0;
  }

  #triggers(row: number): boolean {
    const s = this.#s;
    const c = s.orders.column;
    const instrument = s.instruments[c.instrument[row]!]!;
    const price = s.price[instrument.index]!;
    const up = c.side[row]! > 0;
    // A limit order that is held here, as the venue has no room for it, is one that waits for its limit.
    const isLimit = c.type[row] === TYPE.limit;
    const touches = isLimit || c.type[row] === TYPE['take-profit-market'] || c.type[row] === TYPE['take-profit-limit'];
    const trigger = instrument.price(isLimit ? c.limitTicks[row]! : c.triggerTicks[row]!);
    if (up !== touches ? price < trigger : price > trigger) {
      if (c.type[row] === TYPE['trailing-stop']) this.#trail(row, instrument, price);
      return false;
    }
    if (!this.#mayLeave(row)) {
      this.#answer(REPORT.canceled, row);
      return true;
    }
    s.log.append(
      EVENT['order-triggered'],
      s.clock[0]!,
      c.placedSeq[row]!,
      s.input,
      c.strategy[row]!,
      c.instrument[row]!,
      row,
      0,
      c.lots[row]!,
    );
    this.#send(row);
    return true;
  }

  #trail(row: number, instrument: Instrument, price: number): void {
    const c = this.#s.orders.column;
    const sells = c.side[row]! < 0;
    const mark = this.#marks.get(row)!;
    if (!(sells ? price > mark : price < mark)) return;
    this.#marks.set(row, price);
    const fraction = c.trailFraction[row]!;
    const distance = fraction > 0 ? price * fraction : instrument.price(c.trailTicks[row]!);
    // Rounded towards the price: the nearer stop is the safer promise.
    const ticks = instrument.ticks(sells ? price - distance : price + distance, sells ? 'ceil' : 'floor');
    if (sells ? ticks > c.triggerTicks[row]! : ticks < c.triggerTicks[row]!) c.triggerTicks[row] = ticks;
  }

  snapshot(): HeldOrdersSnapshot {
    return { rows: [...this.#rows], marks: [...this.#marks], deadlines: [...this.#deadlines] };
  }

  restore(s: HeldOrdersSnapshot): void {
    this.reset();
    this.#rows = [...s.rows];
    for (const [row, price] of s.marks) this.#marks.set(row, price);
    for (const [row, atMs] of s.deadlines) this.#deadlines.set(row, atMs);
    this.isBusy = this.#rows.length > 0 || this.#deadlines.size > 0;
  }

  reset(): void {
    this.#rows = [];
    this.#marks.clear();
    this.#deadlines.clear();
    this.isBusy = false;
  }
}
