import { availableParallelism } from 'node:os';
import type { Log } from '../../ports/logs.ts';
import type { World } from '../world.ts';
import type { JobTally } from './job-tally.ts';
import { JobWorker } from './job-worker.ts';
import { ScheduleClock } from './schedule-clock.ts';

/** Jobs at once unless said otherwise: a core is left for who asks. */
const AT_ONCE = Math.max(1, availableParallelism() - 1);

/** The worker and the schedules of a program that serves: a part that is begun and ended, and that a program may do without. */
export class ServedJobs {
  readonly #worker: JobWorker;
  readonly #clock: ScheduleClock;

  private constructor(worker: JobWorker, clock: ScheduleClock) {
    this.#worker = worker;
    this.#clock = clock;
  }

  /** `atOnce`: jobs at the same time. Rejects with QueueError where the address of the queue is none. */
  static async open(world: World, { atOnce = AT_ONCE, log }: { atOnce?: number | undefined; log: Log }) {
    const jobs = log.of('jobs');
    return new ServedJobs(new JobWorker(world, await world.jobs(), atOnce, jobs), new ScheduleClock(world, jobs));
  }

  /** Rejects where jobs cannot be taken, or schedules not be read. */
  async probe(): Promise<void> {
    await this.#worker.probe();
    await this.#clock.probe();
  }

  /** What it has carried out, by operation. */
  get tally(): JobTally {
    return this.#worker.tally;
  }

  /** Begins nothing any more; what runs may come to its end for so long, and then waits for another worker. */
  async close(longestMs: number): Promise<void> {
    await this.#clock.close();
    await this.#worker.close(longestMs);
  }
}
