import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, HOUR_MS, parseTime } from '../vocabulary/time.ts';
import { ALWAYS_OPEN, exchangeSessions } from './calendar.ts';
import { dailyReturns, type EquityCurve, elapsedDays } from './equity-curve.ts';
import { bestAndWorst, monthlyTable, trailingReturn } from './period-returns.ts';
import { aggregateReturns, totalReturn } from './returns.ts';

const at = (text: string): number => parseTime(text)!;
const curve = (points: readonly (readonly [string, number])[], extra: Partial<EquityCurve> = {}): EquityCurve => ({
  timeMs: Float64Array.from(points, ([time]) => at(time)),
  equity: Float64Array.from(points, ([, equity]) => equity),
  ...extra,
});
const rounded = (values: Iterable<number>): number[] => Array.from(values, (v) => Number(v.toFixed(10)));

test('dailyReturns: intraday bars -> one return a day, from the first point on', () => {
  const { dayMs, returns } = dailyReturns(
    curve([
      ['2024-01-01 06:00', 100],
      ['2024-01-01 18:00', 110],
      ['2024-01-02 18:00', 99],
    ]),
  );
  assert.deepEqual([...dayMs], [at('2024-01-01'), at('2024-01-02')]);
  assert.deepEqual(rounded(returns), [0.1, -0.1]);
});

test('dailyReturns: a bar that closes at midnight -> belongs to the day before', () => {
  const { dayMs, returns } = dailyReturns(
    curve(
      [
        ['2024-01-02', 110],
        ['2024-01-03', 99],
      ],
      { initialEquity: 100 },
    ),
  );
  assert.deepEqual([...dayMs], [at('2024-01-01'), at('2024-01-02')]);
  assert.deepEqual(rounded(returns), [0.1, -0.1]);
});

test('dailyReturns: daily bars without an initial equity -> the first close is the beginning', () => {
  const { returns } = dailyReturns(
    curve([
      ['2024-01-02', 100],
      ['2024-01-03', 110],
    ]),
  );
  assert.deepEqual(rounded(returns), [0.1]);
});

test('dailyReturns: a weekend without bars -> flat days on 24/7, no days on sessions', () => {
  const week = curve(
    [
      ['2024-01-05 20:00', 110],
      ['2024-01-08 20:00', 121],
    ],
    { initialEquity: 100 },
  );
  assert.deepEqual(rounded(dailyReturns(week, ALWAYS_OPEN).returns), [0.1, 0, 0, 0.1]);
  assert.deepEqual(rounded(dailyReturns(week, exchangeSessions()).returns), [0.1, 0.1]);
});

test('dailyReturns: a point without a value -> the equity before it', () => {
  const { returns } = dailyReturns(
    curve(
      [
        ['2024-01-02', Number.NaN],
        ['2024-01-03', 110],
      ],
      { initialEquity: 100 },
    ),
  );
  assert.deepEqual(rounded(returns), [0, 0.1]);
});

test('dailyReturns: a first bar of a week -> its days before the close are flat ones; on sessions they are none', () => {
  const weekly = curve(
    [
      ['2024-01-08', 110],
      ['2024-01-15', 121],
    ],
    { initialEquity: 100, startMs: at('2024-01-01') },
  );
  const week = [0, 0, 0, 0, 0, 0, 0.1];
  const all = dailyReturns(weekly);
  assert.equal(all.dayMs[0], at('2024-01-01'));
  assert.deepEqual(rounded(all.returns), [...week, ...week]);
  assert.deepEqual(rounded(dailyReturns(weekly, exchangeSessions()).returns), [0.1, 0.1]);
});

test('dailyReturns: ruin -> a full loss once, then nothing', () => {
  const { returns } = dailyReturns(
    curve(
      [
        ['2024-01-02', 50],
        ['2024-01-03', 0],
        ['2024-01-04', 10],
      ],
      { initialEquity: 100 },
    ),
  );
  assert.deepEqual(rounded(returns), [-0.5, -1, 0]);
});

test('dailyReturns: a deposit -> no return of its own', () => {
  const { returns, equity } = dailyReturns(
    curve(
      [
        ['2024-01-02', 110],
        ['2024-01-03', 231],
      ],
      {
        initialEquity: 100,
        flows: [{ timeMs: at('2024-01-02 12:00'), amount: 100 }],
      },
    ),
  );
  // 110 + 100 = 210, then 231: 10 % again.
  assert.deepEqual(rounded(returns), [0.1, 0.1]);
  assert.deepEqual([...equity], [110, 231]);
});

