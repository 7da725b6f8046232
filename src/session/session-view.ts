import { clientOrderId } from '../core/execution/client-order-id.ts';
import { ACCOUNT } from '../core/portfolio/ledger.ts';
import type { StateCause } from '../core/risk/trading-state.ts';
import { type Scope, TRADING_STATES, type TradingState } from '../core/vocabulary/commands.ts';
import { ORDER_ROLES, ORDER_STATUSES, ORDER_TYPES } from '../core/vocabulary/order.ts';
import { REFUSALS } from '../core/vocabulary/refusal.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { SessionCore } from './session-core.ts';

export interface PositionView {
  readonly instrument: string;
  /** Signed decimal. */
  readonly quantity: string;
  readonly averagePrice: number;
  /** What it is valued at. */
  readonly price: number;
  readonly unrealized: number;
}

export interface OrderView {
  readonly order: string;
  /** When it was placed. */
  readonly timeMs: TimeMs;
  readonly role: string;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly type: string;
  readonly status: string;
  readonly quantity: string;
  readonly filled: string;
  /** Limit and trigger as decimals; null where there is none. */
  readonly limit: string | null;
  readonly trigger: string | null;
  readonly why: string;
}

export interface FillView {
  readonly fill: number;
  readonly timeMs: TimeMs;
  readonly order: string;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  /** Profit that the fill booked, fees not included. */
  readonly profit: string;
  readonly why: string;
}

export interface SessionView {
  readonly timeMs: TimeMs | null;
  readonly currency: string;
  /** What it has of the account's currency, not invested. */
  readonly cash: number;
  readonly equity: number;
  readonly profit: number;
  readonly fees: number;
  /** Largest fall from a peak at the ends of instants, as a fraction of it. */
  readonly drawdown: number;
  readonly bars: number;
  readonly orders: number;
  readonly fills: number;
  readonly refusals: readonly { readonly code: string; readonly count: number }[];
  readonly positions: readonly PositionView[];
  readonly openOrders: readonly OrderView[];
  /** Newest first. */
  readonly lastFills: readonly FillView[];
  /** What a strategy threw; null where none did. */
  readonly failure: string | null;
  /** Kills that hold it. */
  readonly kills: readonly KillView[];
  /** The strictest trading state of all that it trades with. */
  readonly tradingState: TradingState;
  /** Scopes that are not active, and why: kills, limits that were reached, faults. */
  readonly held: readonly HeldView[];
  /** Strategies that do not run. */
  readonly paused: readonly string[];
}

export interface HeldView {
  readonly scope: Scope;
  /** Strategy or instrument; empty for the scopes of which there is one. */
  readonly target: string;
  readonly state: TradingState;
  readonly causes: readonly StateCause[];
}

export interface KillView {
  readonly scope: string;
  /** Strategy or instrument; empty for the scopes of which there is one. */
  readonly target: string;
  readonly level: string;
  readonly reason: string;
}

/**
 * A session as it stands. `lastPrice`: of each feed, for valuation between bars; where it is NaN the last close counts. `most`: fills that
 * are told.
 */
export function viewOf(core: SessionCore, lastPrice: ArrayLike<number>, most: number): SessionView {
  const { state, desk } = core.engine;
  const price = Float64Array.from(state.price);
  for (const [feed, { instrument }] of core.engine.feeds.entries())
    if (!Number.isNaN(lastPrice[feed] ?? Number.NaN)) price[instrument] = lastPrice[feed]!;
  const equity = state.book.equity(price);
  const { cash: capital, currency } = state.account;
  const { ledger } = state.book;
  const counts = desk.dispatch.refusalCounts;
  return {
    timeMs: core.lastMs > Number.NEGATIVE_INFINITY ? core.lastMs : null,
    cash: ledger.of(0, ACCOUNT.wallet) / 10 ** ledger.assets[0]!.scale,
    ...{ currency, equity, profit: equity - capital },
    fees: feesOf(core),
    drawdown: state.track.extremes[1]!,
    ...{ bars: core.liveBars, orders: state.orders.count, fills: state.fills.count },
    refusals: REFUSALS.flatMap((code, k) => (counts[k]! > 0 ? [{ code, count: counts[k]! }] : [])),
    positions: positionsOf(core, price),
    openOrders: openOrdersOf(core),
    lastFills: Array.from({ length: Math.min(most, state.fills.count) }, (_, k) =>
      fillOf(core, state.fills.count - 1 - k),
    ),
    failure: core.failure,
    kills: killsOf(core),
    ...heldOf(core),
    paused: core.engine.seats.filter((seat) => !seat.running).map((seat) => seat.strategy.def.id),
  };
}

