import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisHost } from './adapters/files/host.ts';
import { inspector } from './adapters/files/inspector.ts';
import { openRunRegistry } from './adapters/files/run-registry.ts';
import { strategyFiles } from './adapters/files/strategy-files.ts';
import { textFiles } from './adapters/files/text-files.ts';
import { systemClock } from './adapters/system/clock.ts';
import { QuoteDesk } from './api/quote-desk.ts';
import type { World } from './api/world.ts';
import { barStoreAt } from './bar-store-choice.ts';
import { localExchanges } from './compose-exchange.ts';
import { accountLeases } from './compose-leases.ts';
import { composeVenues } from './compose-venues.ts';
import { absoluteHome, type Config } from './config.ts';
import { isolatedRuns } from './isolated-runs.ts';
import type { ApiKeys } from './ports/api-keys.ts';
import type { BarFiles } from './ports/bar-files.ts';
import type { IdempotencyStore } from './ports/idempotency.ts';
import type { Journals } from './ports/journal.ts';
import type { Recordings } from './ports/recording.ts';
import { registryAt } from './registry-choice.ts';
import { vaultsOf } from './vault-choice.ts';

/** Run from source or as published JavaScript; files beside this one end alike. */
const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

const beside = (path: string): string => new URL(path, import.meta.url).href;

/** The version of this package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** CSV and Parquet, told by the four bytes with which a Parquet file begins. */
function barFiles(): BarFiles {
  return {
    async read(path, request = {}) {
      const { isParquet } = await import('./adapters/files/is-parquet.ts');
      const reader = isParquet(path)
        ? (await import('./adapters/parquet/read-bar-file.ts')).readBarFile
        : (await import('./adapters/csv/read-bar-file.ts')).readBarFile;
      return reader(path, request);
    },
    async write(path, bars, time) {
      const { writeBarFile } = await import('./adapters/csv/write-bar-file.ts');
      writeBarFile(path, bars, { time });
    },
  };
}

/** Recordings, whose reader is loaded with the first one. */
function recordings(): Recordings {
  const load = async (): Promise<Recordings> => (await import('./adapters/recording/recordings.ts')).recordings;
  return {
    create: async (path, startedAtMs) => (await load()).create(path, startedAtMs),
    open: async (path) => (await load()).open(path),
  };
}

/** `ann@desk`; processes without a user of their own are named by the machine alone. */
function actorOf(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}

/** Puts everything together: the one place that knows which adapter stands behind which port. */
export function compose(config: Config): World {
  const host = thisHost();
  const home = absoluteHome(config);
  /** What strategies import, by name. */
  const modules = {
    tradewright: beside(`./index${ENDING}`),
    'tradewright/indicators': beside(`./core/indicators/index${ENDING}`),
    'tradewright/testing': beside(`./testing${ENDING}`),
  };
  const clock = systemClock();
  const files = textFiles(config.workingPath);
  const recorded = recordings();
  const venues = composeVenues({
    ...{
      clock,
      local: config.localExchange,
      redisUrl: config.redisUrl,
      recordings: recorded,
      tradingView: config.tradingView,
      feedThread: config.hasFeedThreads ? new URL(beside(`./feed-thread${ENDING}`)) : null,
    },
    resolve: (path) => files.resolve(path),
  });
  const quotes = new QuoteDesk(venues);
  const catalogue = barStoreAt(config.barStoreUrl, home);
  const sessionFolder = join(home, 'sessions');
  const stored = registryAt(config.registryUrl, home);
  const homeDatabase = join(home, 'home.sqlite');
  const vaults = vaultsOf(config, clock, (path) => files.resolve(path));
  const isolated = isolatedRuns(new URL(beside(`./main${ENDING}`)), home);
  let apiKeys: Promise<ApiKeys> | null = null;
  let requests: Promise<IdempotencyStore> | null = null;
  let journals: Promise<Journals> | null = null;
  let control: Awaited<ReturnType<World['control']>> | null = null;
  return {
    version: packageVersion(),
    homePath: config.homePath,
    docsPath: fileURLToPath(new URL('../docs', import.meta.url)),
    catalogue,
    runs: openRunRegistry(home, () => host.nowMs()),
    barFiles: barFiles(),
    files,
    strategyFiles: strategyFiles(modules, new URL('.', import.meta.url).href),
    host,
    clock,
    venues,
    quotes,
    venueKeys: config.venueKeys,
    vaults,
    recordings: recorded,
    exchanges: localExchanges,
    journals() {
      journals ??= import('./adapters/sqlite/journals.ts').then(({ sqliteJournals }) =>
        sqliteJournals({ folder: sessionFolder, homePath: homeDatabase, clock }),
      );
      return journals;
    },
    async sessionLocks() {
      const { sqliteSessionLocks } = await import('./adapters/sqlite/session-locks.ts');
      return sqliteSessionLocks(sessionFolder);
    },
    strategyRegistry: () => stored.registry(),
    storedTables: () => stored.tables(),
    accountLeases: accountLeases(homeDatabase, clock),
    async control() {
      const [{ openSqliteLatches }, { openSqliteCommandBox }] = await Promise.all([
        import('./adapters/sqlite/latch-store.ts'),
        import('./adapters/sqlite/command-box.ts'),
      ]);
      control ??= { latches: openSqliteLatches(homeDatabase, clock), box: openSqliteCommandBox(homeDatabase, clock) };
      return control;
    },
    apiKeys() {
      apiKeys ??= import('./adapters/sqlite/api-keys.ts').then(({ openSqliteApiKeys }) =>
        openSqliteApiKeys(homeDatabase, clock),
      );
      return apiKeys;
    },
    requests() {
      requests ??= import('./adapters/sqlite/idempotency-store.ts').then(({ openSqliteIdempotency }) =>
        openSqliteIdempotency(homeDatabase, clock),
      );
      return requests;
    },
    isolate: isolated.run,
    actor: actorOf(),
    close: async () => {
      await isolated.close();
      await (await apiKeys)?.close();
      await (await requests)?.close();
      await stored.close();
      await quotes.close();
      await venues.close();
      await control?.latches.close();
      await control?.box.close();
      await vaults.close();
      await (await journals)?.close();
      await catalogue.close();
    },
    inspector: inspector(beside(`./main${ENDING}`), config.workingPath, modules),
  };
}
