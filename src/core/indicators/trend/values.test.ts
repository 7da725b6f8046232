import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skenderQuotes } from '../../../../test/indicator-references.ts';
import { dataMissing } from '../../../../test/shared-data.ts';
import { compute } from '../run.ts';
import { alligator, gator } from './alligator.ts';
import { aroon } from './aroon.ts';
import { atrTrailingStop } from './atr-trailing-stop.ts';
import { adx, directionalMovement } from './directional.ts';
import { fractals } from './fractals.ts';
import { ichimoku } from './ichimoku.ts';
import { type PivotMethod, pivotLevels } from './pivot-levels.ts';
import { calendarWindow, pivotPoints, pivotPointsRolling } from './pivot-points.ts';
import { superTrend } from './supertrend.ts';
import { vortex } from './vortex.ts';
import { zigZag } from './zigzag.ts';

const of = (...x: number[]): Float64Array => Float64Array.of(...x);
const NONE = Number.NaN;

/** Rising for three bars, then falling through the band. */
const high = of(10, 11, 12, 9);
const low = of(8, 9, 10, 5);
const close = of(9, 10, 11, 5);

describe('trend, worked by hand', () => {
  test('adx, convention of Tulip: bars that reach as far up as down -> the values of Tulip dm, di and adx', () => {
    // Bars 6 and 11 reach beyond the bar before by the same on both sides. All prices are quarters, which doubles hold exactly.
    const h = of(101.5, 103.25, 103.75, 104, 105.25, 107.5, 108.25, 107.25, 107.5, 107.25, 106, 106.5, 107);
    const l = of(100, 101.25, 103, 102.5, 104.5, 106.5, 105.75, 106, 106.25, 106, 105.5, 105, 105.75);
    const c = of(100.75, 102.25, 103.5, 103.5, 105, 106.5, 108, 106.75, 106.5, 106.75, 106, 105.5, 106);
    const near = (found: Float64Array, from: number, expected: readonly number[]): void => {
      expected.forEach((x, i) => {
        assert.ok(Math.abs(found[from + i]! - x) < 1e-10, `row ${from + i}: found ${found[from + i]}, expected ${x}`);
      });
    };
    const dm = compute(directionalMovement, [h, l], { length: 3, convention: 2 });
    near(dm.plusDm, 5, [3.75, 3.25, 2.1666666666666665, 1.6944444444444442, 1.1296296296296293, 0.7530864197530862]);
    near(dm.minusDm, 5, [0.2222222222222222, 0.8981481481481481, 0.5987654320987654, 0.39917695473251025]);
    const found = compute(adx, [h, l, c], { length: 3, convention: 2 });
    near(found.plusDi, 6, [52.597402597402606, 35.406859448554144]);
    near(found.minusDi, 6, [14.535464535464538, 9.784801613987899]);
    near(found.adx, 6, [71.84848827993989, 66.7978017104361, 65.15430842939801, 55.862405522356184, 39.14063984914403]);
    // Wilder's rule, and TA-Lib: such a bar counts on neither side.
    near(compute(directionalMovement, [h, l], { length: 3, convention: 1 }).plusDm, 5, [3.75, 2.5, 1.6666666666666665]);
  });

  test('supertrend: one-bar ranges of 2, 2 and 6 -> lower band 8, 9, then the upper band 12 and falling', () => {
    const ours = compute(superTrend, [high, low, close], { length: 1, multiplier: 1 });
    assert.deepEqual([...ours.value], [NONE, 8, 9, 12]);
    assert.deepEqual([...ours.direction], [NONE, 1, 1, -1]);
    assert.deepEqual([...ours.upper], [NONE, 12, 12, 12]);
    assert.deepEqual([...ours.lower], [NONE, 8, 9, 9]);
  });

  test('atr-trailing-stop: from the close -> 8, 9, then 11 above a short; from the extremes -> 7, 8, then 13', () => {
    const ours = compute(atrTrailingStop, [high, low, close], { length: 1, multiplier: 1 });
    assert.deepEqual([...ours.value], [NONE, 8, 9, 11]);
    assert.deepEqual([...ours.direction], [NONE, 1, 1, -1]);
    const wide = compute(atrTrailingStop, [high, low, close], { length: 1, multiplier: 1, from: 1 });
    assert.deepEqual([...wide.value], [NONE, 7, 8, 13]);
  });

  test('ichimoku: lengths 1, 2, 3 drawn one bar ahead -> middles of the ranges, the cloud a bar late, chikou the close', () => {
    const ours = compute(ichimoku, [high, low, close], { tenkan: 1, kijun: 2, senkouB: 3, displacement: 1 });
    assert.deepEqual([...ours.tenkan], [9, 10, 11, 7]);
    assert.deepEqual([...ours.kijun], [NONE, 9.5, 10.5, 8.5]);
    assert.deepEqual([...ours.senkouA], [NONE, NONE, 9.75, 10.75]);
    assert.deepEqual([...ours.senkouB], [NONE, NONE, NONE, 10]);
    assert.deepEqual([...ours.chikou], [...close]);
  });

  test('alligator and gator: averages of 2, 1 and 1 bars drawn 1, 1 and 0 bars ahead -> lines and the open mouth', () => {
    const lengths = { jaw: 2, jawOffset: 1, teeth: 1, teethOffset: 1, lips: 1, lipsOffset: 0 };
    const prices = of(4, 8, 10, 20, 21);
    const lines = compute(alligator, [prices], lengths);
    assert.deepEqual([...lines.jaw], [NONE, NONE, 6, 8, 14], 'mean of 4 and 8, then half way to 10 and to 20');
    assert.deepEqual([...lines.teeth], [NONE, 4, 8, 10, 20]);
    assert.deepEqual([...lines.lips], [...prices]);
    const mouth = compute(gator, [prices], lengths);
    assert.deepEqual([...mouth.upper], [NONE, NONE, 2, 2, 6]);
    assert.deepEqual([...mouth.lower], [NONE, -4, -2, -10, -1]);
    assert.deepEqual([...mouth.upperExpanding], [NONE, NONE, NONE, 0, 1]);
    assert.deepEqual([...mouth.lowerExpanding], [NONE, NONE, 0, 1, 0]);
  });

  test('fractals: a peak of 3 two bars ago, level lows -> high 3 confirmed with age 2, no low fractal', () => {
    const ours = compute(fractals, [of(1, 2, 3, 2, 1, 5), of(0, 0, 0, 0, 0, 0)]);
    assert.deepEqual([...ours.high], [NONE, NONE, NONE, NONE, 3, 3]);
    assert.deepEqual([...ours.highAge], [NONE, NONE, NONE, NONE, 2, 3]);
    assert.deepEqual([...ours.low], [NONE, NONE, NONE, NONE, 0, 0]);
    assert.deepEqual([...ours.lowAge], [NONE, NONE, NONE, NONE, -1, -1]);
  });

  test('fractals: two equal highs -> neither is one; until then the highest high stands in', () => {
    const ours = compute(fractals, [of(1, 3, 3, 2, 1), of(0, 0, 0, 0, 0)], { left: 1, right: 1 });
    assert.deepEqual([...ours.high], [NONE, NONE, 3, 3, 3]);
    assert.deepEqual([...ours.highAge], [NONE, NONE, -1, -1, -1]);
  });

  test('zigzag: 100 110 104 98 104 at 5 % -> high 110 confirmed by 104, low 98 confirmed by the last', () => {
    const prices = of(100, 110, 104, 98, 104);
    const ours = compute(zigZag, [prices, prices], { percent: 5 });
    assert.deepEqual([...ours.pivot], [100, 100, 110, 110, 98]);
    assert.deepEqual([...ours.direction], [0, 0, 1, 1, -1]);
    assert.deepEqual([...ours.barsSince], [0, 1, 1, 2, 1]);
    assert.deepEqual([...ours.extreme], [100, 110, 104, 98, 104]);
  });

  test('adx, vortex, aroon: a market that does not move -> 0 everywhere, 1 and 1, and the last bar as both extremes', () => {
    const flat = new Float64Array(60).fill(7);
    const directional = compute(adx, [flat, flat, flat]);
    for (const column of Object.values(directional)) assert.equal(column.at(-1), 0);
    const swings = compute(vortex, [flat, flat, flat]);
    assert.deepEqual([swings.plus.at(-1), swings.minus.at(-1)], [1, 1]);
    const recent = compute(aroon, [flat, flat]);
    assert.deepEqual([recent.up.at(-1), recent.down.at(-1)], [100, 100]);
    const earliest = compute(aroon, [flat, flat], { ties: 1 });
    assert.deepEqual([earliest.up.at(-1), earliest.down.at(-1)], [0, 0]);
  });
});

