import type { Json } from '../core/vocabulary/json.ts';
import type { AlertStore } from '../ports/alerts.ts';
import type { ApiKeys } from '../ports/api-keys.ts';
import type { BarFiles } from '../ports/bar-files.ts';
import type { BarStore } from '../ports/bar-store.ts';
import type { Cache } from '../ports/cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { TextFiles } from '../ports/files.ts';
import type { Heartbeats } from '../ports/heartbeats.ts';
import type { Host } from '../ports/host.ts';
import type { IdempotencyStore } from '../ports/idempotency.ts';
import type { Inspector } from '../ports/inspector.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Journals } from '../ports/journal.ts';
import type { KillWorld } from '../ports/kill-world.ts';
import type { LatchStore } from '../ports/latches.ts';
import type { AccountLeases } from '../ports/lease.ts';
import type { LocalExchanges } from '../ports/local-exchange.ts';
import type { Logs } from '../ports/logs.ts';
import type { Notifiers } from '../ports/notifier.ts';
import type { ProviderProbe, ProviderStore } from '../ports/providers.ts';
import type { Recordings } from '../ports/recording.ts';
import type { RunRegistry } from '../ports/registry.ts';
import type { RelayPositions } from '../ports/relay-positions.ts';
import type { RequestLimits } from '../ports/request-limits.ts';
import type { CronTimes, ScheduleStore } from '../ports/schedules.ts';
import type { AskSecret, ConnectionKeys, Vaults } from '../ports/secret-vault.ts';
import type { CommandBox } from '../ports/session-control.ts';
import type { SessionLocks } from '../ports/session-locks.ts';
import type { VitalsBoard } from '../ports/session-vitals.ts';
import type { ShownSettings } from '../ports/settings.ts';
import type { StoredTables } from '../ports/stored-tables.ts';
import type { StrategyFiles } from '../ports/strategy-files.ts';
import type { StrategyRegistry } from '../ports/strategy-registry.ts';
import type { Tracing } from '../ports/tracing.ts';
import type { Uploads } from '../ports/uploads.ts';
import type { Users } from '../ports/users.ts';
import type { Venues } from '../ports/venues.ts';
import type { Warning } from './operation.ts';
import type { OperationId } from './operations/table.ts';
import type { QuoteDesk } from './quote-desk.ts';

