import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { MISSED_POLICIES } from '../../ports/schedules.ts';
import { TIMED_WORKS } from '../../ports/session-vitals.ts';
import { operation } from '../operation.ts';
import { followFields } from './fields.ts';
import { carriedInput, JOB_OPERATIONS, jobLine } from './jobs.ts';

const scheduleName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/, 'expected a letter and up to 59 letters, digits, _ and -');
const name = scheduleName.meta({ description: 'Name of the schedule', placeholder: 'name' });

const scheduleLine = lazy(() =>
  z.object({
    name: z.string(),
    cron: z.string(),
    timeZone: z.string(),
    operation: z.string(),
    input: z.record(z.string(), z.json()),
    missed: z.enum(MISSED_POLICIES),
    actor: z.string(),
    paused: z.boolean(),
    /** Null while it is paused, or where no such time comes any more. */
    next: z.string().nullable(),
    last: z.string().nullable(),
    /** The job of that time; null where it is not kept any more. */
    lastJob: jobLine().nullable(),
    /** Times that passed without a job: missed, or the former job was not over. */
    skipped: z.number(),
  }),
);
export type ScheduleLine = z.output<ReturnType<typeof scheduleLine>>;

/** What a session that runs does by itself: no job, as its journal must have it. */
const sessionWork = lazy(() =>
  z.object({
    session: z.string(),
    work: z.enum(TIMED_WORKS),
    everySeconds: z.number(),
    /** By the machine's clock, of strategies by that of the market; null where nobody knows yet. */
    next: z.string().nullable(),
    /** When it was done well last, since the session was started. */
    last: z.string().nullable(),
    /** Why it was not done when it was tried last. */
    problem: z.string().nullable(),
  }),
);
export type SessionWork = z.output<ReturnType<typeof sessionWork>>;

const listShape = lazy(() => z.object({ schedules: z.array(scheduleLine()), sessions: z.array(sessionWork()) }));
const oneSchedule = lazy(() => z.object({ schedule: scheduleLine() }));

export const schedulesLs = operation({
  name: 'schedules ls',
  group: 'jobs',
  summary: 'List what is done at set times',
  details:
    'Jobs of this installation, and what sessions that run do by themselves: they value what they hold every 30 seconds, a live one asks its venue for the open orders every 30 seconds, and a strategy with onTimer decides by the clock, every 15 minutes where it does not say. These are inputs of the session, so that a replay has them; what fails is tried again, and told here and in the log.',
  kind: 'stream',
  scope: 'read',
  http: [{ method: 'GET', path: 'schedules' }],
  get input() {
    return z.object({ ...followFields() });
  },
  get output() {
    return listShape();
  },
  get update() {
    return listShape();
  },
  positionals: [],
  examples: [
    { command: 'schedules ls', does: 'all of them, with when each comes next' },
    { command: 'schedules ls --follow', does: 'kept up to date' },
    { command: 'schedules ls --json', does: 'the same for a program' },
  ],
});

export const schedulesAdd = operation({
  name: 'schedules add',
  group: 'jobs',
  summary: 'Have an operation done at set times',
  details:
    'Each time a job is added, once however many servers there are; a server (tradewright serve) must run. While the job of the time before waits or runs, the next is left out. A time that passes while no server runs is left out, too, or made good once with --missed once.',
  kind: 'command',
  scope: 'research',
  carries: true,
  http: [{ method: 'POST', path: 'schedules' }],
  get input() {
    return z.object({
      name,
      operation: z.enum(JOB_OPERATIONS).meta({ description: 'Operation that is to be done', placeholder: 'what' }),
      cron: z.string().min(9, "expected five fields such as '30 6 * * 1-5'").max(200).meta({
        description: "Minute, hour, day, month, day of the week: '30 6 * * 1-5'; a sixth field before them: seconds",
        placeholder: 'times',
      }),
      timeZone: z
        .string()
        .min(1)
        .max(60)
        .default('UTC')
        .meta({ description: 'Time zone of the times: UTC, Europe/Berlin', placeholder: 'zone' }),
      input: carriedInput,
      missed: z
        .enum(MISSED_POLICIES)
        .default('skip')
        .meta({ description: 'What becomes of times that pass while no server runs' }),
    });
  },
  get output() {
    return oneSchedule();
  },
  positionals: ['name', 'operation'],
  examples: [
    { command: "schedules add hourly data-sync --cron '5 * * * *'", does: 'brings the catalogue up to date' },
    {
      command:
        "schedules add morning backtest --cron '0 7 * * 1-5' --time-zone Europe/Berlin --input strategy=sma-cross --input data=BINANCE:BTCUSDT",
      does: 'a backtest each working day',
    },
  ],
});

const one = <W extends 'remove' | 'pause' | 'resume' | 'run'>(word: W, summary: string, details?: string) => ({
  // Of one name, not of any of the four: clients find its types by it.
  name: `schedules ${word}` as `schedules ${W}`,
  group: 'jobs' as const,
  summary,
  ...(details === undefined ? {} : { details }),
  kind: 'command' as const,
  scope: 'research' as const,
  http: [
    word === 'remove'
      ? { method: 'DELETE' as const, path: 'schedules/{name}' }
      : { method: 'POST' as const, path: `schedules/{name}/${word}` },
  ],
  input: z.object({ name }),
  positionals: ['name'],
  examples: [
    { command: `schedules ${word} data-sync`, does: 'the one that every home has' },
    { command: `schedules ${word} nightly --json`, does: 'the same for a program' },
  ] as const,
});

export const schedulesRemove = operation({
  ...one('remove', 'Forget a schedule', 'Jobs that it has asked for stay.'),
  get output() {
    return z.object({ removed: z.string() });
  },
});

export const schedulesPause = operation({
  ...one('pause', 'Let a schedule ask for no more jobs'),
  get output() {
    return oneSchedule();
  },
});

export const schedulesResume = operation({
  ...one('resume', 'Let a schedule go on', 'From now on: what passed meanwhile is left out.'),
  get output() {
    return oneSchedule();
  },
});

export const schedulesRun = operation({
  ...one('run', 'Ask for the job of a schedule now', 'Out of turn, also while it is paused.'),
  get output() {
    return z.object({ job: jobLine() });
  },
});
