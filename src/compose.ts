import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisHost } from './adapters/files/host.ts';
import { inspector } from './adapters/files/inspector.ts';
import { KeptCodeFolder } from './adapters/files/kept-code.ts';
import { openRunRegistry } from './adapters/files/run-registry.ts';
import { strategyFiles } from './adapters/files/strategy-files.ts';
import { textFiles } from './adapters/files/text-files.ts';
import { uploadsAt } from './adapters/files/uploads.ts';
import { systemClock } from './adapters/system/clock.ts';
import { isProcessGone, processIdentity } from './adapters/system/process-identity.ts';
import { QuoteDesk } from './api/quote-desk.ts';
import type { World } from './api/world.ts';
import { barStoreAt } from './bar-store-choice.ts';
import { eventBusAt } from './bus-choice.ts';
import { cacheAt } from './cache-choice.ts';
import { localExchanges } from './compose-exchange.ts';
import { killWorld } from './compose-kill.ts';
import { accountLeases } from './compose-leases.ts';
import { composeNotifiers } from './compose-notifiers.ts';
import { composeProviders } from './compose-providers.ts';
import { composeVenues } from './compose-venues.ts';
import { absoluteHome, type Config } from './config.ts';
import { isolatedRuns } from './isolated-runs.ts';
import { jobQueueAt } from './job-queue-choice.ts';
import { logsOf } from './log-choice.ts';
import type { BarFileRequest, BarFiles } from './ports/bar-files.ts';
import type { Recordings } from './ports/recording.ts';
import type { Tracing } from './ports/tracing.ts';
import { shownSettings } from './read-settings.ts';
import { registryAt } from './registry-choice.ts';
import { requestLimitsAt } from './request-limits-choice.ts';
import { statePlaceOf } from './state-place.ts';
import { expectBars } from './v8-compiler.ts';
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
async function readerOf(path: string, { at = path }: BarFileRequest) {
  const { isParquet } = await import('./adapters/files/is-parquet.ts');
  return isParquet(at) ? import('./adapters/parquet/read-bar-file.ts') : import('./adapters/csv/read-bar-file.ts');
}

