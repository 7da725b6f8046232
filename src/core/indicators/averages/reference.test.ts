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
import type { Indicator } from '../indicator.ts';
import { compute } from '../run.ts';
import { averageIndicators } from './ta.ts';

const named = new Map((averageIndicators as unknown as readonly Indicator[]).map((spec) => [spec.name, spec]));

const run = (name: string, inputs: readonly Float64Array[], params: Readonly<Record<string, number>>) =>
  compute(named.get(name)!, inputs, params);

type Params = Readonly<Record<string, number>>;

describe('moving averages against Skender, every row, 1e-9', () => {
  const rows: readonly [id: string, ours: string, params: Params, columns: Readonly<Record<string, string>>][] = [
    ['sma', 'sma', { length: 20 }, { sma: 'value' }],
    ['ema', 'ema', { length: 20 }, { ema: 'value' }],
    ['wma', 'wma', { length: 14 }, { wma: 'value' }],
    ['hma', 'hma', { length: 14 }, { hma: 'value' }],
    ['alma', 'alma', { length: 9, offset: 0.85, sigma: 6 }, { alma: 'value' }],
    ['epma', 'lsma', { length: 10 }, { epma: 'value' }],
    ['t3', 't3', { length: 5, volumeFactor: 0.7, seed: 2 }, { t3: 'value' }],
    ['tema', 'tema', { length: 20, seed: 1 }, { tema: 'value' }],
    ['dynamic', 'mcginley', { length: 14, k: 0.6 }, { dynamic: 'value' }],
    ['mama', 'mama', { fast: 0.5, slow: 0.05 }, { mama: 'mama', fama: 'fama' }],
  ];
  for (const [id, ours, params, columns] of rows)
    test(`${ours}: Skender ${id} -> equal`, { skip: dataMissing(skenderPath(id)) }, () => {
      const { quotes, expected } = skender(id);
      const source = id === 'mama' ? quotes['high']!.map((h, i) => (h + quotes['low']![i]!) / 2) : quotes['close']!;
      const outputs = run(ours, [source], params);
      assert.deepEqual(Object.keys(expected).sort(), Object.keys(columns).sort());
      for (const [column, output] of Object.entries(columns))
        assert.equal(mismatch(outputs[output]!, expected[column]!, 1e-9), null, column);
    });
});

describe('moving averages against StockCharts, to the last printed digit', () => {
  const skip = dataMissing('indicators/stockcharts/params.json');
  const rows: readonly [table: string, ours: string, params: Params, column: string, from: number, why: string][] = [
    ['kama', 'kama', { length: 10, fast: 2, slow: 30 }, 'KAMA', 0, 'every row'],
    ['kama', 'efficiency-ratio', { length: 10 }, 'ER', 0, 'every row'],
    [
      'wma',
      'wma',
      { length: 9 },
      'WMA',
      8,
      'the table is cut from a longer one: from row 8, where the window is in it',
    ],
  ];
  for (const [table, ours, params, column, from, why] of rows)
    test(`${ours}: StockCharts ${table} ${column} -> equal, ${why}`, { skip }, () => {
      const { columns, rounding } = stockcharts(table);
      const { value } = run(ours, [columns['Close']!], params);
      assert.equal(mismatch(value!, columns[column]!, { rounding: rounding[column]! }, from), null);
    });
});

type Of = (options: readonly number[]) => Params;
const length: Of = ([n]) => ({ length: n! });

function cases(
  source: string,
  load: (name: string) => CaseReference[],
  path: string,
  rows: readonly [string, string, Of][],
) {
  for (const [theirs, ours, params] of rows)
    test(`${ours}: ${source} ${theirs} -> equal to the printed digits`, { skip: dataMissing(path) }, () => {
      const found = load(theirs);
      assert.ok(found.length > 0);
      for (const { set, inputs, options, outputs, rounding } of found) {
        const { value } = run(ours, inputs, params(options));
        assert.equal(mismatch(value!, outputs[0]!, { rounding: rounding[0]! }), null, `${set} ${options.join()}`);
      }
    });
}

describe('moving averages against TA-Lib, every row, to the printed digits (three at most)', () => {
  cases('TA-Lib', talib, 'indicators/talib/untest.json.gz', [
    ['Sma', 'sma', length],
    ['Ema', 'ema', length],
    ['Wma', 'wma', length],
    ['Dema', 'dema', length],
    ['Tema', 'tema', length],
    ['Trima', 'trima', length],
    ['Kama', 'kama', length],
    ['LinearReg', 'lsma', length],
  ]);
});

describe('moving averages against Tulip, every row, to the printed digits (three at most)', () => {
  const first: Of = ([n]) => ({ length: n!, seed: 2 });
  const chained: Of = ([n]) => ({ length: n!, seed: 3 });
  cases('Tulip', tulip, 'indicators/tulip/cases.json', [
    ['sma', 'sma', length],
    ['ema', 'ema', first],
    ['wma', 'wma', length],
    ['dema', 'dema', chained],
    ['tema', 'tema', chained],
    ['trima', 'trima', length],
    ['kama', 'kama', length],
    ['linreg', 'lsma', length],
    ['hma', 'hma', length],
    ['wilders', 'smma', length],
    ['zlema', 'zlema', first],
    ['vwma', 'vwma', length],
    ['vidya', 'vidya', ([short, long, alpha]) => ({ short: short!, long: long!, alpha: alpha! })],
    ['alma', 'alma', ([n, offset, sigma]) => ({ length: n!, offset: offset!, sigma: sigma!, floor: 1 })],
  ]);
});
