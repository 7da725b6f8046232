import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clientOrderId } from '../../src/core/execution/client-order-id.ts';
import type { ExchangeGateway, OrderPlacement, Outcome } from '../../src/ports/exchange-gateway.ts';
import { intercepted, type Life, LiveScene, type SceneOptions } from './live-scene.ts';
import { alarms, orders, position, puppet } from './puppet.ts';

const why = 'test';
const PRODUCTS = [
  { product: 'spot', balances: { USDT: '200000' } },
  { product: 'usdm', balances: { USDT: '100000' } },
] as const;

const protects = puppet(
  (bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, stop: { pct: 0.05 }, target: { pct: 0.05 }, why }),
);

async function protectedLife(scene: LiveScene): Promise<Life> {
  const life = await scene.start(protects);
  await scene.bar(life, 95_000);
  return life;
}

/** What a person does at the venue, behind the session's back. */
async function cancelStop(scene: LiveScene, life: Life): Promise<void> {
  const { product, trader, symbol } = scene.venue;
  const open = await scene.venue.run(life.gateway.openOrders(symbol));
  const { clientOrderId } = open.find(({ type }) => type === 'stop-market')!;
  const [path, id] =
    product.name === 'spot' ? ['/api/v3/order', 'origClientOrderId'] : ['/fapi/v1/algoOrder', 'clientAlgoId'];
  const route = product.routes.find((each) => each.method === 'DELETE' && each.path === path)!;
  const answer = route.handle(
    new Map([
      ['symbol', symbol],
      [id, clientOrderId],
    ]),
    { account: trader, apiKey: '' },
  );
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

const REFUSED: Outcome<never> = {
  outcome: 'rejected',
  code: 'order-refused',
  message: 'no stops today',
  venueCode: null,
};
/** A venue that refuses every stop. */
const withoutStops = (gateway: ExchangeGateway): ExchangeGateway =>
  intercepted(gateway, {
    place: (order: OrderPlacement) => (order.type === 'stop-market' ? Promise.resolve(REFUSED) : gateway.place(order)),
    placePair: () => Promise.resolve(REFUSED),
  });

/** A venue that has no stop any more, in whatever way one asks. */
function forgetful(): { readonly wrap: NonNullable<SceneOptions['wrap']>; forget: () => void } {
  let isForgotten = false;
  return {
    forget: () => {
      isForgotten = true;
    },
    wrap: (gateway) =>
      intercepted(gateway, {
        findOrder: async (symbol, id) => {
          const found = await gateway.findOrder(symbol, id);
          return isForgotten && found?.type === 'stop-market' && found.status === 'open' ? null : found;
        },
        openOrders: async (symbol) =>
          (await gateway.openOrders(symbol)).filter(({ type }) => !isForgotten || type !== 'stop-market'),
      }),
  };
}

for (const options of PRODUCTS)
  describe(`positions without their stop (${options.product})`, () => {
    const assertClosed = (life: Life): void => {
      assert.equal(position(life), '0');
      assert.ok(
        orders(life).some((order) => order.startsWith('exit filled')),
        orders(life).join(', '),
      );
      assert.equal(alarms(life).filter((text) => /have been without their stop for 5 s/.test(text)).length, 1);
      assert.equal(life.session.fault, null);
    };

    test('the venue refuses the stop -> page, once; closed after five seconds, not before', async () => {
      const scene = new LiveScene({ ...options, wrap: withoutStops });
      const life = await protectedLife(scene);
      await scene.venue.pass(4_000);
      assert.notEqual(position(life), '0');
      await scene.venue.pass(3_000);
      assertClosed(life);
      await scene.venue.pass(120_000);
      assertClosed(life);
    });

    test('the venue refuses the stop, and closing too -> page that it is still held, and why, once', async () => {
      const refused: Outcome<never> = { ...REFUSED, code: 'filter-violated', message: 'Filter failure: LOT_SIZE' };
      const wrap = (gateway: ExchangeGateway): ExchangeGateway => {
        const noStops = withoutStops(gateway);
        return intercepted(noStops, {
          place: (order: OrderPlacement) =>
            order.type === 'market' && order.side === 'sell' ? Promise.resolve(refused) : noStops.place(order),
        });
      };
      const scene = new LiveScene({ ...options, wrap });
      const life = await protectedLife(scene);
      await scene.venue.pass(15_000);
      assert.notEqual(position(life), '0');
      const still = alarms(life).filter((text) => /still held, without their stop/.test(text));
      assert.deepEqual(
        still.map((text) => /closing them came to nothing, (.*); it is tried/.exec(text)?.[1]),
        ['filter-violated: Filter failure: LOT_SIZE'],
      );
      await scene.venue.pass(130_000);
      assert.equal(alarms(life).filter((text) => /still held/.test(text)).length, 1);
      assert.ok(orders(life).filter((order) => order.startsWith('exit rejected')).length >= 3, orders(life).join());
      assert.equal(life.session.fault, null);
    });

    test('policy is to alert -> page, once; the position stays', async () => {
      const scene = new LiveScene({ ...options, wrap: withoutStops, onNaked: 'alert' });
      const life = await protectedLife(scene);
      await scene.venue.pass(130_000);
      assert.notEqual(position(life), '0');
      const paged = alarms(life).filter((text) => /have been without their stop for 5 s; by policy nothing/.test(text));
      assert.equal(paged.length, 1);
    });

    test('a person cancels the stop at the venue -> page and closed', async () => {
      const scene = new LiveScene(options);
      const life = await protectedLife(scene);
      await cancelStop(scene, life);
      await scene.venue.pass(10_000);
      assertClosed(life);
    });

    test('a person cancels the stop while the stream is silent -> found by asking for open orders; page and closed', async () => {
      const scene = new LiveScene(options);
      const life = await protectedLife(scene);
      scene.venue.dialer.fault = 'stalled';
      await cancelStop(scene, life);
      scene.venue.dialer.fault = 'none';
      await scene.venue.pass(60_000);
      assertClosed(life);
    });

    test('the venue lets the stop expire -> page and closed', async () => {
      const scene = new LiveScene(options);
      const life = await protectedLife(scene);
      // The venue cancels it, and calls that an expiry.
      scene.venue.dialer.rewrite = (text) =>
        /"o":"STOP/.test(text) ? text.replaceAll(/"([xX])":"CANCELED"/g, '"$1":"EXPIRED"') : text;
      await cancelStop(scene, life);
      await scene.venue.pass(10_000);
      assert.match(orders(life)[1]!, /^stop expired/);
      assertClosed(life);
    });

    test('the venue forgets the stop -> page at once; closed once its absence is proven', async () => {
      const { wrap, forget } = forgetful();
      const scene = new LiveScene({ ...options, wrap });
      const life = await protectedLife(scene);
      forget();
      const isPaged = (): boolean => /is open and the venue does not know it/.test(alarms(life).join());
      await scene.venue.until(isPaged, 'paged');
      assert.notEqual(position(life), '0');
      await scene.venue.pass(50_000);
      assert.match(orders(life)[1]!, /^stop rejected/);
      assertClosed(life);
    });

    for (const agrees of [true, false])
      test(`an order is canceled that the venue has forgotten, ${agrees ? 'and books agree -> page, and over once its absence is proven' : 'and the account with it -> page, and the mismatch is found'}`, async () => {
        let isForgotten = false;
        const gone: Outcome<never> = { outcome: 'rejected', code: 'unknown-order', message: 'none', venueCode: null };
        const wrap = (gateway: ExchangeGateway): ExchangeGateway =>
          intercepted(gateway, {
            findOrder: (symbol, id) => (isForgotten ? Promise.resolve(null) : gateway.findOrder(symbol, id)),
            openOrders: (symbol) => (isForgotten ? Promise.resolve([]) : gateway.openOrders(symbol)),
            cancel: (symbol, id) => (isForgotten ? Promise.resolve(gone) : gateway.cancel(symbol, id)),
            balances: async () =>
              (await gateway.balances()).map((each) => (isForgotten && !agrees ? { ...each, free: '1' } : each)),
          });
        const scene = new LiveScene({ ...options, wrap });
        const life = await scene.start(
          puppet((bar, c) => bar === 0 && c.buy({ size: { qty: 0.1 }, limit: 90_000, why })),
        );
        await scene.bar(life, 95_000);
        await scene.venue.pass(5_000);
        assert.match(orders(life)[0]!, /^entry open/);
        isForgotten = true;
        const order = clientOrderId(life.core.engine.state.session, 0);
        assert.equal(life.session.command({ type: 'cancel-order', reason: why, order })?.done, true);
        await scene.venue.pass(120_000);
        const paged = alarms(life).filter((text) => /is cancel-pending and the venue does not know it/.test(text));
        assert.equal(paged.length, 1, alarms(life).join());
        assert.match(orders(life)[0]!, /^entry rejected/);
        assert.equal(
          alarms(life).some((text) => /balance USDT: the venue holds/.test(text)),
          !agrees,
          alarms(life).join('\n'),
        );
        let guesses = 0;
        for await (const { payload } of scene.journals.read('live'))
          if (/nothing is known of it/.test(JSON.stringify(payload))) guesses++;
        assert.equal(guesses, 0);
        assert.equal(life.session.fault, null);
      });

    test('killed while the position is naked -> closed by the next process', async () => {
      const scene = new LiveScene({ ...options, wrap: withoutStops });
      const before = await protectedLife(scene);
      before.kill();
      const life = await scene.start(protects);
      await scene.venue.pass(10_000);
      assertClosed(life);
    });
  });