describe('pivot points', () => {
  const levels = (method: PivotMethod, open: number, newOpen: number, count: number): number[] => {
    const out = new Float64Array(count);
    pivotLevels(method, out, open, 110, 90, 100, newOpen);
    return [...out].map((x) => Math.round(x * 1e9) / 1e9);
  };

  test('pivot levels: high 110, low 90, close 100 -> each method’s levels', () => {
    assert.deepEqual(levels('standard', 95, 104, 7), [100, 90, 80, 70, 110, 120, 130]);
    assert.deepEqual(levels('fibonacci', 95, 104, 7), [100, 92.36, 87.64, 80, 107.64, 112.36, 120]);
    assert.deepEqual(levels('woodie', 95, 104, 7), [102, 94, 82, 74, 114, 122, 134]);
    const quarter = [100 - 22 / 12, 100 - 22 / 6, 94.5, 89, 100 + 22 / 12, 100 + 22 / 6, 105.5, 111];
    assert.deepEqual(levels('camarilla', 95, 104, 9), [100, ...quarter.map((x) => Math.round(x * 1e9) / 1e9)]);
    assert.deepEqual(levels('demark', 95, 104, 3), [102.5, 95, 115], 'close above open');
    assert.deepEqual(levels('demark', 105, 104, 3), [97.5, 85, 105], 'close below open');
    assert.deepEqual(levels('demark', 100, 104, 3), [100, 90, 110], 'close at open');
  });

  test('calendar windows: every day from 1896 to 2104 -> months, weeks from Monday, days and hours as the calendar has them', () => {
    const DAY = 86_400_000;
    let previous = new Date(Date.UTC(1896, 0, 1));
    for (let t = previous.getTime() + DAY; t < Date.UTC(2104, 0, 1); t += DAY) {
      const now = new Date(t);
      const before = t - 1;
      const changed = (window: number): number => calendarWindow(t, window) - calendarWindow(before, window);
      assert.equal(changed(3), now.getUTCMonth() === previous.getUTCMonth() ? 0 : 1, `month at ${now.toISOString()}`);
      assert.equal(changed(2), now.getUTCDay() === 1 ? 1 : 0, `week at ${now.toISOString()}`);
      assert.equal(changed(1), 1);
      assert.equal(changed(0), 1);
      previous = now;
    }
  });

  test('pivot-points: months of daily bars -> levels of the whole month before, counted', {
    skip: dataMissing('indicators/skender/quotes/default.csv'),
  }, () => {
    const q = skenderQuotes();
    const bars = [q['open']!, q['high']!, q['low']!, q['close']!, q['openTimeMs']!];
    const ours = compute(pivotPoints.woodie, bars, { window: 3 });
    const months = Array.from(q['openTimeMs']!, (t) => new Date(t).toISOString().slice(0, 7));
    let compared = 0;
    for (let i = 0; i < months.length; i++) {
      const earlier = [...new Set(months.slice(0, i).filter((m) => m < months[i]!))];
      assert.equal(ours.windows[i], earlier.length);
      const last = earlier.at(-1);
      if (!last) continue;
      const rows = months.flatMap((m, k) => (m === last ? [k] : []));
      const [top, bottom] = [Math.max(...rows.map((k) => bars[1]![k]!)), Math.min(...rows.map((k) => bars[2]![k]!))];
      const pivot = (top + bottom + 2 * bars[0]![months.indexOf(months[i]!)]!) / 4;
      assert.equal(ours.pp[i], pivot, `row ${i}`);
      assert.equal(ours.s1[i], 2 * pivot - top, `row ${i}`);
      compared++;
    }
    assert.ok(compared > 400);
  });

  test('rolling pivots: window of two bars, one bar further back -> open of its first, extremes of both, close of its last', () => {
    const open = of(1, 2, 3, 4, 5);
    const ours = compute(pivotPointsRolling.demark, [open, of(9, 8, 7, 6, 5), of(0, 1, 1, 1, 1), of(5, 2.5, 3, 4, 5)], {
      length: 2,
      offset: 1,
    });
    // Row 3 sees bars 0 and 1: open 1, high 9, low 0, close 2.5 above the open; row 4 bars 1 and 2: open 2, high 8, low 1, close 3.
    assert.deepEqual([...ours.pp], [NONE, NONE, NONE, (2 * 9 + 0 + 2.5) / 4, (2 * 8 + 1 + 3) / 4]);
    const woodie = compute(
      pivotPointsRolling.woodie,
      [open, of(9, 8, 7, 6, 5), of(0, 1, 1, 1, 1), of(5, 2.5, 3, 4, 5)],
      {
        length: 2,
        offset: 1,
      },
    );
    assert.deepEqual([...woodie.pp], [NONE, NONE, NONE, (9 + 0 + 8) / 4, (8 + 1 + 10) / 4]);
  });
});
