import assert from 'node:assert/strict';
import type { GatewayCapabilities, OrderPlacement, Outcome, VenueOrder } from '../../src/ports/exchange-gateway.ts';
import {
  assertRejected,
  type Desk,
  type GatewayCase,
  type GatewaySubject,
  gatewayCases,
  same,
} from './exchange-gateway.ts';

type Legs = readonly [stop: OrderPlacement, target: OrderPlacement];
type Change = Partial<OrderPlacement>;

/** A stop three percent below the market and a target three percent above, for what was bought. */
function legs(desk: Desk, stop: Change = {}, target: Change = {}): Legs {
  const both = { symbol: desk.symbol, side: 'sell', tif: 'gtc', quantity: desk.quantity } as const;
  return [
    { ...both, type: 'stop-market', clientOrderId: desk.id(), trigger: desk.price(-3), ...stop },
    { ...both, type: 'limit', clientOrderId: desk.id(), limit: desk.price(3), ...target },
  ];
}

const place = (desk: Desk, [stop, target]: Legs): Promise<Outcome<readonly [VenueOrder, VenueOrder]>> =>
  desk.run(desk.gateway.placePair(stop, target));

async function accepted(desk: Desk, pair: Legs): Promise<readonly [stop: string, target: string]> {
  await desk.accepted({ type: 'market' });
  const outcome = await place(desk, pair);
  assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
  return [pair[0].clientOrderId, pair[1].clientOrderId];
}

const told = (desk: Desk, id: string, status: string) => (): boolean =>
  desk.sink.orders.some((each) => each.clientOrderId === id && each.status === status);

