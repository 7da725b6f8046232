import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type CaseReference,
  mismatch,
  skender,
  skenderPath,
  stockcharts,
  talib,
  tulip,
} from '../../../../test/indicator-references.ts';
import { dataMissing } from '../../../../test/shared-data.ts';
import { dema } from '../averages/dema.ts';
import { sma } from '../averages/sma.ts';
import type { Indicator } from '../indicator.ts';
import { compute } from '../run.ts';
import { accelerationBands } from './acceleration-bands.ts';
import { atr, natr } from './atr.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { chandelierExit } from './chandelier-exit.ts';
import { stddev, variance } from './deviation.ts';
import { donchianChannel } from './donchian-channel.ts';
import { historicalVolatility } from './historical-volatility.ts';
import { keltnerChannel } from './keltner-channel.ts';
import { massIndex } from './mass-index.ts';
import { starcBands } from './starc-bands.ts';
import { tr } from './true-range.ts';
import { ulcerIndex } from './ulcer-index.ts';

/** Full precision sources: relative error. The others are rounded, and carry the half of their last digit. */
const EXACT = 1e-9;

type Outputs = Readonly<Record<string, Float64Array>>;
type Given = Readonly<Record<string, number>>;

function outputsOf(spec: Pick<Indicator, 'name'>, columns: readonly Float64Array[], given: Given): Outputs {
  return compute(spec as Indicator, columns, given);
}

/** Our columns in the order in which an indicator takes them, from a table whose headings may be capitalised. */
function inputsOf(spec: Pick<Indicator, 'inputs'>, columns: Outputs): Float64Array[] {
  const lower = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name.toLowerCase(), column]));
  return spec.inputs.map((name) => lower[name === 'value' ? 'close' : name]!);
}

describe('volatility against Skender Stock Indicators', () => {
  const cases: readonly (readonly [
    id: string,
    spec: Pick<Indicator, 'name' | 'inputs'>,
    given: Given,
    Readonly<Record<string, string>>,
  ])[] = [
    ['atr', tr, {}, { tr: 'value' }],
    ['atr', atr, { length: 14 }, { atr: 'value' }],
    ['atr', natr, { length: 14 }, { atrp: 'value' }],
    [
      'bb',
      bollingerBands,
      {},
      { sma: 'middle', upperBand: 'upper', lowerBand: 'lower', percentB: 'percentB', width: 'width' },
    ],
    [
      'donchian',
      donchianChannel,
      { length: 20, offset: 1 },
      { upperBand: 'upper', centerline: 'middle', lowerBand: 'lower', width: 'width' },
    ],
    [
      'keltner',
      keltnerChannel,
      { length: 20, multiplier: 2, atrLength: 10 },
      { upperBand: 'upper', centerline: 'middle', lowerBand: 'lower', width: 'width' },
    ],
    ['starc', starcBands, {}, { upperBand: 'upper', centerline: 'middle', lowerBand: 'lower' }],
    ['stdev', stddev, { length: 14 }, { stdDev: 'value' }],
  ];
  for (const [id, spec, given, columns] of cases)
    test(`${spec.name}: Skender ${id} (${Object.keys(columns).join(', ')}) -> equal on every row`, {
      skip: dataMissing(skenderPath(id)),
    }, () => {
      const { quotes, expected } = skender(id);
      const ours = outputsOf(spec, inputsOf(spec, quotes), given);
      for (const [theirs, name] of Object.entries(columns))
        assert.equal(mismatch(ours[name]!, expected[theirs]!, EXACT), null, theirs);
    });

  test('bollinger-bands: Skender bb zScore -> (close − middle) over half a band per deviation', {
    skip: dataMissing(skenderPath('bb')),
  }, () => {
    const { quotes, expected } = skender('bb');
    const { middle, upper } = compute(bollingerBands, [quotes['close']!]);
    const z = middle.map((m, i) => (quotes['close']![i]! - m) / ((upper[i]! - m) / 2));
    assert.equal(mismatch(z, expected['zScore']!, EXACT), null);
  });

  test('stddev: Skender stdev mean and zScore -> what stddev and the simple average give together', {
    skip: dataMissing(skenderPath('stdev')),
  }, () => {
    const { quotes, expected } = skender('stdev');
    const close = quotes['close']!;
    const { value: mean } = compute(sma, [close], { length: 14 });
    const { value: deviation } = compute(stddev, [close], { length: 14 });
    assert.equal(mismatch(mean, expected['mean']!, EXACT), null);
    assert.equal(
      mismatch(
        close.map((x, i) => (x - mean[i]!) / deviation[i]!),
        expected['zScore']!,
        EXACT,
      ),
      null,
    );
  });
});

