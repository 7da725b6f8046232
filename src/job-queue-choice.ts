import type { Config } from './config.ts';
import type { StateDatabase } from './durability/state-database.ts';
import { storedJobs } from './durability/stored-jobs.ts';
import type { Clock } from './ports/clock.ts';
import { type JobQueue, QueueError } from './ports/job-queue.ts';

/** The jobs of an installation: with its state, or in Redis where a URL says so. Rejects with {@link QueueError} for any other URL. */
export async function jobQueueAt(
  { jobQueueUrl: url, databaseUrl }: Pick<Config, 'jobQueueUrl' | 'databaseUrl'>,
  state: () => Promise<StateDatabase>,
  clock: Clock,
): Promise<JobQueue> {
  if (url === null)
    return storedJobs(await state(), { place: databaseUrl === null ? 'home database' : 'PostgreSQL', clock });
  if (/^rediss?:\/\//i.test(url))
    return (await import('./adapters/bullmq/job-queue.ts')).openBullJobQueue({ url, clock });
  const scheme = /^([a-z-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  throw new QueueError(
    'refused',
    `TRADEWRIGHT_JOB_QUEUE: expected redis://… or nothing for the database of the state, found ${scheme === undefined ? 'a text that is no URL' : `${scheme}://`}`,
  );
}
