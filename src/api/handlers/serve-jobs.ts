import { availableParallelism } from 'node:os';
import type { Log } from '../../ports/logs.ts';
import type { World } from '../world.ts';
import type { JobTally } from './job-tally.ts';
import { JobWorker } from './job-worker.ts';

/** Jobs at once unless said otherwise: a core is left for who asks. */
const AT_ONCE = Math.max(1, availableParallelism() - 1);

/** The worker of a program that serves: a part that is begun and ended, and that a program may do without. */
export class ServedJobs {
  readonly #worker: JobWorker;

  private constructor(worker: JobWorker) {
    this.#worker = worker;
  }

  /** `atOnce`: jobs at the same time. Rejects with QueueError where the address of the queue is none. */
  static async open(world: World, { atOnce = AT_ONCE, log }: { atOnce?: number | undefined; log: Log }) {
    return new ServedJobs(new JobWorker(world, await world.jobs(), atOnce, log.of('jobs')));
  }

  /** Rejects where jobs cannot be taken. */
  probe(): Promise<void> {
    return this.#worker.probe();
  }

  /** What it has carried out, by operation. */
  get tally(): JobTally {
    return this.#worker.tally;
  }

  /** Begins nothing any more; what runs may come to its end for so long, and then waits for another worker. */
  close(longestMs: number): Promise<void> {
    return this.#worker.close(longestMs);
  }
}
