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
import { statisticsIndicators } from './ta.ts';

type Params = Readonly<Record<string, number>>;
const named = new Map((statisticsIndicators as unknown as readonly Indicator[]).map((spec) => [spec.name, spec]));
const run = (name: string, inputs: readonly Float64Array[], params: Params): Columns =>
  compute(named.get(name)!, inputs, params);

const firstRow = (column: Float64Array): number => column.findIndex((x) => !Number.isNaN(x));

/** Where the source is called with its test's constant n, the length follows from the first row that has a value. */
describe('statistics against Skender, every row, 1e-9', () => {
  test('linear-regression, mean-absolute-deviation: Skender slope -> equal', {
    skip: dataMissing(skenderPath('slope')),
  }, () => {
    const { quotes, expected } = skender('slope');
    const length = firstRow(expected['slope']!) + 1;
    const ours = run('linear-regression', [quotes['close']!], { length });
    assert.equal(mismatch(ours['slope']!, expected['slope']!, 1e-9), null, 'slope');
    assert.equal(mismatch(ours['rSquared']!, expected['rSquared']!, 1e-9), null, 'rSquared');
    // The source counts x from the start of the data: its line at row i is slope · (i + 1) + intercept.
    const intercept = ours['value']!.map((value, i) => value - ours['slope']![i]! * (i + 1));
    assert.equal(mismatch(intercept, expected['intercept']!, 1e-9), null, 'intercept');
    // It draws only the last line, backwards over its window.
    const last = quotes['close']!.length - 1;
    const drawn = quotes['close']!.map(
      (_, i) => ours['value']![last]! + ours['slope']![last]! * (i - last) + (i > last - length ? 0 : Number.NaN),
    );
    assert.equal(mismatch(drawn, expected['line']!, 1e-9), null, 'line');
    const squares = run('mean-absolute-deviation', [quotes['close']!], { length })['meanSquare']!;
    assert.equal(mismatch(squares.map(Math.sqrt), expected['stdDev']!, 1e-9), null, 'stdDev');
  });

  test('linear-regression: Skender epma -> the value at the newest bar', {
    skip: dataMissing(skenderPath('epma')),
  }, () => {
    const { quotes, expected } = skender('epma');
    const { value } = run('linear-regression', [quotes['close']!], { length: 10 });
    assert.equal(mismatch(value!, expected['epma']!, 1e-9), null);
  });

  test('hurst-exponent: Skender hurst, plain and corrected -> equal', {
    skip: dataMissing(skenderPath('hurst')),
  }, () => {
    const { quotes, expected } = skender('hurst');
    const ours = run('hurst-exponent', [quotes['close']!], { length: 100 });
    assert.equal(mismatch(ours['value']!, expected['hurstExponent']!, 1e-9), null);
    assert.equal(mismatch(ours['corrected']!, expected['hurstExponentAL']!, 1e-9), null);
  });

  for (const [id, length] of [
    ['stdev', 14],
    ['bb', 20],
  ] as const)
    test(`z-score: Skender ${id} -> equal`, { skip: dataMissing(skenderPath(id)) }, () => {
      const { quotes, expected } = skender(id);
      assert.equal(mismatch(run('z-score', [quotes['close']!], { length })['value']!, expected['zScore']!, 1e-9), null);
    });

  test('mean-absolute-deviation: Skender sma-analysis -> equal', {
    skip: dataMissing(skenderPath('sma-analysis')),
  }, () => {
    const { quotes, expected } = skender('sma-analysis');
    const ours = run('mean-absolute-deviation', [quotes['close']!], { length: 20 });
    assert.equal(mismatch(ours['value']!, expected['mad']!, 1e-9), null);
    assert.equal(mismatch(ours['meanSquare']!, expected['mse']!, 1e-9), null);
    assert.equal(mismatch(ours['meanFraction']!, expected['mape']!, 1e-9), null);
  });

  test('beta: Skender beta, of its second quotes to the first -> equal', {
    skip: dataMissing(skenderPath('beta')),
  }, () => {
    const { quotes, expected } = skender('beta');
    const length = firstRow(expected['beta']!);
    const ours = run('beta', [skenderQuotes('compare')['close']!, quotes['close']!], { length });
    assert.equal(mismatch(ours['value']!, expected['beta']!, 1e-9), null);
    // The source calls the return of the first bar 0.
    assert.equal(mismatch(ours['returns']!, expected['returnsEval']!, 1e-9, 1), null);
    assert.equal(mismatch(ours['marketReturns']!, expected['returnsMrkt']!, 1e-9, 1), null);
  });

  test('correlation, covariance: Skender corr, of its second quotes and the first -> equal', {
    skip: dataMissing(skenderPath('corr')),
  }, () => {
    const { quotes, expected } = skender('corr');
    const inputs = [skenderQuotes('compare')['close']!, quotes['close']!];
    const length = firstRow(expected['correlation']!) + 1;
    const related = run('correlation', inputs, { length });
    const varied = run('covariance', inputs, { length });
    assert.equal(mismatch(related['value']!, expected['correlation']!, 1e-9), null);
    assert.equal(mismatch(related['rSquared']!, expected['rSquared']!, 1e-9), null);
    assert.equal(mismatch(varied['value']!, expected['covariance']!, 1e-9), null);
    assert.equal(mismatch(varied['variance']!, expected['varianceA']!, 1e-9), null);
    assert.equal(mismatch(varied['otherVariance']!, expected['varianceB']!, 1e-9), null);
  });
});

describe('statistics against TA-Lib and Tulip, within half a unit of the last printed digit', () => {
  const check = (
    source: typeof talib,
    name: string,
    ours: string,
    output: string,
    scale: (found: Columns, length: number) => Float64Array = (found) => found[output]!,
  ): void => {
    const file = source === talib ? 'talib/untest.json.gz' : 'tulip/cases.json';
    test(`${ours}: every case of ${source === talib ? 'TA-Lib' : 'Tulip'} ${name} -> equal as printed`, {
      skip: dataMissing(`indicators/${file}`),
    }, () => {
      const cases = source(name);
      assert.ok(cases.length > 0);
      for (const { set, inputs, options, outputs, rounding } of cases) {
        const found = scale(run(ours, inputs, { length: options[0]! }), options[0]!);
        assert.equal(mismatch(found, outputs[0]!, { rounding: rounding[0]! }), null, `${set} ${options.join()}`);
      }
    });
  };
  check(talib, 'LinearReg', 'linear-regression', 'value');
  check(talib, 'LinearRegAngle', 'linear-regression', 'angle');
  check(talib, 'LinearRegIntercept', 'linear-regression', 'intercept');
  check(talib, 'LinearRegSlope', 'linear-regression', 'slope');
  check(talib, 'Tsf', 'linear-regression', 'forecast');
  check(tulip, 'linreg', 'linear-regression', 'value');
  check(tulip, 'linregslope', 'linear-regression', 'slope');
  check(tulip, 'linregintercept', 'linear-regression', 'intercept');
  check(tulip, 'tsf', 'linear-regression', 'forecast');
  check(tulip, 'stderr', 'standard-error', 'value');
  check(tulip, 'md', 'mean-absolute-deviation', 'value');
});
