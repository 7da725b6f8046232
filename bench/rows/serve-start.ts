import type { BenchRow } from '../row.ts';
import { measureServe } from '../serve-start.ts';

const ROUNDS = 3;
const IDLE_MS = 5_000;

/** A server of every role, embedded: from starting the process until `/health/ready` answers 200, all modules looked at; its memory once it has been idle. */
export const row: BenchRow = {
  name: 'serve-start',
  unit: 's',
  target: 2,
  async measure() {
    let best = Number.POSITIVE_INFINITY;
    let residentMb = 0;
    for (let k = 0; k < ROUNDS; k++) {
      const found = await measureServe(k === ROUNDS - 1 ? IDLE_MS : 0);
      best = Math.min(best, found.readyS);
      residentMb = found.residentMb;
    }
    return {
      value: best,
      beside: [{ name: 'serve-memory-idle', value: residentMb, unit: 'MB', target: 200 }],
    };
  },
};
