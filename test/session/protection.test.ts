import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExchangeGateway } from '../../src/ports/exchange-gateway.ts';
import { intercepted, type Life, LiveScene } from './live-scene.ts';
import { alarms, orders, type Puppet, position, puppet } from './puppet.ts';

const why = 'test';
/** No coins but those that are bought: what an order locks, no other can sell. */
const NO_COINS = { balances: { USDT: '200000' } } as const;

const bracket = (more: object = {}) => ({
  ...{ size: { qty: 0.1 }, stop: { pct: 0.05 }, target: { pct: 0.05 }, why },
  ...more,
});
const enters =
  (more: object = {}) =>
  (bar: number, c: Puppet): unknown =>
    bar === 0 && c.buy(bracket(more));

async function resting(scene: LiveScene, life: Life): Promise<string[]> {
  const open = await scene.venue.run(life.gateway.openOrders(scene.venue.symbol));
  return open.map(({ type, quantity }) => `${type} ${quantity}`).sort();
}

/** Books and venue have been compared, and nothing was found. */
async function assertSound(scene: LiveScene, life: Life): Promise<void> {
  await scene.venue.pass(70_000);
  assert.deepEqual(alarms(life), []);
  assert.equal(life.session.fault, null);
  assert.equal(life.side.account.isAgreed, true);
  assert.equal(life.core.engine.reports.brackets.naked(0), 0);
}

