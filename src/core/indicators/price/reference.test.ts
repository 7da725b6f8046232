import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Columns,
  mismatch,
  skender,
  skenderPath,
  skenderQuotes,
  talib,
  tulip,
} from '../../../../test/indicator-references.ts';
import { dataMissing } from '../../../../test/shared-data.ts';
import type { Indicator } from '../indicator.ts';
import { compute } from '../run.ts';
import { priceIndicators } from './ta.ts';

const named = new Map((priceIndicators as unknown as readonly Indicator[]).map((spec) => [spec.name, spec]));

/** Name in the source, ours, and what to make of our outputs where the source counts otherwise. */
type Row = readonly [theirs: string, ours: string, of?: (found: Columns) => Float64Array];
const both: readonly Row[] = [
  ['avgprice', 'average-price'],
  ['medprice', 'median-price'],
  ['typprice', 'typical-price'],
  ['max', 'highest'],
  ['min', 'lowest'],
  ['mom', 'change'],
  ['sum', 'sum'],
  ['add', 'add'],
  ['sub', 'subtract'],
  ['div', 'divide'],
  ['ceil', 'ceil'],
  ['floor', 'floor'],
  ['exp', 'exp'],
  ['ln', 'ln'],
  ['log10', 'log10'],
  ['sqrt', 'sqrt'],
];
const onlyTulip: readonly Row[] = [
  ['wcprice', 'weighted-close'],
  ['mul', 'multiply'],
  ['abs', 'abs'],
  ['round', 'round'],
  ['trunc', 'trunc'],
  ['lag', 'lag'],
  ['decay', 'decay'],
  ['edecay', 'exponential-decay'],
  ['crossany', 'cross', (found) => found['direction']!.map(Math.abs)],
  ['crossover', 'cross', (found) => found['direction']!.map((x) => Math.max(0, x))],
];
const onlyTalib: readonly Row[] = [
  ['WclPrice', 'weighted-close'],
  ['Mult', 'multiply'],
];
const talibNames: Readonly<Record<string, string>> = {
  avgprice: 'AvgPrice',
  medprice: 'MedPrice',
  typprice: 'TypPrice',
};
const capital = (name: string): string => talibNames[name] ?? name[0]!.toUpperCase() + name.slice(1);

describe('price against TA-Lib and Tulip, within half a unit of the last printed digit', () => {
  const check = (source: typeof talib, [theirs, ours, of = (found) => Object.values(found)[0]!]: Row): void => {
    const library = source === talib ? 'TA-Lib' : 'Tulip';
    const file = source === talib ? 'talib/untest.json.gz' : 'tulip/cases.json';
    test(`${ours}: every case of ${library} ${theirs} -> equal as printed`, {
      skip: dataMissing(`indicators/${file}`),
    }, () => {
      const cases = source(theirs);
      assert.ok(cases.length > 0);
      for (const { set, inputs, options, outputs, rounding } of cases) {
        const spec = named.get(ours)!;
        const params = 'length' in spec.params ? { length: options[0]! } : {};
        const found = of(compute(spec, inputs, params));
        // Values of 1e36 are printed to all 17 digits of a double, the last of which differ between mathematical libraries.
        const allowed = outputs[0]!.map((x) => Math.max(rounding[0]!, 1e-12 * Math.abs(x)));
        assert.equal(mismatch(found, outputs[0]!, { rounding: allowed }), null, `${set} ${options.join()}`);
      }
    });
  };
  for (const row of [...both, ...onlyTulip]) check(tulip, row);
  for (const [theirs, ours] of both) check(talib, [capital(theirs), ours]);
  for (const row of onlyTalib) check(talib, row);

  test('sin, cos, tan, their hyperbolic and inverse functions, todeg, torad -> not offered', {
    skip: 'functions of angles say nothing of a price',
  });
});

describe('price against Skender, every row, 1e-9', () => {
  test('change: Skender roc, its momentum -> equal', { skip: dataMissing(skenderPath('roc')) }, () => {
    const { quotes, expected } = skender('roc');
    const found = compute(named.get('change')!, [quotes['close']!], { length: 14 })['value']!;
    assert.equal(mismatch(found, expected['momentum']!, 1e-9), null);
  });

  test('price-relative-strength: Skender prs, of its second quotes to the first -> equal', {
    skip: dataMissing(skenderPath('prs')),
  }, () => {
    const { quotes, expected } = skender('prs');
    const length = expected['prsPercent']!.findIndex((x) => !Number.isNaN(x));
    const inputs = [skenderQuotes('compare')['close']!, quotes['close']!];
    const found = compute(named.get('price-relative-strength')!, inputs, { length });
    assert.equal(mismatch(found['value']!, expected['prs']!, 1e-9), null);
    assert.equal(mismatch(found['excess']!, expected['prsPercent']!, 1e-9), null);
  });
});
