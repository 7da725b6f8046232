import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLAG, OrderDraft, TYPE } from '../vocabulary/order.ts';
import { REFUSAL, REFUSALS } from '../vocabulary/refusal.ts';
import { RULES } from './explain.ts';
import { compileLimits } from './limits.ts';
import { Risk } from './review.ts';
import { order, PERPETUAL, risk, SPOT, verdict, view } from './scene.test.ts';
import { RiskView } from './view.ts';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2024, 0, 10);

const wholeLots = (max: number) => fc.integer({ min: 0, max });
// Integers of cents: fast-check draws doubles evenly over exponents, nearly all of them next to nothing.
const money = (max: number) => fc.integer({ min: 0, max: max * 100 }).map((cents) => cents / 100);

const drafts = fc
  .record({
    side: fc.constantFrom(1, -1),
    type: fc.integer({ min: 0, max: 6 }),
    flags: fc.constantFrom(0, 0, 0, FLAG.reduceOnly),
    lots: fc.oneof({ weight: 9, arbitrary: wholeLots(20_000) }, fc.constantFrom(-1, 0, 0.5, Number.NaN)),
    limitTicks: fc.oneof(fc.integer({ min: 940, max: 1060 }), fc.integer({ min: -1, max: 2500 })),
    triggerTicks: fc.oneof(fc.integer({ min: 940, max: 1060 }), fc.integer({ min: -1, max: 2500 })),
    trailTicks: fc.integer({ min: 0, max: 50 }),
    stopTicks: fc.constantFrom(0, 0, 0, 0, 900, 1100),
    targetTicks: fc.constantFrom(0, 0, 0, 0, 900, 1100),
    parent: fc.constantFrom(-1, -1, -1, -1, -1, 3),
  })
  .map((fields) => Object.assign(new OrderDraft(), fields));

const views = fc
  .record({
    nowMs: fc.constantFrom(MIDNIGHT, MIDNIGHT + 1),
    instrument: fc.constantFrom(SPOT, PERPETUAL),
    state: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2),
    settled: fc.constantFrom(true, true, true, true, true, false),
    running: fc.constantFrom(true, true, true, true, true, false),
    price: fc.constantFrom(100, 100, 100, 100, 95, 130, Number.NaN),
    equity: fc.oneof({ weight: 9, arbitrary: money(30_000) }, fc.constant(Number.NaN)),
    strategyEquity: money(30_000),
    freeCapital: money(30_000).map((free) => free - 100),
    leverage: fc.constantFrom(1, 1, 3),
    shortAllowed: fc.boolean(),
    takerFeeRate: fc.constantFrom(0, 0.001),
    netLots: fc.integer({ min: -5000, max: 5000 }),
    openBuyLots: wholeLots(2000),
    openSellLots: wholeLots(2000),
    strategyLots: fc.integer({ min: -5000, max: 5000 }),
    strategyOpenBuyLots: wholeLots(2000),
    strategyOpenSellLots: wholeLots(2000),
    parentLots: fc.integer({ min: -5000, max: 5000 }),
    ownBestBidTicks: fc.constantFrom(0, 990),
    ownBestAskTicks: fc.constantFrom(0, 1010),
    grossExposure: money(20_000),
    netExposure: money(40_000).map((net) => net - 20_000),
    openOrderExposure: money(5000),
    openBuyExposure: money(5000),
    openSellExposure: money(5000),
    strategyOpenOrders: fc.integer({ min: 0, max: 55 }),
    accountOpenOrders: fc.integer({ min: 0, max: 210 }),
    heat: money(5000),
  })
  .map((fields) => Object.assign(new RiskView(), fields));

test('review: several rules broken -> the first in the order of REFUSALS is reported', () => {
  const gate = risk();
  const draft = order('limit', { lots: 100_001, limitTicks: 2000, stopTicks: 3000 });
  const seen = view({ state: 2, settled: false, running: false, freeCapital: 0 });
  const found: string[] = [];
  // Mending what is reported, one thing after the other, walks down the list.
  found.push(verdict(gate, draft, seen));
  seen.state = 1;
  found.push(verdict(gate, draft, seen));
  seen.state = 0;
  found.push(verdict(gate, draft, seen));
  seen.settled = true;
  found.push(verdict(gate, draft, seen));
  seen.running = true;
  found.push(verdict(gate, draft, seen));
  draft.lots = 50_000;
  found.push(verdict(gate, draft, seen));
  draft.limitTicks = 1000;
  found.push(verdict(gate, draft, seen));
  draft.stopTicks = 900;
  found.push(verdict(gate, draft, seen));
  draft.lots = 5000;
  found.push(verdict(gate, draft, seen));
  seen.freeCapital = 10_000;
  found.push(verdict(gate, draft, seen));
  assert.deepEqual(found, [
    'trading-halted',
    'reduce-only-state',
    'warming-up',
    'strategy-stopped',
    'size-above-maximum',
    'price-outside-collar',
    'stop-on-wrong-side',
    'order-value-limit',
    'free-capital',
    'approved',
  ]);
});

