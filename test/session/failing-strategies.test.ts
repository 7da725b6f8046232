import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causes, narrate } from '../../src/core/engine/narrate.ts';
import { PLAIN } from '../../src/core/execution/capabilities.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, type Context, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import { restoreSnapshot, takeSnapshot } from '../../src/session/session-snapshot.ts';
import { HOUR_MS, NO_LIMITS, START_MS, STOCK } from '../scenario.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

type Handlers = Partial<Parameters<typeof defineStrategy>[0]>;
type Anything = Context<Record<string, never>, Record<string, never>, unknown, Json>;
const why = 'test';

function strategy(id: string, handlers: object): AnyStrategy {
  return defineStrategy({
    ...{ id, params: {}, data: { main: bars() }, indicators: () => ({}) },
    ...{ sources: { news: { about: 'anything' } }, ...(handlers as Handlers) },
  } as never) as AnyStrategy;
}

/** A session on one stock, driven by its bars. */
function coreOf(...strategies: readonly AnyStrategy[]): SessionCore {
  const [only, ...more] = strategies.map((each) => ({ strategy: each }));
  return newCore(
    configOf(only!.strategy, 'bars', [STOCK], {
      ...{ strategies: [only!, ...more], limits: NO_LIMITS, warmUp: 'ready' },
    }),
  );
}

/** Bars that close at 100, each in an instant of its own. */
function hours(core: SessionCore, count: number): void {
  for (let k = 0; k < count; k++) {
    const openMs = START_MS + core.instants * HOUR_MS;
    core.take({ type: 'instant-ended', timeMs: openMs + HOUR_MS, bars: [[0, openMs, 100, 101, 99, 100, 1e6]] });
  }
}

const fail = (): never => {
  throw new Error('on purpose');
};

const eventsOf = ({ engine }: SessionCore): string[] => {
  const names = engine.seats.map((seat) => seat.strategy.def.id);
  return Array.from({ length: engine.state.log.count }, (_, seq) => {
    const { type, strategy: of = '' } = narrate(engine.state, names, seq) as { type: string; strategy?: string };
    return `${type} ${of}`;
  });
};

