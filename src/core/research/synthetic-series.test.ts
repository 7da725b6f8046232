import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../vocabulary/random.ts';
import { civilToMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../vocabulary/time.ts';
import { drawBackgrounds, gap, halt, overlay, type Regime } from './synthetic-regimes.ts';
import { generateSeries, type SeriesSpec } from './synthetic-series.ts';

const START = civilToMs(2025, 3, 1);
const flat = (bars: number, ms: number): Regime[] => [
  { label: 'chop', fromMs: START, toMs: START + bars * ms, driftPerHour: 0, volatility: 1, jump: 0 },
];
const spec = (extra: Partial<SeriesSpec> = {}): SeriesSpec => ({
  instrument: { id: 'SYNTH:X-USD', base: 'X', quote: 'USD', tick: '0.05', lot: '0.1' },
  seed: 7,
  timeframe: '1h',
  startMs: START,
  bars: 4_000,
  startPrice: 1_000,
  regimes: flat(4_000, HOUR_MS),
  ...extra,
});

describe('generateSeries', () => {
  test('range of bars: with and without bars inside -> the same mean within a tenth', () => {
    const range = (s: SeriesSpec) => {
      const { high, low, open } = generateSeries(s).bars;
      return high.reduce((sum, h, i) => sum + (h - low[i]!) / open[i]!, 0) / high.length;
    };
    const ratio = range(spec({ inner: { perBar: 60, fromMs: START } })) / range(spec());
    assert.ok(ratio > 0.9 && ratio < 1.1, `${ratio}`);
  });

  test('volatility: asked for 0.5 % an hour -> found within a tenth, at any timeframe', () => {
    for (const [timeframe, ms, hours] of [
      ['1h', HOUR_MS, 1],
      ['5m', 5 * MINUTE_MS, 1 / 12],
      ['4h', 4 * HOUR_MS, 4],
    ] as const) {
      const { close, open } = generateSeries(spec({ timeframe, regimes: flat(4_000, ms) })).bars;
      const variance = close.reduce((sum, c, i) => sum + (c / open[i]! - 1) ** 2, 0) / close.length / hours;
      assert.ok(Math.abs(Math.sqrt(variance) / 0.005 - 1) < 0.1, `${timeframe} ${Math.sqrt(variance)}`);
    }
  });

  test('volume: tick 0.05 and lot 0.1 -> multiples of both a lot and a power of two', () => {
    for (const volume of generateSeries(spec()).bars.volume) assert.equal(volume % 0.5, 0);
  });

  test('volume: hour of the day -> the European–American overlap trades more than the night', () => {
    const { openTimeMs, volume } = generateSeries(spec()).bars;
    const at = (hour: number) =>
      volume.reduce((sum, v, i) => sum + ((openTimeMs[i]! % DAY_MS) / HOUR_MS === hour ? v : 0), 0);
    assert.ok(at(14) > 1.5 * at(4));
  });

  test('price: falls towards nothing -> stays at one tick or more', () => {
    const regimes = [{ ...flat(4_000, HOUR_MS)[0]!, driftPerHour: -0.5 }];
    assert.equal(Math.min(...generateSeries(spec({ regimes })).bars.low), 0.05);
  });

  test('specification: month bars, or regimes that end early -> RangeError', () => {
    assert.throws(() => generateSeries(spec({ timeframe: '1mo' })), /at most 1d, found 1mo/);
    assert.throws(() => generateSeries(spec({ regimes: flat(3_999, HOUR_MS) })), /expected regimes from the first bar/);
  });
});

describe('overlay', () => {
  const end = START + 200 * DAY_MS;
  const tiles = (regimes: readonly Regime[]) => {
    assert.equal(regimes[0]!.fromMs, START);
    assert.equal(regimes.at(-1)!.toMs, end);
    for (let i = 1; i < regimes.length; i++) assert.equal(regimes[i]!.fromMs, regimes[i - 1]!.toMs);
  };

  test('events at random hours -> still tiles, each event there once', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const hour = () => START + random.integer(200 * 24) * HOUR_MS;
      const events = [gap(hour(), random), halt(hour(), random)];
      const regimes = events.reduce(overlay, drawBackgrounds(START, end, random));
      tiles(regimes);
      assert.equal(regimes.filter((r) => r.label === 'halt').length, 1);
      assert.equal(regimes.filter((r) => r.label === 'gap' && r.jump !== 0).length <= 1, true);
    }
  });

  test('event across a border and at the very start and end -> clipped to the time there is', () => {
    const base = flat(200, DAY_MS);
    const event = (fromMs: number, toMs: number): Regime => ({ ...base[0]!, label: 'crash', fromMs, toMs });
    tiles(overlay(base, event(START, START + DAY_MS)));
    tiles(overlay(base, event(end - DAY_MS, end + DAY_MS)));
    const two = overlay(base, event(START + DAY_MS, START + 3 * DAY_MS));
    const three = overlay(two, event(START + 2 * DAY_MS, START + 5 * DAY_MS));
    tiles(three);
    assert.deepEqual(
      three.map((r) => [r.label, (r.fromMs - START) / DAY_MS]),
      [
        ['chop', 0],
        ['crash', 1],
        ['crash', 2],
        ['chop', 5],
      ],
    );
  });
});
