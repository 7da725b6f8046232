import { LOG_LEVELS } from './ports/logs.ts';

/** One thing that an installation can be told, beside the flags of its commands. */
export interface Setting {
  /** Name in the environment. In a configuration file it is the rest of it, in camel case: `barStore`. */
  readonly env: string;
  readonly about: string;
  /** Null where nothing is assumed. */
  readonly byDefault: string | null;
  /** May hold a password: it is shown nowhere, and does not belong in a configuration file. */
  readonly isSecret?: boolean;
  /** Values it takes, where they are few. */
  readonly values?: readonly string[];
  /** What a value looks like, and that in words, where not every text is one. */
  readonly form?: { readonly pattern: RegExp; readonly words: string };
}

const PREFIX = 'TRADEWRIGHT_';
const setting = (name: string, byDefault: string | null, about: string, more: Partial<Setting> = {}): Setting => ({
  ...{ env: `${PREFIX}${name}`, byDefault, about },
  ...more,
});
const secret = (name: string, about: string): Setting => setting(name, null, about, { isSecret: true });

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const V4 = `${OCTET}(?:\\.${OCTET}){3}(?:/(?:3[0-2]|[12]?\\d))?`;
/** What looks like one and is none opens nothing. */
const V6 = '[\\da-fA-F.]*:[\\da-fA-F:.]*(?:/(?:12[0-8]|1[01]\\d|\\d?\\d))?';
const NETWORKS = new RegExp(`^(?:${V4}|${V6})(?:,(?:${V4}|${V6}))*$`);

/** All of them, in the order in which they are told. */
export const SETTINGS: readonly Setting[] = [
  setting('HOME', '.tradewright', 'Folder of catalogue, runs, sessions, accounts and reports; --home goes before it'),
  setting('CONFIG', 'tradewright.json', 'File of settings; without one of the default name there are none'),
  setting('TIMEOUT', '60', 'Seconds after which a run that makes no progress is ended; --timeout goes before it'),
  setting('LOCAL', 'http://127.0.0.1:7331', 'Address of the local exchange, which the venue local means'),
  setting('PORT', null, 'Port that serve listens on without --port; else PORT, else 7330'),
  setting('GRACE', null, 'Seconds that serve has for its end without --grace; default 60, on Cloud Run 10'),
  setting('SERVER', null, 'Address of a server that does what is asked for here; --server goes before it'),
  secret('SERVER_KEY', 'The key that opens it'),
  setting('SERVER_KEY_FILE', null, 'File of that key, with nothing else in it'),
  setting('FEED_THREAD', null, '1: each live feed runs in a thread of its own', { values: ['0', '1'] }),
  secret('DATABASE', 'Where all that programs share is kept, postgres://; default under home'),
  setting('DATABASE_POOL', '50', 'Most connections of one process to it for keys, requests and alerts, 1 to 50'),
  secret('BAR_STORE', 'Where bars are kept, postgres:// or mongodb://; default columns under home'),
  secret(
    'REGISTRY',
    'Where the registry of strategies and stored tables are kept, postgres://; default the database, or under home',
  ),
  secret('VAULT', 'Where accounts are kept, postgres://; default the database, or under home'),
  secret(
    'REDIS',
    'Where programs count uses of venues’ limits and requests of clients together, redis://; default each alone',
  ),
  secret('EVENT_BUS', 'Where sessions tell their events to other programs, redis://, redis-cluster:// or kafka://'),
  secret(
    'JOB_QUEUE',
    'Where jobs lie instead of with the state, redis://; default in TRADEWRIGHT_DATABASE, or under home',
  ),
  secret('SHARED_CACHE', 'Where several programs share quotes, books and bars, redis:// or redis-cluster://'),
  setting('LOG', null, 'Where logs go, as lines of JSON: home, stderr, or a folder; default nowhere'),
  setting('LOG_LEVEL', 'info', 'The least level that is logged', { values: LOG_LEVELS }),
  setting('LOG_SIZE', '10m', 'How large a file of logs grows before the next is begun, such as 500k'),
  setting('UPLOAD_SIZE', '1g', 'How large a file may be that is uploaded to a server, also unpacked, such as 200m', {
    form: { pattern: /^[1-9]\d{0,3}[kmg]$/, words: 'a size such as 500k, 200m or 1g' },
  }),
  setting('PROVIDER_NETWORKS', null, 'Networks that are not public, where providers may be: 127.0.0.1,10.1.0.0/16', {
    form: { pattern: NETWORKS, words: 'addresses or networks with commas between, such as 127.0.0.1,10.1.0.0/16' },
  }),
  setting('MASTER_KEY_FILE', null, 'File of the vault’s master key; default one under home'),
  secret('MASTER_KEY', 'The vault’s master key itself'),
  setting('MASTER_PASSPHRASE_FILE', null, 'File of a passphrase that the master key is derived from'),
  setting('MASTER_PASSPHRASE', null, 'ask: the passphrase is asked for', { values: ['ask'] }),
  secret('API_KEY', 'Key of a venue for one call, instead of an account that is kept'),
  secret('API_SECRET', 'Its secret'),
  secret('API_PASSPHRASE', 'Its passphrase, where the venue has one'),
  setting('TRADINGVIEW', null, 'accept-terms: TradingView may be used', { values: ['accept-terms'] }),
  setting('TRADINGVIEW_DELAYED', null, 'allow: data of TradingView that come late are taken', { values: ['allow'] }),
  setting('TRADINGVIEW_USER', null, 'Name of an account at TradingView'),
  secret('TRADINGVIEW_PASSWORD', 'Its password'),
  secret('TRADINGVIEW_TOKEN', 'A token instead of both'),
  setting('TRADINGVIEW_ORIGIN', null, 'Another server of TradingView, such as wss://prodata.tradingview.com'),
];

/** Of this project's own tests. */
const OF_TESTS: readonly string[] = ['TEST_DATA', 'UPDATE_GOLDEN', 'PROPERTY_SEED', 'PROPERTY_RUNS', 'CACHE'].map(
  (name) => `${PREFIX}${name}`,
);

/** How a setting is named in a configuration file. */
export function fileKey({ env }: Pick<Setting, 'env'>): string {
  return env
    .slice(PREFIX.length)
    .toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names in an environment that look like settings and are none. */
export function unknownNames(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = new Set([...SETTINGS.map((s) => s.env), ...OF_TESTS]);
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name));
}
