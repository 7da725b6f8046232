import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BenchRow } from '../row.ts';
import { BenchSession } from '../session-scene.ts';

/** A day of bars of a minute, a thousand trades in each. */
const DAY_INPUTS = 1_440 * 1_000;
const QUARTERS = 4;
const TURN = 20_000;
const SETTLE_MS = 500;

function usedMiB(collect: () => void): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** What a day of trades leaves behind in memory, an order at every bar included; journaled, snapshots and all. */
export const row: BenchRow = {
  name: 'session-memory',
  unit: 'MiB a day',
  target: 8,
  async measure() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const bench = new BenchSession();
    try {
      await bench.start();
      const used: number[] = [];
      // Two days: in the first everything that is ever needed is made.
      for (let quarter = 0; quarter <= 2 * QUARTERS; quarter++) {
        for (let i = 0; quarter > 0 && i < DAY_INPUTS / QUARTERS; i += TURN) {
          bench.trades(TURN);
          await bench.flush();
          if (bench.session.fault !== null) throw bench.session.fault;
        }
        // What is on its way to the thread that writes is no memory of the session.
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        used.push(usedMiB(collect));
      }
      const { orders, log } = bench.core.engine.state;
      await bench.close();
      return {
        value: used.at(-1)! - used[QUARTERS]!,
        note: `${used.map((mib) => mib.toFixed(1)).join(', ')} MiB by quarters of two days; ${orders.count} orders and ${log.count} events are kept`,
      };
    } finally {
      await bench.remove();
    }
  },
};
