import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { type LocalExchange, type LocalExchangeOptions, openLocalExchange } from '../../src/local-exchange/open.ts';

const START_MS = Date.UTC(2026, 0, 5, 12, 0, 0);
const MINUTE = 60_000;

async function within(options: LocalExchangeOptions, run: (exchange: LocalExchange) => Promise<void>): Promise<void> {
  const exchange = await openLocalExchange({ clock: { speed: 0, startMs: START_MS }, ...options });
  try {
    await run(exchange);
  } finally {
    await exchange.close();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of many shapes
async function get(exchange: LocalExchange, path: string): Promise<any> {
  return (await fetch(exchange.urls.spot!.rest + path)).json();
}

async function signed(
  exchange: LocalExchange,
  method: string,
  path: string,
  parameters: Record<string, string>,
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of many shapes
): Promise<{ readonly status: number; readonly body: any }> {
  const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
  const query = new URLSearchParams({ ...parameters, timestamp: String(exchange.clock.nowMs()) }).toString();
  const signature = createHmac('sha256', secret!).update(query).digest('hex');
  const url = `${exchange.urls.spot!.rest}${path}?${query}&signature=${signature}`;
  const answer = await fetch(url, { method, headers: { 'X-MBX-APIKEY': apiKey } });
  return { status: answer.status, body: await answer.json() };
}

const ROWS = [
  [START_MS, 100, 104.2, 98.5, 101.3, 12.5],
  [START_MS + MINUTE, 101.3, 101.3, 95, 95.5, 3],
  [START_MS + 2 * MINUTE, 95.6, 97, 95.6, 96.9, 40.125],
];

describe('local exchange: as a whole', () => {
  for (const [product, path] of [
    ['spot', '/api/v3/klines'],
    ['usdm', '/fapi/v1/klines'],
  ] as const)
    test(`${product}: bars played -> its klines are the same bars`, () =>
      within(
        { market: { kind: 'bars', bars: { BTCUSDT: { columns: barsFromRows(ROWS), barMs: MINUTE } } } },
        async (exchange) => {
          exchange.clock.step(3 * MINUTE);
          const klines: readonly (readonly (number | string)[])[] = await get(
            exchange,
            `${path}?symbol=BTCUSDT&interval=1m&limit=10`,
          );
          const bars = klines.filter((k) => Number(k[0]) < START_MS + 3 * MINUTE).map((k) => k.slice(0, 6).map(Number));
          assert.deepEqual(bars.slice(-3), ROWS);
        },
      ));

  test('two exchanges of one seed -> the same trades, prices and sizes, and depth', async () => {
    const run = async (): Promise<string> => {
      let told = '';
      await within({ seed: 11, market: { kind: 'synthetic' } }, async (exchange) => {
        exchange.clock.step(5 * MINUTE);
        const paths = [
          '/api/v3/trades?symbol=BTCUSDT&limit=1000',
          '/api/v3/depth?symbol=ETHUSDT',
          '/fapi/v1/depth?symbol=BTCUSDT',
        ];
        for (const path of paths) told += JSON.stringify(await get(exchange, path));
      });
      return told;
    };
    const first = await run();
    assert.ok(first.includes('"isBuyerMaker"'));
    assert.equal(await run(), first);
  });

  for (const [product, path] of [
    ['spot', '/api/v3/order'],
    ['usdm', '/fapi/v1/order'],
  ] as const)
    test(`${product}: acknowledgement lost -> the order is found by the id that its sender chose`, () =>
      within({ market: { kind: 'quiet', book: { BTCUSDT: 50_000 } } }, async (exchange) => {
        const order = {
          symbol: 'BTCUSDT',
          side: 'BUY',
          type: 'LIMIT',
          timeInForce: 'GTC',
          quantity: '0.01',
          price: '49000',
        };
        exchange.faults.inject({ fault: 'acknowledgement-lost', only: { path, method: 'POST' } });
        await assert.rejects(signed(exchange, 'POST', path, { ...order, newClientOrderId: 'mine-1' }));
        const found = await signed(exchange, 'GET', path, { symbol: 'BTCUSDT', origClientOrderId: 'mine-1' });
        assert.deepEqual([found.status, found.body.status, Number(found.body.price)], [200, 'NEW', 49_000]);
        exchange.faults.inject({ fault: 'error-before-acceptance', only: { path, method: 'POST' } });
        await signed(exchange, 'POST', path, { ...order, newClientOrderId: 'mine-2' });
        const absent = await signed(exchange, 'GET', path, { symbol: 'BTCUSDT', origClientOrderId: 'mine-2' });
        assert.equal(absent.body.code, -2013);
      }));

  test('market moves through resting orders -> they are filled on both products', () =>
    within({ market: { kind: 'quiet', book: { BTCUSDT: 50_000 } } }, async (exchange) => {
      const order = {
        symbol: 'BTCUSDT',
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '0.01',
        price: '49000',
      };
      const placed = [
        await signed(exchange, 'POST', '/api/v3/order', order),
        await signed(exchange, 'POST', '/fapi/v1/order', order),
      ];
      exchange.market.trade('BTCUSDT', 'sell', 48_900, 5);
      for (const [k, path] of ['/api/v3/order', '/fapi/v1/order'].entries()) {
        const { body } = await signed(exchange, 'GET', path, {
          symbol: 'BTCUSDT',
          orderId: String(placed[k]!.body.orderId),
        });
        assert.deepEqual([body.status, Number(body.executedQty)], ['FILLED', 0.01], path);
      }
    }));

  test('order count used up: cancelReplace that cancels only -> statuses and codes by mode', () =>
    within(
      {
        market: { kind: 'quiet', book: { BTCUSDT: 50_000 } },
        limits: [{ type: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 2 }],
      },
      async (exchange) => {
        const order = {
          symbol: 'BTCUSDT',
          side: 'BUY',
          type: 'LIMIT',
          timeInForce: 'GTC',
          quantity: '0.01',
          price: '49000',
        };
        for (const id of ['a', 'b'])
          await signed(exchange, 'POST', '/api/v3/order', { ...order, newClientOrderId: id });
        const replace = async (id: string, mode: string, exceeded = 'CANCEL_ONLY'): Promise<unknown[]> => {
          const { status, body } = await signed(exchange, 'POST', '/api/v3/order/cancelReplace', {
            ...order,
            cancelReplaceMode: mode,
            cancelOrigClientOrderId: id,
            orderRateLimitExceededMode: exceeded,
          });
          return [
            status,
            body.code,
            body.data?.cancelResult,
            body.data?.newOrderResult,
            body.data?.newOrderResponse?.code,
          ];
        };
        assert.deepEqual(await replace('a', 'STOP_ON_FAILURE', 'DO_NOTHING'), [
          429,
          -1015,
          undefined,
          undefined,
          undefined,
        ]);
        assert.deepEqual(await replace('a', 'STOP_ON_FAILURE'), [429, -2021, 'SUCCESS', 'FAILURE', -1015]);
        assert.deepEqual(await replace('a', 'STOP_ON_FAILURE'), [429, -2022, 'FAILURE', 'NOT_ATTEMPTED', undefined]);
        assert.deepEqual(await replace('b', 'ALLOW_FAILURE'), [409, -2021, 'SUCCESS', 'FAILURE', -1015]);
        assert.deepEqual(await replace('b', 'ALLOW_FAILURE'), [400, -2022, 'FAILURE', 'FAILURE', -1015]);
      },
    ));

  test('every row of what is served -> once, and what is refused says why', () =>
    within({}, async (exchange) => {
      const rows = exchange.served();
      const keys = rows.map((r) => `${(r as { product?: string }).product} ${r.kind} ${r.name}`);
      assert.deepEqual(
        keys.filter((key, i) => keys.indexOf(key) !== i),
        [],
      );
      assert.deepEqual(
        rows.filter((r) => !r.served && !r.reason).map((r) => r.name),
        [],
      );
      assert.ok(rows.length > 300, String(rows.length));
    }));
});
