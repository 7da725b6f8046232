import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { civilToMs, DAY_MS } from '../vocabulary/time.ts';
import type { BacktestFeed } from './backtest.ts';
import { calendarOf } from './calendar-of.ts';

/** Daily bars from Monday 2024-01-01 on the days of the week that `open` allows (0 = Monday). */
function feed(days: number, open: (weekday: number) => boolean): BacktestFeed {
  const rows: number[][] = [];
  for (let d = 0; rows.length < days; d++)
    if (open(d % 7)) rows.push([civilToMs(2024, 1, 1) + d * DAY_MS, 1, 1, 1, 1, 1]);
  return {
    instrument: { id: 'X:A', base: 'A', quote: 'USD', tick: '0.01', lot: '1' },
    timeframe: '1d',
    bars: barsFromRows(rows),
  };
}

test('calendar: bars on weekdays only -> sessions, 252 a year', () => {
  assert.deepEqual(calendarOf([feed(60, (w) => w < 5)]), { days: 'sessions', periodsPerYear: 252, dayOffsetMs: 0 });
});

test('calendar: bars on every day -> every day, 365 a year', () => {
  assert.equal(calendarOf([feed(60, () => true)]).periodsPerYear, 365);
});

test('calendar: one feed of each kind -> every day', () => {
  assert.equal(calendarOf([feed(60, (w) => w < 5), feed(60, () => true)]).periodsPerYear, 365);
});

test('calendar: a week of weekdays -> too little to tell, every day', () => {
  assert.equal(calendarOf([feed(5, (w) => w < 5)]).periodsPerYear, 365);
});
