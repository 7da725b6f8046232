import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BarColumns } from '../../vocabulary/market-data.ts';
import { Bars } from '../bars.ts';
import { checkParameters, type Indicator } from '../indicator.ts';
import { contractColumns } from '../indicator-contract.ts';
import { runKernel } from '../run.ts';
import type { Series } from '../series.ts';
import { trend, trendIndicators } from './ta.ts';

const ROWS = 600;
const columns = contractColumns(ROWS, 21);

/** Those that take a series; the others take the bars. */
const OF_SERIES: ReadonlySet<string> = new Set(['alligator', 'gator', 'zigZagOf', 'hilbertTrendline']);

function attach(name: string, bars: Bars): readonly Series[] {
  const build = trend[name as keyof typeof trend] as (
    source: Bars | Series,
  ) => Series | Readonly<Record<string, Series>>;
  const made = build(OF_SERIES.has(name) ? bars.close : bars);
  return 'owner' in made ? [made as Series] : Object.values(made);
}

describe('trend as functions of bars and series', () => {
  for (const name of Object.keys(trend))
    test(`trend.${name}: preloaded and streamed bars -> the same finite values`, () => {
      const preloaded = new Bars('BTCUSDT', '1h', { barMs: 3_600_000 });
      const whole = attach(name, preloaded);
      preloaded.preload(columns as unknown as BarColumns);
      const streamed = new Bars('BTCUSDT', '1h', { barMs: 3_600_000 });
      const step = attach(name, streamed);
      for (let i = 0; i < ROWS; i++) {
        preloaded.advance();
        const at = (field: string): number => columns[field]![i]!;
        streamed.append(at('openTimeMs'), at('open'), at('high'), at('low'), at('close'), at('volume'));
        streamed.stepAll();
        whole.forEach((series, k) => {
          assert.equal(step[k]!.value, series.value, `output ${k} at row ${i}`);
        });
      }
      for (const series of whole) assert.ok(Number.isFinite(series.value));
    });
});

describe('trend indicators and rebasing', () => {
  for (const spec of trendIndicators as unknown as readonly Indicator[])
    test(`${spec.name}: rebased every 7 rows -> no more than rounding changes`, () => {
      const inputs = spec.inputs.map((input) => columns[input]!);
      const outputs = (blocks: readonly number[]): Float64Array[] => {
        const filled = spec.outputs.map(() => new Float64Array(ROWS));
        runKernel(spec.create(checkParameters(spec, {})), inputs, filled, ROWS, blocks);
        return filled;
      };
      const plain = outputs([]);
      const rebased = outputs(Array.from({ length: Math.floor(ROWS / 7) }, (_, k) => 7 * k));
      plain.forEach((column, k) => {
        column.forEach((x, i) => {
          const y = rebased[k]![i]!;
          if (Number.isNaN(x)) assert.equal(y, Number.NaN);
          else
            assert.ok(
              Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x)),
              `${spec.outputs[k]} at row ${i}: ${x} and ${y}`,
            );
        });
      });
    });
});
