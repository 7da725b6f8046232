import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_LIMITS, STOCK } from '../../../test/scenario.ts';
import { dataMissing, readShared } from '../../../test/shared-data.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { ta } from '../indicators/ta.ts';
import { Backtest } from '../research/backtest.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import type { CalendarName } from '../vocabulary/calendar.ts';
import { type BarColumns, barsFromRows } from '../vocabulary/market-data.ts';
import { DAY_MS, formatTime, HOUR_MS, parseTime, type Timeframe } from '../vocabulary/time.ts';
import { eventsHash } from './state-hash.ts';

const M = (text: string): number => parseTime(text)!;

/** When each bar of a higher timeframe is seen, and what it is: `2024-03-08T21:00 open high low close`. */
function seen(
  columns: BarColumns,
  base: Timeframe,
  higher: Timeframe,
  calendar: CalendarName | undefined,
): readonly string[] {
  const lines: string[] = [];
  const watcher = defineStrategy({
    id: 'watcher',
    params: {},
    data: { main: bars(), high: bars(higher) },
    indicators: ({ data }) => ({ mean: ta.sma(data.high.close, 2) }),
    onBar(c) {
      if (!c.closed('high')) return;
      const { open, high, low, close } = c.data.high;
      lines.push(`${formatTime(c.now).slice(0, 16)} ${open.value} ${high.value} ${low.value} ${close.value}`);
    },
  });
  const config = {
    feeds: [
      {
        instrument: { ...STOCK, kind: 'equity' as const },
        timeframe: base,
        bars: columns,
        ...(calendar ? { calendar } : {}),
      },
    ],
    strategies: [{ strategy: watcher }],
    cash: 10_000,
    costs: { fees: makerTakerFees(0, 0) },
    limits: NO_LIMITS,
    warmUp: 'ready' as const,
  };
  const run = new Backtest(config).run();
  const whole = lines.splice(0);
  const streamed = new Backtest({ ...config, streamed: true }).run();
  assert.deepEqual(lines, whole, 'a stream of the same bars sees the same');
  assert.equal(eventsHash(streamed.engine), eventsHash(run.engine));
  return whole;
}

/** Half-hour bars of New York's sessions from a day on; the price is the number of the bar. */
function sessions(opens: readonly string[], count = 13): BarColumns {
  let price = 0;
  return barsFromRows(
    opens.flatMap((open) =>
      Array.from({ length: count }, (_, k) => {
        price++;
        return [M(open) + k * HOUR_MS * 0.5, price, price, price, price, 1];
      }),
    ),
  );
}

