import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mismatch, skender, skenderPath, stockcharts, talib, tulip } from '../../../../test/indicator-references.ts';
import { dataMissing } from '../../../../test/shared-data.ts';
import type { Indicator } from '../indicator.ts';
import { compute } from '../run.ts';
import { aroon } from './aroon.ts';
import { adx, directionalMovement } from './directional.ts';
import { hilbertTrendline } from './hilbert-trendline.ts';
import { ichimoku } from './ichimoku.ts';
import { parabolicSar, parabolicSarExtended } from './parabolic-sar.ts';
import { pivotPointsRolling } from './pivot-points.ts';
import { volatilityStop } from './volatility-stop.ts';
import { vortex } from './vortex.ts';

/** Full precision sources: relative error. The others are rounded, and carry the half of their last digit. */
const EXACT = 1e-9;

type Outputs = Readonly<Record<string, Float64Array>>;
type Given = Readonly<Record<string, number>>;

function outputsOf(spec: Pick<Indicator, 'name'>, columns: readonly Float64Array[], given: Given): Outputs {
  return compute(spec as Indicator, columns, given);
}

describe('trend against Skender Stock Indicators', () => {
  const cases: readonly (readonly [
    id: string,
    spec: Pick<Indicator, 'name' | 'inputs'>,
    given: Given,
    Readonly<Record<string, string>>,
  ])[] = [
    ['adx', adx, { length: 14 }, { pdi: 'plusDi', mdi: 'minusDi', dx: 'dx', adx: 'adx', adxr: 'adxr' }],
    ['psar', parabolicSar, { step: 0.02, max: 0.2, convention: 1 }, { sar: 'sar', isReversal: 'reversed' }],
    ['vol-stop', volatilityStop, { length: 7, multiplier: 3 }, { sar: 'stop', isStop: 'stopped' }],
    [
      'rolling-pivots',
      pivotPointsRolling.standard,
      { length: 20, offset: 0 },
      { pp: 'pp', s1: 's1', s2: 's2', s3: 's3', r1: 'r1', r2: 'r2', r3: 'r3' },
    ],
  ];
  for (const [id, spec, given, columns] of cases)
    test(`${spec.name}: Skender ${id} (${Object.keys(columns).join(', ')}) -> equal on every row`, {
      skip: dataMissing(skenderPath(id)),
    }, () => {
      const { quotes, expected } = skender(id);
      const ours = outputsOf(
        spec,
        spec.inputs.map((name) => quotes[name]!),
        given,
      );
      for (const [theirs, name] of Object.entries(columns))
        assert.equal(mismatch(ours[name]!, expected[theirs]!, EXACT), null, theirs);
    });

  test('volatility-stop: Skender vol-stop bands -> the stop, above a short and below a long', {
    skip: dataMissing(skenderPath('vol-stop')),
  }, () => {
    const { quotes, expected } = skender('vol-stop');
    const { stop, direction, stopped } = compute(volatilityStop, [quotes['high']!, quotes['low']!, quotes['close']!]);
    // The bar that reverses is still shown with the stop of the position it closed.
    const short = direction.map((d, i) => (stopped[i] === 1 ? -d : d));
    const expectNaN = (band: 'upperBand' | 'lowerBand', side: number): void => {
      const given = expected[band]!;
      assert.equal(mismatch(stop, given, EXACT), null, band);
      given.forEach((x, i) => {
        if (!Number.isNaN(expected['sar']![i]!))
          assert.equal(!Number.isNaN(x), short[i] === side, `${band} at row ${i}`);
      });
    };
    expectNaN('upperBand', -1);
    expectNaN('lowerBand', 1);
  });

  test('hilbert-trendline: Skender htl on (high + low)/2 -> cycle, trendline and smooth price equal; its first 11 trendline rows repeat the price', {
    skip: dataMissing(skenderPath('htl')),
  }, () => {
    const { quotes, expected } = skender('htl');
    const middle = quotes['high']!.map((h, i) => (h + quotes['low']![i]!) / 2);
    const ours = compute(hilbertTrendline, [middle]);
    assert.equal(mismatch(ours.period, expected['dcPeriods']!, EXACT), null);
    assert.equal(mismatch(ours.smooth, expected['smoothPrice']!, EXACT), null);
    assert.equal(mismatch(ours.trendline, expected['trendline']!, EXACT, 11), null);
    assert.equal(mismatch(middle.subarray(0, 11), expected['trendline']!.subarray(0, 11), EXACT), null);
  });
});

