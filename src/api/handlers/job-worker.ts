import { hostname } from 'node:os';
import type { Json } from '../../core/vocabulary/json.ts';
import { type HeldJob, type JobOutcome, type JobProgress, type JobQueue, LEASE_MS } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/logs.ts';
import { Failure, type FailureCode } from '../failures.ts';
import type { Warning } from '../operation.ts';
import { isJobOperation } from '../operations/jobs.ts';
import type { World } from '../world.ts';
import { failureOf } from './failure-of.ts';
import { JobTally } from './job-tally.ts';
import type { JobResult } from './jobs.ts';
import { pause } from './pause.ts';

/** How far a job is is kept this often, and looked whether it is to end. */
const KEEP_MS = 500;
/** A lease that could not be kept for so long counts as lost before others may take it. */
const LAST_KEPT_MS = LEASE_MS - 5_000;
const LONGEST_WAIT_MS = 5_000;
/** After the queue did not answer, or there was no thread for a job. */
const AGAIN_MS = 1_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 600_000;

/** Failures that may pass by themselves. */
const PASSING: ReadonlySet<FailureCode> = new Set([
  'venue-unavailable',
  'store-unavailable',
  'registry-unavailable',
  'journal-unavailable',
  'vault-unavailable',
  'latches-unreadable',
  'job-queue-unavailable',
  'event-bus-unavailable',
]);

/** A job that is being carried out. */
interface Running {
  readonly held: HeldJob;
  readonly stop: AbortController;
  /** Why it is to end before its end. */
  reason: 'cancelled' | 'lost' | 'given-back' | null;
}

/** Carries out jobs, each in a thread of its own, so that nobody who asks the server waits for them. */
export class JobWorker {
  readonly tally = new JobTally();
  readonly #world: World;
  readonly #queue: JobQueue;
  readonly #atOnce: number;
  readonly #log: Log;
  readonly #name: string;
  readonly #closing = new AbortController();
  readonly #running = new Map<Running, Promise<void>>();
  readonly #looping: Promise<void>;
  #freed = Promise.withResolvers<void>();
  #problem: string | null = null;

  /** `atOnce`: jobs at the same time, at least 1. */
  constructor(world: World, queue: JobQueue, atOnce: number, log: Log) {
    this.#world = world;
    this.#queue = queue;
    this.#atOnce = atOnce;
    this.#log = log;
    this.#name = `${hostname()}:${process.pid}`;
    this.#looping = this.#loop();
  }

  /** Rejects where the queue did not answer when it was last asked. */
  async probe(): Promise<void> {
    if (this.#problem !== null) throw new Error(this.#problem);
  }

  /** Begins nothing any more; what runs may come to its end for so long, and then waits again for another worker. */
  async close(longestMs: number): Promise<void> {
    this.#closing.abort();
    this.#freed.resolve();
    await this.#looping;
    const late = Promise.withResolvers<void>();
    const timer = this.#world.clock.after(longestMs, () => late.resolve());
    await Promise.race([Promise.all(this.#running.values()), late.promise]);
    timer.cancel();
    for (const each of this.#running.keys()) this.#end(each, 'given-back');
    await Promise.all(this.#running.values());
  }

  async #loop(): Promise<void> {
    const { clock } = this.#world;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        if (this.#running.size >= this.#atOnce) {
          await this.#freed.promise;
          continue;
        }
        const held = await this.#queue.take(this.#name);
        this.#problem = null;
        if (held !== null) this.#begin(held);
        else await this.#queue.awaitWork(LONGEST_WAIT_MS, signal);
      } catch (error) {
        this.#trouble(error);
        await pause(clock, AGAIN_MS, signal);
      }
    }
  }

  #begin(held: HeldJob): void {
    const running: Running = { held, stop: new AbortController(), reason: null };
    const done = this.#carryOut(running)
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => {
        this.#running.delete(running);
        this.#freed.resolve();
        this.#freed = Promise.withResolvers();
      });
    this.#running.set(running, done);
  }

  #trouble(error: unknown): void {
    const { message } = failureOf(error);
    if (message !== this.#problem) this.#log.write('error', 'jobs-in-trouble', { problem: message });
    this.#problem = message;
  }

