import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataMissing, sharedData } from '../../../test/shared-data.ts';
import { rollUpBars } from '../../core/market/roll-up.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import { barOpen, DAY_MS, parseTime, timeframe } from '../../core/vocabulary/time.ts';
import { readBarFile } from './read-bar-file.ts';

const rows = (bars: BarColumns): number[][] =>
  Array.from(bars.openTimeMs, (_, i) => BAR_FIELDS.map((field) => bars[field][i]!));

/** Bars of two sets by open time: how many both have and how many of those agree in each field. */
function compare(mine: BarColumns, theirs: BarColumns, fields: readonly (keyof BarColumns)[]) {
  const index = new Map(Array.from(theirs.openTimeMs, (t, i) => [t, i]));
  let compared = 0;
  let equal = 0;
  mine.openTimeMs.forEach((t, i) => {
    const k = index.get(t);
    if (k === undefined) return;
    compared++;
    if (fields.every((field) => mine[field][i] === theirs[field][k])) equal++;
  });
  return { compared, equal };
}

const OHLC = ['open', 'high', 'low', 'close'] as const;
const load = (path: string): BarColumns => readBarFile(sharedData(path)!).bars;

/** `cross_source_oracles.json`: buckets compared include the last, unfinished one, which is not a closed bar here. */
const EXCHANGE_MADE = [
  {
    id: 'binance_1h_to_4h',
    base: '1h',
    from: 'ohlcv/binance/BTCUSDT_1h_2021-2026.csv.gz',
    target: '4h',
    to: 'ohlcv/binance/BTCUSDT_4h_2020-2026.csv.gz',
    compared: 10_963,
    equal: 10_961,
  },
  {
    id: 'binance_1h_to_1d',
    base: '1h',
    from: 'ohlcv/binance/BTCUSDT_1h_2021-2026.csv.gz',
    target: '1d',
    to: 'ohlcv/binance/BTCUSDT_1d_2020-2026.csv.gz',
    compared: 1_828,
    equal: 1_827,
  },
  {
    id: 'binance_1m_to_1h',
    base: '1m',
    from: 'ohlcv/binance/BTCUSDT_1m_2021-02-19_week.csv.gz',
    target: '1h',
    to: 'ohlcv/binance/BTCUSDT_1h_2017-2024.csv.gz',
    compared: 168,
    equal: 168,
  },
  {
    id: 'binance_5m_to_1h',
    base: '5m',
    from: 'ohlcv/binance/BTCUSDT_5m.csv.gz',
    target: '1h',
    to: 'ohlcv/binance/BTCUSDT_1h_2017-2024.csv.gz',
    compared: 10_146,
    equal: 10_145,
  },
] as const;

for (const { id, base, from, target, to, compared, equal } of EXCHANGE_MADE) {
  test(`roll-up: ${id} -> the exchange's own bars`, { skip: dataMissing(from) || dataMissing(to) }, () => {
    const [rolled] = rollUpBars(base, load(from), [target]);
    const theirs = load(to);
    const closed = compare(rolled!.bars, theirs, OHLC);
    const forming = rolled!.forming !== null && theirs.openTimeMs.includes(rolled!.forming.openTimeMs) ? 1 : 0;
    assert.equal(closed.compared + forming, compared);
    assert.equal(closed.equal, equal);
  });
}

const MINUTE_WEEK = EXCHANGE_MADE[2];
test('roll-up: binance_1m_to_1h volume -> the exchange to its six decimals', {
  skip: dataMissing(MINUTE_WEEK.from) || dataMissing(MINUTE_WEEK.to),
}, () => {
  const [rolled] = rollUpBars('1m', load(MINUTE_WEEK.from), ['1h']);
  const theirs = load(MINUTE_WEEK.to);
  const rounded = { ...rolled!.bars, volume: rolled!.bars.volume.map((v) => Number(v.toFixed(6))) };
  assert.deepEqual(compare(rounded, theirs, ['volume']), { compared: 168, equal: 168 });
});

const DAYS_2006 = 'ohlcv/backtrader/SX5E_1d_2006.csv';
for (const [target, path] of [
  ['1w', 'ohlcv/backtrader/SX5E_1w_2006.csv'],
  ['1mo', 'ohlcv/backtrader/SX5E_1mo_2006.csv'],
] as const) {
  test(`roll-up: daily_to_weekly_monthly ${target} -> backtrader's bars, whose dates are the last trading day`, {
    skip: dataMissing(path),
  }, () => {
    const days = load(DAYS_2006);
    const [rolled] = rollUpBars('1d', days, [target]);
    const { bars, forming } = rolled!;
    const mine = [...rows(bars), ...(forming === null ? [] : [BAR_FIELDS.map((field) => forming[field])])];
    const theirs = rows(load(path)).map((row) => [barOpen(timeframe(target), row[0]!), ...row.slice(1)]);
    assert.deepEqual(mine, theirs);
    assert.ok(
      forming !== null && forming.openTimeMs < parseTime('2006-12-29')! + DAY_MS,
      'the year ends inside the last bar',
    );
  });
}

for (const [a, b, common] of [
  ['ohlcv/binance/BTCUSDT_1h_2017-2024.csv.gz', 'ohlcv/binance/BTCUSDT_1h_2021-2026.csv.gz', 26_739],
  ['ohlcv/lean/binance_BTCUSDT_1h.csv.gz', 'ohlcv/binance/BTCUSDT_1h_2017-2024.csv.gz', 120],
] as const) {
  test(`bar file: one series from two sources (${common} hours) -> no bar differs`, {
    skip: dataMissing(a) || dataMissing(b),
  }, () => {
    assert.deepEqual(compare(load(a), load(b), OHLC), { compared: common, equal: common });
  });
}
