import type { Log } from '../../ports/logs.ts';
import type { Schedule } from '../../ports/schedules.ts';
import type { World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { pause } from './pause.ts';
import { draftOf, nextOf } from './schedules.ts';

/** Schedules of other programs are seen this often. */
const LOOK_MS = 2_000;
/** A time that is dealt with so late was missed: nobody was there. */
export const MISSED_MS = 60_000;

/** Asks for jobs when their times come. Any number of programs may: each time is dealt with once. */
export class ScheduleClock {
  readonly #world: World;
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #problem: string | null = null;

  constructor(world: World, log: Log) {
    this.#world = world;
    this.#log = log;
    this.#running = this.#run();
  }

  /** Rejects where schedules could not be read when they were last looked at. */
  async probe(): Promise<void> {
    if (this.#problem !== null) throw new Error(this.#problem);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#world;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      let waitMs = LOOK_MS;
      let problem: string | null = null;
      const trouble = (error: unknown): void => {
        problem ??= failureOf(error).message;
      };
      try {
        for (const schedule of await (await this.#world.schedules()).list()) {
          const { nextAtMs } = schedule;
          // One that cannot be dealt with keeps no other from its time.
          if (nextAtMs !== null && nextAtMs <= clock.nowMs()) await this.#pass(schedule, nextAtMs).catch(trouble);
          else if (nextAtMs !== null) waitMs = Math.min(waitMs, nextAtMs - clock.nowMs());
        }
      } catch (error) {
        trouble(error);
      }
      if (problem !== null && problem !== this.#problem) this.#log.write('error', 'schedules-in-trouble', { problem });
      this.#problem = problem;
      await pause(clock, Math.max(1, waitMs), signal);
    }
  }

  /** Deals with one time of a schedule. The job's id is made of it, so that two programs that do ask for one. */
  async #pass(schedule: Schedule, atMs: number): Promise<void> {
    const { clock } = this.#world;
    const [store, queue] = await Promise.all([this.#world.schedules(), this.#world.jobs()]);
    const { name, missed, lastJob } = schedule;
    const nextAtMs = await nextOf(schedule, clock.nowMs(), this.#world);
    const leave = async (why: string): Promise<void> => {
      if (await store.passed(name, atMs, nextAtMs, null)) this.#log.write('warn', why, { schedule: name });
    };
    if (missed === 'skip' && clock.nowMs() - atMs > MISSED_MS) return leave('schedule-missed');
    const former = lastJob === null ? null : await queue.get(lastJob);
    if (former?.state === 'waiting' || former?.state === 'running') return leave('schedule-overlapped');
    const id = `${name}.${new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
    await queue.add(draftOf(schedule, id));
    if (await store.passed(name, atMs, nextAtMs, id))
      this.#log.write('info', 'schedule-passed', { schedule: name, job: id });
  }
}