function barFiles(): BarFiles {
  return {
    async read(path, request = {}) {
      return (await readerOf(path, request)).readBarFile(path, request);
    },
    async look(path, request = {}) {
      return (await readerOf(path, request)).lookAtBarFile(path, request);
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

/** Opened with the first call, and anew with the next one where that failed. */
function openedOnce<T>(open: () => Promise<T>) {
  let opening: Promise<T> | null = null;
  return {
    open: (): Promise<T> => {
      opening ??= open().catch((error: unknown) => {
        opening = null;
        throw error;
      });
      return opening;
    },
    /** What was opened; null where nothing was. */
    opened: async (): Promise<T | null> => (await opening?.catch(() => null)) ?? null,
  };
}

/** Puts everything together: the one place that knows which adapter stands behind which port. */
export function compose(config: Config): World {
  const host = thisHost(expectBars);
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
  const state = statePlaceOf(config, clock);
  const stored = registryAt(config.registryUrl, home);
  const vaults = vaultsOf(config, clock, (path) => files.resolve(path));
  const isolated = isolatedRuns(new URL(beside(`./main${ENDING}`)), home);
  const database = openedOnce(() => state.database());
  const jobs = openedOnce(() => jobQueueAt(config, database.open, clock));
  const locks = openedOnce(() => state.locks());
  const apiKeys = openedOnce(async () =>
    (await import('./durability/stored-api-keys.ts')).storedApiKeys(await database.open(), clock),
  );
  const requests = openedOnce(async () => {
    // Two servers of one process are two.
    const holder = `${processIdentity()} ${randomUUID()}`;
    const isGone = (other: string): boolean => isProcessGone(other.slice(0, other.lastIndexOf(' ')));
    return (await import('./durability/stored-requests.ts')).storedRequests(await database.open(), clock, {
      holder,
      isGone,
    });
  });
  const users = openedOnce(async () =>
    (await import('./durability/stored-users.ts')).storedUsers(await database.open()),
  );
  const schedules = openedOnce(async () =>
    (await import('./durability/stored-schedules.ts')).storedSchedules(await database.open()),
  );
  const deployments = openedOnce(async () =>
    (await import('./durability/stored-deployments.ts')).storedDeployments(await database.open(), isProcessGone),
  );
  const relayPositions = openedOnce(async () =>
    (await import('./durability/stored-relay-positions.ts')).storedRelayPositions(await database.open()),
  );
  const alerts = openedOnce(async () =>
    (await import('./durability/stored-alerts.ts')).storedAlerts(await database.open()),
  );
  const providers = openedOnce(async () =>
    (await import('./durability/stored-providers.ts')).storedProviders(await database.open()),
  );
  const vitals = openedOnce(async () =>
    (await import('./durability/stored-vitals.ts')).storedVitals(await database.open()),
  );
  const journals = openedOnce(() => state.journals());
  const control = openedOnce(async () => {
    const latches = await state.latches();
    try {
      return {
        latches,
        box: (await import('./durability/stored-commands.ts')).storedCommands(
          await database.open(),
          await state.hints(),
          clock,
        ),
      };
    } catch (error) {
      await latches.close();
      throw error;
    }
  });
  const events = eventBusAt(config.eventBusUrl);
  const cache = cacheAt(config.sharedCacheUrl, clock, (text) => process.emitWarning(text));
  const requestLimits = requestLimitsAt(config.redisUrl, clock, (text) => process.emitWarning(text));
  let tracing: Promise<Tracing> | null = null;
  return {
    version: packageVersion(),
    deskFolder: join(import.meta.dirname, '../dist/web'),
    homePath: config.homePath,
    docsPath: fileURLToPath(new URL('../docs', import.meta.url)),
    catalogue,
    runs: openRunRegistry(home, () => host.nowMs()),
    barFiles: barFiles(),
    uploads: uploadsAt(join(home, 'uploads'), { largestBytes: config.uploadBytes, nowMs: () => clock.nowMs() }),
    files,
    strategyFiles: strategyFiles(modules, new URL('.', import.meta.url).href, new KeptCodeFolder(join(home, 'code'))),
    host,
    clock,
    venues,
    quotes,
    venueKeys: config.venueKeys,
    vaults,
    recordings: recorded,
    exchanges: localExchanges,
    localExchange: config.localExchange,
    settings: shownSettings(config.settings),
    serving: config.serving,
    journals: journals.open,
    sessionLocks: async () => (await locks.open()).sessions,
    taskLocks: async () => (await locks.open()).tasks,
    strategyRegistry: () => stored.registry(),
    storedTables: () => stored.tables(),
    accountLeases: accountLeases(state, clock),
    control: control.open,
    heartbeats: () => state.heartbeats(),
    killWorld: (askSecret) =>
      killWorld({
        clock,
        state: statePlaceOf(config, clock),
        vaults,
        venues,
        actor: actorOf(),
        venueKeys: config.venueKeys,
        askSecret,
      }),
    apiKeys: apiKeys.open,
    users: users.open,
    requests: requests.open,
    requestLimits,
    cache,
    eventBus: () => events.bus(),
    relayPositions: relayPositions.open,
    deployments: deployments.open,
    alerts: alerts.open,
    jobs: jobs.open,
    schedules: schedules.open,
    cronTimes: async () => (await import('./adapters/croner/cron-times.ts')).cronTimes,
    vitals: vitals.open,
    notifiers: composeNotifiers(clock),
    providers: providers.open,
    providerProbe: composeProviders(clock, config.providerNetworks),
    tracing() {
      tracing ??=
        config.otlpEndpoint === null
          ? Promise.resolve({ isOn: false, record() {}, close: async () => {} })
          : import('./adapters/otlp/tracing.ts').then(({ openTracing }) =>
              openTracing(config.otlpEndpoint!, packageVersion()),
            );
      return tracing;
    },
    logs: logsOf(config, (path) => files.resolve(path)),
    isolate: isolated.run,
    processName: processIdentity(),
    actor: actorOf(),
    close: async () => {
      await isolated.close();
      await events.close();
      await cache.close();
      await requestLimits.close();
      // Who waits for one of them elsewhere need not wait for this process any more.
      await (await requests.opened())?.abandon().catch(() => undefined);
      await (await jobs.opened())?.close();
      await (await tracing)?.close();
      await stored.close();
      await quotes.close();
      await venues.close();
      const opened = await control.opened();
      await opened?.latches.close();
      await opened?.box.close();
      await vaults.close();
      await (await locks.opened())?.close();
      await (await database.opened())?.close();
      await (await journals.opened())?.close();
      await catalogue.close();
    },
    inspector: inspector(beside(`./main${ENDING}`), config.workingPath, modules),
  };
}
