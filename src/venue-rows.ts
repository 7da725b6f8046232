import type { BinanceGatewayOptions } from './adapters/binance/gateway-options.ts';
import type { CcxtOptions } from './adapters/ccxt/open-exchange.ts';
import type { RateLimiter } from './connectivity/rate-limiter.ts';
import type { RateCounters } from './connectivity/rate-window.ts';
import type { Random } from './core/vocabulary/random.ts';
import type { Clock } from './ports/clock.ts';
import type { ExchangeGateway } from './ports/exchange-gateway.ts';
import type { BarHistory, MarketFeed } from './ports/market-feed.ts';
import type { HttpClient, SocketDialer } from './ports/transport.ts';
import type { HistorySource, VenueFacts, VenueKey } from './ports/venues.ts';

/** What an adapter is given of the outside. */
export interface Outside {
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** Counters of a venue's limits that other programs count with; null where this one counts alone. */
  sharedCounters(venue: string): Promise<RateCounters | null>;
  /** Runs when the program has no more use for venues. */
  onClose(close: () => Promise<void>): void;
}

/** One venue: what is known of it, and how its adapters are opened. */
export interface VenueRow {
  readonly facts: VenueFacts;
  history?(outside: Outside, source: HistorySource): Promise<BarHistory>;
  feed?(outside: Outside): Promise<MarketFeed>;
  gateway?(outside: Outside, key: VenueKey): Promise<ExchangeGateway>;
}

/** The two products of Binance, or of a local exchange that speaks its protocol at `local`. */
export function binance(product: 'spot' | 'usdm', facts: VenueFacts, local: string | null): VenueRow {
  // One limiter for everything that goes to one address.
  let shared: RateLimiter | null = null;
  const options = async (outside: Outside) => {
    const [{ RateLimiter }, { rateWindows }] = await Promise.all([
      import('./connectivity/rate-limiter.ts'),
      import('./adapters/binance/rate-limits.ts'),
    ]);
    const counters = local === null && shared === null ? await outside.sharedCounters(facts.id) : null;
    shared ??= new RateLimiter({
      ...{ clock: outside.clock, windows: rateWindows(product) },
      ...(counters === null ? {} : { counters }),
    });
    const { http, dialer, clock, random } = outside;
    const there =
      local === null ? {} : { venue: facts.id, restOrigins: [local], streamOrigin: local.replace(/^http/, 'ws') };
    return { http, dialer, clock, random, limiter: shared, ...there };
  };
  return {
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
    async gateway(outside, { apiKey, secret }) {
      const { signerOf } = await import('./connectivity/signing.ts');
      const given: BinanceGatewayOptions = {
        ...(await options(outside)),
        credentials: { apiKey, signer: signerOf(secret) },
      };
      if (product === 'spot') {
        const { BinanceSpotGateway } = await import('./adapters/binance/spot-gateway.ts');
        return new BinanceSpotGateway(given);
      }
      const { BinanceUsdmGateway } = await import('./adapters/binance/usdm-gateway.ts');
      return new BinanceUsdmGateway({ ...given, spotOrigin: local ?? 'https://api.binance.com' });
    },
  };
}

/** MEXC spot. */
export function mexc(): VenueRow {
  const access = async (outside: Outside, key: VenueKey | null) => {
    const { MexcAccess } = await import('./adapters/mexc/access.ts');
    const { http, dialer, clock, random } = outside;
    const counters = await outside.sharedCounters('MEXC');
    return new MexcAccess({
      ...{ http, dialer, clock, random },
      ...(counters === null ? {} : { counters }),
      ...(key === null ? {} : { credentials: { apiKey: key.apiKey, secret: key.secret } }),
    });
  };
  return {
    facts: {
      ...{ name: 'mexc', id: 'MEXC', title: 'MEXC spot', history: ['rest'] },
      ...{ feed: true, trading: true, note: null },
    },
    async history(outside) {
      const { MexcBarHistory } = await import('./adapters/mexc/bar-history.ts');
      return new MexcBarHistory(await access(outside, null));
    },
    async feed(outside) {
      const { MexcFeed } = await import('./adapters/mexc/feed/feed.ts');
      return new MexcFeed(await access(outside, null));
    },
    async gateway(outside, key) {
      const { MexcGateway } = await import('./adapters/mexc/gateway.ts');
      return new MexcGateway(await access(outside, key));
    },
  };
}

/** Any venue that ccxt knows, by ccxt's own name: `okx`. */
export function ccxt(exchange: string, note: string | null): VenueRow {
  const open = async (outside: Outside) => {
    const { openCcxtFeed } = await import('./adapters/ccxt/feed.ts');
    const { clock, random } = outside;
    return openCcxtFeed({ exchange, clock, random });
  };
  return {
    facts: {
      ...{ name: `ccxt:${exchange}`, id: exchange.toUpperCase(), title: `${exchange} through ccxt`, history: ['rest'] },
      ...{ feed: true, trading: true, note },
    },
    async history(outside) {
      const { feed, history } = await open(outside);
      outside.onClose(() => feed.close());
      return history;
    },
    async feed(outside) {
      return (await open(outside)).feed;
    },
    async gateway({ clock, random }, { apiKey, secret, passphrase }) {
      const { openCcxtGateway } = await import('./adapters/ccxt/gateway.ts');
      const credentials = { apiKey, secret, ...(passphrase === null ? {} : { password: passphrase }) };
      const options: CcxtOptions = { exchange, clock, random, credentials };
      return openCcxtGateway(options);
    },
  };
}
