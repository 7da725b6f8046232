import { resolve } from 'node:path';
import { Secret } from './core/vocabulary/secret.ts';
import { LOG_LEVELS, type LogLevel } from './ports/logs.ts';
import type { ConnectionKeys } from './ports/secret-vault.ts';
import { readSettings, readSettingsAnyway, type SettingsInForce } from './read-settings.ts';
import { type TradingViewSetting, tradingViewSetting } from './tradingview-row.ts';

/** Settings that come from flags or, where those are silent, from the environment, then from a file. */
export interface Config {
  /** As it is shown: relative where it was given so. */
  readonly homePath: string;
  readonly workingPath: string;
  /** All settings with where each comes from. */
  readonly settings: SettingsInForce;
  /** Address of the local exchange: `TRADEWRIGHT_LOCAL`. */
  readonly localExchange: string;
  /** Whether each live feed runs in a thread of its own: `TRADEWRIGHT_FEED_THREAD=1`. */
  readonly hasFeedThreads: boolean;
  /** Where several programs count their use of venues' limits together: `TRADEWRIGHT_REDIS`, `redis://…`. Null: each counts alone. */
  readonly redisUrl: string | null;
  /** Where events are told to other programs: `TRADEWRIGHT_EVENT_BUS`, `redis://…` or `kafka://…`. Null: within the process. It may hold a password. */
  readonly eventBusUrl: string | null;
  /** Where jobs lie instead of the database of the state: `TRADEWRIGHT_JOB_QUEUE`, `redis://…`. It may hold a password: never show it. */
  readonly jobQueueUrl: string | null;
  /** Where programs share a cache: `TRADEWRIGHT_SHARED_CACHE`, `redis://…`. Null: each has its own. It may hold a password. */
  readonly sharedCacheUrl: string | null;
  /** `TRADEWRIGHT_API_KEY`, `TRADEWRIGHT_API_SECRET` and `TRADEWRIGHT_API_PASSPHRASE`, read when they are needed. */
  readonly venueKeys: () => ConnectionKeys | null;
  readonly masterKey: MasterKeySetting;
  readonly server: ServerSetting;
  /** What `serve` takes where its flags are silent, as it was typed: `TRADEWRIGHT_PORT` or `PORT`, `TRADEWRIGHT_GRACE`. */
  readonly serving: { readonly port: string | null; readonly grace: string | null };
  /**
   * Where journals, leases, latches and commands lie instead of under home, and accounts unless `vaultUrl` says otherwise:
   * `TRADEWRIGHT_DATABASE`, `postgres://…`. It may hold a password: never show it.
   */
  readonly databaseUrl: string | null;
  /** Most connections of a process for what its stores share there, 1 to 50: `TRADEWRIGHT_DATABASE_POOL`, as it was typed. */
  readonly databasePool: string;
  /** Where accounts are kept instead: `TRADEWRIGHT_VAULT`, `postgres://…`. It may hold a password: never show it. */
  readonly vaultUrl: string | null;
  /** Where registry and tables are kept instead of the home database: `TRADEWRIGHT_REGISTRY`, `postgres://…`. It may hold a password. */
  readonly registryUrl: string | null;
  /** `postgres://…` or `mongodb://…`; null for columns on disk. It may hold a password: never show it. */
  readonly barStoreUrl: string | null;
  /** Networks that are not public and where providers may be: `TRADEWRIGHT_PROVIDER_NETWORKS`. */
  readonly providerNetworks: readonly string[];
  /** Most bytes of a file that is uploaded to a server: `TRADEWRIGHT_UPLOAD_SIZE`, `200m`. */
  readonly uploadBytes: number;
  /** Where lines of JSON go, and which. */
  readonly log: LogSettings;
  /** Where traces go: `OTEL_EXPORTER_OTLP_ENDPOINT`; null: nowhere. */
  readonly otlpEndpoint: string | null;
  /** TradingView is off unless the user has accepted its terms; an account is optional. */
  readonly tradingView: TradingViewSetting;
}

/** `TRADEWRIGHT_LOG`: `stderr`, `home` for `logs` under home, or a folder; null: nowhere. */
export interface LogSettings {
  readonly to: string | null;
  /** `TRADEWRIGHT_LOG_LEVEL`: the least level. */
  readonly level: LogLevel;
  /** `TRADEWRIGHT_LOG_SIZE`: where the next file begins, `10m`. */
  readonly size: string;
}

/** Who does what is asked for here. */
export interface ServerSetting {
  /** `--server`, else `TRADEWRIGHT_SERVER`; null where this program does it itself. */
  readonly url: string | null;
  /** `TRADEWRIGHT_SERVER_KEY`, read when it is needed. */
  readonly key: () => string | null;
  /** `TRADEWRIGHT_SERVER_KEY_FILE`: a file with nothing but the key. */
  readonly keyFile: string | null;
}

