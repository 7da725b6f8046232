import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../failures.ts';
import { parseGate } from './gate.ts';

const METRICS = new Map<string, number | null>([
  ['sharpe', 0.8],
  ['maxDrawdown', -0.25],
  ['trades', 40],
  ['sortino', null],
]);

const holds = (expression: string): boolean => parseGate(expression).holds(METRICS).holds;

test('gate: comparisons, and, or, not, parentheses -> usual precedence', () => {
  assert.equal(holds('sharpe < 1'), true);
  assert.equal(holds('sharpe >= 1'), false);
  assert.equal(holds('1 > sharpe'), true);
  assert.equal(holds('trades == 40 && sharpe != 0.8'), false);
  assert.equal(holds('sharpe > 1 && trades > 0 || maxDrawdown < -0.2'), true, 'and binds tighter');
  assert.equal(holds('sharpe > 1 && (trades > 0 || maxDrawdown < -0.2)'), false);
  assert.equal(holds('!(sharpe > 1)'), true);
  assert.equal(holds('!!(sharpe > 1)'), false);
});

test('gate: numbers -> percent, exponents, negative and without leading zero', () => {
  assert.equal(holds('maxDrawdown < -20%'), true);
  assert.equal(holds('maxDrawdown < -30%'), false);
  assert.equal(holds('trades < 1e2'), true);
  assert.equal(holds('sharpe > .5'), true);
});

test('gate: a metric without a value -> decides against the run, negated or not', () => {
  assert.equal(holds('sortino < 1'), true);
  assert.equal(holds('sortino > 1'), true);
  assert.equal(holds('!(sortino > 1)'), true);
  assert.equal(holds('sharpe > 1 && sortino < 1'), false, 'the other comparison already passed it');
});

test('gate: reasons -> the comparisons that held, with their figures', () => {
  assert.deepEqual(parseGate('sharpe < 1 || trades < 10 || maxDrawdown < -0.2').holds(METRICS).because, [
    'sharpe (0.8) < 1',
    'maxDrawdown (-0.25) < -0.2',
  ]);
});

test('gate: reasons -> nothing that decided nothing, and what does not hold where that decides', () => {
  const because = (expression: string): readonly string[] => parseGate(expression).holds(METRICS).because;
  assert.deepEqual(because('sharpe < 1 && trades < 10 || maxDrawdown < -0.2'), ['maxDrawdown (-0.25) < -0.2']);
  assert.deepEqual(because('!(sharpe > 1)'), ['not sharpe (0.8) > 1']);
  assert.deepEqual(because('!(sharpe > 1 || maxDrawdown > -0.2)'), [
    'not sharpe (0.8) > 1',
    'not maxDrawdown (-0.25) > -0.2',
  ]);
  assert.deepEqual(because('sharpe > 1'), []);
});

for (const [expression, at] of [
  ['', 1],
  ['sharpe', 7],
  ['sharpe <', 9],
  ['sharpe < 1 &&', 14],
  ['(sharpe < 1', 12],
  ['sharpe < 1)', 11],
  ['sharpe < 1 trades > 2', 12],
  ['sharpe = 1', 8],
  ['sharpe < 1; 2', 11],
] as const) {
  test(`gate: ${JSON.stringify(expression)} -> refused at character ${at}`, () => {
    assert.throws(
      () => parseGate(expression),
      (error) =>
        error instanceof Failure && error.code === 'expression-invalid' && error.message.includes(`character ${at}:`),
    );
  });
}

test('gate: an unknown metric -> refused with the nearest name', () => {
  assert.throws(() => parseGate('maxDrawdwn < 0').refuseUnknown([...METRICS.keys()]), /did you mean maxDrawdown\?/);
});

test('gate: more parentheses than anybody writes -> refused with the character, and no fault of the program', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}sharpe < 1${')'.repeat(depth)}`;
  assert.equal(holds(nested(90)), true);
  for (const text of [nested(20_000), `${'!'.repeat(20_000)}(sharpe < 1)`])
    assert.throws(
      () => parseGate(text),
      (error) => error instanceof Failure && error.code === 'expression-invalid' && /at most 100/.test(error.message),
    );
});
