import { clientOrderId } from '../core/execution/client-order-id.ts';
import type { Limits } from '../core/risk/limits.ts';
import { EVENT } from '../core/vocabulary/events.ts';
import { isTerminal, ORDER_ROLES, ORDER_STATUSES, ORDER_TYPES, TIMES_IN_FORCE } from '../core/vocabulary/order.ts';
import type { StoredRow, TableRow } from '../ports/stored-tables.ts';
import { RemoteSide } from './remote-side.ts';
import type { SessionCore } from './session-core.ts';
import { StoredTrades } from './stored-trades.ts';

/** What the tables tell of a session beside what its core knows. */
export interface StoredSessionFacts {
  readonly session: string;
  readonly strategy: string;
  readonly codeHash: string;
  /** As JSON. */
  readonly params: string;
  readonly venue: string;
  readonly environment: string;
  readonly begunAtMs: number;
}

/** Events that are about an order by its row. */
const OF_ORDERS: ReadonlySet<number> = new Set(
  (
    [
      ...(['order-placed', 'order-accepted', 'order-rejected', 'order-triggered', 'order-amended'] as const),
      ...(['order-canceled', 'order-expired', 'order-completed'] as const),
      ...(['position-liquidated', 'position-settled'] as const),
    ] as const
  ).map((type) => EVENT[type]),
);

/**
 * The books of a session as rows for other programs. Each {@link take} tells what has changed since the one before; all of them together are
 * what one after all would have told. It looks at the core and changes nothing.
 */
export class StoredSession {
  readonly #core: SessionCore;
  readonly #facts: StoredSessionFacts;
  readonly #names: readonly string[];
  readonly #trades: StoredTrades;
  readonly #updatedAtMs: number[] = [];
  /** Of the last fill of each slot. */
  readonly #filledAtMs: number[] = [];
  /** Orders that may still change without an event. */
  readonly #open = new Map<number, string>();
  readonly #positions = new Map<number, string>();
  #events = 0;
  #instants = 0;
  /** As they were told last. */
  #limits: Limits | null = null;

  constructor(core: SessionCore, facts: StoredSessionFacts) {
    this.#core = core;
    this.#facts = facts;
    this.#names = core.engine.seats.map((seat) => seat.strategy.def.id);
    this.#trades = new StoredTrades(facts.session, core.engine);
  }

