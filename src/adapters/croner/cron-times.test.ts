import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cronTimes } from './cron-times.ts';

const at = (text: string): number => Date.parse(text);
const next = (cron: string, zone: string, after: string): string | null => {
  const ms = cronTimes.next(cron, zone, at(after));
  return ms === null ? null : new Date(ms).toISOString();
};

describe('times of cron expressions', () => {
  for (const [cron, zone, after, expected] of [
    ['17 * * * *', 'UTC', '2026-01-31T23:30:00Z', '2026-02-01T00:17:00.000Z'],
    ['17 * * * *', 'UTC', '2026-01-31T23:17:00Z', '2026-02-01T00:17:00.000Z'],
    ['*/30 * * * * *', 'UTC', '2026-01-31T23:59:45Z', '2026-02-01T00:00:00.000Z'],
    ['0 9 * * 1-5', 'Europe/Berlin', '2026-01-30T12:00:00Z', '2026-02-02T08:00:00.000Z'],
    ['0 9 * * 1-5', 'Europe/Berlin', '2026-07-03T12:00:00Z', '2026-07-06T07:00:00.000Z'],
    // The night in which 02:30 comes twice, and the one in which it does not come.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ] as const)
    test(`${cron} ${zone} after ${after} -> ${expected}`, () => assert.equal(next(cron, zone, after), expected));

  test('a time that the clock leaves out -> at once after', () => {
    const found = cronTimes.next('30 2 * * *', 'Europe/Berlin', at('2026-03-28T12:00:00Z'))!;
    assert.ok(
      found >= at('2026-03-29T01:00:00Z') && found <= at('2026-03-29T01:30:00Z'),
      new Date(found).toISOString(),
    );
  });

  for (const [cron, zone] of [
    ['', 'UTC'],
    ['* * * *', 'UTC'],
    ['61 * * * *', 'UTC'],
    ['often', 'UTC'],
    ['2026-01-01T00:00:00Z', 'UTC'],
    ['* * * * *', 'Mars/Olympus'],
  ] as const)
    test(`${JSON.stringify(cron)} in ${zone} -> refused`, () =>
      assert.throws(() => cronTimes.next(cron, zone, 0), RangeError));
});
