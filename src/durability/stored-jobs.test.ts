import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobQueueContract } from '../../test/contracts/job-queue.ts';
import { memoryClock } from '../../test/fixtures/job-clock.ts';
import { dieWithJob } from '../../test/fixtures/job-death.ts';
import { postgresScene } from '../../test/fixtures/postgres-schema.ts';
import { openPostgresJobs, openSqliteJobs } from '../../test/fixtures/stored-jobs.ts';
import { postgresMissing } from '../../test/servers/postgres.ts';
import { LEASE_MS } from '../ports/job-queue.ts';

const OPENERS = new URL('../../test/fixtures/stored-jobs.ts', import.meta.url);

jobQueueContract('SQLite', {
  create: async () => {
    const home = mkdtempSync(join(tmpdir(), 'tradewright-jobs-'));
    const path = join(home, 'home.sqlite');
    const clock = memoryClock(1_767_225_600_000);
    const queue = await openSqliteJobs(path, clock);
    return {
      ...{ queue, other: () => openSqliteJobs(path, clock), nowMs: () => clock.nowMs(), leaseMs: LEASE_MS },
      pass: async (ms) => clock.pass(ms),
      dieWithJob: () => dieWithJob(OPENERS, 'openSqliteJobs', [path, 'clock'], clock.nowMs()),
      async dispose() {
        await queue.close();
        rmSync(home, { recursive: true, force: true });
      },
    };
  },
});

jobQueueContract('PostgreSQL', {
  skip: postgresMissing,
  create: async () => {
    const { direct, schema, sql, dispose } = await postgresScene('jobs');
    const queue = await openPostgresJobs(direct, schema);
    return {
      ...{ queue, other: () => openPostgresJobs(direct, schema), nowMs: () => Date.now(), leaseMs: LEASE_MS },
      // What was is so much longer ago.
      pass: async (ms) =>
        void (await sql(
          `update %s.job set due_at_ms = due_at_ms - $1, lease_until_ms = lease_until_ms - $1, ended_at_ms = ended_at_ms - $1`,
          [ms],
        )),
      dieWithJob: () => dieWithJob(OPENERS, 'openPostgresJobs', [direct, schema], 'real'),
      async dispose() {
        await queue.close();
        await dispose();
      },
    };
  },
});
