import { resolve } from 'node:path';

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
  /** Where several programs count their use of venues' limits together: `TRADEWRIGHT_REDIS`, `redis://…`. Null: each counts alone. */
  readonly redisUrl: string | null;
  /** `postgres://…` or `mongodb://…`; null for columns on disk. It may hold a password: never show it. */
  readonly barStoreUrl: string | null;
}

/** `--home`, else `TRADEWRIGHT_HOME`, else `./.tradewright`; bars where `TRADEWRIGHT_BAR_STORE` says, else under home. */
export function readConfig(
  flags: { readonly home?: string | undefined },
  env: Readonly<Record<string, string | undefined>> = process.env,
  workingPath: string = process.cwd(),
): Config {
  return {
    homePath: flags.home ?? env['TRADEWRIGHT_HOME'] ?? DEFAULT_HOME,
    workingPath,
    localExchange: env['TRADEWRIGHT_LOCAL'] ?? DEFAULT_LOCAL,
    redisUrl: env['TRADEWRIGHT_REDIS'] || null,
    barStoreUrl: env['TRADEWRIGHT_BAR_STORE'] || null,
  };
}

/** The home folder as an absolute path. */
export function absoluteHome(config: Config): string {
  return resolve(config.workingPath, config.homePath);
}
