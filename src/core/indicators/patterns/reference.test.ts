import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readSharedJson } from '../../../../test/shared-data.ts';
import { Random } from '../../vocabulary/random.ts';
import type { Indicator } from '../indicator.ts';
import { compute } from '../run.ts';
import { patternIndicators } from './ta.ts';

/** By TA-Lib's function name. */
const definitions = patternIndicators as unknown as readonly Indicator[];
const byFunction = new Map(definitions.map((spec) => [spec.source.replace('TA-Lib ', ''), spec]));

/** Candles (open, high, low, close) that many of the rarer patterns are close to. */
const SHAPES: readonly (readonly (readonly [number, number, number, number])[])[] = [
  [
    [0, 5.2, -0.2, 5],
    [6, 6.2, 5.3, 5.6],
    [5.5, 5.6, 4.5, 4.8],
    [4.9, 5, 4, 4.2],
    [4.5, 7, 4.4, 6.9],
  ],
  [
    [0, 5.2, -0.2, 5],
    [7, 7.2, 6, 6.2],
    [6.6, 6.7, 2, 3],
  ],
  [
    [0, 5.2, -0.2, 5],
    [6.4, 6.6, 6, 6.1],
    [6.8, 7, 5.4, 5.6],
  ],
  [
    [20, 20, 15, 15],
    [14, 14, 10, 10],
    [9, 10.8, 8.5, 8.6],
    [11, 11.2, 8, 8.1],
  ],
  [
    [10, 10.1, 2, 7],
    [8.5, 8.6, 4, 6],
    [5.6, 5.6, 5, 5],
  ],
  [
    [0, 5.2, -0.2, 5],
    [4.6, 4.8, 3.9, 4.1],
    [4.2, 4.3, 3.2, 3.5],
    [3.6, 3.7, 2.6, 2.9],
    [3.2, 6, 3.1, 5.9],
  ],
  [
    [0, 0.2, -5.2, -5],
    [-4.6, -4, -4.8, -4.1],
    [-4.2, -3.2, -4.3, -3.5],
    [-3.6, -2.6, -3.7, -2.9],
    [-3.2, -3.1, -6, -5.9],
  ],
  [
    [10, 10.1, 8, 8.2],
    [9, 9.1, 7, 7.2],
    [8, 8.1, 6, 6.2],
    [6.5, 7.5, 5.5, 5.8],
    [7, 8.5, 6.9, 8.2],
  ],
  [
    [10, 10.2, 4.9, 5],
    [4.5, 4.6, 3, 3.2],
    [3, 3.3, 2, 2.2],
    [2.3, 2.4, 1, 1.2],
    [1.5, 4.8, 1.4, 4.7],
  ],
  [
    [0, 5.1, -0.2, 5],
    [5.5, 7, 5.4, 6.8],
    [7, 8, 6.7, 7.8],
    [7.7, 9, 7.6, 8.8],
    [8.5, 8.6, 5.2, 5.3],
  ],
  [
    [4, 6.2, 3.9, 6],
    [5.8, 5.9, 3, 3],
    [4.5, 4.6, 1.5, 1.5],
    [3, 3.1, 0, 0],
  ],
  [
    [0, 2, 0, 2],
    [1, 3, 1, 3],
    [2, 4, 2, 4],
    [4.5, 4.6, -1, -0.5],
  ],
  [
    [10, 10.2, 4, 5],
    [9, 9.1, 2, 6],
    [3, 4, 2.8, 3.6],
  ],
  [
    [0, 3, 0, 2.8],
    [3.5, 5, 3.4, 4.9],
    [4.5, 4.6, 3, 3.1],
  ],
  [
    [0, 5.1, 0, 5],
    [6, 6.2, 5.9, 6],
    [5.5, 5.6, 2, 2.1],
  ],
  [
    [0, 4, -0.1, 3.9],
    [2, 5.5, 1.9, 5],
    [4, 6.5, 3.9, 5.4],
  ],
  [
    [0, 4, -0.1, 3.9],
    [2, 6, 1.9, 6],
    [5.9, 6.5, 5.8, 6.3],
  ],
  [
    [5, 5, 0, 0],
    [6, 11, 6, 11],
  ],
  [
    [5, 5.1, -0.2, 0],
    [-1, 4, -1.1, 3],
  ],
  [
    [9, 9.1, 6, 6],
    [6, 6.1, 3, 3],
    [3, 3.1, 0, 0],
  ],
  [
    [0, 3, -0.1, 3],
    [2, 5, 1.9, 5],
    [4, 7, 3.9, 7],
  ],
  [
    [5, 5.1, 2, 2.1],
    [3, 6, 2.9, 5.8],
    [6, 6.1, 2, 2.1],
  ],
  [
    [5, 5.1, 0, 0.1],
    [-1, 0.2, -1.2, 0],
    [0, 1, -1, 0.5],
  ],
];

