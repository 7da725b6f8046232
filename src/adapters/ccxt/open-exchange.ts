import type { Random } from '../../core/vocabulary/random.ts';
import type { Clock } from '../../ports/clock.ts';
import { REQUEST_VALIDITY_MS } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { CcxtClass, CcxtExchange, CcxtModule } from './exchange-shape.ts';
import { enterSandbox } from './sandbox.ts';

export interface CcxtCredentials {
  readonly apiKey: string;
  readonly secret: string;
  /** OKX, KuCoin and others call it passphrase. */
  readonly password?: string;
}

export type CcxtMarketType = 'spot' | 'swap' | 'future';

export interface CcxtOptions {
  /** ccxt's name of the venue: `okx`, `kraken`, `bybit`. */
  readonly exchange: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials?: CcxtCredentials;
  /** Which markets are listed; spot by default. */
  readonly markets?: readonly CcxtMarketType[];
  /** The venue's own test environment. */
  readonly sandbox?: boolean;
  /** Put over ccxt's `urls.api`, for a venue on this machine: `{ rest: 'http://127.0.0.1:…', ws: 'ws://…' }`. */
  readonly urls?: Readonly<Record<string, unknown>>;
  /** Put over ccxt's `options`. */
  readonly exchangeOptions?: Readonly<Record<string, unknown>>;
  /** 10 s by default. */
  readonly timeoutMs?: number;
  /** Between two requests of the least cost; what ccxt knows of the venue by default. */
  readonly requestIntervalMs?: number;
  /** How ccxt is loaded; `import('ccxt')` by default. */
  readonly load?: () => Promise<{ readonly default: CcxtModule }>;
}

/** The name under which instruments are listed: `OKX`. */
export const venueNameOf = (exchange: string): string => exchange.toUpperCase();

/** The class of a venue; the one with streams where there is one. */
async function exchangeClass(options: CcxtOptions): Promise<CcxtClass> {
  const venue = venueNameOf(options.exchange);
  const load = options.load ?? (() => import('ccxt') as unknown as Promise<{ readonly default: CcxtModule }>);
  let ccxt: CcxtModule;
  try {
    ({ default: ccxt } = await load());
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    const message = `${venue} is reached through the package ccxt, which is not installed: run npm install ccxt`;
    throw new VenueError('unsupported', venue, message, { cause: error });
  }
  const name = options.exchange;
  const found = Object.hasOwn(ccxt.pro, name) ? ccxt.pro[name] : ccxt.exchanges.includes(name) ? ccxt[name] : undefined;
  if (typeof found === 'function') return found as CcxtClass;
  throw new VenueError('unsupported', venue, `ccxt has no exchange ${JSON.stringify(name)}`);
}

/** Entries of `over` replace those of `under`; objects are merged. */
function putOver(under: Record<string, unknown>, over: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(over)) {
    const old = under[name];
    const isObject = (v: unknown): v is Record<string, unknown> =>
      typeof v === 'object' && v !== null && !Array.isArray(v);
    if (isObject(value) && isObject(old)) putOver(old, value);
    else under[name] = value;
  }
}

/**
 * A ccxt exchange. `amounts`: `text` for orders and balances, which no double may touch; `double` for market data.
 *
 * Pace is ccxt's own here (`enableRateLimit`, its table of costs for every route of every venue), per object: two gateways of one account
 * do not know of each other. ccxt never repeats a request by itself (`maxRetriesOnFailure` is 0, and said so again).
 */
export async function openExchange(options: CcxtOptions, amounts: 'text' | 'double'): Promise<CcxtExchange> {
  const Exchange = await exchangeClass(options);
  const { credentials } = options;
  const exchange = new Exchange({
    enableRateLimit: true,
    timeout: options.timeoutMs ?? 10_000,
    ...(options.requestIntervalMs === undefined ? {} : { rateLimit: options.requestIntervalMs }),
    ...(amounts === 'text' ? { number: String } : {}),
    ...(credentials ? { apiKey: credentials.apiKey, secret: credentials.secret } : {}),
    ...(credentials?.password === undefined ? {} : { password: credentials.password }),
    // Where ccxt knows of a window in which its venue takes a request, it is no wider than everybody counts with.
    options: { maxRetriesOnFailure: 0, recvWindow: REQUEST_VALIDITY_MS, ...options.exchangeOptions },
  });
  keepPromises(exchange);
  keepNoProcessAlive(exchange, options.clock);
  if (options.sandbox === true) enterSandbox(exchange, venueNameOf(options.exchange));
  if (options.urls !== undefined) {
    putOver(exchange.urls as { api: Record<string, unknown> }, { api: options.urls });
    // ccxt keeps to https and wss unless its agents were loaded.
    await exchange.loadHttpProxyAgent?.();
  }
  return exchange;
}

interface WsClient {
  send: (message: unknown) => Promise<unknown>;
}

/**
 * ccxt starts some of its work without waiting for it: a log-in by `watch`, a snapshot by `spawn`, a subscription that is sent while its
 * connection closes. Where a connection breaks at that moment, nobody takes the rejection, and Node ends the process. Here everybody who
 * starts such work takes it; who waits for it still gets it.
 */
function keepPromises(exchange: CcxtExchange): void {
  const methods = exchange as unknown as Record<string, ((...parameters: unknown[]) => unknown) | undefined>;
  for (const name of ['watch', 'watchMultiple', 'spawn']) {
    const method = methods[name];
    if (method === undefined) continue;
    methods[name] = (...parameters) => {
      const started = method.apply(exchange, parameters);
      if (started instanceof Promise) started.catch(() => undefined);
      return started;
    };
  }
  const { client: clientOf } = exchange as unknown as { readonly client?: (url: string) => WsClient };
  if (clientOf === undefined) return;
  const kept = new WeakSet<WsClient>();
  methods['client'] = (url) => {
    const client = clientOf.call(exchange, url as string);
    if (!kept.has(client)) {
      kept.add(client);
      const { send } = client;
      client.send = (message) => {
        const sent = send.call(client, message);
        sent.catch(() => undefined);
        return sent;
      };
    }
    return client;
  };
}

/** ccxt's timers for later work, such as a listen key's next extension in 20 minutes, would keep a process from ending. */
function keepNoProcessAlive(exchange: CcxtExchange, clock: Clock): void {
  let isClosed = false;
  const methods = exchange as unknown as {
    close: () => Promise<unknown>;
    delay?: (delayMs: number, method: unknown, ...parameters: unknown[]) => void;
    spawn(method: unknown, ...parameters: unknown[]): unknown;
  };
  methods.delay = (delayMs, method, ...parameters) => {
    clock.after(delayMs, () => {
      if (!isClosed) methods.spawn(method, ...parameters);
    });
  };
  const { close } = methods;
  methods.close = () => {
    isClosed = true;
    return close.call(exchange);
  };
}

/** Everything that must not be shown. */
export function secretsOf(options: CcxtOptions): readonly string[] {
  const { credentials } = options;
  return credentials ? [credentials.apiKey, credentials.secret, credentials.password ?? ''] : [];
}
