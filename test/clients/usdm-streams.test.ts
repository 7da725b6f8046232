import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openRecordedExchange, type RecordedExchange } from '../fixtures/recorded-usdm.ts';
import { CCXT_STREAMS } from './usdm-calls-ccxt.ts';

const S = 'BTC/USDT:USDT';
const LONGEST_MS = 5_000;

/** ccxt is an optional dependency. */
const ccxt = await import('ccxt').then(
  (found) => found.default,
  () => null,
);

/** Moves quotes and trades every few milliseconds while `run` runs. */
async function whileMoving<T>({ house }: RecordedExchange, run: () => Promise<T>): Promise<T> {
  let n = 0;
  const timer = setInterval(() => {
    n++;
    house.quote(
      'BTCUSDT',
      [{ price: `${94_990 - (n % 3)}`, quantity: '50' }],
      [{ price: `${95_010 + (n % 3)}`, quantity: '50' }],
    );
    house.trade('BTCUSDT', 'buy', `${95_000 + (n % 5)}`, '0.01');
  }, 20);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}

/** What a promise answers, or a failure that names what never came. */
async function soon<T>(what: string, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = wait(LONGEST_MS, null, { signal: stop.signal }).then(() => {
    throw new Error(`${what} never came`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

/** Contracts of the first position that is told. The first answer may be what there was before: nothing. */
async function positionOf(client: {
  watchPositions(symbols: string[]): Promise<readonly { contracts?: number | undefined }[]>;
}): Promise<number> {
  for (;;) {
    const [position] = await client.watchPositions([S]);
    if (position?.contracts) return position.contracts;
  }
}

describe('usdm client streams', () => {
  test('ccxt binanceusdm: market streams, user data and orders over the WebSocket API -> as the routes have them', async (t) => {
    if (ccxt === null) {
      t.skip('ccxt is not installed');
      return;
    }
    const recorded = await openRecordedExchange();
    const { apiKey, secret, exchange, house } = recorded;
    const { rest, streams, socketApi } = exchange.urls.usdm!;
    const options = { fetchCurrencies: false, fetchMargins: false, fetchMarkets: { types: ['linear'] } };
    const client = new ccxt.pro.binanceusdm({ apiKey, secret, options, enableRateLimit: false });
    const api = client.urls['api'] as Record<string, unknown> & { ws: Record<string, unknown> };
    for (const [name, url] of Object.entries(api)) {
      if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, rest);
    }
    api.ws['future'] = `${streams}/ws`;
    api.ws['ws-api'] = { future: socketApi };
    // Its timers that renew the listen key later would keep the process alive.
    client.delay = () => {};
    try {
      await client.loadHttpProxyAgent();
      await client.loadMarkets();
      const watch = client as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
      await whileMoving(recorded, async () => {
        for (const [stream, method, args] of CCXT_STREAMS) {
          const came = await soon(method, watch[method]!.apply(client, [...args]));
          assert.ok(came, method);
          assert.ok(recorded.opened.has(stream), `${method} opened ${[...recorded.opened].join(' ')}`);
        }
      });
      const book = await client.watchOrderBook(S);
      assert.ok(book.bids[0]![0]! < book.asks[0]![0]!);
      house.quote('BTCUSDT', [{ price: '94990', quantity: '50' }], [{ price: '95010', quantity: '50' }]);
      const balance = client.watchBalance();
      const orders = client.watchOrders(S);
      const positions = positionOf(client);
      // All three wait on one connection with a listen key, which has to stand before something happens.
      await wait(300);
      await client.createOrder(S, 'market', 'buy', 0.01);
      assert.ok(Math.abs((await soon('a balance', balance))['USDT']!.total! - 999_999.52495) < 1e-6);
      assert.equal((await soon('an order', orders)).at(-1)!.symbol, S);
      assert.equal(await soon('a position', positions), 0.01);
      const placed = await soon('an answer', client.createOrderWs(S, 'limit', 'buy', 0.01, 94_000));
      assert.equal(placed.status, 'open');
      assert.equal((await soon('an answer', client.fetchPositionsWs([S])))[0]!.entryPrice, 95_010);
    } finally {
      await client.close();
      await recorded.close();
    }
  });

  test('official client: market streams on both routes and user data -> payloads with their fields', async () => {
    const { DerivativesTradingUsdsFutures } = await import('@binance/derivatives-trading-usds-futures');
    const recorded = await openRecordedExchange();
    const { apiKey, secret, exchange } = recorded;
    const { rest, streams } = exchange.urls.usdm!;
    const client = new DerivativesTradingUsdsFutures({
      configurationRestAPI: { apiKey, apiSecret: secret, basePath: rest },
      configurationWebsocketStreams: { wsURL: streams },
    });
    const connection = await client.websocketStreams.connect();
    try {
      const symbol = 'btcusdt';
      const first = <T>(stream: { on(event: 'message', listener: (data: T) => void): void }): Promise<T> =>
        new Promise((resolve) => {
          stream.on('message', resolve);
        });
      await whileMoving(recorded, async () => {
        const trade = await soon('an aggregate trade', first(connection.aggregateTradeStreams({ symbol })));
        assert.deepEqual([trade.e, trade.s], ['aggTrade', 'BTCUSDT']);
        const depth = await soon(
          'a change of the book',
          first(connection.diffBookDepthStreams({ symbol, updateSpeed: '100ms' as never })),
        );
        assert.deepEqual([depth.e, depth.s, typeof depth.pu], ['depthUpdate', 'BTCUSDT', 'number']);
        const mark = await soon(
          'a mark price',
          first(connection.markPriceStream({ symbol, updateSpeed: '1s' as never })),
        );
        assert.equal(mark.p, '95000.00000000');
        const quotes = await soon('quotes', first(connection.individualSymbolBookTickerStreams({ symbol })));
        assert.equal(quotes.e, 'bookTicker');
      });
      const { listenKey } = await (await client.restAPI.startUserDataStream()).data();
      const events: string[] = [];
      const user = connection.userData(listenKey!);
      const filled = new Promise<void>((resolve) => {
        user.on('message', (event) => {
          const type = String((event as { readonly e?: string }).e);
          events.push(type);
          if (type === 'ORDER_TRADE_UPDATE' && events.includes('ACCOUNT_UPDATE')) resolve();
        });
      });
      await wait(200);
      await client.restAPI.newOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.01 } as never);
      await soon('the fill', filled);
      assert.deepEqual(events, ['ORDER_TRADE_UPDATE', 'TRADE_LITE', 'ACCOUNT_UPDATE', 'ORDER_TRADE_UPDATE']);
    } finally {
      await connection.disconnect();
      await recorded.close();
    }
  });
});
