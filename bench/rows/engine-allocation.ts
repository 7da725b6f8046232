import { backtestOf, MILLION } from '../engine-row.ts';
import type { BenchRow, Measurement } from '../row.ts';
import { idle } from '../workloads.ts';

const RUNS = 10;
/** V8 goes on compiling for about a dozen runs, and keeps what it has compiled. */
const WARM_UPS = 15;

/** Growth of the heap and of array buffers over ten million bars without an order; a hundredth of a byte a bar counts as none. */
function measure(): Measurement {
  if (!globalThis.gc) return { value: null, note: 'needs node --expose-gc' };
  const backtest = backtestOf(idle)(MILLION);
  for (let k = 0; k < WARM_UPS; k++) backtest.run();
  const used = (): number => {
    for (let k = 0; k < 3; k++) globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  let made = 0;
  for (let k = 0; k < RUNS; k++) {
    const start = process.memoryUsage().heapUsed;
    backtest.run();
    made += Math.max(0, process.memoryUsage().heapUsed - start);
    globalThis.gc?.();
  }
  return {
    value: Math.max(0, used() - before) / (RUNS * MILLION),
    beside: [
      {
        name: 'engine-allocation: garbage made',
        value: made / (RUNS * MILLION),
        unit: 'bytes/bar',
        note: 'growth of the heap within runs, before collection',
      },
    ],
  };
}

export const row: BenchRow = { name: 'engine-allocation', unit: 'bytes/bar', target: 0.01, measure };
