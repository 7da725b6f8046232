import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { CCXT_ABSENT, loadCcxt } from '../stand-ins/ccxt-present.ts';
import type { Loose } from './spot-clients.ts';

describe('ccxt as its users set it up', { skip: CCXT_ABSENT }, () => {
  let exchange: LocalExchange;
  let client: Loose;

  before(async () => {
    exchange = await openLocalExchange({ market: { kind: 'synthetic', speed: 20, tradesEachBar: 60 } });
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    const { rest, streams, socketApi } = exchange.urls.spot!;
    const ccxt: Loose = await loadCcxt();
    // ccxt's own settings: all products' markets at once, its own pace. Only addresses are set, as the page of the local exchange says.
    client = new ccxt.pro.binance({ apiKey, secret });
    for (const [name, url] of Object.entries(client.urls.api))
      if (typeof url === 'string') client.urls.api[name] = url.replace(/^https?:\/\/[^/]+/, rest);
    client.urls.api.ws = { spot: `${streams}/streams/ws`, 'ws-api': { spot: socketApi } };
    await client.loadHttpProxyAgent();
  });
  after(async () => {
    await client.close();
    await exchange.close();
  });

  test('load markets -> spot and perpetuals', async () => {
    const answered: string[] = [];
    const handle = client.handleErrors.bind(client);
    client.handleErrors = (...given: readonly Loose[]) => {
      answered.push(`${given[0]} ${given[3]} ${new URL(given[2]).pathname}`);
      return handle(...given);
    };
    const markets = await client.loadMarkets();
    assert.ok(answered.includes('200 GET /dapi/v1/exchangeInfo'), answered.join(' '));
    assert.deepEqual(
      [markets['BTC/USDT'].type, markets['BTC/USDT:USDT'].type],
      ['spot', 'swap'],
      'both products by one object',
    );
  });

  test('trades and book of spot, where a perpetual has the same name -> those of spot', async () => {
    const [trade] = await client.watchTrades('BTC/USDT');
    assert.equal(trade.symbol, 'BTC/USDT');
    const book = await client.watchOrderBook('BTC/USDT');
    assert.ok(book.bids[0][0] < book.asks[0][0]);
  });

  test('a market order -> told by the account stream with its fill', async () => {
    const told = client.watchOrders('BTC/USDT');
    // The subscription must stand before the order; ccxt does not say when it does.
    while (exchange.openSockets() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const placed = await client.createOrder('BTC/USDT', 'market', 'buy', 0.01);
    assert.deepEqual([placed.status, placed.filled], ['closed', 0.01]);
    const orders = await told;
    assert.equal(orders.at(-1).id, placed.id);
  });
});
