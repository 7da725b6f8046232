import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, HOUR_MS, type Prices, play } from '../../../test/scenario.ts';
import type { Entry } from '../vocabulary/intent.ts';
import { REFUSALS } from '../vocabulary/refusal.ts';

const FLAT: Prices = [100, 101, 99, 100];
const SOUND: Entry = { size: { qty: 4 }, limit: 99.5, why: 'test' };
const { NaN: NONE, POSITIVE_INFINITY: ENDLESS } = Number;

function played(act: (c: Desk) => void) {
  const { backtest, orders, fills } = play({
    bars: [FLAT, FLAT, FLAT, FLAT],
    strategies: [{ 0: (c) => void c.buy({ size: { qty: 1 }, why: 'test' }), 1: act }],
  });
  return { refusals: backtest.engine.desk.refusals.map((code) => REFUSALS[code]), orders, fills };
}

const enter = (entry: object) => played((c) => void c.buy({ ...SOUND, ...entry } as Entry));

describe('an entry that nobody can carry out as it stands -> TypeError with what was found', () => {
  const mistakes: readonly (readonly [entry: object, words: RegExp])[] = [
    [{ size: { qty: 1, notional: 50 } }, /size: expected exactly one of qty, .* found \{"qty":1,"notional":50\}/],
    [{ stop: { pct: 0.5, price: 99 } }, /a level: .*, and one alone; found \{"pct":0.5,"price":99\}/],
    [{ target: { r: 2, ticks: 5 } }, /a level: .*, and one alone/],
    [{ tif: { gtd: NONE } }, /tif\.gtd: expected epoch ms, found NaN/],
    [{ work: 'twap' }, /work: expected \{ twap \}, \{ iceberg \} or \{ scale \}, one alone, found "twap"/],
    [{ work: { ladder: {} } }, /work: expected .* one alone, found \{"ladder":\{\}\}/],
    [{ work: { twap: { slices: 2, everyMs: HOUR_MS }, iceberg: { visible: 1 } } }, /work: expected .* one alone/],
    [{ work: { twap: { slices: 2.5, everyMs: HOUR_MS } } }, /work\.twap\.slices: expected a whole .* found 2\.5/],
    [{ work: { twap: { slices: NONE, everyMs: HOUR_MS } } }, /work\.twap\.slices: .* found NaN/],
    [{ work: { twap: { slices: 2, everyMs: NONE } } }, /work\.twap\.everyMs: expected milliseconds .* found NaN/],
    [{ work: { scale: { orders: 1, to: 98 } } }, /work\.scale\.orders: expected a whole number from 2, found 1/],
  ];
  for (const [entry, words] of mistakes) test(JSON.stringify(entry), () => assert.throws(() => enter(entry), words));
});

describe('a number without a value -> refused, and nothing leaves', () => {
  const refused: readonly (readonly [entry: object, code: string])[] = [
    [{ target: { ticks: NONE } }, 'price-not-positive'],
    [{ target: { price: NONE } }, 'price-not-positive'],
    [{ target: { atr: 2, value: NONE } }, 'warming-up'],
    [{ target: { r: NONE }, stop: { pct: 0.1 } }, 'price-not-positive'],
    [{ work: { scale: { orders: 2, to: NONE } } }, 'price-not-positive'],
    [{ work: { iceberg: { visible: NONE } } }, 'size-below-minimum'],
  ];
  for (const [entry, code] of refused)
    test(`${Object.keys(entry)[0]} of ${JSON.stringify(entry)} -> ${code}`, () => {
      const { refusals, orders } = enter(entry);
      assert.deepEqual([refusals, orders], [[code], ['entry: filled']]);
    });

  test('target of no share, or of one beyond counting -> valuation-missing, as data', () => {
    for (const share of [NONE, ENDLESS]) {
      const { refusals, orders } = played((c) => c.target(share, 'test'));
      assert.deepEqual([refusals, orders], [['valuation-missing'], ['entry: filled']]);
    }
  });

  test('amend to a price or a quantity that is none -> refused, the order stays', () => {
    for (const [change, code] of [
      [{ price: NONE }, 'price-not-positive'],
      [{ qty: NONE }, 'size-below-minimum'],
    ] as const) {
      const { refusals, orders } = played((c) => c.buy({ ...SOUND, limit: 50 }).amend(change));
      assert.deepEqual([refusals, orders], [[code], ['entry: filled', 'entry: open']]);
    }
  });
});

test('post-only without a limit, at market or behind a trigger -> refused: it would take', () => {
  for (const trigger of [{}, { trigger: 100.5 }]) {
    const { refusals, fills } = played(
      (c) => void c.buy({ size: { qty: 1 }, postOnly: true, why: 'test', ...trigger }),
    );
    assert.deepEqual([refusals, fills.length], [['order-type-unsupported'], 1]);
  }
  assert.deepEqual(enter({ postOnly: true }).refusals, []);
});

test('iceberg that may show more than it is -> shown whole', () => {
  for (const visible of [10, ENDLESS]) {
    const { fills } = enter({ work: { iceberg: { visible } } });
    assert.match(fills[1]!, /entry buy 4 @ 99\.5/);
  }
});

test('close or target without a why -> TypeError that says what is missing', () => {
  const words = /every order needs a why/;
  assert.throws(() => played((c) => c.position.close(undefined as never)), words);
  assert.throws(() => played((c) => c.target(0.5, undefined as never)), words);
});

test('a source that is not declared, an alert of no level -> an error with what there is', () => {
  assert.throws(() => played((c) => void c.source('news')), /there is no source "news"; declared are none/);
  assert.throws(() => played((c) => c.alert('error' as never, 'x')), /alert: expected info, warn, page, found "error"/);
});
