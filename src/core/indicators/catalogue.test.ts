import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { averages } from './averages/ta.ts';
import { catalogue, findIndicator } from './catalogue.ts';
import { checkParameters } from './indicator.ts';
import { contractColumns } from './indicator-contract.ts';
import { momentum } from './momentum/ta.ts';
import { patterns } from './patterns/ta.ts';
import { price } from './price/ta.ts';
import { stepKernel } from './run.ts';
import { statistics } from './statistics/ta.ts';
import { ta } from './ta.ts';
import { trend } from './trend/ta.ts';
import { volatility } from './volatility/ta.ts';
import { volume } from './volume/ta.ts';

describe('catalogue', () => {
  test('names: all -> unique, kebab-case', () => {
    const names = catalogue.map((indicator) => indicator.name);
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
      'twice',
    );
    assert.deepEqual(
      names.filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)),
      [],
      'not kebab-case',
    );
  });

  test('size: without candlestick patterns -> 90 or more', () => {
    assert.ok(catalogue.filter((indicator) => indicator.group !== 'pattern').length >= 90);
  });

  test('findIndicator: every name, and one that is none -> its definition, undefined', () => {
    for (const indicator of catalogue) assert.equal(findIndicator(indicator.name), indicator);
    assert.equal(findIndicator('no-such'), undefined);
  });

  test('definitions: all -> say title, unit, formula, source, and what every parameter means', () => {
    for (const indicator of catalogue) {
      for (const text of [indicator.title, indicator.unit, indicator.formula, indicator.source])
        assert.ok(text.trim().length > 0, indicator.name);
      assert.equal(new Set(indicator.outputs).size, indicator.outputs.length, indicator.name);
      for (const [name, range] of Object.entries(indicator.params)) {
        assert.ok(range.about.length > 0, `${indicator.name} ${name}`);
        assert.ok(range.default >= range.min && range.default <= range.max, `${indicator.name} ${name}`);
      }
    }
  });

  test('groups: every folder of indicators -> has its group in the catalogue', () => {
    const groups = new Set(catalogue.map((indicator) => indicator.group));
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.equal(groups.size, folders.length);
  });

  test('ta: functions of all groups -> no name of one group hides that of another', () => {
    const groups = [averages, momentum, volatility, trend, volume, statistics, price, patterns];
    const names = groups.flatMap((group) => Object.keys(group));
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    );
    assert.equal(Object.keys(ta).length, names.length + 1);
  });
});

describe('catalogue, rebased', () => {
  const ROWS = 600;
  const columns = contractColumns(ROWS, 3);
  for (const indicator of catalogue)
    test(`${indicator.name}: at every bar, while warming up too -> no more than rounding changes`, () => {
      const inputs = indicator.inputs.map((input) => columns[input]!);
      const [plain, rebased] = [false, true].map((isRebased) => {
        const kernel = indicator.create(checkParameters(indicator, {}));
        const outputs = indicator.outputs.map(() => new Float64Array(ROWS));
        for (let i = 0; i < ROWS; i++) {
          if (isRebased) kernel.rebase?.();
          stepKernel(kernel, inputs, outputs, i);
        }
        return outputs;
      });
      plain!.forEach((column, k) => {
        column.forEach((x, i) => {
          const y = rebased![k]![i]!;
          const isSame = Object.is(x, y) || Math.abs(x - y) <= 1e-10 * Math.max(1, Math.abs(x));
          assert.ok(isSame, `${indicator.outputs[k]} at row ${i}: ${x} and ${y}`);
        });
      });
    });
});
