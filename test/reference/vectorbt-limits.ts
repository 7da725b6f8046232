import type { BroadcastCall } from './vectorbt-case.ts';
import { isDue, LEVERAGE, type Order } from './vectorbt-run.ts';
import { barOf, type Guard, guardAfter, levelsOf, trailGuard } from './vectorbt-stops.ts';
import { orderPrice } from './vectorbt-strategy.ts';

/** What of vectorbt is not reproduced, by rule. */
const OTHER_RULES: readonly {
  readonly reason: string;
  readonly applies: (call: BroadcastCall, columns: readonly number[], orders: readonly Order[]) => boolean;
}[] = [
  {
    reason:
      'opens a position of an account that is worth nothing or less: vectorbt lends without margin, no account of ours does',
    applies: (call, columns, orders) =>
      replay(call, columns, orders).some((step) => step.opens && step.exposure > LEVERAGE * step.value),
  },
  {
    reason:
      'a stop covers as much of a short as cash pays, the account being worth less than nothing: our stop covers all of it',
    applies: (call, columns, orders) =>
      (call.has('sl_stop') || call.has('tp_stop')) &&
      replay(call, columns, orders).some((step) => !step.opens && step.value < 0 && step.after !== 0),
  },
  {
    reason: 'a target slips like a market order: ours is a limit order',
    applies: (call) =>
      call.has('tp_stop') &&
      call.has('slippage') &&
      call.call.method === 'from_signals' &&
      call.word('stop_exit_price', 0, 'stoplimit') === 'stopmarket',
  },
  {
    reason:
      'a row gives its order a price of its own that is past a stop, or an exit leaves at its close beside it: a bar of ours closes at one price',
    applies: (call, columns, orders) =>
      call.has('price') &&
      (call.has('sl_stop') || call.has('tp_stop')) &&
      columns.some((column) => closesTwice(call, column, orders)),
  },
  {
    reason:
      'a stop fills in the turn of its column: ours fills inside the bar, before all orders of the account at its close',
    applies: (call, columns) => columns.length > 1 && (call.has('sl_stop') || call.has('tp_stop')),
  },
  {
    reason:
      'fees, slippage and granularity that change from row to row or column to column of one account: our venue has one schedule',
    applies: (call, columns) =>
      ['fees', 'fixed_fees', 'slippage', 'size_granularity'].some((name) => !isOne(call, name, columns)),
  },
];

/** Arguments that {@link runGroup} understands; a case with another one is not run. */
const ARGUMENTS: readonly string[] = [
  'size size_type price val_price ffill_val_price update_value fees fixed_fees slippage',
  'min_size max_size size_granularity lock_cash allow_partial init_cash group_by cash_sharing call_seq',
  'accumulate upon_long_conflict upon_short_conflict upon_dir_conflict upon_opposite_entry',
  'open high low sl_stop sl_trail tp_stop stop_entry_price stop_exit_price upon_stop_exit upon_stop_update',
].flatMap((line) => line.split(' '));

/** Follows the guard of a column's position along the published orders, to where its bar would have to close at two prices. */
function closesTwice(call: BroadcastCall, column: number, orders: readonly Order[]): boolean {
  let guard: Guard | undefined;
  let position = 0;
  for (let row = 0; row < call.rows; row++) {
    const close = call.number('close', row, column, Number.NaN);
    const price = orderPrice(call, row, column);
    trailGuard(call, row, column, guard, position);
    const order = orders.find((o) => o.col === column && o.idx === row);
    if (order) {
      const before = position;
      position += order.side === 0 ? order.size : -order.size;
      const word = call.word('stop_entry_price', column, 'close');
      const basis = word === 'close' ? close : word === 'fillprice' ? order.price : price;
      guard = Math.abs(position) < 1e-8 ? undefined : guardAfter(call, row, column, guard, basis, before, position);
    }
    if (!isDue(call, row, column) || !(Math.abs(price - close) > 0)) continue;
    if (order && call.word('stop_exit_price', column, 'stoplimit') === 'close' && isNear(call, order, close))
      return true;
    if (guard === undefined || row + 1 === call.rows) continue;
    const side = Math.sign(position);
    const { stop, target } = levelsOf(guard, side);
    const next = barOf(call, row + 1, column).open;
    // Where the next row opens beyond as well, both fill there.
    if (side * (price - stop) <= 0 && side * (next - stop) > 0) return true;
    if (side * (price - target) >= 0 && side * (next - target) < 0) return true;
  }
  return false;
}

/** Whether an order was filled at a price, slippage apart. */
function isNear(call: BroadcastCall, order: Order, price: number): boolean {
  const slipped = price * (1 + (order.side === 0 ? 1 : -1) * call.number('slippage', order.idx, order.col, 0));
  return Math.abs(order.price - slipped) <= 1e-6 * price;
}

interface Step {
  /** Whether the order opens or enlarges a position. */
  readonly opens: boolean;
  /** What the account is worth at the prices of the row, less the order's fee; a rebate is not there yet. */
  readonly value: number;
  /** Sum of its positions with the order's, at those prices. */
  readonly exposure: number;
  readonly after: number;
}

/** The published orders of one account, one by one. */
function replay(call: BroadcastCall, columns: readonly number[], orders: readonly Order[]): Step[] {
  let cash = call.initialCash(columns[0]!);
  const held = new Map(columns.map((column) => [column, 0]));
  return orders.map((o) => {
    const before = held.get(o.col)!;
    const after = before + (o.side === 0 ? o.size : -o.size);
    held.set(o.col, after);
    cash -= (after - before) * o.price + o.fees;
    let value = cash + Math.min(0, o.fees);
    let exposure = 0;
    for (const [column, quantity] of held) {
      if (quantity === 0) continue;
      const price = column === o.col ? orderPrice(call, o.idx, column) : call.number('close', o.idx, column, 0);
      value += quantity * price;
      exposure += Math.abs(quantity) * price;
    }
    return { opens: Math.abs(after) > Math.abs(before) || after * before < 0, value, exposure, after };
  });
}

/** Whether an argument is the same for all rows and columns of an account. */
function isOne(call: BroadcastCall, name: string, columns: readonly number[]): boolean {
  const values = columns.flatMap((column) =>
    Array.from({ length: call.rows }, (_, row) => call.number(name, row, column, 0)),
  );
  return values.every((value) => Object.is(value, values[0]));
}

/** Why a published account is not compared, or false where it is. */
export function skipOf(call: BroadcastCall, columns: readonly number[], expected: readonly Order[]): string | false {
  const unknown = Object.keys(call.call.params).filter((name) => !ARGUMENTS.includes(name));
  if (unknown.length > 0) return `arguments without a counterpart: ${unknown.join(', ')}`;
  return OTHER_RULES.find((rule) => rule.applies(call, columns, expected))?.reason ?? false;
}