describe('volatility against StockCharts', () => {
  const path = (name: string): string => `indicators/stockcharts/cs-${name}.csv`;

  const atrs = [
    ['atr', 14],
    ['atr2', 10],
  ] as const;
  for (const [name, length] of atrs)
    test(`atr: StockCharts ${name} -> equal from the first average`, { skip: dataMissing(path(name)) }, () => {
      const { columns } = stockcharts(name);
      const inputs = inputsOf(atr, columns);
      const { value: ranges } = compute(tr, inputs, { firstRange: 1 });
      const { value } = compute(atr, inputs, { length, firstRange: 1 });
      // The sheet is printed with up to 15 decimals, more than a double of this size holds.
      assert.equal(mismatch(ranges, columns['TR']!, 1e-12), null);
      // The averages are printed with ten significant digits (and zeros where there is none yet).
      const tenDigits = columns['ATR']!.map((x) => 0.5 * 10 ** (Math.floor(Math.log10(x)) - 9));
      assert.equal(
        mismatch(value, columns['ATR']!, { rounding: name === 'atr' ? tenDigits : 1e-12 }, length - 1),
        null,
      );
    });

  test('bollinger-bands: StockCharts bbands -> bands, width in percent and %B equal', {
    skip: dataMissing(path('bbands')),
  }, () => {
    const { columns, rounding } = stockcharts('bbands');
    const ours = compute(bollingerBands, inputsOf(bollingerBands, columns));
    const found = {
      MiddleBand: ours.middle,
      HighBand: ours.upper,
      LowBand: ours.lower,
      WidthBand: ours.width.map((x) => 100 * x),
      PercentageBand: ours.percentB,
      CrossUp: ours.percentB.map((b) => (b > 1 ? 1 : 0)),
      CrossDown: ours.percentB.map((b) => (b < 0 ? 1 : 0)),
    };
    for (const [name, column] of Object.entries(found))
      assert.equal(mismatch(column, columns[name]!, { rounding: rounding[name]! }), null, name);
  });

  test('donchian-channel: StockCharts dc -> channel and place of the close equal; their width is relative to the mean close', {
    skip: dataMissing(path('dc')),
  }, () => {
    const { columns, rounding } = stockcharts('dc');
    const ours = compute(donchianChannel, inputsOf(donchianChannel, columns));
    const { value: average } = compute(sma, [columns['close']!]);
    const found = {
      upper_band: ours.upper,
      lower_band: ours.lower,
      middle_band: ours.middle,
      dc_percentage: ours.percent,
      dc_band_width: ours.upper.map((u, i) => (100 * (u - ours.lower[i]!)) / average[i]!),
    };
    for (const [name, column] of Object.entries(found))
      assert.equal(mismatch(column, columns[name]!, { rounding: rounding[name]! }), null, name);
  });

  test('donchian-channel: StockCharts dc2, one bar later -> channel with offset 1; percentage and width are those of the bar before', {
    skip: dataMissing(path('dc2')),
  }, () => {
    const { columns, rounding } = stockcharts('dc2');
    const inputs = inputsOf(donchianChannel, columns);
    const { upper, lower, middle } = compute(donchianChannel, inputs, { offset: 1 });
    const now = compute(donchianChannel, inputs);
    const { value: average } = compute(sma, [columns['close']!]);
    const later = (column: Float64Array): Float64Array => Float64Array.of(Number.NaN, ...column.subarray(0, -1));
    const found = {
      upper_band: upper,
      lower_band: lower,
      middle_band: middle,
      dc_percentage: later(now.percent),
      dc_band_width: later(now.upper.map((u, i) => (100 * (u - now.lower[i]!)) / average[i]!)),
    };
    for (const [name, column] of Object.entries(found))
      assert.equal(mismatch(column, columns[name]!, { rounding: rounding[name]! }), null, name);
  });

  test('keltner-channel: StockCharts kc, averages from the first bar -> bands, width, place and breakouts equal', {
    skip: dataMissing(path('kc')),
  }, () => {
    const { columns, rounding } = stockcharts('kc');
    const ours = compute(keltnerChannel, inputsOf(keltnerChannel, columns), { fromFirstBar: 1 });
    const close = columns['Close']!;
    const found = {
      upper_band: ours.upper,
      middle_band: ours.middle,
      lower_band: ours.lower,
      kc_band_width: ours.width.map((x) => 100 * x),
      kc_percentage: ours.percent,
      kc_high_indicator: close.map((x, i) => (x > ours.upper[i]! ? 1 : 0)),
      kc_low_indicator: close.map((x, i) => (x < ours.lower[i]! ? 1 : 0)),
    };
    for (const [name, column] of Object.entries(found))
      assert.equal(
        mismatch(column, columns[name]!, { rounding: rounding[name]!.map((r) => Math.max(r, 1e-12)) }),
        null,
        name,
      );
  });

  test('ulcer-index: StockCharts ui -> equal on its one row', { skip: dataMissing(path('ui')) }, () => {
    const { columns, rounding } = stockcharts('ui');
    const { value } = compute(ulcerIndex, inputsOf(ulcerIndex, columns));
    assert.equal(mismatch(value, columns['ulcer_index']!, { rounding: rounding['ulcer_index']! }), null);
  });
});

