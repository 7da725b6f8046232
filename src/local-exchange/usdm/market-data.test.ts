import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pick, type Row, START_MS, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';

const BTC = { symbol: 'BTCUSDT' };

/** Three trades: 1 bought at 95,000, 2 sold at 94,990 a minute on, 1 sold at 94,990 right after. */
function traded(): UsdmDesk {
  const d = new UsdmDesk();
  d.quote(
    [
      ['94990', '3'],
      ['94980', '4'],
    ],
    [['95000', '2']],
  );
  d.trade('buy', '95000', '1');
  d.step(60_000);
  d.trade('sell', '94990', '2');
  d.step(10);
  d.trade('sell', '94990', '1');
  return d;
}

describe('usdm market data', () => {
  test('exchangeInfo: BTCUSDT -> filters with the names and values of the protocol', () => {
    const d = new UsdmDesk();
    const info = d.ok('GET /fapi/v1/exchangeInfo');
    const [btc] = info['symbols'] as Row[];
    assert.deepEqual(
      pick(btc, 'symbol', 'pair', 'contractType', 'deliveryDate', 'status', 'marginAsset', 'pricePrecision'),
      ['BTCUSDT', 'BTCUSDT', 'PERPETUAL', 4133404800000, 'TRADING', 'USDT', 2],
    );
    assert.deepEqual((btc!['filters'] as Row[]).slice(0, 5), [
      { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
      { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MIN_NOTIONAL', notional: '100' },
    ]);
  });

  test('leverageBracket: cum -> as Binance publishes it, for both symbols', () => {
    const d = new UsdmDesk();
    const cums = (symbol: string): unknown[] =>
      (d.ok('GET /fapi/v1/leverageBracket', { symbol })['brackets'] as Row[]).map((b) => b['cum']);
    assert.deepEqual(
      cums('BTCUSDT'),
      [0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450, 421_481_450],
    );
    assert.deepEqual(
      cums('ETHUSDT'),
      [0, 50, 950, 11_450, 131_450, 381_450, 2_006_450, 9_506_450, 17_506_450, 27_506_450, 80_506_450, 280_506_450],
    );
  });

  test('depth: limit, times, texts -> as asked; a limit that is none of the list -> -4021', () => {
    const d = traded();
    const depth = d.ok('GET /fapi/v1/depth', { ...BTC, limit: 5 });
    assert.deepEqual(depth['bids'], [
      ['94990.00', '3.000'],
      ['94980.00', '4.000'],
    ]);
    assert.deepEqual(depth['asks'], [['95000.00', '2.000']]);
    assert.deepEqual([typeof depth['E'], depth['T']], ['number', START_MS]);
    assert.equal(d.code('GET /fapi/v1/depth', { ...BTC, limit: 7 }), -4021);
    const route = d.product.routes.find((r) => r.path === '/fapi/v1/depth')!;
    const weights = ['5', '50', '100', '500', '1000'].map((limit) => route.weight(new Map([['limit', limit]]), null));
    assert.deepEqual([...weights, route.weight(new Map(), null)], [2, 2, 5, 10, 20, 10]);
  });

  test('trades and aggTrades: a house trade -> no client, ids from 1; one price and side within 100 ms -> one aggregate', () => {
    const d = traded();
    assert.deepEqual(
      d.rows('GET /fapi/v1/trades', BTC).map((t) => pick(t, 'id', 'price', 'qty', 'isBuyerMaker')),
      [
        [1, '95000.00', '1.000', false],
        [2, '94990.00', '2.000', true],
        [3, '94990.00', '1.000', true],
      ],
    );
    assert.deepEqual(
      d.rows('GET /fapi/v1/aggTrades', BTC).map((t) => pick(t, 'a', 'p', 'q', 'f', 'l', 'm')),
      [
        [1, '95000.00', '1.000', 1, 1, false],
        [2, '94990.00', '3.000', 2, 3, true],
      ],
    );
    assert.deepEqual(
      d.rows('GET /fapi/v1/aggTrades', { ...BTC, fromId: 2 }).map((t) => t['a']),
      [2],
    );
    assert.equal(d.code('GET /fapi/v1/aggTrades', { ...BTC, startTime: 1, endTime: 3_600_001 }), -4165);
    assert.equal(d.rows('GET /fapi/v1/historicalTrades', { ...BTC, fromId: 2, limit: 1 })[0]!['id'], 2);
  });

  test('klines: two minutes of trades -> twelve positions; a quiet minute is flat; bounds as documented', () => {
    const d = traded();
    d.step(2 * 60_000);
    const rows = d.rows('GET /fapi/v1/klines', { ...BTC, interval: '1m' }) as unknown as unknown[][];
    assert.deepEqual(rows.slice(0, 2), [
      [
        START_MS,
        '95000.00',
        '95000.00',
        '95000.00',
        '95000.00',
        '1.000',
        START_MS + 59_999,
        '95000',
        1,
        '1.000',
        '95000',
        '0',
      ],
      [
        START_MS + 60_000,
        '94990.00',
        '94990.00',
        '94990.00',
        '94990.00',
        '3.000',
        START_MS + 119_999,
        '284970',
        2,
        '0.000',
        '0',
        '0',
      ],
    ]);
    assert.deepEqual(rows[2]!.slice(1, 9), [
      '94990.00',
      '94990.00',
      '94990.00',
      '94990.00',
      '0.000',
      START_MS + 179_999,
      '0',
      0,
    ]);
    const opens = (params: object): unknown[] =>
      (d.rows('GET /fapi/v1/klines', { ...BTC, interval: '1m', ...params }) as unknown as unknown[][]).map(
        (r) => (Number(r[0]) - START_MS) / 60_000,
      );
    assert.deepEqual(opens({ limit: 2 }), [2, 3]);
    assert.deepEqual(opens({ startTime: START_MS + 60_000, limit: 2 }), [1, 2]);
    assert.deepEqual(opens({ endTime: START_MS + 60_000 }), [0, 1]);
    assert.deepEqual(opens({ startTime: START_MS + 1, endTime: START_MS + 120_000 }), [1, 2]);
    assert.equal(d.code('GET /fapi/v1/klines', { ...BTC, interval: '1y' }), -1120);
    const five = d.rows('GET /fapi/v1/continuousKlines', {
      pair: 'BTCUSDT',
      contractType: 'PERPETUAL',
      interval: '5m',
    });
    assert.deepEqual((five[0] as unknown as unknown[]).slice(1, 6), [
      '95000.00',
      '95000.00',
      '94990.00',
      '94990.00',
      '4.000',
    ]);
    assert.equal(
      d.code('GET /fapi/v1/continuousKlines', { pair: 'NOPE', contractType: 'PERPETUAL', interval: '5m' }),
      -4144,
    );
  });

  test('mark price: given by nobody -> the median of book, last and carried index; given -> as given', () => {
    const d = new UsdmDesk();
    d.quote([['94990', '3']], [['95010', '3']]);
    const markOf = (): unknown[] => pick(d.ok('GET /fapi/v1/premiumIndex', BTC), 'markPrice', 'indexPrice');
    // Seven hours to the funding at 0.01 %: 95,000 × 1.0000875; no trade yet, so the index counts twice.
    assert.deepEqual(markOf(), ['95000.00000000', '95000.00000000']);
    d.trade('buy', '95020', '1');
    assert.deepEqual(markOf(), ['95008.31250000', '95000.00000000']);
    d.trade('sell', '94000', '1');
    assert.deepEqual(markOf(), ['95000.00000000', '95000.00000000']);
    d.mark('96000');
    d.trade('sell', '94000', '1');
    assert.deepEqual(markOf(), ['96000.00000000', '96000.00000000']);
    const [bar] = d.rows('GET /fapi/v1/markPriceKlines', { ...BTC, interval: '1h' }) as unknown as unknown[][];
    assert.deepEqual(bar!.slice(1, 6), ['95000.00000000', '96000.00000000', '95000.00000000', '96000.00000000', '0']);
  });

  test('tickers: one symbol an object, all an array; unknown -> -1121', () => {
    const d = traded();
    const day = d.ok('GET /fapi/v1/ticker/24hr', BTC);
    assert.deepEqual(
      pick(day, 'priceChange', 'priceChangePercent', 'weightedAvgPrice', 'lastPrice', 'volume', 'quoteVolume', 'count'),
      ['-10.00', '-0.011', '94992.5', '94990.00', '4.000', '379970', 3],
    );
    assert.equal('bidPrice' in day, false, 'a futures ticker has no quotes');
    assert.equal(d.rows('GET /fapi/v1/ticker/24hr').length, 2);
    assert.deepEqual(pick(d.ok('GET /fapi/v2/ticker/price', BTC), 'symbol', 'price'), ['BTCUSDT', '94990.00']);
    assert.deepEqual(pick(d.ok('GET /fapi/v1/ticker/bookTicker', BTC), 'bidPrice', 'bidQty', 'askPrice', 'askQty'), [
      '94990.00',
      '3.000',
      '95000.00',
      '2.000',
    ]);
    assert.equal(d.code('GET /fapi/v1/ticker/price', { symbol: 'NOPE' }), -1121);
  });

  test('statistics: after half an hour with a long and a short client -> samples at whole periods', () => {
    const d = traded();
    d.deposit('100000', 1);
    d.mark('95000');
    d.market('BUY', '1.000');
    const half = Math.ceil((d.nowMs + 1) / 1_800_000) * 1_800_000;
    d.stepTo(half);
    const [row] = d.rows('GET /futures/data/openInterestHist', { ...BTC, period: '30m' });
    assert.deepEqual(pick(row, 'sumOpenInterest', 'sumOpenInterestValue', 'timestamp'), [
      '1.000',
      '95000.00000000',
      half,
    ]);
    const [ratio] = d.rows('GET /futures/data/globalLongShortAccountRatio', { ...BTC, period: '30m' });
    assert.deepEqual(pick(ratio, 'longAccount', 'shortAccount'), ['1.0000', '0.0000']);
    const [taker] = d.rows('GET /futures/data/takerlongshortRatio', { ...BTC, period: '30m' });
    assert.deepEqual(pick(taker, 'buyVol', 'sellVol', 'buySellRatio'), ['2.000', '3.000', '0.6667']);
    assert.equal(d.code('GET /futures/data/basis', { pair: 'BTCUSDT', period: '7m' }), -1130);
  });
});

describe('usdm market streams', () => {
  test('streams: every name of the list -> there; unknown ones and upper case -> not', () => {
    const { product } = new UsdmDesk();
    const there = [
      'btcusdt@aggTrade',
      'btcusdt@trade',
      'btcusdt@markPrice',
      'btcusdt@markPrice@1s',
      '!markPrice@arr',
      '!markPrice@arr@1s',
      'btcusdt@kline_1m',
      'btcusdt@kline_1M',
      'btcusdt_perpetual@continuousKline_1h',
      'btcusdt@miniTicker',
      '!miniTicker@arr',
      'btcusdt@ticker',
      '!ticker@arr',
      'btcusdt@bookTicker',
      '!bookTicker',
      'btcusdt@forceOrder',
      '!forceOrder@arr',
      'btcusdt@depth',
      'btcusdt@depth@500ms',
      'btcusdt@depth@100ms',
      'btcusdt@depth5',
      'btcusdt@depth20@100ms',
      '!contractInfo',
    ];
    assert.deepEqual(
      there.filter((name) => !product.hasStream(name)),
      [],
    );
    const not = [
      'BTCUSDT@trade',
      'nope@trade',
      'btcusdt',
      'btcusdt@',
      'btcusdt@kline_1s',
      'btcusdt@kline_2m',
      'btcusdt@depth7',
      'btcusdt@depth@1ms',
      'btcusdt@trade@1s',
      '',
    ];
    assert.deepEqual(
      not.filter((name) => product.hasStream(name)),
      [],
    );
  });

  test('depth stream: many changes and a snapshot between -> ids chain by pu, levels equal the book at every event', () => {
    const d = new UsdmDesk();
    d.deposit('1000000');
    d.quote([['94990', '3']], [['95000', '2']]);
    d.listen('btcusdt@depth@100ms');
    const book = { b: new Map<string, string>(), a: new Map<string, string>() };
    let lastId = -1;
    let seen = 0;
    let hasStarted = false;
    for (let i = 0; i < 40; i++) {
      d.quote(
        [
          [`${94980 + (i % 7)}`, `${1 + (i % 3)}`],
          ['94970', '5'],
        ],
        [[`${95000 + (i % 5)}`, '2']],
      );
      if (i % 4 === 0) d.limit('BUY', `${94900 + i}`, '0.010');
      if (i === 9) {
        const snapshot = d.ok('GET /fapi/v1/depth', { ...BTC, limit: 1000 });
        for (const [side, name] of [
          ['b', 'bids'],
          ['a', 'asks'],
        ] as const) {
          for (const [price, quantity] of snapshot[name] as [string, string][]) book[side].set(price, quantity);
        }
        lastId = Number(snapshot['lastUpdateId']);
      }
      d.step(i % 3 === 0 ? 150 : 40);
      const events = d.heard('btcusdt@depth@100ms');
      for (; seen < events.length; seen++) {
        const event = events[seen]!;
        if (seen > 0) assert.equal(event['pu'], events[seen - 1]!['u']);
        if (lastId < 0 || Number(event['u']) < lastId) continue;
        if (!hasStarted)
          assert.ok(Number(event['U']) <= lastId && lastId <= Number(event['u']), 'the rule for the first event');
        hasStarted = true;
        for (const side of ['b', 'a'] as const) {
          for (const [price, quantity] of event[side] as [string, string][]) {
            if (Number(quantity) === 0) book[side].delete(price);
            else book[side].set(price, quantity);
          }
        }
      }
    }
    d.step(100);
    for (const event of d.heard('btcusdt@depth@100ms').slice(seen)) {
      for (const side of ['b', 'a'] as const) {
        for (const [price, quantity] of event[side] as [string, string][]) {
          if (Number(quantity) === 0) book[side].delete(price);
          else book[side].set(price, quantity);
        }
      }
    }
    assert.ok(hasStarted);
    const now = d.ok('GET /fapi/v1/depth', { ...BTC, limit: 1000 });
    const sorted = (side: 'b' | 'a'): [string, string][] =>
      [...book[side]].sort(([a], [b]) => (side === 'b' ? Number(b) - Number(a) : Number(a) - Number(b)));
    assert.deepEqual(sorted('b'), now['bids']);
    assert.deepEqual(sorted('a'), now['asks']);
  });

  test('trade, aggTrade, bookTicker: at once, after 100 ms, at once -> the documented fields', () => {
    const d = new UsdmDesk();
    d.listen('btcusdt@trade');
    d.listen('btcusdt@aggTrade');
    d.listen('!bookTicker');
    d.quote([['94990', '3']], [['95000', '2']]);
    assert.deepEqual(pick(d.heard('!bookTicker')[0], 'e', 's', 'b', 'B', 'a', 'A'), [
      'bookTicker',
      'BTCUSDT',
      '94990.00',
      '3.000',
      '95000.00',
      '2.000',
    ]);
    d.trade('buy', '95000', '1');
    d.trade('buy', '95000', '0.5');
    assert.deepEqual(
      d.heard('btcusdt@trade').map((t) => pick(t, 'e', 't', 'p', 'q', 'X', 'm')),
      [
        ['trade', 1, '95000.00', '1.000', 'MARKET', false],
        ['trade', 2, '95000.00', '0.500', 'MARKET', false],
      ],
    );
    assert.deepEqual(d.heard('btcusdt@aggTrade'), []);
    d.step(100);
    assert.deepEqual(
      d.heard('btcusdt@aggTrade').map((t) => pick(t, 'e', 'a', 'p', 'q', 'nq', 'f', 'l', 'm')),
      [['aggTrade', 1, '95000.00', '1.500', '1.500', 1, 2, false]],
    );
  });

  test('kline stream: a trade, then the end of the minute -> open bar, closed bar, and the next', () => {
    const d = new UsdmDesk();
    d.listen('btcusdt@kline_1m');
    d.listen('btcusdt_perpetual@continuousKline_1m');
    d.trade('buy', '95000', '1');
    d.step(250);
    d.step(60_000);
    const bars = d.heard('btcusdt@kline_1m').map((e) => e['k'] as Row);
    assert.deepEqual(
      bars.map((k) => pick(k, 's', 't', 'c', 'v', 'n', 'x')),
      [
        ['BTCUSDT', START_MS, '95000.00', '1.000', 1, false],
        ['BTCUSDT', START_MS, '95000.00', '1.000', 1, true],
        ['BTCUSDT', START_MS + 60_000, '95000.00', '0.000', 0, false],
      ],
    );
    const [event] = d.heard('btcusdt_perpetual@continuousKline_1m');
    assert.deepEqual(
      [event!['e'], event!['ps'], event!['ct'], 's' in (event!['k'] as Row)],
      ['continuous_kline', 'BTCUSDT', 'PERPETUAL', false],
    );
  });

  test('periodic streams: every 3 s, 1 s and 2 s while somebody listens -> then silence', () => {
    const d = new UsdmDesk();
    d.mark('95000');
    for (const stream of [
      'btcusdt@markPrice',
      'btcusdt@markPrice@1s',
      '!markPrice@arr',
      'btcusdt@ticker',
      '!miniTicker@arr',
    ])
      d.listen(stream);
    d.trade('buy', '95000', '1');
    d.step(6000);
    assert.deepEqual(
      ['btcusdt@markPrice', 'btcusdt@markPrice@1s', '!markPrice@arr', 'btcusdt@ticker', '!miniTicker@arr'].map(
        (s) => d.heard(s).length,
      ),
      [2, 6, 2, 1, 1],
    );
    assert.deepEqual(pick(d.heard('btcusdt@markPrice')[0], 'e', 's', 'p', 'i', 'r'), [
      'markPriceUpdate',
      'BTCUSDT',
      '95000.00000000',
      '95000.00000000',
      '0.00010000',
    ]);
    d.product.streamClosed('btcusdt@markPrice@1s');
    d.step(3000);
    assert.equal(d.heard('btcusdt@markPrice@1s').length, 6);
  });
});
