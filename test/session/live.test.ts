import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import { type Life, LiveScene } from './live-scene.ts';

const why = 'test';

/** Does at each bar what the test says. */
function puppet(act: (bar: number, c: Parameters<NonNullable<AnyStrategy['onBar']>>[0]) => void): AnyStrategy {
  return defineStrategy({
    id: 'puppet',
    params: {},
    data: { main: bars('1m') },
    indicators: () => ({}),
    state: () => ({ bar: 0 }),
    onBar(c) {
      act((c.state as { bar: number }).bar++, c as never);
    },
  }) as AnyStrategy;
}

const events = ({ core }: Life): string[] => {
  const { state } = core.engine;
  return Array.from({ length: state.log.count }, (_, k) => narrate(state, ['puppet'], k).type);
};

const alarms = ({ core }: Life): string[] => {
  const { state } = core.engine;
  return Array.from({ length: state.log.count }, (_, k) => narrate(state, ['puppet'], k)).flatMap((event) =>
    event.type === 'alert-raised' && event.level !== 'info' ? [event.message] : [],
  );
};

const statuses = ({ core }: Life): string[] => {
  const { orders } = core.engine.state;
  return Array.from({ length: orders.count }, (_, row) => ORDER_STATUSES[orders.column.status[row]!]!);
};

const lots = ({ core }: Life): number => core.engine.state.book.positions.column.lots[0]!;

describe('live session', () => {
  test('an entry with a stop: filled -> the stop rests at the venue; closed -> flat, books and venue agree', async () => {
    const scene = new LiveScene();
    const life = await scene.start(
      puppet((bar, c) => {
        if (bar === 0) c.buy({ size: { qty: 0.1 }, stop: { pct: 0.05 }, why });
        if (bar === 2) c.close('enough');
      }),
    );
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_010);
    assert.deepEqual(statuses(life), ['filled', 'open']);
    const resting = await scene.venue.run(life.gateway.openOrders(scene.venue.symbol));
    assert.deepEqual(
      resting.map(({ type, side, trigger }) => [type, side, trigger]),
      [['stop-market', 'sell', '90250.95']],
    );
    await scene.bar(life, 95_020);
    await scene.venue.pass(70_000);
    assert.deepEqual(statuses(life), ['filled', 'canceled', 'filled']);
    assert.equal(lots(life), 0);
    assert.deepEqual(alarms(life), []);
    assert.equal(life.session.fault, null);
  });
});

export { events, puppet };
