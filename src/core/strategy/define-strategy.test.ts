import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from '../research/play.ts';
import { bars } from './data.ts';
import { defineStrategy } from './define-strategy.ts';
import { p } from './params.ts';

const PLAIN = { id: 'plain', params: {}, data: { main: bars() }, indicators: () => ({}) };
const define = (more: object) => () => defineStrategy({ ...PLAIN, ...more });

describe('a strategy as an object', () => {
  test('a field that nobody reads, as a handler with its name mistyped -> refused with the names there are', () => {
    assert.throws(define({ onbar() {} }), /strategy plain: there is no field onbar; expected any of id, .*onBar/);
  });

  test('handlers that pause -> refused, whichever kind they are', () => {
    assert.throws(
      define({ async onBar() {} }),
      /strategy plain: onBar: expected a plain function, found an AsyncFunction/,
    );
    assert.throws(define({ onFill: async () => {} }), /onFill: .* AsyncFunction/);
    assert.throws(define({ *onOrder() {} }), /onOrder: .* GeneratorFunction/);
    assert.throws(define({ onTimer: [{ every: '1h', run: async () => {} }] }), /onTimer.run: .* AsyncFunction/);
    assert.throws(define({ onBar: 5 }), /onBar: expected a function, found number/);
  });

  test('what each strategy has, left out -> RangeError with the least that may stand there', () => {
    assert.throws(
      define({ indicators: undefined }),
      /indicators is missing; expected at least indicators: \(\) => \(\{\}\)/,
    );
    assert.throws(define({ data: undefined }), /data is missing; expected at least data: \{ main: bars\('1h'\) \}/);
    assert.throws(define({ params: undefined }), /params is missing; expected at least params: \{\}/);
  });
});

const run = (more: object) => () =>
  play(defineStrategy({ ...PLAIN, ...more }), { bars: [100, 101, 102], warmUp: 'ready' });
const asked = (entry: object) => run({ onBar: (c: { buy: (entry: object) => unknown }) => void c.buy(entry) });

describe('what a strategy does', () => {
  test('a handler that answers a promise -> the run ends and says so; another answer is nobody’s business', () => {
    assert.throws(
      run({ onBar: () => Promise.resolve() }),
      /onBar threw TypeError: handlers are synchronous, found a promise/,
    );
    assert.throws(run({ onTimer: { every: '1h', run: () => Promise.resolve() } }), /onTimer threw .* found a promise/);
    assert.doesNotThrow(run({ onBar: () => 5 }));
  });

  test('an order with a field that does not exist, as a stop with its name mistyped -> the run ends and names it', () => {
    assert.throws(
      asked({ size: { qty: 1 }, stopp: { pct: 0.01 }, why: 'x' }),
      /an order has no field stopp; expected any of size/,
    );
  });

  test('a stop, a target or a way to work that is none -> the run ends and lists them, and nothing is entered without it', () => {
    const entry = { size: { qty: 1 }, why: 'x' };
    for (const more of [{ stop: { percent: 1 } }, { target: { percent: 1 } }, { trail: 0.01 }, { stop: '1%' }])
      assert.throws(asked({ ...entry, ...more }), /a level: expected { pct }, { atr }, { ticks } or { price }/);
    assert.throws(asked({ ...entry, work: { vwap: {} } }), /work: expected { twap }, { iceberg } or { scale }/);
    assert.throws(
      asked({ ...entry, limit: 100, tif: 'GTC' }),
      /tif: expected gtc, ioc, fok, day or { gtd }, found "GTC"/,
    );
  });

  test('a size that is none -> the run ends and lists the sizes', () => {
    assert.throws(
      asked({ size: { percent: 1 }, why: 'x' }),
      /size: expected one of qty, notional.*found {"percent":1}/,
    );
  });

  test('without types: an id, parameters and feeds that are none -> refused with their name and what was found', () => {
    const define = defineStrategy as unknown as (def: object) => unknown;
    const base = { id: 'x', params: {}, data: { main: bars() }, indicators: () => ({}) };
    define(base);
    for (const [more, says] of [
      [{ id: undefined }, /^strategy id: expected kebab-case such as "sma-cross", found undefined$/],
      [{ params: { n: 10 } }, /^strategy x: params\.n: expected p\.int\(…\), .* found 10$/],
      [{ params: { n: null } }, /params\.n: .* found null$/],
      [{ params: { n: { kind: 'toString' } } }, /params\.n: .* found an object$/],
      [
        { params: { n: p.int(100, { min: 5, max: 50 }) } },
        /params\.n: expected a whole number from 5 to 50 as its default, found 100$/,
      ],
      [{ params: { n: p.num(1, { min: 2, max: 1 }) } }, /params\.n: expected a min of at most its max, found 2 and 1$/],
      [{ params: { n: p.pick(['a', 'b'], 'c' as 'a') } }, /params\.n: expected one of a, b as its default, found "c"$/],
      [{ data: { main: 5 } }, /^strategy x: data\.main: expected bars\(\) or universe\(\), found 5$/],
      [{ data: { main: bars('7x' as '7m') } }, /data\.main: expected a timeframe such as .* found "7x"$/],
      [{ data: { main: bars({ tf: '1h' } as never) } }, /data\.main: expected a timeframe .* found an object$/],
    ] as const)
      assert.throws(() => define({ ...base, ...more }), { name: 'RangeError', message: says });
  });

  test('parameters -> cannot be changed by the strategy', () => {
    const change = ({ params }: { params: { n: number } }): void => {
      params.n = 5;
    };
    assert.throws(run({ params: { n: p.int(3) }, onBar: change }), /read only property 'n'/);
  });
});
