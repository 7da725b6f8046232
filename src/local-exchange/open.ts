import { type AccountSpec, Accounts, type IssuedAccount } from './accounts.ts';
import { CallDesk } from './call-desk.ts';
import { makeCertificate } from './certificate.ts';
import { type ClockOptions, ExchangeClock, SYSTEM_WALL } from './clock.ts';
import type { ProductName } from './dialects.ts';
import { FaultDesk } from './faults/fault-desk.ts';
import { faultProfile } from './faults/profiles.ts';
import type { FaultSetting } from './faults/table.ts';
import { listen, type TlsPair } from './http-server.ts';
import { KeptConnections } from './kept-connections.ts';
import type { LimitChoice, Limits } from './limits.ts';
import { exchangeInfoOf } from './listing.ts';
import { type MarketChoice, startMarket } from './market-choice.ts';
import { OutsideMarket } from './outside-market.ts';
import { RestDesk } from './rest-desk.ts';
import { type ExchangeServedRow, servedRows } from './served.ts';
import { SocketDoor } from './socket-door.ts';
import type { SpotOptions } from './spot/spot-options.ts';
import { createSpotProduct } from './spot/spot-product.ts';
import { createUsdmProduct, type UsdmOptions } from './usdm/product.ts';
import { openVenue, type ProductFactory, type Venue } from './venue.ts';

