import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BAR_FIELDS, type BarColumns, barsFromRows } from '../vocabulary/market-data.ts';
import { barClose, barOpen, MINUTE_MS, parseTime, type Timeframe, timeframe } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { type RolledBars, rollUpBars } from './roll-up.ts';
import { RollUp } from './roll-up-stream.ts';
import { type SessionCalendar, sessionGrid } from './session-calendar.ts';

const rows = (bars: BarColumns): number[][] =>
  Array.from(bars.openTimeMs, (_, i) => BAR_FIELDS.map((field) => bars[field][i]!));

/** The stream's answer in the batch's form. */
function streamed(base: Timeframe, bars: BarColumns, targets: readonly Timeframe[], grid: BarGrid) {
  const stream = new RollUp(base, targets, grid);
  const out = targets.map((text) => ({ timeframe: text, bars: [] as number[][], closedAt: [] as number[] }));
  for (const [i, row] of rows(bars).entries()) {
    const closed = stream.next(row[0]!, row[1]!, row[2]!, row[3]!, row[4]!, row[5]!);
    for (let k = 0; k < closed; k++) {
      const target = out[stream.closedTarget[k]!]!;
      target.bars.push(BAR_FIELDS.map((field) => stream.closedBars[field][k]!));
      target.closedAt.push(i);
    }
  }
  return out.map((each, k) => ({ ...each, forming: stream.forming(k) }));
}

const plain = (rolled: readonly RolledBars[]) =>
  rolled.map((each) => ({ ...each, bars: rows(each.bars), closedAt: [...each.closedAt] }));

const M = (text: string): number => parseTime(text)!;

test('roll-up: five minutes, one absent at the end -> the bar closes with the first later base bar', () => {
  const at = M('2024-01-01T00:00:00Z');
  const minute = (k: number): number[] => [at + k * MINUTE_MS, 10 + k, 12 + k, 9 - k, 11 + k, k + 1];
  const bars = barsFromRows([0, 1, 2, 3, 6, 7, 8, 9, 14, 15].map(minute));
  const [five] = rollUpBars('1m', bars, ['5m']);
  assert.deepEqual(rows(five!.bars), [
    [at, 10, 15, 6, 14, 10],
    [at + 5 * MINUTE_MS, 16, 21, 0, 20, 34],
    [at + 10 * MINUTE_MS, 24, 26, -5, 25, 15],
  ]);
  assert.deepEqual([...five!.closedAt], [4, 7, 8], 'minute 4 is absent: minute 6 shows that its time has passed');
  assert.deepEqual(five!.forming, {
    openTimeMs: at + 15 * MINUTE_MS,
    open: 25,
    high: 27,
    low: -6,
    close: 26,
    volume: 16,
  });
});

test('roll-up: one base bar shows a late bar and makes up another -> both close with it, the older first', () => {
  const bars = barsFromRows([
    [0, 1, 1, 1, 1, 1],
    [3 * MINUTE_MS, 2, 2, 2, 2, 2],
  ]);
  const stream = new RollUp('1m', ['2m']);
  assert.equal(stream.next(0, 1, 1, 1, 1, 1), 0);
  assert.equal(stream.next(3 * MINUTE_MS, 2, 2, 2, 2, 2), 2);
  assert.deepEqual([...stream.closedBars.openTimeMs], [0, 2 * MINUTE_MS]);
  assert.deepEqual([...rollUpBars('1m', bars, ['2m'])[0]!.closedAt], [1, 1]);
});

test('roll-up: timeframes that base bars straddle, base bars that go back -> RangeError', () => {
  const none = barsFromRows([]);
  for (const [base, target] of [
    ['3m', '5m'],
    ['1w', '1mo'],
    ['7d', '1w'],
    ['1h', '30m'],
    ['1mo', '1d'],
    ['2mo', '3mo'],
  ] as const) {
    assert.throws(() => rollUpBars(base, none, [target]), RangeError, `${base} to ${target}`);
  }
  const stream = new RollUp('1m', ['5m']);
  stream.next(MINUTE_MS, 1, 1, 1, 1, 1);
  assert.throws(() => stream.next(0, 1, 1, 1, 1, 1), RangeError);
});

test('roll-up: an hour offset of the day -> days open at that hour', () => {
  const start = M('2024-01-01T20:00:00Z');
  const bars = barsFromRows(Array.from({ length: 30 }, (_, k) => [start + k * 60 * MINUTE_MS, 1, 2, 1, 1, 1]));
  const [day] = rollUpBars('1h', bars, ['1d'], utcGrid(22 * 60 * MINUTE_MS));
  assert.deepEqual(
    rows(day!.bars).map((row) => [row[0], row[5]]),
    [
      [M('2023-12-31T22:00:00Z'), 2],
      [M('2024-01-01T22:00:00Z'), 24],
    ],
  );
});

const TARGETS = ['2m', '5m', '15m', '1h', '4h', '1d', '1w', '1mo', '3mo', '2w', '3d'] as const;
const steps = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 100_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0.5, 1.25) },
);
const series = fc
  .tuple(
    fc.integer({ min: 0, max: 3_000_000 }),
    fc.array(
      fc.tuple(steps, fc.double({ min: 1, max: 100, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })),
      { maxLength: 120 },
    ),
  )
  .map(([start, parts]) => {
    let at = start * 10 * MINUTE_MS;
    return barsFromRows(
      parts.map(([step, price, spread]) => {
        at += step * MINUTE_MS;
        return [at, price, price + spread, price - spread / 3, price + spread / 2, spread / 7];
      }),
    );
  });

