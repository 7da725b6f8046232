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
import { barOf, type Guard, guardAfter, isBracketed, isPrice, levelsOf, trailGuard } from './vectorbt-stops.ts';

type C = Context<Record<string, never>, { readonly all: ReturnType<typeof universe> }, unknown, null>;

/** Price at which an order of a row trades: given, the close (`inf`), or the open, by default the close before (`-inf`). */
export function orderPrice(call: BroadcastCall, row: number, column: number): number {
  const price = call.number('price', row, column, Number.POSITIVE_INFINITY);
  if (price === Number.POSITIVE_INFINITY) return call.number('close', row, column, Number.NaN);
  if (price !== Number.NEGATIVE_INFINITY) return price;
  if (call.has('open')) return call.number('open', row, column, Number.NaN);
  return row === 0 ? Number.NaN : call.number('close', row - 1, column, Number.NaN);
}

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
  /** Columns whose position was left by a stop or target in the row to come, and at what price: that is their order of the row. */
  const left = new Map<number, { readonly before: number; readonly price: number }>();
  const resting = new Map<number, { readonly order: OrderRef; readonly quantity: number }>();
  const first = columns[0]!;
  const stopExit = call.word('stop_exit_price', first, 'stoplimit');
  const exitsAtClose = stopExit === 'close' || stopExit === 'price';
  const stopSlips = stopExit !== 'stoplimit';
  const bracketed = isBracketed(call, columns);
  const guarded = call.has('sl_stop') || call.has('tp_stop');
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

  /** Price that a column is valued at in a row, when it was valued at `last` in the one before. */
  function valued(at: number, column: number, last: number): number {
    const given = call.number('val_price', at, column, Number.POSITIVE_INFINITY);
    const before = at === 0 ? Number.NaN : call.number('close', at - 1, column, Number.NaN);
    const price =
      given === Number.POSITIVE_INFINITY
        ? orderPrice(call, at, column)
        : given === Number.NEGATIVE_INFINITY
          ? before
          : given;
    const fill = call.flag('ffill_val_price', at, column, true);
    return !Number.isNaN(price) || !fill ? price : last;
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
      if (column === undefined) {
        if (guarded && !bracketed && !exitsAtClose) for (const each of columns) rest(c, each);
        return;
      }
      if (!Number.isFinite(orderPrice(call, row, column))) continue;
      if (call.flag('update_value', row, column)) total = accountValue(account);
      const price =
        stopped.has(column) && stopExit === 'close'
          ? call.number('close', row, column, Number.NaN)
          : orderPrice(call, row, column);
      const quantity = tradedQuantity(call, row, column, price, wishOf(column), account);
      if (quantity === 0) continue;
      const desk = deskOf(c, column);
      const entry = { size: { qty: Math.abs(quantity) }, ...bracketOf(column, quantity), why: method };
      const order = quantity > 0 ? desk.buy(entry) : desk.sell(entry);
      if (order.isOpen) pending = { column, order, quantity: Math.abs(quantity) };
    }
  }

  /** Price that stops of an order of this row are measured from. */
  function stopBasis(column: number, filled: number, byStop: number | null = null): number {
    const word = call.word('stop_entry_price', first, 'close');
    if (word === 'fillprice') return filled;
    if (word === 'price') return byStop ?? orderPrice(call, row, column);
    return word === 'val_price' ? account.value.get(column)! : call.number('close', row, column, Number.NaN);
  }

  function bracketOf(column: number, quantity: number): { stop?: Level; target?: Level; trail?: Level } {
    if (!bracketed) return {};
    const position = account.position.get(column)!;
    const opens = position === 0 || position > 0 === quantity > 0 || Math.abs(quantity) > Math.abs(position);
    if (!opens) return {};
    const side = Math.sign(quantity);
    const share = call.number('sl_stop', row, column, Number.NaN);
    const basis = stopBasis(column, Number.NaN);
    const stop = basis * (1 - side * share);
    const target = basis * (1 + side * call.number('tp_stop', row, column, Number.NaN));
    if (call.flag('sl_trail', row, column)) return isPrice(stop) ? { trail: { pct: share } } : {};
    return {
      ...(isPrice(stop) ? { stop: { price: stop } } : {}),
      ...(isPrice(target) ? { target: { price: target } } : {}),
    };
  }

  /** What guards a column's position after an order of this row; `byStop` is the price of a stop, before it slipped. */
  function updateGuard(column: number, before: number, filled: number, byStop: number | null): void {
    const now = account.position.get(column)!;
    const basis = stopBasis(column, filled, byStop);
    if (now === 0) guards.delete(column);
    else guards.set(column, guardAfter(call, row, column, guards.get(column), basis, before, now));
  }

  /**
   * Leaves the order of a column's guard that the row to come reaches. The other one stays away, and so do both where none is
   * reached: no account keeps the margin of two orders that turn it, and the bar of a row also holds the price of that row's order,
   * which is nothing that a stop would see.
   */
  function rest(c: C, column: number): void {
    const old = resting.get(column);
    if (old?.order.isOpen) old.order.cancel('replaced');
    else resting.delete(column);
    const position = account.position.get(column)!;
    const guard = guards.get(column);
    if (guard === undefined || position === 0 || row + 1 >= call.rows) return;
    const side = Math.sign(position);
    const { stop, target } = levelsOf(guard, side);
    const next = barOf(call, row + 1, column);
    const [worst, best] = side > 0 ? [next.low, next.high] : [next.high, next.low];
    const stopIsHit = isPrice(stop) && side * worst <= side * stop;
    const targetIsHit = isPrice(target) && side * best >= side * target;
    const then = { ...account, value: new Map([[column, valued(row + 1, column, account.value.get(column)!)]]) };
    const desk = deskOf(c, column);
    const leave = (worse: 1 | -1, level: number, isHit: boolean, order: { trigger?: number; limit?: number }): void => {
      // A bar that opens beyond the level fills there.
      const price = worse * side * Math.min(worse * side * level, worse * side * next.open);
      const wish = stopWish(call, row + 1, column, then, total);
      const qty = Math.abs(tradedQuantity(call, row + 1, column, price, wish, account, stopSlips));
      if (qty === 0 || !isHit) return;
      const reduceOnly = qty <= Math.abs(position) && !resting.has(column);
      const entry = { size: { qty }, ...order, reduceOnly, why: 'stop' };
      resting.set(column, { order: side > 0 ? desk.sell(entry) : desk.buy(entry), quantity: qty });
    };
    // A stop-limit with a limit far beyond fills like a stop and does not slip: vectorbt's `stoplimit`.
    const beyond = side > 0 ? stop / 10 : stop * 10;
    const isPassed = side * (desk.price - stop) < 0;
    if (isPrice(stop))
      leave(
        1,
        stop,
        stopIsHit,
        isPassed ? { limit: beyond } : { trigger: stop, ...(stopSlips ? {} : { limit: beyond }) },
      );
    // The stop is looked at first, even where the bar opens beyond the target.
    if (isPrice(target) && !stopIsHit) leave(-1, target, targetIsHit, { limit: target });
  }

  function book(fill: Fill, column: number): void {
    const side = fill.side === 'buy' ? 1 : -1;
    const before = account.position.get(column)!;
    // With `size_granularity` the floats that vectorbt adds up, as its next quantity depends on their last bits.
    const sent = [pending, resting.get(column)].find((each) => each?.order.clientOrderId === fill.order.clientOrderId);
    const asked = sent?.quantity ?? fill.qty;
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
        for (const column of columns) account.value.set(column, valued(row, column, account.value.get(column)!));
      }
      total = accountValue(account);
      stopped = new Set(exitsAtClose ? columns.filter((column) => isHit(column)) : []);
      for (const column of columns) trailGuard(call, row, column, guards.get(column), account.position.get(column)!);
      queue = sequence().filter((column) => !left.has(column));
      for (const [column, { before, price }] of left)
        updateGuard(
          column,
          before,
          price,
          price / (stopSlips ? 1 - Math.sign(before) * call.number('slippage', row, column, 0) : 1),
        );
      left.clear();
      proceed(c);
    },
    onFill(context, fill) {
      const c = context as unknown as C;
      const column = columns[Number(fill.symbol)]!;
      const before = account.position.get(column)!;
      book(fill, column);
      if (pending === null || pending.order.clientOrderId !== fill.order.clientOrderId) {
        deskOf(c, column).cancelAll('the position was left');
        left.set(column, { before, price: fill.price });
        return;
      }
      pending = null;
      if (!bracketed) updateGuard(column, before, fill.price, null);
      proceed(c);
    },
  });

  /** Whether this row's range reached the stop or the target of a column. */
  function isHit(column: number): boolean {
    const guard = guards.get(column);
    const side = Math.sign(account.position.get(column)!);
    if (guard === undefined || side === 0) return false;
    const { stop, target } = levelsOf(guard, side);
    const { high, low } = barOf(call, row, column);
    return side > 0 ? low <= stop || high >= target : high >= stop || low <= target;
  }
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

function highest(call: BroadcastCall, columns: readonly number[]): number {
  const prices = columns.flatMap((column) =>
    Array.from({ length: call.rows }, (_, row) => call.number('close', row, column, 0)),
  );
  return prices.reduce((a, b) => (b > a ? b : a), 0);
}

/** A position of less than a lot is rounding. */
function settle(quantity: number): number {
  return Math.abs(quantity) < 1e-9 ? 0 : quantity;
}
