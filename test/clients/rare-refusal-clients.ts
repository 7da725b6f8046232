import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { DEFAULT_LISTING } from '../../src/local-exchange/usdm/listing.ts';
import { openCcxtSpot } from './ccxt-spot-client.ts';
import type { Loose } from './spot-clients.ts';

/** Third-party clients on an exchange of their own, on which they are refused what usual contracts and limits hide. */
export interface RareRefusalClients {
  readonly exchange: LocalExchange;
  readonly ccxt: Loose;
  readonly nodeBinance: Loose;
  /** `MainClient` of the package `binance`. */
  readonly main: Loose;
  readonly officialUsdm: Loose;
  /** Of an account with an Ed25519 key, which may log on; the others are of one with an HMAC key. */
  readonly officialSpotApi: Loose;
  close(): Promise<void>;
}

/** Nothing is limited, futures have a coarse step and no mark yet, and nobody quotes. */
export async function openRareRefusalClients(): Promise<RareRefusalClients> {
  const exchange = await openLocalExchange({
    limits: 'none',
    usdm: { instruments: DEFAULT_LISTING.map((c) => ({ ...c, stepSize: '0.002', minQuantity: '0.010' })) },
    accounts: [
      { name: 'ann', balances: { spot: { USDT: '100000' }, usdm: { USDT: '100000' } } },
      { name: 'ed', keys: [{ kind: 'ed25519' }] },
    ],
  });
  const [ann, ed] = exchange.accounts.map(({ keys }) => keys[0]!);
  const { rest, socketApi } = exchange.urls.spot!;
  const apiKey = ann!.apiKey;
  const apiSecret = ann!.secret!;
  const { default: NodeBinance }: Loose = await import('node-binance-api');
  const { MainClient }: Loose = await import('binance');
  const { DerivativesTradingUsdsFutures }: Loose = await import('@binance/derivatives-trading-usds-futures');
  const { Spot }: Loose = await import('@binance/spot');
  const { websocketAPI } = new Spot({
    configurationWebsocketAPI: {
      apiKey: ed!.apiKey,
      privateKey: ed!.privateKey!,
      // Many requests are made on it; what they have used up need not be told with each answer.
      wsURL: `${socketApi}?returnRateLimits=false`,
    },
  });
  const officialSpotApi = await websocketAPI.connect();
  const ccxt = await openCcxtSpot(exchange);
  return {
    exchange,
    ccxt,
    nodeBinance: new NodeBinance({ APIKEY: apiKey, APISECRET: apiSecret, urls: { base: `${rest}/api/` } }),
    main: new MainClient({ api_key: apiKey, api_secret: apiSecret, baseUrl: rest }),
    officialUsdm: new DerivativesTradingUsdsFutures({ configurationRestAPI: { apiKey, apiSecret, basePath: rest } })
      .restAPI,
    officialSpotApi,
    async close() {
      await Promise.all([ccxt.close(), officialSpotApi.disconnect()]);
      await exchange.close();
    },
  };
}