  #end(running: Running, reason: NonNullable<Running['reason']>): void {
    running.reason ??= reason;
    running.stop.abort();
  }

  async #carryOut(running: Running): Promise<void> {
    const { clock } = this.#world;
    const { held } = running;
    const { job } = held;
    const { operation } = job;
    const about = { job: job.id, operation, attempt: job.attempt, schedule: job.schedule };
    this.#log.write('info', 'job-started', about);
    const startedMs = clock.elapsedMs();
    const progress = new Pace(() => clock.elapsedMs());
    const ended = new AbortController();
    const keeping = this.#keep(running, progress, ended.signal);
    let outcome: JobOutcome;
    try {
      const result = await this.#done(running, progress);
      outcome =
        running.reason === 'cancelled'
          ? { kind: 'cancelled', result }
          : running.reason === null
            ? { kind: 'done', result }
            : { kind: 'given-back' };
    } catch (error) {
      outcome = this.#failed(error, running);
    }
    ended.abort();
    await keeping;
    if (running.reason === 'lost') {
      this.#log.write('warn', 'job-lost', about);
      return;
    }
    const isKept = await held.finish(outcome);
    const elapsedMs = clock.elapsedMs() - startedMs;
    if (outcome.kind !== 'given-back') this.tally.ended(operation, outcome.kind, elapsedMs / 1000);
    const problem = outcome.kind === 'failed' ? outcome.failure.message : null;
    const level = problem === null ? 'info' : 'error';
    this.#log.write(level, isKept ? `job-${outcome.kind}` : 'job-lost', { ...about, elapsedMs, problem });
    // There is no thread for it now.
    if (outcome.kind === 'given-back') await pause(clock, AGAIN_MS, this.#closing.signal);
  }

  async #done(running: Running, progress: Pace): Promise<Json> {
    const { operation, input, actor } = running.held.job;
    if (!isJobOperation(operation))
      throw new Failure('input-invalid', `operation: this version has no job ${operation}`, {
        details: { field: 'operation', found: operation },
      });
    const warnings: Warning[] = [];
    const data = await this.#world.isolate(operation, input, {
      ...{ stop: running.stop.signal, actor, warn: (warning) => void warnings.push(warning), update() {} },
      progress: (phase, done, total) => progress.tell(phase, done, total),
    });
    // As it is told: what JSON leaves out is left out now.
    return JSON.parse(JSON.stringify({ data, warnings } as JobResult)) as Json;
  }

  #failed(error: unknown, { reason, held: { job } }: Running): JobOutcome {
    if (reason === 'given-back' || reason === 'lost') return { kind: 'given-back' };
    if (reason === 'cancelled') return { kind: 'cancelled', result: null };
    const failure = failureOf(error);
    if (failure.code === 'server-busy') return { kind: 'given-back' };
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (job.attempt - 1), LONGEST_RETRY_MS);
    const { code, message, hint } = failure;
    return {
      ...{ kind: 'failed', failure: { code, message, hint } },
      retryAtMs: PASSING.has(failure.code) ? this.#world.clock.nowMs() + waitMs : null,
    };
  }

  /** Keeps the lease, and heeds what somebody else wants. */
  async #keep(running: Running, progress: Pace, ended: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    let keptMs = clock.elapsedMs();
    for (;;) {
      await pause(clock, KEEP_MS, ended);
      if (ended.aborted) return;
      try {
        const verdict = await running.held.keep(progress.now());
        if (verdict === 'lost') this.#end(running, 'lost');
        else if (verdict === 'cancel') this.#end(running, 'cancelled');
        if (verdict === 'lost') return;
        keptMs = clock.elapsedMs();
        this.#problem = null;
      } catch (error) {
        this.#trouble(error);
        if (clock.elapsedMs() - keptMs > LAST_KEPT_MS) return this.#end(running, 'lost');
      }
    }
  }
}

/** How far something is, and how fast it goes in its present phase. */
class Pace {
  readonly #elapsedMs: () => number;
  #phase = '';
  #done = 0;
  #total = 0;
  #sinceMs = 0;
  #first = 0;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  tell(phase: string, done: number, total: number): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#sinceMs = this.#elapsedMs();
      this.#first = done;
    }
    this.#done = done;
    this.#total = total;
  }

  now(): JobProgress | null {
    if (this.#phase === '') return null;
    const seconds = (this.#elapsedMs() - this.#sinceMs) / 1000;
    const done = this.#done - this.#first;
    const ratePerS = seconds > 0 && done > 0 ? Number((done / seconds).toPrecision(4)) : null;
    return { phase: this.#phase, done: this.#done, total: this.#total, ratePerS };
  }
}
