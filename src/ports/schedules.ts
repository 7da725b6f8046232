import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** What becomes of a time that passed while no program was there: nothing, or one job for all of them. */
export const MISSED_POLICIES = ['skip', 'once'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

/** A job that is asked for at set times. */
export interface Schedule {
  readonly name: string;
  /** Minute, hour, day of the month, month, day of the week; with a second before them where there are six. */
  readonly cron: string;
  /** Name of the IANA list, such as `UTC` or `Europe/Berlin`. */
  readonly timeZone: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, Json>>;
  readonly missed: MissedPolicy;
  /** In whose name. */
  readonly actor: string;
  readonly createdAtMs: TimeMs;
  /** Null while it is paused, or where no such time comes any more. */
  readonly nextAtMs: TimeMs | null;
  readonly isPaused: boolean;
  /** When it last asked for a job, with that job's id; null before. */
  readonly lastAtMs: TimeMs | null;
  readonly lastJob: string | null;
  /** Times that passed without a job: missed, or the former job was not over. */
  readonly skipped: number;
}

/** Schedules of an installation, for all its programs. Its methods reject with LatchError (`ports/latches.ts`). */
export interface ScheduleStore {
  /** By name. */
  list(): Promise<readonly Schedule[]>;
  get(name: string): Promise<Schedule | null>;
  /** False where there is one of this name. */
  add(schedule: Omit<Schedule, 'lastAtMs' | 'lastJob' | 'skipped'>): Promise<boolean>;
  /** False where there is none. */
  remove(name: string): Promise<boolean>;
  /** Pauses it, or lets it go on from a time. False where there is none. */
  setNext(name: string, next: Pick<Schedule, 'isPaused' | 'nextAtMs'>): Promise<boolean>;
  /**
   * What came of the time `atMs`: the job that was asked for, or null for none. False where another program has dealt with it: it is dealt with
   * once, whoever does it.
   */
  passed(name: string, atMs: TimeMs, nextAtMs: TimeMs | null, job: string | null): Promise<boolean>;
  /** A job that somebody asked for out of turn. */
  ran(name: string, atMs: TimeMs, job: string): Promise<void>;
}

/** Times of cron expressions. */
export interface CronTimes {
  /** The first time after one; null where none comes. Throws RangeError, with what was expected, for no expression or time zone. */
  next(cron: string, timeZone: string, afterMs: TimeMs): TimeMs | null;
}
