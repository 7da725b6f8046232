import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { stateHash } from '../../src/core/engine/state-hash.ts';
import {
  BINANCE_SPOT,
  BINANCE_USDM,
  PLAIN,
  SIMULATED,
  type VenueCapabilities,
} from '../../src/core/execution/capabilities.ts';
import type { Command } from '../../src/core/vocabulary/commands.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { orderlessText } from '../../src/core/vocabulary/json.ts';
import { isTerminal } from '../../src/core/vocabulary/order.ts';
import { isAbove, limitLines } from '../../src/session/limit-lines.ts';
import { MarketReader } from '../../src/session/parity/market-record.ts';
import { runMarket } from '../../src/session/parity/run-market.ts';
import type { SessionConfig, SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { restoreSnapshot, takeSnapshot } from '../../src/session/session-snapshot.ts';
import { StoredSession } from '../../src/session/stored-session.ts';
import { type Puppet, puppet } from './puppet.ts';
import { newCore } from './session-scene.ts';

const why = 'test';
const instrument: InstrumentDefinition = {
  ...{ id: 'TEST:ABCPERP', kind: 'linear-perpetual', base: 'ABC', quote: 'USD' },
  ...{ tick: '0.1', lot: '0.01', minNotional: '5' },
};

const configOf = (act: (bar: number, c: Puppet) => void): SessionConfig => ({
  strategies: [{ strategy: puppet(act) }],
  ...{ cash: 100_000, account: 'margin', leverage: 1, drivenBy: 'bars' },
  limits: { positionLots: 10_000, repeatedEntryFills: null },
  feeds: [{ instrument, timeframe: '1m' }],
});

const MINUTE_MS = 60_000;
const bar = (n: number, price = 100): SessionInput => ({
  ...{ type: 'instant-ended', timeMs: (n + 1) * MINUTE_MS },
  bars: [[0, n * MINUTE_MS, price, price, price, price, 1_000_000]],
});
const set = (limits: Record<string, number>, more: Partial<Command & { type: 'set-limits' }> = {}): SessionInput => ({
  ...{ type: 'command-given', actor: 'ann' },
  command: { type: 'set-limits', reason: 'drill', scope: 'account', limits, ...more } as Command,
});
const refusals = ({ engine }: SessionCore): string[] =>
  Array.from({ length: engine.state.log.count }, (_, seq) => narrate(engine.state, ['puppet'], seq)).flatMap((event) =>
    event.type === 'order-refused' ? [event.code] : [],
  );
const lots = ({ engine }: SessionCore): number => engine.state.book.positions.column.lots[0]!;

describe('limits of a session that change', () => {
  const adding = configOf((n, c) => void c.buy({ size: { qty: 5 + n / 100 }, why }));
  const inputs: readonly SessionInput[] = [
    ...[bar(0), bar(1), set({ positionLots: 1200 }), bar(2), bar(3), bar(4)],
    ...[set({ orderSizeLots: 100 }, { scope: 'instrument', target: instrument.id }), bar(5)],
    ...[set({ positionLots: 3000 }), bar(6), set({ positionLots: 3000 }, { confirmed: true } as never), bar(7), bar(8)],
    ...[set({ orderSizeLots: 5000 }, { ...{ scope: 'instrument', target: instrument.id }, confirmed: true } as never)],
    ...[bar(9), bar(10), bar(11)],
  ];

  test('taken again, or gone on with from a snapshot at any moment -> the same decisions, and the limits of then', () => {
    const whole = newCore(adding);
    const positions = inputs.map((input) => {
      whole.take(input);
      return whole.engine.risk.limits.definition.positionLots;
    });
    assert.deepEqual([...new Set(positions)], [10_000, 1200, 3000]);
    assert.ok(refusals(whole).includes('position-limit') && refusals(whole).includes('order-size-limit'));
    assert.ok(lots(whole) > 1200, 'laxer limits were used');
    for (let at = 0; at <= inputs.length; at++) {
      const before = newCore(adding);
      for (const input of inputs.slice(0, at)) before.take(input);
      const after = newCore(adding);
      // As a database gives it back: fields in any order.
      restoreSnapshot(after, JSON.parse(orderlessText(takeSnapshot(before))));
      assert.equal(stateHash(after.engine), stateHash(before.engine), `at ${at}`);
      for (const input of inputs.slice(at)) after.take(input);
      assert.equal(after.hash(), whole.hash(), `at ${at}`);
      assert.deepEqual(after.engine.risk.inForce.changed(), whole.engine.risk.inForce.changed());
    }
  });

  test('parity: the model on the recorded market -> has the limits of each moment, too', () => {
    const reader = new MarketReader();
    for (const input of inputs) reader.take({ kind: 'input', payload: input as never });
    const whole = newCore(adding);
    for (const input of inputs) whole.take(input);
    const { items, trades } = reader.record;
    const model = runMarket({ items, trades }, { config: adding, session: 'test', sealed: (body) => body() });
    assert.deepEqual(refusals(model), refusals(whole));
    assert.deepEqual(model.engine.risk.limits.definition, whole.engine.risk.limits.definition);
  });

  test('stored tables -> the limits in force, told when they change and not otherwise', () => {
    const core = newCore(adding);
    const stored = new StoredSession(core, {
      ...{
        session: 's',
        strategy: 'puppet',
        codeHash: '',
        params: '{}',
        venue: 'X',
        environment: 'paper',
        begunAtMs: 0,
      },
    });
    const told: unknown[] = [];
    for (const [k, input] of inputs.entries()) {
      core.take(input);
      for (const { table, row } of stored.take(k))
        if (table === 'risk') told.push(JSON.parse(String(row['limits'])).positionLots);
    }
    assert.deepEqual(told, [10_000, 1200, 3000]);
  });

  test('tightened below what is held -> told as above, nothing closed, exits pass, what adds is refused', () => {
    const core = newCore(
      configOf((n, c) => {
        if (n === 0) c.buy({ size: { qty: 50 }, why });
        if (n === 2) c.buy({ size: { qty: 1 }, why });
        if (n === 3) c.sell({ size: { qty: 20 }, why });
        if (n === 4) c.close(why);
      }),
    );
    for (const input of [bar(0), bar(1), set({ positionLots: 4000 }), bar(2)]) core.take(input);
    assert.deepEqual(
      limitLines(core)
        .filter(isAbove)
        .map(({ limit, of, used, allowed }) => [limit, of, used, allowed]),
      [['positionLots', 'puppet TEST:ABCPERP', 5000, 4000]],
    );
    assert.deepEqual(refusals(core), ['position-limit']);
    assert.equal(lots(core), 5000);
    for (const input of [bar(3), bar(4), bar(5), bar(6)]) core.take(input);
    assert.deepEqual([refusals(core), lots(core)], [['position-limit'], 0]);
    assert.deepEqual(limitLines(core).filter(isAbove), []);
  });
});

describe('an order that turns a position over', () => {
  const flips = (quantity: number, more: object) =>
    configOf((n, c) => {
      if (n === 0) c.buy({ size: { qty: 50 }, why, ...more });
      if (n === 2) c.sell({ size: { qty: quantity }, limit: 110, why });
    });
  const run = (config: SessionConfig): SessionCore => {
    const core = newCore(config);
    // The stop at 90 fills, and then the order at 110.
    for (const input of [bar(0), bar(1), bar(2), bar(3, 89), bar(4, 95), bar(5, 111), bar(6, 111)]) core.take(input);
    return core;
  };
  const profiles = [SIMULATED, BINANCE_USDM, PLAIN].map((capabilities) => ({ capabilities }));

  test('no stop rests -> it may open what is allowed on the other side', () => {
    const core = run(flips(150, {}));
    assert.deepEqual([refusals(core), lots(core)], [[], -10_000]);
  });

  test('a stop rests, both could fill -> all of it counts', () => {
    for (const protection of [{ stop: { pct: 0.1 } }, { stop: { pct: 0.1 }, target: { pct: 0.5 } }]) {
      const core = run(flips(100.01, protection));
      assert.deepEqual([refusals(core), lots(core)], [['position-limit'], 0]);
    }
  });

  for (const profile of profiles)
    test(`what only reduces, while a stop rests, at a venue like ${profile.capabilities.name} -> cannot open anything, whichever fills first`, () => {
      const core = run({ ...flips(50, { stop: { pct: 0.1 } }), ...profile });
      assert.deepEqual([refusals(core), lots(core)], [[], 0]);
    });

  test('a stop rests, both within the limit, both fill -> not more than is allowed', () => {
    const core = run(flips(100, { stop: { pct: 0.1 } }));
    assert.deepEqual([refusals(core), lots(core)], [[], -10_000]);
  });

  test('a close is on its way, and an order the other way while a stop rests -> the position is taken once, by both together', () => {
    const core = newCore(
      configOf((n, c) => {
        if (n === 0) c.buy({ size: { qty: 50 }, stop: { pct: 0.1 }, why });
        if (n !== 2) return;
        c.close(why);
        c.sell({ size: { qty: 100 }, why });
      }),
    );
    for (const input of [bar(0), bar(1), bar(2), bar(3), bar(4)]) core.take(input);
    assert.deepEqual([refusals(core), lots(core)], [[], -10_000]);
  });
});

describe('an order that may only reduce and has nothing left to reduce, while its cancel is on its way', () => {
  test('the position has turned over -> it takes nothing of what the stop of the new one may take', () => {
    const core = newCore({
      ...configOf((n, c) => {
        if (n === 0) c.buy({ size: { qty: 50 }, why });
        if (n === 1) c.sell({ size: { qty: 50 }, limit: 110, reduceOnly: true, why });
        if (n === 2) c.sell({ size: { qty: 100 }, stop: { pct: 0.1 }, why });
        if (n === 3) c.buy({ size: { qty: 110 }, why });
      }),
      ...{ cash: 1_000_000, remote: { onMismatch: 'halt' } },
    });
    const fill = (side: 'buy' | 'sell', quantity: string): void => {
      const { order, symbol } = core.takeRequests().at(-1)!;
      core.take({
        type: 'fill-told',
        fill: {
          ...{ symbol, tradeId: order, clientOrderId: order, venueOrderId: order, side, quantity, price: '100' },
          ...{ fee: '0', feeAsset: 'USD', isMaker: false, tradedAtMs: MINUTE_MS },
        },
      });
    };
    core.take(bar(0));
    fill('buy', '50');
    core.take(bar(1));
    core.take(bar(2));
    fill('sell', '100');
    assert.equal(lots(core), -5000);
    core.take(bar(3));
    assert.deepEqual(refusals(core), ['position-limit']);
  });
});

describe('limits that have become tighter than what rests', () => {
  const openLots = ({ engine: { state } }: SessionCore): number[] => {
    const c = state.orders.column;
    return Array.from({ length: state.orders.count }, (_, row) => row)
      .filter((row) => !isTerminal(c.status[row]!))
      .map((row) => c.lots[row]! - c.filledLots[row]!);
  };
  const profiles = [SIMULATED, PLAIN].map((capabilities) => ({ capabilities }));

  for (const profile of profiles) {
    test(`${profile.capabilities.name}: an amendment to less, at the same or a farther price -> passes; to more, nearer or worth more -> not`, () => {
      const CASES: readonly (readonly [change: object, lots: number, refused: string[]])[] = [
        [{ qty: 40 }, 4000, []],
        [{ qty: 40, price: 89 }, 4000, []],
        [{ price: 89 }, 8000, []],
        [{ qty: 80.01 }, 8000, ['position-limit']],
        [{ qty: 40, price: 91 }, 8000, ['position-limit']],
        [{ qty: 0.01 }, 8000, ['notional-below-minimum']],
      ];
      for (const [change, left, refused] of CASES) {
        const core = newCore({
          ...configOf((n, c) => {
            if (n === 0) c.buy({ size: { qty: 80 }, limit: 90, why });
            if (n === 2) c.orders[0]!.amend(change);
          }),
          ...profile,
        });
        for (const input of [bar(0), bar(1), set({ positionLots: 3000 }), bar(2), bar(3), bar(4)]) core.take(input);
        assert.deepEqual([refusals(core), openLots(core)], [refused, [left]], JSON.stringify(change));
      }
    });

    test(`${profile.capabilities.name}: a sale at a farther price that is worth more -> refused where the limits say so`, () => {
      const core = newCore({
        ...configOf((n, c) => {
          if (n === 0) c.sell({ size: { qty: 80 }, limit: 110, why });
          if (n === 2) c.orders[0]!.amend({ price: 111 });
          if (n === 3) c.orders[0]!.amend({ price: 111, qty: 79 });
        }),
        ...profile,
      });
      for (const input of [bar(0), bar(1), set({ positionLots: 3000 }), bar(2), bar(3), bar(4)]) core.take(input);
      assert.deepEqual([refusals(core), openLots(core)], [['position-limit'], [7900]]);
    });

    test(`${profile.capabilities.name}: as many open orders as are allowed -> one of them is amended all the same`, () => {
      const core = newCore({
        ...configOf((n, c) => {
          if (n === 0) c.buy({ size: { qty: 10 }, limit: 90, why });
          if (n === 2) c.orders[0]!.amend({ price: 91 });
        }),
        ...profile,
        limits: { positionLots: 10_000, strategyOpenOrders: 1 },
      });
      for (const input of [bar(0), bar(1), bar(2), bar(3)]) core.take(input);
      const { limitTicks } = core.engine.state.orders.column;
      assert.deepEqual([refusals(core), openLots(core)], [[], [1000]]);
      assert.equal(limitTicks[core.engine.state.orders.count - 1], 910);
    });
  }

  test('an order that waits here for its trigger -> is judged by the limits of the moment at which it goes', () => {
    const waits = (more: Partial<SessionConfig> = {}): SessionConfig => ({
      ...configOf((n, c) => {
        if (n === 0) c.buy({ size: { qty: 80 }, trigger: 105, why });
      }),
      capabilities: PLAIN,
      ...more,
    });
    const run = (config: SessionConfig, ...between: SessionInput[]): SessionCore => {
      const core = newCore(config);
      for (const input of [bar(0), bar(1), ...between, bar(2, 106), bar(3, 106), bar(4, 106)]) core.take(input);
      return core;
    };
    const tightened = run(waits(), set({ positionLots: 3000 }));
    assert.deepEqual([refusals(tightened), openLots(tightened), lots(tightened)], [['position-limit'], [], 0]);
    const events = Array.from({ length: tightened.engine.state.log.count }, (_, seq) =>
      narrate(tightened.engine.state, ['puppet'], seq),
    ).map(({ type }) => type);
    assert.ok(events.indexOf('order-refused') < events.indexOf('order-canceled'));
    assert.ok(!events.includes('order-triggered'));
    // It counts itself neither among open orders nor in the windows of rates and repetitions.
    const counted = run(
      waits({ limits: { positionLots: 10_000, strategyOpenOrders: 1, messageOrders: 1, duplicateOrders: 1 } }),
    );
    assert.deepEqual([refusals(counted), lots(counted)], [[], 8000]);
  });

  test('what waits here and may only reduce -> goes, whatever the limits', () => {
    const core = newCore({
      ...configOf((n, c) => {
        if (n === 0) c.buy({ size: { qty: 80 }, stop: { pct: 0.1 }, why });
        if (n === 2) c.sell({ size: { qty: 30 }, trigger: 96, why });
      }),
      capabilities: PLAIN,
    });
    for (const input of [bar(0), bar(1), bar(2), set({ positionLots: 1 }), bar(3, 95), bar(4, 95)]) core.take(input);
    assert.deepEqual([refusals(core), lots(core)], [[], 5000]);
  });
});

describe('an order that only reduces and was bound to it here, amended to more', () => {
  const run = (qty: number, capabilities: VenueCapabilities, more: object = {}): SessionCore => {
    const core = newCore({
      ...configOf((n, c) => {
        if (n === 0) c.buy({ size: { qty: 50 }, stop: { pct: 0.1 }, why });
        if (n === 2) c.sell({ size: { qty: 20 }, limit: 110, why, ...more });
        if (n === 3) c.orders.find((each) => Number((each as { qty?: number }).qty) === 20)!.amend({ qty });
      }),
      capabilities,
    });
    for (const input of [bar(0), bar(1), bar(2), bar(3), bar(4), bar(5, 111), bar(6, 111)]) core.take(input);
    return core;
  };

  for (const capabilities of [SIMULATED, BINANCE_SPOT, PLAIN].map((each) => ({ ...each, legs: 'apart' as const }))) {
    test(`${capabilities.name}: within what the limits allow -> turns the position over`, () => {
      const core = run(90, capabilities);
      assert.deepEqual([refusals(core), lots(core)], [[], -4000]);
    });

    test(`${capabilities.name}: still only reducing -> closes so much`, () => {
      const core = run(40, capabilities);
      assert.deepEqual([refusals(core), lots(core)], [[], 1000]);
    });

    test(`${capabilities.name}: beyond the limits, should the stop fill first -> refused, and told`, () => {
      const core = run(100.01, capabilities);
      assert.deepEqual([refusals(core), lots(core)], [['position-limit'], 3000]);
    });

    test(`${capabilities.name}: its sender has bound it -> never more than there is`, () => {
      const core = run(90, capabilities, { reduceOnly: true });
      assert.deepEqual([refusals(core), lots(core)], [[], 0]);
    });
  }
});
