import { moneyScale } from '../../src/core/engine/session-state.ts';
import { feeSchedule } from '../../src/core/exchange/fees.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS } from '../../src/core/vocabulary/time.ts';
import { NO_MAINTENANCE, referenceRun } from './reference-run.ts';
import type { BroadcastCall, VectorbtOrder } from './vectorbt-case.ts';
import { barOf, isBracketed } from './vectorbt-stops.ts';
import { orderPrice, vectorbtStrategy } from './vectorbt-strategy.ts';

/** A record without its running number. */
export type Order = Omit<VectorbtOrder, 'id'>;

interface GroupRun {
  readonly orders: Order[];
  readonly refused: string[];
  readonly rejected: string[];
  /** What the engine's books say at the end. */
  readonly equity: number;
  /** The same from the orders alone: initial cash, what was traded, fees, and the rest at the last close. */
  readonly reckoned: number;
}

/** Largest that {@link NO_MAINTENANCE} allows. */
export const LEVERAGE = 500;

/** Runs the columns of one account on the engine and reads the orders as vectorbt records them. */
export function runGroup(call: BroadcastCall, columns: readonly number[]): GroupRun {
  const feeds = columns.map((column, i) => ({
    instrument: {
      id: `REFERENCE:${i}`,
      base: `C${i}`,
      quote: 'USD',
      tick: '0.00000001',
      lot: call.has('size_granularity') ? String(call.number('size_granularity', 0, column, 1)) : '0.00000001',
      marginTiers: NO_MAINTENANCE,
    },
    timeframe: '12h',
    bars: barsFromRows(barRows(call, column)),
  }));
  const first = columns[0]!;
  const number = (name: string): number => call.number(name, 0, first, 0);
  const rate = toRate(number('fees'));
  // A cash account lets a holding be sold once: not by a stop and a target side by side, nor by a stop and the one that replaces it.
  const guarded = call.has('sl_stop') || call.has('tp_stop');
  const single = !guarded || isBracketed(call, columns);
  // It buys with what it has, and not with the rebate of that purchase either, which vectorbt spends in advance.
  const rebates = number('fees') < 0 || number('fixed_fees') < 0;
  const longOnly = call.call.direction === 'longonly' && single && !rebates;
  const { backtest, fills, refused, rejected } = referenceRun({
    feeds,
    strategies: [{ strategy: vectorbtStrategy(call, columns) }],
    cash: call.initialCash(first),
    currency: 'USD',
    account: longOnly ? 'cash' : 'margin',
    leverage: longOnly ? 1 : LEVERAGE,
    liquidation: 'none',
    fills: { market: 'close', path: 'pessimistic', limit: 'touch' },
    costs: {
      fees: feeSchedule({
        tiers: [{ fromTradedQuanta: 0, makerRate: rate, takerRate: rate }],
        perOrderQuanta: Math.round(number('fixed_fees') * 10 ** moneyScale(call.initialCash(first))),
      }),
      slippage: { kind: 'basis-points', amount: toRate(number('slippage')), clampToRange: false },
    },
  });
  const rowOf = feeds.map((feed) => [...feed.bars.openTimeMs].map((ms) => ms / DAY_MS));
  return {
    orders: fills.map((f) => ({
      col: columns[f.instrument]!,
      idx: rowOf[f.instrument]![f.bar]!,
      size: f.quantity,
      price: f.price,
      fees: f.fee,
      side: f.side > 0 ? 0 : 1,
    })),
    refused,
    rejected,
    equity: backtest.engine.state.book.equity(backtest.engine.state.price),
    reckoned: fills.reduce(
      (sum, f) => sum + f.side * f.quantity * (feeds[f.instrument]!.bars.close.at(-1)! - f.price) - f.fee,
      call.initialCash(first),
    ),
  };
}

/** Whether an order of a row at the price that is given for it may come of the row. */
export function isDue(call: BroadcastCall, row: number, column: number): boolean {
  return (
    call.word('stop_exit_price', column, 'stoplimit') === 'price' ||
    call.call.method === 'from_orders' ||
    call.flag('entries', row, column) ||
    call.flag('exits', row, column)
  );
}

/** Bars of a column; a row without a price has none, and one at which an order may be due closes at that order's price. */
function barRows(call: BroadcastCall, column: number): number[][] {
  return Array.from({ length: call.rows }, (_, row) => {
    const given = call.number('close', row, column, Number.NaN);
    const due = isDue(call, row, column);
    const price = due ? orderPrice(call, row, column) : given;
    // A row without a price for its order has a range all the same, in which stops are reached.
    const close = Number.isNaN(price) ? given : price;
    const bar = barOf(call, row, column, close);
    return [row * DAY_MS, bar.open, Math.max(bar.high, close), Math.min(bar.low, close), close, 0];
  }).filter((bar) => !Number.isNaN(bar[4]));
}
