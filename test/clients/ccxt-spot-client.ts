import type { LocalExchange } from '../../src/local-exchange/open.ts';
import type { Loose } from './spot-clients.ts';

/** ccxt's `pro.binance` for spot, with the HMAC key of an exchange's first account; it asks only that exchange. */
export async function openCcxtSpot(exchange: LocalExchange): Promise<Loose> {
  const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
  const { rest, streams, socketApi } = exchange.urls.spot!;
  const { default: ccxt }: Loose = await import('ccxt');
  const client: Loose = new ccxt.pro.binance({
    apiKey,
    secret,
    enableRateLimit: false,
    options: { fetchMarkets: { types: ['spot'] } },
  });
  const api = client.urls.api;
  for (const [name, url] of Object.entries(api)) {
    if (typeof url === 'string') api[name] = url.replace(/^https?:\/\/[^/]+/, rest);
  }
  api.ws = { spot: `${streams}/ws`, 'ws-api': { spot: socketApi } };
  await client.loadHttpProxyAgent();
  return client;
}