test('review: any draft -> the refusal is that of the first rule which explain shows as not passed, and the least code', () => {
  fc.assert(
    fc.property(drafts, views, (draft, seen) => {
      const gate = risk();
      const approved = gate.review(draft, seen);
      const code = gate.refusal;
      const lines = gate.explain(draft, seen);
      const failed = lines.filter((line) => !line.passed).map((line) => REFUSAL[line.refusal]);
      assert.equal(approved === null, failed.length > 0);
      assert.equal(code, failed[0] ?? 0);
      assert.equal(code, failed.length > 0 ? Math.min(...failed) : 0, REFUSALS[code]);
    }),
    { numRuns: 5000 },
  );
});

/** Views in which nothing but money stands in the way, and drafts without brackets: enough of them open something. */
const calmViews = views.map((seen) =>
  Object.assign(seen, {
    state: 0,
    settled: true,
    running: true,
    strategyOpenOrders: 0,
    accountOpenOrders: 0,
    heat: 0,
    netLots: Math.trunc(seen.netLots / 3),
    strategyLots: Math.trunc(seen.strategyLots / 3),
    grossExposure: seen.grossExposure / 3,
    netExposure: seen.netExposure / 3,
  }),
);
const plainDrafts = drafts.map((draft) =>
  Object.assign(draft, { stopTicks: 0, targetTicks: 0, trailTicks: 5, parent: -1, lots: Math.ceil(draft.lots / 2) }),
);

test('review: any approved draft that opens -> within every limit of money, all open orders filled', () => {
  let opened = 0;
  fc.assert(
    fc.property(plainDrafts, calmViews, (draft, seen) => {
      const gate = risk();
      if (!gate.review(draft, seen)) return;
      const { side, lots } = draft;
      // Stated anew from view and draft, not read from the gate's own assessment.
      const room = -side * seen.strategyLots - own(seen, side);
      if (lots <= room) return;
      opened++;
      const limited =
        draft.type === TYPE.limit || draft.type === TYPE['stop-limit'] || draft.type === TYPE['take-profit-limit'];
      const triggered = draft.type === TYPE['stop-market'] || draft.type === TYPE['take-profit-market'];
      const price = limited ? draft.limitTicks / 10 : triggered ? draft.triggerTicks / 10 : seen.price;
      const limit = seen.equity * 1.000001;
      const worstBefore = Math.max(
        Math.abs(seen.netLots),
        Math.abs(seen.netLots + seen.openBuyLots),
        Math.abs(seen.netLots - seen.openSellLots),
      );
      const worstAfter = Math.max(
        worstBefore,
        side > 0 ? Math.abs(seen.netLots + seen.openBuyLots + lots) : Math.abs(seen.netLots - seen.openSellLots - lots),
      );
      const added = ((worstAfter - worstBefore) / 100) * price;
      if (added > 0) assert.ok(seen.grossExposure + seen.openOrderExposure + added <= limit, 'gross');
      // To the order's own side: what lies on the other one it makes no larger.
      const ahead = side > 0 ? seen.netLots + seen.openBuyLots : seen.openSellLots - seen.netLots;
      const before = Math.max(0, ahead);
      const farther = Math.max(0, ahead + lots) - before;
      if (farther > 0) assert.ok((before / 100) * seen.price + (farther / 100) * price <= limit, 'instrument');
      const value = (lots / 100) * price;
      const net = side > 0 ? seen.netExposure + seen.openBuyExposure : seen.openSellExposure - seen.netExposure;
      assert.ok(net + value <= limit, 'net');
      const opening = lots - Math.max(0, room);
      assert.ok((opening / 100) * price <= limit, 'order value');
      // What orders before it are closing gives back what it has locked, less their fee.
      const closing = Math.max(0, Math.min(-side * seen.strategyLots, -side * seen.netLots, own(seen, side)));
      const released = (closing / 100) * Math.min(price, seen.price) * (1 - seen.takerFeeRate);
      const free = seen.freeCapital + released;
      assert.ok(
        ((2 * opening - lots) / 100) * price + value * seen.takerFeeRate <= free * 1.000001 + 1e-6,
        'free capital',
      );
      if (side < 0 && !seen.shortAllowed) assert.ok(seen.strategyLots - seen.strategyOpenSellLots - lots >= 0, 'short');
    }),
    { numRuns: 10_000 },
  );
  assert.ok(opened > 300, `only ${opened} drafts opened something: the property says little`);
});

function own(seen: RiskView, side: number): number {
  return side > 0 ? seen.strategyOpenBuyLots : seen.strategyOpenSellLots;
}

