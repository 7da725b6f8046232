import { openRareRefusalClients, type RareRefusalClients } from './rare-refusal-clients.ts';
import { openWatched, type ReachExchange } from './reach-exchange.ts';
import type { Loose } from './spot-clients.ts';

/** An exchange on which third-party clients ask for what they are not given. */
export interface RefusalStage extends ReachExchange {
  /** `@binance/spot` and `@binance/derivatives-trading-usds-futures`, with the HMAC key of one account. */
  readonly officialSpot: Loose;
  readonly officialSpotApi: Loose;
  readonly officialUsdm: Loose;
  /** `MainClient` and `USDMClient` of the package `binance`, with that key unless others are given. */
  client(options?: Loose): Loose;
  usdmClient(): Loose;
  readonly kept: Set<string>;
  /** On an exchange of their own. */
  readonly rare: RareRefusalClients;
  close(): Promise<void>;
}

/**
 * The account has three bitcoins on spot and 100,000 USDT of futures. On spot the last price is 50,000 and nobody quotes; futures stand at
 * 95,000 with five levels to each side; ether, marked at 3,000, is offered for 3,200.
 */
export async function openRefusalStage(): Promise<RefusalStage> {
  const reach = await openWatched({
    limits: { usdm: 'none' },
    accounts: [{ name: 'ann', balances: { spot: { BTC: '3' }, usdm: { USDT: '100000' } } }],
  });
  const { exchange, spot, usdm } = reach;
  spot.product.house.trade('BTCUSDT', 'buy', '50000', '1');
  const levels = (from: number, step: number): { price: string; quantity: string }[] =>
    Array.from({ length: 5 }, (_, i) => ({ price: (from + i * step).toFixed(1), quantity: '50' }));
  usdm.product.house.mark!('BTCUSDT', '95000', '95000');
  usdm.product.house.quote('BTCUSDT', levels(94_990, -10), levels(95_010, 10));
  usdm.product.house.trade('BTCUSDT', 'buy', '95010', '1');
  usdm.product.house.mark!('ETHUSDT', '3000', '3000');
  usdm.product.house.quote('ETHUSDT', [], [{ price: '3200', quantity: '50' }]);
  const [key] = exchange.accounts[0]!.keys;
  const { rest, socketApi } = exchange.urls.spot!;
  const pair = { apiKey: key!.apiKey, apiSecret: key!.secret! };
  const keys = { api_key: pair.apiKey, api_secret: pair.apiSecret, baseUrl: rest };
  const { Spot }: Loose = await import('@binance/spot');
  const { DerivativesTradingUsdsFutures }: Loose = await import('@binance/derivatives-trading-usds-futures');
  const { MainClient, USDMClient }: Loose = await import('binance');
  const official = new Spot({
    configurationRestAPI: { ...pair, basePath: rest },
    configurationWebsocketAPI: { ...pair, wsURL: socketApi },
  });
  const officialSpotApi = await official.websocketAPI.connect();
  const rare = await openRareRefusalClients();
  return {
    ...reach,
    officialSpot: official.restAPI,
    officialSpotApi,
    officialUsdm: new DerivativesTradingUsdsFutures({ configurationRestAPI: { ...pair, basePath: rest } }).restAPI,
    client: (options = {}) => new MainClient({ ...keys, ...options }),
    usdmClient: () => new USDMClient(keys),
    kept: new Set(),
    rare,
    async close() {
      await Promise.all([officialSpotApi.disconnect(), rare.close()]);
      await exchange.close();
    },
  };
}
