import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TRADING_STATES } from '../vocabulary/commands.ts';
import { TradingStates } from './trading-state.ts';

test('trading states: one level a scope -> the strictest wins, for those it concerns', () => {
  const states = new TradingStates(2, 3);
  states.set('strategy', 1, 'reducing', 'strategy-fault');
  states.set('instrument', 2, 'halted', 'data-fault');
  const seen = [0, 1].map((s) => [0, 1, 2].map((i) => TRADING_STATES[states.strictest(s, i)]));
  assert.deepEqual(seen, [
    ['active', 'active', 'halted'],
    ['reducing', 'reducing', 'halted'],
  ]);
  states.set('system', 0, 'reducing', 'operator');
  assert.equal(states.strictest(0, 0), 1);
  states.set('account', 0, 'halted', 'venue-fault');
  assert.equal(states.strictest(0, 0), 2);
});

test('trading states: two causes on one scope -> lifting one leaves the other', () => {
  const states = new TradingStates(1, 1);
  assert.deepEqual(states.set('account', 0, 'reducing', 'daily-loss-limit'), {
    scope: 'account',
    index: 0,
    from: 'active',
    to: 'reducing',
    cause: 'daily-loss-limit',
  });
  assert.equal(states.set('account', 0, 'halted', 'operator')?.to, 'halted');
  assert.equal(states.set('account', 0, 'active', 'daily-loss-limit'), null, 'the operator still holds it');
  assert.deepEqual(states.causes('account'), ['operator']);
  assert.equal(states.set('account', 0, 'reducing', 'operator')?.from, 'halted');
});

test('trading states: re-arm -> every cause of that scope is lifted, other scopes keep theirs', () => {
  const states = new TradingStates(1, 1);
  states.set('account', 0, 'reducing', 'drawdown-limit');
  states.set('account', 0, 'halted', 'operator');
  states.set('strategy', 0, 'reducing', 'repeated-execution-limit');
  assert.deepEqual(states.rearm('account'), {
    scope: 'account',
    index: 0,
    from: 'halted',
    to: 'active',
    cause: 're-armed',
  });
  assert.equal(states.strictest(0, 0), 1);
  assert.equal(states.rearm('account'), null);
});

test('trading states: what is held -> every scope that is not active, widest first, with what holds it', () => {
  const states = new TradingStates(2, 1);
  assert.deepEqual(states.held(), []);
  states.set('instrument', 0, 'halted', 'data-fault');
  states.set('account', 0, 'reducing', 'daily-loss-limit');
  states.set('account', 0, 'reducing', 'drawdown-limit');
  states.set('strategy', 1, 'halted', 'strategy-fault');
  states.set('strategy', 1, 'active', 'strategy-fault');
  assert.deepEqual(states.held(), [
    { scope: 'account', index: 0, state: 'reducing', causes: ['daily-loss-limit', 'drawdown-limit'] },
    { scope: 'instrument', index: 0, state: 'halted', causes: ['data-fault'] },
  ]);
});

test('trading states: snapshot through JSON -> the same states; of another shape or damaged -> RangeError', () => {
  const states = new TradingStates(2, 1);
  states.set('strategy', 1, 'halted', 'operator');
  const snapshot = JSON.parse(JSON.stringify(states.snapshot()));
  const copy = new TradingStates(2, 1);
  copy.restore(snapshot);
  assert.equal(copy.state('strategy', 1), 'halted');
  assert.equal(copy.state('strategy', 0), 'active');
  assert.throws(() => new TradingStates(1, 2).restore(snapshot), RangeError);
  assert.throws(() => copy.restore({ ...snapshot, held: snapshot.held.map(() => 7) }), RangeError);
});

test('trading states: a scope that is not there -> RangeError', () => {
  assert.throws(() => new TradingStates(1, 1).set('strategy', 1, 'halted', 'operator'), /no strategy 1/);
});
