import assert from 'node:assert/strict';
import { Random } from '../../src/core/vocabulary/random.ts';
import type { GatewayCapabilities, Outcome } from '../../src/ports/exchange-gateway.ts';
import { VenueError } from '../../src/ports/venue-error.ts';
import { assertRejected, type Desk, type GatewaySubject, gatewayCases } from './exchange-gateway.ts';
import type { RequestFault } from './faulty-transport.ts';

function assertUnknown(outcome: Outcome<unknown>): void {
  assert.equal(outcome.outcome, 'unknown', JSON.stringify(outcome));
}

/** Faults of single requests that leave the venue as it is. */
const mixed: readonly RequestFault[] = [
  'acknowledgement-lost',
  'late-reply',
  'unavailable-before',
  'unavailable-after',
  'unreadable-reply',
  'no-connection',
];

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    assert.ok(error instanceof VenueError, String(error));
    return error.code;
  }
}

function told(desk: Desk, clientOrderId: string, status: string): () => boolean {
  return () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === status);
}

/** The account stream works: what happens now is told. */
async function assertTells(desk: Desk): Promise<void> {
  const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-7) });
  await desk.until(told(desk, clientOrderId, 'open'), 'an order told after the fault');
}

/** What every {@link ExchangeGateway} does while things go wrong between it and its venue. See {@link exchangeGatewayContract}. */
export function exchangeGatewayFaultContract(
  name: string,
  capabilities: GatewayCapabilities,
  create: () => Promise<GatewaySubject>,
): void {
  const check = gatewayCases(`${name}, faults`, capabilities, create);

  const happened: readonly RequestFault[] = [
    'acknowledgement-lost',
    'late-reply',
    'unavailable-after',
    'unreadable-reply',
  ];
  for (const fault of happened)
    check(`order, ${fault} -> unknown, sent once; found at the venue, and told`, async (desk) => {
      const clientOrderId = desk.id();
      desk.http.fail(fault);
      assertUnknown(await desk.place({ type: 'limit', limit: desk.price(-5), clientOrderId }));
      assert.equal(desk.sent(clientOrderId), 1);
      assert.equal((await desk.find(clientOrderId))?.status, 'open');
      await desk.until(told(desk, clientOrderId, 'open'), 'the order told');
      await desk.pass(400);
      assert.equal(desk.sent(clientOrderId), 1, 'never sent again');
    });

  check('order, 503 before the venue -> unknown, sent once; the venue knows nothing of it', async (desk) => {
    const clientOrderId = desk.id();
    desk.http.fail('unavailable-before');
    assertUnknown(await desk.place({ type: 'limit', limit: desk.price(-5), clientOrderId }));
    await desk.pass(400);
    assert.equal(desk.sent(clientOrderId), 1, 'never sent again');
    assert.equal(await desk.find(clientOrderId), null);
  });

  check('order, no connection -> rejected as not sent', async (desk) => {
    const clientOrderId = desk.id();
    desk.http.fail('no-connection');
    assertRejected(await desk.place({ type: 'market', clientOrderId }), 'not-sent');
    assert.equal(await desk.find(clientOrderId), null);
  });

  check('cancel, acknowledgement lost -> unknown; canceled at the venue', async (desk) => {
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    desk.http.fail('acknowledgement-lost');
    assertUnknown(await desk.run(desk.gateway.cancel(desk.symbol, clientOrderId)));
    assert.equal((await desk.find(clientOrderId))?.status, 'canceled');
    await desk.until(told(desk, clientOrderId, 'canceled'), 'canceled');
  });

  check(
    'conditional order, acknowledgement lost -> unknown; found under our id',
    async (desk) => {
      await desk.accepted({ type: 'market' });
      const clientOrderId = desk.id();
      desk.http.fail('acknowledgement-lost');
      assertUnknown(await desk.place({ type: 'stop-market', side: 'sell', trigger: desk.price(-3), clientOrderId }));
      assert.deepEqual((await desk.find(clientOrderId))?.type, 'stop-market');
      assert.equal(desk.sent(clientOrderId), 1);
    },
    (c) => (c.orderTypes.includes('stop-market') ? null : 'stop-market orders'),
  );

  // Both say how long: a second.
  for (const [fault, code] of [
    ['rate-limited', 'rate-limited'],
    ['banned', 'banned'],
  ] as const)
    check(`order, ${fault} -> rejected with proof; silence until the venue allows more`, async (desk) => {
      desk.http.fail(fault);
      const clientOrderId = desk.id();
      assertRejected(await desk.place({ type: 'limit', limit: desk.price(-5), clientOrderId }), code);
      const before = desk.http.requests.length;
      await desk.pass(400);
      const read = desk.run(desk.gateway.openOrders(desk.symbol));
      assert.equal(desk.http.requests.length, before, 'nothing leaves while blocked');
      await read;
      assert.equal(await desk.find(clientOrderId), null);
    });

  check('read, 503 once -> asked again, answered', async (desk) => {
    desk.http.fail('unavailable-before', (request) => request.method === 'GET');
    assert.deepEqual(await desk.run(desk.gateway.openOrders(desk.symbol)), []);
  });

  check('read, connection lost once -> asked again, answered', async (desk) => {
    desk.http.fail('acknowledgement-lost', (request) => request.method === 'GET');
    assert.ok((await desk.run(desk.gateway.balances())).length > 0);
  });

  check('clock of the venue jumps -> one refusal with proof at most, then measured anew', async (desk) => {
    desk.skewVenue(-30_000);
    const first = await desk.place({ type: 'limit', limit: desk.price(-5) });
    assertRejected(first, 'clock-skewed');
    await desk.until(() => (desk.gateway.clockSkew?.skewMs ?? 0) < -25_000, 'the clock measured anew');
    await desk.accepted({ type: 'limit', limit: desk.price(-5) });
  });

  check('events twice -> told twice with the same trade id, nothing else', async (desk) => {
    desk.dialer.fault = 'duplicated';
    const { clientOrderId } = await desk.accepted({ type: 'market' });
    await desk.until(told(desk, clientOrderId, 'filled'), 'filled');
    const fills = desk.sink.fills.filter((each) => each.clientOrderId === clientOrderId);
    const once = new Map(fills.map((each) => [each.tradeId, each] as const));
    for (const fill of fills) assert.deepEqual(fill, once.get(fill.tradeId));
    assert.deepEqual(desk.sink.anomalies, []);
  });

  check('events in the wrong order -> each told whole; the venue answers the true state', async (desk) => {
    desk.dialer.fault = 'reversed';
    const { clientOrderId } = await desk.accepted({ type: 'market' });
    await desk.until(() => desk.dialer.heldCount >= 2, 'events held');
    desk.dialer.release();
    await desk.until(told(desk, clientOrderId, 'filled'), 'filled');
    assert.equal((await desk.find(clientOrderId))?.status, 'filled');
    assert.deepEqual(desk.sink.anomalies, []);
  });

  check('stream breaks -> told as resumed, from before the break on; what was missed can be read', async (desk) => {
    await assertTells(desk);
    const brokenMs = desk.sink.orders.at(-1)!.updatedAtMs;
    desk.dialer.drop();
    const { clientOrderId } = await desk.accepted({ type: 'market' });
    await desk.until(() => desk.sink.resumptions.length > 0, 'resumed');
    const sinceMs = desk.sink.resumptions[0]!;
    assert.ok(sinceMs <= brokenMs + 1000, `${sinceMs} is after the break at ${brokenMs}`);
    const fills = await desk.run(desk.gateway.fills(desk.symbol, { timeMs: sinceMs }));
    assert.ok(fills.some((each) => each.clientOrderId === clientOrderId));
    await assertTells(desk);
  });

  check('stream silently dead, pings answered -> noticed by an order that nobody told', async (desk) => {
    desk.dialer.fault = 'stalled';
    const { clientOrderId } = await desk.accepted({ type: 'market' });
    await desk.pass(50);
    desk.dialer.fault = 'none';
    await desk.until(() => desk.sink.resumptions.length > 0, 'resumed');
    const fills = await desk.run(desk.gateway.fills(desk.symbol, { timeMs: desk.sink.resumptions[0]! }));
    assert.ok(fills.some((each) => each.clientOrderId === clientOrderId));
    await assertTells(desk);
  });

  check('venue ends the stream, not the connection -> subscribed anew and told as resumed', async (desk) => {
    await assertTells(desk);
    desk.dialer.inject(desk.streamEnded);
    await desk.until(() => desk.sink.resumptions.length > 0, 'resumed');
    await assertTells(desk);
  });

  check('an event with a status of tomorrow -> anomaly; the order is told as unknown, never as ended', async (desk) => {
    desk.dialer.rewrite = (text) => desk.drifted(text);
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    await desk.until(told(desk, clientOrderId, 'unknown'), 'told as unknown');
    assert.ok(
      desk.sink.anomalies.some(([code]) => code === 'unknown-enum'),
      JSON.stringify(desk.sink.anomalies),
    );
    assert.equal((await desk.find(clientOrderId))?.status, 'open');
  });

  check('a frame that is no JSON -> anomaly, and the account is to be asked; the stream goes on', async (desk) => {
    desk.dialer.inject('{"e":"execution');
    assert.deepEqual([desk.sink.anomalies[0]?.[0], desk.sink.resumptions.length], ['malformed', 1]);
    await assertTells(desk);
  });

  check('messages of every kind of failure -> no key, secret or signature', async (desk) => {
    const texts: string[] = [];
    const faults: readonly RequestFault[] = [
      'acknowledgement-lost',
      'unreadable-reply',
      'no-connection',
      'unavailable-before',
    ];
    for (const fault of faults) {
      desk.http.fail(fault);
      texts.push(JSON.stringify(await desk.place({ type: 'limit', limit: desk.price(-5) })));
    }
    desk.http.fail('unreadable-reply', () => true);
    texts.push(
      await desk.run(
        desk.gateway
          .balances()
          .then(String, (error: Error) => `${error.message} ${error.stack} ${JSON.stringify(error)}`),
      ),
    );
    texts.push(JSON.stringify(desk.gateway), JSON.stringify(desk.sink));
    for (const text of texts) {
      for (const secret of desk.secrets) assert.ok(!text.includes(secret), text);
      assert.doesNotMatch(text, /signature=[^*<([]/, text);
    }
  });

  for (const seed of [1, 2, 3, 4])
    check(`any mixture of faults, seed ${seed} -> every outcome true, no order twice, no fill missed`, async (desk) => {
      const random = new Random(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
      const outcomes = new Map<string, Outcome<unknown>>();
      const startMs = desk.sink.orders[0]?.updatedAtMs ?? 0;
      for (let k = 0; k < 40; k++) {
        const clientOrderId = desk.id();
        if (random.uniform() < 0.25) desk.http.fail(pick(mixed));
        const streamFault = random.uniform();
        if (streamFault < 0.05) desk.dialer.drop();
        else if (streamFault < 0.3) desk.dialer.fault = pick(['duplicated', 'reversed', 'stalled'] as const);
        const takes = random.uniform() < 0.5;
        const price = { type: 'limit', limit: desk.price(takes ? 1 : -5), tif: takes ? 'ioc' : 'gtc' } as const;
        outcomes.set(clientOrderId, await desk.place({ ...price, clientOrderId }));
        await desk.pass(random.uniform() * 1000);
        desk.dialer.release();
      }
      desk.http.heal();
      await desk.pass(20_000);
      // A stream that died while nothing was accepted is found out by the next order.
      await desk.accepted({ type: 'market' });
      await desk.pass(20_000);
      for (const [id, { outcome }] of outcomes) {
        const found = await desk.find(id);
        if (outcome === 'accepted') assert.ok(found, `${id} was accepted`);
        if (outcome === 'rejected') assert.equal(found, null, `${id} was rejected`);
        assert.ok(desk.sent(id) <= 1, `${id} was sent ${desk.sent(id)} times`);
      }
      const known = new Set(desk.sink.fills.map((fill) => fill.tradeId));
      for (const sinceMs of desk.sink.resumptions)
        for (const { tradeId } of await desk.run(desk.gateway.fills(desk.symbol, { timeMs: sinceMs })))
          known.add(tradeId);
      const all = await desk.run(desk.gateway.fills(desk.symbol, { timeMs: startMs }));
      assert.ok(all.length > 5, `only ${all.length} fills: the work is not what the case says`);
      assert.deepEqual([...known].sort(), all.map((fill) => fill.tradeId).sort());
    });

  check('closed -> reads are refused, nothing leaves any more', async (desk) => {
    await desk.run(desk.gateway.close());
    const before = [desk.http.requests.length, desk.dialer.attempts];
    await desk.pass(400);
    assert.deepEqual([desk.http.requests.length, desk.dialer.attempts], before);
    assert.notEqual(await codeOf(desk.run(desk.gateway.balances())), 'none');
  });
}
