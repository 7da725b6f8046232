/**
 * The part of ccxt's exchange objects that this adapter uses. Declared here, so that the program compiles and runs where ccxt, an optional
 * dependency, is not installed. With `number: String` amounts are text, with ccxt's default they are doubles.
 */

export interface CcxtMarket {
  readonly id: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle?: string | undefined;
  readonly type: string;
  readonly active?: boolean | undefined;
  readonly linear?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  readonly contractSize?: string | undefined;
  readonly expiry?: number | undefined;
  readonly precision: { readonly amount?: string | undefined; readonly price?: string | undefined };
  readonly limits?: {
    readonly amount?: { readonly min?: string | undefined; readonly max?: string | undefined } | undefined;
    readonly cost?: { readonly min?: string | undefined } | undefined;
  };
}

export interface CcxtOrder {
  readonly id?: string | undefined;
  readonly clientOrderId?: string | undefined;
  readonly symbol?: string | undefined;
  readonly type?: string | undefined;
  readonly timeInForce?: string | undefined;
  readonly side?: string | undefined;
  readonly price?: string | undefined;
  readonly triggerPrice?: string | undefined;
  readonly amount?: string | undefined;
  readonly filled?: string | undefined;
  readonly cost?: string | undefined;
  readonly average?: string | undefined;
  readonly status?: string | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly timestamp?: number | undefined;
  readonly lastUpdateTimestamp?: number | undefined;
  readonly lastTradeTimestamp?: number | undefined;
  readonly info?: unknown;
}

export interface CcxtTrade {
  readonly id?: string | undefined;
  readonly order?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly price?: string | number | undefined;
  readonly amount?: string | number | undefined;
  readonly takerOrMaker?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly fee?: { readonly cost?: string | undefined; readonly currency?: string | undefined } | undefined;
  readonly info?: unknown;
}

export interface CcxtPosition {
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly hedged?: boolean | undefined;
  readonly contracts?: string | undefined;
  readonly entryPrice?: string | undefined;
  readonly markPrice?: string | undefined;
  readonly liquidationPrice?: string | undefined;
  readonly leverage?: string | undefined;
  readonly marginMode?: string | undefined;
  readonly timestamp?: number | undefined;
}

/** Free and used by currency code, beside other members. */
export type CcxtBalances = Readonly<Record<string, unknown>>;

export interface CcxtQuote {
  readonly symbol?: string | undefined;
  readonly bid?: number | undefined;
  readonly bidVolume?: number | undefined;
  readonly ask?: number | undefined;
  readonly askVolume?: number | undefined;
  readonly timestamp?: number | undefined;
}

export interface CcxtBook {
  readonly bids: readonly (readonly number[])[];
  readonly asks: readonly (readonly number[])[];
  readonly nonce?: number | undefined;
  readonly timestamp?: number | undefined;
}

export interface CcxtFundingRate {
  readonly fundingRate?: number | undefined;
  readonly timestamp?: number | undefined;
}

export type CcxtBar = readonly [timeMs: number, ...figures: (number | string | undefined)[]];
type Params = Readonly<Record<string, unknown>>;

export interface CcxtExchange {
  readonly id: string;
  readonly has: Readonly<Record<string, boolean | 'emulated' | undefined>>;
  readonly timeframes?: Readonly<Record<string, unknown>> | undefined;
  readonly features?: Readonly<Record<string, unknown>> | undefined;
  readonly precisionMode: number;
  readonly markets?: Readonly<Record<string, CcxtMarket>> | undefined;
  readonly markets_by_id?: Readonly<Record<string, readonly CcxtMarket[]>> | undefined;
  readonly options: Record<string, unknown>;
  readonly urls: Record<string, unknown>;
  loadMarkets(reload?: boolean): Promise<unknown>;
  setMarketsFromExchange?(source: CcxtExchange): unknown;
  setSandboxMode(isOn: boolean): void;
  loadHttpProxyAgent?(): Promise<unknown>;
  fetchTime(): Promise<number>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
    params?: Params,
  ): Promise<readonly CcxtBar[]>;
  fetchFundingRateHistory(symbol: string, since?: number, limit?: number): Promise<readonly CcxtFundingRate[]>;
  fetchTrades(symbol: string, since?: number, limit?: number, params?: Params): Promise<readonly CcxtTrade[]>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price?: string,
    params?: Params,
  ): Promise<CcxtOrder>;
  editOrder(
    id: string,
    symbol: string,
    type: string,
    side: string,
    amount?: string,
    price?: string,
    params?: Params,
  ): Promise<CcxtOrder>;
  cancelOrder(id: string, symbol: string, params?: Params): Promise<CcxtOrder>;
  cancelAllOrders(symbol: string, params?: Params): Promise<unknown>;
  fetchOrder(id: string, symbol: string, params?: Params): Promise<CcxtOrder>;
  fetchOpenOrders(symbol?: string, since?: number, limit?: number, params?: Params): Promise<readonly CcxtOrder[]>;
  fetchOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  fetchClosedOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  fetchCanceledOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  fetchCanceledAndClosedOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  fetchMyTrades(symbol: string, since?: number, limit?: number, params?: Params): Promise<readonly CcxtTrade[]>;
  fetchBalance(params?: Params): Promise<CcxtBalances>;
  fetchPositions(symbols?: readonly string[], params?: Params): Promise<readonly CcxtPosition[]>;
  amountToPrecision(symbol: string, amount: string): string;
  priceToPrecision(symbol: string, price: string): string;
  watchTrades(symbol: string): Promise<readonly CcxtTrade[]>;
  watchBidsAsks(symbols: readonly string[]): Promise<Readonly<Record<string, CcxtQuote>>>;
  watchTicker(symbol: string): Promise<CcxtQuote>;
  watchOHLCV(symbol: string, timeframe: string): Promise<readonly CcxtBar[]>;
  watchOrderBook(symbol: string): Promise<CcxtBook>;
  watchOrders(): Promise<readonly CcxtOrder[]>;
  watchMyTrades(): Promise<readonly CcxtTrade[]>;
  watchBalance(): Promise<CcxtBalances>;
  watchPositions(): Promise<readonly CcxtPosition[]>;
  close(): Promise<unknown>;
}

export type CcxtClass = new (config: Readonly<Record<string, unknown>>) => CcxtExchange;

/** What `import('ccxt')` gives as its default: classes by name, those with streams in `pro`, and the names of all. */
export interface CcxtModule {
  readonly pro: Readonly<Record<string, unknown>>;
  readonly exchanges: readonly string[];
  readonly [name: string]: unknown;
}
