import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BAR_FIELDS, type BarColumns, barsFromRows, type TradeColumns } from '../vocabulary/market-data.ts';
import { toHeikinAshi } from './heikin-ashi.ts';
import { barsFromTrades, type TradeBarRule, tradeBarBuilder } from './trade-bars.ts';

const rows = (bars: BarColumns): number[][] =>
  Array.from(bars.openTimeMs, (_, i) => BAR_FIELDS.map((field) => bars[field][i]!));

function tradesOf(list: readonly (readonly number[])[]): TradeColumns {
  const column = (k: number): Float64Array => Float64Array.from(list, (trade) => trade[k]!);
  return { timeMs: column(0), price: column(1), quantity: column(2), side: new Int8Array(list.length) };
}

/** Trades one second apart at these prices, one unit each. */
const at = (...prices: number[]): TradeColumns => tradesOf(prices.map((price, i) => [i * 1_000, price, 1]));

test('trade bars: time -> by the clock, closed by the first trade of a later bar, empty minutes left out', () => {
  const trades = tradesOf([
    [1_000, 10, 1],
    [59_999, 12, 2],
    [60_000, 11, 3],
    [60_000, 9, 1],
    [185_000, 10, 1],
  ]);
  const made = barsFromTrades(trades, { by: 'time', timeframe: '1m' });
  assert.deepEqual(rows(made.bars), [
    [0, 10, 12, 10, 12, 3],
    [60_000, 11, 11, 9, 9, 4],
  ]);
  assert.deepEqual([...made.closedBy], [2, 4]);
  assert.deepEqual(made.forming, { openTimeMs: 180_000, open: 10, high: 10, low: 10, close: 10, volume: 1 });
});

test('trade bars: ticks, volume, dollars -> closed by the trade that fills them, nothing split or carried over', () => {
  const trades = tradesOf([
    [0, 10, 3],
    [0, 11, 4],
    [0, 9, 1],
    [5, 10, 9],
    [6, 10, 1],
  ]);
  assert.deepEqual(rows(barsFromTrades(trades, { by: 'ticks', size: 2 }).bars), [
    [0, 10, 11, 10, 11, 7],
    [0.001, 9, 10, 9, 10, 10],
  ]);
  const volume = barsFromTrades(trades, { by: 'volume', size: 8 });
  assert.deepEqual(rows(volume.bars), [
    [0, 10, 11, 9, 9, 8],
    [5, 10, 10, 10, 10, 9],
  ]);
  assert.deepEqual([...volume.closedBy], [2, 3]);
  assert.deepEqual(
    rows(barsFromTrades(trades, { by: 'dollars', size: 74 }).bars).map((row) => row[5]),
    [7, 10],
  );
});

test('trade bars: range -> height reached, also where doubles fall a hair short', () => {
  assert.ok(100.3 - 100 < 0.3);
  const made = barsFromTrades(at(100, 100.2, 100.3, 100.29, 99.98, 99.9), { by: 'range', size: 0.3 });
  assert.deepEqual(
    rows(made.bars).map((row) => row.slice(1, 5)),
    [
      [100, 100.3, 100, 100.3],
      [100.29, 100.29, 99.98, 99.98],
    ],
  );
});

test('trade bars: renko -> bricks on the grid of the first price; against the last brick only past its other end', () => {
  const made = barsFromTrades(at(100, 101, 102, 101, 100.5, 100, 99, 101.9, 105), { by: 'renko', size: 1 });
  assert.deepEqual(
    rows(made.bars).map((row) => [row[1], row[4]]),
    [
      [100, 101],
      [101, 102],
      [101, 100],
      [100, 99],
      [100, 101],
      [101, 102],
      [102, 103],
      [103, 104],
      [104, 105],
    ],
  );
  assert.deepEqual([...made.closedBy], [1, 2, 5, 6, 7, 8, 8, 8, 8]);
  assert.equal(
    made.bars.volume.reduce((sum, v) => sum + v, 0),
    9,
  );
});

test('trade bars: a size that is none -> RangeError', () => {
  for (const size of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => tradeBarBuilder({ by: 'range', size }), RangeError);
  }
});

const RULES: readonly TradeBarRule[] = [
  { by: 'time', timeframe: '1m' },
  { by: 'time', timeframe: '1h', offsetMs: 1_800_000 },
  { by: 'ticks', size: 3 },
  { by: 'volume', size: 7.5 },
  { by: 'dollars', size: 500 },
  { by: 'range', size: 1.5 },
  { by: 'renko', size: 0.7 },
];

test('trade bars: ten trades of a tenth, whose sum is a hair below 1 in doubles -> a bar of 1', () => {
  const count = 40;
  const column = (value: number): Float64Array => new Float64Array(count).fill(value);
  const timeMs = Float64Array.from({ length: count }, (_, i) => i);
  const trades = { timeMs, price: column(3), quantity: column(0.1), side: new Int8Array(count) };
  assert.deepEqual([...barsFromTrades(trades, { by: 'volume', size: 1 }).closedBy], [9, 19, 29, 39]);
  assert.deepEqual([...barsFromTrades(trades, { by: 'dollars', size: 3 }).closedBy], [9, 19, 29, 39]);
  const short = { ...trades, quantity: column(0.0999999) };
  assert.deepEqual([...barsFromTrades(short, { by: 'volume', size: 1 }).closedBy], [10, 21, 32]);
});

test('trade bars: any trades -> stream cleared at each trade and batch agree; times rise; volume is all there; no price is made up', () => {
  const trade = fc.tuple(
    fc.integer({ min: 0, max: 40_000 }),
    fc.integer({ min: 90, max: 110 }),
    fc.integer({ min: 1, max: 9 }),
  );
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 200 }), fc.constantFrom(...RULES), (list, rule) => {
      let time = 0;
      const trades = tradesOf(
        list.map(([wait, price, quantity]) => {
          time += wait > 20_000 ? wait : 0;
          return [time, price, quantity];
        }),
      );
      const batch = barsFromTrades(trades, rule);
      const stream = tradeBarBuilder(rule);
      const streamed: number[][] = [];
      for (let i = 0; i < list.length; i++) {
        const closed = stream.next(trades.timeMs[i]!, trades.price[i]!, trades.quantity[i]!);
        assert.equal(closed, stream.closed.count);
        streamed.push(...rows(stream.closed.filled));
        stream.closed.clear();
      }
      assert.deepEqual(rows(batch.bars), streamed);
      assert.deepEqual(batch.forming, stream.forming());
      const times = batch.bars.openTimeMs;
      assert.ok(times.every((t, i) => i === 0 || t > times[i - 1]!));
      const total = batch.bars.volume.reduce((sum, v) => sum + v, 0) + (batch.forming?.volume ?? 0);
      assert.equal(
        total,
        list.reduce((sum, each) => sum + each[2], 0),
        'whole quantities add up exactly',
      );
      if (rule.by === 'renko') return;
      const prices = new Set(list.map((each) => each[1]));
      for (const [, ...bar] of rows(batch.bars)) for (const price of bar.slice(0, 4)) assert.ok(prices.has(price));
    }),
    { numRuns: 300 },
  );
});

test('heikin-ashi: three bars by hand -> averages of bodies', () => {
  const bars = barsFromRows([
    [0, 10, 14, 8, 12, 5],
    [1, 12, 13, 11, 12, 6],
    [2, 12, 20, 12, 20, 7],
  ]);
  assert.deepEqual(rows(toHeikinAshi(bars)), [
    [0, 11, 14, 8, 11, 5],
    [1, 11, 13, 11, 12, 6],
    [2, 11.5, 20, 11.5, 16, 7],
  ]);
});