test('roll-up: any bars, any set of timeframes -> stream and batch agree to the bit, and each timeframe with itself alone', () => {
  fc.assert(
    fc.property(
      series,
      fc.subarray([...TARGETS], { minLength: 1 }),
      fc.constantFrom(0, 22 * 60 * MINUTE_MS, -5.5 * 60 * MINUTE_MS),
      (bars, targets, offset) => {
        const grid = utcGrid(offset);
        const batch = plain(rollUpBars('1m', bars, targets, grid));
        assert.deepEqual(streamed('1m', bars, targets, grid), batch);
        for (const [k, target] of targets.entries()) {
          assert.deepEqual(plain(rollUpBars('1m', bars, [target], grid))[0], batch[k]);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('roll-up: any bars on the grid -> each higher bar is what a search of its base bars gives', () => {
  const onGrid = series.filter((bars) => bars.openTimeMs.every((t) => t % MINUTE_MS === 0));
  fc.assert(
    fc.property(onGrid, fc.constantFrom(...TARGETS), (bars, target) => {
      const spec = timeframe(target);
      const [rolled] = rollUpBars('1m', bars, [target]);
      const all = rows(bars);
      for (const [g, bar] of rows(rolled!.bars).entries()) {
        const close = barClose(spec, bar[0]!);
        const inside = all.filter((row) => barOpen(spec, row[0]!) === bar[0]);
        const volume = inside.reduce((sum, row) => sum + row[5]!, 0);
        const [highs, lows] = [2, 3].map((k) => inside.map((row) => row[k]!));
        assert.deepEqual(bar.slice(1), [
          inside[0]![1],
          Math.max(...highs!),
          Math.min(...lows!),
          inside.at(-1)![4],
          volume,
        ]);
        assert.equal(
          rolled!.closedAt[g],
          all.findIndex((row) => row[0]! + MINUTE_MS >= close),
        );
      }
    }),
    { numRuns: 300 },
  );
});

const NEW_YORK: SessionCalendar = {
  name: 'New York',
  sessions: [{ openMinute: 570, closeMinute: 960 }],
  weekdays: [1, 2, 3, 4, 5],
  holidays: ['2024-01-01', '2024-03-29', '2024-07-04'],
  halfDays: { '2024-07-03': 780 },
  utcOffsets: [
    { from: '2023-11-05', minutes: -300 },
    { from: '2024-03-10', minutes: -240 },
    { from: '2024-11-03', minutes: -300 },
  ],
};

test('session calendar: hours, days, weeks and months of an exchange -> spans from its opens to its closes', () => {
  const grid = sessionGrid(NEW_YORK);
  const hour = timeframe('1h');
  const span = (text: Timeframe, at: string): string[] => {
    const open = grid.open(timeframe(text), M(at));
    return [open, grid.close(timeframe(text), open)].map((t) => new Date(t).toISOString().slice(0, 16));
  };
  assert.deepEqual(span('1h', '2024-01-05T15:40Z'.replace('Z', ':00Z')), ['2024-01-05T15:30', '2024-01-05T16:30']);
  assert.deepEqual(
    span('1h', '2024-01-05T20:40:00Z'),
    ['2024-01-05T20:30', '2024-01-05T21:00'],
    'the last hour is half a one',
  );
  assert.deepEqual(span('1d', '2024-01-05T20:40:00Z'), ['2024-01-05T14:30', '2024-01-05T21:00']);
  assert.deepEqual(span('1d', '2024-03-11T13:30:00Z'), ['2024-03-11T13:30', '2024-03-11T20:00'], 'summer time');
  assert.deepEqual(span('1d', '2024-07-03T14:00:00Z'), ['2024-07-03T13:30', '2024-07-03T17:00'], 'half day');
  assert.deepEqual(span('1w', '2024-03-27T14:00:00Z'), ['2024-03-25T13:30', '2024-03-28T20:00'], 'Good Friday');
  assert.deepEqual(span('1mo', '2024-01-05T15:00:00Z'), ['2024-01-02T14:30', '2024-01-31T21:00']);
  for (const closed of [
    '2024-01-01T15:00:00Z',
    '2024-01-05T14:29:00Z',
    '2024-01-05T21:00:00Z',
    '2024-01-06T15:00:00Z',
  ]) {
    assert.ok(Number.isNaN(grid.open(hour, M(closed))), closed);
  }
  const day = timeframe('1d');
  assert.equal(grid.next(day, M('2024-07-03T13:30:00Z')), M('2024-07-05T13:30:00Z'));
  assert.equal(grid.between(day, M('2024-07-01T13:30:00Z'), M('2024-07-08T13:30:00Z')), 3);
  assert.equal(grid.next(hour, M('2024-01-05T20:30:00Z')), M('2024-01-08T14:30:00Z'));
});

test('session calendar: minutes with some before and after hours -> daily bars of the session alone, stream and batch alike', () => {
  const at = (text: string, volume: number): number[] => [M(text), 10, 11, 9, 10, volume];
  const bars = barsFromRows([
    at('2024-07-03T13:29:00Z', 100),
    at('2024-07-03T13:30:00Z', 1),
    at('2024-07-03T16:58:00Z', 2),
    at('2024-07-03T17:10:00Z', 100),
    at('2024-07-05T13:30:00Z', 3),
    at('2024-07-05T19:59:00Z', 4),
  ]);
  const grid = sessionGrid(NEW_YORK);
  const [day, week] = rollUpBars('1m', bars, ['1d', '1w'], grid);
  assert.deepEqual([...day!.bars.volume], [3, 7]);
  assert.deepEqual([...day!.closedAt], [3, 5], 'an after-hours bar shows that the half day is over');
  assert.deepEqual([...week!.bars.volume], [10]);
  assert.deepEqual(streamed('1m', bars, ['1d', '1w'], grid), plain([day!, week!]));
});
