import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plain, type Row, SpotScene, START_MS } from '../../../test/local-exchange/spot-scene.ts';
import type { Json } from '../../core/vocabulary/json.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const symbol = 'BTCUSDT';

/** Trades of the outside world: [milliseconds after the start, price, quantity, side]. */
function play(
  s: SpotScene,
  ...trades: readonly (readonly [ms: number, price: string, quantity: string, side?: 'buy' | 'sell'])[]
): void {
  for (const [ms, price, quantity, side] of trades) {
    s.advance(START_MS + ms - s.nowMs);
    s.product.house.trade(symbol, side ?? 'buy', price, quantity);
  }
}
const rows = (body: Row): readonly (readonly Json[])[] => body as unknown as readonly (readonly Json[])[];
const bar = (row: readonly Json[]): string =>
  [(Number(row[0]) - START_MS) / MINUTE, ...[1, 2, 3, 4, 5].map((i) => plain(row[i]!)), Number(row[8])].join(' ');
const streamed = (s: SpotScene, name: string): readonly Row[] =>
  s.published.filter((p) => p.stream === name).map((p) => p.data as Row);

describe('spot market data', () => {
  test('spot market data: klines of a minute -> open, extremes, close and sums; a quiet minute repeats the close; the running one is last', () => {
    const s = new SpotScene();
    play(
      s,
      [1000, '100', '1'],
      [2000, '103', '2', 'sell'],
      [59_999, '99', '1'],
      [60_000, '101', '1'],
      [3 * MINUTE + 5, '98', '0.5'],
    );
    const klines = rows(s.ok('GET /api/v3/klines', { symbol, interval: '1m' }));
    assert.deepEqual(klines.map(bar), [
      '0 100 103 99 99 4 3',
      '1 101 101 101 101 1 1',
      '2 101 101 101 101 0 0',
      '3 98 98 98 98 0.5 1',
    ]);
    assert.deepEqual(
      [klines[0]![6], plain(klines[0]![7]!), plain(klines[0]![9]!), plain(klines[0]![10]!), klines[0]![11]],
      [START_MS + MINUTE - 1, '405', '2', '199', '0'],
    );
    const bounded = (fields: Record<string, number>): string[] =>
      rows(s.ok('GET /api/v3/klines', { symbol, interval: '1m', ...fields })).map((k) => bar(k).split(' ')[0]!);
    assert.deepEqual(bounded({ limit: 2 }), ['2', '3'], 'no bounds: the newest');
    assert.deepEqual(bounded({ startTime: START_MS + 1, limit: 2 }), ['1', '2'], 'a start: the oldest from it');
    assert.deepEqual(bounded({ endTime: START_MS + 2 * MINUTE, limit: 2 }), ['1', '2'], 'an end: the newest up to it');
    assert.deepEqual(bounded({ startTime: START_MS, endTime: START_MS + MINUTE }), ['0', '1']);
  });

  test('spot market data: every interval, days of other zones, weeks and months -> begin where they should, and hold all trades', () => {
    const s = new SpotScene();
    play(s, [0, '100', '1'], [30 * HOUR, '110', '2'], [75 * HOUR, '90', '3']);
    const opens = (interval: string, timeZone = '0'): string[] => {
      const klines = rows(s.ok('GET /api/v3/klines', { symbol, interval, timeZone, limit: 1000 }));
      // 1,000 bars of a second or a minute hold the last trade only, of three minutes the last two.
      const held: Readonly<Record<string, number>> = { '1s': 3, '1m': 3, '3m': 5 };
      const volume = klines.reduce((sum, k) => sum + Number(k[5]), 0);
      assert.equal(volume, held[interval] ?? 6, interval);
      return klines.map((k) => new Date(Number(k[0])).toISOString().slice(0, 16));
    };
    for (const interval of ['1s', '1m', '3m']) assert.equal(opens(interval).length, 1000);
    for (const [interval, bars] of [
      ['5m', 901],
      ['15m', 301],
      ['30m', 151],
      ['1h', 76],
      ['2h', 38],
      ['4h', 19],
      ['6h', 13],
      ['8h', 10],
      ['12h', 7],
    ] as const) {
      assert.equal(opens(interval).length, bars, interval);
    }
    // 2026-11-29 is a Sunday.
    assert.deepEqual(opens('1d'), ['2026-11-29T00:00', '2026-11-30T00:00', '2026-12-01T00:00', '2026-12-02T00:00']);
    assert.deepEqual(opens('1d', '8')[0], '2026-11-28T16:00');
    assert.deepEqual(opens('1d', '-1:30')[0], '2026-11-28T01:30');
    assert.deepEqual(opens('1w'), ['2026-11-23T00:00', '2026-11-30T00:00']);
    assert.deepEqual(opens('1M'), ['2026-11-01T00:00', '2026-12-01T00:00']);
    assert.deepEqual(opens('1M', '05:45'), ['2026-10-31T18:15', '2026-11-30T18:15']);
  });

  test('spot market data: tickers of a day, of a window and of the trading day -> their own trades only', () => {
    const s = new SpotScene();
    s.product.house.quote(symbol, [{ price: '99', quantity: '2' }], [{ price: '120', quantity: '3' }]);
    play(s, [0, '100', '1'], [20 * HOUR, '120', '1'], [30 * HOUR, '90', '2', 'sell'], [30 * HOUR + MINUTE, '99', '1']);
    const day = s.ok('GET /api/v3/ticker/24hr', { symbol });
    assert.deepEqual(
      [
        'openPrice',
        'highPrice',
        'lowPrice',
        'lastPrice',
        'volume',
        'quoteVolume',
        'priceChange',
        'priceChangePercent',
        'weightedAvgPrice',
        'prevClosePrice',
        'lastQty',
        'bidPrice',
        'bidQty',
        'askPrice',
        'firstId',
        'lastId',
        'count',
      ].map((f) => plain(day[f]!)),
      ['120', '120', '90', '99', '4', '399', '-21', '-17.5', '99.75', '100', '1', '99', '2', '120', '1', '3', '3'],
    );
    assert.deepEqual(Object.keys(s.ok('GET /api/v3/ticker/24hr', { symbol, type: 'MINI' })).length, 12);
    s.advance(1234);
    const hour = s.ok('GET /api/v3/ticker', { symbol, windowSize: '1h' });
    assert.deepEqual(
      [plain(hour['openPrice']!), hour['count'], (Number(hour['openTime']) - START_MS) % MINUTE],
      ['90', 2, 0],
    );
    const today = s.ok('GET /api/v3/ticker/tradingDay', { symbol });
    assert.deepEqual(
      [plain(today['openPrice']!), Number(today['openTime']) - START_MS, Number(today['closeTime']) - START_MS],
      ['90', 24 * HOUR, 48 * HOUR - 1],
    );
    const zoned = s.ok('GET /api/v3/ticker/tradingDay', { symbol, timeZone: '8' });
    assert.equal(plain(zoned['openPrice']!), '120', 'the day of UTC+8 began at 16:00');
    assert.equal(s.list('GET /api/v3/ticker/24hr').length, 6);
    assert.deepEqual(
      s.list('GET /api/v3/ticker/price', { symbols: '["BTCUSDT","ETHUSDT"]' }).map((t) => plain(t['price']!)),
      ['99', '0'],
    );
    assert.match(s.refused('GET /api/v3/ticker'), /^-1102 /);
  });

  test('spot market data: trades and aggregate trades -> one aggregate for a taker at one price; queries by id and time', () => {
    const s = new SpotScene();
    for (const who of [1, 2]) s.deposit(who, 'BTC', '10');
    s.deposit(3, 'USDT', '10000');
    s.limit('SELL', '1', '100', 1);
    s.limit('SELL', '1', '100', 2);
    s.limit('SELL', '1', '101', 1);
    s.order({ side: 'BUY', type: 'MARKET', quantity: '2.5' }, 3);
    s.advance(10);
    s.order({ side: 'BUY', type: 'MARKET', quantity: '0.5' }, 3);
    const aggregates = (fields: Record<string, number> = {}): string[] =>
      s
        .list('GET /api/v3/aggTrades', { symbol, ...fields })
        .map((a) => `${a['a']} ${plain(a['p']!)} ${plain(a['q']!)} ${a['f']}-${a['l']}`);
    assert.deepEqual(aggregates(), ['0 100 2 0-1', '1 101 0.5 2-2', '2 101 0.5 3-3']);
    assert.deepEqual(aggregates({ fromId: 1, limit: 1 }), ['1 101 0.5 2-2']);
    assert.deepEqual(aggregates({ startTime: START_MS + 1 }), ['2 101 0.5 3-3']);
    assert.deepEqual(aggregates({ endTime: START_MS }), ['0 100 2 0-1', '1 101 0.5 2-2']);
    assert.deepEqual(
      s.list('GET /api/v3/historicalTrades', { symbol, fromId: 1, limit: 2 }).map((t) => t['id']),
      [1, 2],
    );
    assert.deepEqual(
      s.list('GET /api/v3/trades', { symbol, limit: 1 }).map((t) => [t['id'], t['quoteQty'], t['isBestMatch']]),
      [[3, '50.50000000', true]],
    );
    assert.equal(s.list('GET /api/v3/historicalBlockTrades', { symbol, fromId: 0 }).length, 0);
  });

  test('spot market data: average price of five minutes -> by volume; older trades do not count; the filter measures against it', () => {
    const s = new SpotScene();
    play(s, [0, '1000', '9'], [10 * MINUTE, '100', '1'], [11 * MINUTE, '200', '3']);
    const average = s.ok('GET /api/v3/avgPrice', { symbol });
    assert.deepEqual(
      [average['mins'], average['price'], average['closeTime']],
      [5, '175.00000000', START_MS + 11 * MINUTE],
    );
    assert.deepEqual(Object.keys(s.ok('GET /api/v3/executionRules', { symbol })), ['symbolRules']);
  });

  test('spot market data: kept trades -> the oldest are forgotten, ids go on', () => {
    const s = new SpotScene({ keptTrades: 100 });
    for (let i = 0; i < 250; i++) s.product.house.trade(symbol, 'buy', '100', '1');
    const ids = s.list('GET /api/v3/trades', { symbol, limit: 1000 }).map((t) => Number(t['id']));
    assert.equal(ids.at(-1), 249);
    assert.ok(ids.length >= 50 && ids.length <= 100, `${ids.length}`);
    assert.equal(
      s.list('GET /api/v3/historicalTrades', { symbol, fromId: 0, limit: 5 })[0]!['id'],
      ids[0],
      'what is gone is passed over',
    );
    assert.equal(s.ok('GET /api/v3/ticker/24hr', { symbol })['count'], 250);
  });
});

