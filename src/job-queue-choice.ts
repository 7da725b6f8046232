import type { Config } from './config.ts';
import type { Clock } from './ports/clock.ts';
import { type JobQueue, QueueError } from './ports/job-queue.ts';
import { homeFiles } from './state-place.ts';

/** The jobs of an installation: in the home database, or in Redis where a URL says so. Rejects with {@link QueueError} for any other URL. */
export async function jobQueueAt(config: Config, clock: Clock): Promise<JobQueue> {
  const { jobQueueUrl: url } = config;
  if (url === null) {
    const { sqliteJobQueue } = await import('./adapters/sqlite/job-queue.ts');
    return sqliteJobQueue(homeFiles(config).homePath, clock);
  }
  if (/^rediss?:\/\//i.test(url))
    return (await import('./adapters/bullmq/job-queue.ts')).openBullJobQueue({ url, clock });
  const scheme = /^([a-z-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  throw new QueueError(
    'refused',
    `TRADEWRIGHT_JOB_QUEUE: expected redis://… or nothing for the home database, found ${scheme === undefined ? 'a text that is no URL' : `${scheme}://`}`,
  );
}
