import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { FeedSink } from '../../ports/market-feed.ts';
import { type Bar, barsFromRows } from '../vocabulary/market-data.ts';
import { barClose, barOpen, MINUTE_MS, type Timeframe, timeframe } from '../vocabulary/time.ts';
import { type BarsListener, BarsOfTrades } from './bars-of-trades.ts';

interface Trade {
  readonly timeMs: number;
  readonly price: number;
  readonly quantity: number;
}

const HOUR_0 = Date.UTC(2024, 0, 1, 10);
const TRADES = 1;
const BARS = 2;
const WANTED: readonly Timeframe[] = ['1m', '5m', '15m'];

class Listener implements BarsListener {
  readonly bars: Bar[][] = WANTED.map(() => []);
  /** Timeframes that closed together, as text. */
  readonly together: string[] = [];
  readonly corrections: [Bar, Bar][] = [];

  closed(
    _instrument: number,
    { closedCount, closedTarget, closedBars: c }: Parameters<BarsListener['closed']>[1],
  ): void {
    const names: string[] = [];
    for (let k = 0; k < closedCount; k++) {
      names.push(WANTED[closedTarget[k]!]!);
      this.bars[closedTarget[k]!]!.push({
        ...{ openTimeMs: c.openTimeMs[k]!, open: c.open[k]!, high: c.high[k]!, low: c.low[k]! },
        ...{ close: c.close[k]!, volume: c.volume[k]! },
      });
    }
    this.together.push(names.join(' '));
  }

  corrected(_instrument: number, ours: Bar, venues: Bar): void {
    this.corrections.push([ours, venues]);
  }
}

function deskOf(channels: readonly ('trades' | 'bars')[], base: Timeframe = '1m', wanted = WANTED) {
  const listener = new Listener();
  const desk = new BarsOfTrades(1, base, wanted, listener);
  for (const channel of channels) desk.follow(channel === 'trades' ? TRADES : BARS, 0, channel);
  const trade = (t: Trade): void => desk.trade(TRADES, t.timeMs, 0, 0, t.price, t.quantity, 1);
  const bar = (b: Bar, isClosed: boolean, eventMs = b.openTimeMs): void =>
    desk.bar(BARS, eventMs, 0, b.openTimeMs, b.open, b.high, b.low, b.close, b.volume, isClosed);
  return { desk, listener, trade, bar };
}

/** Bars of trades, said as plainly as it can be. */
function barsOf(trades: readonly Trade[], text: Timeframe): Bar[] {
  const bars: Bar[] = [];
  for (const { timeMs, price, quantity } of trades) {
    const openTimeMs = barOpen(timeframe(text), timeMs);
    const last = bars.at(-1);
    if (last?.openTimeMs === openTimeMs) {
      bars[bars.length - 1] = {
        ...{ openTimeMs, open: last.open, high: Math.max(last.high, price), low: Math.min(last.low, price) },
        ...{ close: price, volume: last.volume + quantity },
      };
    } else bars.push({ openTimeMs, open: price, high: price, low: price, close: price, volume: quantity });
  }
  return bars;
}

/** Quantities are whole: their sums are the same in any order. */
const anyTrades = fc
  .array(
    fc.record({
      gapMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 400_000 })),
      price: fc.integer({ min: 90, max: 110 }),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 150, size: 'max' },
  )
  .map((rows) => {
    let timeMs = HOUR_0;
    return rows.map(({ gapMs, price, quantity }): Trade => {
      timeMs += gapMs;
      return { timeMs, price, quantity };
    });
  });

const sinkOf = (desk: BarsOfTrades): Pick<FeedSink, 'trade' | 'bar' | 'gap'> => desk;