test('review: a well-formed order that only reduces, everything else against it -> approved while active or reducing', () => {
  let reduced = 0;
  fc.assert(
    fc.property(views, fc.integer({ min: 1, max: 5000 }), (seen, lots) => {
      const room = Math.abs(seen.strategyLots) - own(seen, -Math.sign(seen.strategyLots));
      if (seen.strategyLots === 0 || lots > room || lots < 10) return;
      const draft = order('market', { side: -Math.sign(seen.strategyLots), lots });
      const gate = risk({
        orderTypes: ['limit'],
        requireStop: true,
        repeatedEntryFills: 1,
        coolDownLosses: 1,
        orderSizeLots: 1,
        orderValueQuote: 0.01,
      });
      gate.tripClosed(0, -1, seen.nowMs);
      gate.filled(0, seen.nowMs);
      gate.mark(10_000, seen.nowMs);
      gate.mark(1, seen.nowMs);
      for (let i = 0; i < 200; i++) gate.placed(draft, seen.nowMs);
      assert.equal(verdict(gate, draft, seen), seen.state === 2 ? 'trading-halted' : 'approved');
      // Each rule on its own grants it too, not only the review that skips them.
      const failed = gate.explain(draft, seen).filter((line) => !line.passed);
      assert.deepEqual(
        failed.map((line) => line.rule),
        seen.state === 2 ? ['trading-state'] : [],
      );
      reduced++;
    }),
    { numRuns: 5000 },
  );
  assert.ok(reduced > 500);
});

test('review: 10,000 orders in one bar -> 100 leave, the message rate refuses the rest', () => {
  const gate = risk();
  const seen = view({ equity: 1e9, strategyEquity: 1e9, freeCapital: 1e9 });
  let sent = 0;
  for (let i = 0; i < 10_000; i++) {
    const draft = order('market', { lots: 10 + i });
    if (!gate.review(draft, seen)) continue;
    gate.placed(draft, seen.nowMs);
    sent++;
  }
  assert.equal(sent, 100);
  assert.equal(gate.refusalName, 'message-rate-limit');
});

test('review: approved -> the very draft', () => {
  const draft = order();
  assert.equal(risk().review(draft, view()), draft);
});

test('explain: an entry of 1,000 -> numbers of used, limit and after; a limit that is off has none', () => {
  const lines = risk({ grossExposurePct: null }).explain(order(), view({ grossExposure: 2000 }));
  assert.equal(lines.length, RULES.length);
  const gross = lines.find((line) => line.rule === 'gross-exposure');
  assert.deepEqual(gross, {
    rule: 'gross-exposure',
    passed: true,
    refusal: 'approved',
    unit: 'account currency',
    used: 2000,
    limit: null,
    after: 3000,
  });
  const leverage = lines.find((line) => line.rule === 'leverage');
  assert.equal(leverage?.after, 3000);
  assert.ok(Math.abs((leverage?.limit ?? 0) - 10_000) < 0.001);
});

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

test('snapshot: through JSON into a new gate -> the same answers; reset -> as new', () => {
  const gate = risk({ coolDownLosses: 2, repeatedEntryFills: 3 });
  const seen = view();
  const fresh = JSON.stringify(gate.snapshot());
  for (let i = 0; i < 100; i++) gate.placed(order('market', { lots: 10 + i }), seen.nowMs);
  for (let i = 0; i < 3; i++) gate.filled(1, seen.nowMs);
  gate.tripClosed(1, -5, seen.nowMs);
  gate.mark(10_000, seen.nowMs);
  gate.mark(9500, seen.nowMs);
  gate.setState('instrument', 1, 'halted', 'data-fault');
  const text = JSON.stringify(gate.snapshot());

  const copy = risk({ coolDownLosses: 2, repeatedEntryFills: 3 });
  copy.restore(JSON.parse(text));
  assert.equal(JSON.stringify(copy.snapshot()), text);
  assert.equal(verdict(copy, order(), seen), 'message-rate-limit');
  assert.equal(verdict(copy, order('market', { strategy: 1 }), seen), 'repeated-execution-limit');
  assert.equal(copy.state.states.strictest(0, 1), 2);
  assert.equal(copy.mark(9001, seen.nowMs), false);
  assert.equal(copy.mark(9000, seen.nowMs), true, 'thresholds are derived again');

  gate.reset();
  assert.equal(JSON.stringify(gate.snapshot()), fresh);
});

test('snapshot: made with other numbers of strategies or instruments, or of another version -> RangeError', () => {
  const { states, ...rest } = risk().snapshot();
  assert.throws(() => new Risk(compileLimits(), 3, 2).restore({ states, ...rest }), RangeError);
  assert.throws(() => risk().restore({ states, ...rest, v: 2 as 1 }), RangeError);
});