test('dailyReturns: empty curve -> no returns', () => {
  assert.equal(dailyReturns(curve([])).returns.length, 0);
  assert.equal(elapsedDays(curve([])), 0);
});

test('dailyReturns: a finer curve of the same account -> the same daily returns', () => {
  const hours = 24 * 40;
  const start = at('2024-03-01');
  const path = Float64Array.from({ length: hours }, (_, i) => 1000 + 37 * Math.sin(i / 9) + i / 5);
  const hourly: EquityCurve = {
    timeMs: path.map((_, i) => start + (i + 1) * HOUR_MS),
    equity: path,
    initialEquity: 1000,
  };
  const keep = (_: number, i: number): boolean => (i + 1) % 24 === 0;
  const daily: EquityCurve = { timeMs: hourly.timeMs.filter(keep), equity: path.filter(keep), initialEquity: 1000 };
  assert.deepEqual(dailyReturns(hourly).returns, dailyReturns(daily).returns);
});

const YEARS = dailyReturns({
  timeMs: Float64Array.from({ length: 500 }, (_, i) => at('2023-01-01') + (i + 1) * DAY_MS),
  equity: Float64Array.from({ length: 500 }, (_, i) => 1000 + i + (i % 7)),
  initialEquity: 1000,
});

test('monthlyTable: years and months -> compound to the whole', () => {
  const table = monthlyTable(YEARS);
  assert.deepEqual(
    table.map((row) => row.year),
    [2023, 2024],
  );
  let whole = 1;
  for (const row of table) {
    const months = row.months.reduce<number>((growth, month) => growth * (1 + (month ?? 0)), 1);
    assert.ok(Math.abs(months - 1 - row.total) < 1e-12);
    whole *= months;
  }
  assert.ok(Math.abs(whole - 1 - Number(totalReturn(YEARS.returns))) < 1e-12);
  assert.equal(table[1]?.months[11], null, 'a month after the end is empty');
});

test('aggregateReturns: days around New Year -> ISO weeks from Monday', () => {
  const days = ['2020-12-31', '2021-01-03', '2021-01-04'].map(at);
  assert.deepEqual(
    aggregateReturns(days, [0.1, 0.1, 0.2], 'week').map(({ label, value }) => [label, Number(value.toFixed(12))]),
    [
      ['2020-W53', 0.21],
      ['2021-W01', 0.2],
    ],
  );
});

test('bestAndWorst: days -> the extremes with their dates', () => {
  const daily = dailyReturns(
    curve(
      [
        ['2024-01-02', 110],
        ['2024-01-03', 99],
        ['2024-01-04', 103],
      ],
      { initialEquity: 100 },
    ),
  );
  const found = bestAndWorst(daily, 'day');
  assert.equal(found?.best.label, '2024-01-01');
  assert.equal(found?.worst.label, '2024-01-02');
});

test('trailingReturn: windows -> from the first of the month or year, or the same day months back', () => {
  const last = YEARS.dayMs.length - 1;
  assert.equal(YEARS.dayMs[last], at('2024-05-14'));
  const from = (day: string): number => Number(totalReturn(YEARS.returns.filter((_, i) => YEARS.dayMs[i]! >= at(day))));
  assert.equal(trailingReturn(YEARS, 'MTD'), from('2024-05-01'));
  assert.equal(trailingReturn(YEARS, 'YTD'), from('2024-01-01'));
  assert.equal(trailingReturn(YEARS, '3M'), from('2024-02-15'));
  assert.equal(trailingReturn(YEARS, '1Y'), from('2023-05-15'));
  const short = { ...YEARS, dayMs: YEARS.dayMs.subarray(400), returns: YEARS.returns.subarray(400) };
  assert.equal(trailingReturn(short, '6M'), 'too-short');
});

test('trailingReturn: a curve that begins days after the window -> too short, unless those were no sessions', () => {
  const first = YEARS.dayMs.findIndex((day) => day >= at('2024-02-18'));
  const late = { ...YEARS, dayMs: YEARS.dayMs.subarray(first), returns: YEARS.returns.subarray(first) };
  assert.equal(trailingReturn(late, '3M'), 'too-short');
  assert.equal(trailingReturn({ ...late, calendar: exchangeSessions() }, '3M'), totalReturn(late.returns));
  const whole = { ...YEARS, dayMs: YEARS.dayMs.subarray(first - 3), returns: YEARS.returns.subarray(first - 3) };
  assert.equal(whole.dayMs[0], at('2024-02-15'));
  assert.equal(trailingReturn(whole, '3M'), totalReturn(whole.returns));
});
