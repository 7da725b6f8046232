import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Indicator } from '../indicator.ts';
import { contractComplaints } from '../indicator-contract.ts';
import { compute } from '../run.ts';
import { patternIndicators } from './ta.ts';

const named = new Map((patternIndicators as unknown as readonly Indicator[]).map((spec) => [spec.name, spec]));

/** Values after ten quiet candles of body 1 and range 2, from 100 up and down again. */
function after(name: string, candles: readonly (readonly [number, number, number, number])[]): number {
  const quiet = Array.from({ length: 14 }, (_, i) =>
    i % 2 === 0 ? ([100, 101.5, 99.5, 101] as const) : ([101, 101.5, 99.5, 100] as const),
  );
  const all = [...quiet, ...candles];
  const inputs = [0, 1, 2, 3].map((k) => Float64Array.from(all, (candle) => candle[k]!));
  return compute(named.get(name)!, inputs)['value']!.at(-1)!;
}

describe('candlestick patterns', () => {
  for (const spec of named.values()) {
    test(`${spec.name}: the indicator contract -> kept`, () => {
      assert.deepEqual(contractComplaints(spec), []);
    });
    if ('penetration' in spec.params)
      test(`${spec.name}: the contract with a penetration of 0 -> kept`, () => {
        assert.deepEqual(contractComplaints(spec, { penetration: 0 }), []);
      });
  }

  test('cdl-engulfing: a white body over a black one, touching it, equal to it -> 100, 80, 0', () => {
    assert.equal(
      after('cdl-engulfing', [
        [101, 102, 99, 100],
        [99.5, 102, 99, 101.5],
      ]),
      100,
    );
    assert.equal(
      after('cdl-engulfing', [
        [101, 102, 99, 100],
        [100, 102, 99, 101.5],
      ]),
      80,
    );
    assert.equal(
      after('cdl-engulfing', [
        [101, 102, 99, 100],
        [100, 102, 99, 101],
      ]),
      0,
    );
  });

  test('cdl-hammer, cdl-doji, cdl-marubozu: textbook candles -> 100', () => {
    assert.equal(after('cdl-hammer', [[100, 100.1, 97, 99.6]]), 100);
    assert.equal(after('cdl-doji', [[100, 102, 98, 100.1]]), 100);
    assert.equal(after('cdl-marubozu', [[100, 103, 100, 103]]), 100);
    assert.equal(after('cdl-marubozu', [[103, 103, 100, 100]]), -100);
  });

  test('cdl-dark-cloud-cover: a close 40 % into the body -> only with a penetration below that', () => {
    const inputs = [
      [100, 101, 100, 101],
      [100, 105, 100, 105],
      [106, 106, 102.8, 103],
    ] as const;
    const quiet = Array.from({ length: 12 }, () => [100, 101, 100, 101] as const);
    const columns = [0, 1, 2, 3].map((k) => Float64Array.from([...quiet, ...inputs], (candle) => candle[k]!));
    const spec = named.get('cdl-dark-cloud-cover')!;
    assert.equal(compute(spec, columns)['value']!.at(-1), 0);
    assert.equal(compute(spec, columns, { penetration: 0.3 })['value']!.at(-1), -100);
  });

  test('cdl-hikkake: false break downwards, then a close above the inside bar -> 100, then once 200', () => {
    const bars = [
      [100, 104, 96, 100],
      [100, 102, 98, 100],
      [99, 101, 97, 98],
    ] as const;
    assert.equal(after('cdl-hikkake', bars), 100);
    assert.equal(after('cdl-hikkake', [...bars, [98, 103, 97.5, 102.5]]), 200);
    assert.equal(after('cdl-hikkake', [...bars, [98, 103, 97.5, 102.5], [98, 103.5, 97.6, 102.6]]), 0);
  });

  test('marubozu-by-body, doji-by-change: the thresholds themselves -> count', () => {
    const one = (name: string, candle: readonly number[], percent: number): number =>
      compute(
        named.get(name)!,
        named
          .get(name)!
          .inputs.map((field) => Float64Array.of(candle[['open', 'high', 'low', 'close'].indexOf(field)]!)),
        { percent },
      )['value']![0]!;
    assert.equal(one('marubozu-by-body', [100, 104, 100, 103], 75), 100);
    assert.equal(one('marubozu-by-body', [103, 104, 100, 100], 75), -100);
    assert.equal(one('marubozu-by-body', [100, 104, 100, 102.9], 75), 0);
    assert.equal(one('doji-by-change', [100, 104, 96, 101], 1), 1);
    assert.equal(one('doji-by-change', [100, 104, 96, 101.5], 1), 0);
  });
});
