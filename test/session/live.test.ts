import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { LateCallError } from '../../src/core/vocabulary/late-call.ts';
import { ORDER_STATUSES } from '../../src/core/vocabulary/order.ts';
import { VenueError } from '../../src/ports/venue-error.ts';
import { intercepted, type Life, LiveScene } from './live-scene.ts';
import { type Puppet, puppet } from './puppet.ts';

const why = 'test';

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

/** Orders that the venue has taken, ever. */
const placed = (scene: LiveScene): number => scene.placed();

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

  test('open orders are asked for every 30 s -> told; not answered -> why, and the next one is asked', async () => {
    let isDown = false;
    const scene = new LiveScene({
      wrap: (gateway) =>
        intercepted(gateway, {
          async openOrders(symbol) {
            if (isDown) throw new VenueError('unavailable', 'BINANCE', 'it is down');
            return gateway.openOrders(symbol);
          },
        }),
    });
    const life = await scene.start(puppet(() => {}));
    const monitor = () => life.session.timed().find(({ work }) => work === 'order-monitor')!;
    const first = monitor();
    assert.deepEqual([first.everyMs, first.problem], [30_000, null]);
    await scene.venue.pass(31_000);
    const second = monitor();
    const passedMs = second.lastMs! - first.lastMs!;
    assert.ok(passedMs >= 30_000 && passedMs <= 31_000, `${passedMs} ms`);
    isDown = true;
    await scene.venue.pass(31_000);
    assert.deepEqual([monitor().problem, monitor().lastMs], ['unavailable: it is down', second.lastMs]);
    isDown = false;
    await scene.venue.pass(31_000);
    assert.equal(monitor().problem, null);
    assert.ok(monitor().lastMs! > second.lastMs!);
  });

  test('the answer to an order is lost -> unknown, found by asking, filled once', async () => {
    const scene = new LiveScene();
    const life = await scene.start(puppet((bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, limit: 90_000, why })));
    scene.venue.http.fail('acknowledgement-lost');
    scene.venue.dialer.fault = 'stalled';
    await scene.bar(life, 95_000);
    assert.deepEqual(statuses(life), ['unknown']);
    scene.venue.dialer.fault = 'none';
    await scene.venue.pass(12_000);
    assert.deepEqual(statuses(life), ['open']);
    await scene.bar(life, 89_000);
    assert.deepEqual(statuses(life), ['filled']);
    await scene.venue.pass(70_000);
    assert.equal(lots(life), 9990);
    assert.equal(placed(scene), 1);
  });

  test('an order never arrived -> unknown, exposed, and released by proof of its absence, not by time', async () => {
    const scene = new LiveScene();
    const life = await scene.start(puppet((bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, limit: 90_000, why })));
    scene.venue.http.fail('unavailable-before');
    await scene.bar(life, 95_000);
    assert.deepEqual(statuses(life), ['unknown']);
    assert.equal(life.core.engine.desk.open.lotsOf(0, 1), 10_000);
    await scene.venue.pass(15_000);
    assert.deepEqual(statuses(life), ['unknown']);
    await scene.venue.pass(20_000);
    assert.deepEqual(statuses(life), ['rejected']);
    assert.equal(life.core.engine.desk.open.lotsOf(0, 1), 0);
    assert.equal(placed(scene), 0);
    assert.deepEqual(alarms(life), []);
  });

  test('an order never arrived, and the account stream was cut meanwhile -> proven absent all the same, once all is asked for', async () => {
    const scene = new LiveScene();
    const life = await scene.start(puppet((bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, limit: 90_000, why })));
    scene.venue.http.fail('unavailable-before');
    await scene.bar(life, 95_000);
    scene.venue.dialer.drop();
    await scene.venue.pass(60_000);
    assert.deepEqual(statuses(life), ['rejected']);
    assert.equal(life.account.keeper.notReady, null);
  });

  test('killed with a position, filled further while away -> the same books as a session that lived on', async () => {
    const run = async (dies: boolean) => {
      const scene = new LiveScene();
      const strategy = puppet((bar, c) => {
        if (bar === 0) c.buy({ size: { qty: 0.1 }, stop: { pct: 0.02 }, why });
        if (bar === 1) c.buy({ size: { qty: 0.05 }, limit: 94_500, why });
      });
      let life = await scene.start(strategy);
      await scene.bar(life, 95_000);
      await scene.bar(life, 95_000);
      if (dies) life.kill();
      await scene.bar(life, 94_400);
      if (dies) life = await scene.start(strategy);
      await scene.bar(life, 94_400);
      await scene.venue.pass(70_000);
      return { life, scene };
    };
    const [lived, died] = [await run(false), await run(true)];
    assert.deepEqual(statuses(died.life), statuses(lived.life));
    assert.equal(lots(died.life), lots(lived.life));
    assert.deepEqual(alarms(died.life), []);
    assert.equal(placed(died.scene), placed(lived.scene));
    const ledger = ({ core }: Life) => [...core.engine.state.book.ledger.balance];
    assert.deepEqual(ledger(died.life), ledger(lived.life));
    assert.equal(died.life.account.keeper.notReady, null);
  });

  test('killed before the order left -> never sent: entries are dropped, the exit is sent at the next start', async () => {
    for (const [act, expected, arrives] of [
      [(c: Puppet) => c.buy({ size: { qty: 0.1 }, limit: 90_000, why }), 'rejected', 1],
      [(c: Puppet) => c.close('out'), 'filled', 2],
    ] as const) {
      const scene = new LiveScene();
      const strategy = puppet((bar, c) => {
        if (bar === 0) c.buy({ size: { qty: 0.1 }, why });
        if (bar === 1) act(c);
      });
      let life = await scene.start(strategy);
      await scene.bar(life, 95_000);
      // The journal keeps the bar, and loses the request that follows from it.
      life.account.send = () => {};
      await scene.bar(life, 95_000);
      life.kill();
      life = await scene.start(strategy);
      await scene.venue.pass(5_000);
      assert.equal(statuses(life)[1], expected);
      assert.equal(placed(scene), arrives);
    }
  });

  test('the right to send is lost -> nothing leaves, the engine is told so, and the session ends by it', async () => {
    const scene = new LiveScene();
    const strategy = puppet((bar, c) => {
      if (bar === 1) life.right.loss = 'taken';
      c.buy({ size: { qty: 0.01 }, why });
    });
    const life: Life = await scene.start(strategy);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    await scene.venue.pass(2_000);
    assert.deepEqual(statuses(life), ['filled', 'rejected']);
    assert.equal(placed(scene), 1);
    assert.equal((life.session.fault as { code?: string }).code, 'deposed');
  });

  test('the account stream falls silent -> fills come by asking, once', async () => {
    const scene = new LiveScene();
    const life = await scene.start(puppet((bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, limit: 94_000, why })));
    await scene.bar(life, 95_000);
    scene.venue.dialer.fault = 'stalled';
    await scene.bar(life, 93_000);
    scene.venue.dialer.fault = 'none';
    await scene.venue.pass(120_000);
    assert.deepEqual(statuses(life), ['filled']);
    assert.equal(lots(life), 9990);
    assert.equal(events(life).filter((type) => type === 'order-filled').length, 1);
  });

  test('somebody else trades on the account -> told, and nothing that adds risk is let through', async () => {
    const scene = new LiveScene();
    const life = await scene.start(puppet((_, c) => c.buy({ size: { qty: 0.01 }, why })));
    await scene.bar(life, 95_000);
    const outcome = await scene.venue.run(
      life.gateway.place({
        ...{ clientOrderId: 'somebody1', symbol: scene.venue.symbol, side: 'sell', type: 'market', tif: 'gtc' },
        quantity: '0.2',
      } as never),
    );
    assert.equal(outcome.outcome, 'accepted');
    await scene.venue.pass(1_000);
    assert.match(alarms(life).join(), /a trade that is not of this session: sell 0\.2/);
    await scene.bar(life, 95_000);
    assert.deepEqual(statuses(life), ['filled']);
    assert.equal(life.core.engine.desk.refusalCounts[2], 1);
  });

  test('stopped -> entries are canceled, stops stay at the venue, and nothing is on its way', async () => {
    const scene = new LiveScene();
    const life = await scene.start(
      puppet((bar, c) => {
        if (bar === 0) c.buy({ size: { qty: 0.1 }, stop: { pct: 0.05 }, why });
        if (bar === 1) c.buy({ size: { qty: 0.1 }, limit: 90_000, why });
      }),
    );
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    await scene.venue.run(life.session.stop('the day is over'));
    assert.deepEqual(statuses(life), ['filled', 'open', 'canceled']);
    const resting = await scene.venue.run(life.gateway.openOrders(scene.venue.symbol));
    assert.deepEqual(
      resting.map(({ type }) => type),
      ['stop-market'],
    );
  });

  test('stopped while a market order is acknowledged and its trade is not told yet -> waits for it; nothing is owed in the end', async () => {
    const scene = new LiveScene({
      wrap: (gateway) =>
        intercepted(gateway, {
          // As venues answer that say no more than that they have it.
          async place(order) {
            const outcome = await gateway.place(order);
            return outcome.outcome === 'accepted'
              ? { ...outcome, value: { ...outcome.value, status: 'open', filledQuantity: '0', filledValue: '0' } }
              : outcome;
          },
        }),
    });
    const life = await scene.start(
      puppet((bar, c) => {
        if (bar === 0) c.buy({ size: { qty: 0.1 }, why });
        if (bar === 1) c.close('enough');
      }),
    );
    await scene.bar(life, 95_000);
    scene.venue.dialer.fault = 'stalled';
    await scene.bar(life, 95_000);
    assert.deepEqual(statuses(life), ['filled', 'open']);
    assert.match(life.account.owed()!, /nobody knows yet what became of live/);
    assert.equal(life.account.isSettled(), false);
    const stopping = life.session.stop('the day is over');
    scene.venue.dialer.fault = 'none';
    await scene.venue.run(stopping);
    assert.deepEqual(statuses(life), ['filled', 'filled']);
    assert.equal(lots(life), 0);
    assert.equal(life.account.owed(), null);
  });

  test('stopped while the venue tells nothing -> ends all the same, and says what it owes; the next start books it', async () => {
    let isDown = false;
    const down = async (): Promise<never> => {
      throw new VenueError('unavailable', 'BINANCE', 'it is down');
    };
    const scene = new LiveScene({
      wrap: (gateway) =>
        intercepted(gateway, {
          findOrder: (symbol, id) => (isDown ? down() : gateway.findOrder(symbol, id)),
          openOrders: (symbol) => (isDown ? down() : gateway.openOrders(symbol)),
          fills: (symbol, since) => (isDown ? down() : gateway.fills(symbol, since)),
        }),
    });
    const strategy = puppet((bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, why }));
    const life = await scene.start(strategy);
    isDown = true;
    scene.venue.dialer.fault = 'stalled';
    await scene.bar(life, 95_000);
    await scene.venue.run(life.session.stop('the day is over'));
    assert.deepEqual([statuses(life), lots(life)], [['cancel-pending'], 0]);
    assert.match(life.account.owed()!, new RegExp(`trades of ${scene.venue.symbol} have not been told`));
    life.kill();
    isDown = false;
    scene.venue.dialer.fault = 'none';
    const next = await scene.start(strategy);
    assert.deepEqual([statuses(next), lots(next)], [['filled'], 9990]);
    assert.equal(next.account.owed(), null);
  });

  test('the strategy acts when its handler has returned -> nothing leaves, it is stopped, its stop rests at the venue; so after a death', async () => {
    const scene = new LiveScene();
    const came: unknown[] = [];
    let bars = 0;
    const late = puppet((bar, c) => {
      bars++;
      if (bar === 0) c.buy({ size: { qty: 0.1 }, stop: { pct: 0.05 }, why });
      if (bar !== 1) return;
      void Promise.resolve()
        .then(() => c.buy({ size: { qty: 0.1 }, why }))
        .catch((error: unknown) => came.push(error));
    });
    const life = await scene.start(late);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    assert.ok(came.length === 1 && came[0] instanceof LateCallError);
    assert.match(
      life.core.failure ?? '',
      /^strategy puppet: buy\(\) was called while none of its handlers was running/,
    );
    const resting = async ({ gateway }: Life): Promise<string[]> =>
      (await scene.venue.run(gateway.openOrders(scene.venue.symbol))).map(({ type }) => type);
    assert.equal(events(life).filter((type) => type === 'strategy-failed').length, 1);
    assert.deepEqual([bars, placed(scene), await resting(life), life.session.fault], [2, 2, ['stop-market'], null]);
    life.kill();
    bars = 0;
    const next = await scene.start(late);
    await scene.bar(next, 95_000);
    assert.equal(next.core.engine.seats[0]!.running, false);
    assert.ok(lots(next) > 0);
    assert.deepEqual([placed(scene), await resting(next)], [2, ['stop-market']]);
    assert.equal(next.session.fault, null);
  });
});
