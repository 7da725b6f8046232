import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR_MS } from '../vocabulary/time.ts';
import { Bars } from './bars.ts';
import type { Indicator, ParameterRange } from './indicator.ts';
import type { Node, Series } from './series.ts';
import { ta } from './ta.ts';

/** Bars that note which indicator a function asks for, and with which parameters. */
class NotingBars extends Bars {
  noted: { readonly indicator: Indicator; readonly given: Readonly<Record<string, number>> } | null = null;

  constructor() {
    super('TEST', '1h', { barMs: HOUR_MS });
  }

  override node(indicator: Indicator, inputs: readonly Series[], given: Readonly<Record<string, number>>): Node {
    this.noted = { indicator, given };
    return super.node(indicator, inputs, {});
  }
}

/** A value of a parameter that is no default and, within a list of ranges, no other's. */
const unusual = (range: ParameterRange, k: number): number =>
  range.integer && range.max <= 10 ? (range.default + 1) % (range.max + 1) : range.default * 2 + 1 + k / 16;

/** These take their parameters by name, or fix one on purpose. */
const OTHERWISE = ['kst', 'parabolicSarExtended', 'stochasticFast', 'rollingPivots'];

describe('parameters of ta', () => {
  const call = (name: string, ...args: unknown[]): unknown =>
    (ta as unknown as Record<string, (...given: unknown[]) => unknown>)[name]!(...args);

  test('every function: all parameters of the indicator in the order of its table -> each arrives under its name', () => {
    let checked = 0;
    for (const name of Object.keys(ta).filter((each) => each !== 'custom' && !OTHERWISE.includes(each))) {
      const bars = new NotingBars();
      const inputs = [[bars], [bars.close], [bars.close, bars.open]].find((given) => {
        bars.noted = null;
        try {
          call(name, ...given);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        return bars.noted !== null;
      });
      assert.ok(inputs, name);
      const ranges = Object.entries(bars.noted!.indicator.params);
      const values = ranges.map(([, range], k) => unusual(range, k));
      call(name, ...inputs, ...values);
      const expected = Object.fromEntries(ranges.map(([parameter], k) => [parameter, values[k]]));
      assert.deepEqual({ ...bars.noted!.given }, expected, name);
      checked += ranges.length;
    }
    assert.ok(checked > 150, String(checked));
    const bars = new NotingBars();
    ta.rollingPivots(bars, 7, 'woodie', 3);
    assert.deepEqual(bars.noted!.given, { length: 7, offset: 3 });
  });

  test('words for numbers: each, its number, and a word that is none -> the same series; refused with those there are', () => {
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    assert.equal(ta.stddev(bars.close, 5, 'sample'), ta.stddev(bars.close, 5, 1));
    assert.notEqual(ta.stddev(bars.close, 5, 'sample'), ta.stddev(bars.close, 5));
    assert.equal(ta.maEnvelope(bars.close, 5, 2, 'smoothed').upper, ta.maEnvelope(bars.close, 5, 2, 2).upper);
    assert.equal(ta.pivotPoints(bars, 'week').pp, ta.pivotPoints(bars, 2).pp);
    assert.throws(() => ta.stddev(bars.close, 5, 'smaple' as 'sample'), {
      name: 'RangeError',
      message: `stddev: sample must be one of 'population' (0), 'sample' (1), found "smaple"`,
    });
    assert.throws(
      () => ta.maEnvelope(bars.close, 5, 2, 'ema' as 'simple'),
      /ma-envelope: average must be one of 'simple'/,
    );
    assert.throws(() => ta.pivotPoints(bars, 'year' as 'day'), /pivot-points-standard: window .* found "year"/);
    assert.throws(
      () => ta.rollingPivots(bars, 5, 'wood' as 'woodie'),
      /method must be one of standard, .* found "wood"/,
    );
  });

  test('lengths that are 0, negative, broken, a text, none -> refused with what was found and expected', () => {
    const { close } = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const expected = 'rsi: length must be a whole number from 1 to 100000, found ';
    for (const [length, found] of [
      ...[0, -3, 2.5, Number.NaN, Number.POSITIVE_INFINITY].map((n) => [n, String(n)] as const),
      ['14' as never, '"14"'],
      [{ length: 14 } as never, 'an object'],
    ] as const)
      assert.throws(() => ta.rsi(close, length), { name: 'RangeError', message: expected + found });
    assert.throws(() => ta.alma(close, 9, '0.85' as never), {
      name: 'RangeError',
      message: 'alma: offset must be a number from 0 to 1, found "0.85"',
    });
    assert.throws(() => ta.kst(close, 10 as never), /kst: parameters are given by name, as { change1: … }; found 10/);
    assert.throws(() => ta.kst(close, { toString: 3 } as never), /kst: has no parameter toString; it has change1/);
  });

  test('inputs of the other kind -> refused with what the indicator takes and what was found', () => {
    const bars = new Bars('TEST', '1h', { barMs: HOUR_MS });
    const refused = (make: () => unknown, message: string): void => {
      assert.throws(make, { name: 'TypeError', message });
    };
    const takesSeries = 'takes a series, such as bars.close or another indicator; found';
    refused(() => ta.rsi(bars as never, 14), `rsi: ${takesSeries} bars; name one of their series, such as bars.close`);
    refused(() => ta.rsi('close' as never), `rsi: ${takesSeries} "close"`);
    refused(
      () => ta.ema(ta.macd(bars.close) as never, 9),
      `ema: ${takesSeries} the series macd, signal, histogram together; name one of them`,
    );
    refused(() => ta.correlation(bars.close, undefined as never), `correlation: ${takesSeries} undefined`);
    refused(() => ta.atr(bars.close as never), 'atr: takes bars (high, low, close), such as data.main; found a series');
  });
});
