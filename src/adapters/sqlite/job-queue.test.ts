import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobQueueContract } from '../../../test/contracts/job-queue.ts';
import { memoryClock } from '../../../test/fixtures/job-clock.ts';
import { dieWithJob } from '../../../test/fixtures/job-death.ts';
import { LEASE_MS } from '../../ports/job-queue.ts';
import { sqliteJobQueue } from './job-queue.ts';

jobQueueContract('SQLite', {
  create: async () => {
    const home = mkdtempSync(join(tmpdir(), 'tradewright-jobs-'));
    const path = join(home, 'home.sqlite');
    const clock = memoryClock(1_767_225_600_000);
    const queue = sqliteJobQueue(path, clock);
    return {
      ...{ queue, other: async () => sqliteJobQueue(path, clock), nowMs: () => clock.nowMs(), leaseMs: LEASE_MS },
      pass: async (ms) => clock.pass(ms),
      dieWithJob: () =>
        dieWithJob(new URL('./job-queue.ts', import.meta.url), 'sqliteJobQueue', [path, 'clock'], clock.nowMs()),
      async dispose() {
        await queue.close();
        rmSync(home, { recursive: true, force: true });
      },
    };
  },
});
