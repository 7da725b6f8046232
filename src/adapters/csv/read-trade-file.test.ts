import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dataMissing, sharedData } from '../../../test/shared-data.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { barsFromTrades } from '../../core/market/trade-bars.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import { readBarFile } from './read-bar-file.ts';
import { readTradeFile } from './read-trade-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-trades-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string): number[][] {
  const path = join(folder, 'trades.csv');
  writeFileSync(path, text);
  const { trades } = readTradeFile(path);
  return Array.from(trades.timeMs, (t, i) => [t, trades.price[i]!, trades.quantity[i]!, trades.side[i]!]);
}

const EXPECTED = [
  [1_700_000_000_123, 10.5, 0.25, -1],
  [1_700_000_000_123, 11, 2, 1],
];

test('trade file: headers, archives and flags -> time, price, quantity and the side of the taker', () => {
  assert.deepEqual(
    read('ts,id,side,price,amount\n1700000000123,1,sell,10.5,0.25\n1700000000123,2,BUY,11,2\n'),
    EXPECTED,
  );
  assert.deepEqual(
    read(
      'ts_us,trade_id,price,quantity,buyer_maker\n1700000000123000,1,10.5,0.25,True\n1700000000123000,2,11,2,False\n',
    ),
    EXPECTED,
  );
  assert.deepEqual(read('1,10.5,0.25,2.6,1700000000123,true,true\n2,11,2,22,1700000000123,false,true\n'), EXPECTED);
  assert.deepEqual(read('1,10.5,0.25,7,7,1700000000123,true,true\n2,11,2,8,8,1700000000123,false,true\n'), EXPECTED);
  assert.deepEqual(read('unix,price,size\n1700000000,1,2\n'), [[1_700_000_000_000, 1, 2, 0]]);
});

test('trade file: a side that is none, a time that falls -> typed errors with the line', () => {
  const isAt = (code: string, line: number) => (error: unknown) =>
    error instanceof DataFileError && error.code === code && error.line === line;
  assert.throws(() => read('ts,side,price,amount\n1700000000123,up,10.5,0.25\n'), isAt('bad-side', 2));
  assert.throws(() => read('ts,price,amount\n1700000000123,1,1\n1700000000122,1,1\n'), isAt('bad-time', 3));
});

const rows = (bars: BarColumns): number[][] =>
  Array.from(bars.openTimeMs, (_, i) => BAR_FIELDS.map((field) => bars[field][i]!));
const TRADES = 'ticks/freqtrade_XRP_ETH_trades.csv.gz';

for (const [timeframe, path, count] of [
  ['1m', 'ohlcv/freqtrade/XRP_ETH_1m.csv.gz', 2_469],
  ['5m', 'ohlcv/freqtrade/XRP_ETH_5m.csv.gz', 706],
] as const) {
  test(`trade file: trades_to_${timeframe} -> freqtrade's bars, volume included`, {
    skip: dataMissing(TRADES) || dataMissing(path),
  }, () => {
    const made = barsFromTrades(readTradeFile(sharedData(TRADES)!).trades, { by: 'time', timeframe });
    const mine = [...rows(made.bars), BAR_FIELDS.map((field) => made.forming![field])];
    const theirs = rows(readBarFile(sharedData(path)!).bars);
    assert.equal(theirs.length, count);
    assert.deepEqual(mine, theirs);
  });
}

for (const [path, first] of [
  ['ticks/bitstamp_BTCUSD_trades_2011.csv.gz', [1_315_922_016_000, 5.8, 1, 0]],
  ['ticks/nautilus_binance_BTCUSDT_trades_20210108.csv.gz', [1_610_064_000_278, 39_432.48, 0.000263, -1]],
] as const) {
  test(`trade file: ${path} -> read to the end`, { skip: dataMissing(path) }, () => {
    const { trades } = readTradeFile(sharedData(path)!);
    assert.deepEqual([trades.timeMs[0], trades.price[0], trades.quantity[0], trades.side[0]], first);
    assert.ok(trades.price.every((price) => price > 0) && trades.timeMs.length > 1_000);
  });
}
