import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { viewOf } from '../../src/session/session-view.ts';
import { OrderCounts, vitalsOf } from '../../src/session/session-vitals.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

const [first] = INSTRUMENTS;
const half = defineStrategy({
  id: 'half',
  params: {},
  data: { main: bars('1h') },
  indicators: () => ({}),
  onBar(c) {
    if (!c.position.isOpen) c.target(0.5, 'half of it');
  },
}) as never as AnyStrategy;

describe('the books of a session as they are told', () => {
  test('a position that was bought -> cash is what is left of it, and rises to the equity with its value', async () => {
    const core = newCore(configOf(half, 'bars', [first!.definition]));
    await new SessionScene().run('half', core, recordingOf([[first!.definition, part(first!.bars, 0, 48)]]), {
      reason: 'over',
    });
    const view = viewOf(core, [], 100);
    // The other way round: from the fills, as a bank would.
    let paid = 0;
    for (const { side, quantity, price, fee } of view.lastFills)
      paid += (side === 'buy' ? 1 : -1) * Number(quantity) * Number(price) + Number(fee);
    assert.ok(paid > 40_000, `${paid}`);
    assert.ok(Math.abs(view.cash - (100_000 - paid)) < 1e-6, `${view.cash} after ${paid}`);
    const [position] = view.positions;
    assert.ok(Math.abs(view.cash + Number(position!.quantity) * position!.price! - view.equity) < 1e-6);
    assert.ok(Math.abs(view.profit - (view.equity - 100_000)) < 1e-9);
    const { figures } = vitalsOf(
      { session: 'half', strategy: 'half', venue: 'TEST', atMs: 0 },
      core,
      { lastPrice: [], gaps: 0, missingBars: 0, anomalies: 0, timed: () => [] } as never,
      { subscriptions: [], connections: [], thread: null } as never,
      new OrderCounts(core),
      { journalMs: 0, eventLoopDelayMs: 0 } as never,
      [],
    );
    assert.equal(figures.cash, view.cash);
  });
});
