import type { StatementSync } from 'node:sqlite';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { Query, StateDatabase, StateRow, StateValue } from '../../durability/state-database.ts';
import type { Clock } from '../../ports/clock.ts';
import { LatchError } from '../../ports/latches.ts';
import { openHomeAccess } from './home-access.ts';
import { LogFlush } from './log-flush.ts';

/** How long the file itself is waited for while another program writes: nothing else of this thread happens meanwhile. */
const BLOCKING_MS = 20;
const PAUSE_MS = 10;
/** Some 5 s in all. */
const TRIES = 160;
const BUSY = 5;

interface Asked {
  readonly text: string;
  /** Whether the answer waits for the disk. */
  readonly isDurable: boolean;
  readonly values: readonly StateValue[];
  readonly answer: (rows: readonly StateRow[]) => void;
  readonly refuse: (error: unknown) => void;
}

type Turn = Asked | { readonly work: () => Promise<void> };

/**
 * The home database as a {@link StateDatabase}: one thing after the other, and statements that wait together are one commit. The disk is waited for
 * outside of the database's lock, and never by the thread (`log-flush.ts`). Throws LatchError where the file cannot be used.
 */
export function openSqliteState(homePath: string, clock: Clock): StateDatabase {
  const { db, told } = openHomeAccess(homePath);
  db.exec(`pragma busy_timeout = ${BLOCKING_MS}`);
  db.exec('pragma synchronous = normal');
  db.function('now_ms', () => clock.nowMs());
  const log = new LogFlush(homePath);
  /** Resolves once what was committed is on the disk. */
  const onDisk = async (): Promise<void> => {
    try {
      await log.flush();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new LatchError('unavailable', `${homePath}: expected a disk that can be written to, found: ${detail}`, {
        cause: error,
      });
    }
  };
  const prepared = new Map<string, StatementSync>();
  const run = (text: string, values: readonly StateValue[]): readonly StateRow[] => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare(
        text
          .replaceAll('@now', 'now_ms()')
          .replaceAll('@', '')
          .replaceAll(/\$(\d)/g, '?$1'),
      );
      prepared.set(text, statement);
    }
    return statement.all(...values);
  };
  /** Begins a transaction; one that may write as soon as nobody else does, one that reads at once. */
  const begin = async (mode: 'immediate' | 'deferred' = 'immediate'): Promise<void> => {
    for (let k = 1; ; k++) {
      try {
        db.exec(`begin ${mode}`);
        return;
      } catch (error) {
        if (!isBusy(error) || k === TRIES) throw error;
      }
      await pause(PAUSE_MS);
    }
  };
  const rollback = (): void => {
    // SQLite may have rolled back by itself.
    if (db.isOpen && db.isTransaction) db.exec('rollback');
  };
  /** Statements that wait together: one commit, in which one that is refused harms no other. */
  const together = async (asked: readonly Asked[]): Promise<void> => {
    const settle: (() => void)[] = [];
    try {
      await begin(asked.every(({ text }) => isReading(text)) ? 'deferred' : 'immediate');
      for (const each of asked) {
        db.exec('savepoint one');
        try {
          const rows = run(each.text, each.values);
          settle.push(() => {
            if (each.isDurable && !isReading(each.text)) void onDisk().then(() => each.answer(rows), each.refuse);
            else each.answer(rows);
          });
        } catch (error) {
          if (!db.isTransaction) throw error;
          db.exec('rollback to one');
          settle.push(() => each.refuse(error));
        }
        db.exec('release one');
      }
      db.exec('commit');
    } catch (error) {
      rollback();
      for (const each of asked) each.refuse(error);
      return;
    }
    for (const each of settle) each();
  };

  const waiting: Turn[] = [];
  let draining: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    // What comes in the same turn is of one commit.
    await turn();
    while (waiting.length > 0) {
      const next = waiting[0]!;
      if ('work' in next) {
        waiting.shift();
        await next.work();
        continue;
      }
      const end = waiting.findIndex((each) => 'work' in each);
      await together(waiting.splice(0, end < 0 ? waiting.length : end) as Asked[]);
    }
    draining = null;
  };
  let hasEnded = false;
  const inTurn = (next: Turn): void => {
    if (hasEnded) throw new LatchError('unavailable', `${homePath}: closed already`);
    waiting.push(next);
    draining ??= drain();
  };
  const faults = (error: unknown): unknown => {
    try {
      return told(() => {
        throw error;
      });
    } catch (known) {
      return known;
    }
  };
  const asking =
    (isDurable: boolean): Query =>
    (text, ...values) =>
      new Promise((answer, reject) =>
        inTurn({ text, isDurable, values, answer, refuse: (error) => reject(faults(error) as Error) }),
      );
  return {
    query: asking(true),
    note: asking(false),
    transaction: <T>(work: (query: Query) => Promise<T>) =>
      new Promise<T>((resolve, reject) =>
        inTurn({
          async work() {
            try {
              await begin();
              const value = await work(async (text, ...values) => run(text, values));
              db.exec('commit');
              void onDisk().then(() => resolve(value), reject);
            } catch (error) {
              rollback();
              reject(faults(error) as Error);
            }
          },
        }),
      ),
    async close() {
      hasEnded = true;
      await draining;
      await log.close();
      db.close();
    },
  };
}

/** Whoever only reads waits for nobody who writes, and for no disk. */
const isReading = (text: string): boolean => text.startsWith('select ');

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY;
}