function nameOf({ seats, state }: SessionCore['engine'], scope: Scope, index: number): string {
  if (scope === 'strategy') return seats[index]!.strategy.def.id;
  return scope === 'instrument' ? state.instruments[index]!.id : '';
}

function killsOf({ engine }: SessionCore): KillView[] {
  return engine.risk.state.ladder
    .held()
    .map(({ scope, index, level, reason }) => ({ scope, target: nameOf(engine, scope, index), level, reason }));
}

function heldOf({ engine }: SessionCore): Pick<SessionView, 'tradingState' | 'held'> {
  const { states } = engine.risk.state;
  const held = states
    .held()
    .map(({ scope, index, ...rest }) => ({ scope, target: nameOf(engine, scope, index), ...rest }));
  const strictest = Math.max(0, ...held.map(({ state }) => TRADING_STATES.indexOf(state)));
  return { tradingState: TRADING_STATES[strictest]!, held };
}

function feesOf({ engine: { state } }: SessionCore): number {
  let sum = 0;
  for (let slot = 0; slot < state.book.positions.count; slot++)
    sum += state.instruments[state.instrumentOf[slot]!]!.money(state.book.positions.column.fees[slot]!);
  return sum;
}

function positionsOf({ engine: { state } }: SessionCore, price: ArrayLike<number>): PositionView[] {
  const { positions } = state.book;
  return Array.from({ length: positions.count }, (_, slot) => slot)
    .filter((slot) => positions.column.lots[slot] !== 0)
    .map((slot) => {
      const instrument = state.instruments[state.instrumentOf[slot]!]!;
      const mark = price[instrument.index]!;
      return {
        instrument: instrument.id,
        quantity: instrument.quantityText(positions.column.lots[slot]!),
        averagePrice: positions.averagePrice(slot, instrument),
        price: mark,
        unrealized: positions.unrealized(slot, instrument, mark),
      };
    });
}

const sideOf = (side: number): 'buy' | 'sell' => (side > 0 ? 'buy' : 'sell');

export function openOrdersOf(core: SessionCore): OrderView[] {
  const { state, desk } = core.engine;
  const rows = Array.from({ length: state.book.positions.count }, (_, slot) => [...desk.rowsOf(slot)]).flat();
  return rows.map((row) => orderOf(core, row));
}

/** An order as it stands; `row` counts the session's orders from 0. */
export function orderOf({ engine: { state } }: SessionCore, row: number): OrderView {
  const c = state.orders.column;
  const instrument = state.instruments[c.instrument[row]!]!;
  const price = (ticks: number): string | null => (ticks > 0 ? instrument.priceText(ticks) : null);
  return {
    order: clientOrderId(state.session, row),
    timeMs: c.createdAtMs[row]!,
    role: ORDER_ROLES[c.role[row]!]!,
    instrument: instrument.id,
    side: sideOf(c.side[row]!),
    type: ORDER_TYPES[c.type[row]!]!,
    status: ORDER_STATUSES[c.status[row]!]!,
    quantity: instrument.quantityText(c.lots[row]!),
    filled: instrument.quantityText(c.filledLots[row]!),
    limit: price(c.limitTicks[row]!),
    trigger: price(c.triggerTicks[row]!),
    why: state.intents.why[c.intent[row]!] ?? '',
  };
}

/** A fill; `fill` counts the session's fills from 0. */
export function fillOf({ engine: { state } }: SessionCore, fill: number): FillView {
  const f = state.fills.column;
  const row = f.order[fill]!;
  const instrument = state.instruments[state.orders.column.instrument[row]!]!;
  return {
    fill,
    timeMs: f.timeMs[fill]!,
    order: clientOrderId(state.session, row),
    instrument: instrument.id,
    side: sideOf(f.side[fill]!),
    quantity: instrument.quantityText(f.lots[fill]!),
    price: instrument.priceText(f.ticks[fill]!),
    fee: instrument.moneyText(f.fee[fill]!),
    profit: instrument.moneyText(f.realized[fill]!),
    why: state.intents.why[state.orders.column.intent[row]!] ?? '',
  };
}
