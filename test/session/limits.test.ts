import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { stateHash } from '../../src/core/engine/state-hash.ts';
import type { Command } from '../../src/core/vocabulary/commands.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import { orderlessText } from '../../src/core/vocabulary/json.ts';
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

  test('what only reduces, while a stop rests -> cannot open anything, whichever fills first', () => {
    const core = run(flips(50, { stop: { pct: 0.1 } }));
    assert.deepEqual([refusals(core), lots(core)], [[], 0]);
  });

  test('a stop rests, both within the limit, both fill -> not more than is allowed', () => {
    const core = run(flips(100, { stop: { pct: 0.1 } }));
    assert.deepEqual([refusals(core), lots(core)], [[], -10_000]);
  });
});
