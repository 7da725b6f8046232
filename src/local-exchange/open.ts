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
import type { ServedRow } from './product.ts';
import { RestDesk } from './rest-desk.ts';
import { servedRows } from './served.ts';
import { SocketDoor } from './socket-door.ts';
import { openVenue, type ProductFactory, type Venue } from './venue.ts';

export interface LocalExchangeOptions {
  /** What is traded. */
  readonly products: Readonly<Partial<Record<ProductName, ProductFactory>>>;
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

/** Base URLs of a product, without a slash at their end. */
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
  /** Open WebSockets. */
  openSockets(): number;
  served(): readonly ServedRow[];
  /** Says goodbye to every connection and stops listening. */
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;
const DEFAULT_ACCOUNT: AccountSpec = {
  name: 'trader',
  balances: { spot: { USDT: '1000000' }, usdm: { USDT: '1000000' } },
};

/** Starts a local exchange and answers when it listens. */
export async function openLocalExchange(options: LocalExchangeOptions): Promise<LocalExchange> {
  const { host = '127.0.0.1', port = 0, seed = 1, market: marketChoice = { kind: 'quiet' } } = options;
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
    onDefect: options.onDefect ?? throwLater,
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
  const { limits = 'published', coalesceMs = 0, oldSpotListenKeys = false } = options;
  const venues: Venues = {};
  for (const name of ['spot', 'usdm'] as const) {
    const make = options.products[name];
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
  const http = `${isSecure ? 'https' : 'http'}://${host}:${port}`;
  const ws = `${isSecure ? 'wss' : 'ws'}://${host}:${port}`;
  return Object.fromEntries(
    venues.map(({ product, dialect }) => [
      product.name,
      { rest: http, streams: ws, socketApi: `${ws}${dialect.socketApiPath}` },
    ]),
  );
}

/** Looks after the connections once a second, of the clock they are kept by. */
function sweepEvery(clock: ExchangeClock, kept: KeptConnections, keepingMs: () => number): () => void {
  if (clock.speed !== 0) {
    const timer = setInterval(() => kept.sweep(keepingMs()), SWEEP_MS);
    timer.unref();
    return () => clearInterval(timer);
  }
  let cancel = (): void => {};
  const again = (): void => {
    cancel = clock.at(clock.nowMs() + SWEEP_MS, () => {
      kept.sweep(keepingMs());
      again();
    });
  };
  again();
  return () => cancel();
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