/** Noise and disturbed {@link SHAPES} by turns, on a grid of 1/4 as exact binary fractions, so that ties and equal prices occur. */
function market(bars: number): Float64Array[] {
  const random = new Random(2024);
  const columns = ['open', 'high', 'low', 'close'].map(() => new Float64Array(bars));
  let row = 0;
  const push = (...prices: readonly number[]): void => {
    if (row === bars) return;
    const [open, high, low, close] = prices.map((x) => Math.round(x * 4) / 4) as [number, number, number, number];
    columns[0]![row] = open;
    columns[1]![row] = Math.max(open, high, low, close);
    columns[2]![row] = Math.min(open, high, low, close);
    columns[3]![row++] = close;
  };
  while (row < bars) {
    const base = 1000 + Math.round(10 * random.normal());
    for (let k = 6 + random.integer(8); k > 0; k--) {
      const open = base + 0.3 * random.normal();
      const close = open + 1.1 * random.normal();
      const upper = Math.max(open, close) + Math.abs(0.6 * random.normal());
      push(open, upper, Math.min(open, close) - Math.abs(0.6 * random.normal()), close);
    }
    const size = [0.6, 0.8, 1, 1.3][random.integer(4)]! * (random.integer(6) === 0 ? -1 : 1);
    const noise = [0, 0.05, 0.1, 0.3][random.integer(4)]!;
    for (const candle of SHAPES[random.integer(SHAPES.length)]!)
      push(...candle.map((x) => base + x * size + noise * random.normal()));
  }
  return columns;
}

/**
 * What TA-Lib gives on the 40,000 candles of {@link market}: function, lookback, bullish and bearish rows, Σ row · value.
 * From the C library 0.8.1 through its Python package 0.8.2.
 */
const TALIB: readonly (readonly [
  name: string,
  lookback: number,
  bullish: number,
  bearish: number,
  checksum: number,
])[] = [
  ['CDL2CROWS', 12, 0, 91, -176267600],
  ['CDL3BLACKCROWS', 13, 0, 100, -196647000],
  ['CDL3INSIDE', 12, 186, 189, -3600300],
  ['CDL3LINESTRIKE', 8, 89, 24, 137869600],
  ['CDL3OUTSIDE', 3, 77, 168, -156331200],
  ['CDL3STARSINSOUTH', 12, 86, 0, 170465600],
  ['CDL3WHITESOLDIERS', 12, 165, 0, 344555000],
  ['CDLABANDONEDBABY', 12, 13, 66, -106186500],
  ['CDLADVANCEBLOCK', 12, 0, 242, -469285600],
  ['CDLBELTHOLD', 10, 2851, 3149, -517416300],
  ['CDLBREAKAWAY', 14, 67, 85, -38496400],
  ['CDLCLOSINGMARUBOZU', 10, 2629, 2701, -82424800],
  ['CDLCONCEALBABYSWALL', 13, 57, 0, 105279300],
  ['CDLCOUNTERATTACK', 11, 9, 1, 10896700],
  ['CDLDARKCLOUDCOVER', 11, 0, 55, -124789700],
  ['CDLDOJI', 10, 3716, 0, 7470599800],
  ['CDLDOJISTAR', 11, 142, 180, -90433500],
  ['CDLDRAGONFLYDOJI', 10, 572, 0, 1104284100],
  ['CDLENGULFING', 2, 663, 1544, -1642586080],
  ['CDLEVENINGDOJISTAR', 12, 0, 75, -146073400],
  ['CDLEVENINGSTAR', 12, 0, 222, -433363100],
  ['CDLGAPSIDESIDEWHITE', 7, 169, 65, 217677400],
  ['CDLGRAVESTONEDOJI', 10, 573, 0, 1179013700],
  ['CDLHAMMER', 11, 625, 0, 1225516000],
  ['CDLHANGINGMAN', 11, 0, 471, -927727300],
  ['CDLHARAMI', 11, 1140, 1214, -23619600],
  ['CDLHARAMICROSS', 11, 226, 240, 18570100],
  ['CDLHIGHWAVE', 10, 2325, 261, 4196452300],
  ['CDLHIKKAKE', 5, 1588, 1645, -85383600],
  ['CDLHIKKAKEMOD', 10, 9, 7, 7950100],
  ['CDLHOMINGPIGEON', 11, 333, 0, 647455500],
  ['CDLIDENTICAL3CROWS', 12, 0, 56, -112851700],
  ['CDLINNECK', 11, 0, 58, -96989600],
  ['CDLINVERTEDHAMMER', 11, 397, 0, 770407700],
  ['CDLKICKING', 11, 66, 10, 123964300],
  ['CDLKICKINGBYLENGTH', 11, 12, 64, -113553900],
  ['CDLLADDERBOTTOM', 14, 133, 0, 262023400],
  ['CDLLONGLEGGEDDOJI', 10, 3445, 0, 6946891000],
  ['CDLLONGLINE', 10, 3740, 3774, -81427600],
  ['CDLMARUBOZU', 10, 1432, 1533, -129092100],
  ['CDLMATCHINGLOW', 6, 697, 0, 1434769900],
  ['CDLMATHOLD', 14, 54, 0, 111859000],
  ['CDLMORNINGDOJISTAR', 12, 18, 0, 28553000],
  ['CDLMORNINGSTAR', 12, 72, 0, 142688700],
  ['CDLONNECK', 11, 0, 80, -151157000],
  ['CDLPIERCING', 11, 108, 0, 201630000],
  ['CDLRICKSHAWMAN', 10, 2130, 0, 4317311500],
  ['CDLRISEFALL3METHODS', 14, 104, 98, -571200],
  ['CDLSEPARATINGLINES', 11, 156, 126, 88582000],
  ['CDLSHOOTINGSTAR', 11, 0, 349, -701000900],
  ['CDLSHORTLINE', 10, 4100, 3638, 890176900],
  ['CDLSPINNINGTOP', 10, 3152, 1019, 4315176600],
  ['CDLSTALLEDPATTERN', 12, 0, 137, -243845700],
  ['CDLSTICKSANDWICH', 7, 241, 0, 472523200],
  ['CDLTAKURI', 10, 537, 0, 1043391000],
  ['CDLTASUKIGAP', 7, 116, 53, 106485100],
  ['CDLTHRUSTING', 11, 0, 22, -43156900],
  ['CDLTRISTAR', 12, 14, 24, -22756200],
  ['CDLUNIQUE3RIVER', 12, 116, 0, 221764400],
  ['CDLUPSIDEGAP2CROWS', 12, 0, 63, -122396900],
  ['CDLXSIDEGAP3METHODS', 2, 5, 1, 6693400],
];