/** Where the master key of the vault comes from; at most one is to be set. Without any it is a file under home. */
export interface MasterKeySetting {
  /** `TRADEWRIGHT_MASTER_KEY_FILE`. */
  readonly file: string | null;
  /** `TRADEWRIGHT_MASTER_KEY`: the key itself, read when it is needed. */
  readonly text: () => string | null;
  /** `TRADEWRIGHT_MASTER_PASSPHRASE_FILE`. */
  readonly passphraseFile: string | null;
  /** `TRADEWRIGHT_MASTER_PASSPHRASE=ask`. */
  readonly asksPassphrase: boolean;
}

/** What flags, environment and configuration file say (`settings.ts`). Throws Failure `config-invalid`. */
export function readConfig(
  flags: { readonly home?: string | undefined; readonly server?: string | undefined },
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingPath: string = process.cwd(),
): Config {
  return configOf(readSettings(flags, environment, workingPath), workingPath);
}

/** {@link readConfig} for a program that must not be kept from its work: wrong settings are left out, and said. */
export function readConfigAnyway(
  flags: { readonly home?: string | undefined },
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingPath: string = process.cwd(),
): { readonly config: Config; readonly objections: readonly string[] } {
  const { settings, objections } = readSettingsAnyway(flags, environment, workingPath);
  return { config: configOf(settings, workingPath), objections };
}

function configOf(settings: SettingsInForce, workingPath: string): Config {
  const { env, rows } = settings;
  const inForce = (name: string): string | null => rows.find((row) => row.setting.env === name)!.value;
  return {
    homePath: inForce('TRADEWRIGHT_HOME')!,
    workingPath,
    settings,
    localExchange: inForce('TRADEWRIGHT_LOCAL')!,
    hasFeedThreads: env['TRADEWRIGHT_FEED_THREAD'] === '1',
    venueKeys: () => {
      const { TRADEWRIGHT_API_KEY: apiKey, TRADEWRIGHT_API_SECRET: apiSecret } = env;
      const passphrase = env['TRADEWRIGHT_API_PASSPHRASE'];
      if (!apiKey || !apiSecret) return null;
      return {
        ...{ apiKey: new Secret(apiKey), apiSecret: new Secret(apiSecret) },
        ...(passphrase ? { passphrase: new Secret(passphrase) } : {}),
      };
    },
    masterKey: {
      file: env['TRADEWRIGHT_MASTER_KEY_FILE'] || null,
      text: () => env['TRADEWRIGHT_MASTER_KEY'] || null,
      passphraseFile: env['TRADEWRIGHT_MASTER_PASSPHRASE_FILE'] || null,
      asksPassphrase: env['TRADEWRIGHT_MASTER_PASSPHRASE'] === 'ask',
    },
    server: {
      url: inForce('TRADEWRIGHT_SERVER'),
      key: () => env['TRADEWRIGHT_SERVER_KEY'] || null,
      keyFile: env['TRADEWRIGHT_SERVER_KEY_FILE'] || null,
    },
    serving: {
      port: env['TRADEWRIGHT_PORT'] || env['PORT'] || null,
      // Cloud Run says who it is, and ends what does not end within ten seconds.
      grace: env['TRADEWRIGHT_GRACE'] || (env['K_SERVICE'] ? '10' : null),
    },
    databaseUrl: env['TRADEWRIGHT_DATABASE'] || null,
    databasePool: inForce('TRADEWRIGHT_DATABASE_POOL')!,
    vaultUrl: env['TRADEWRIGHT_VAULT'] || env['TRADEWRIGHT_DATABASE'] || null,
    redisUrl: env['TRADEWRIGHT_REDIS'] || null,
    sharedCacheUrl: env['TRADEWRIGHT_SHARED_CACHE'] || null,
    eventBusUrl: env['TRADEWRIGHT_EVENT_BUS'] || null,
    jobQueueUrl: env['TRADEWRIGHT_JOB_QUEUE'] || null,
    registryUrl: env['TRADEWRIGHT_REGISTRY'] || env['TRADEWRIGHT_DATABASE'] || null,
    barStoreUrl: env['TRADEWRIGHT_BAR_STORE'] || null,
    otlpEndpoint: env['OTEL_EXPORTER_OTLP_ENDPOINT'] || null,
    providerNetworks: (env['TRADEWRIGHT_PROVIDER_NETWORKS'] || '').split(',').filter((network) => network !== ''),
    uploadBytes: bytesOf(inForce('TRADEWRIGHT_UPLOAD_SIZE')!),
    log: {
      to: env['TRADEWRIGHT_LOG'] || null,
      level: LOG_LEVELS.find((level) => level === env['TRADEWRIGHT_LOG_LEVEL']) ?? 'info',
      size: /^\d{1,4}[km]$/.exec(env['TRADEWRIGHT_LOG_SIZE'] ?? '')?.[0] ?? '10m',
    },
    tradingView: tradingViewSetting(env),
  };
}

const UNIT_BYTES = { k: 1_024, m: 1_048_576, g: 1_073_741_824 } as const;

/** Bytes of a size such as `200m`. */
function bytesOf(size: string): number {
  return Number(size.slice(0, -1)) * UNIT_BYTES[size.slice(-1) as keyof typeof UNIT_BYTES];
}

/** The home folder as an absolute path. */
export function absoluteHome(config: Pick<Config, 'homePath' | 'workingPath'>): string {
  return resolve(config.workingPath, config.homePath);
}
