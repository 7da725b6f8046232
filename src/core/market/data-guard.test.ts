import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { DAY_MS, MINUTE_MS, parseTime, type Timeframe, timeframe } from '../vocabulary/time.ts';
import { DataGuard, type GuardOptions } from './data-guard.ts';
import type { FindingCode } from './finding.ts';
import { inspectBars } from './quality-report.ts';
import { sessionGrid } from './session-calendar.ts';
import { inferTimeframe } from './spacing.ts';

const GOOD = [10, 12, 9, 11, 5];
const minute = (k: number, values: readonly number[] = GOOD): number[] => [k * MINUTE_MS, ...values];
const MINUTES: GuardOptions = { timeframe: timeframe('1m') };

const codes = (rows: number[][], options: GuardOptions = MINUTES): (readonly [string, number])[] =>
  inspectBars(barsFromRows(rows), options).findings.map((finding) => [finding.code, finding.row]);

test('data guard: good bars -> nothing found, full coverage', () => {
  const report = inspectBars(barsFromRows([0, 1, 2, 3].map((k) => minute(k))), MINUTES);
  assert.deepEqual([report.findings, report.gaps, report.counts, report.coverage], [[], [], {}, 1]);
});

const BAD: readonly (readonly [title: string, row: number[], codes: FindingCode[]])[] = [
  ['high below low', minute(1, [10, 9, 11, 10, 5]), ['high-below-low']],
  ['open above high', minute(1, [13, 12, 9, 11, 5]), ['open-outside-range']],
  ['open and close outside', minute(1, [8, 12, 9, 13, 5]), ['open-outside-range', 'close-outside-range']],
  ['a price of zero', minute(1, [10, 12, 0, 11, 5]), ['price-not-positive']],
  ['a negative price', minute(1, [-1, 12, -2, 11, 5]), ['price-not-positive']],
  ['negative volume', minute(1, [10, 12, 9, 11, -5]), ['volume-negative']],
  ['no volume', minute(1, [10, 12, 9, 11, 0]), ['zero-volume']],
  ['the same again', minute(0), ['bar-duplicate']],
  ['the same time, other values', minute(0, [10, 12, 9, 10, 5]), ['bar-conflict']],
  ['an earlier time', minute(-1), ['bar-out-of-order']],
  ['half a minute late on the grid', [1.5 * MINUTE_MS, ...GOOD], ['bar-misaligned']],
];

for (const [title, row, expected] of BAD) {
  test(`data guard: ${title} -> ${expected.join(', ')}`, () => {
    assert.deepEqual(
      codes([minute(0), row]),
      expected.map((code) => [code, 1]),
    );
  });
}

test('data guard: NaN or infinity in any field -> not-a-number, once a bar', () => {
  for (let field = 0; field < 6; field++) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const row = minute(1);
      row[field] = value;
      const found = codes([minute(0), row]).filter(([code]) => code === 'not-a-number');
      assert.deepEqual(found, [['not-a-number', 1]], `field ${field} ${value}`);
    }
  }
});

test('data guard: a bar out of order -> the bars after it are judged by the series, not by it', () => {
  assert.deepEqual(codes([minute(0), minute(5), minute(1), minute(6)]), [
    ['bar-gap', 1],
    ['bar-out-of-order', 2],
  ]);
});

test('data guard: gaps -> counted, with first missing and next present bar', () => {
  const report = inspectBars(barsFromRows([0, 1, 4, 5, 7].map((k) => minute(k))), MINUTES);
  assert.deepEqual(report.gaps, [
    { fromMs: 2 * MINUTE_MS, toMs: 4 * MINUTE_MS, missing: 2 },
    { fromMs: 6 * MINUTE_MS, toMs: 7 * MINUTE_MS, missing: 1 },
  ]);
  assert.deepEqual([report.counts, report.expected, report.coverage], [{ 'bar-gap': 2 }, 8, 5 / 8]);
});

test('data guard: months and sessions -> no gap where the calendar has none', () => {
  const day = (text: string): number[] => [parseTime(text)!, ...GOOD];
  const months = ['2024-01-01', '2024-02-01', '2024-03-01', '2024-05-01'].map(day);
  assert.deepEqual(codes(months, { timeframe: timeframe('1mo') }), [['bar-gap', 3]]);
  const grid = sessionGrid({
    name: 'test',
    sessions: [{ openMinute: 600, closeMinute: 960 }],
    weekdays: [1, 2, 3, 4, 5],
    holidays: ['2024-01-10'],
    halfDays: {},
    utcOffsets: [],
  });
  const days = ['2024-01-05', '2024-01-08', '2024-01-09', '2024-01-11', '2024-01-15'].map((text) =>
    day(`${text}T10:00:00Z`),
  );
  const report = inspectBars(barsFromRows(days), { timeframe: timeframe('1d'), grid });
  assert.deepEqual(report.gaps, [
    { fromMs: parseTime('2024-01-12T10:00:00Z'), toMs: parseTime('2024-01-15T10:00:00Z'), missing: 1 },
  ]);
});

