import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { money, order, risk, verdict, view } from './scene.test.ts';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2024, 0, 10);

test('mark: -10 % in a UTC day -> reducing, and active at the next midnight', () => {
  const gate = risk();
  assert.equal(gate.mark(10_000, MIDNIGHT), false);
  assert.equal(gate.mark(9000.01, MIDNIGHT + 1), false);
  assert.equal(gate.mark(9000, MIDNIGHT + 2), true);
  assert.deepEqual(gate.takeTransitions(), [
    { scope: 'account', index: 0, from: 'active', to: 'reducing', cause: 'daily-loss-limit' },
  ]);
  assert.equal(gate.state.states.strictest(0, 0), 1);
  assert.equal(gate.mark(9500, MIDNIGHT + DAY - 1), false);
  assert.equal(gate.mark(9500, MIDNIGHT + DAY), true);
  assert.deepEqual(gate.takeTransitions(), [
    { scope: 'account', index: 0, from: 'reducing', to: 'active', cause: 'day-ended' },
  ]);
  // The new day starts at 9,500: its limit is 8,550.
  assert.equal(gate.mark(8551, MIDNIGHT + DAY + 1), false);
  assert.equal(gate.mark(8550, MIDNIGHT + DAY + 2), true);
});

test('mark: a gap over midnight -> counts to the new day', () => {
  const gate = risk();
  gate.mark(10_000, MIDNIGHT);
  assert.equal(gate.mark(8900, MIDNIGHT + DAY), true);
  assert.equal(gate.takeTransitions()[0]?.cause, 'daily-loss-limit');
});

test('mark: -35 % from the peak over many days -> reducing until re-armed, then the fall is counted from there', () => {
  const gate = risk();
  let equity = 10_000;
  let day = 0;
  for (; equity > 6600; equity -= 500, day++) assert.equal(gate.mark(equity, MIDNIGHT + day * DAY), false);
  assert.equal(gate.mark(6500, MIDNIGHT + day * DAY), true);
  assert.deepEqual(gate.takeTransitions(), [
    { scope: 'account', index: 0, from: 'active', to: 'reducing', cause: 'drawdown-limit' },
  ]);
  assert.equal(gate.mark(9900, MIDNIGHT + ++day * DAY), false, 'neither time nor recovery lifts it');
  assert.equal(gate.state.states.state('account'), 'reducing');
  gate.mark(6500, MIDNIGHT + day * DAY);
  gate.takeTransitions();
  gate.rearm('account');
  assert.deepEqual(
    gate.takeTransitions().map((t) => [t.to, t.cause]),
    [['active', 're-armed']],
  );
  assert.equal(gate.mark(5900, MIDNIGHT + day * DAY + 1), false);
  assert.equal(gate.state.drawdownEquity, 4225);
});

test('re-armed after a mere pause -> the day and the fall go on being counted from where they were', () => {
  const gate = risk({ dailyLossPct: 10, drawdownPct: 12 });
  gate.mark(10_000, MIDNIGHT);
  gate.mark(9_500, MIDNIGHT + 1);
  gate.setState('account', 0, 'reducing');
  gate.rearm('account');
  assert.equal(gate.state.states.state('account'), 'active');
  assert.deepEqual([gate.state.dailyLossEquity, gate.state.drawdownEquity], [9_000, 8_800]);
  assert.equal(gate.mark(9_000, MIDNIGHT + 2), true);
  // Of the two limits, the one that was reached is counted anew.
  gate.rearm('account');
  assert.deepEqual([gate.state.dailyLossEquity, gate.state.drawdownEquity], [8_100, 8_800]);
  assert.equal(gate.mark(8_800, MIDNIGHT + 3), true);
  assert.deepEqual(gate.state.states.causes('account'), ['drawdown-limit']);
});

