import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datedOpens } from './dated-opens.ts';

const HOUR_MS = 3_600_000;
const times = (texts: readonly string[]): Float64Array => Float64Array.from(texts, (text) => Date.parse(text));
/** The clock of a zone that lies so many hours east. */
const east = (opens: Float64Array, hours: number) => () => opens.map((t) => t + hours * HOUR_MS);
/** Thursday, Friday, Monday and Tuesday. */
const DAYS = times(['2024-01-04T00:00Z', '2024-01-05T00:00Z', '2024-01-08T00:00Z', '2024-01-09T00:00Z']);

test('dated opens: midnights in Tokyo, whose Monday begins on Sunday in UTC -> their dates', () => {
  const opens = DAYS.map((t) => t - 9 * HOUR_MS);
  assert.deepEqual(datedOpens(opens, east(opens, 9)), DAYS);
});

test('dated opens: weeks and months at midnight of a zone -> their dates', () => {
  const weeks = times(['2024-01-01T00:00Z', '2024-01-08T00:00Z', '2024-01-15T00:00Z']);
  const months = times(['2024-05-01T00:00Z', '2024-06-01T00:00Z', '2024-07-01T00:00Z', '2024-08-01T00:00Z']);
  for (const dates of [weeks, months]) {
    const opens = dates.map((t) => t - 13 * HOUR_MS);
    assert.deepEqual(datedOpens(opens, east(opens, 13)), dates);
  }
});

test('dated opens: a single bar -> its date where its timeframe is said, else left', () => {
  const open = DAYS.subarray(2, 3).map((t) => t - 9 * HOUR_MS);
  assert.deepEqual(datedOpens(open, east(open, 9), '1d'), DAYS.subarray(2, 3));
  assert.equal(datedOpens(open, east(open, 9)), null);
  assert.equal(datedOpens(open, east(open, 9), '1h'), null);
});

test('dated opens: a market open on Saturdays, a day that opens at another hour, UTC itself, no zone -> left as they are', () => {
  const whole = times(['2024-01-05T00:00Z', '2024-01-06T00:00Z', '2024-01-07T00:00Z']).map((t) => t + 5 * HOUR_MS);
  const evening = DAYS.map((t) => t - 2 * HOUR_MS);
  assert.equal(datedOpens(whole, east(whole, -5)), null);
  assert.equal(datedOpens(evening, east(evening, -5)), null);
  assert.equal(datedOpens(DAYS, east(DAYS, 0)), null);
  assert.equal(
    datedOpens(DAYS, () => null),
    null,
  );
});

test('dated opens: bars finer than a day -> the clock of the zone is not asked for', () => {
  const hours = Float64Array.from({ length: 5 }, (_, i) => i * HOUR_MS);
  assert.equal(
    datedOpens(hours, () => assert.fail('asked for')),
    null,
  );
});