test('data guard: the future, lateness -> told by the times handed in', () => {
  assert.deepEqual(codes([minute(0), minute(1), minute(2)], { ...MINUTES, nowMs: MINUTE_MS }), [['time-in-future', 2]]);
  const guard = new DataGuard({ ...MINUTES, lateAfterMs: 500 });
  assert.equal(guard.check(0, 10, 12, 9, 11, 5, MINUTE_MS + 500), 0);
  assert.equal(guard.check(MINUTE_MS, 10, 12, 9, 11, 5, 2 * MINUTE_MS + 501), 1);
  assert.equal(guard.findings[0]!.code, 'bar-late');
});

test('data guard: prices at or below zero, allowed -> nothing found', () => {
  assert.deepEqual(codes([minute(0), minute(1, [-1, 2, -2, 0, 5])], { ...MINUTES, allowNonPositivePrices: true }), []);
});

test('data guard: a bad print among small moves -> spike; the same move after such moves -> none', () => {
  const quiet = Array.from({ length: 60 }, (_, k) => {
    const close = 100 + (k % 5) / 10;
    return minute(k, [close, close + 0.1, close - 0.1, close, 1]);
  });
  const spike = minute(60, [100, 112, 100, 100, 1]);
  assert.deepEqual(codes([...quiet, spike, minute(61, [100, 100.1, 99.9, 100, 1])]), [['spike', 60]]);
  const wild = Array.from({ length: 60 }, (_, k) => {
    const close = k % 2 === 0 ? 100 : 108;
    return minute(k, [close, close, close, close, 1]);
  });
  assert.deepEqual(codes([...wild, minute(60, [100, 112, 100, 100, 1])]), []);
  assert.deepEqual(codes([...quiet, spike], { ...MINUTES, spikes: false }), []);
});

test('data guard: finer bars than said -> timeframe-mismatch', () => {
  assert.deepEqual(codes([minute(0), minute(60), minute(61), minute(62)], { timeframe: timeframe('1h') }).at(-1), [
    'timeframe-mismatch',
    0,
  ]);
});

test('data guard: bars of a coarser grid than said -> timeframe-mismatch; thin ones of the grid -> not', () => {
  const hours = Array.from({ length: 24 }, (_, k) => minute(k * 60));
  assert.deepEqual(codes(hours, { timeframe: timeframe('1m') }).at(-1), ['timeframe-mismatch', 0]);
  const mismatch = (rows: number[][]): boolean =>
    codes(rows, { timeframe: timeframe('1m') }).some(([code]) => code === 'timeframe-mismatch');
  assert.equal(mismatch([...hours, minute(24 * 60 + 1)]), false, 'one minute of its own is enough');
  assert.equal(mismatch(Array.from({ length: 20 }, (_, k) => minute(k * 2))), false, 'every second minute by chance');
  assert.equal(mismatch([minute(0), minute(60), minute(120)]), false, 'too few to tell');
});

test('data guard: more findings of a code than asked for -> cut, the count stays exact', () => {
  const report = inspectBars(barsFromRows([0, 1, 2, 3].map((k) => minute(k, [13, 12, 9, 11, 5]))), {
    ...MINUTES,
    findingsPerCode: 2,
  });
  assert.deepEqual([report.findings.length, report.counts, report.errors], [2, { 'open-outside-range': 4 }, 4]);
});

test('data guard: any bars -> errors if and only if a plain reading of the rules finds one', () => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, 1 / 0) },
  );
  const row = fc.tuple(fc.integer({ min: 0, max: 3 }), value, value, value, value, value);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), (list) => {
      let last = Number.NEGATIVE_INFINITY;
      let previous: readonly number[] = [];
      let bad = 0;
      const rows = list.map(([step, ...values], i) => [(i + step - 1) * MINUTE_MS, ...values]);
      for (const each of rows) {
        const [t = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = each;
        const finite = each.every(Number.isFinite);
        const shaped = low <= Math.min(open, close) && high >= Math.max(open, close) && low > 0 && volume >= 0;
        const repeated = t === last && each.every((x, k) => x === previous[k]);
        if (!finite || !shaped || t < last || (t === last && !repeated)) bad++;
        if (t > last) {
          last = t;
          previous = each;
        }
      }
      assert.equal(inspectBars(barsFromRows(rows), MINUTES).errors > 0, bad > 0);
    }),
    { numRuns: 2_000 },
  );
});

test('spacing: times with gaps, months, disorder -> the timeframe most bars agree on', () => {
  const infer = (...times: number[]): Timeframe | null => inferTimeframe(Float64Array.from(times));
  assert.equal(infer(0, 60_000, 120_000, 600_000), '1m');
  assert.equal(infer(3 * DAY_MS, 2 * DAY_MS, DAY_MS), '1d');
  assert.equal(infer(0, 31 * DAY_MS, 59 * DAY_MS, 90 * DAY_MS), '1mo');
  assert.equal(infer(0, 7 * DAY_MS, 14 * DAY_MS), '1w');
  assert.equal(infer(0, 90_000, 180_000), '90s');
  assert.equal(infer(0, 4 * 3_600_000, 8 * 3_600_000), '4h');
  assert.equal(infer(0, 250, 500), null);
  assert.equal(infer(5), null);
  assert.equal(infer(170_053_600_000, 1_700_000_000_000), null, 'decades in seconds, 1529946400s, are no timeframe');
});
