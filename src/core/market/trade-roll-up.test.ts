import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '../vocabulary/assert.ts';
import { BAR_FIELDS, type Bar, type BarColumns } from '../vocabulary/market-data.ts';
import { HOUR_MS, MINUTE_MS, parseTime, SECOND_MS, type Timeframe } from '../vocabulary/time.ts';
import { type BarGrid, utcGrid } from './bar-grid.ts';
import { RollUp } from './roll-up-stream.ts';
import { sessionGrid } from './session-calendar.ts';
import { tradeBarBuilder } from './trade-bars.ts';
import { TradeRollUp } from './trade-roll-up.ts';

type Row = readonly number[];
const rowAt = (bars: BarColumns, i: number): number[] => BAR_FIELDS.map((field) => bars[field][i]!);
const rowOf = (bar: Bar | null): number[] | null => bar && BAR_FIELDS.map((field) => bar[field]);

/** Collects what closes, by instrument and timeframe. */
class Closed {
  readonly bars = new Map<string, number[][]>();
  take(rollUp: TradeRollUp): number {
    for (let i = 0; i < rollUp.closedCount; i++) {
      const key = `${rollUp.closedInstrument[i]} ${rollUp.closedTarget[i]}`;
      this.bars.set(key, [...(this.bars.get(key) ?? []), rowAt(rollUp.closedBars, i)]);
    }
    return rollUp.closedCount;
  }
  of(instrument: number, target: number): number[][] {
    return this.bars.get(`${instrument} ${target}`) ?? [];
  }
}

const TIMEFRAMES = ['1s', '1m', '5m', '1h', '1d', '1w', '1mo', '7m'] as const;
const INSTRUMENTS = 3;
const START_MS = Date.UTC(2024, 1, 28, 23, 58, 0, 0);

const steps = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 900 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 * MINUTE_MS }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * 24 * HOUR_MS }) },
  { weight: 1, arbitrary: fc.constantFrom(SECOND_MS, MINUTE_MS, HOUR_MS, 0.125) },
);
const trade = fc.record({
  instrument: fc.integer({ min: 0, max: INSTRUMENTS - 1 }),
  step: steps,
  price: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  quantity: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
});
const timeframes = fc.subarray([...TIMEFRAMES], { minLength: 1 });
const offsets = fc.constantFrom(0, 22 * HOUR_MS, -5.5 * HOUR_MS);

