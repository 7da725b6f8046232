import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataMissing, readSharedJson } from '../shared-data.ts';
import { BroadcastCall, type VectorbtCase, type VectorbtOrder } from './vectorbt-case.ts';
import { type Order, runGroup } from './vectorbt-run.ts';

/**
 * The order records of vectorbt's `test_portfolio` (from_orders and from_signals), reproduced by our engine. Its arithmetic of sizes
 * (`vectorbt-orders.ts`) and signals (`vectorbt-signals.ts`) is a strategy's here; fills, stops, fees, slippage, cash and
 * positions are the engine's. How its conventions are said in ours:
 *
 * | theirs | ours |
 * |---|---|
 * | orders at the close of their row | fills `close` |
 * | `price` of a row that is not its close | the bar of that row closes at it |
 * | a row without a price | no bar |
 * | fractional quantities of any fineness | ticks and lots of 1e-8, or lots of `size_granularity`; compared to 1e-6 |
 * | `fees`, `fixed_fees`, `slippage` | taker and maker rate, `perOrderQuanta`, slippage in basis points |
 * | `longonly` | a cash account |
 * | `shortonly`, `both`: short sales pay cash, without margin | a margin account of leverage 100 that is never liquidated |
 * | columns; columns that share cash (`group_by`) | runs of their own; instruments of one account |
 * | `call_seq`: each order of a row sees what the one before left | the next order leaves when the last one's fill is in |
 * | `sl_stop`, `tp_stop`, `sl_trail` | the entry's bracket; a stop of the whole position where it grows, slips or reverses |
 * | `stop_exit_price` `stoplimit`, `close` | stop order (stop-limit where there is slippage); market order at the close |
 *
 * Not reproduced, by rule:
 */
const OTHER_RULES: readonly {
  readonly reason: string;
  readonly applies: (call: BroadcastCall, columns: readonly number[], orders: readonly Order[]) => boolean;
}[] = [
  {
    reason:
      'opens a position although the account is worth nothing or less: vectorbt lends without margin, no account of ours does',
    applies: (call, columns, orders) => replay(call, columns, orders).some((step) => step.opens && step.value <= 0),
  },
  {
    reason:
      'a stop covers as much of a short as cash pays, the account being worth less than nothing: our stop covers all of it',
    applies: (call, columns, orders) =>
      (call.has('sl_stop') || call.has('tp_stop')) &&
      replay(call, columns, orders).some((step) => !step.opens && step.value < 0 && step.after !== 0),
  },
  {
    reason: 'a short trailed by 100 % or more: our risk rules take a trailing share below 1 only',
    applies: (call, columns) => columns.some((column) => shortTrail(call, column) >= 1),
  },
];

/** Arguments that {@link runGroup} understands; a case with another one is not run. */
const ARGUMENTS: readonly string[] = [
  'size size_type price val_price ffill_val_price update_value fees fixed_fees slippage',
  'min_size max_size size_granularity lock_cash allow_partial init_cash group_by cash_sharing call_seq',
  'accumulate upon_long_conflict upon_short_conflict upon_dir_conflict upon_opposite_entry',
  'open high low sl_stop sl_trail tp_stop stop_entry_price stop_exit_price upon_stop_exit upon_stop_update',
].flatMap((line) => line.split(' '));

/** Tolerance of the comparison, of the published figure or absolute below 1: quantities and prices are rounded to 1e-8. */
const TOLERANCE = 1e-6;

const FILE = 'reference/vectorbt_orders.json.gz';
const { cases } = dataMissing(FILE) === false ? readSharedJson<{ cases: VectorbtCase[] }>(FILE) : { cases: [] };

function nearly(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
}

function assertOrders(actual: readonly Order[], expected: readonly Order[]): void {
  const same =
    actual.length === expected.length &&
    actual.every((a, i) => {
      const b = expected[i]!;
      return (
        a.col === b.col &&
        a.idx === b.idx &&
        a.side === b.side &&
        nearly(a.size, b.size) &&
        nearly(a.price, b.price) &&
        nearly(a.fees, b.fees)
      );
    });
  const text = (orders: readonly Order[]): string => orders.map((o) => JSON.stringify(o)).join('\n  ');
  assert(same, `orders are\n  ${text(actual)}\npublished are\n  ${text(expected)}`);
}

function withoutId({ col, idx, size, price, fees, side }: VectorbtOrder): Order {
  return { col, idx, size, price, fees, side };
}

interface Step {
  /** Whether the order opens or enlarges a position. */
  readonly opens: boolean;
  /** What the account was worth before, at the order's price. */
  readonly value: number;
  readonly after: number;
}

/** The published orders of one account, one by one. */
function replay(call: BroadcastCall, columns: readonly number[], orders: readonly Order[]): Step[] {
  let cash = call.initialCash(columns[0]!);
  const held = new Map(columns.map((column) => [column, 0]));
  return orders.map((o) => {
    let value = cash;
    for (const [column, quantity] of held)
      if (quantity !== 0) value += quantity * (column === o.col ? o.price : call.number('close', o.idx, column, 0));
    const before = held.get(o.col)!;
    const after = before + (o.side === 0 ? o.size : -o.size);
    held.set(o.col, after);
    cash -= (after - before) * o.price + o.fees;
    return { opens: Math.abs(after) > Math.abs(before) || after * before < 0, value, after };
  });
}

/** Largest finite trailing share of a column that may go short; 0 where it does not trail. */
function shortTrail(call: BroadcastCall, column: number): number {
  const rows = Array.from({ length: call.rows }, (_, row) => row);
  const { direction } = call.call;
  const shorts =
    direction === 'shortonly' || (direction === 'both' && rows.some((row) => call.flag('exits', row, column)));
  if (!shorts || !call.flag('sl_trail', 0, column)) return 0;
  return Math.max(0, ...rows.map((row) => call.number('sl_stop', row, column, 0)).filter(Number.isFinite));
}

function skipOf(call: BroadcastCall, columns: readonly number[], expected: readonly Order[]): string | false {
  const unknown = Object.keys(call.call.params).filter((name) => !ARGUMENTS.includes(name));
  if (unknown.length > 0) return `arguments without a counterpart: ${unknown.join(', ')}`;
  return OTHER_RULES.find((rule) => rule.applies(call, columns, expected))?.reason ?? false;
}

test('vectorbt: reference data is there', { skip: dataMissing(FILE) }, () => assert(cases.length > 0));

cases.forEach((c, n) => {
  const call = new BroadcastCall(c.call);
  for (const columns of call.groups) {
    const expected = c.orders?.filter((o) => columns.includes(o.col)).map(withoutId);
    const skip = skipOf(call, columns, expected ?? []);
    test(`vectorbt ${n} ${c.test} ${c.call.direction} columns ${columns.join(' ')}: ${c.call.method} -> the published orders`, {
      skip,
    }, () => {
      const { orders, refused, rejected, equity, reckoned } = runGroup(call, columns);
      assert.deepEqual([refused, rejected], [[], []]);
      assert(nearly(equity, reckoned), `the books say ${equity}, the orders ${reckoned}`);
      if (expected) assertOrders(orders, expected);
      else assertOrders(orders, runGroup(new BroadcastCall(c.same_orders_as!), columns).orders);
    });
  }
});
