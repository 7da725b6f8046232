import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CCXT_ABSENT, loadCcxt } from './ccxt-present.ts';
import { until } from './loopback.ts';
import { startMexcStandIn } from './mexc/mexc-stand-in.ts';
import { MEXC_KEYS } from './mexc/mexc-venue.ts';
import { OKX_KEYS, startOkxStandIn } from './okx/okx-stand-in.ts';

const ccxt = await loadCcxt();

/** The part of ccxt that both walks use. */
interface Client {
  urls: { api: Record<string, unknown> };
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(): Promise<Record<string, unknown>>;
  createOrder(...parameters: unknown[]): Promise<{ id: string }>;
  fetchOrder(
    ...parameters: unknown[]
  ): Promise<{ status: string; clientOrderId: string; amount: number; filled: number }>;
  cancelOrder(...parameters: unknown[]): Promise<unknown>;
  fetchBalance(): Promise<Record<string, { free: number; used: number }>>;
  fetchOHLCV(symbol: string, timeframe: string): Promise<number[][]>;
  watchTrades(symbol: string): Promise<{ price: number; side: string }[]>;
  watchOrders(): Promise<{ clientOrderId: string; status: string }[]>;
  watchMyTrades(): Promise<{ order: string; amount: number }[]>;
  delay: () => void;
  close(): Promise<void>;
}

const SYMBOL = 'BTC/USDT';
type Book = (
  symbol: string,
  bids: { price: string; quantity: string }[],
  asks: { price: string; quantity: string }[],
) => void;

/** What an independent client does with a venue, from its first request to its last. */
async function walk(
  client: Client,
  quote: Book,
  id: string,
  subscriptions: () => number,
  noOrder: new (message: string) => Error,
): Promise<void> {
  await client.loadHttpProxyAgent();
  try {
    quote(id, [{ price: '49999', quantity: '1' }], [{ price: '50001', quantity: '1' }]);
    assert.ok(SYMBOL in (await client.loadMarkets()));
    const streams = [client.watchTrades(SYMBOL), client.watchOrders(), client.watchMyTrades()] as const;
    await until(() => subscriptions() >= 3, 'the subscriptions');
    const resting = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 45_000, { clientOrderId: 'walk1' });
    const [first] = await streams[1];
    assert.deepEqual([first!.clientOrderId, first!.status], ['walk1', 'open']);
    const taking = await client.createOrder(SYMBOL, 'limit', 'buy', 0.02, 50_001, { clientOrderId: 'walk2' });
    assert.deepEqual(
      (await streams[0]).map(({ price, side }) => [price, side]),
      [[50_001, 'buy']],
    );
    const [trade] = await streams[2];
    assert.deepEqual([trade!.order, trade!.amount], [taking.id, 0.02]);
    const found = await client.fetchOrder(resting.id, SYMBOL);
    assert.deepEqual([found.status, found.clientOrderId, found.amount, found.filled], ['open', 'walk1', 0.01, 0]);
    // 0.01 × 45,000, and the dearest fee.
    assert.equal((await client.fetchBalance())['USDT']!.used, 450.225);
    await client.cancelOrder(resting.id, SYMBOL);
    assert.equal((await client.fetchOrder(resting.id, SYMBOL)).status, 'canceled');
    const balance = await client.fetchBalance();
    assert.deepEqual([balance['BTC']!.free, balance['USDT']!.used], [10.02, 0]);
    assert.equal((await client.fetchOHLCV(SYMBOL, '1m')).at(-1)![4], 50_001);
    await assert.rejects(client.createOrder(SYMBOL, 'limit', 'buy', 100, 45_000), ccxt.InsufficientFunds);
    await assert.rejects(client.fetchOrder('no-such-order', SYMBOL), noOrder);
  } finally {
    await client.close();
  }
}

describe('clients of others against the stand-ins', { skip: CCXT_ABSENT }, () => {
  test('ccxt mexc -> the whole walk', async () => {
    const standIn = await startMexcStandIn();
    const { venue, origin } = standIn;
    const client = new ccxt.pro.mexc({ ...MEXC_KEYS, rateLimit: 1 }) as unknown as Client;
    // Its timer for the listen key, 20 minutes, cannot be canceled and would keep the tests from ending.
    client.delay = () => undefined;
    Object.assign(client.urls.api, {
      spot: { public: origin, private: origin },
      contract: { public: `${origin}/api/v1/contract`, private: `${origin}/api/v1/private` },
      ws: { spot: standIn.streamUrl },
    });
    const subscriptions = (): number => venue.streams.requests.filter((r) => r.includes('SUBSCRIPTION')).length;
    try {
      await walk(
        client,
        (...parameters) => venue.floor.quote(...parameters),
        'BTCUSDT',
        subscriptions,
        ccxt.BadRequest,
      );
    } finally {
      await standIn.close();
    }
  });

  test('ccxt okx -> the whole walk', async () => {
    const venue = await startOkxStandIn();
    const config = { ...OKX_KEYS, options: { fetchMarkets: { types: ['spot'] } }, rateLimit: 1 };
    const client = new ccxt.pro.okx(config) as unknown as Client;
    Object.assign(client.urls.api, { rest: venue.origin, ws: venue.streamUrl });
    const subscriptions = (): number => venue.streams.requests.filter((r) => r.includes('"subscribe"')).length;
    try {
      await walk(
        client,
        (...parameters) => venue.floor.quote(...parameters),
        'BTC-USDT',
        subscriptions,
        ccxt.OrderNotFound,
      );
    } finally {
      await venue.close();
    }
  });
});
