import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { callAll, openRecordedExchange, type RecordedExchange } from '../fixtures/recorded-usdm.ts';
import { BINANCE_CALLS } from './usdm-calls-binance.ts';
import { CCXT_CALLS } from './usdm-calls-ccxt.ts';
import { NODE_BINANCE_API_CALLS } from './usdm-calls-node-binance-api.ts';
import { OFFICIAL_CALLS, OFFICIAL_SOCKET_CALLS } from './usdm-calls-official.ts';

async function withExchange(run: (recorded: RecordedExchange) => Promise<void>): Promise<void> {
  const recorded = await openRecordedExchange();
  try {
    await run(recorded);
  } finally {
    await recorded.close();
  }
}

/** ccxt is an optional dependency. */
const ccxt = await import('ccxt').then(
  (found) => found.default,
  () => null,
);

describe('usdm clients', () => {
  test(`ccxt binanceusdm: ${CCXT_CALLS.length} calls -> each reaches its endpoint and is understood`, async (t) => {
    if (ccxt === null) {
      t.skip('ccxt is not installed');
      return;
    }
    await withExchange(async (recorded) => {
      const { apiKey, secret } = recorded;
      const options = { fetchCurrencies: false, fetchMargins: false, fetchMarkets: { types: ['linear'] } };
      const client = new ccxt.binanceusdm({ apiKey, secret, options, enableRateLimit: false });
      const urls = client.urls['api'] as Record<string, unknown>;
      for (const [name, url] of Object.entries(urls)) {
        if (typeof url === 'string') urls[name] = url.replace(/^https:\/\/[^/]+/, recorded.exchange.urls.usdm!.rest);
      }
      await callAll(recorded, client, CCXT_CALLS);
    });
  });

  test(`binance USDMClient: ${BINANCE_CALLS.length} calls -> each reaches its endpoint and is answered`, async () => {
    const { USDMClient } = await import('binance');
    await withExchange(async (recorded) => {
      const { apiKey, secret, exchange } = recorded;
      const client = new USDMClient({ api_key: apiKey, api_secret: secret, baseUrl: exchange.urls.usdm!.rest });
      await callAll(recorded, client, BINANCE_CALLS);
    });
  });

  test(`official client: ${OFFICIAL_CALLS.length} REST calls -> each reaches its endpoint and is answered`, async () => {
    const { DerivativesTradingUsdsFutures } = await import('@binance/derivatives-trading-usds-futures');
    await withExchange(async (recorded) => {
      const { apiKey, secret, exchange } = recorded;
      const configurationRestAPI = { apiKey, apiSecret: secret, basePath: exchange.urls.usdm!.rest };
      await callAll(recorded, new DerivativesTradingUsdsFutures({ configurationRestAPI }).restAPI, OFFICIAL_CALLS);
    });
  });

  test(`official client: ${OFFICIAL_SOCKET_CALLS.length} WebSocket-API calls -> each reaches its method and is answered`, async () => {
    const { DerivativesTradingUsdsFutures } = await import('@binance/derivatives-trading-usds-futures');
    await withExchange(async (recorded) => {
      const { apiKey, secret, exchange } = recorded;
      const configurationWebsocketAPI = { apiKey, apiSecret: secret, wsURL: exchange.urls.usdm!.socketApi };
      const connection = await new DerivativesTradingUsdsFutures({ configurationWebsocketAPI }).websocketAPI.connect();
      try {
        await callAll(recorded, connection, OFFICIAL_SOCKET_CALLS);
      } finally {
        await connection.disconnect();
      }
    });
  });

  test(`node-binance-api: ${NODE_BINANCE_API_CALLS.length} calls -> each reaches its endpoint and is answered`, async () => {
    const { default: Binance } = await import('node-binance-api');
    await withExchange(async (recorded) => {
      const { apiKey, secret, exchange } = recorded;
      const client = new Binance({
        APIKEY: apiKey,
        APISECRET: secret,
        urls: { fapi: `${exchange.urls.usdm!.rest}/fapi/` },
      });
      await callAll(recorded, client, NODE_BINANCE_API_CALLS);
    });
  });

  test('lists of calls: every endpoint that they name -> served by the product or the server around it', async () => {
    await withExchange(async ({ exchange }) => {
      const served = new Set(
        exchange
          .served()
          .filter((row) => row.served)
          .map((row) => row.name),
      );
      const named = [CCXT_CALLS, BINANCE_CALLS, OFFICIAL_CALLS, OFFICIAL_SOCKET_CALLS, NODE_BINANCE_API_CALLS].flat();
      assert.deepEqual(
        [...new Set(named.map(([endpoint]) => endpoint))].filter((name) => !served.has(name)),
        [],
      );
    });
  });
});
