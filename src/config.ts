import { resolve } from 'node:path';
import { Secret } from './core/vocabulary/secret.ts';
import type { ConnectionKeys } from './ports/secret-vault.ts';
import { type TradingViewSetting, tradingViewSetting } from './tradingview-row.ts';

/** Where this installation keeps catalogue, runs and reports, unless told otherwise. */
const DEFAULT_HOME = '.tradewright';
/** Where `tradewright exchange` listens, unless told otherwise. */
const DEFAULT_LOCAL = 'http://127.0.0.1:7331';

/** Settings that come from flags or, where those are silent, from the environment. */
export interface Config {
  /** As it is shown: relative where it was given so. */
  readonly homePath: string;
  readonly workingPath: string;
  /** Address of the local exchange: `TRADEWRIGHT_LOCAL`. */
  readonly localExchange: string;
  /** Whether each live feed runs in a thread of its own: `TRADEWRIGHT_FEED_THREAD=1`. */
  readonly hasFeedThreads: boolean;
  /** Where several programs count their use of venues' limits together: `TRADEWRIGHT_REDIS`, `redis://…`. Null: each counts alone. */
  readonly redisUrl: string | null;
  /** `TRADEWRIGHT_API_KEY`, `TRADEWRIGHT_API_SECRET` and `TRADEWRIGHT_API_PASSPHRASE`, read when they are needed. */
  readonly venueKeys: () => ConnectionKeys | null;
  readonly masterKey: MasterKeySetting;
  readonly server: ServerSetting;
  /** Where accounts are kept instead of the home database: `TRADEWRIGHT_VAULT`, `postgres://…`. It may hold a password: never show it. */
  readonly vaultUrl: string | null;
  /** Where registry and tables are kept instead of the home database: `TRADEWRIGHT_REGISTRY`, `postgres://…`. It may hold a password. */
  readonly registryUrl: string | null;
  /** `postgres://…` or `mongodb://…`; null for columns on disk. It may hold a password: never show it. */
  readonly barStoreUrl: string | null;
  /** TradingView is off unless the user has accepted its terms; an account is optional. */
  readonly tradingView: TradingViewSetting;
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

/** `--home`, else `TRADEWRIGHT_HOME`, else `./.tradewright`; bars where `TRADEWRIGHT_BAR_STORE` says, else under home. */
export function readConfig(
  flags: { readonly home?: string | undefined; readonly server?: string | undefined },
  env: Readonly<Record<string, string | undefined>> = process.env,
  workingPath: string = process.cwd(),
): Config {
  return {
    homePath: flags.home ?? env['TRADEWRIGHT_HOME'] ?? DEFAULT_HOME,
    workingPath,
    localExchange: env['TRADEWRIGHT_LOCAL'] ?? DEFAULT_LOCAL,
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
      url: flags.server ?? (env['TRADEWRIGHT_SERVER'] || null),
      key: () => env['TRADEWRIGHT_SERVER_KEY'] || null,
      keyFile: env['TRADEWRIGHT_SERVER_KEY_FILE'] || null,
    },
    vaultUrl: env['TRADEWRIGHT_VAULT'] || null,
    redisUrl: env['TRADEWRIGHT_REDIS'] || null,
    registryUrl: env['TRADEWRIGHT_REGISTRY'] || null,
    barStoreUrl: env['TRADEWRIGHT_BAR_STORE'] || null,
    tradingView: tradingViewSetting(env),
  };
}

/** The home folder as an absolute path. */
export function absoluteHome(config: Config): string {
  return resolve(config.workingPath, config.homePath);
}
