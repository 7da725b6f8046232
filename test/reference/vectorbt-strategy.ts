import { universe } from '../../src/core/strategy/data.ts';
import {
  type AnyStrategy,
  type Context,
  type Desk,
  defineStrategy,
  type Fill,
  type OrderRef,
} from '../../src/core/strategy/define-strategy.ts';
import type { Level } from '../../src/core/vocabulary/intent.ts';
import { DAY_MS } from '../../src/core/vocabulary/time.ts';
import type { BroadcastCall } from './vectorbt-case.ts';
import {
  accountValue,
  approximateValue,
  DUST,
  sizedWish,
  tradedQuantity,
  type VectorbtAccount,
  type Wish,
} from './vectorbt-orders.ts';
import { signalWish, stopWish } from './vectorbt-signals.ts';

type C = Context<Record<string, never>, { readonly all: ReturnType<typeof universe> }, unknown, null>;

/** Price at which an order of a row trades: given, the close (`inf`), or the open, by default the close before (`-inf`). */
export function orderPrice(call: BroadcastCall, row: number, column: number): number {
  const price = call.number('price', row, column, Number.POSITIVE_INFINITY);
  if (price === Number.POSITIVE_INFINITY) return call.number('close', row, column, Number.NaN);
  if (price !== Number.NEGATIVE_INFINITY) return price;
  if (call.has('open')) return call.number('open', row, column, Number.NaN);
  return row === 0 ? Number.NaN : call.number('close', row - 1, column, Number.NaN);
}

/** Where a position is left, NaN where nowhere, and the orders that stand for it. */
interface Guard {
  readonly stop: number;
  readonly target: number;
  readonly orders: readonly OrderRef[];
}
const NO_GUARD: Guard = { stop: Number.NaN, target: Number.NaN, orders: [] };

/**
 * One group of columns as a strategy of several instruments. At each bar's close the columns trade one after the other, as each
 * order of vectorbt is sized from what the one before has left: the next order leaves when the last one's fill is in.
 */