describe('candlestick patterns against TA-Lib', () => {
  const columns = market(40_000);
  for (const [name, lookback, bullish, bearish, checksum] of TALIB)
    test(`${byFunction.get(name)?.name}: 40,000 candles -> rows and signs as ${name}`, () => {
      const value = compute(byFunction.get(name)!, columns)['value']!;
      let [ups, downs, sum] = [0, 0, 0];
      value.forEach((x, row) => {
        if (x > 0) ups++;
        if (x < 0) downs++;
        if (!Number.isNaN(x)) sum += row * x;
      });
      const first = value.findIndex((x) => !Number.isNaN(x));
      assert.deepEqual([first, ups, downs, sum], [lookback, bullish, bearish, checksum]);
    });

  test('all 61 functions of TA-Lib -> have a definition and a row in the table', () => {
    const functions = [...byFunction.keys()].filter((name) => name.startsWith('CDL')).sort();
    assert.equal(functions.length, 61);
    assert.deepEqual(functions, TALIB.map(([name]) => name).sort());
  });

  const path = 'indicators/talib/cdl.json.gz';
  test('every case of TA-Lib’s candlestick functions -> equal, every row', { skip: dataMissing(path) }, () => {
    const { cases } = readSharedJson<{
      cases: { name: string; inputs: number[][]; options?: number[]; outputs: number[][]; range: [number, number] }[];
    }>(path);
    assert.ok(cases.length > 0);
    for (const { name, inputs, options, outputs, range } of cases) {
      const spec = byFunction.get(name.toUpperCase())!;
      const params = 'penetration' in spec.params && options?.length ? { penetration: options[0]! } : {};
      const value = compute(
        spec,
        inputs.map((column) => Float64Array.from(column)),
        params,
      )['value']!;
      const found = [...value.slice(range[0], range[1])];
      assert.deepEqual(found, outputs[0]!.slice(0, range[1] - range[0]), name);
    }
  });
});

describe('candlestick patterns against Skender', () => {
  for (const [id, ours] of [
    ['doji', 'doji-by-change'],
    ['marubozu', 'marubozu-by-body'],
  ] as const)
    test(`${ours}: Skender ${id} -> equal, every row`, {
      skip: dataMissing(`indicators/skender/expected/${id}.json`),
    }, () => {
      const rows = readSharedJson<{ match: number; candle: Record<string, number> }[]>(
        `indicators/skender/expected/${id}.json`,
      );
      const spec = definitions.find((s) => s.name === ours)!;
      const inputs = spec.inputs.map((name) => Float64Array.from(rows, (row) => row.candle[name]!));
      assert.deepEqual(
        [...compute(spec, inputs)['value']!],
        rows.map((row) => row.match),
      );
      assert.ok(rows.some((row) => row.match !== 0));
    });
});
