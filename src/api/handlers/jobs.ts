import { randomBytes } from 'node:crypto';
import { type Json, orderlessText } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Job, JobProgress } from '../../ports/job-queue.ts';
import { carriedInput } from '../carried-input.ts';
import { Failure } from '../failures.ts';
import type { Warning } from '../operation.ts';
import { type JobLine, type JobOperation, jobsShow as showRow } from '../operations/jobs.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { lookedAt } from './looked-at.ts';

/** Between two looks at the queue, which other programs change, too. */
const LOOK_MS = 250;

/** How a job's answer is kept. */
export interface JobResult {
  readonly data: Readonly<Record<string, Json>>;
  readonly warnings: readonly Warning[];
}

export async function jobsAdd(given: Input<'jobs-add'>, world: World): Promise<Output<'jobs-add'>> {
  const { operation, priority, attempts } = given;
  const input = carriedInput(operation, given.input as Readonly<Record<string, Json>>);
  const id = given.id ?? `job_${randomBytes(6).toString('hex')}`;
  const queue = await world.jobs();
  const { job, isNew } = await queue.add({
    ...{ id, operation, input, priority, attempts, actor: world.actor, schedule: null },
  });
  if (!isNew && (job.operation !== operation || orderlessText(job.input) !== orderlessText(input)))
    throw new Failure('job-exists', `there is a job ${id} already, to do something else`, { details: { found: id } });
  return { job: jobLine(job), added: isNew };
}

export async function jobsLs(input: Input<'jobs-ls'>, world: World, call: Call): Promise<Output<'jobs-ls'>> {
  const queue = await world.jobs();
  const { state, operation, schedule, limit } = input;
  const look = async (): Promise<Output<'jobs-ls'>> => ({
    jobs: (await queue.list({ state, operation, schedule, most: limit })).map(jobLine),
    counts: { ...(await queue.counts()) },
  });
  return lookedAt(input, world, call, LOOK_MS, look);
}

export async function jobsShow(input: Input<'jobs-show'>, world: World, call: Call): Promise<Output<'jobs-show'>> {
  const { id } = await find(input.id, world);
  const look = async (): Promise<Output<'jobs-show'>> => shown(await find(id, world));
  return lookedAt(input, world, call, LOOK_MS, look, ({ job }) => job.ended !== null);
}

export async function jobsCancel(input: Input<'jobs-cancel'>, world: World): Promise<Output<'jobs-cancel'>> {
  const { id, endedAtMs, state } = await find(input.id, world);
  if (endedAtMs !== null && state !== 'cancelled') throw ended(id, state);
  const job = await (await world.jobs()).cancel(id);
  if (job === null) throw unknown(id);
  // It may have come to its end meanwhile.
  if (job.state === 'done' || job.state === 'failed') throw ended(id, job.state);
  return { job: jobLine(job) };
}

export async function jobsRetry(input: Input<'jobs-retry'>, world: World): Promise<Output<'jobs-retry'>> {
  const { id, state } = await find(input.id, world);
  if (state !== 'failed' && state !== 'cancelled') throw ended(id, state);
  const job = await (await world.jobs()).retry(id);
  if (job === null) throw unknown(id);
  return { job: jobLine(job) };
}

async function find(id: string, world: World): Promise<Job> {
  const queue = await world.jobs();
  const job = id === 'last' ? ((await queue.list({ most: 1 }))[0] ?? null) : await queue.get(id);
  if (job === null) throw unknown(id);
  return job;
}

function unknown(id: string): Failure {
  return new Failure('job-unknown', id === 'last' ? 'there are no jobs yet' : `there is no job ${id}`, {
    details: { found: id },
  });
}

function ended(id: string, state: string): Failure {
  return new Failure('job-ended', `job ${id} is ${state}`, { details: { found: state } });
}

function shown(job: Job): Output<'jobs-show'> {
  const result = job.result as JobResult | null;
  return showRow.output.parse({
    ...{ job: jobLine(job), input: job.input },
    ...{ result: result?.data ?? null, warnings: result?.warnings ?? [] },
  });
}

/** A job as it is told, without what it was given and what it answered. */
export function jobLine(job: Job): JobLine {
  const { id, operation, state, priority, attempt, attempts, actor, schedule, worker, progress, failure } = job;
  const time = (atMs: number | null): string | null => (atMs === null ? null : formatTime(atMs));
  const run = (job.result as JobResult | null)?.data['run'];
  return {
    ...{ id, operation: operation as JobOperation, state, priority, attempt, attempts, actor, schedule, worker },
    ...{ created: formatTime(job.createdAtMs), due: formatTime(job.dueAtMs) },
    ...{ started: time(job.startedAtMs), ended: time(job.endedAtMs), cancelAsked: job.isCancelAsked },
    progress: progress === null ? null : { ...progress, etaSeconds: state === 'running' ? etaOf(progress) : null },
    run: operation === 'backtest' && typeof run === 'string' ? run : null,
    failure,
  };
}

function etaOf({ done, total, ratePerS }: JobProgress): number | null {
  return ratePerS === null || ratePerS <= 0 || total <= 0 ? null : Math.max(0, Math.ceil((total - done) / ratePerS));
}