test('a strategy re-armed after a mere pause -> its executions and its losses in a row go on being counted', () => {
  const gate = risk({ repeatedEntryFills: 3, coolDownLosses: 2 });
  for (let k = 0; k < 2; k++) gate.filled(0, MIDNIGHT);
  gate.tripClosed(0, -1, MIDNIGHT);
  gate.setState('strategy', 0, 'halted');
  gate.rearm('strategy', 0);
  gate.filled(0, MIDNIGHT);
  assert.deepEqual(gate.state.states.causes('strategy', 0), ['repeated-execution-limit']);
  gate.tripClosed(0, -1, MIDNIGHT);
  assert.equal(gate.state.coolUntilMs[0], MIDNIGHT + 3_600_000);
  gate.rearm('strategy', 0);
  assert.equal(verdict(gate, order(), view({ nowMs: MIDNIGHT })), 'approved');
  gate.filled(0, MIDNIGHT);
  assert.equal(gate.state.states.state('strategy', 0), 'active');
});

test('mark: drawdown with a pause of 2 days -> re-armed at the first midnight after it, the fall counted from the equity then', () => {
  const gate = risk({ drawdownPct: 35, drawdownPauseDays: 2, dailyLossPct: null });
  gate.mark(10_000, MIDNIGHT);
  gate.mark(6_400, MIDNIGHT + 1);
  assert.equal(gate.state.drawdown, true);
  gate.mark(6_000, MIDNIGHT + DAY);
  assert.equal(gate.state.drawdown, true);
  gate.takeTransitions();
  gate.mark(6_100, MIDNIGHT + 3 * DAY);
  assert.deepEqual(gate.takeTransitions(), [
    { scope: 'account', index: 0, from: 'reducing', to: 'active', cause: 'pause-ended' },
  ]);
  assert.equal(gate.state.drawdownEquity, 6_100 * 0.65);
});

test('mark: daily loss and an order of the operator -> the end of the day lifts only the loss', () => {
  const gate = risk();
  gate.setState('account', 0, 'reducing');
  gate.mark(10_000, MIDNIGHT);
  gate.mark(9000, MIDNIGHT + 1);
  gate.mark(9000, MIDNIGHT + DAY);
  assert.equal(gate.state.states.state('account'), 'reducing');
  assert.deepEqual(
    gate.takeTransitions().map((t) => t.cause),
    ['operator'],
  );
});

test('mark: unknown equity -> ignored', () => {
  const gate = risk();
  gate.mark(10_000, MIDNIGHT);
  assert.equal(gate.mark(Number.NaN, MIDNIGHT + DAY), false);
  assert.equal(gate.state.lastEquity, 10_000);
});

test('mark: random equities -> the same days and falls as a plain recount', () => {
  const walks = fc.array(fc.record({ equity: money(20_000), hours: fc.integer({ min: 1, max: 20 }) }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(walks, (walk) => {
      const gate = risk();
      let nowMs = MIDNIGHT;
      let peak = Number.NEGATIVE_INFINITY;
      let last = walk[0]!.equity;
      let start = last;
      let day = -1;
      let lost = false;
      let fallen = false;
      for (const { equity, hours } of walk) {
        nowMs += hours * 3_600_000;
        if (Math.floor(nowMs / DAY) !== day) {
          day = Math.floor(nowMs / DAY);
          start = last;
          lost = false;
        }
        peak = Math.max(peak, equity);
        last = equity;
        lost ||= equity <= start - start * 0.1;
        fallen ||= equity <= peak - peak * 0.35;
        gate.mark(equity, nowMs);
        assert.equal(gate.state.dailyLoss, lost);
        assert.equal(gate.state.drawdown, fallen);
        assert.equal(gate.state.states.state('account'), lost || fallen ? 'reducing' : 'active');
      }
    }),
  );
});

test('filled: the limit of entries in the window -> reducing once; a slower pace -> active', () => {
  const fast = risk({ repeatedEntryFills: 3, repeatedEntryWindowMs: 100 });
  for (const at of [0, 50, 99, 99]) fast.filled(1, at);
  assert.deepEqual(fast.takeTransitions(), [
    { scope: 'strategy', index: 1, from: 'active', to: 'reducing', cause: 'repeated-execution-limit' },
  ]);
  const slow = risk({ repeatedEntryFills: 3, repeatedEntryWindowMs: 100 });
  for (let at = 0; at < 1000; at += 50) slow.filled(1, at);
  assert.deepEqual(slow.takeTransitions(), []);
});
