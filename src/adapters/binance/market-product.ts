import { BINANCE_SPOT_DEPTH, BINANCE_USDM_DEPTH, type DepthRules } from '../../core/market/depth-rules.ts';
import { parseTimeframe, type Timeframe } from '../../core/vocabulary/time.ts';
import type { FeedChannel, FeedRequest } from '../../ports/market-feed.ts';
import type { BinanceProduct } from './errors.ts';

/** Everything in which market data of spot and USD-M differ. Sources: protocol pages named in `frames/tables.ts`. */
export interface MarketProduct {
  readonly product: BinanceProduct;
  readonly venue: string;
  readonly restOrigins: readonly string[];
  /** `/api/v3`. */
  readonly restPath: string;
  readonly streamOrigin: string;
  /** Path of a combined stream by the group that a channel's streams belong to. */
  readonly streamPaths: Readonly<Record<string, string>>;
  readonly channels: Readonly<
    Partial<Record<FeedChannel, { readonly group: string; readonly silenceLimitMs: number }>>
  >;
  /** Event of the trades channel. USD-M documents single trades nowhere, and lists past ones without a key only as aggregates. */
  readonly tradeStream: 'trade' | 'aggTrade';
  readonly streamsPerConnection: number;
  readonly controlMessagesPerSecond: number;
  /** Path, weight and largest page of past trades from an id on. */
  readonly tradePage: { readonly path: string; readonly weight: number; readonly limit: number };
  readonly barPage: { readonly weight: number; readonly limit: number };
  readonly snapshot: { readonly weight: number; readonly limit: number };
  readonly depthRules: DepthRules;
  readonly listingWeight: number;
  readonly timeframes: readonly Timeframe[];
}

const TIMEFRAMES: readonly Timeframe[] = [
  ...(['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1mo'] as const),
];
/** A pair that trades little is silent for long, and that is no fault; its forming bar moves with its trades. */
const QUIET_MS = 120_000;
const BUSY_MS = 20_000;

export const SPOT_MARKET: MarketProduct = {
  product: 'spot',
  venue: 'BINANCE',
  restOrigins: ['https://api.binance.com', 'https://api-gcp.binance.com', 'https://api1.binance.com'],
  restPath: '/api/v3',
  streamOrigin: 'wss://stream.binance.com:9443',
  streamPaths: { market: '/stream' },
  channels: {
    trades: { group: 'market', silenceLimitMs: QUIET_MS },
    quotes: { group: 'market', silenceLimitMs: BUSY_MS },
    bars: { group: 'market', silenceLimitMs: QUIET_MS },
    depth: { group: 'market', silenceLimitMs: BUSY_MS },
  },
  tradeStream: 'trade',
  streamsPerConnection: 1024,
  controlMessagesPerSecond: 5,
  tradePage: { path: '/historicalTrades', weight: 25, limit: 1000 },
  barPage: { weight: 2, limit: 1000 },
  snapshot: { weight: 50, limit: 1000 },
  depthRules: BINANCE_SPOT_DEPTH,
  listingWeight: 20,
  timeframes: ['1s', ...TIMEFRAMES],
};

export const USDM_MARKET: MarketProduct = {
  product: 'usdm',
  venue: 'BINANCE-USDM',
  restOrigins: ['https://fapi.binance.com'],
  restPath: '/fapi/v1',
  streamOrigin: 'wss://fstream.binance.com',
  streamPaths: { public: '/public/stream', market: '/market/stream' },
  channels: {
    trades: { group: 'market', silenceLimitMs: QUIET_MS },
    quotes: { group: 'public', silenceLimitMs: BUSY_MS },
    bars: { group: 'market', silenceLimitMs: QUIET_MS },
    depth: { group: 'public', silenceLimitMs: BUSY_MS },
    mark: { group: 'market', silenceLimitMs: 10_000 },
  },
  tradeStream: 'aggTrade',
  // The venue allows 1024; a connection that dies takes fewer with it.
  streamsPerConnection: 200,
  controlMessagesPerSecond: 10,
  tradePage: { path: '/aggTrades', weight: 20, limit: 1000 },
  barPage: { weight: 10, limit: 1500 },
  snapshot: { weight: 20, limit: 1000 },
  depthRules: BINANCE_USDM_DEPTH,
  listingWeight: 1,
  timeframes: TIMEFRAMES,
};

/** The product's own facts; under another name where it is not Binance itself that is spoken to. */
export function marketOf(product: BinanceProduct, venue?: string): MarketProduct {
  const market = product === 'spot' ? SPOT_MARKET : USDM_MARKET;
  return venue === undefined ? market : { ...market, venue };
}

/** Binance's name of a timeframe: only months differ, `1M`. */
export function intervalOf(timeframe: Timeframe): string {
  const spec = parseTimeframe(timeframe);
  return spec?.unit === 'mo' ? `${spec.count}M` : timeframe;
}

/** The stream that a request needs. Throws RangeError where the venue has none. */
export function streamOf(market: MarketProduct, request: FeedRequest): string {
  const { channel, symbol, timeframe } = request;
  if (!market.channels[channel])
    throw new RangeError(
      `${market.venue} has no channel ${channel}; it has ${Object.keys(market.channels).join(', ')}`,
    );
  if (!/^[^\s"\\@/]{1,60}$/.test(symbol) || symbol !== symbol.toUpperCase())
    throw new RangeError(`expected a symbol as the venue writes it, BTCUSDT, found ${JSON.stringify(symbol)}`);
  const name = symbol.toLowerCase();
  switch (channel) {
    case 'trades':
      return `${name}@${market.tradeStream}`;
    case 'quotes':
      return `${name}@bookTicker`;
    case 'depth':
      return `${name}@depth@100ms`;
    case 'mark':
      return `${name}@markPrice@1s`;
    default:
      if (timeframe === undefined || !market.timeframes.includes(timeframe))
        throw new RangeError(
          `${market.venue} has no bars of ${timeframe ?? 'no timeframe'}; it has ${market.timeframes.join(', ')}`,
        );
      return `${name}@kline_${intervalOf(timeframe)}`;
  }
}
