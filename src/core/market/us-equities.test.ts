import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readShared } from '../../../test/shared-data.ts';
import { DAY_MS, formatDay, parseTime, timeframe } from '../vocabulary/time.ts';
import { sessionGrid } from './session-calendar.ts';
import { isExtendedHours, usEquities } from './us-equities.ts';

const calendar = usEquities();
const grid = sessionGrid(calendar);
const M = (text: string): number => parseTime(text)!;
const session = (day: string): string => {
  const open = grid.open(timeframe('1d'), M(`${day}T15:00:00Z`));
  const close = grid.close(timeframe('1d'), open);
  return Number.isNaN(open)
    ? 'closed'
    : `${new Date(open).toISOString().slice(11, 16)}–${new Date(close).toISOString().slice(11, 16)}`;
};

describe('New York’s calendar', () => {
  for (const [what, day, expected] of [
    ['winter time', '2024-03-08', '14:30–21:00'],
    ['the first session of summer time', '2024-03-11', '13:30–20:00'],
    ['the first session of winter time', '2024-11-04', '14:30–21:00'],
    ['summer time began in April until 2006', '2006-03-20', '14:30–21:00'],
    ['New Year on a Sunday is kept on Monday', '2023-01-02', 'closed'],
    ['New Year on a Saturday is not made up for', '2021-12-31', '14:30–21:00'],
    ['Good Friday', '2024-03-29', 'closed'],
    ['Juneteenth, since 2022', '2022-06-20', 'closed'],
    ['Juneteenth of 2021 was a session', '2021-06-18', '13:30–20:00'],
    ['Independence Day on a Saturday is kept on Friday', '2020-07-03', 'closed'],
    ['Christmas on a Sunday is kept on Monday', '2022-12-26', 'closed'],
    ['the day before Independence Day ends early', '2024-07-03', '13:30–17:00'],
    ['the day after Thanksgiving ends early', '2024-11-29', '14:30–18:00'],
    ['Christmas Eve ends early', '2024-12-24', '14:30–18:00'],
    ['a day of mourning', '2025-01-09', 'closed'],
    ['Christmas Eve ended at two until 1992', '1992-12-24', '14:30–19:00'],
    ['and so did the day after Thanksgiving', '1992-11-27', '14:30–19:00'],
    ['an early close of its own', '1997-12-26', '14:30–18:00'],
    ['a presidential election until 1980', '1980-11-04', 'closed'],
    ['Washington’s birthday until 1970', '1970-02-23', 'closed'],
    ['the third Monday of February of that year', '1970-02-16', '14:30–21:00'],
    ['a weekend', '2024-03-10', 'closed'],
  ] as const)
    test(`${what}, ${day} -> ${expected}`, () => assert.equal(session(day), expected));

  test('1970 to mid 2027 -> as many sessions, and as many short ones, as exchange_calendars 4.13 has', () => {
    let sessions = 0;
    let short = 0;
    for (let ms = M('1970-01-02T00:00:00Z'); ms <= M('2027-06-30T00:00:00Z'); ms += DAY_MS) {
      const hours = session(formatDay(ms));
      if (hours === 'closed') continue;
      sessions++;
      if (!/–2[01]:00/.test(hours)) short++;
    }
    assert.deepEqual([sessions, short], [14_495, 90]);
  });

  const daily = 'ohlcv/lean/equity_AAPL_1d_raw.csv.gz';
  test('recorded trading days of 1998 to 2021 -> the calendar’s, one by one', { skip: dataMissing(daily) }, () => {
    const recorded = readShared(daily)
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => formatDay(Number(row.split(',')[0])));
    const expected: string[] = [];
    for (let day = M(recorded[0]!); day <= M(recorded.at(-1)!); day += DAY_MS)
      if (session(formatDay(day)) !== 'closed') expected.push(formatDay(day));
    assert.deepEqual(
      expected.filter((day) => !recorded.includes(day)),
      [],
      'sessions without a bar',
    );
    assert.deepEqual(
      recorded.filter((day) => !expected.includes(day)),
      [],
      'bars without a session',
    );
  });

  test('early and late trading -> 4:00 to 20:00 New York, on weekdays', () => {
    const times = [
      '2024-03-08T08:59Z',
      '2024-03-08T09:00Z',
      '2024-03-12T08:00Z',
      '2024-03-13T00:00Z',
      '2024-03-12T23:59Z',
    ];
    assert.deepEqual(
      times.map((time) => isExtendedHours(M(time))),
      [false, true, true, false, true],
    );
    assert.equal(isExtendedHours(M('2024-03-09T15:00Z')), false);
  });
});