export interface LocalExchangeOptions {
  /** What is traded. Default: spot and USD-M futures, made by the two options below. */
  readonly products?: Readonly<Partial<Record<ProductName, ProductFactory>>>;
  readonly spot?: SpotOptions;
  readonly usdm?: UsdmOptions;
  /** Default: one account `trader` with an HMAC key and a million USDT on each product. */
  readonly accounts?: readonly AccountSpec[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** True makes a certificate on the spot; see `certificate` of what is opened. */
  readonly tls?: boolean | TlsPair;
  readonly clock?: ClockOptions;
  /** Of everything drawn: the market's path, sizes, faults. Keys are never drawn from it. Default 1. */
  readonly seed?: number;
  /** Default: as published. */
  readonly limits?: LimitChoice | Readonly<Partial<Record<ProductName, LimitChoice>>>;
  /** Cut WebSockets that send more frames a second than Binance allows. Default false: common clients burst while they start. */
  readonly strictSockets?: boolean;
  /** Refuse timestamps outside the time window. Default true; turn it off where clients keep real time and this clock does not. */
  readonly checkTimestamps?: boolean;
  /** How long market data is collected before it is written, 0 (one turn of the event loop) to 5 ms. Default 0. */
  readonly coalesceMs?: number;
  /** Serve spot's listen keys, which Binance switched off in 2026, to older clients. Default false. */
  readonly oldSpotListenKeys?: boolean;
  /** A profile by name, or settings. Default none. */
  readonly faults?: string | readonly FaultSetting[];
  /** Default: quiet. */
  readonly market?: MarketChoice;
  /** Told of a defect met while serving. Default: it is thrown, and ends the process. */
  readonly onDefect?: (error: unknown) => void;
}

/**
 * Base URLs of a product, without a slash at their end. Both products share one port: their REST paths, their WebSocket APIs and futures'
 * routed streams have names of their own; `/ws` and `/stream` are spot's. A client that needs a base of its own for each product appends
 * `/spot` or `/usdm` to any of them; below `/usdm`, `/ws` and `/stream` are futures' unrouted streams.
 */
export interface ProductUrls {
  /** Before `/api/v3/…` or `/fapi/v1/…`. */
  readonly rest: string;
  /** Before `/ws`, `/stream` or, on futures, `/public|market|private/…`. */
  readonly streams: string;
  /** Whole. */
  readonly socketApi: string;
}

export interface LocalExchange {
  readonly host: string;
  readonly port: number;
  readonly urls: Readonly<Partial<Record<ProductName, ProductUrls>>>;
  /** The certificate that clients must trust, PEM; null without TLS. */
  readonly certificate: string | null;
  /** With the keys that were given or made. */
  readonly accounts: readonly IssuedAccount[];
  /** Opens another account and pays in its balances. */
  openAccount(spec: AccountSpec): IssuedAccount;
  revokeKey(apiKey: string): boolean;
  /** The exchange's time; steps where its speed is 0. */
  readonly clock: ExchangeClock;
  readonly market: OutsideMarket;
  readonly faults: FaultDesk;
  /** What a product lists. */
  symbols(product: ProductName): readonly string[];
  /** Open WebSockets. */
  openSockets(): number;
  served(): readonly ExchangeServedRow[];
  /** Says goodbye to every connection and stops listening. */
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;
const DEFAULT_ACCOUNT: AccountSpec = {
  name: 'trader',
  balances: { spot: { USDT: '1000000' }, usdm: { USDT: '1000000' } },
};

/** Starts a local exchange and answers when it listens. */
export async function openLocalExchange(options: LocalExchangeOptions = {}): Promise<LocalExchange> {
  const { host = '127.0.0.1', port = 0, seed = 1, market: marketChoice = { kind: 'quiet' } } = options;
  const { onDefect = throwLater } = options;
  const clock = new ExchangeClock(options.clock);
  const settings = typeof options.faults === 'string' ? faultProfile(options.faults) : (options.faults ?? []);
  const faults = new FaultDesk(clock, settings, seed);
  const accounts = new Accounts();
  const venues = openVenues(options, clock, accounts, faults, seed);
  const opened = Object.values(venues);
  if (opened.length === 0) throw new RangeError('expected at least one product');
  const limits = Object.fromEntries(opened.map((v) => [v.product.name, v.limits])) as Record<ProductName, Limits>;
  const calls = new CallDesk({
    clock,
    accounts,
    faults,
    limits,
    checkTimes: options.checkTimestamps ?? true,
    cancelOf: ({ method, dialect }) =>
      (method === null
        ? venues[dialect.name]?.methods.get('order.cancel')
        : venues[dialect.name]?.routes.get('DELETE /api/v3/order')) ?? null,
    exchangeInfo: (name) => exchangeInfoOf(venues[name]!.product),
  });
  const rest = new RestDesk(calls, limits, new Map(opened.flatMap((v) => [...v.routes])));
  const kept = new KeptConnections();
  // Peers answer pings in real time, so an accelerated exchange keeps its connections by the wall; a stepped one owns all time.
  const keepingMs = clock.speed === 0 ? () => clock.nowMs() : () => (options.clock?.wall ?? SYSTEM_WALL).nowMs();
  const door = new SocketDoor({
    venues,
    calls,
    accounts,
    faults,
    kept,
    isStrict: options.strictSockets ?? false,
    onDefect,
    keepingMs,
  });
  faults.onBegin('connections-dropped', (setting) => {
    const { product } = setting.only ?? {};
    kept.killAll((c) => product === undefined || c.dialect.name === product);
  });
  const openAccount = (spec: AccountSpec): IssuedAccount => openWith(accounts, venues, spec);
  const issued = (options.accounts ?? [DEFAULT_ACCOUNT]).map(openAccount);
  const market = new OutsideMarket({ clock, products: opened.map((v) => v.product), seed });
  startMarket(market, marketChoice, seed);
  const tls = options.tls === true ? await makeCertificate(Date.now()) : options.tls || null;
  const server = await listen({
    host,
    port,
    tls,
    handle: (request) => rest.handle(request),
    accept: (url, address) => door.accept(url, address),
    onDefect,
  });
  const stopSweeping = sweepEvery(clock, kept, keepingMs);
  return {
    host,
    port: server.port,
    urls: urlsOf(opened, host, server.port, tls !== null),
    certificate: tls?.cert ?? null,
    accounts: issued,
    openAccount,
    revokeKey: (apiKey) => accounts.revoke(apiKey),
    clock,
    market,
    faults,
    symbols: (product) => venues[product]?.product.symbols ?? [],
    openSockets: () => kept.size,
    served: () => servedRows(opened),
    async close() {
      market.stop();
      stopSweeping();
      for (const { hub } of opened) {
        hub.flush();
        hub.close();
      }
      kept.retireAll();
      clock.close();
      await server.close();
    },
  };
}

type Venues = Partial<Record<ProductName, Venue>>;

function openVenues(
  options: LocalExchangeOptions,
  clock: ExchangeClock,
  accounts: Accounts,
  faults: FaultDesk,
  seed: number,
): Venues {
  const { limits = 'published', coalesceMs = 0, oldSpotListenKeys = false, spot = {}, usdm = {} } = options;
  const makers: Partial<Record<ProductName, ProductFactory>> = options.products ?? {
    spot: (around) => createSpotProduct(spot, around),
    usdm: (around) => createUsdmProduct(usdm, around),
  };
  const venues: Venues = {};
  for (const name of ['spot', 'usdm'] as const) {
    const make = makers[name];
    if (make === undefined) continue;
    const choice = typeof limits === 'string' || Array.isArray(limits) ? limits : limitsOf(limits, name);
    venues[name] = openVenue({
      name,
      make,
      clock,
      accounts,
      faults,
      limits: choice as LimitChoice,
      seed,
      coalesceMs,
      oldSpotListenKeys,
    });
  }
  return venues;
}

function limitsOf(limits: LocalExchangeOptions['limits'], name: ProductName): LimitChoice {
  return (limits as Partial<Record<ProductName, LimitChoice>>)[name] ?? 'published';
}

function openWith(accounts: Accounts, venues: Venues, spec: AccountSpec): IssuedAccount {
  const issued = accounts.open(spec);
  for (const name of ['spot', 'usdm'] as const) {
    const venue = venues[name];
    if (venue === undefined) continue;
    for (const [asset, amount] of Object.entries(spec.balances?.[name] ?? {}))
      if (!venue.product.deposit(issued.account, asset, amount))
        throw new RangeError(`account ${spec.name}: ${name} does not take ${amount} ${asset}`);
  }
  return issued;
}

function urlsOf(venues: readonly Venue[], host: string, port: number, isSecure: boolean): LocalExchange['urls'] {
  // All interfaces are no address that a client can be pointed at.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const http = `${isSecure ? 'https' : 'http'}://${name}:${port}`;
  const ws = `${isSecure ? 'wss' : 'ws'}://${name}:${port}`;
  return Object.fromEntries(
    venues.map(({ product, dialect }) => [
      product.name,
      { rest: http, streams: ws, socketApi: `${ws}${dialect.socketApiPath}` },
    ]),
  );
}

/**
 * Looks after the connections once a second, of the clock they are kept by. A stepped clock may jump hours within one turn of the event
 * loop, in which no peer can answer: then one look follows the jump.
 */
function sweepEvery(clock: ExchangeClock, kept: KeptConnections, keepingMs: () => number): () => void {
  if (clock.speed !== 0) {
    const timer = setInterval(() => kept.sweep(keepingMs()), SWEEP_MS);
    timer.unref();
    return () => clearInterval(timer);
  }
  let look: NodeJS.Immediate | null = null;
  let cancel = (): void => {};
  const again = (): void => {
    cancel = clock.at(clock.nowMs() + SWEEP_MS, () => {
      look ??= setImmediate(() => {
        look = null;
        kept.sweep(keepingMs());
      });
      again();
    });
  };
  again();
  return () => {
    cancel();
    if (look !== null) clearImmediate(look);
  };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