describe('spot streams', () => {
  test('spot streams: names -> those that exist, in lower case; retired and unknown ones do not', () => {
    const { product } = new SpotScene();
    for (const name of [
      'btcusdt@trade',
      'btcusdt@aggTrade',
      'btcusdt@bookTicker',
      'btcusdt@blockTrade',
      'btcusdt@kline_1m',
      'btcusdt@kline_1M',
      'btcusdt@kline_1d@+08:00',
      'btcusdt@miniTicker',
      '!miniTicker@arr',
      'btcusdt@ticker',
      'btcusdt@ticker_4h',
      '!ticker_1d@arr',
      'btcusdt@avgPrice',
      'btcusdt@depth',
      'btcusdt@depth@100ms',
      'btcusdt@depth5',
      'btcusdt@depth20@100ms',
      'btcusdt@referencePrice',
    ]) {
      assert.equal(product.hasStream(name), true, name);
    }
    for (const name of [
      'BTCUSDT@trade',
      'xusdt@trade',
      'btcusdt@kline_7m',
      'btcusdt@kline_1d@+15:00',
      '!ticker@arr',
      '!bookTicker',
      'btcusdt@depth7',
      'btcusdt',
      '',
      'btcusdt@ticker_2h',
    ]) {
      assert.equal(product.hasStream(name), false, name);
    }
  });

  test('spot streams: trade, aggTrade and bookTicker -> at once, best prices only when they change', () => {
    const s = new SpotScene();
    s.deposit(1, 'BTC', '10');
    s.deposit(3, 'USDT', '10000');
    s.listen('btcusdt@trade', 'btcusdt@aggTrade', 'btcusdt@bookTicker');
    s.limit('SELL', '1', '100');
    s.limit('SELL', '1', '100');
    s.limit('SELL', '1', '105');
    s.order({ side: 'BUY', type: 'MARKET', quantity: '1.5' }, 3);
    assert.deepEqual(
      streamed(s, 'btcusdt@trade').map((t) => [t['e'], t['t'], t['q'], t['m']]),
      [
        ['trade', 0, '1.00000000', false],
        ['trade', 1, '0.50000000', false],
      ],
    );
    assert.deepEqual(
      streamed(s, 'btcusdt@aggTrade').map((t) => [t['a'], t['q'], t['f'], t['l']]),
      [[0, '1.50000000', 0, 1]],
    );
    const best = streamed(s, 'btcusdt@bookTicker');
    assert.deepEqual(
      best.map((b) => `${plain(b['a']!)} ${plain(b['A']!)}`),
      ['100 1', '100 2', '100 0.5'],
    );
    assert.ok(!('e' in best[0]!) && !('E' in best[0]!));
  });

  test('spot streams: diff depth -> gapless, deletions are zeros, nothing where nothing changed; partial depth beside it', () => {
    const s = new SpotScene();
    s.deposit(1, 'USDT', '10000');
    s.limit('BUY', '1', '90');
    s.listen('btcusdt@depth@100ms', 'btcusdt@depth5@100ms', 'btcusdt@depth');
    s.advance(300);
    assert.equal(streamed(s, 'btcusdt@depth@100ms').length, 0, 'what was before the subscription is in the snapshot');
    const snapshot = s.ok('GET /api/v3/depth', { symbol });
    const order = s.limit('BUY', '1', '91');
    s.limit('BUY', '2', '91');
    s.advance(100);
    s.ok('DELETE /api/v3/order', { symbol, orderId: Number(order['orderId']) });
    s.ok('DELETE /api/v3/openOrders', { symbol });
    s.advance(700);
    const updates = streamed(s, 'btcusdt@depth@100ms');
    assert.deepEqual(
      updates.map((u) => [u['e'], JSON.stringify(u['b'])]),
      [
        ['depthUpdate', '[["91.00000000","3.00000000"]]'],
        ['depthUpdate', '[["91.00000000","0.00000000"],["90.00000000","0.00000000"]]'],
      ],
    );
    assert.equal(updates[0]!['U'], Number(snapshot['lastUpdateId']) + 1);
    assert.equal(updates[1]!['U'], Number(updates[0]!['u']) + 1);
    assert.equal(updates[1]!['u'], s.ok('GET /api/v3/depth', { symbol })['lastUpdateId']);
    assert.deepEqual(
      streamed(s, 'btcusdt@depth').map((u) => [u['U'], u['u']]),
      [[updates[0]!['U'], updates[1]!['u']]],
    );
    assert.deepEqual(
      streamed(s, 'btcusdt@depth5@100ms').map((d) => JSON.stringify(d['bids'])),
      ['[["90.00000000","1.00000000"]]', '[["91.00000000","3.00000000"],["90.00000000","1.00000000"]]', '[]'],
    );
  });

  test('spot streams: klines -> the running bar when it changed, each bar closed once; the same in another zone', () => {
    const s = new SpotScene();
    s.listen('btcusdt@kline_1m', 'btcusdt@kline_1d@+08:00');
    play(s, [1000, '100', '1'], [2500, '101', '1'], [61_000, '102', '1']);
    s.advance(2 * MINUTE);
    const bars = streamed(s, 'btcusdt@kline_1m').map((e) => {
      const k = e['k'] as Row;
      return `${(Number(k['t']) - START_MS) / MINUTE} ${plain(k['c']!)} ${k['n']} ${k['x']}`;
    });
    assert.deepEqual(bars, [
      '0 100 1 false',
      '0 101 2 false',
      '0 101 2 true',
      '1 102 1 false',
      '1 102 1 true',
      '2 102 0 true',
    ]);
    const day = streamed(s, 'btcusdt@kline_1d@+08:00').at(-1)!['k'] as Row;
    assert.deepEqual([day['i'], Number(day['t']) - START_MS, day['n']], ['1d', -8 * HOUR, 3]);
  });

  test('spot streams: tickers, arrays and average -> once a second while they change; arrays hold changed symbols only', () => {
    const s = new SpotScene();
    s.listen(
      'btcusdt@miniTicker',
      'btcusdt@ticker',
      '!miniTicker@arr',
      'btcusdt@ticker_1h',
      '!ticker_1h@arr',
      'btcusdt@avgPrice',
    );
    play(s, [100, '100', '1'], [200, '110', '1']);
    s.product.house.trade('ETHUSDT', 'buy', '5', '1');
    s.advance(1000);
    s.product.house.trade('ETHUSDT', 'buy', '6', '1');
    s.advance(1000);
    assert.deepEqual(
      streamed(s, 'btcusdt@miniTicker').map((t) => [t['e'], plain(t['o']!), plain(t['c']!)]),
      [['24hrMiniTicker', '100', '110']],
    );
    assert.deepEqual(
      streamed(s, '!miniTicker@arr').map((a) => (a as unknown as readonly Row[]).map((t) => t['s']).join()),
      ['BTCUSDT,ETHUSDT', 'ETHUSDT'],
    );
    assert.deepEqual(streamed(s, '!ticker_1h@arr').length, 2);
    assert.equal(streamed(s, 'btcusdt@ticker_1h')[0]!['e'], '1hTicker');
    assert.equal(streamed(s, 'btcusdt@avgPrice')[0]!['w'], '105.00000000');
  });

  test('spot streams: the last listener leaves -> its timer is gone and it falls silent', () => {
    const s = new SpotScene();
    s.listen('btcusdt@depth', 'btcusdt@kline_1s');
    s.advance(5000);
    assert.equal(s.timers, 2);
    s.leave('btcusdt@depth');
    s.leave('btcusdt@kline_1s');
    assert.equal(s.timers, 0);
    s.product.house.quote('BTCUSDT', [{ price: '1', quantity: '1' }], []);
    s.advance(5000);
    assert.equal(s.published.length, 0);
  });
});