describe('bars of trades', () => {
  test('it takes what a sink takes', () => {
    assert.ok(sinkOf(deskOf(['trades']).desk));
  });

  test('any trades alone -> after the bar joined midway, every bar of every timeframe, and the forming ones', () => {
    fc.assert(
      fc.property(anyTrades, (trades) => {
        const { desk, listener, trade } = deskOf(['trades']);
        const joinedEndMs = barClose(timeframe('1m'), barOpen(timeframe('1m'), trades[0]!.timeMs));
        for (const [k, each] of trades.entries()) {
          trade(each);
          for (const [target, text] of WANTED.entries()) {
            const { isWhole, ...bar } = desk.forming(0, target)!;
            assert.deepEqual(bar, barsOf(trades.slice(0, k + 1), text).at(-1));
            assert.equal(isWhole, bar.openTimeMs >= joinedEndMs);
          }
        }
        const nowMs = trades.at(-1)!.timeMs;
        for (const [target, text] of WANTED.entries()) {
          const all = barsOf(trades, text).filter((bar) => bar.openTimeMs >= joinedEndMs);
          const told = listener.bars[target]!;
          assert.deepEqual(told, all.slice(0, told.length));
          // A coarser bar waits for a base bar behind it where its own last one was empty.
          assert.ok(all.length - told.length <= 2);
          const due = all.filter(
            (bar) => barClose(timeframe(text), bar.openTimeMs) <= barOpen(timeframe('1m'), nowMs) - MINUTE_MS,
          );
          if (text === '1m') assert.ok(told.length >= due.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('the venue closes bars, trades run ahead of it by any number -> its bars of every timeframe, no correction', () => {
    fc.assert(
      fc.property(anyTrades, fc.integer({ min: 0, max: 4 }), (trades, behind) => {
        const { desk, listener, trade, bar } = deskOf(['trades', 'bars']);
        const minutes = barsOf(trades, '1m');
        let settled = 0;
        for (const [k, each] of trades.entries()) {
          trade(each);
          const ended = barsOf(trades.slice(0, k + 1), '1m').length - 1;
          while (settled < ended - behind) bar(minutes[settled++]!, true);
          for (const [target, text] of WANTED.entries()) {
            const { isWhole, ...forming } = desk.forming(0, target)!;
            assert.deepEqual(forming, barsOf(trades.slice(0, k + 1), text).at(-1), `${text} after ${k}`);
            if (settled > 0) assert.equal(isWhole, forming.openTimeMs >= minutes[0]!.openTimeMs);
          }
        }
        assert.deepEqual(listener.bars[0], minutes.slice(0, settled));
        assert.deepEqual(listener.corrections, []);
        const told = trades.filter((t) => settled > 0 && t.timeMs < minutes[settled - 1]!.openTimeMs + MINUTE_MS);
        for (const target of [1, 2]) {
          // The first reaches back behind the first minute, where that does not begin it.
          const all = barsOf(told, WANTED[target]!).filter((b) => b.openTimeMs >= minutes[0]!.openTimeMs);
          const bars = listener.bars[target]!;
          assert.deepEqual(bars, all.slice(0, bars.length));
          assert.ok(all.length - bars.length <= 1);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('each base bar -> the timeframes that closed with it, finer first', () => {
    const { listener, bar } = deskOf(['bars']);
    for (let m = 0; m < 30; m++)
      bar({ openTimeMs: HOUR_0 + m * MINUTE_MS, open: 1, high: 2, low: 0.5, close: 1, volume: m }, true);
    const expected = Array.from({ length: 30 }, (_, m) =>
      (m + 1) % 15 === 0 ? '1m 5m 15m' : (m + 1) % 5 === 0 ? '1m 5m' : '1m',
    );
    assert.deepEqual(listener.together, expected);
    assert.equal(listener.bars[2]![1]!.volume, 15 * 15 + (14 * 15) / 2);
  });

  const minute = (m: number, close = 100, high = 105): Bar => ({
    ...{ openTimeMs: HOUR_0 + m * MINUTE_MS, open: 100, high, low: 95, close, volume: 3 },
  });
  const tradesOf = (m: number): readonly Trade[] =>
    [100, 105, 95, 100].map((price, k) => ({
      ...{ timeMs: HOUR_0 + m * MINUTE_MS + 1_000 * k, price, quantity: [1, 1, 0.5, 0.5][k]! },
    }));

  test('the venue’s bar is another than ours -> told once, with both, also where ours had ended before; the venue’s counts', () => {
    const { listener, trade, bar } = deskOf(['trades', 'bars']);
    for (let m = 0; m < 4; m++) for (const each of tradesOf(m)) trade(each);
    bar(minute(0, 100, 999), true);
    bar(minute(1), true);
    bar(minute(2, 100, 106), true);
    // Under way.
    bar(minute(3, 101), true);
    assert.deepEqual(listener.corrections, [
      [minute(2), minute(2, 100, 106)],
      [minute(3), minute(3, 101)],
    ]);
    assert.deepEqual(
      listener.bars[0]!.map((b) => [b.high, b.close]),
      [
        ...[
          [999, 100],
          [105, 100],
          [106, 100],
        ],
        [105, 101],
      ],
    );
  });

  test('volumes that differ by rounding, twice the same close, an older one -> no correction, each bar once', () => {
    const { listener, trade, bar } = deskOf(['trades', 'bars']);
    for (const each of [...tradesOf(0), ...tradesOf(1)]) trade(each);
    bar(minute(0), true);
    bar({ ...minute(1), volume: 3 + 2 ** -51 }, true);
    bar(minute(1), true);
    bar(minute(0, 77), true);
    assert.deepEqual(listener.corrections, []);
    assert.equal(listener.bars[0]!.length, 2);
  });

  test('the venue’s bar under way and trades of the same -> the venue’s open, whoever saw more, whoever spoke last', () => {
    const { desk, trade, bar } = deskOf(['trades', 'bars']);
    bar({ ...minute(0), volume: 50 }, false, HOUR_0 + 30_000);
    trade({ timeMs: HOUR_0 + 31_000, price: 110, quantity: 1 });
    assert.deepEqual(desk.forming(0, 1), { ...minute(0, 110, 110), volume: 50, isWhole: true });
    bar({ ...minute(0, 108, 111), volume: 52 }, false, HOUR_0 + 32_000);
    assert.deepEqual(desk.forming(0, 0), { ...minute(0, 108, 111), volume: 52, isWhole: true });
    bar({ ...minute(0, 108, 111), volume: 53 }, true, HOUR_0 + MINUTE_MS);
    assert.equal(desk.forming(0, 0), null);
    assert.deepEqual(desk.forming(0, 1), { ...minute(0, 108, 111), volume: 53, isWhole: true });
  });

  test('joined by the venue’s bar under way -> it is whole, a longer one is not, until the past is there', () => {
    const { desk, bar } = deskOf(['bars']);
    bar(minute(7), false);
    assert.deepEqual([desk.forming(0, 0)!.isWhole, desk.forming(0, 1)!.isWhole], [true, false]);
    assert.equal(desk.prime(0, rows(0, 7)), true);
    assert.deepEqual(desk.forming(0, 1), { ...minute(5), volume: 9, isWhole: true });
  });

  const rows = (from: number, to: number) =>
    barsFromRows(Array.from({ length: to - from }, (_, k) => [HOUR_0 + (from + k) * MINUTE_MS, 100, 105, 95, 100, 3]));

  test('joined in the middle -> coarser bars are told once they are whole; primed with the past -> from the first on', () => {
    for (const isPrimed of [false, true])
      for (const livesBefore of [0, 2]) {
        const { desk, listener, bar } = deskOf(['bars']);
        for (let m = 7; m < 7 + livesBefore; m++) bar(minute(m), true);
        if (isPrimed) assert.equal(desk.prime(0, rows(0, 7 + livesBefore)), true);
        assert.equal(desk.forming(0, 2)?.isWhole, livesBefore + Number(isPrimed) === 0 ? undefined : isPrimed);
        for (let m = 7 + livesBefore; m < 30; m++) bar(minute(m), true);
        const opens = (target: number) => listener.bars[target]!.map((b) => (b.openTimeMs - HOUR_0) / MINUTE_MS);
        assert.deepEqual(
          opens(0),
          Array.from({ length: 23 }, (_, k) => 7 + k),
        );
        assert.deepEqual(opens(1), isPrimed ? [5, 10, 15, 20, 25] : [10, 15, 20, 25]);
        assert.deepEqual(opens(2), isPrimed ? [0, 15] : [15]);
        if (isPrimed) assert.equal(listener.bars[2]![0]!.volume, 45);
      }
  });

  test('a past that does not reach up to the present -> not taken, or what it misses is not whole', () => {
    const late = deskOf(['bars']);
    late.bar(minute(9), true);
    assert.equal(late.desk.prime(0, rows(0, 8)), false);
    assert.equal(late.desk.prime(0, rows(9, 20)), false);
    assert.equal(late.desk.forming(0, 2)!.isWhole, false);
    const early = deskOf(['bars']);
    assert.equal(early.desk.prime(0, rows(0, 8)), true);
    for (let m = 9; m < 30; m++) early.bar(minute(m), true);
    assert.deepEqual(
      early.listener.bars[2]!.map((b) => b.openTimeMs),
      [HOUR_0 + 15 * MINUTE_MS],
    );
  });

  test('base bars lost for good -> no bar that they belong to is told; recovered, or of trades beside them -> all are', () => {
    const { desk, listener, bar } = deskOf(['trades', 'bars']);
    for (let m = 0; m < 30; m++) {
      const toMs = HOUR_0 + 8 * MINUTE_MS;
      if (m === 7) {
        desk.gap(BARS, { outcome: 'lost', toMs });
        desk.gap(BARS, { outcome: 'recovered', toMs: HOUR_0 + 20 * MINUTE_MS });
        desk.gap(TRADES, { outcome: 'lost', toMs: HOUR_0 + 20 * MINUTE_MS });
        desk.gap(99, { outcome: 'lost', toMs: HOUR_0 + 20 * MINUTE_MS });
      } else bar(minute(m), true);
    }
    const opens = (target: number) => listener.bars[target]!.map((b) => (b.openTimeMs - HOUR_0) / MINUTE_MS);
    assert.deepEqual(opens(1), [0, 10, 15, 20, 25]);
    assert.deepEqual(opens(2), [15]);
  });

  test('trades alone, some lost -> the bar in which they go on is not told; time passes -> bars close without a trade', () => {
    const { desk, listener, trade } = deskOf(['trades']);
    for (const m of [0, 1, 2]) for (const each of tradesOf(m)) trade(each);
    desk.gap(TRADES, { outcome: 'lost', toMs: HOUR_0 + 4 * MINUTE_MS + 1_500 });
    for (const m of [4, 5]) for (const each of tradesOf(m)) trade(each);
    desk.closeThrough(HOUR_0 + 6 * MINUTE_MS - 1);
    const opens = () => listener.bars[0]!.map((b) => (b.openTimeMs - HOUR_0) / MINUTE_MS);
    assert.deepEqual(opens(), [1]);
    desk.closeThrough(HOUR_0 + 6 * MINUTE_MS);
    assert.deepEqual(opens(), [1, 5]);
  });

  test('a venue that dates its bars otherwise -> they are told as it says, and trades leave them alone', () => {
    const { desk, listener, trade, bar } = deskOf(['trades', 'bars'], '1m', ['1m']);
    const odd = (m: number): Bar => ({ ...minute(m), openTimeMs: minute(m).openTimeMs + 20_000 });
    bar(odd(0), false);
    for (const m of [0, 1, 2]) for (const each of tradesOf(m)) trade(each);
    assert.deepEqual(desk.forming(0, 0), { ...odd(0), isWhole: true });
    bar(odd(0), true);
    bar(odd(1), false);
    assert.deepEqual([listener.bars[0], listener.corrections], [[odd(0)], []]);
    assert.deepEqual(desk.forming(0, 0), { ...odd(1), isWhole: true });
  });

  test('data that nobody follows -> passed over; timeframes that the base does not divide -> RangeError', () => {
    const { desk, listener } = deskOf([]);
    desk.trade(5, HOUR_0, 0, 1, 100, 1, 1);
    desk.bar(6, HOUR_0, 0, HOUR_0, 1, 1, 1, 1, 1, true);
    assert.deepEqual([listener.together, desk.forming(0, 0)], [[], null]);
    assert.throws(() => deskOf([], '5m', ['1m']), RangeError);
  });
});
