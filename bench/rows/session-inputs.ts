import { viewOf } from '../../src/session/session-view.ts';
import type { BenchRow } from '../row.ts';
import { BenchSession } from '../session-scene.ts';

const INPUTS = 200_000;
const REPETITIONS = 5;
/** Inputs of one turn of the event loop, as a socket hands them over. */
const TURN = 256;
/** Inputs between two views: at the target's pace, twice a second. */
const VIEW_EVERY = 100_000;

/** Trades through journal, engine and venue with an order resting, and views of it; durable at the end. */
export const row: BenchRow = {
  name: 'session-inputs',
  unit: 'inputs/s',
  target: 200_000,
  atLeast: true,
  async measure() {
    const bench = new BenchSession();
    try {
      await bench.start();
      let bestMs = Number.POSITIVE_INFINITY;
      for (let k = 0; k <= REPETITIONS; k++) {
        const startMs = performance.now();
        for (let i = 0; i < INPUTS; i += TURN) {
          bench.trades(TURN);
          if (i % VIEW_EVERY < TURN) viewOf(bench.core, bench.session.lastPrice, 8);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await bench.flush();
        if (bench.session.fault !== null) throw bench.session.fault;
        if (k > 0) bestMs = Math.min(bestMs, performance.now() - startMs);
      }
      await bench.close();
      return { value: INPUTS / (bestMs / 1_000), note: `${bench.core.inputs} inputs in all, an order resting` };
    } finally {
      await bench.remove();
    }
  },
};
