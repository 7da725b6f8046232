import { join } from 'node:path';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { recover } from '../../src/session/replay-journal.ts';
import type { BenchRow } from '../row.ts';
import { BenchSession, benchCore } from '../session-scene.ts';

/** A little more, so that the newest snapshot does not lie at the very end. */
const INPUTS = 10_040_000;
/** What may wait to become durable while the journal is written. */
const AHEAD = 20_000;

/** A session of ten million inputs from its newest snapshot to where it ended, journal opened anew. */
export const row: BenchRow = {
  name: 'session-recovery',
  unit: 's',
  target: 10,
  async measure() {
    const bench = new BenchSession();
    try {
      await bench.start();
      const writeMs = performance.now();
      for (let i = 0; i < INPUTS; i += AHEAD) {
        bench.trades(AHEAD);
        await bench.flush();
        if (bench.session.fault !== null) throw bench.session.fault;
      }
      await bench.close();
      const wroteS = (performance.now() - writeMs) / 1_000;
      const journals = sqliteJournals({
        ...{ clock: systemClock(), folder: bench.folder, homePath: join(bench.folder, 'home.sqlite') },
      });
      const startMs = performance.now();
      const { core, records } = await recover(benchCore, journals, 'bench', (body) => body());
      const seconds = (performance.now() - startMs) / 1_000;
      await journals.close();
      if (core.hash() !== bench.core.hash()) throw new Error('recovered to another state');
      return {
        value: seconds,
        note: `${core.inputs} inputs; ${records} records after the snapshot; ${core.engine.state.fills.count} fills; writing them took ${wroteS.toFixed(0)} s`,
      };
    } finally {
      await bench.remove();
    }
  },
};
