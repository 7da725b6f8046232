import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue } from './catalogue.ts';
import { checkParameters, type Indicator } from './indicator.ts';
import { contractColumns } from './indicator-contract.ts';
import { compute, FILL_ROWS, stepKernel } from './run.ts';

/** Two chunks that are filled, one with a hole, and a part of one. */
const COUNT = 3 * FILL_ROWS + 100;
const HOLES = [2 * FILL_ROWS + 5, 2 * FILL_ROWS + 6, COUNT - 2];

function stepped(spec: Indicator, inputs: readonly Float64Array[]): Float64Array[] {
  const kernel = spec.create(checkParameters(spec, {}));
  const outputs = spec.outputs.map(() => new Float64Array(COUNT));
  for (let i = 0; i < COUNT; i++) stepKernel(kernel, inputs, outputs, i);
  return outputs;
}

describe('columns at once', () => {
  for (const [what, hole] of [
    ['not a number', Number.NaN],
    ['infinite', Number.NEGATIVE_INFINITY],
  ] as const)
    test(`rows that are ${what} behind chunks that are whole -> every indicator as row by row, bit for bit`, () => {
      const columns = contractColumns(COUNT, 5);
      for (const row of HOLES) for (const column of Object.values(columns)) column[row] = hole;
      const off = catalogue.filter((spec) => {
        const inputs = spec.inputs.map((name) => columns[name]!);
        const expected = stepped(spec, inputs);
        const found = compute(spec, inputs) as Readonly<Record<string, Float64Array>>;
        return spec.outputs.some((name, k) => !found[name]!.every((x, i) => Object.is(x, expected[k]![i]!)));
      });
      assert.deepEqual(
        off.map(({ name }) => name),
        [],
      );
    });

  test('a hole in one of several columns alone -> seen', () => {
    const columns = contractColumns(COUNT, 5);
    columns['low']![HOLES[0]!] = Number.NaN;
    const spec = catalogue.find(({ name }) => name === 'atr')!;
    const inputs = spec.inputs.map((name) => columns[name]!);
    const [expected] = stepped(spec, inputs);
    const { value } = compute(spec, inputs) as { readonly value: Float64Array };
    assert.ok(Number.isNaN(value[HOLES[0]!]!) && Number.isFinite(value[HOLES[0]! + 1]!));
    assert.ok(value.every((x, i) => Object.is(x, expected![i]!)));
  });
});