  /** `follows`: records of the journal that the core has taken. The session's own line comes last. */
  take(follows: number): StoredRow[] {
    const rows: StoredRow[] = [];
    const touched = new Set(this.#open.keys());
    const { state } = this.#core.engine;
    const log = state.log.column;
    for (; this.#events < state.log.count; this.#events++) {
      const seq = this.#events;
      const type = log.type[seq]!;
      const isFill = type === EVENT['order-filled'];
      if (isFill) {
        rows.push(...this.#trades.fill(log.ref[seq]!));
        this.#filledAtMs[state.fills.column.slot[log.ref[seq]!]!] = log.at[seq]!;
      } else if (type === EVENT['funding-paid'] && log.strategy[seq]! >= 0) {
        const slot = log.strategy[seq]! * state.instruments.length + log.instrument[seq]!;
        rows.push(...this.#trades.funding(slot, log.at[seq]!, log.a[seq]!));
      }
      if (!isFill && !OF_ORDERS.has(type)) continue;
      const row = isFill ? state.fills.column.order[log.ref[seq]!]! : log.ref[seq]!;
      touched.add(row);
      this.#updatedAtMs[row] = log.at[seq]!;
    }
    for (const row of [...touched].sort((a, b) => a - b)) rows.push(...this.#order(row));
    rows.push(...this.#positionRows(), ...this.#equity());
    const { definition } = this.#core.engine.risk.limits;
    if (this.#limits !== definition) rows.push(this.#risk(definition));
    this.#limits = definition;
    rows.push(this.#session(follows));
    return rows;
  }

  #order(row: number): StoredRow[] {
    const { state } = this.#core.engine;
    const { side } = this.#core;
    const c = state.orders.column;
    const instrument = state.instruments[c.instrument[row]!]!;
    const price = (ticks: number): string | null => (ticks > 0 ? instrument.priceText(ticks) : null);
    const filled = c.filledLots[row]!;
    const size = instrument.quantity(filled) * instrument.contractSize;
    const value = instrument.money(c.filledValue[row]!);
    const told: TableRow = {
      session: this.#facts.session,
      id: clientOrderId(state.session, row),
      exchange_id: side instanceof RemoteSide ? (side.orders.venueIds.get(row) ?? null) : null,
      strategy: this.#names[c.strategy[row]!] ?? '',
      instrument: instrument.id,
      side: c.side[row]! > 0 ? 'buy' : 'sell',
      type: ORDER_TYPES[c.type[row]!]!,
      role: ORDER_ROLES[c.role[row]!]!,
      tif: TIMES_IN_FORCE[c.tif[row]!]!,
      status: ORDER_STATUSES[c.status[row]!]!,
      quantity: instrument.quantityText(c.lots[row]!),
      filled: instrument.quantityText(filled),
      average_price: filled === 0 ? null : instrument.inverse ? size / value : value / size,
      limit_price: price(c.limitTicks[row]!),
      trigger_price: price(c.triggerTicks[row]!),
      why: state.intents.why[c.intent[row]!] ?? '',
      created_at_ms: c.createdAtMs[row]!,
      updated_at_ms: this.#updatedAtMs[row] ?? c.createdAtMs[row]!,
    };
    const text = JSON.stringify(told);
    const isSame = this.#open.get(row) === text;
    if (isTerminal(c.status[row]!)) this.#open.delete(row);
    else this.#open.set(row, text);
    return isSame ? [] : [{ table: 'orders', row: told }];
  }

  #positionRows(): StoredRow[] {
    const { state } = this.#core.engine;
    const { positions } = state.book;
    const rows: StoredRow[] = [];
    for (let slot = 0; slot < positions.count; slot++) {
      const c = positions.column;
      if (c.fills[slot] === 0) continue;
      const instrument = state.instruments[state.instrumentOf[slot]!]!;
      const isHeld = c.lots[slot] !== 0;
      const price = state.price[instrument.index]!;
      const row: TableRow = {
        session: this.#facts.session,
        strategy: this.#names[state.strategyOf[slot]!]!,
        instrument: instrument.id,
        quantity: instrument.quantityText(c.lots[slot]!),
        entry_price: isHeld ? positions.averagePrice(slot, instrument) : null,
        price: isHeld && !Number.isNaN(price) ? price : null,
        unrealized_profit: isHeld && !Number.isNaN(price) ? positions.unrealized(slot, instrument, price) : 0,
        realized_profit: instrument.moneyText(c.realized[slot]!),
        fees: instrument.moneyText(c.fees[slot]!),
        funding: instrument.moneyText(c.funding[slot]!),
        opened_at_ms: isHeld ? c.openedAtMs[slot]! : null,
        // A flat one is as its last fill left it.
        time_ms: isHeld ? this.#nowMs() : (this.#filledAtMs[slot] ?? 0),
      };
      const text = JSON.stringify(row);
      if (this.#positions.get(slot) === text) continue;
      this.#positions.set(slot, text);
      rows.push({ table: 'positions', row });
    }
    return rows;
  }

  #nowMs(): number {
    return Math.max(this.#core.lastMs, this.#core.engine.state.nowMs);
  }

  #equity(): StoredRow[] {
    const { track } = this.#core.engine.state;
    const rows: StoredRow[] = [];
    for (; this.#instants < track.count; this.#instants++) {
      const [equity, exposure] = [track.equity[this.#instants]!, track.exposure[this.#instants]!];
      const row = { session: this.#facts.session, time_ms: track.timeMs[this.#instants]!, equity, exposure };
      if (Number.isFinite(equity) && Number.isFinite(exposure)) rows.push({ table: 'equity', row });
    }
    return rows;
  }

  #risk(limits: Limits): StoredRow {
    return {
      table: 'risk',
      row: {
        session: this.#facts.session,
        begun_at_ms: this.#facts.begunAtMs,
        max_position_percent: limits.positionPct,
        max_daily_loss_percent: limits.dailyLossPct,
        max_drawdown_percent: limits.drawdownPct,
        leverage: limits.leverageRatio,
        limits: JSON.stringify(limits),
      },
    };
  }

  #session(follows: number): StoredRow {
    const { session, strategy, codeHash, params, venue, environment, begunAtMs } = this.#facts;
    const { state } = this.#core.engine;
    const { cash, currency } = state.account;
    const equity = Number.isFinite(state.clock[1]!) ? state.clock[1]! : cash;
    const { positions } = state.book;
    let fees = 0;
    for (let slot = 0; slot < positions.count; slot++)
      fees += state.instruments[state.instrumentOf[slot]!]!.money(positions.column.fees[slot]!);
    return {
      table: 'sessions',
      row: {
        ...{ session, strategy, code_hash: codeHash, params, venue, environment, currency, begun_at_ms: begunAtMs },
        ...{ follows, time_ms: Number.isFinite(this.#nowMs()) ? this.#nowMs() : null },
        ...{ cash, equity, profit: equity - cash, fees, drawdown: state.track.extremes[1]! },
        ...{ orders: state.orders.count, fills: state.fills.count, failure: this.#core.failure },
      },
    };
  }
}
