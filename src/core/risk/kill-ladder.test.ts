import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KILL_LEVELS, SCOPES } from '../vocabulary/commands.ts';
import { FLAG } from '../vocabulary/order.ts';
import { KILL, KillLadder } from './kill-ladder.ts';
import { LONG, order, risk, runCases, SELL, verdict, view } from './scene.test.ts';

const moves = fc.array(
  fc.record({
    scope: fc.constantFrom(...SCOPES),
    index: fc.constantFrom(0, 1),
    level: fc.constantFrom(...KILL_LEVELS, null),
    epoch: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 30 },
);

test('kill ladder: any kills and re-armings -> the strictest of what each scope was given since its last re-arming', () => {
  fc.assert(
    fc.property(moves, (all) => {
      const ladder = new KillLadder(2, 2);
      const expected = new Map<string, number>();
      for (const { scope, index: given, level, epoch } of all) {
        const index = scope === 'system' || scope === 'account' ? 0 : given;
        const key = `${scope} ${index}`;
        if (level === null) ladder.clear(scope, index, epoch);
        else ladder.raise(scope, index, KILL[level], epoch, level);
        expected.set(key, level === null ? 0 : Math.max(expected.get(key) ?? 0, KILL[level]));
        assert.equal(ladder.epoch(scope, index), epoch);
      }
      const levelOf = (key: string): number => expected.get(key) ?? 0;
      const wide = Math.max(levelOf('system 0'), levelOf('account 0'));
      for (const strategy of [0, 1]) {
        assert.equal(ladder.pauses(strategy), Math.max(wide, levelOf(`strategy ${strategy}`)) > 0);
        for (const instrument of [0, 1]) {
          const strictest = Math.max(wide, levelOf(`strategy ${strategy}`), levelOf(`instrument ${instrument}`));
          assert.equal(ladder.strictest(strategy, instrument), strictest);
          assert.equal(ladder.reason(strategy, instrument), strictest === 0 ? '' : KILL_LEVELS[strictest - 1]);
        }
      }
      const held = ladder.held().map(({ scope, index, level }) => [`${scope} ${index}`, KILL[level]] as const);
      assert.deepEqual(new Map(held), new Map([...expected].filter(([, level]) => level > 0)));
      assert.equal(
        ladder.isSweeping,
        [...expected.values()].some((level) => level >= KILL['cancel-all']),
      );
      const again = new KillLadder(2, 2);
      again.restore(ladder.snapshot());
      assert.deepEqual([again.held(), again.isSweeping], [ladder.held(), ladder.isSweeping]);
    }),
  );
});

test('kill ladder: a snapshot of another session, or with a level that is none -> RangeError', () => {
  const whole = new KillLadder(2, 2).snapshot();
  assert.throws(() => new KillLadder(1, 2).restore(whole), RangeError);
  assert.throws(() => new KillLadder(2, 2).restore({ ...whole, levels: [9, 0, 0, 0, 0, 0] }), RangeError);
});

test('kill: lifted by re-arming alone, not by an operator who makes the scope active', () => {
  const gate = risk();
  gate.kill({ scope: 'account', index: 0, level: 'halt', epoch: 0, reason: 'drill' });
  gate.setState('account', 0, 'active');
  assert.equal(gate.state.states.state('account'), 'halted');
  gate.kill({ scope: 'account', index: 0, level: 'reduce', epoch: 0, reason: 'milder' });
  assert.equal(gate.state.states.state('account'), 'halted', 'a level only rises');
  gate.rearm('account', 0, 1);
  assert.deepEqual([gate.state.states.state('account'), gate.state.ladder.epoch('account')], ['active', 1]);
});

const HALTED = { state: 2 };
const KILLED = { state: 2, killed: true };
const close = order('market', { ...SELL, flags: FLAG.reduceOnly | FLAG.kill });
const leg = order('stop-market', { ...SELL, flags: FLAG.reduceOnly, parent: 0, triggerTicks: 950 });
runCases('halted', [
  { name: 'a close by hand', draft: order('market', SELL), view: { ...LONG, ...HALTED }, expect: 'trading-halted' },
  { name: 'what a kill closes with', draft: close, view: { ...LONG, ...KILLED }, expect: 'approved' },
  { name: 'the same without a position', draft: close, view: KILLED, expect: 'trading-halted' },
  {
    name: 'one lot more than the position',
    draft: order('market', { ...SELL, flags: FLAG.reduceOnly | FLAG.kill, lots: 1001 }),
    view: { ...LONG, ...KILLED },
    expect: 'trading-halted',
  },
  { name: 'the stop of an entry', draft: leg, view: { ...LONG, ...HALTED, parentLots: 1000 }, expect: 'approved' },
  {
    name: 'it for more than the entry',
    draft: leg,
    view: { ...LONG, ...HALTED, parentLots: 999 },
    expect: 'trading-halted',
  },
  {
    name: 'it while a kill cancels',
    draft: leg,
    view: { ...LONG, ...KILLED, parentLots: 1000 },
    expect: 'trading-halted',
  },
]);

test('explain: of an order that a kill sends -> trading state passed, whoever else would be refused', () => {
  const gate = risk();
  const seen = view({ ...LONG, ...KILLED });
  assert.equal(gate.explain(close, seen)[0]!.passed, true);
  assert.equal(verdict(gate, order('market', SELL), seen), 'trading-halted');
});
