import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { JOB_STATES } from '../../ports/job-queue.ts';
import { operation } from '../operation.ts';
import { followFields } from './fields.ts';

/**
 * Operations that may be jobs: they compute or fetch for long, ask nobody anything, and done twice, where a worker dies, are as done once.
 */
export const JOB_OPERATIONS = [
  'backtest',
  'check',
  'report',
  'data-get',
  'data-sync',
  'data-import',
  'data-check',
  'journal-verify',
] as const;
export type JobOperation = (typeof JOB_OPERATIONS)[number];

export function isJobOperation(id: string): id is JobOperation {
  return (JOB_OPERATIONS as readonly string[]).includes(id);
}

const progressLine = lazy(() =>
  z.object({
    /** In the words of the operation: `bars`, `checks`. */
    phase: z.string(),
    done: z.number(),
    total: z.number(),
    ratePerS: z.number().nullable(),
    /** Until the phase is over, at this rate; null where nobody can say. */
    etaSeconds: z.number().nullable(),
  }),
);

const failureLine = lazy(() => z.object({ code: z.string(), message: z.string(), hint: z.string() }));

export const jobLine = lazy(() =>
  z.object({
    id: z.string(),
    operation: z.string(),
    state: z.enum(JOB_STATES),
    priority: z.number(),
    /** The try that runs, or was the last; 0 before the first. */
    attempt: z.number(),
    attempts: z.number(),
    actor: z.string(),
    schedule: z.string().nullable(),
    created: z.string(),
    /** Not begun before; later than `created` where it is tried again. */
    due: z.string(),
    started: z.string().nullable(),
    ended: z.string().nullable(),
    worker: z.string().nullable(),
    /** It runs still, and is to end. */
    cancelAsked: z.boolean(),
    progress: progressLine().nullable(),
    /** The run that a backtest has made; null for none. */
    run: z.string().nullable(),
    failure: failureLine().nullable(),
  }),
);
export type JobLine = z.output<ReturnType<typeof jobLine>>;

const jobId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'expected a letter and up to 99 letters, digits, _, . and -');
const job = jobId.meta({ description: 'Id, as jobs ls shows it; the newest: last', placeholder: 'job' });

/** What an operation is given, as fields of its own: `{ "venue": "binance" }`, `--input venue=binance`. */
export const carriedInput = z.record(z.string(), z.json()).default({}).meta({
  description:
    'A field of its input; again for further ones; lists with commas between, or with semicolons where their values have commas',
  placeholder: 'name=value',
});

export const jobsAdd = operation({
  name: 'jobs add',
  group: 'jobs',
  summary: 'Have an operation done by a worker, and go on',
  details:
    'Its input is looked at now, as if it were done now; a server (tradewright serve) does it. A job outlives whoever asked for it: where its worker dies it is begun again, at most --attempts times. The same --id is the same job.',
  kind: 'command',
  scope: 'research',
  carries: true,
  get input() {
    return z.object({
      operation: z.enum(JOB_OPERATIONS).meta({ description: 'Operation that is to be done', placeholder: 'what' }),
      input: carriedInput,
      id: jobId.optional().meta({ description: 'A name for it; else one is made', placeholder: 'id' }),
      priority: z
        .number()
        .int()
        .min(0)
        .max(9)
        .default(5)
        .meta({ description: '0 to 9; higher ones are begun first', placeholder: 'n' }),
      attempts: z
        .number()
        .int()
        .min(1)
        .max(100)
        .default(3)
        .meta({ description: 'Tries at most, where workers die or what fails may pass', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({
      job: jobLine(),
      /** False where it was there already. */
      added: z.boolean(),
    });
  },
  positionals: ['operation'],
  examples: [
    { command: 'jobs add backtest --input strategy=sma-cross --input data=synthetic', does: 'a backtest' },
    {
      command: 'jobs add data-get --input venue=binance --input symbol=BTCUSDT --input timeframe=1h --id btc-today',
      does: 'fetches bars, once however often it is asked',
    },
  ],
});

const listShape = lazy(() => z.object({ jobs: z.array(jobLine()), counts: z.record(z.enum(JOB_STATES), z.number()) }));

export const jobsLs = operation({
  name: 'jobs ls',
  group: 'jobs',
  summary: 'List the jobs, newest first',
  kind: 'stream',
  scope: 'read',
  http: [{ method: 'GET', path: 'jobs' }],
  get input() {
    return z.object({
      state: z.enum(JOB_STATES).optional().meta({ description: 'Only those in this state' }),
      operation: z.enum(JOB_OPERATIONS).optional().meta({ description: 'Only those of this operation' }),
      schedule: z.string().min(1).optional().meta({ description: 'Only those of this schedule', placeholder: 'name' }),
      limit: z.number().int().min(1).max(500).default(20).meta({ description: 'At most so many', placeholder: 'n' }),
      ...followFields(),
    });
  },
  get output() {
    return listShape();
  },
  get update() {
    return listShape();
  },
  positionals: [],
  examples: [
    { command: 'jobs ls', does: 'the last twenty' },
    { command: 'jobs ls --follow', does: 'kept up to date, with progress' },
    { command: 'jobs ls --state failed', does: 'those that were given up' },
  ],
});

const showShape = lazy(() =>
  z.object({
    job: jobLine(),
    input: z.record(z.string(), z.json()),
    /** What the operation answered, as if it had been called; null before that. */
    result: z.record(z.string(), z.json()).nullable(),
    warnings: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
  }),
);

export const jobsShow = operation({
  name: 'jobs show',
  group: 'jobs',
  summary: 'Show one job: how far it is, and what came of it',
  details: 'With --follow it ends when the job has.',
  kind: 'stream',
  scope: 'read',
  http: [{ method: 'GET', path: 'jobs/{id}' }],
  get input() {
    return z.object({ id: job, ...followFields() });
  },
  get output() {
    return showShape();
  },
  get update() {
    return showShape();
  },
  positionals: ['id'],
  examples: [
    { command: 'jobs show last', does: 'the newest one' },
    { command: 'jobs show job_0a1b2c3d4e5f --follow', does: 'until it has ended' },
  ],
});

const oneJob = lazy(() => z.object({ job: jobLine() }));

export const jobsCancel = operation({
  name: 'jobs cancel',
  group: 'jobs',
  summary: 'End a job that waits or runs',
  details: 'One that runs is asked to: what there was is kept, as with Ctrl-C. One that has ended stays as it is.',
  kind: 'command',
  scope: 'research',
  http: [
    { method: 'POST', path: 'jobs/{id}/cancel' },
    { method: 'DELETE', path: 'jobs/{id}' },
  ],
  get input() {
    return z.object({ id: job });
  },
  get output() {
    return oneJob();
  },
  positionals: ['id'],
  examples: [
    { command: 'jobs cancel last', does: 'the newest one' },
    { command: 'jobs cancel job_0a1b2c3d4e5f --json', does: 'the same for a program' },
  ],
});

export const jobsRetry = operation({
  name: 'jobs retry',
  group: 'jobs',
  summary: 'Let a job that failed or was cancelled wait anew',
  details: 'It has all its tries again.',
  kind: 'command',
  scope: 'research',
  http: [{ method: 'POST', path: 'jobs/{id}/retry' }],
  get input() {
    return z.object({ id: job });
  },
  get output() {
    return oneJob();
  },
  positionals: ['id'],
  examples: [
    { command: 'jobs retry last', does: 'the newest one' },
    { command: 'jobs retry job_0a1b2c3d4e5f --json', does: 'the same for a program' },
  ],
});
