import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { civilToMs, DAY_MS } from '../../core/vocabulary/time.ts';
import { instrumentOf, symbolOfFile } from './instrument-of.ts';
import { keepsWeekends } from './trading-days.ts';

for (const [path, symbol] of [
  ['/data/BTCUSDT_1h_2017-2024.csv.gz', 'BTCUSDT'],
  ['BTC_USDT-1h.parquet', 'BTC_USDT'],
  ['eth-usd.csv', 'ETH-USD'],
  ['GOOG_1d.csv', 'GOOG'],
  ['C:\\data\\BRK.B.csv', 'BRK.B'],
  ['Größe_1d.csv', 'GROSSE'],
  ['Ka\u0308se.csv', 'KASE'],
  ['_.csv', 'DATA'],
] as const) {
  test(`symbol of a file: ${path} -> ${symbol}`, () => assert.equal(symbolOfFile(path), symbol));
}

test('instrument: a pair -> spot with tick from its prices and a fine lot', () => {
  const pair = instrumentOf('FILE:BTCUSDT', { price: 2, quantity: 0 });
  assert.deepEqual(pair, {
    id: 'FILE:BTCUSDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    tick: '0.01',
    lot: '0.000001',
  });
  assert.equal(instrumentOf('FILE:BTCUSDT', { price: 2, quantity: 8 }).lot, '0.00000001');
});

test('instrument: no pair -> a share in dollars, whole pieces; steps as said win', () => {
  const share = instrumentOf('NASDAQ:GOOG', { price: 2, quantity: 0 });
  assert.deepEqual(
    [share.kind, share.base, share.quote, share.tick, share.lot],
    ['equity', 'GOOG', 'USD', '0.01', '1'],
  );
  assert.equal(instrumentOf('NASDAQ:GOOG', { price: 2, quantity: 0 }, { tick: '0.05', lot: '0.1' }).lot, '0.1');
});

test('trading days: daily shares without weekends -> an exchange calendar; with a Saturday, or by the hour -> not', () => {
  const monday = civilToMs(2024, 1, 1);
  const days = (offsets: readonly number[]) => barsFromRows(offsets.map((d) => [monday + d * DAY_MS, 1, 1, 1, 1, 1]));
  const instrument = instrumentOf('NASDAQ:GOOG', { price: 2, quantity: 0 });
  assert.equal(keepsWeekends({ instrument, timeframe: '1d', bars: days([0, 1, 2, 3, 4, 7]) }), true);
  assert.equal(keepsWeekends({ instrument, timeframe: '1d', bars: days([4, 5]) }), false);
  assert.equal(keepsWeekends({ instrument, timeframe: '1h', bars: days([0, 1]) }), false);
  assert.equal(
    keepsWeekends({ instrument: { ...instrument, kind: 'spot' }, timeframe: '1d', bars: days([0, 1]) }),
    false,
  );
});
