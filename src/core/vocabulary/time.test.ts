import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  barClose,
  barOpen,
  civilDate,
  civilToMs,
  DAY_MS,
  formatDay,
  formatTime,
  HOUR_MS,
  parseTime,
  parseTimeframe,
  timeframe,
} from './time.ts';

const year1970 = 0;
const year2100 = Date.UTC(2100, 11, 31, 23, 59, 59, 999);
const instant = fc.integer({ min: year1970, max: year2100 });

describe('time: civil dates', () => {
  test('every day from 1970 to 2100 -> the date that Date gives, and back', () => {
    for (let ms = 0; ms <= year2100; ms += DAY_MS) {
      const d = new Date(ms);
      const [year, month, day] = civilDate(ms + 12_345_678);
      if (year !== d.getUTCFullYear() || month !== d.getUTCMonth() + 1 || day !== d.getUTCDate())
        assert.fail(`${ms}: ${year}-${month}-${day}, expected ${d.toISOString()}`);
      if (civilToMs(year, month, day) !== ms) assert.fail(`${year}-${month}-${day}: ${civilToMs(year, month, day)}`);
    }
  });

  test('before 1970 and fractions of a day -> the day they fall in', () => {
    assert.deepEqual(civilDate(-1), [1969, 12, 31]);
    assert.deepEqual(civilDate(Date.UTC(1900, 1, 28)), [1900, 2, 28]);
    assert.equal(civilToMs(2000, 2, 29), Date.UTC(2000, 1, 29));
  });
});

describe('time: text', () => {
  test('format and parse: any instant from 1970 to 2100 -> ISO 8601, round trip', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const iso = new Date(ms).toISOString();
        assert.equal(formatTime(ms), ms % 1000 === 0 ? iso.replace('.000Z', 'Z') : iso);
        assert.equal(formatDay(ms), iso.slice(0, 10));
        assert.equal(parseTime(formatTime(ms)), ms);
        assert.equal(parseTime(iso), ms);
      }),
      { numRuns: 3000 },
    );
  });

  test('parse: forms and zones -> the instant', () => {
    const rows: readonly (readonly [string, number])[] = [
      ['2024-01-31', Date.UTC(2024, 0, 31)],
      ['2024-01-31 13:05', Date.UTC(2024, 0, 31, 13, 5)],
      ['2024-01-31T13:05:09', Date.UTC(2024, 0, 31, 13, 5, 9)],
      ['2024-01-31T13:05:09.25Z', Date.UTC(2024, 0, 31, 13, 5, 9, 250)],
      ['2024-01-31 13:05:09 UTC', Date.UTC(2024, 0, 31, 13, 5, 9)],
      ['2024-01-31T13:05:09+02:00', Date.UTC(2024, 0, 31, 11, 5, 9)],
      ['2024-01-31T13:05:09-0530', Date.UTC(2024, 0, 31, 18, 35, 9)],
      [' 2024-02-29 ', Date.UTC(2024, 1, 29)],
    ];
    for (const [text, ms] of rows) assert.equal(parseTime(text), ms, text);
    assert.equal(parseTime('2024-01-31T00:00:00.000250Z'), Date.UTC(2024, 0, 31) + 0.25, 'microseconds');
  });

  test('parse: dates that do not exist and other text -> null', () => {
    const texts = [
      '2023-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-04-31',
      '2024-01-01T24:00',
      '2024-01-01T12:60',
      '2024-1-1',
      '01/02/2024',
      '',
      'now',
    ];
    for (const text of texts) assert.equal(parseTime(text), null, text);
  });
});

describe('time: timeframes', () => {
  test('parse: accepted -> count, unit and length; M is a month', () => {
    assert.deepEqual(parseTimeframe('15m'), { text: '15m', count: 15, unit: 'm', ms: 900_000 });
    assert.deepEqual(parseTimeframe('1M'), { text: '1mo', count: 1, unit: 'mo', ms: 0 });
    assert.equal(parseTimeframe('2w')?.ms, 14 * DAY_MS);
    for (const text of ['', '0m', 'm', '1', '1.5h', '-1h', '1y', '1 h', '10000m'])
      assert.equal(parseTimeframe(text), null, text);
    assert.throws(() => timeframe('1y'), /expected a timeframe such as 1m/);
  });

  test('bars by time: any instant -> inside [open, close), and its own open is a fixed point', () => {
    const frames = ['1s', '1m', '7m', '1h', '4h', '1d', '3d', '1w', '2w', '1mo', '3mo', '12mo'];
    const offsets = [0, 22 * HOUR_MS, -7 * HOUR_MS];
    fc.assert(
      fc.property(instant, fc.constantFrom(...frames), fc.constantFrom(...offsets), (ms, text, offset) => {
        const spec = timeframe(text);
        const open = barOpen(spec, ms, offset);
        const close = barClose(spec, open, offset);
        assert.ok(open <= ms && ms < close, `${open} ${ms} ${close}`);
        assert.equal(barOpen(spec, open, offset), open);
        assert.equal(barOpen(spec, close, offset), close, 'the next bar opens where this one closes');
        assert.equal(barOpen(spec, close - 1, offset), open);
      }),
      { numRuns: 3000 },
    );
  });

  test('weeks open on Monday, months on the first, quarters in January, April, July and October', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        assert.equal(new Date(barOpen(timeframe('1w'), ms)).getUTCDay(), 1);
        const d = new Date(ms);
        assert.equal(barOpen(timeframe('1mo'), ms), Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), 1));
        assert.equal(
          barOpen(timeframe('3mo'), ms),
          Date.UTC(d.getUTCFullYear(), d.getUTCMonth() - (d.getUTCMonth() % 3), 1),
        );
        assert.equal(
          barClose(timeframe('1mo'), barOpen(timeframe('1mo'), ms)),
          Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('a day that opens at 22:00 UTC -> 21:59 belongs to the day before', () => {
    const day = timeframe('1d');
    assert.equal(barOpen(day, Date.UTC(2024, 0, 10, 21, 59), 22 * HOUR_MS), Date.UTC(2024, 0, 9, 22));
    assert.equal(barOpen(day, Date.UTC(2024, 0, 10, 22, 0), 22 * HOUR_MS), Date.UTC(2024, 0, 10, 22));
  });
});