export function vectorbtStrategy(call: BroadcastCall, columns: readonly number[]): AnyStrategy {
  const { direction, method } = call.call;
  const account: VectorbtAccount = {
    cash: call.initialCash(columns[0]!),
    debt: new Map(),
    dust: DUST * highest(call, columns),
    position: new Map(columns.map((column) => [column, 0])),
    value: new Map(columns.map((column) => [column, Number.NaN])),
  };
  const guards = new Map<number, Guard>();
  const first = columns[0]!;
  const slips = call.number('slippage', 0, first, 0) > 0;
  const accumulates = call.word('accumulate', first, 'disabled') !== 'disabled';
  const exitsAtClose = call.word('stop_exit_price', first, 'stoplimit') === 'close';
  // The plain case is the entry's own bracket; what grows, slips, reverses or waits for the close is worked order by order.
  const bracketed = (column: number): boolean =>
    !slips && !accumulates && !exitsAtClose && call.word('upon_stop_exit', column, 'close') === 'close';
  let queue: number[] = [];
  let stopped: Set<number> = new Set();
  let pending: { readonly column: number; readonly order: OrderRef; readonly quantity: number } | null = null;
  let row = -1;
  let total = 0;

  const deskOf = (c: C, column: number): Desk => c.on(c.data.all[columns.indexOf(column)]!);

  function wishOf(column: number): Wish {
    if (stopped.has(column)) return stopWish(call, row, column, account, total);
    if (method === 'from_signals') return signalWish(call, row, column, account, total);
    const size = call.number('size', row, column, Number.NaN);
    return sizedWish(
      size,
      call.word('size_type', column, 'amount'),
      direction === 'shortonly' ? -1 : 1,
      column,
      account,
      total,
    );
  }

  function value(column: number): void {
    const given = call.number('val_price', row, column, Number.POSITIVE_INFINITY);
    const before = row === 0 ? Number.NaN : call.number('close', row - 1, column, Number.NaN);
    const price =
      given === Number.POSITIVE_INFINITY
        ? orderPrice(call, row, column)
        : given === Number.NEGATIVE_INFINITY
          ? before
          : given;
    const fill = call.flag('ffill_val_price', row, column, true);
    if (!Number.isNaN(price) || !fill) account.value.set(column, price);
  }

  /** Orders of one row by what they cost, sales first; or as the case says. */
  function sequence(): number[] {
    const order = call.word('call_seq', first, 'default');
    if (order === 'reversed') return [...columns].reverse();
    if (order !== 'auto') return [...columns];
    return byValue(columns, (column) => approximateValue(call, row, column, wishOf(column), account));
  }

  /** Lets the columns that remain trade until one has an order on its way. */
  function proceed(c: C): void {
    while (pending === null) {
      const column = queue.shift();
      if (column === undefined) return;
      if (!Number.isFinite(orderPrice(call, row, column))) continue;
      if (call.flag('update_value', row, column)) total = accountValue(account);
      const price = stopped.has(column) ? call.number('close', row, column, Number.NaN) : orderPrice(call, row, column);
      const quantity = tradedQuantity(call, row, column, price, wishOf(column), account);
      if (quantity === 0) continue;
      const desk = deskOf(c, column);
      const entry = { size: { qty: Math.abs(quantity) }, ...bracketOf(column, quantity), why: method };
      const order = quantity > 0 ? desk.buy(entry) : desk.sell(entry);
      if (order.isOpen) pending = { column, order, quantity: Math.abs(quantity) };
    }
  }

  /** Prices that stops are measured from. */
  function stopBasis(column: number, filled: number): number {
    const word = call.word('stop_entry_price', first, 'close');
    if (word === 'fillprice') return filled;
    if (word === 'price') return orderPrice(call, row, column);
    return word === 'val_price' ? account.value.get(column)! : call.number('close', row, column, Number.NaN);
  }

  function levels(column: number, side: number, basis: number): { stop: number; target: number } {
    const stop = basis * (1 - side * call.number('sl_stop', row, column, Number.NaN));
    const target = basis * (1 + side * call.number('tp_stop', row, column, Number.NaN));
    return { stop: isPrice(stop) ? stop : Number.NaN, target: isPrice(target) ? target : Number.NaN };
  }

  function bracketOf(column: number, quantity: number): { stop?: Level; target?: Level; trail?: Level } {
    const position = account.position.get(column)!;
    const opens = position === 0 || position > 0 === quantity > 0 || Math.abs(quantity) > Math.abs(position);
    if (!opens) return {};
    const side = Math.sign(quantity);
    const share = call.number('sl_stop', row, column, Number.NaN);
    const { stop, target } = levels(column, side, stopBasis(column, Number.NaN));
    if (call.flag('sl_trail', row, column)) return Number.isNaN(stop) ? {} : { trail: { pct: share } };
    if (!bracketed(column)) return {};
    return {
      ...(Number.isNaN(stop) ? {} : { stop: { price: stop } }),
      ...(Number.isNaN(target) ? {} : { target: { price: target } }),
    };
  }

  /** After an entry that no bracket guards: stop and target of the whole position, replaced or kept as `upon_stop_update` says. */
  function guard(c: C, column: number, filled: number, wasFlat: boolean): void {
    if (bracketed(column) || !(call.has('sl_stop') || call.has('tp_stop'))) return;
    const position = account.position.get(column)!;
    const side = Math.sign(position);
    const old = guards.get(column) ?? NO_GUARD;
    const rule = call.word('upon_stop_update', column, 'override');
    const now = levels(column, side, stopBasis(column, filled));
    const pick = (fresh: number, before: number): number =>
      wasFlat || rule === 'overridenan' || (rule === 'override' && !Number.isNaN(fresh)) ? fresh : before;
    const stop = pick(now.stop, old.stop);
    const target = pick(now.target, old.target);
    const wanted = Math.abs(stopWish(call, row, column, account, total).quantity);
    const qty = direction === 'both' ? wanted : Math.min(wanted, Math.abs(position));
    if (old.orders.length > 0 && Object.is(stop, old.stop) && Object.is(target, old.target)) {
      for (const order of old.orders) order.amend({ qty });
      return;
    }
    for (const order of old.orders) order.cancel('replaced');
    const desk = deskOf(c, column);
    const leave = (order: { trigger?: number; limit?: number }): OrderRef =>
      side > 0
        ? desk.sell({ size: { qty }, ...order, why: 'stop' })
        : desk.buy({ size: { qty }, ...order, why: 'stop' });
    const orders: OrderRef[] = [];
    if (!exitsAtClose && !Number.isNaN(stop)) {
      // A level that price has already passed is no trigger any more: the order works at the next price.
      const trigger = side * (desk.price - stop) < 0 ? {} : { trigger: stop };
      // A stop-limit with a limit far beyond fills like a stop and does not slip: vectorbt's `stoplimit`.
      orders.push(leave({ ...trigger, ...(slips ? { limit: side > 0 ? stop / 10 : stop * 10 } : {}) }));
    }
    if (!exitsAtClose && !Number.isNaN(target)) orders.push(leave({ limit: target }));
    guards.set(column, { stop, target, orders });
  }

  function book(fill: Fill, column: number): void {
    const side = fill.side === 'buy' ? 1 : -1;
    const before = account.position.get(column)!;
    // With `size_granularity` the floats that vectorbt adds up, as its next quantity depends on their last bits.
    const asked = pending?.order.clientOrderId === fill.order.clientOrderId ? pending.quantity : fill.qty;
    const quantity = call.has('size_granularity') && Math.abs(asked - fill.qty) < 1e-8 ? asked : fill.qty;
    const after = settle(before + side * quantity);
    const debt = account.debt.get(column) ?? 0;
    const sold = before <= 0 ? debt + quantity * fill.price : Math.abs(after) * fill.price;
    const owed = side < 0 ? (after < 0 ? sold : 0) : after < 0 ? (debt * after) / before : 0;
    account.debt.set(column, owed);
    account.position.set(column, after);
    account.cash -= side * fill.qty * fill.price + fill.fee;
    if (call.flag('update_value', row, column)) account.value.set(column, fill.price);
  }

  return defineStrategy({
    id: 'vectorbt-case',
    params: {},
    data: { all: universe() },
    indicators: () => null,
    onBar(context) {
      const c = context as unknown as C;
      // Rows without a bar are walked too: they may bring a price to value at.
      for (const now = Math.floor(c.now / DAY_MS); row < now; ) {
        row++;
        for (const column of columns) value(column);
      }
      total = accountValue(account);
      stopped = new Set(exitsAtClose ? columns.filter((column) => isHit(column)) : []);
      queue = sequence();
      proceed(c);
    },
    onFill(context, fill) {
      const c = context as unknown as C;
      const column = columns[Number(fill.symbol)]!;
      const before = account.position.get(column)!;
      book(fill, column);
      if (pending === null || pending.order.clientOrderId !== fill.order.clientOrderId) {
        deskOf(c, column).cancelAll('the position was left');
        guards.delete(column);
        return;
      }
      pending = null;
      const now = account.position.get(column)!;
      if (now === 0) guards.delete(column);
      else if (Math.abs(now) > Math.abs(before) || before > 0 !== now > 0) guard(c, column, fill.price, before === 0);
      proceed(c);
    },
  });

  /** Whether this row's range reached the stop or the target of a column. */
  function isHit(column: number): boolean {
    const { stop, target } = guards.get(column) ?? NO_GUARD;
    const position = account.position.get(column)!;
    const close = call.number('close', row, column, Number.NaN);
    const high = call.number('high', row, column, close);
    const low = call.number('low', row, column, close);
    return position > 0 ? low <= stop || high >= target : position < 0 && (high >= stop || low <= target);
  }
}

function highest(call: BroadcastCall, columns: readonly number[]): number {
  const prices = columns.flatMap((column) =>
    Array.from({ length: call.rows }, (_, row) => call.number('close', row, column, 0)),
  );
  return prices.reduce((a, b) => (b > a ? b : a), 0);
}

function isPrice(x: number): boolean {
  return x > 0 && Number.isFinite(x);
}

/** Sorted by insertion, as vectorbt does it: columns without a value come last and in reversed order. */
function byValue(columns: readonly number[], worth: (column: number) => number): number[] {
  const sorted: { readonly column: number; readonly value: number }[] = [];
  for (const column of columns) {
    const value = worth(column);
    const before = sorted.findLastIndex((other) => !(other.value > value || Number.isNaN(other.value)));
    sorted.splice(before + 1, 0, { column, value });
  }
  return sorted.map(({ column }) => column);
}

/** A position of less than a lot is rounding. */
function settle(quantity: number): number {
  return Math.abs(quantity) < 1e-9 ? 0 : quantity;
}
