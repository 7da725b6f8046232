import { type GatewayHosts, LIVE_HOSTS, localHosts, TESTNET_HOSTS } from './adapters/binance/hosts.ts';
import type { CcxtOptions } from './adapters/ccxt/open-exchange.ts';
import type { RateLimiter } from './connectivity/rate-limiter.ts';
import type { RateCounters } from './connectivity/rate-window.ts';
import type { Signer } from './connectivity/signing.ts';
import type { Random } from './core/vocabulary/random.ts';
import { type GatewayTo, gatewayTo, type VenueKey } from './ports/account.ts';
import type { Clock } from './ports/clock.ts';
import type { BarHistory, MarketFeed } from './ports/market-feed.ts';
import { type ConnectionKeys, ENVIRONMENTS, type Environment } from './ports/secret-vault.ts';
import type { HttpClient, SocketDialer } from './ports/transport.ts';
import { VenueError } from './ports/venue-error.ts';
import type { HistorySource, VenueFacts } from './ports/venues.ts';

/** What an adapter is given of the outside. */
export interface Outside {
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** Counters of a venue's limits that other programs count with; null where this one counts alone. */
  sharedCounters(venue: string): Promise<RateCounters | null>;
  /** Has a venue's limits told; a limiter for each address that is asked. */
  onLimiter(venue: string, environment: Environment, limiter: RateLimiter): void;
  /** Runs when the program has no more use for venues. */
  onClose(close: () => Promise<void>): void;
}

type GatewayOpener<E extends Environment> = (outside: Outside, key: VenueKey<E>) => Promise<GatewayTo<E>>;
/** One opener for each environment that the venue has; each takes keys of its own environment and no others. */
export type GatewayOpeners = { readonly [E in Environment]?: GatewayOpener<E> };

export function environmentsOf(openers: GatewayOpeners): readonly Environment[] {
  return ENVIRONMENTS.filter((each) => openers[each] !== undefined);
}

/** One venue: what is known of it, and how its adapters are opened. */
export interface VenueRow {
  readonly facts: Omit<VenueFacts, 'environments'>;
  readonly gateways: GatewayOpeners;
  history?(outside: Outside, source: HistorySource): Promise<BarHistory>;
  feed?(outside: Outside): Promise<MarketFeed>;
}

/** The two products of Binance, or of a local exchange that speaks its protocol at `local`. */
export function binance(product: 'spot' | 'usdm', facts: VenueRow['facts'], local: string | null): VenueRow {
  // One limiter for everything that goes to one address.
  const limiters = new Map<Environment, RateLimiter>();
  const limiterOf = async (outside: Outside, environment: Environment): Promise<RateLimiter> => {
    const known = limiters.get(environment);
    if (known !== undefined) return known;
    const [{ RateLimiter }, { rateWindows }] = await Promise.all([
      import('./connectivity/rate-limiter.ts'),
      import('./adapters/binance/rate-limits.ts'),
    ]);
    const counters = environment === 'live' ? await outside.sharedCounters(facts.id) : null;
    const made = new RateLimiter({
      ...{ clock: outside.clock, windows: rateWindows(product) },
      ...(counters === null ? {} : { counters }),
    });
    // Another call may have made one while this one waited.
    const other = limiters.get(environment);
    if (other !== undefined) return other;
    limiters.set(environment, made);
    outside.onLimiter(facts.id, environment, made);
    return made;
  };
  /** Of market data. */
  const options = async (outside: Outside) => {
    const { http, dialer, clock, random } = outside;
    const limiter = await limiterOf(outside, local === null ? 'live' : 'local');
    const there =
      local === null ? {} : { venue: facts.id, restOrigins: [local], streamOrigin: local.replace(/^http/, 'ws') };
    return { http, dialer, clock, random, limiter, ...there };
  };
  const open = async <E extends Environment>(
    outside: Outside,
    key: VenueKey<E>,
    hosts: GatewayHosts<NoInfer<E>>,
  ): Promise<GatewayTo<E>> => {
    const { http, dialer, clock, random } = outside;
    const given = {
      ...{ venue: facts.id, http, dialer, clock, random, ...hosts },
      limiter: await limiterOf(outside, hosts.environment),
      credentials: { apiKey: key.apiKey.reveal(), signer: await signerFor(facts.id, key) },
    };
    if (product === 'spot') {
      const { BinanceSpotGateway } = await import('./adapters/binance/spot-gateway.ts');
      return gatewayTo(hosts.environment, new BinanceSpotGateway(given));
    }
    const { BinanceUsdmGateway } = await import('./adapters/binance/usdm-gateway.ts');
    return gatewayTo(hosts.environment, new BinanceUsdmGateway(given));
  };
  const gateways: GatewayOpeners =
    local === null
      ? {
          live: (outside, key) => open(outside, key, LIVE_HOSTS[product]),
          testnet: (outside, key) => open(outside, key, TESTNET_HOSTS[product]),
        }
      : { local: async (outside, key) => open(outside, key, localHosts(local)) };
  return {
    gateways,
    facts,
    async history(outside, source) {
      if (source === 'archive') {
        const { BinanceArchiveHistory } = await import('./adapters/binance/history/archive-history.ts');
        return new BinanceArchiveHistory({ ...outside, product });
      }
      const { BinanceHistory } = await import('./adapters/binance/history/binance-history.ts');
      return new BinanceHistory({ ...(await options(outside)), product });
    },
    async feed(outside) {
      const { BinanceFeed } = await import('./adapters/binance/feed/binance-feed.ts');
      return new BinanceFeed({ ...(await options(outside)), product });
    },
  };
}

