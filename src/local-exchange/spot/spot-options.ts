/** A pair as the exchange lists it. Decimals are text; '0' turns a bound off where Binance says so. */
export type SpotSymbolOptions = {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly minPrice?: string;
  readonly maxPrice?: string;
  readonly stepSize: string;
  readonly minQty?: string;
  readonly maxQty?: string;
  /** Largest MARKET quantity. */
  readonly maxMarketQty?: string;
  readonly minNotional?: string;
  readonly maxNotional?: string;
  /** Limits for PERCENT_PRICE_BY_SIDE: how far above and below the average price of `averageMinutes` an order may be. */
  readonly percentUp?: string;
  readonly percentDown?: string;
  readonly averageMinutes?: number;
  readonly icebergParts?: number;
  readonly maxOrders?: number;
  readonly maxAlgoOrders?: number;
  readonly maxIcebergOrders?: number;
  readonly maxOrderLists?: number;
  readonly maxAmends?: number;
  /** Most of the base asset that an account may have and bid for; absent: no limit. */
  readonly maxPosition?: string;
  /** Trailing deltas, in basis points. */
  readonly minTrailingDelta?: number;
  readonly maxTrailingDelta?: number;
  readonly status?: SymbolStatus;
  /** Price range rule and percent filter measure against this price where it is given. */
  readonly referencePrice?: string;
  readonly selfTradeModes?: readonly SelfTradePrevention[];
  readonly defaultSelfTradeMode?: SelfTradePrevention;
};

export const SYMBOL_STATUSES = ['TRADING', 'END_OF_DAY', 'HALT', 'BREAK', 'CANCEL_ONLY'] as const;
export type SymbolStatus = (typeof SYMBOL_STATUSES)[number];

export const SELF_TRADE_PREVENTIONS = [
  'NONE',
  'EXPIRE_TAKER',
  'EXPIRE_MAKER',
  'EXPIRE_BOTH',
  'DECREMENT',
  'TRANSFER',
] as const;
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number];

export type SpotFees = {
  /** Fractions as decimal text: '0.001' is 0.1 %. */
  readonly makerRate: string;
  readonly takerRate: string;
  /** Asset in which fees are cheaper, and by which fraction. */
  readonly discountAsset: string;
  readonly discount: string;
  /** Whether accounts pay in that asset until they say otherwise (`POST /sapi/v1/bnbBurn`). */
  readonly payInDiscountAsset: boolean;
};

export type SpotOptions = {
  readonly symbols?: readonly SpotSymbolOptions[];
  readonly fees?: Partial<SpotFees>;
  /** Digits behind the point in which an asset is counted, where it is not 8; fewer for assets that come by the billion. */
  readonly assetScales?: Readonly<Record<string, number>>;
  /** Exchange filters, over all symbols; absent: no limit. */
  readonly exchangeMaxOrders?: number;
  readonly exchangeMaxAlgoOrders?: number;
  readonly exchangeMaxIcebergOrders?: number;
  readonly exchangeMaxOrderLists?: number;
  /** Trades of a symbol that are kept for queries, the oldest go first. Default 200,000. Klines and tickers outlive them. */
  readonly keptTrades?: number;
  /** Orders, fills and lists of an account on a symbol that are kept at least; open ones always are. Default 50,000. */
  readonly keptOrders?: number;
};

export const DEFAULT_FEES: SpotFees = {
  makerRate: '0.001',
  takerRate: '0.001',
  discountAsset: 'BNB',
  discount: '0.25',
  payInDiscountAsset: true,
};

/** Steps and bounds as the live exchange had them for these pairs. */
export const DEFAULT_SYMBOLS: readonly SpotSymbolOptions[] = [
  {
    symbol: 'BTCUSDT',
    base: 'BTC',
    quote: 'USDT',
    tickSize: '0.01',
    maxPrice: '1000000',
    stepSize: '0.00001',
    maxQty: '9000',
    maxMarketQty: '120',
    minNotional: '5',
    maxNotional: '9000000',
  },
  {
    symbol: 'ETHUSDT',
    base: 'ETH',
    quote: 'USDT',
    tickSize: '0.01',
    maxPrice: '1000000',
    stepSize: '0.0001',
    maxQty: '9000',
    maxMarketQty: '2000',
    minNotional: '5',
    maxNotional: '9000000',
  },
  {
    symbol: 'BNBUSDT',
    base: 'BNB',
    quote: 'USDT',
    tickSize: '0.01',
    maxPrice: '100000',
    stepSize: '0.001',
    maxQty: '900000',
    maxMarketQty: '3000',
    minNotional: '5',
    maxNotional: '9000000',
  },
  {
    symbol: 'SOLUSDT',
    base: 'SOL',
    quote: 'USDT',
    tickSize: '0.01',
    maxPrice: '10000',
    stepSize: '0.001',
    maxQty: '900000',
    maxMarketQty: '60000',
    minNotional: '5',
    maxNotional: '9000000',
  },
  {
    symbol: 'ETHBTC',
    base: 'ETH',
    quote: 'BTC',
    tickSize: '0.00001',
    maxPrice: '922327',
    stepSize: '0.0001',
    maxQty: '100000',
    maxMarketQty: '3000',
    minNotional: '0.0001',
    maxNotional: '9000000',
  },
  {
    symbol: 'BNBBTC',
    base: 'BNB',
    quote: 'BTC',
    tickSize: '0.000001',
    maxPrice: '10000',
    stepSize: '0.001',
    maxQty: '100000',
    maxMarketQty: '3000',
    minNotional: '0.0001',
    maxNotional: '9000000',
  },
];
