import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkParameters, type Indicator } from '../indicator.ts';
import { contractColumns } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { atrTrailingStop } from './atr-trailing-stop.ts';
import { superTrend } from './supertrend.ts';
import { volatilityStop } from './volatility-stop.ts';

const ROWS = 4000;

describe('stops that reverse: begun as many bars before as they say it takes them to settle', () => {
  const cases: readonly (readonly [spec: unknown, params: Readonly<Record<string, number>>])[] = [
    [superTrend, { length: 5, multiplier: 4 }],
    [superTrend, { length: 3, multiplier: 6 }],
    [atrTrailingStop, { length: 5, multiplier: 5 }],
    [volatilityStop, { length: 3, multiplier: 4 }],
  ];
  for (const [each, params] of cases) {
    const spec = each as Indicator;
    test(`${spec.name} ${JSON.stringify(params)} -> the direction and the stop of the whole series`, () => {
      const columns = contractColumns(ROWS, 7);
      const inputs = spec.inputs.map((name) => columns[name]!);
      const whole = compute(spec, inputs, params);
      const bars = spec.settle!(checkParameters(spec, params));
      for (let row = 1000; row < ROWS; row += 11) {
        const late = compute(
          spec,
          inputs.map((column) => column.slice(row - bars, row + 1)),
          params,
        );
        for (const name of spec.outputs.filter((output) => ['value', 'stop', 'direction'].includes(output))) {
          const [found, expected] = [late[name]!.at(-1)!, whole[name]![row]!];
          assert.ok(
            Math.abs(found / expected - 1) < 1e-4,
            `${name} at row ${row}: found ${found}, expected ${expected}`,
          );
        }
      }
    });
  }
});
