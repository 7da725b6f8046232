import { randomBytes } from 'node:crypto';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { JobDraft } from '../../ports/job-queue.ts';
import type { Schedule } from '../../ports/schedules.ts';
import { SILENT_MS } from '../../ports/session-vitals.ts';
import { carriedInput } from '../carried-input.ts';
import { Failure } from '../failures.ts';
import type { ScheduleLine, SessionWork } from '../operations/schedules.ts';
import type { Input, Output } from '../operations/table.ts';
import { withField } from '../operations/with-field.ts';
import type { Call, World } from '../world.ts';
import { jobLine } from './jobs.ts';
import { isPath, loadStrategy } from './load-strategy.ts';
import { lookedAt } from './looked-at.ts';

/** Tries of a job that a schedule asks for, and how soon it is begun. */
const ATTEMPTS = 3;
const PRIORITY = 4;
const LOOK_MS = 1_000;

export function schedulesLs(input: Input<'schedules-ls'>, world: World, call: Call): Promise<Output<'schedules-ls'>> {
  return lookedAt(input, world, call, LOOK_MS, async () => {
    const all = await (await world.schedules()).list();
    return {
      schedules: await Promise.all(all.map((schedule) => lineOf(schedule, world))),
      sessions: await sessionWorks(world),
    };
  });
}

async function sessionWorks(world: World): Promise<SessionWork[]> {
  const vitals = await (await world.vitals()).since(world.clock.nowMs() - SILENT_MS);
  return vitals.flatMap(({ session, timed }) =>
    timed.map(({ work, everyMs, nextMs, lastMs, problem }) => ({
      ...{ session, work, everySeconds: everyMs / 1000, next: timeOf(nextMs), last: timeOf(lastMs), problem },
    })),
  );
}

const timeOf = (atMs: number | null): string | null => (atMs === null ? null : formatTime(atMs));

export async function schedulesAdd(
  given: Input<'schedules-add'>,
  world: World,
  call: Call,
): Promise<Output<'schedules-add'>> {
  const { name, operation, cron, timeZone, missed } = given;
  const input = carriedInput(operation, given.input as Readonly<Record<string, Json>>);
  for (const strategy of strategiesIn(input)) await refuseUnknownStrategy(strategy, world, call);
  const nowMs = world.clock.nowMs();
  const nextAtMs = await nextOf({ cron, timeZone }, nowMs, world);
  if (nextAtMs === null)
    throw new Failure('input-invalid', `cron: expected times that come, found ${cron}, which has none left`, {
      details: { field: 'cron', found: cron },
    });
  const isAdded = await (await world.schedules()).add({
    ...{ name, cron, timeZone, operation, input, missed, actor: world.actor, createdAtMs: nowMs },
    ...{ isPaused: false, nextAtMs },
  });
  if (!isAdded)
    throw new Failure('schedule-exists', `there is a schedule ${name} already`, { details: { found: name } });
  return { schedule: await lineOf(await find(name, world), world) };
}

/** Strategies that an input names: the first, and those that run beside it. */
function strategiesIn(input: Readonly<Record<string, Json>>): readonly string[] {
  const beside = withField.safeParse(input['with']);
  const first = input['strategy'];
  return [...(typeof first === 'string' ? [first] : []), ...(beside.data ?? []).map(({ strategy }) => strategy)];
}

/** A name that is not built in is built in nowhere: said now, not by a job that fails at night. A file may be there for the worker alone. */
async function refuseUnknownStrategy(strategy: string, world: World, call: Call): Promise<void> {
  if (!isPath(strategy)) await loadStrategy(strategy, world);
  else if (!world.files.exists(strategy))
    call.warn({
      code: 'strategy-file-absent',
      message: `there is no file ${world.files.resolve(strategy)} here`,
      hint: 'The jobs fail unless it is there for the server that does them, by this path.',
    });
}

export async function schedulesRemove(
  { name }: Input<'schedules-remove'>,
  world: World,
): Promise<Output<'schedules-remove'>> {
  if (!(await (await world.schedules()).remove(name))) throw await unknown(name, world);
  return { removed: name };
}

export async function schedulesPause(
  { name }: Input<'schedules-pause'>,
  world: World,
): Promise<Output<'schedules-pause'>> {
  if (!(await (await world.schedules()).setNext(name, { isPaused: true, nextAtMs: null })))
    throw await unknown(name, world);
  return { schedule: await lineOf(await find(name, world), world) };
}

export async function schedulesResume(
  { name }: Input<'schedules-resume'>,
  world: World,
): Promise<Output<'schedules-resume'>> {
  const schedule = await find(name, world);
  // One that runs keeps its next time.
  if (schedule.isPaused) {
    const nextAtMs = await nextOf(schedule, world.clock.nowMs(), world);
    await (await world.schedules()).setNext(name, { isPaused: false, nextAtMs });
  }
  return { schedule: await lineOf(await find(name, world), world) };
}

export async function schedulesRun({ name }: Input<'schedules-run'>, world: World): Promise<Output<'schedules-run'>> {
  const schedule = await find(name, world);
  const draft = draftOf(schedule, `${name}.${randomBytes(4).toString('hex')}`);
  const { job } = await (await world.jobs()).add({ ...draft, actor: world.actor });
  await (await world.schedules()).ran(name, job.createdAtMs, job.id);
  return { job: jobLine(job) };
}

/** The job of a schedule. */
export function draftOf({ name, operation, input, actor }: Schedule, id: string): JobDraft {
  return { id, operation, input, actor, schedule: name, priority: PRIORITY, attempts: ATTEMPTS };
}

/** When a schedule's next time after one is; null for none. Throws {@link Failure} `input-invalid`. */
export async function nextOf(
  { cron, timeZone }: Pick<Schedule, 'cron' | 'timeZone'>,
  afterMs: number,
  world: World,
): Promise<number | null> {
  const times = await world.cronTimes();
  try {
    return times.next(cron, timeZone, afterMs);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const field = /time ?zone/i.test(error.message) ? 'timeZone' : 'cron';
    const found = field === 'cron' ? cron : timeZone;
    const expected =
      field === 'cron' ? 'five fields such as 30 6 * * 1-5, or six' : 'a zone such as UTC or Europe/Berlin';
    throw new Failure('input-invalid', `${field}: expected ${expected}, found ${found} (${error.message})`, {
      hint: 'Minute, hour, day of the month, month, day of the week; a field of seconds may stand before them.',
      details: { field, found },
      cause: error,
    });
  }
}

async function find(name: string, world: World): Promise<Schedule> {
  const schedule = await (await world.schedules()).get(name);
  if (schedule === null) throw await unknown(name, world);
  return schedule;
}

async function unknown(name: string, world: World): Promise<Failure> {
  const known = (await (await world.schedules()).list()).map((each) => each.name);
  return new Failure('schedule-unknown', `there is no schedule ${name}`, { details: { found: name, expected: known } });
}

async function lineOf(schedule: Schedule, world: World): Promise<ScheduleLine> {
  const { name, cron, timeZone, operation, input, missed, actor, isPaused, nextAtMs, lastAtMs, lastJob } = schedule;
  const job = lastJob === null ? null : await (await world.jobs()).get(lastJob);
  return {
    ...{ name, cron, timeZone, operation, input: { ...input } as ScheduleLine['input'], missed, actor },
    ...{ paused: isPaused, next: timeOf(nextAtMs), last: timeOf(lastAtMs), skipped: schedule.skipped },
    lastJob: job === null ? null : jobLine(job),
  };
}