/** What every {@link ExchangeGateway} does with a stop and a target that are placed as one. See {@link exchangeGatewayContract}. */
export function exchangeGatewayPairContract(
  name: string,
  capabilities: GatewayCapabilities,
  create: () => Promise<GatewaySubject>,
): void {
  const check = gatewayCases(`${name}, pairs`, capabilities, create);
  const pairs: GatewayCase = (title, body) => check(title, body, (c) => (c.pairs ? null : 'pairs of orders'));

  check(
    'pair, where the venue has none -> unsupported, nothing on the wire',
    async (desk) => {
      const before = desk.http.requests.length;
      assertRejected(await place(desk, legs(desk)), 'unsupported');
      assert.equal(desk.http.requests.length, before);
    },
    (c) => (c.pairs ? 'lack of pairs of orders' : null),
  );

  pairs('pair -> both rest under their ids, told and listed', async (desk) => {
    const pair = legs(desk);
    await desk.accepted({ type: 'market' });
    const outcome = await place(desk, pair);
    assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
    const [stop, target] = (outcome as { readonly value: readonly [VenueOrder, VenueOrder] }).value;
    assert.deepEqual([stop.clientOrderId, stop.type, stop.status], [pair[0].clientOrderId, 'stop-market', 'open']);
    assert.deepEqual([target.clientOrderId, target.type, target.status], [pair[1].clientOrderId, 'limit', 'open']);
    assert.ok(same(stop.trigger, desk.price(-3)) && same(target.limit, desk.price(3)));
    for (const { clientOrderId, venueOrderId } of [stop, target]) {
      assert.ok(await desk.isOpen(clientOrderId));
      assert.equal((await desk.find(clientOrderId))?.venueOrderId, venueOrderId);
      await desk.until(told(desk, clientOrderId, 'open'), 'open');
    }
  });

  for (const [name, at] of [
    ['stop', 0],
    ['target', 1],
  ] as const)
    pairs(`pair, cancel of its ${name} -> both canceled, both told`, async (desk) => {
      const ids = await accepted(desk, legs(desk));
      const outcome = await desk.run(desk.gateway.cancel(desk.symbol, ids[at]));
      assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
      assert.equal((outcome as { readonly value: VenueOrder }).value.clientOrderId, ids[at]);
      for (const id of ids) {
        assert.equal((await desk.find(id))?.status, 'canceled');
        assert.equal(await desk.isOpen(id), false);
        await desk.until(told(desk, id, 'canceled'), 'canceled');
      }
      assertRejected(await desk.run(desk.gateway.cancel(desk.symbol, ids[1 - at]!)), 'unknown-order');
    });

  for (const [name, at, percent] of [
    ['stop', 0, -4],
    ['target', 1, 4],
  ] as const)
    pairs(`pair, the market comes to its ${name} -> that filled, the other one expired`, async (desk) => {
      const ids = await accepted(desk, legs(desk));
      desk.moveTo(desk.price(percent));
      await desk.until(told(desk, ids[at], 'filled'), 'filled');
      await desk.until(told(desk, ids[1 - at]!, 'expired'), 'expired');
      assert.equal((await desk.find(ids[1 - at]!))?.status, 'expired');
      const sold = desk.sink.fills.filter((fill) => fill.side === 'sell');
      assert.ok(sold.length > 0 && sold.every((fill) => fill.clientOrderId === ids[at]));
    });

  pairs('pair with a stop-limit and a take-profit -> both rest', async (desk) => {
    const ids = await accepted(
      desk,
      legs(desk, { type: 'stop-limit', limit: desk.price(-4) }, { type: 'take-profit-limit', trigger: desk.price(3) }),
    );
    const types = [(await desk.find(ids[0]))?.type, (await desk.find(ids[1]))?.type];
    assert.deepEqual(types, ['stop-limit', 'take-profit-limit']);
  });

  pairs('pair on the wrong sides of the market -> rejected, neither rests', async (desk) => {
    await desk.accepted({ type: 'market' });
    for (const pair of [legs(desk, { trigger: desk.price(2) }), legs(desk, {}, { limit: desk.price(-1) })]) {
      assert.equal((await place(desk, pair)).outcome, 'rejected');
      for (const { clientOrderId } of pair) assert.equal(await desk.find(clientOrderId), null);
    }
  });

  pairs('pair of legs that do not go together -> rejected, nothing on the wire', async (desk) => {
    const before = desk.http.requests.length;
    const id = desk.id();
    const bad: readonly Legs[] = [
      legs(desk, { clientOrderId: id }, { clientOrderId: id }),
      legs(desk, { side: 'buy' }),
      legs(desk, { quantity: '0.01' }),
      legs(desk, { symbol: 'ETHUSDT' }),
      legs(desk, { quantity: '1e-3' }),
    ];
    for (const pair of bad) assertRejected(await place(desk, pair), 'request-invalid');
    const [stop, target] = legs(desk);
    for (const pair of [
      [target, stop],
      legs(desk, {}, { tif: 'ioc' }),
      [stop, { ...stop, clientOrderId: desk.id() }],
    ] as const)
      assertRejected(await place(desk, pair), 'unsupported');
    assert.equal(desk.http.requests.length, before);
  });

  pairs('pair, acknowledgement lost -> unknown, sent once; each leg found under its id', async (desk) => {
    await desk.accepted({ type: 'market' });
    const pair = legs(desk);
    desk.http.fail('acknowledgement-lost');
    assert.equal((await place(desk, pair)).outcome, 'unknown');
    for (const { clientOrderId } of pair) {
      assert.equal((await desk.find(clientOrderId))?.status, 'open');
      assert.equal(desk.sent(clientOrderId), 1);
    }
  });

  pairs('pair, 503 before the venue -> unknown, sent once; the venue knows neither', async (desk) => {
    const pair = legs(desk);
    desk.http.fail('unavailable-before');
    assert.equal((await place(desk, pair)).outcome, 'unknown');
    for (const { clientOrderId } of pair) assert.equal(await desk.find(clientOrderId), null);
  });

  pairs('cancel of a leg, acknowledgement lost -> unknown; both canceled and told', async (desk) => {
    const ids = await accepted(desk, legs(desk));
    desk.http.fail('acknowledgement-lost');
    assert.equal((await desk.run(desk.gateway.cancel(desk.symbol, ids[0]))).outcome, 'unknown');
    for (const id of ids) {
      await desk.until(told(desk, id, 'canceled'), 'canceled');
      assert.equal((await desk.find(id))?.status, 'canceled');
    }
  });
}
