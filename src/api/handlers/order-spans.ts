import { clientOrderId } from '../../core/execution/client-order-id.ts';
import { EVENT } from '../../core/vocabulary/events.ts';
import { isTerminal, ORDER_STATUSES, ORDER_TYPES } from '../../core/vocabulary/order.ts';
import type { Span, Tracing } from '../../ports/tracing.ts';
import type { SessionCore } from '../../session/session-core.ts';

interface Times {
  decidedMs: number;
  placedMs: number;
  /** When the venue first said something of it. */
  answeredMs: number | null;
  lastMs: number;
}

/** A trace for each order of a session, from its decision to its end: how long it took to leave, to be answered, to be filled. */
export class OrderSpans {
  readonly #core: SessionCore;
  readonly #tracing: Tracing;
  readonly #open = new Map<number, Times>();
  #seen: number;

  /** Orders that were placed before are told by nobody. */
  constructor(core: SessionCore, tracing: Tracing) {
    this.#core = core;
    this.#tracing = tracing;
    this.#seen = core.engine.state.log.count;
  }

  /** Looks at what is new; called after it is durable. */
  look(): void {
    if (!this.#tracing.isOn) return;
    const { log, orders, fills } = this.#core.engine.state;
    const { type, ref, at, cause } = log.column;
    for (; this.#seen < log.count; this.#seen++) {
      const what = type[this.#seen];
      const row = what === EVENT['order-filled'] ? fills.column.order[ref[this.#seen]!]! : ref[this.#seen]!;
      const atMs = at[this.#seen]!;
      if (what === EVENT['order-placed']) {
        const causeSeq = cause[this.#seen]!;
        const decidedMs = causeSeq >= 0 ? at[causeSeq]! : atMs;
        this.#open.set(row, { decidedMs, placedMs: atMs, answeredMs: null, lastMs: atMs });
        continue;
      }
      const times = OF_ORDERS.has(what!) ? this.#open.get(row) : undefined;
      if (times === undefined) continue;
      times.lastMs = atMs;
      times.answeredMs ??= atMs;
    }
    for (const [row, times] of this.#open) {
      if (!isTerminal(orders.column.status[row]!)) continue;
      this.#open.delete(row);
      this.#tracing.record(this.#spanOf(row, times));
    }
  }

  #spanOf(row: number, { decidedMs, placedMs, answeredMs, lastMs }: Times): Span {
    const { state } = this.#core.engine;
    const c = state.orders.column;
    const instrument = state.instruments[c.instrument[row]!]!;
    const status = ORDER_STATUSES[c.status[row]!]!;
    const part = (name: string, startMs: number, endMs: number): Span => ({
      ...{ name, startMs, endMs, attributes: {}, failure: null },
    });
    return {
      ...{ name: 'order', startMs: decidedMs, endMs: lastMs },
      attributes: {
        ...{ 'tradewright.session': state.session, 'tradewright.order': clientOrderId(state.session, row) },
        ...{ 'tradewright.instrument': instrument.id, 'tradewright.side': c.side[row]! > 0 ? 'buy' : 'sell' },
        ...{ 'tradewright.type': ORDER_TYPES[c.type[row]!]!, 'tradewright.status': status },
        'tradewright.why': state.intents.why[c.intent[row]!] ?? '',
      },
      failure: status === 'rejected' ? 'rejected by the venue' : null,
      parts: [
        part('decide', decidedMs, placedMs),
        ...(answeredMs === null ? [] : [part('answer', placedMs, answeredMs)]),
        part('work', answeredMs ?? placedMs, lastMs),
      ],
    };
  }
}

const OF_ORDERS: ReadonlySet<number> = new Set([
  ...(['order-accepted', 'order-rejected', 'order-triggered', 'order-amended', 'order-canceled'] as const).map(
    (type) => EVENT[type],
  ),
  ...(['order-expired', 'order-filled', 'order-completed'] as const).map((type) => EVENT[type]),
]);