describe('trade roll-up: in order', () => {
  test('any trades of several instruments -> of each instrument and timeframe the bars of a builder of its own, to the bit', () => {
    fc.assert(
      fc.property(
        fc.array(trade, { maxLength: 150, size: 'max' }),
        timeframes,
        offsets,
        (trades, targets, offsetMs) => {
          const rollUp = new TradeRollUp(INSTRUMENTS, targets, utcGrid(offsetMs));
          const closed = new Closed();
          const builders = Array.from({ length: INSTRUMENTS }, () =>
            targets.map((timeframe) => tradeBarBuilder({ by: 'time', timeframe, offsetMs })),
          );
          let timeMs = START_MS;
          for (const { instrument, step, price, quantity } of trades) {
            timeMs += step;
            const own = builders[instrument]!.map((builder) => builder.next(timeMs, price, quantity));
            assert.equal(
              rollUp.next(instrument, timeMs, price, quantity),
              own.reduce((sum, n) => sum + n, 0),
            );
            closed.take(rollUp);
          }
          for (const [instrument, own] of builders.entries()) {
            for (const [target, builder] of own.entries()) {
              const { filled } = builder.closed;
              const expected = Array.from(filled.openTimeMs, (_, i) => rowAt(filled, i));
              assert.deepEqual(closed.of(instrument, target), expected);
              assert.deepEqual(rollUp.forming(instrument, target), builder.forming());
              assert.deepEqual(rowOf(rollUp.lastClosed(instrument, target)), expected.at(-1) ?? null);
              assert.equal(rollUp.lateTrades(instrument, target), 0);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('any trades with volumes that add up exactly -> the bars that its own one-minute bars roll up to', () => {
    const targets: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '1d'];
    const exact = trade.map((t) => ({ ...t, quantity: Math.ceil(t.quantity / 1e3) / 8 }));
    fc.assert(
      fc.property(fc.array(exact, { maxLength: 150, size: 'max' }), (trades) => {
        const rollUp = new TradeRollUp(1, targets);
        const closed = new Closed();
        let timeMs = START_MS;
        for (const { step, price, quantity } of trades) {
          timeMs += step;
          rollUp.next(0, timeMs, price, quantity);
          closed.take(rollUp);
        }
        while (rollUp.closeThrough(Number.MAX_SAFE_INTEGER) > 0) closed.take(rollUp);
        const minutes = closed.of(0, 0);
        const byMinutes = new RollUp('1m', targets.slice(1));
        const rolled = new Map<number, number[][]>();
        for (const [openMs, open, high, low, close, volume] of minutes) {
          const count = byMinutes.next(openMs!, open!, high!, low!, close!, volume!);
          for (let i = 0; i < count; i++) {
            const target = byMinutes.closedTarget[i]! + 1;
            rolled.set(target, [...(rolled.get(target) ?? []), rowAt(byMinutes.closedBars, i)]);
          }
        }
        for (let target = 1; target < targets.length; target++) {
          const forming = rowOf(byMinutes.forming(target - 1));
          const all = [...(rolled.get(target) ?? []), ...(forming === null ? [] : [forming])];
          assert.deepEqual(closed.of(0, target), all);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const M = (minute: number, ms = 0): number => START_MS + minute * MINUTE_MS + ms;

describe('trade roll-up: late trades and the clock', () => {
  test('clock: time passed -> those bars close, others go on; trades behind them are late and change nothing', () => {
    const rollUp = new TradeRollUp(2, ['1m', '5m']);
    const closed = new Closed();
    rollUp.next(0, M(2), 10, 1);
    rollUp.next(1, M(2, 500), 20, 2);
    assert.equal(rollUp.closeThrough(M(3) - 0.001), 0);
    assert.equal(rollUp.closeThrough(M(3)), 2);
    closed.take(rollUp);
    assert.equal(rollUp.closeThrough(M(3)), 0);
    assert.equal(rollUp.forming(0, 0), null);
    assert.equal(rollUp.next(0, M(2, 59_999), 99, 1), 0);
    assert.deepEqual([rollUp.lateTrades(0, 0), rollUp.lateTrades(0, 1)], [1, 0]);
    assert.deepEqual(closed.of(0, 0), [[M(2), 10, 10, 10, 10, 1]]);
    assert.deepEqual(closed.of(1, 0), [[M(2), 20, 20, 20, 20, 2]]);
    assert.deepEqual(rowOf(rollUp.forming(0, 1)), [M(2), 10, 99, 10, 99, 2]);
    assert.equal(rollUp.next(0, M(3), 11, 1), 0, 'the bar is closed already');
    assert.deepEqual(rowOf(rollUp.forming(0, 0)), [M(3), 11, 11, 11, 11, 1]);
  });

  test('trade before the bar under way, behind none that closed -> late', () => {
    const rollUp = new TradeRollUp(1, ['1m']);
    rollUp.next(0, M(9), 10, 1);
    rollUp.next(0, M(7), 50, 1);
    rollUp.next(0, M(7, 500), 51, 1);
    rollUp.next(0, M(9, 30), 11, 1);
    rollUp.next(0, M(9, 20), 12, 1);
    assert.equal(rollUp.lateTrades(0, 0), 2);
    assert.deepEqual(rowOf(rollUp.forming(0, 0)), [M(9), 10, 12, 10, 12, 3]);
  });

  test('more bars than the list holds -> closed in several goes, each once', () => {
    const rollUp = new TradeRollUp(3_000, ['1m']);
    for (let i = 0; i < 3_000; i++) rollUp.next(i, M(0), 1 + i, 1);
    const closed = new Closed();
    const goes: number[] = [];
    while (rollUp.closeThrough(M(1)) > 0) goes.push(closed.take(rollUp));
    assert.deepEqual(goes, [1_024, 1_024, 952]);
    for (let i = 0; i < 3_000; i++) assert.deepEqual(closed.of(i, 0), [[M(0), 1 + i, 1 + i, 1 + i, 1 + i, 1]]);
  });

  test('any order of trades and clock -> bars rise; every trade is in one bar of a timeframe or late', () => {
    const exact = fc.record({
      backMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 3 * MINUTE_MS })),
      step: fc.integer({ min: 0, max: 40_000 }),
      units: fc.integer({ min: 1, max: 1_000 }),
      price: fc.integer({ min: 1, max: 100 }),
      clock: fc.option(fc.integer({ min: 0, max: 2 * MINUTE_MS }), { freq: 3 }),
    });
    fc.assert(
      fc.property(fc.array(exact, { maxLength: 100, size: 'max' }), timeframes, (list, targets) => {
        const rollUp = new TradeRollUp(1, targets);
        const closed = new Closed();
        const late = targets.map(() => 0);
        let total = 0;
        let nowMs = START_MS;
        for (const { backMs, step, units, price, clock } of list) {
          nowMs += step;
          const before = targets.map((_, target) => rollUp.lateTrades(0, target));
          rollUp.next(0, nowMs - backMs, price, units);
          closed.take(rollUp);
          total += units;
          for (const target of targets.keys())
            late[target]! += units * (rollUp.lateTrades(0, target) - before[target]!);
          if (clock !== null) while (rollUp.closeThrough(nowMs - clock) > 0) closed.take(rollUp);
        }
        while (rollUp.closeThrough(Number.MAX_SAFE_INTEGER) > 0) closed.take(rollUp);
        for (const target of targets.keys()) {
          const bars = closed.of(0, target);
          assert.ok(bars.every((bar, i) => i === 0 || bar[0]! > bars[i - 1]![0]!));
          assert.equal(
            bars.reduce((sum, bar) => sum + bar[5]!, late[target]!),
            total,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test('sessions: trades outside them -> counted once, in no bar; the day closes with the next session', () => {
    const at = (text: string): number => parseTime(text)!;
    const grid: BarGrid = sessionGrid({
      name: 'Example',
      sessions: [{ openMinute: 540, closeMinute: 600 }],
      weekdays: [1, 2, 3, 4, 5],
      holidays: [],
      halfDays: {},
      utcOffsets: [{ from: '2020-01-01', minutes: 0 }],
    });
    const rollUp = new TradeRollUp(1, ['5m', '1d'], grid);
    rollUp.next(0, at('2024-01-04T08:59:00Z'), 5, 1);
    assert.equal(rollUp.outsideSession, 1);
    rollUp.next(0, at('2024-01-04T09:01:00Z'), 10, 1);
    assert.equal(rollUp.next(0, at('2024-01-04T10:30:00Z'), 11, 1), 2);
    assert.equal(rollUp.forming(0, 1), null);
    assert.equal(rollUp.outsideSession, 2);
    rollUp.next(0, at('2024-01-05T09:00:00Z'), 12, 1);
    assert.deepEqual(rowOf(rollUp.forming(0, 1)), [at('2024-01-05T09:00:00Z'), 12, 12, 12, 12, 1]);
  });
});

describe("trade roll-up: the venue's own bars", () => {
  /** Two closed one-minute bars, at minutes 0 and 2, and one under way at minute 4. */
  function started(): TradeRollUp {
    const rollUp = new TradeRollUp(1, ['1m']);
    rollUp.next(0, M(0), 10, 1);
    rollUp.next(0, M(2), 10, 0.1);
    rollUp.next(0, M(2), 12, 0.2);
    rollUp.next(0, M(4), 11, 5);
    return rollUp;
  }
  const settle = (rollUp: TradeRollUp, [time, open, high, low, close, volume]: Row): string =>
    rollUp.settle(0, 0, time!, open!, high!, low!, close!, volume!);

  test('last closed bar: the same, but for the rounding of its volume -> confirmed, our bits kept', () => {
    const rollUp = started();
    assert.notEqual(0.1 + 0.2, 0.3);
    assert.equal(settle(rollUp, [M(2), 10, 12, 10, 12, 0.3]), 'confirmed');
    assert.deepEqual([rollUp.lastClosed(0, 0)!.volume, rollUp.closedCount], [0.1 + 0.2, 0]);
  });

  test("last closed bar: any field differs -> corrected, the venue's values read afterwards, then confirmed", () => {
    const own = [M(2), 10, 12, 10, 12, 0.3];
    for (let field = 1; field <= 5; field++) {
      const rollUp = started();
      const venue = own.map((value, k) => (k === field ? value + 0.0001 : value));
      assert.equal(settle(rollUp, venue), 'corrected');
      assert.deepEqual(rowOf(rollUp.lastClosed(0, 0)), venue);
      assert.equal(rollUp.closedCount, 0);
      assert.equal(settle(rollUp, venue), 'confirmed');
      assert.equal(rollUp.forming(0, 0)!.openTimeMs, M(4), 'the bar under way goes on');
    }
  });

  test('bar under way: the venue closes it -> in the list, as ours or as corrected; its later trades are late', () => {
    for (const [close, outcome] of [
      [11, 'confirmed'],
      [11.5, 'corrected'],
    ] as const) {
      const rollUp = started();
      const venue = [M(4), 11, close, 11, close, 5];
      assert.equal(settle(rollUp, venue), outcome);
      assert.equal(rollUp.closedCount, 1);
      assert.deepEqual(rowAt(rollUp.closedBars, 0), venue);
      assert.equal(rollUp.next(0, M(4, 59_000), 99, 1), 0);
      assert.deepEqual([rollUp.lateTrades(0, 0), rollUp.forming(0, 0)], [1, null]);
    }
  });

  test('bars that we never had: between, and beyond the one under way -> added in order', () => {
    const rollUp = started();
    assert.equal(settle(rollUp, [M(3), 12, 12, 12, 12, 0]), 'added');
    assert.equal(rollUp.closedCount, 1);
    assert.equal(settle(rollUp, [M(2), 10, 12, 10, 12, 0.3]), 'outdated');
    assert.equal(settle(rollUp, [M(6), 13, 13, 13, 13, 2]), 'added');
    assert.equal(rollUp.closedCount, 2);
    assert.deepEqual(
      [rowAt(rollUp.closedBars, 0), rowAt(rollUp.closedBars, 1)],
      [
        [M(4), 11, 11, 11, 11, 5],
        [M(6), 13, 13, 13, 13, 2],
      ],
    );
    assert.equal(rollUp.next(0, M(5), 1, 1), 0);
    assert.equal(rollUp.lateTrades(0, 0), 1);
    const empty = new TradeRollUp(1, ['1m']);
    assert.equal(settle(empty, [M(6), 13, 13, 13, 13, 2]), 'added');
    assert.equal(settle(empty, [M(6), 13, 13, 13, 13, 2]), 'confirmed');
    assert.equal(settle(empty, [M(6), 13, 13, 13, 13, 2 + 4e-16]), 'corrected', 'the venue itself rounds nothing');
  });

  test('open time off the grid -> RangeError; nothing changed', () => {
    const rollUp = started();
    assert.throws(() => settle(rollUp, [M(4, 1), 1, 1, 1, 1, 1]), /open time of a bar of 1m, found/);
    assert.deepEqual(rowOf(rollUp.forming(0, 0)), [M(4), 11, 11, 11, 11, 5]);
  });

  test('any venue bars among trades -> announced bars rise, the last is what lastClosed reads', () => {
    const action = fc.record({
      step: fc.integer({ min: 0, max: 50_000 }),
      price: fc.integer({ min: 1, max: 9 }),
      settleBack: fc.option(fc.integer({ min: -1, max: 3 }), { freq: 2 }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80, size: 'max' }), (list) => {
        const rollUp = new TradeRollUp(1, ['1m']);
        const announced: number[][] = [];
        let nowMs = START_MS;
        const take = (): void => {
          for (let i = 0; i < rollUp.closedCount; i++) announced.push(rowAt(rollUp.closedBars, i));
        };
        for (const { step, price, settleBack } of list) {
          nowMs += step;
          rollUp.next(0, nowMs, price, 1);
          take();
          if (settleBack !== null) {
            const venue = [Math.floor(nowMs / MINUTE_MS - settleBack) * MINUTE_MS, price, price + 1, price, price, 3];
            const outcome = settle(rollUp, venue);
            take();
            if (outcome === 'corrected' && rollUp.closedCount === 0) announced[announced.length - 1] = venue;
            if (outcome === 'added' || outcome === 'corrected') {
              assert.deepEqual(rowOf(rollUp.lastClosed(0, 0)), venue);
            }
          }
          assert.ok(announced.every((bar, i) => i === 0 || bar[0]! > announced[i - 1]![0]!));
          assert.deepEqual(rowOf(rollUp.lastClosed(0, 0)), announced.at(-1) ?? null);
          const forming = rollUp.forming(0, 0);
          assert.ok(forming === null || forming.openTimeMs > (announced.at(-1)?.[0] ?? 0));
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('trade roll-up: 10,000 instruments in six timeframes -> at most 10 MB of state', () => {
  const rollUp = new TradeRollUp(10_000, ['1m', '5m', '15m', '1h', '4h', '1d']);
  assert.ok(rollUp.byteLength <= 10_000_000, `${rollUp.byteLength} bytes`);
});

test('trade roll-up: an instrument that there is none of -> broken invariant, nothing announced', () => {
  const rollUp = new TradeRollUp(2, ['1m', '1h']);
  for (const instrument of [-1, 2, 7]) {
    assert.throws(() => rollUp.next(instrument, M(0), 1, 1), InvariantError);
    assert.throws(() => rollUp.settle(instrument, 0, M(0), 1, 1, 1, 1, 1), InvariantError);
    assert.equal(rollUp.closedCount, 0);
  }
});

test('trade roll-up: no timeframe, none that is one, no instrument -> RangeError', () => {
  assert.throws(() => new TradeRollUp(1, []), /at least one timeframe/);
  assert.throws(() => new TradeRollUp(1, ['1x' as Timeframe]), /expected a timeframe such as 1m/);
  assert.throws(() => new TradeRollUp(0, ['1m']), /number of instruments above 0, found 0/);
});