describe('protection at a spot venue', () => {
  test('an entry with stop and target -> both rest as one pair, though they sell the same coins', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet(enters()));
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_010);
    assert.deepEqual(orders(life), ['entry filled 0.1', 'stop open 0.0999', 'target open 0.0999']);
    assert.deepEqual(await resting(scene, life), ['limit 0.0999', 'stop-market 0.0999']);
    await assertSound(scene, life);
  });

  for (const [name, price, ends] of [
    ['stop', 90_000, ['stop filled 0.0999', 'target expired 0.0999']],
    ['target', 100_000, ['stop expired 0.0999', 'target filled 0.0999']],
  ] as const)
    test(`the market comes to the ${name} of a pair -> filled, the other leg ends with it, flat`, async () => {
      const scene = new LiveScene(NO_COINS);
      const life = await scene.start(puppet(enters()));
      await scene.bar(life, 95_000);
      await scene.bar(life, price);
      assert.deepEqual(orders(life), ['entry filled 0.1', ...ends]);
      assert.equal(position(life), '0');
      assert.deepEqual(await resting(scene, life), []);
      await assertSound(scene, life);
    });

  test('an exit while a pair rests -> the pair is withdrawn first, then the exit is sent and fills', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet((bar, c) => (bar === 2 ? c.close('enough') : enters()(bar, c))));
    for (let k = 0; k < 3; k++) await scene.bar(life, 95_000);
    const legs = ['stop canceled 0.0999', 'target canceled 0.0999'];
    assert.deepEqual(orders(life), ['entry filled 0.1', ...legs, 'exit filled 0.0999']);
    assert.equal(position(life), '0');
    await assertSound(scene, life);
  });

  test('an exit of a part -> the pair is placed anew for the rest', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(
      puppet((bar, c) => (bar === 2 ? c.sell({ size: { qty: 0.04 }, why }) : enters()(bar, c))),
    );
    for (let k = 0; k < 3; k++) await scene.bar(life, 95_000);
    assert.deepEqual(await resting(scene, life), ['limit 0.0599', 'stop-market 0.0599']);
    await assertSound(scene, life);
  });

  test('an exit that the venue refuses -> the pair is placed again', async () => {
    const scene = new LiveScene({
      ...NO_COINS,
      wrap: (gateway) =>
        intercepted(gateway, {
          place: (order) =>
            order.side === 'sell' && order.type === 'market'
              ? Promise.resolve({ outcome: 'rejected', code: 'order-refused', message: 'no', venueCode: null })
              : gateway.place(order),
        }),
    });
    const life = await scene.start(puppet((bar, c) => (bar === 2 ? c.close('enough') : enters()(bar, c))));
    for (let k = 0; k < 3; k++) await scene.bar(life, 95_000);
    assert.equal(orders(life)[3], 'exit rejected 0.0999');
    assert.deepEqual(await resting(scene, life), ['limit 0.0999', 'stop-market 0.0999']);
    await assertSound(scene, life);
  });

  test('an entry that fills in parts -> the pair is withdrawn and placed for all of it', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet(enters({ limit: 94_000 })));
    await scene.bar(life, 95_000);
    for (const [quantity, expected] of [
      [0.04, '0.03996'],
      [0.03, '0.06993'],
      [0.03, '0.0999'],
    ] as const) {
      scene.trade('sell', 94_000, quantity);
      await scene.venue.pass(2_000);
      assert.deepEqual(await resting(scene, life), [
        `limit ${expected}`,
        ...(expected === '0.0999' ? [] : [`limit 0.1`]),
        `stop-market ${expected}`,
      ]);
    }
    await assertSound(scene, life);
  });

  test('an entry that fills in parts, one upon the other -> one pair for all of it in the end', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet(enters({ limit: 94_000 })));
    await scene.bar(life, 95_000);
    for (const quantity of [0.02, 0.02, 0.03, 0.03]) scene.trade('sell', 94_000, quantity);
    await scene.venue.pass(5_000);
    assert.deepEqual(await resting(scene, life), ['limit 0.0999', 'stop-market 0.0999']);
    await assertSound(scene, life);
  });

  test('a target that fills in part -> the venue ends the stop; both are placed for the rest', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet(enters()));
    await scene.bar(life, 95_000);
    scene.trade('buy', 100_000, 0.04);
    scene.venue.moveTo('95000');
    await scene.venue.pass(3_000);
    assert.deepEqual(orders(life), [
      'entry filled 0.1',
      'stop expired 0.0999',
      'target canceled 0.0999',
      'stop open 0.0599',
      'target open 0.0599',
    ]);
    await assertSound(scene, life);
  });

  describe('a pair that is refused, as the market has passed its target already', () => {
    const start = async (more: Partial<ConstructorParameters<typeof LiveScene>[0]> = {}) => {
      const scene = new LiveScene({ ...NO_COINS, ...more });
      const life = await scene.start(puppet(enters({ limit: 94_000 })));
      await scene.bar(life, 95_000);
      scene.trade('sell', 94_000, 0.1);
      scene.venue.moveTo('99000');
      await scene.venue.pass(2_000);
      return { scene, life };
    };

    test('-> the stop rests alone, the target is held here', async () => {
      const { scene, life } = await start();
      const [, ...legs] = orders(life);
      assert.deepEqual(legs, [
        ...['stop rejected 0.0999', 'target rejected 0.0999'],
        ...['stop open 0.0999', 'target held 0.0999'],
      ]);
      assert.deepEqual(await resting(scene, life), ['stop-market 0.0999']);
      assert.deepEqual(alarms(life), []);
    });

    test('a bar closes beyond the target -> the stop is withdrawn, the target sold at its limit or better', async () => {
      const { scene, life } = await start();
      await scene.bar(life, 99_000);
      assert.deepEqual(orders(life).slice(3), ['stop canceled 0.0999', 'target filled 0.0999']);
      assert.equal(position(life), '0');
      await assertSound(scene, life);
    });

    test('the market falls back before the target is sent -> nothing sold, the stop is placed again', async () => {
      const scenes: LiveScene[] = [];
      const wrap = (gateway: ExchangeGateway): ExchangeGateway =>
        intercepted(gateway, {
          cancel: async (symbol, id) => {
            const outcome = await gateway.cancel(symbol, id);
            scenes[0]!.venue.moveTo('95000');
            return outcome;
          },
        });
      const { scene, life } = await start({ wrap });
      scenes.push(scene);
      await scene.bar(life, 99_000);
      await scene.venue.pass(1_000);
      assert.deepEqual(orders(life).slice(3), [
        ...['stop canceled 0.0999', 'target expired 0.0999'],
        ...['stop open 0.0999', 'target held 0.0999'],
      ]);
      assert.equal(position(life), '0.0999');
      await assertSound(scene, life);
    });
  });

  test('the answer to a pair is lost -> both legs are found, open', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet(enters({ limit: 94_000 })));
    await scene.bar(life, 95_000);
    scene.venue.http.fail('acknowledgement-lost');
    scene.trade('sell', 94_000, 0.1);
    await scene.venue.pass(10_000);
    assert.deepEqual(orders(life), ['entry filled 0.1', 'stop open 0.0999', 'target open 0.0999']);
    await assertSound(scene, life);
  });

  test('a pair never arrived -> proven absent, then the stop rests alone; meanwhile nothing is closed', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet(enters({ limit: 94_000 })));
    await scene.bar(life, 95_000);
    scene.venue.http.fail('unavailable-before');
    scene.trade('sell', 94_000, 0.1);
    await scene.venue.pass(40_000);
    assert.deepEqual(orders(life).slice(1), [
      ...['stop rejected 0.0999', 'target rejected 0.0999'],
      ...['stop open 0.0999', 'target held 0.0999'],
    ]);
    assert.equal(position(life), '0.0999');
    await assertSound(scene, life);
  });

  test('the answer to the cancel of a pair is lost -> the exit waits until its legs are known to be gone', async () => {
    for (const fault of ['acknowledgement-lost', 'unavailable-before'] as const) {
      const scene = new LiveScene(NO_COINS);
      const life = await scene.start(puppet((bar, c) => (bar === 1 ? c.close('enough') : enters()(bar, c))));
      await scene.bar(life, 95_000);
      scene.venue.http.fail(fault, ({ method }) => method === 'DELETE');
      scene.venue.dialer.fault = 'stalled';
      await scene.bar(life, 95_000);
      scene.venue.dialer.fault = 'none';
      await scene.venue.pass(30_000);
      assert.equal(orders(life)[3], 'exit filled 0.0999', fault);
      assert.equal(position(life), '0');
    }
  });

  test('the strategy withdraws its target -> the stop, which ends with it, is placed again alone', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(puppet((bar, c) => (bar === 1 ? c.orders[1]!.cancel('runs on') : enters()(bar, c))));
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    assert.deepEqual(orders(life).slice(1), [
      ...['stop canceled 0.0999', 'target canceled 0.0999'],
      'stop open 0.0999',
    ]);
    await assertSound(scene, life);
  });

  test('the strategy moves its stop, then sells a part -> each time the pair is placed anew, at the new price', async () => {
    const scene = new LiveScene(NO_COINS);
    const life = await scene.start(
      puppet((bar, c) => {
        if (bar === 1) c.position.moveStop({ price: 93_000 });
        else if (bar === 2) c.sell({ size: { qty: 0.04 }, why });
        else enters()(bar, c);
      }),
    );
    for (const quantity of ['0.0999', '0.0599']) {
      await scene.bar(life, 95_000);
      if (quantity === '0.0999') await scene.bar(life, 95_000);
      assert.deepEqual(await resting(scene, life), [`limit ${quantity}`, `stop-market ${quantity}`]);
      const open = await scene.venue.run(life.gateway.openOrders(scene.venue.symbol));
      assert.equal(open.find(({ type }) => type === 'stop-market')?.trigger, '93000');
    }
    await assertSound(scene, life);
  });
});

describe('protection at a futures venue', () => {
  for (const [name, price, legs] of [
    ['stop', 92_000, ['stop filled 0.1', 'target expired 0.1']],
    ['target', 98_000, ['stop canceled 0.1', 'target filled 0.1']],
  ] as const)
    test(`stop and target rest side by side, as both only reduce; the market comes to the ${name} -> the other ends`, async () => {
      const scene = new LiveScene({ product: 'usdm' });
      const life = await scene.start(puppet(enters({ stop: { pct: 0.03 }, target: { pct: 0.03 } })));
      await scene.bar(life, 95_000);
      assert.deepEqual(await resting(scene, life), ['limit 0.1', 'stop-market 0.1']);
      await scene.bar(life, price);
      await scene.venue.pass(2_000);
      assert.deepEqual(orders(life), ['entry filled 0.1', ...legs]);
      assert.equal(position(life), '0');
      await assertSound(scene, life);
    });
});
