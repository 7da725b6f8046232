import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataMissing, readSharedJson } from '../shared-data.ts';
import { BroadcastCall, type VectorbtCase, type VectorbtOrder } from './vectorbt-case.ts';
import { skipOf } from './vectorbt-limits.ts';
import { type Order, runGroup } from './vectorbt-run.ts';

/**
 * The order records of vectorbt's `test_portfolio` (from_orders and from_signals) and of random calls, reproduced by our engine. Its arithmetic of sizes
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
 * | `shortonly`, `both`: short sales pay cash, without margin | a margin account of leverage 500 that is never liquidated |
 * | columns; columns that share cash (`group_by`) | runs of their own; instruments of one account |
 * | `call_seq`: each order of a row sees what the one before left | the next order leaves when the last one's fill is in |
 * | `sl_stop`, `tp_stop`, `sl_trail` | the entry's bracket; a stop of the whole position where it grows, slips or reverses |
 * | `stop_exit_price` `stoplimit`, `close` | stop order (stop-limit where there is slippage); market order at the close |
 *
 * What is not reproduced is in `vectorbt-limits.ts`.
 */
/** Tolerance of the comparison, of the published figure or absolute below 1: quantities and prices are rounded to 1e-8. */
const TOLERANCE = 1e-6;

const FILE = 'reference/vectorbt_orders.json.gz';
const published = dataMissing(FILE) === false ? readSharedJson<{ cases: VectorbtCase[] }>(FILE).cases : [];
/** Random calls of vectorbt 1.2.0, made by bench/peers/reference/vectorbt_orders.py; the environment may name another such file. */
const random =
  process.env['VECTORBT_ORDERS'] ?? join(import.meta.dirname, '../fixtures/reference/vectorbt-orders.json');
const cases = [...published, ...(JSON.parse(readFileSync(random, 'utf8')) as { cases: VectorbtCase[] }).cases];

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

test('vectorbt: reference data is there', { skip: dataMissing(FILE) }, () => assert(published.length > 0));

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