describe('volatility against TA-Lib and Tulip', () => {
  const names = { talib: 'indicators/talib/untest.json.gz', tulip: 'indicators/tulip/cases.json' } as const;
  type Mapping = readonly [
    source: keyof typeof names,
    name: string,
    spec: Pick<Indicator, 'name'>,
    given: (options: readonly number[]) => Given,
    outputs: readonly string[],
  ];
  const cases: readonly Mapping[] = [
    ['talib', 'TRange', tr, () => ({}), ['value']],
    ['talib', 'Atr', atr, ([length]) => ({ length: length! }), ['value']],
    ['talib', 'Natr', natr, ([length]) => ({ length: length! }), ['value']],
    [
      'talib',
      'Bbands',
      bollingerBands,
      ([length, deviations]) => ({ length: length!, deviations: deviations! }),
      ['upper', 'middle', 'lower'],
    ],
    ['talib', 'StdDev', stddev, ([length]) => ({ length: length! }), ['value']],
    ['talib', 'Var', variance, ([length]) => ({ length: length! }), ['value']],
    ['tulip', 'tr', tr, () => ({ firstRange: 1 }), ['value']],
    ['tulip', 'atr', atr, ([length]) => ({ length: length!, firstRange: 1 }), ['value']],
    ['tulip', 'natr', natr, ([length]) => ({ length: length!, firstRange: 1 }), ['value']],
    [
      'tulip',
      'bbands',
      bollingerBands,
      ([length, deviations]) => ({ length: length!, deviations: deviations! }),
      ['lower', 'middle', 'upper'],
    ],
    ['tulip', 'stddev', stddev, ([length]) => ({ length: length! }), ['value']],
    ['tulip', 'var', variance, ([length]) => ({ length: length! }), ['value']],
    ['tulip', 'mass', massIndex, ([length]) => ({ length: length!, seed: 1 }), ['value']],
    [
      'tulip',
      'volatility',
      historicalVolatility,
      ([length]) => ({ length: length!, returns: 1, sample: 0 }),
      ['value'],
    ],
    ['tulip', 'abands', accelerationBands, ([length]) => ({ length: length! }), ['lower', 'upper', 'middle']],
  ];
  for (const [source, name, spec, given, outputs] of cases)
    test(`${spec.name}: ${source} ${name} -> equal to its printed digits`, { skip: dataMissing(names[source]) }, () => {
      // One case asks for averages other than the simple one; it has its own test below. One has too few bars for any value.
      const plain = (c: CaseReference): boolean =>
        c.set !== 'same' && c.outputs.some((o) => o.some((x) => !Number.isNaN(x)));
      const found = (source === 'talib' ? talib : tulip)(name).filter(plain);
      assert.ok(found.length > 0);
      for (const c of found) {
        const ours = outputsOf(spec, c.inputs, given(c.options));
        outputs.forEach((output, k) => {
          assert.equal(
            mismatch(ours[output]!, c.outputs[k]!, { rounding: c.rounding[k]! }),
            null,
            `${c.set} ${output}`,
          );
        });
      }
    });

  test('bollinger-bands: TA-Lib Bbands around a double exponential average -> that average and our deviations', {
    skip: dataMissing(names.talib),
  }, () => {
    const [same] = talib('Bbands').filter((c) => c.set === 'same');
    assert.ok(same);
    const [length, up, down] = same.options as [number, number, number];
    const { value: middle } = compute(dema, [same.inputs[0]!], { length });
    const { value: deviation } = compute(stddev, [same.inputs[0]!], { length });
    const bands = [
      middle.map((m, i) => m + up * deviation[i]!),
      middle,
      middle.map((m, i) => m - down * deviation[i]!),
    ];
    bands.forEach((band, k) => {
      assert.equal(mismatch(band, same.outputs[k]!, { rounding: same.rounding[k]! }), null, `output ${k}`);
    });
  });

  test('chandelier-exit: Tulip ce -> equal; its table begins one bar after its bars and has a last row without one', {
    skip: dataMissing(names.tulip),
  }, () => {
    const [c] = tulip('ce');
    assert.ok(c);
    const [length, multiplier] = c.options as [number, number];
    const { long, short } = compute(chandelierExit, c.inputs, { length, multiplier, firstRange: 1 });
    [long, short].forEach((ours, k) => {
      const shifted = Float64Array.of(Number.NaN, ...c.outputs[k]!.subarray(0, -1));
      assert.equal(mismatch(ours, shifted, { rounding: c.rounding[k]! }), null, k === 0 ? 'long' : 'short');
    });
  });
});
