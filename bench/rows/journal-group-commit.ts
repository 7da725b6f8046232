import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Input } from '../../src/core/engine/input.ts';
import type { BenchRow } from '../row.ts';

const INPUTS = 100_000;
const REPETITIONS = 5;
/** Inputs of one turn of the event loop, as a socket hands them over. */
const TURN = 256;

/** Closed bars into a session's file, chained and on the disk; best of several. */
export const row: BenchRow = {
  name: 'journal-group-commit',
  unit: 'inputs/s',
  target: 200_000,
  atLeast: true,
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
    const journals = sqliteJournals({ clock: systemClock(), folder, homePath: join(folder, 'home.sqlite') });
    try {
      const journal = await journals.open('bench');
      let [bestMs, callerMs, bestCpuUs] = [
        Number.POSITIVE_INFINITY,
        Number.POSITIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      ];
      for (let k = 0; k <= REPETITIONS; k++) {
        const startMs = performance.now();
        const startCpu = process.cpuUsage();
        let handedOverMs = 0;
        let turnMs = startMs;
        for (let i = 0; i < INPUTS; i++) {
          const payload: Input = {
            type: 'bar-closed',
            feed: i % 7,
            openTimeMs: 1_795_200_000_000 + i * 60_000,
            open: 61_837 + i / 100,
            high: 61_840 + i / 100,
            low: 61_800 + i / 100,
            close: 61_838 + i / 100,
            volume: (i % 97) / 1_000,
          };
          journal.append({ kind: 'input', atMs: 1_795_200_000_000 + i, payload });
          if (i % TURN < TURN - 1) continue;
          handedOverMs += performance.now() - turnMs;
          await new Promise((resolve) => setImmediate(resolve));
          turnMs = performance.now();
        }
        handedOverMs += performance.now() - turnMs;
        await journal.flush();
        // The first time warms up.
        if (k === 0) continue;
        bestMs = Math.min(bestMs, performance.now() - startMs);
        callerMs = Math.min(callerMs, handedOverMs);
        const { user, system } = process.cpuUsage(startCpu);
        bestCpuUs = Math.min(bestCpuUs, user + system);
      }
      await journal.close();
      return {
        value: INPUTS / (bestMs / 1_000),
        beside: [
          { name: 'journal-append', value: (callerMs * 1e6) / INPUTS, unit: 'ns/input', note: 'of the caller' },
          {
            name: 'journal-group-commit-cpu',
            value: (bestCpuUs * 1e3) / INPUTS,
            unit: 'ns/input',
            note: 'processor time of both threads, whatever else the machine does',
          },
        ],
      };
    } finally {
      await journals.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
