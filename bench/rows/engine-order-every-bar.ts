import { backtestOf, MILLION, measureBesideBareLoop } from '../engine-row.ts';
import type { BenchRow } from '../row.ts';
import { orderEveryBar } from '../workloads.ts';

/** Buys and closes in turn, so that every bar matches an order, books a fill and sends the next order. */
export const row: BenchRow = {
  name: 'engine-order-every-bar',
  unit: 'ns/bar',
  target: 250,
  measure: () => {
    const backtestOn = (count: number) => backtestOf(orderEveryBar)(count);
    const orders = backtestOn(1000).run().engine.state.orders.count;
    if (orders < 999)
      return { value: null, note: `only ${orders} orders on 1000 bars: the work is not what the row says` };
    const measured = measureBesideBareLoop('engine-order-every-bar', 'order-every-bar', backtestOn, 6);
    return { ...measured, note: `${measured.note ?? ''} on ${MILLION} bars` };
  },
};
