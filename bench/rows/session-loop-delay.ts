import { monitorEventLoopDelay } from 'node:perf_hooks';
import { viewOf } from '../../src/session/session-view.ts';
import type { BenchRow } from '../row.ts';
import { BenchSession } from '../session-scene.ts';

const PER_SECOND = 20_000;
const SECONDS = 10;
const VIEW_MS = 500;

/** How long anything else waits for its turn while trades come at a busy market's pace, all of them inputs, with a view twice a second. */
export const row: BenchRow = {
  name: 'session-loop-delay',
  unit: 'ms, p99.9',
  target: 50,
  async measure() {
    const bench = new BenchSession();
    try {
      await bench.start();
      // Code that is still being compiled is not what a session of days has.
      bench.trades(PER_SECOND);
      await bench.flush();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const startMs = performance.now();
      let [sent, viewedMs] = [0, startMs];
      for (let nowMs = startMs; nowMs - startMs < SECONDS * 1_000; nowMs = performance.now()) {
        const due = Math.floor(((nowMs - startMs) * PER_SECOND) / 1_000);
        bench.trades(due - sent);
        sent = due;
        if (nowMs - viewedMs >= VIEW_MS) {
          viewedMs = nowMs;
          viewOf(bench.core, bench.session.lastPrice, 8);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      delay.disable();
      await bench.flush();
      if (bench.session.fault !== null) throw bench.session.fault;
      await bench.close();
      return {
        value: delay.percentile(99.9) / 1e6,
        note: `${sent} inputs in ${SECONDS} s`,
        beside: [
          { name: 'session-loop-delay-p50', value: delay.percentile(50) / 1e6, unit: 'ms' },
          { name: 'session-loop-delay-longest', value: delay.max / 1e6, unit: 'ms' },
        ],
      };
    } finally {
      await bench.remove();
    }
  },
};
