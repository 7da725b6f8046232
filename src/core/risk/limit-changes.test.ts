import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { TYPE } from '../vocabulary/order.ts';
import { changesBetween, isLooser, type LimitName, LimitsError, withChanges } from './limit-changes.ts';
import { compileLimits, limitsSchema } from './limits.ts';
import { Risk } from './review.ts';
import { order, risk, SELL, verdict, view } from './scene.test.ts';

const HOUR_MS = 3_600_000;
const noon = view().nowMs;

describe('changes of limits', () => {
  const LOOSER: readonly (readonly [LimitName, unknown, unknown])[] = [
    ['positionPct', 20, 21],
    ['positionPct', 20, null],
    ['requireStop', true, false],
    ['selfMatch', 'refuse', null],
    ['orderTypes', ['market'], ['market', 'limit']],
    ['orderTypes', ['market'], null],
    ['messageWindowMs', 1000, 999],
    ['repeatedEntryWindowMs', 1000, 999],
    ['duplicateWindowMs', 1, 0],
    ['coolDownMs', 2, 1],
    ['coolDownLosses', 3, null],
    ['drawdownPauseDays', null, 30],
    ['drawdownPauseDays', 30, 29],
  ];
  for (const [limit, before, after] of LOOSER)
    test(`${limit} from ${JSON.stringify(before)} to ${JSON.stringify(after)} -> lets more pass; the other way round not`, () => {
      assert.ok(isLooser(limit, before as never, after as never));
      assert.ok(!isLooser(limit, after as never, before as never));
      assert.ok(!isLooser(limit, after as never, after as never));
    });

  test('window of a limit that is off -> changes, and is no loosening', () => {
    const before = limitsSchema.parse({ messageOrders: null, messageWindowMs: 60_000 });
    const after = withChanges(before, { messageWindowMs: 1000 });
    assert.deepEqual(changesBetween(before, after), [
      { limit: 'messageWindowMs', before: 60_000, after: 1000, isLooser: false },
    ]);
  });

  test('what a limits file would not take -> refused with its field and what was found, nothing changed', () => {
    const gate = risk();
    const before = gate.limits;
    for (const [changes, field, message] of [
      [{ positionPtc: 20 }, 'positionPtc', /no such limit/],
      [{ positionPct: -1 }, 'positionPct', /found -1/],
      [{ positionPct: 'Infinity' }, 'positionPct', /found "Infinity"/],
      [{ positionPct: Number.POSITIVE_INFINITY }, 'positionPct', /positionPct/],
      [{ positionPct: Number.NaN }, 'positionPct', /positionPct/],
      [{ dailyLossPct: 101 }, 'dailyLossPct', /found 101/],
      [{ orderTypes: ['markett'] }, 'orderTypes.0', /orderTypes/],
      [{ positionPct: 5, messageOrders: 1.5 }, 'messageOrders', /found 1.5/],
    ] as const) {
      assert.throws(
        () => gate.setLimits('account', 0, changes, noon),
        (error: unknown) => error instanceof LimitsError && error.field === field && message.test(error.message),
        JSON.stringify(changes),
      );
      assert.equal(gate.limits, before);
    }
    assert.throws(() => gate.setLimits('strategy', 0, { dailyLossPct: 1 }, noon), /a limit of the account/);
    assert.equal(gate.inForce.changed(), null);
  });

  test('of account, strategy and instrument -> the strictest counts, whoever is set last', () => {
    const gate = risk({ orderSizeLots: 1000 });
    const lots = (n: number, strategy = 0, instrument = 0) =>
      verdict(gate, order('market', { lots: n, strategy, instrument }), view());
    gate.setLimits('instrument', 0, { orderSizeLots: 900 }, noon);
    gate.setLimits('strategy', 0, { orderSizeLots: 800 }, noon);
    assert.deepEqual([lots(800), lots(801)], ['approved', 'order-size-limit']);
    assert.deepEqual([lots(900, 1), lots(901, 1)], ['approved', 'order-size-limit']);
    assert.deepEqual([lots(800, 0, 1), lots(801, 0, 1)], ['approved', 'order-size-limit']);
    assert.deepEqual([lots(1000, 1, 1), lots(1001, 1, 1)], ['approved', 'order-size-limit']);
    gate.setLimits('account', 0, { orderSizeLots: 700 }, noon);
    assert.deepEqual([lots(700), lots(701)], ['approved', 'order-size-limit']);
    // Laxer for a strategy than for its account is worth nothing.
    gate.setLimits('strategy', 0, { orderSizeLots: 5000 }, noon);
    assert.deepEqual([lots(700), lots(701)], ['approved', 'order-size-limit']);
    gate.setLimits('strategy', 0, { orderSizeLots: null }, noon);
    gate.setLimits('instrument', 0, { orderSizeLots: null }, noon);
    assert.deepEqual(gate.inForce.changed()!.strategies, [{}, {}]);
    gate.setLimits('account', 0, { orderSizeLots: 1000 }, noon);
    assert.equal(gate.inForce.changed(), null, 'as it began');
  });

  test('kinds of order of account and strategy -> those that both allow', () => {
    const gate = risk({ orderTypes: ['market', 'limit'] });
    gate.setLimits('strategy', 0, { orderTypes: ['limit', 'stop-market'] }, noon);
    assert.equal(gate.inForce.of(0, 0).orderTypeBits, 1 << TYPE.limit);
    assert.equal(gate.inForce.of(1, 0).orderTypeBits, (1 << TYPE.limit) | (1 << TYPE.market));
  });

  test('a stricter order rate -> what was sent before counts at once; laxer again -> nothing was forgotten', () => {
    const gate = risk({ duplicateOrders: null });
    for (let k = 0; k < 60; k++) gate.placed(order('market', { lots: 10 + k }), noon - 60_000 + k * 1000 + 1);
    assert.equal(verdict(gate, order(), view()), 'approved');
    gate.setLimits('account', 0, { messageOrders: 60 }, noon);
    assert.equal(verdict(gate, order(), view()), 'message-rate-limit');
    gate.setLimits('account', 0, { messageOrders: 5 }, noon);
    gate.setLimits('account', 0, { messageOrders: 61 }, noon);
    assert.equal(verdict(gate, order(), view()), 'approved');
    gate.placed(order(), noon);
    assert.equal(verdict(gate, order(), view()), 'message-rate-limit');
    gate.setLimits('account', 0, { messageOrders: 1000 }, noon);
    assert.equal(gate.state.messages.count(0, noon, 60_000), 61);
    assert.equal(verdict(gate, order(), view()), 'approved');
  });

  test('limits that were off -> what happened meanwhile counts when they are set', () => {
    const gate = risk({ messageOrders: null, repeatedEntryFills: null, duplicateOrders: null });
    for (let k = 0; k < 3; k++) gate.placed(order(), noon);
    for (let k = 0; k < 3; k++) gate.filled(0, noon);
    gate.setLimits('account', 0, { duplicateOrders: 3 }, noon);
    assert.equal(verdict(gate, order(), view()), 'duplicate-intent');
    gate.setLimits('account', 0, { messageOrders: 3 }, noon);
    assert.equal(verdict(gate, order('market', { lots: 7 }), view()), 'message-rate-limit');
    gate.setLimits('account', 0, { repeatedEntryFills: 3, messageOrders: null, duplicateOrders: null }, noon);
    assert.equal(verdict(gate, order(), view({ state: 0 })), 'repeated-execution-limit');
    assert.deepEqual(
      gate.takeTransitions().map(({ cause, to }) => [cause, to]),
      [['repeated-execution-limit', 'reducing']],
    );
  });

  test('a loss limit below what is lost already -> only reducing, at once; laxer again -> still, until re-armed', () => {
    const gate = risk();
    gate.mark(10_000, noon);
    gate.mark(9700, noon + 1);
    assert.deepEqual(gate.takeTransitions(), []);
    gate.setLimits('account', 0, { dailyLossPct: 2 }, noon + 2);
    assert.deepEqual(
      gate.takeTransitions().map(({ cause, to }) => [cause, to]),
      [['daily-loss-limit', 'reducing']],
    );
    assert.equal(verdict(gate, order(), view({ equity: 9700 })), 'daily-loss-limit');
    gate.setLimits('account', 0, { dailyLossPct: 50 }, noon + 3);
    assert.equal(verdict(gate, order(), view({ equity: 9700 })), 'daily-loss-limit');
    gate.rearm('account');
    assert.equal(verdict(gate, order(), view({ equity: 9700 })), 'approved');
  });

  test('losses in a row, and a limit below them -> the cool-down begins', () => {
    const gate = risk({ coolDownLosses: null });
    for (let k = 0; k < 3; k++) gate.tripClosed(0, -1, noon);
    gate.setLimits('account', 0, { coolDownLosses: 3, coolDownMs: HOUR_MS }, noon);
    assert.equal(verdict(gate, order(), view()), 'loss-cool-down');
    assert.equal(verdict(gate, order(), view({ nowMs: noon + HOUR_MS })), 'approved');
  });

  test('snapshot: with changed limits into a gate of the first ones -> the changed ones, and windows that go on', () => {
    const gate = risk({ messageOrders: 5 });
    for (let k = 0; k < 4; k++) gate.placed(order('market', { lots: 10 + k }), noon);
    gate.setLimits('account', 0, { messageOrders: 300, positionPct: 50 }, noon);
    gate.setLimits('instrument', 1, { orderSizeLots: 9 }, noon);
    for (let k = 0; k < 295; k++) gate.placed(order('market', { lots: 20 + k }), noon);
    const text = JSON.stringify(gate.snapshot());
    const copy = risk({ messageOrders: 5 });
    copy.restore(JSON.parse(text));
    assert.equal(JSON.stringify(copy.snapshot()), text);
    for (const each of [gate, copy]) {
      assert.equal(each.limits.definition.positionPct, 50);
      assert.equal(verdict(each, order('market', { lots: 10, instrument: 1 }), view()), 'order-size-limit');
      assert.equal(verdict(each, order(), view()), 'approved');
      each.placed(order(), noon);
      assert.equal(verdict(each, order(), view()), 'message-rate-limit');
    }
    gate.reset();
    assert.equal(gate.limits.definition.messageOrders, 5);
    assert.equal(gate.inForce.changed(), null);
  });

  test('snapshot of before limits could change: rings of the size of the limit -> what they count goes on', () => {
    const gate = risk({ messageOrders: 3 });
    const { messages: _messages, ...rest } = gate.snapshot();
    const messages = { timesMs: [noon - 2, noon - 1, noon - 3, noon, noon - 90_000, noon - 80_000], next: [2, 1] };
    const copy = risk({ messageOrders: 3 });
    copy.restore({ ...rest, messages });
    assert.equal(verdict(copy, order(), view()), 'message-rate-limit');
    assert.equal(verdict(copy, order('market', { strategy: 1 }), view()), 'approved');
    assert.equal(copy.state.messages.count(1, noon, 85_000), 2);
  });

  test('property: whatever is not looser -> approves nothing that was refused before', () => {
    const value = fc.record(
      {
        positionPct: fc.integer({ min: 1, max: 100 }),
        orderValuePct: fc.option(fc.integer({ min: 1, max: 100 })),
        orderSizeLots: fc.option(fc.integer({ min: 1, max: 3000 })),
        positionLots: fc.option(fc.integer({ min: 1, max: 3000 })),
        grossExposurePct: fc.integer({ min: 1, max: 100 }),
        netExposurePct: fc.integer({ min: 1, max: 100 }),
        instrumentExposurePct: fc.integer({ min: 1, max: 100 }),
        strategyOpenOrders: fc.integer({ min: 1, max: 5 }),
        requireStop: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        value,
        value,
        fc.integer({ min: 1, max: 3000 }),
        fc.boolean(),
        fc.integer({ min: -2000, max: 2000 }),
        fc.integer({ min: 0, max: 2000 }),
        (first, changes, lots, sells, held, legs) => {
          const gate = new Risk(compileLimits(first), 2, 2);
          const draft = order('market', { ...(sells ? SELL : {}), lots });
          const seen = view({
            ...{ shortAllowed: true, strategyLots: held, netLots: held, strategyOpenOrders: 2 },
            ...{ strategyLegLots: Math.min(Math.abs(held), legs), grossExposure: Math.abs(held), netExposure: held },
          });
          const before = verdict(gate, draft, seen);
          const isStricter = gate.inForce.planned('account', 0, changes).every((each) => !each.isLooser);
          fc.pre(isStricter);
          gate.setLimits('account', 0, changes, noon);
          assert.ok(before === 'approved' || verdict(gate, draft, seen) !== 'approved');
        },
      ),
      { numRuns: 500, seed: 20_260_101 },
    );
  });
});
