import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/**
 * `waiting`: nobody has taken it, or it waits for its next try. `failed`: given up, for its failure is one that stays or its tries are used up
 * (the dead letters). `cancelled`: somebody wanted it to end; what there was may be kept as its result.
 */
export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

type JsonObject = Readonly<Record<string, Json>>;

/** What is to be done. */
export interface JobDraft {
  /** The same id is the same job: added twice it is there once. */
  readonly id: string;
  /** Id of the operation, with its input as it came. */
  readonly operation: string;
  readonly input: JsonObject;
  /** In whose name. */
  readonly actor: string;
  /** Schedule that asked for it; null for somebody. */
  readonly schedule: string | null;
  /** 0 to 9; higher ones are taken first, then those that were added first. */
  readonly priority: number;
  /** So often it is begun at most, where workers die or what fails may pass. */
  readonly attempts: number;
}

/** A failure as every face tells it. */
export interface JobFailure {
  readonly code: string;
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/** How far a job is, in the words of its operation. */
export interface JobProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** Of `done` in a second, since the phase began; null where nothing is known yet. */
  readonly ratePerS: number | null;
}

export interface Job extends JobDraft {
  readonly state: JobState;
  /** Tries that were begun, without those that were given back. */
  readonly attempt: number;
  readonly createdAtMs: TimeMs;
  /** Not taken before. */
  readonly dueAtMs: TimeMs;
  /** When its newest try began; null before the first. */
  readonly startedAtMs: TimeMs | null;
  readonly endedAtMs: TimeMs | null;
  /** Who has it now, or had it last. */
  readonly worker: string | null;
  /** Whether somebody wants it to end, and who has it has not yet heeded that. */
  readonly isCancelAsked: boolean;
  readonly progress: JobProgress | null;
  /** What the operation answered. */
  readonly result: Json | null;
  /** What its newest try failed with. */
  readonly failure: JobFailure | null;
}

/** What a try came to. */
export type JobOutcome =
  | { readonly kind: 'done'; readonly result: Json }
  | { readonly kind: 'cancelled'; readonly result: Json | null }
  /** Tried again then where tries are left; null: it would fail again. */
  | { readonly kind: 'failed'; readonly failure: JobFailure; readonly retryAtMs: TimeMs | null }
  /** Nothing came of it, through no fault of the job's: it waits as if it had not been taken. */
  | { readonly kind: 'given-back' };

/** A job under a lease of who took it. */
export interface HeldJob {
  readonly job: Job;
  /** Keeps the lease for another {@link LEASE_MS}, and how far the job is. `lost`: another may have taken it; `cancel`: it is to end. */
  keep(progress: JobProgress | null): Promise<'held' | 'cancel' | 'lost'>;
  /** Answers false where the lease was lost, and nothing is changed. */
  finish(outcome: JobOutcome): Promise<boolean>;
}

/** A worker that has not kept its lease for so long is taken for dead. */
export const LEASE_MS = 30_000;
/** What has ended is kept for so long. */
export const KEPT_MS = 30 * 86_400_000;

export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly operation?: string | undefined;
  readonly schedule?: string | undefined;
  readonly most: number;
}

/**
 * Jobs that outlive who asked for them, for any number of workers. Each is carried out by one worker at a time and, where workers die, more than
 * once: what is a job must bear that. Its methods reject with {@link QueueError}, or with LatchError (`ports/latches.ts`) where the database of the state holds the jobs.
 */
export interface JobQueue {
  /** Where jobs lie, without secrets. */
  readonly place: string;
  /** Answers the job under the id, which may have been there. */
  add(draft: JobDraft): Promise<{ readonly job: Job; readonly isNew: boolean }>;
  get(id: string): Promise<Job | null>;
  /** Newest first. */
  list(filter: JobFilter): Promise<readonly Job[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  /** The next job that is due, begun for this worker; null for none. Jobs of dead workers come back here. */
  take(worker: string): Promise<HeldJob | null>;
  /** Resolves when there may be something to take, at the latest after so long or with the signal. */
  awaitWork(longestMs: number, stop: AbortSignal): Promise<void>;
  /** Ends what waits, and asks who has it to end what runs. Answers it as it is then; null where there is none. */
  cancel(id: string): Promise<Job | null>;
  /** Lets what failed or was cancelled wait anew, with all its tries. Answers it as it is then; null where there is none. */
  retry(id: string): Promise<Job | null>;
  close(): Promise<void>;
}

/** `refused`: the address is none, or the server lets nobody in. `unavailable`: it does not answer. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: 'refused' | 'unavailable';

  constructor(code: QueueError['code'], message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** What a job failed with whose workers died, each of them. */
export const WORKER_LOST: JobFailure = {
  code: 'job-worker-lost',
  message: 'its worker died, or could not be heard, every time that it was begun',
  hint: 'Look why the server died: memory, its log. Then tradewright jobs retry.',
};
