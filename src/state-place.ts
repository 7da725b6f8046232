import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { isProcessGone, processIdentity } from './adapters/system/process-identity.ts';
import { Failure } from './api/failures.ts';
import { absoluteHome, type Config } from './config.ts';
import { leasedLocks } from './durability/leased-locks.ts';
import type { StateDatabase } from './durability/state-database.ts';
import type { Clock } from './ports/clock.ts';
import type { Heartbeats } from './ports/heartbeats.ts';
import type { Hints } from './ports/hints.ts';
import type { Journals } from './ports/journal.ts';
import type { LatchStore } from './ports/latches.ts';
import type { LeaseStore } from './ports/lease.ts';
import type { SessionLocks } from './ports/session-locks.ts';

/** Where journals, leases, latches and the rest of an installation's state lie. Each call opens one that is the caller's to close. */
export interface StatePlace {
  journals(): Promise<Journals>;
  leases(): Promise<LeaseStore>;
  latches(): Promise<LatchStore>;
  hints(): Promise<Hints>;
  heartbeats(): Promise<Heartbeats>;
  /** What all stores are kept in that are written for both. */
  database(): Promise<StateDatabase>;
  /** Who runs sessions, and who does what an installation has one of. */
  locks(): Promise<{ readonly sessions: SessionLocks; readonly tasks: SessionLocks; close(): Promise<void> }>;
}

/** Which part of {@link Config} decides it. */
export type StateSetting = Pick<Config, 'homePath' | 'workingPath' | 'databaseUrl' | 'databasePool'>;

/** Whatever programs of one installation share besides journals, and the journals' folder, under home. */
export function homeFiles(setting: Pick<Config, 'homePath' | 'workingPath'>) {
  const home = absoluteHome(setting);
  return { folder: join(home, 'sessions'), homePath: join(home, 'home.sqlite') };
}

/**
 * The state of an installation: SQLite files under home, or a PostgreSQL database where `TRADEWRIGHT_DATABASE` names one. All of it lies in
 * one place, as an intent is written only under the lease that its own database holds. Rejects with what the ports name, and with Failure
 * `store-refused` for a URL that is none of PostgreSQL's.
 */
export function statePlaceOf(setting: StateSetting, clock: Clock): StatePlace {
  return setting.databaseUrl === null
    ? sqlitePlace(setting, clock)
    : postgresPlace(setting.databaseUrl, setting.databasePool, clock);
}

function sqlitePlace(setting: StateSetting, clock: Clock): StatePlace {
  const { folder, homePath } = homeFiles(setting);
  return {
    async journals() {
      const { sqliteJournals } = await import('./adapters/sqlite/journals.ts');
      return sqliteJournals({ folder, homePath, clock });
    },
    async leases() {
      const { openSqliteLeaseStore } = await import('./adapters/sqlite/lease-store.ts');
      return openSqliteLeaseStore(homePath, clock);
    },
    async latches() {
      const { openSqliteLatches } = await import('./adapters/sqlite/latch-store.ts');
      return openSqliteLatches(homePath, clock);
    },
    async hints() {
      const { threadHints } = await import('./adapters/system/thread-hints.ts');
      return threadHints(homePath);
    },
    async heartbeats() {
      const { openSqliteHeartbeats } = await import('./adapters/sqlite/heartbeats.ts');
      return openSqliteHeartbeats(homePath, clock);
    },
    async database() {
      const { openSqliteState } = await import('./adapters/sqlite/state-database.ts');
      return openSqliteState(homePath, clock);
    },
    async locks() {
      const { sqliteSessionLocks } = await import('./adapters/sqlite/session-locks.ts');
      return {
        sessions: sqliteSessionLocks(folder),
        tasks: sqliteSessionLocks(dirname(homePath)),
        close: async () => {},
      };
    },
  };
}

/** Connections of a thread's stores, of which a process has one for each session that it runs. */
const MOST_OF_A_THREAD = 4;

/** One thing for all who open it: it is closed when the last of them closes it. */
export function shared<T extends { close(): Promise<void> }>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | null = null;
  let users = 0;
  return async () => {
    opened ??= open();
    const own = opened;
    users++;
    const leave = (): boolean => {
      if (--users === 0 && opened === own) opened = null;
      return users === 0;
    };
    let thing: T;
    try {
      thing = await own;
    } catch (error) {
      leave();
      throw error;
    }
    let isOpen = true;
    return {
      ...thing,
      async close() {
        if (!isOpen) return;
        isOpen = false;
        if (leave()) await thing.close();
      },
    };
  };
}

function postgresPlace(given: string, pool: string, clock: Clock): StatePlace {
  const url = (): string => {
    const scheme = /^([a-z][a-z0-9+]*):\/\//i.exec(given)?.[1]?.toLowerCase();
    if (scheme === 'postgres' || scheme === 'postgresql') return given;
    const found = scheme === undefined ? 'a text that is no URL' : `${scheme}://`;
    throw new Failure('store-refused', `TRADEWRIGHT_DATABASE: expected postgres://…, found ${found}`, {
      hint: 'Correct the variable, or unset it for files under home.',
      details: { field: 'TRADEWRIGHT_DATABASE' },
    });
  };
  // Leases have their own: they must be renewed whatever else is slow.
  const leases = shared(async () => {
    const { openPostgresLeaseStore } = await import('./adapters/postgres/lease-store.ts');
    return openPostgresLeaseStore(url(), { pool: { least: 1, most: 4 } });
  });
  const control = shared(async () => {
    const { openControl } = await import('./adapters/postgres/session-control.ts');
    return openControl(url(), { pool: { least: 0, most: 4 } });
  });
  const place: StatePlace = {
    async journals() {
      const { openPostgresJournals } = await import('./adapters/postgres/journals.ts');
      return openPostgresJournals(url(), { clock });
    },
    leases,
    async latches() {
      const { openPostgresLatches } = await import('./adapters/postgres/session-control.ts');
      return openPostgresLatches(await control());
    },
    async hints() {
      const { postgresHints } = await import('./adapters/postgres/hints.ts');
      return postgresHints(url(), 'tradewright');
    },
    async heartbeats() {
      const { openPostgresHeartbeats } = await import('./adapters/postgres/heartbeats.ts');
      return openPostgresHeartbeats(await control());
    },
    async database() {
      const { openPostgresState } = await import('./adapters/postgres/state-database.ts');
      if (!/^([1-9]|[1-4]\d|50)$/.test(pool))
        throw new Failure('store-refused', `TRADEWRIGHT_DATABASE_POOL: expected 1 to 50 connections, found ${pool}`, {
          hint: 'Correct the variable, or unset it for 50.',
          details: { field: 'TRADEWRIGHT_DATABASE_POOL' },
        });
      return openPostgresState(url(), { most: isMainThread ? Number(pool) : Math.min(MOST_OF_A_THREAD, Number(pool)) });
    },
    async locks() {
      const store = await place.leases();
      const options = { store, clock, holder: processIdentity(), isGone: isProcessGone };
      return {
        sessions: leasedLocks({ ...options, kind: 'session' }),
        tasks: leasedLocks({ ...options, kind: 'task' }),
        close: () => store.close(),
      };
    },
  };
  return place;
}