describe('a session one of whose strategies throws', () => {
  for (const handler of ['onStart', 'onBar', 'onTimer', 'onSource', 'onStop'] as const)
    test(`in ${handler} -> those declared after it are told the same as without it`, () => {
      const heard = (...first: readonly AnyStrategy[]): string[] => {
        const calls: string[] = [];
        const call = (what: string) => () => void calls.push(what);
        const listener = strategy('listener', {
          ...{ onStart: call('start'), onStop: call('stop'), onTimer: { every: '2h', run: call('timer') } },
          onBar: (c: Anything) => void calls.push(`bar, ${JSON.stringify(c.source('news'))}`),
          onSource: (_: Anything, name: string, value: Json) => void calls.push(`${name} ${JSON.stringify(value)}`),
        });
        const core = coreOf(...first, listener);
        hours(core, 2);
        core.take({ type: 'source-received', name: 'news', value: 'x' });
        hours(core, 2);
        core.take({ type: 'session-stopped', reason: 'over' });
        if (first.length > 0)
          assert.match(core.failure ?? '', /^strategy thrower: on[A-Z][a-z]+ threw Error: on purpose/);
        assert.ok(core.engine.seats.every((seat) => !seat.running));
        return calls;
      };
      const thrower = strategy('thrower', { [handler]: handler === 'onTimer' ? { every: '1h', run: fail } : fail });
      const alone = heard();
      assert.deepEqual(alone, [
        ...['start', 'bar, null', 'timer', 'bar, null', 'news "x"'],
        ...['bar, "x"', 'timer', 'bar, "x"', 'stop'],
      ]);
      assert.deepEqual(heard(thrower), alone);
    });

  test('in the handler in which an order of its was refused -> it is not told, as it does not run', () => {
    const told: string[] = [];
    const core = coreOf(
      strategy('thrower', {
        onBar(c: Anything) {
          c.sell({ size: { qty: 1 }, why });
          fail();
        },
        onOrder: (_: Anything, { status }: { status: string }) => void told.push(status),
      }),
      // Whose order is reported on later.
      strategy('other', { onBar: (c: Anything) => c.target(0.5, why) }),
    );
    hours(core, 3);
    assert.ok(core.engine.state.fills.count > 0);
    assert.deepEqual(told, []);
  });

  test('at its end, of what is no plain JSON -> it fails, all others end, and what is worked for any of them is withdrawn', () => {
    const work = { twap: { slices: 4, everyMs: HOUR_MS } };
    const onBar = (c: Anything): void => {
      if (c.orders.length === 0 && !c.position.isOpen) c.buy({ size: { qty: 8 }, work, why });
    };
    const core = coreOf(
      strategy('paused', { onBar }),
      strategy('thrower', {
        onStop(c: Anything) {
          c.state = { at: Number.NaN };
        },
      }),
      strategy('other', { onBar }),
    );
    hours(core, 2);
    core.take({ type: 'command-given', command: { type: 'pause-strategy', reason: 'drill', strategy: 'paused' } });
    core.take({ type: 'session-stopped', reason: 'over' });
    assert.match(core.failure ?? '', /^strategy thrower: state.at is NaN; state must be plain JSON/);
    assert.deepEqual(
      eventsOf(core).filter((event) => /strategy-(stopped|failed)/.test(event)),
      [...['strategy-stopped paused', 'strategy-failed thrower', 'strategy-stopped other']],
    );
    const { orders } = core.engine.state;
    const statuses = Array.from({ length: orders.count }, (_, row) => ORDER_STATUSES[orders.column.status[row]!]);
    assert.ok(
      statuses.every((status) => status === 'filled' || status === 'canceled'),
      statuses.join(),
    );
  });

  test('ended and begun again -> all but that one run, also from a snapshot', async () => {
    const { definition, bars: all } = INSTRUMENTS[0]!;
    const recording = (from: number, to: number) => recordingOf([[definition, part(all, from, to)]]);
    const config = configOf(strategy('thrower', { onBar: fail }), 'bars', [definition], {
      strategies: [{ strategy: strategy('thrower', { onBar: fail }) }, { strategy: strategy('sound', {}) }],
    });
    const first = newCore(config);
    const scene = new SessionScene();
    await scene.run('s', first, recording(0, 10), { reason: 'over' });
    const core = newCore(config);
    restoreSnapshot(core, takeSnapshot(first));
    await scene.run('s', core, recording(10, 20));
    assert.deepEqual(
      core.engine.seats.map(({ running }) => running),
      [false, true],
    );
  });
});

describe('what becomes of orders between bars', () => {
  test('an order that a timer asks for is refused while none of its bars closes -> told at once, not with its next bar', () => {
    const told: number[] = [];
    const slow = strategy('slow', {
      data: { main: bars('4h') },
      onTimer: { every: '2h', run: (c: Anything) => void c.sell({ size: { qty: 1 }, why }) },
      onOrder: (c: Anything) => void told.push((c.now - START_MS) / HOUR_MS),
    });
    const core = coreOf(slow, strategy('quick', {}));
    hours(core, 2);
    assert.deepEqual(told, [2]);
  });

  test('a person cancels an order that waits here for its trigger -> told before anything else happens', () => {
    const told: string[] = [];
    const held = strategy('s', {
      onBar(c: Anything) {
        if (c.orders.length === 0) c.buy({ size: { qty: 1 }, trigger: 110, why });
      },
      onOrder: (_: Anything, { status }: { status: string }) => void told.push(status),
    });
    const core = newCore(configOf(held, 'bars', [STOCK], { limits: NO_LIMITS, warmUp: 'ready', capabilities: PLAIN }));
    hours(core, 1);
    const [row] = core.engine.desk.rowsOf(0);
    const command = { type: 'cancel-order', reason: 'drill', order: core.engine.desk.clientId(row!) } as const;
    core.take({ type: 'command-given', command });
    assert.deepEqual(told, ['canceled']);
  });
});

describe('a session that ends before its first bar', () => {
  test('ended -> the end of its strategies comes from that input, not from itself', () => {
    const core = coreOf(strategy('s', {}));
    core.take({ type: 'session-stopped', reason: 'over' });
    assert.deepEqual(eventsOf(core), ['strategy-stopped s']);
    assert.equal(core.engine.state.log.column.cause[0], -1);
    assert.deepEqual(causes(core.engine.state, 0), [0]);
  });
});
