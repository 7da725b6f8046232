import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { zipSync } from 'fflate';
import { parseTime } from '../../../core/vocabulary/time.ts';
import { archiveFiles } from './archive-files.ts';
import { archiveBars, archiveTrades, checkArchive } from './archive-rows.ts';

const at = (text: string): number => parseTime(text)!;
const zipOf = (csv: string, name = 'x.csv'): Uint8Array => zipSync({ [name]: new TextEncoder().encode(csv) });
const ROOT = 'https://data.binance.vision/data';

describe('archive of Binance', () => {
  test('a range of bars -> days, whole months, days, without overlap', () => {
    const files = archiveFiles({
      ...{ product: 'spot', kind: 'klines', symbol: 'BTCUSDT', timeframe: '1m' },
      ...{ fromMs: at('2024-01-30'), toMs: at('2024-04-03 12:00'), nowMs: at('2024-04-20') },
    });
    assert.deepEqual(
      files.map((f) => f.name),
      [
        ...[
          'BTCUSDT-1m-2024-01-30.zip',
          'BTCUSDT-1m-2024-01-31.zip',
          'BTCUSDT-1m-2024-02.zip',
          'BTCUSDT-1m-2024-03.zip',
        ],
        ...['BTCUSDT-1m-2024-04-01.zip', 'BTCUSDT-1m-2024-04-02.zip', 'BTCUSDT-1m-2024-04-03.zip'],
      ],
    );
    assert.equal(files[0]!.url, `${ROOT}/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01-30.zip`);
    assert.equal(files[2]!.url, `${ROOT}/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-02.zip`);
    assert.equal(files[2]!.checksumUrl, `${files[2]!.url}.CHECKSUM`);
    assert.deepEqual([files[2]!.fromMs, files[2]!.toMs], [at('2024-02-01'), at('2024-03-01')]);
    assert.ok(files.every((f, i) => i === 0 || f.fromMs === files[i - 1]!.toMs));
  });

  test('what is not published yet -> in no file', () => {
    const files = archiveFiles({
      ...{ product: 'usdm', kind: 'trades', symbol: 'ETHUSDT' },
      ...{ fromMs: at('2024-03-25'), toMs: at('2024-04-10'), nowMs: at('2024-04-03 06:00') },
    });
    assert.deepEqual(
      files.map((f) => f.name.slice(-14, -4)),
      ['25', '26', '27', '28', '29', '30', '31'].map((d) => `2024-03-${d}`).concat('2024-04-01'),
    );
    assert.equal(files[0]!.url, `${ROOT}/futures/um/daily/trades/ETHUSDT/ETHUSDT-trades-2024-03-25.zip`);
  });

  test('weeks -> months only', () => {
    const files = archiveFiles({
      ...{ product: 'spot', kind: 'klines', symbol: 'BTCUSDT', timeframe: '1w' },
      ...{ fromMs: at('2024-02-28'), toMs: at('2024-04-10'), nowMs: at('2024-04-20') },
    });
    assert.deepEqual(
      files.map((f) => f.name),
      ['BTCUSDT-1w-2024-02.zip', 'BTCUSDT-1w-2024-03.zip'],
    );
  });

  test('klines without a timeframe -> RangeError', () => {
    const range = { fromMs: 0, toMs: 1, nowMs: at('2024-01-01') };
    assert.throws(() => archiveFiles({ product: 'spot', kind: 'klines', symbol: 'BTCUSDT', ...range }), RangeError);
  });

  test('bars: ms without a header, µs without one, ms with one -> the same bars', () => {
    const rest = '3.5,4.5,2.5,4.0,10.25';
    const ms = `1735689600000,${rest},1735689659999,1,2,3,4,0\n1735689660000,${rest},1735689719999,1,2,3,4,0\n`;
    const us = `1735689600000000,${rest},1735689659999999,1,2,3,4,0\n1735689660000000,${rest},1735689719999999,1,2,3,4,0\n`;
    const header =
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';
    for (const csv of [ms, us, header + ms, (header + ms).replaceAll('\n', '\r\n'), ms.trimEnd()]) {
      const bars = archiveBars(zipOf(csv), 'x.zip');
      assert.deepEqual(Array.from(bars.openTimeMs), [1735689600000, 1735689660000]);
      assert.deepEqual(
        [bars.open[1], bars.high[1], bars.low[1], bars.close[1], bars.volume[1]],
        [3.5, 4.5, 2.5, 4, 10.25],
      );
    }
    assert.equal(archiveBars(zipOf(''), 'x.zip').open.length, 0);
  });

  test('trades and aggregates -> ids, times with their microseconds, taker sides', () => {
    const trades = archiveTrades(
      zipOf('77,100.5,0.25,25.125,1735689600123456,True,True\n78,100.6,1,100.6,1735689600123457,False,True\n'),
      'x',
      'trades',
    );
    assert.deepEqual(Array.from(trades.id), [77, 78]);
    assert.deepEqual(Array.from(trades.timeMs), [1735689600123.456, 1735689600123.457]);
    assert.deepEqual(Array.from(trades.side), [-1, 1]);
    const header = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n';
    const aggregates = archiveTrades(zipOf(`${header}5,100.5,0.25,8,9,1735689600123,false\n`), 'x', 'aggTrades');
    assert.deepEqual(
      [aggregates.id[0], aggregates.price[0], aggregates.quantity[0], aggregates.side[0]],
      [5, 100.5, 0.25, 1],
    );
  });

  test('files that are wrong -> the error names file, line and what was found', () => {
    const good = '1735689600000,3,4,2,4,10,1735689659999,1,2,3,4,0';
    assert.throws(() => archiveBars(zipOf(`${good}\n1,2\n`), 'f.zip'), {
      code: 'columns-wrong',
      file: 'f.zip',
      line: 2,
    });
    assert.throws(() => archiveBars(zipOf(good.replace(',4,2,', ',NaN,2,')), 'f.zip'), {
      code: 'bad-number',
      found: 'NaN',
    });
    assert.throws(() => archiveBars(zipOf(good.replace(',4,2,', ',1e999,2,')), 'f.zip'), {
      code: 'bad-number',
      line: 1,
    });
    assert.throws(() => archiveTrades(zipOf('1,2,3,4,5,maybe'), 'f.zip', 'trades'), {
      code: 'bad-side',
      found: 'maybe',
    });
    assert.throws(() => archiveBars(new Uint8Array(10), 'f.zip'), { code: 'file-damaged' });
    assert.throws(() => archiveBars(zipOf(good, 'x.txt'), 'f.zip'), { code: 'file-damaged' });
    const cut = zipOf(`${good}\n`.repeat(100));
    cut[60]! ^= 0xff;
    assert.throws(() => archiveBars(cut, 'f.zip'), { code: 'file-damaged' });
  });

  test('checksum -> taken where it fits, refused where file or name differ', () => {
    const zip = zipOf('1');
    const sum = createHash('sha256').update(zip).digest('hex');
    checkArchive(zip, `${sum}  f.zip\n`, 'f.zip');
    checkArchive(zip, `${sum.toUpperCase()} *f.zip`, 'f.zip');
    assert.throws(() => checkArchive(zip, `${sum}  g.zip`, 'f.zip'), { code: 'file-damaged' });
    assert.throws(() => checkArchive(zip, `${'0'.repeat(64)}  f.zip`, 'f.zip'), { code: 'file-damaged' });
    assert.throws(() => checkArchive(zip, '', 'f.zip'), { code: 'file-damaged' });
  });
});