async function signerFor(venue: string, { apiSecret }: ConnectionKeys): Promise<Signer> {
  const { signerOf } = await import('./connectivity/signing.ts');
  try {
    return signerOf(apiSecret.reveal());
  } catch (error) {
    // What it says has been made not to quote the key.
    if (error instanceof RangeError) throw new VenueError('key-invalid', venue, error.message);
    throw error;
  }
}

/** MEXC spot. It has no test network. */
export function mexc(): VenueRow {
  const access = async (outside: Outside, key: VenueKey<'live'> | null) => {
    const { MexcAccess } = await import('./adapters/mexc/access.ts');
    const { http, dialer, clock, random } = outside;
    const counters = await outside.sharedCounters('MEXC');
    const made = new MexcAccess({
      ...{ http, dialer, clock, random },
      ...(counters === null ? {} : { counters }),
      ...(key === null ? {} : { credentials: { apiKey: key.apiKey.reveal(), secret: key.apiSecret.reveal() } }),
    });
    outside.onLimiter('MEXC', 'live', made.limiter);
    return made;
  };
  return {
    facts: {
      ...{ name: 'mexc', id: 'MEXC', title: 'MEXC spot', history: ['rest'] },
      ...{ feed: true, hasPassphrase: false, note: null },
    },
    gateways: {
      async live(outside, key) {
        const { MexcGateway } = await import('./adapters/mexc/gateway.ts');
        return gatewayTo('live', new MexcGateway(await access(outside, key)));
      },
    },
    async history(outside) {
      const { MexcBarHistory } = await import('./adapters/mexc/bar-history.ts');
      return new MexcBarHistory(await access(outside, null));
    },
    async feed(outside) {
      const { MexcFeed } = await import('./adapters/mexc/feed/feed.ts');
      return new MexcFeed(await access(outside, null));
    },
  };
}

/** Venues of ccxt whose keys have a third part: those with `requiredCredentials.password` there, and their regional twins. */
const WITH_PASSPHRASE =
  'apex bitget blofin coinbaseexchange coinbaseinternational deepcoin kucoin kucoinfutures myokx ndax okx okxus weex'.split(
    ' ',
  );

/** Any venue that ccxt knows, by ccxt's own name: `okx`. */
export function ccxt(exchange: string, note: string | null): VenueRow {
  const open = async (outside: Outside) => {
    const { openCcxtFeed } = await import('./adapters/ccxt/feed.ts');
    const { clock, random } = outside;
    return openCcxtFeed({ exchange, clock, random });
  };
  const gateway = async <E extends 'live' | 'testnet'>(
    { clock, random }: Outside,
    environment: E,
    { apiKey, apiSecret, passphrase }: VenueKey<E>,
  ): Promise<GatewayTo<E>> => {
    const { openCcxtGateway } = await import('./adapters/ccxt/gateway.ts');
    const credentials = {
      ...{ apiKey: apiKey.reveal(), secret: apiSecret.reveal() },
      ...(passphrase === undefined ? {} : { password: passphrase.reveal() }),
    };
    // What ccxt calls sandbox: its own table of test hosts, and for OKX the header that marks a request as simulated.
    const options: CcxtOptions = { exchange, clock, random, credentials, sandbox: environment !== 'live' };
    return gatewayTo(environment, await openCcxtGateway(options));
  };
  return {
    gateways: {
      live: (outside, key) => gateway(outside, 'live', key),
      testnet: (outside, key) => gateway(outside, 'testnet', key),
    },
    facts: {
      ...{ name: `ccxt:${exchange}`, id: exchange.toUpperCase(), title: `${exchange} through ccxt`, history: ['rest'] },
      ...{ feed: true, hasPassphrase: WITH_PASSPHRASE.includes(exchange), note },
    },
    async history(outside) {
      const { feed, history } = await open(outside);
      outside.onClose(() => feed.close());
      return history;
    },
    async feed(outside) {
      return (await open(outside)).feed;
    },
  };
}
