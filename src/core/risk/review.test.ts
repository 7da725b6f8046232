import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLAG, OrderDraft, TYPE } from '../vocabulary/order.ts';
import { REFUSAL, REFUSALS } from '../vocabulary/refusal.ts';
import { RULES } from './explain.ts';
import { compileLimits } from './limits.ts';
import { Risk } from './review.ts';
import { money, order, PERPETUAL, risk, SPOT, verdict, view } from './scene.test.ts';
import { RiskView } from './view.ts';

const MIDNIGHT = Date.UTC(2024, 0, 10);

const wholeLots = (max: number) => fc.integer({ min: 0, max });

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
  gate.takeTransitions();
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

test('snapshot: between a limit that is reached and the next look -> whoever goes on from it is told all the same', () => {
  const gate = risk({ repeatedEntryFills: 3 });
  for (let i = 0; i < 3; i++) gate.filled(1, view().nowMs);
  const copy = risk({ repeatedEntryFills: 3 });
  copy.restore(JSON.parse(JSON.stringify(gate.snapshot())));
  const reached = [{ scope: 'strategy', index: 1, from: 'active', to: 'reducing', cause: 'repeated-execution-limit' }];
  assert.deepEqual(copy.takeTransitions(), reached);
  assert.deepEqual(gate.takeTransitions(), reached);
  assert.equal('transitions' in gate.snapshot(), false);
});

test('snapshot: made with other numbers of strategies or instruments, or of another version -> RangeError', () => {
  const { states, ...rest } = risk().snapshot();
  assert.throws(() => new Risk(compileLimits(), 3, 2).restore({ states, ...rest }), RangeError);
  assert.throws(() => risk().restore({ states, ...rest, v: 2 as 1 }), RangeError);
});