/** What handlers need from outside. */
export interface World {
  readonly version: string;
  /** Where the built desk lies, for servers to hand out. */
  readonly deskFolder: string;
  readonly homePath: string;
  readonly settings: ShownSettings;
  /** What `serve` takes where its flags are silent. */
  readonly serving: { readonly port: string | null; readonly grace: string | null };
  /** Folder of the documentation that comes with the installation. */
  readonly docsPath: string;
  readonly catalogue: BarStore;
  readonly runs: RunRegistry;
  readonly barFiles: BarFiles;
  /** Files that clients of a server have brought. */
  readonly uploads: Uploads;
  readonly files: TextFiles;
  readonly strategyFiles: StrategyFiles;
  readonly host: Host;
  readonly inspector: Inspector;
  readonly clock: Clock;
  readonly venues: Venues;
  /** Quotes that are kept for as long as this program runs. */
  readonly quotes: QuoteDesk;
  /** The keys that the user has put into the environment for one call; null where there are none. */
  venueKeys(): ConnectionKeys | null;
  /** Accounts that are kept, with their keys. */
  readonly vaults: Vaults;
  readonly recordings: Recordings;
  readonly exchanges: LocalExchanges;
  /** Address of the local exchange that `local` means. */
  readonly localExchange: string;
  /** Journals of sessions; loaded when first asked for. */
  journals(): Promise<Journals>;
  /** Who runs which session. */
  sessionLocks(): Promise<SessionLocks>;
  /** Who does what an installation has one of. */
  taskLocks(): Promise<SessionLocks>;
  /** What is known of strategies, and tables for other programs; opened when first asked for. */
  strategyRegistry(): Promise<StrategyRegistry>;
  storedTables(): Promise<StoredTables>;
  readonly accountLeases: AccountLeases;
  /** Latches and commands of this home; opened when first asked for. Rejects with LatchError. */
  control(): Promise<{ readonly latches: LatchStore; readonly box: CommandBox }>;
  /** Keys of a server's clients; opened when first asked for. Rejects with LatchError. */
  apiKeys(): Promise<ApiKeys>;
  /** Who may sign in at a server; opened when first asked for. Rejects with LatchError. */
  users(): Promise<Users>;
  /** What a server was asked to do; opened when first asked for. Rejects with LatchError. */
  requests(): Promise<IdempotencyStore>;
  /** How often who may ask a server. */
  readonly requestLimits: RequestLimits;
  /** What can be had again; never in the way of anything. */
  readonly cache: Cache;
  /** What happens in sessions, told to whoever listens; opened when first asked for. Rejects with BusError where its address is none. */
  eventBus(): Promise<EventBus>;
  /** How far events were given to it; opened when first asked for. Rejects with LatchError. */
  relayPositions(): Promise<RelayPositions>;
  /** Sessions that are to be kept running, and who keeps them; opened when first asked for. Rejects with LatchError. */
  deployments(): Promise<Deployments>;
  /** Channels, rules and alerts; opened when first asked for. Rejects with LatchError. */
  alerts(): Promise<AlertStore>;
  /** What is done by workers, whoever asked for it; opened when first asked for. Rejects with QueueError where its address is none. */
  jobs(): Promise<JobQueue>;
  /** What asks for jobs at set times; opened when first asked for. */
  schedules(): Promise<ScheduleStore>;
  cronTimes(): Promise<CronTimes>;
  /** Where sessions tell how they do; opened when first asked for. Rejects with LatchError. */
  vitals(): Promise<VitalsBoard>;
  readonly notifiers: Notifiers;
  /** Language models and web search; opened when first asked for. Rejects with LatchError. */
  providers(): Promise<ProviderStore>;
  readonly providerProbe: ProviderProbe;
  readonly logs: Logs;
  /** Traces of what took how long; opened when first asked for. */
  tracing(): Promise<Tracing>;
  /**
   * Carries an operation out in a thread of its own, for programs whose own thread others wait for. Rejects with `Failure`; with `server-busy`
   * where there are too many already.
   */
  readonly isolate: (id: OperationId, given: Readonly<Record<string, Json>>, call: IsolatedCall) => Promise<unknown>;
  /** Of the thread in which a server reads sessions; absent elsewhere. */
  readonly sessionGuard?: SessionGuard;
  /** Where sessions with accounts tell that they live; the caller's to close. Rejects with LatchError. */
  heartbeats(): Promise<Heartbeats>;
  /** Connections of a kill's own, that it shares with no session. */
  killWorld(askSecret: AskSecret | null): KillWorld;
  /** This process, so that others can tell whether it still runs. */
  readonly processName: string;
  /** Who uses this installation, as commands name them. */
  readonly actor: string;
  /** Gives back connections and files, at the end of everything. */
  close(): Promise<void>;
}

/** Tells who watches a thread from outside whose code it runs, so that a session whose strategy hangs is known by name. */
export interface SessionGuard {
  /** Throws `Failure` `session-stalled` where a thread was lost to this session a short time ago. */
  admit(session: string): void;
  /** Runs what may call the session's strategy. */
  watching<T>(session: string, body: () => T): T;
  /** Loads the session's code, one after another. */
  loading<T>(session: string, body: () => Promise<T>): Promise<T>;
}

/** One call of an operation. */
export interface Call {
  /** The request as it came in, before it was parsed. */
  readonly given: Readonly<Record<string, Json>>;
  /** Says how far a run is; answers false where it should stop there. */
  progress(phase: string, done: number, total: number): boolean;
  warn(warning: Warning): void;
  /** Tells an update of a stream: one that fits the row's `update`. */
  update(update: unknown): void;
  /** Null where nobody can be asked. Secrets come this way only, never with the request. */
  readonly askSecret: AskSecret | null;
  /** Aborted when somebody wants the call to end. */
  readonly stop: AbortSignal;
}

/** A call that is carried out in a thread of its own. */
export interface IsolatedCall {
  readonly progress: (phase: string, done: number, total: number) => void;
  readonly warn: (warning: Warning) => void;
  readonly update: (update: unknown) => void;
  readonly stop: AbortSignal;
  /** In whose name it is done. */
  readonly actor: string;
  /** How long it has from being asked to stop, asked for then; 5 s by default. */
  readonly graceMs?: () => number;
  /** Goes on for as long as the process, and takes no room of what comes and goes. */
  readonly isKept?: boolean;
}