describe('trend against StockCharts', () => {
  const path = (name: string): string => `indicators/stockcharts/cs-${name}.csv`;

  test('adx: StockCharts adx -> +DI, −DI, DX and ADX equal on every row', { skip: dataMissing(path('adx')) }, () => {
    const { columns, rounding } = stockcharts('adx');
    const ours = compute(adx, [columns['High']!, columns['Low']!, columns['Close']!]);
    const sums = compute(directionalMovement, [columns['High']!, columns['Low']!]);
    const found = {
      '+DI14': ours.plusDi,
      '-DI14': ours.minusDi,
      DX: ours.dx,
      ADX: ours.adx,
      '+DM14': sums.plusDm,
      '-DM14': sums.minusDm,
    };
    for (const [name, column] of Object.entries(found))
      assert.equal(mismatch(column, columns[name]!, { rounding: rounding[name]! }), null, name);
  });

  test('vortex: StockCharts vortex -> equal on every row', { skip: dataMissing(path('vortex')) }, () => {
    const { columns, rounding } = stockcharts('vortex');
    const ours = compute(vortex, [columns['High']!, columns['Low']!, columns['Close']!]);
    assert.equal(mismatch(ours.plus, columns['+VI14']!, { rounding: rounding['+VI14']! }), null);
    assert.equal(mismatch(ours.minus, columns['-VI14']!, { rounding: rounding['-VI14']! }), null);
  });

  test('parabolic-sar: StockCharts psar -> equal from its first reversal at row 8; the trend before it starts from the second close', {
    skip: dataMissing(path('psar')),
  }, () => {
    const { columns, rounding } = stockcharts('psar');
    const { sar, direction, reversed } = compute(parabolicSar, [columns['High']!, columns['Low']!]);
    assert.equal(mismatch(sar, columns['psar_up']!, { rounding: rounding['psar_up']! }, 8), null);
    assert.equal(mismatch(sar, columns['psar_down']!, { rounding: rounding['psar_down']! }, 8), null);
    for (let i = 8; i < sar.length; i++) {
      assert.equal(direction[i], Number.isNaN(columns['psar_up']![i]!) ? -1 : 1, `direction at row ${i}`);
      assert.equal(reversed[i], columns['psar_up_ind']![i]! + columns['psar_down_ind']![i]!, `reversal at row ${i}`);
    }
  });
});

describe('trend against TA-Lib and Tulip', () => {
  const names = { talib: 'indicators/talib/untest.json.gz', tulip: 'indicators/tulip/cases.json' } as const;
  type Mapping = readonly [
    source: keyof typeof names,
    name: string,
    spec: Pick<Indicator, 'name' | 'inputs'>,
    given: (options: readonly number[]) => Given,
    outputs: readonly string[],
  ];
  const ofLength = (convention: number) => (options: readonly number[]) => ({ length: options[0]!, convention });
  const cases: readonly Mapping[] = [
    ['talib', 'Adx', adx, ofLength(1), ['adx']],
    ['talib', 'Adxr', adx, ofLength(1), ['adxr']],
    ['talib', 'Dx', adx, ofLength(1), ['dx']],
    ['talib', 'PlusDI', adx, ofLength(1), ['plusDi']],
    ['talib', 'MinusDI', adx, ofLength(1), ['minusDi']],
    ['talib', 'PlusDM', directionalMovement, ofLength(1), ['plusDm']],
    ['talib', 'MinusDM', directionalMovement, ofLength(1), ['minusDm']],
    ['talib', 'Aroon', aroon, ([length]) => ({ length: length! }), ['down', 'up']],
    ['talib', 'AroonOsc', aroon, ([length]) => ({ length: length! }), ['oscillator']],
    ['talib', 'Sar', parabolicSar, ([step, max]) => ({ step: step!, max: max! }), ['sar']],
    ['tulip', 'adx', adx, ofLength(2), ['adx']],
    ['tulip', 'adxr', adx, ofLength(2), ['adxr']],
    ['tulip', 'dx', adx, ofLength(2), ['dx']],
    ['tulip', 'di', adx, ofLength(2), ['plusDi', 'minusDi']],
    ['tulip', 'dm', directionalMovement, ofLength(2), ['plusDm', 'minusDm']],
    ['tulip', 'aroon', aroon, ([length]) => ({ length: length! }), ['down', 'up']],
    ['tulip', 'aroonosc', aroon, ([length]) => ({ length: length! }), ['oscillator']],
    ['tulip', 'psar', parabolicSar, ([step, max]) => ({ step: step!, max: max!, convention: 2 }), ['sar']],
    ['tulip', 'ikhts', ichimoku, ([tenkan]) => ({ tenkan: tenkan! }), ['tenkan']],
  ];
  for (const [source, name, spec, given, outputs] of cases)
    test(`${spec.name}: ${source} ${name} -> equal to its printed digits`, { skip: dataMissing(names[source]) }, () => {
      const found = (source === 'talib' ? talib : tulip)(name);
      assert.ok(found.length > 0);
      for (const c of found) {
        // Some take no close, because the true range cancels in what they give; any price will do for it.
        const columns = spec.inputs.map((_, k) => c.inputs[k] ?? c.inputs[0]!);
        const ours = outputsOf(spec, columns, given(c.options));
        outputs.forEach((output, k) => {
          assert.equal(
            mismatch(ours[output]!, c.outputs[k]!, { rounding: c.rounding[k]! }),
            null,
            `${c.set} ${output}`,
          );
        });
      }
    });

  test('parabolic-sar-extended: TA-Lib SarExt -> equal, its sign being the direction', {
    skip: dataMissing(names.talib),
  }, () => {
    const found = talib('SarExt');
    assert.ok(found.length > 0);
    for (const c of found) {
      const [start, offset, initialLong, stepLong, maxLong, initialShort, stepShort, maxShort] = c.options as number[];
      const { sar, direction } = compute(parabolicSarExtended, c.inputs, {
        start: start!,
        offset: offset!,
        initialLong: initialLong!,
        stepLong: stepLong!,
        maxLong: maxLong!,
        initialShort: initialShort!,
        stepShort: stepShort!,
        maxShort: maxShort!,
      });
      const signed = sar.map((x, i) => x * direction[i]!);
      assert.equal(mismatch(signed, c.outputs[0]!, { rounding: c.rounding[0]! }), null);
    }
  });
});
