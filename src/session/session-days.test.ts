import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../core/vocabulary/json.ts';
import { DAY_MS, HOUR_MS, timeframe } from '../core/vocabulary/time.ts';
import type { JournalKind, JournalRecord } from '../ports/journal.ts';
import { type SessionDay, SessionDays } from './session-days.ts';

/** A journal in words: each record written when its bars have closed. */
class Written {
  readonly days: SessionDays;
  readonly over: SessionDay[] = [];
  readonly records: JournalRecord[] = [];
  readonly #ms: readonly number[];
  #seq = 0;

  constructor(...timeframes: readonly string[]) {
    const specs = timeframes.map((text) => timeframe(text));
    this.days = new SessionDays(specs);
    this.#ms = specs.map((spec) => spec.ms);
  }

  record(kind: JournalKind, atMs: number, payload: object): void {
    this.#seq++;
    const record = { seq: this.#seq, kind, atMs, v: 1, payload: payload as Json, hash: `h${this.#seq}` };
    this.records.push(record);
    this.over.push(...this.days.take(record));
  }

  /** Bars of feeds that open at a time, live or as history. */
  bars(
    openMs: number,
    feeds: readonly number[] = [0],
    type: 'instant-ended' | 'history-received' = 'instant-ended',
  ): void {
    const bars = feeds.map((feed) => [feed, openMs, 1, 1, 1, 1, 1]);
    const closeMs = openMs + this.#ms[feeds[0]!]!;
    this.record('input', closeMs, type === 'instant-ended' ? { type, timeMs: closeMs, bars } : { type, bars });
  }

  get told(): unknown[] {
    return this.over.map(({ day, hours, restarts, gaps, reads }) => [day, hours, restarts, gaps, reads]);
  }
}

const hours = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => (from + k) * HOUR_MS);

test('session days: bars through midnight -> a day is over with the first bar that closes on the next, not before', () => {
  const w = new Written('1h');
  for (const openMs of hours(20, 24)) w.bars(openMs);
  assert.deepEqual(w.told, [], 'the last bar of the day closes with it');
  w.bars(24 * HOUR_MS);
  assert.deepEqual(w.told, [['1970-01-01', 4, 0, 0, 0]]);
  assert.deepEqual([w.over[0]!.coverage, w.over[0]!.hash, w.over[0]!.sinceMs], [4 / 24, 'h5', 21 * HOUR_MS]);
  assert.equal(w.days.next, 6);
});

test('session days: bars fetched afterwards -> do not count, and end days all the same', () => {
  const w = new Written('1h');
  for (const openMs of hours(0, 10)) w.bars(openMs);
  for (const openMs of hours(10, 50)) w.bars(openMs, [0], 'history-received');
  for (const openMs of hours(50, 80)) w.bars(openMs);
  assert.deepEqual(w.told, [
    ['1970-01-01', 10, 0, 0, 0],
    ['1970-01-03', 22, 0, 0, 0],
  ]);
});

test('session days: several feeds -> covered is what all of them cover', () => {
  const w = new Written('1h', '1h');
  for (const openMs of hours(0, 24)) w.bars(openMs, openMs < 6 * HOUR_MS ? [0] : [0, 1]);
  w.bars(24 * HOUR_MS, [1]);
  assert.deepEqual(w.told, [['1970-01-01', 18, 0, 0, 0]]);
});

test('session days: bars longer than a part of a day -> each day gets its share', () => {
  const long = new Written('1d');
  for (let day = 0; day < 3; day++) long.bars(day * DAY_MS);
  assert.deepEqual(long.told, [
    ['1970-01-01', 24, 0, 0, 0],
    ['1970-01-02', 24, 0, 0, 0],
  ]);
  const week = new Written('1w');
  week.bars(4 * DAY_MS);
  week.bars(11 * DAY_MS);
  assert.equal(week.over.length, 13);
  assert.ok(week.over.every((day) => day.hours === 24));
});

test('session days: starts, gaps, accounts read -> counted on their day; the first start is none', () => {
  const w = new Written('1h');
  const start = (atMs: number): void => w.record('note', atMs, { type: 'started', version: '1' });
  start(0);
  w.bars(0);
  start(3 * HOUR_MS);
  start(4 * HOUR_MS);
  w.record('note', 5 * HOUR_MS, { type: 'gap', symbol: 'X', fromMs: 2 * HOUR_MS, toMs: 3 * HOUR_MS, reason: 'r' });
  for (const k of [6, 7, 30])
    w.record('outcome', k * HOUR_MS, { type: 'account-read', balances: [], positions: [], atMs: 0 });
  w.record('note', 8 * HOUR_MS, { type: 'state', inputs: 1, hash: '' });
  w.record('intent', 8 * HOUR_MS, {});
  w.bars(30 * HOUR_MS);
  w.bars(50 * HOUR_MS);
  assert.deepEqual(w.told, [
    ['1970-01-01', 1, 2, 1, 2],
    ['1970-01-02', 1, 0, 0, 1],
  ]);
});

test('session days: folded on from where any day says -> later days as in one go', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.constantFrom('both', 'one', 'read', 'started')), {
        minLength: 1,
        selector: ([hour]) => hour,
      }),
      (taken) => {
        const w = new Written('1h', '4h');
        for (const [hour, what] of taken.toSorted(([a], [b]) => a - b)) {
          const ms = hour * HOUR_MS;
          if (what === 'read') w.record('outcome', ms, { type: 'account-read' });
          else if (what === 'started') w.record('note', ms, { type: 'started', version: '1' });
          else w.bars(ms, what === 'both' && hour % 4 === 0 ? [0, 1] : [0]);
        }
        for (const { day, nextRecord } of w.over) {
          const again = new SessionDays([timeframe('1h'), timeframe('4h')], nextRecord);
          const told = w.records.filter(({ seq }) => seq >= nextRecord).flatMap((record) => again.take(record));
          const later = <T extends { readonly day: string }>(all: readonly T[]): T[] => all.filter((d) => d.day > day);
          assert.deepEqual(later(told), later(w.over));
        }
      },
    ),
  );
});

test('session days: any hours taken live -> no day twice, none above 24 hours, all that is over adds up', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1 }), (taken) => {
      const w = new Written('1h');
      const live = taken.toSorted((a, b) => a - b);
      for (const hour of live) w.bars(hour * HOUR_MS);
      const days = w.over.map(({ day }) => day);
      assert.deepEqual(days, [...new Set(days)].sort());
      assert.ok(w.over.every((day) => day.hours <= 24 && day.coverage === day.hours / 24));
      const lastDay = Math.floor(live.at(-1)! / 24);
      const expected = live.filter((hour) => Math.floor(hour / 24) < lastDay).length;
      assert.equal(
        w.over.reduce((sum, day) => sum + day.hours, 0),
        expected,
      );
    }),
  );
});
