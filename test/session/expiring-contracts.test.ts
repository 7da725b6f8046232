import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { ORDER_ROLES } from '../../src/core/vocabulary/order.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { HOUR_MS, NO_LIMITS, PERPETUAL, START_MS, scripted } from '../scenario.ts';
import { configOf, newCore } from './session-scene.ts';

const FUTURE = { ...PERPETUAL, kind: 'dated-future', expiryMs: START_MS + 3 * HOUR_MS } as const;

for (const account of ['margin', 'cash'] as const)
  for (const last of ['instant-ended', 'history-received'] as const)
    test(`a session driven by trades, ${account}: the contract expires, and is not traded any more (${last}) -> settled at its last close`, () => {
      const holder = scripted({ 0: (c) => c.buy({ size: { qty: 2 }, why: 'test' }) });
      const core = newCore(
        configOf(holder, 'trades', [FUTURE], {
          ...{ account, limits: NO_LIMITS, warmUp: 'ready', costs: { fees: makerTakerFees(0, 0) } },
        }),
      );
      for (let hour = 0; hour < 3; hour++) {
        const openMs = START_MS + hour * HOUR_MS;
        const [price, timeMs] = [100 + hour, openMs + HOUR_MS];
        const feed = 0;
        if (core.wantsTrades(feed))
          core.take({ type: 'trade-received', feed, tradeId: hour, timeMs: openMs + 1, price, quantity: 50 });
        const bars = [[feed, openMs, price, price, price, price + 0.5, 100]] as const;
        const isLast = hour === 2;
        const input: SessionInput =
          isLast && last === 'history-received' ? { type: last, bars } : { type: 'instant-ended', timeMs, bars };
        core.take(input);
        if (hour === 1) assert.equal(core.engine.state.book.netLots[0], 2);
      }
      const { book, fills, orders, instruments } = core.engine.state;
      assert.equal(book.netLots[0], 0);
      assert.equal(fills.count, 2);
      assert.equal(ORDER_ROLES[orders.column.role[fills.column.order[1]!]!], 'settlement');
      assert.equal(instruments[0]!.price(fills.column.ticks[1]!), 102.5);
      assert.equal(fills.column.timeMs[1], FUTURE.expiryMs);
    });
