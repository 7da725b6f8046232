import { join } from 'node:path';
import { Failure } from './api/failures.ts';
import { absoluteHome, type Config } from './config.ts';
import type { Clock } from './ports/clock.ts';
import type { Heartbeats } from './ports/heartbeats.ts';
import type { Journals } from './ports/journal.ts';
import type { LatchStore } from './ports/latches.ts';
import type { LeaseStore } from './ports/lease.ts';
import type { CommandBox } from './ports/session-control.ts';

/** Where journals, leases, latches and commands lie. Each call opens one that is the caller's to close. */
export interface StatePlace {
  journals(): Promise<Journals>;
  leases(): Promise<LeaseStore>;
  latches(): Promise<LatchStore>;
  commandBox(): Promise<CommandBox>;
  heartbeats(): Promise<Heartbeats>;
}

/** Which part of {@link Config} decides it. */
export type StateSetting = Pick<Config, 'homePath' | 'workingPath' | 'databaseUrl'>;

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
  return setting.databaseUrl === null ? sqlitePlace(setting, clock) : postgresPlace(setting.databaseUrl, clock);
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
    async commandBox() {
      const { openSqliteCommandBox } = await import('./adapters/sqlite/command-box.ts');
      return openSqliteCommandBox(homePath, clock);
    },
    async heartbeats() {
      const { openSqliteHeartbeats } = await import('./adapters/sqlite/heartbeats.ts');
      return openSqliteHeartbeats(homePath, clock);
    },
  };
}

function postgresPlace(given: string, clock: Clock): StatePlace {
  const url = (): string => {
    const scheme = /^([a-z][a-z0-9+]*):\/\//i.exec(given)?.[1]?.toLowerCase();
    if (scheme === 'postgres' || scheme === 'postgresql') return given;
    const found = scheme === undefined ? 'a text that is no URL' : `${scheme}://`;
    throw new Failure('store-refused', `TRADEWRIGHT_DATABASE: expected postgres://…, found ${found}`, {
      hint: 'Correct the variable, or unset it for files under home.',
      details: { field: 'TRADEWRIGHT_DATABASE' },
    });
  };
  return {
    async journals() {
      const { openPostgresJournals } = await import('./adapters/postgres/journals.ts');
      return openPostgresJournals(url(), { clock });
    },
    async leases() {
      const { openPostgresLeaseStore } = await import('./adapters/postgres/lease-store.ts');
      return openPostgresLeaseStore(url());
    },
    async latches() {
      const { openPostgresLatches } = await import('./adapters/postgres/session-control.ts');
      return openPostgresLatches(url());
    },
    async commandBox() {
      const { openPostgresCommandBox } = await import('./adapters/postgres/session-control.ts');
      return openPostgresCommandBox(url());
    },
    async heartbeats() {
      const { openPostgresHeartbeats } = await import('./adapters/postgres/heartbeats.ts');
      return openPostgresHeartbeats(url());
    },
  };
}