describe('feeds of an exchange with sessions', () => {
  // Clocks go forward on 10 March 2024: the Friday closes at 21:00 UTC, the Monday at 20:00.
  const spring = sessions(['2024-03-07T14:30Z', '2024-03-08T14:30Z', '2024-03-11T13:30Z', '2024-03-12T13:30Z']);

  test('daily bars of half hours across the change of clocks -> each closes with its session', () => {
    assert.deepEqual(seen(spring, '30m', '1d', 'us-equities'), [
      '2024-03-07T21:00 1 13 1 13',
      '2024-03-08T21:00 14 26 14 26',
      '2024-03-11T20:00 27 39 27 39',
      '2024-03-12T20:00 40 52 40 52',
    ]);
  });

  test('without a calendar -> they close at midnight UTC, with the first bar of the next day', () => {
    assert.deepEqual(seen(spring, '30m', '1d', undefined), [
      '2024-03-08T15:00 1 13 1 13',
      '2024-03-11T14:00 14 26 14 26',
      '2024-03-12T14:00 27 39 27 39',
    ]);
  });

  test('weekly bars -> close with the last session of the week, be it the Thursday before Good Friday', () => {
    assert.deepEqual(seen(spring, '30m', '1w', 'us-equities'), ['2024-03-08T21:00 1 26 1 26']);
    const easter = sessions(['2024-03-27T13:30Z', '2024-03-28T13:30Z', '2024-04-01T13:30Z']);
    assert.deepEqual(seen(easter, '30m', '1w', 'us-equities'), ['2024-03-28T20:00 1 26 1 26']);
  });

  test('a half day, and hours cut at the close -> the last bar ends with the session', () => {
    const half = sessions(['2024-07-03T13:30Z'], 7);
    assert.deepEqual(seen(half, '30m', '1d', 'us-equities'), ['2024-07-03T17:00 1 7 1 7']);
    assert.deepEqual(
      seen(half, '30m', '1h', 'us-equities').map((line) => line.slice(11, 16)),
      ['14:30', '15:30', '16:30', '17:00'],
    );
  });

  test('bars before and after hours -> traded on, and part of no daily bar', () => {
    const rows = [
      ['2024-03-08T14:00Z', 5],
      ['2024-03-08T14:30Z', 1],
      ['2024-03-08T20:30Z', 2],
      ['2024-03-08T21:00Z', 9],
    ] as const;
    const mixed = barsFromRows(rows.map(([time, price]) => [M(time), price, price, price, price, 1]));
    assert.deepEqual(seen(mixed, '30m', '1d', 'us-equities'), ['2024-03-08T21:00 1 2 1 2']);
  });

  test('weeks of dated daily bars -> seen with the last trading day, not with the Monday after', () => {
    const days = ['2024-03-25', '2024-03-26', '2024-03-27', '2024-03-28', '2024-04-01', '2024-04-02'];
    const daily = barsFromRows(days.map((day, i) => [M(day), i + 1, i + 1, i + 1, i + 1, 1]));
    assert.deepEqual(seen(daily, '1d', '1w', 'us-equities'), ['2024-03-29T00:00 1 4 1 4']);
    assert.deepEqual(seen(daily, '1d', '1w', undefined), ['2024-04-02T00:00 1 4 1 4']);
  });
});

/** Rows of a recorded file of ts, open, high, low, close, volume. */
function recorded(path: string): BarColumns {
  return barsFromRows(
    readShared(path)
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(',').map(Number)),
  );
}

describe('recorded bars of shares', () => {
  const minutes = 'ohlcv/lean/equity_SPY_1m_raw.csv.gz';
  const days = 'ohlcv/lean/equity_SPY_1d_raw.csv.gz';
  test('SPY, minutes of 2013 with early and late trading -> days that close at 20:00 UTC with the high and low that the exchange’s own had', {
    skip: dataMissing(minutes) || dataMissing(days),
  }, () => {
    const all = recorded(minutes);
    const official = recorded(days);
    const lines = seen(all, '1m', '1d', 'us-equities');
    assert.ok(lines.length >= 6, `${lines.length} days`);
    for (const line of lines) {
      const [time, , high, low] = line.split(' ');
      assert.equal(time!.slice(11), '20:00');
      const row = official.openTimeMs.indexOf(M(time!.slice(0, 10)));
      // The consolidated tape of a day has prints that minutes of one session may lack: cents apart.
      if (row >= 0) {
        assert.ok(
          Math.abs(Number(high) / official.high[row]! - 1) < 0.001,
          `${line}, official high ${official.high[row]}`,
        );
        assert.ok(Math.abs(Number(low) / official.low[row]! - 1) < 0.001, `${line}, official low ${official.low[row]}`);
      }
    }
  });

  const apple = 'ohlcv/lean/equity_AAPL_1d_raw.csv.gz';
  test('AAPL, 23 years of days -> every week is seen at the midnight after its last trading day', {
    skip: dataMissing(apple),
  }, () => {
    const daily = recorded(apple);
    const { openTimeMs } = daily;
    // The Monday of a day; day 0 was a Thursday.
    const week = (t: number): number => Math.floor((t / DAY_MS + 3) / 7);
    const ends = [...openTimeMs].filter((t, i) => i + 1 < openTimeMs.length && week(openTimeMs[i + 1]!) !== week(t));
    const times = seen(daily, '1d', '1w', 'us-equities').map((line) => line.slice(0, 16));
    assert.deepEqual(
      times,
      ends.map((t) => formatTime(t + DAY_MS).slice(0, 16)),
    );
  });
});
