import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openCcxtGateway } from '../../../src/adapters/ccxt/gateway.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { type ExchangeGateway, type OrderPlacement, REQUEST_VALIDITY_MS } from '../../../src/ports/exchange-gateway.ts';
import { VenueError } from '../../../src/ports/venue-error.ts';
import { exchangeGatewayContract, type GatewaySubject } from '../../contracts/exchange-gateway.ts';
import { exchangeGatewayPairContract } from '../../contracts/exchange-gateway-pairs.ts';
import { FaultyDialer, FaultyHttp } from '../../contracts/faulty-transport.ts';
import { RecordingSink } from '../../recording-sink.ts';
import { SimulatedDialer } from '../../simulated-world/dialer.ts';
import { SimulatedHttp } from '../../simulated-world/http.ts';
import { CCXT_ABSENT } from '../ccxt-present.ts';
import type { RequestFault } from '../faults.ts';
import { pause, until } from '../loopback.ts';
import { orderAnswer } from './okx-answers.ts';
import { OKX_KEYS, type OkxStandIn, startOkxStandIn } from './okx-stand-in.ts';

const MARKET = 50_000;
const SYMBOL = 'BTC-USDT';

function quote(venue: OkxStandIn, at: number): void {
  venue.floor.quote(
    SYMBOL,
    [1, 2, 3].map((k) => ({ price: (at - k).toFixed(1), quantity: '5' })),
    [1, 2, 3].map((k) => ({ price: (at + k).toFixed(1), quantity: '5' })),
  );
}

/** No answer and no word of an order are noticed late, unless a test is about them: a busy machine is slow, too. */
const PATIENT = { timeoutMs: 20_000, longestUntoldMs: 5_000 };

function gatewayTo(
  venue: OkxStandIn,
  credentials = OKX_KEYS,
  patience = PATIENT,
  exchange = 'okx',
  clock = systemClock(),
): Promise<ExchangeGateway> {
  return openCcxtGateway({
    exchange,
    clock,
    random: new Random(3),
    credentials,
    urls: { rest: venue.origin, ws: venue.streamUrl },
    exchangeOptions: { fetchMarkets: { types: ['spot'] } },
    settleMs: 60,
    requestIntervalMs: 1,
    ...patience,
  });
}

async function subject(): Promise<GatewaySubject> {
  const clock = systemClock();
  const venue = await startOkxStandIn();
  quote(venue, MARKET);
  const gateway = await gatewayTo(venue);
  // ccxt has a transport of its own; what it sent is what the venue saw.
  const http = new FaultyHttp(new SimulatedHttp(() => ({ lost: true }), { clock }));
  const requestOf = (call: string): object => {
    const [method, url, ...body] = call.split(' ');
    return { method, url, body: body.join(' ') };
  };
  Object.defineProperty(http, 'requests', { get: () => venue.calls.map(requestOf) });
  return {
    gateway,
    symbol: SYMBOL,
    quantity: '0.01',
    hugeQuantity: '500',
    price: (percent) => (MARKET * (1 + percent / 100)).toFixed(1).replace(/\.0$/, ''),
    moveTo: (price) => {
      venue.floor.quote(SYMBOL, [], []);
      venue.floor.trade(SYMBOL, Number(price) < MARKET ? -1 : 1, price, '10');
      quote(venue, Number(price));
    },
    http,
    dialer: new FaultyDialer(new SimulatedDialer({}, { clock })),
    secrets: Object.values(OKX_KEYS),
    streamEnded: null,
    drifted: (text) => text,
    skewVenue: (ms) => {
      venue.skewMs = ms;
    },
    run: (promise) => promise,
    until,
    pass: (ms) => pause(ms / 10),
    dispose: async () => {
      await gateway.close();
      await venue.close();
    },
  };
}

/** Known before anything is opened: what the contract skips by. */
const CAPABILITIES = {
  orderTypes: ['market', 'limit'],
  timesInForce: ['gtc', 'ioc', 'fok'],
  postOnly: true,
  reduceOnly: false,
  amend: true,
  hedge: false,
  positions: false,
  pairs: false,
  findEndedForMs: 7_200_000,
} as const;

if (CCXT_ABSENT === false) exchangeGatewayContract('OKX through ccxt', CAPABILITIES, subject);
if (CCXT_ABSENT === false) exchangeGatewayPairContract('OKX through ccxt', CAPABILITIES, subject);

const PLACEMENT: OrderPlacement = {
  clientOrderId: 'fault1',
  symbol: SYMBOL,
  side: 'buy',
  type: 'limit',
  tif: 'gtc',
  quantity: '0.01',
  limit: '45000',
};

async function desks(
  patience = PATIENT,
): Promise<{ venue: OkxStandIn; gateway: ExchangeGateway; sink: RecordingSink }> {
  const venue = await startOkxStandIn();
  quote(venue, MARKET);
  const gateway = await gatewayTo(venue, OKX_KEYS, patience);
  return { venue, gateway, sink: new RecordingSink() };
}

async function withGateway(
  body: (desk: Awaited<ReturnType<typeof desks>>) => Promise<void>,
  patience = PATIENT,
): Promise<void> {
  const desk = await desks(patience);
  try {
    await desk.gateway.connect(desk.sink);
    // It goes on without: an order that nobody tells of is asked for. What is tested here is told, and what breaks was there.
    await until(() => desk.venue.streams.requests.some((text) => text.includes('"orders"')), 'subscribed');
    await body(desk);
  } finally {
    await desk.gateway.close();
    await desk.venue.close();
  }
}

const PLACE = ['POST', '/api/v5/trade/batch-orders'] as const;
const sent = (venue: OkxStandIn, id: string): number =>
  venue.calls.filter((c) => c.startsWith(PLACE.join(' ')) && c.includes(id)).length;

describe('OKX through ccxt, faults', { skip: CCXT_ABSENT }, () => {
  const happened: readonly RequestFault[] = ['drop-after', 'fail-500-after', 'hang-after', 'garble-after'];
  for (const fault of happened)
    test(`order, ${fault} -> unknown, sent once, found and told`, async () => {
      await withGateway(
        async ({ venue, gateway, sink }) => {
          venue.faults.next(...PLACE, fault);
          const outcome = await gateway.place(PLACEMENT);
          assert.equal(outcome.outcome, 'unknown', JSON.stringify(outcome));
          assert.equal((await gateway.findOrder(SYMBOL, 'fault1'))?.status, 'open');
          await until(() => sink.orders.some((o) => o.clientOrderId === 'fault1'), 'told');
          assert.equal(sent(venue, 'fault1'), 1);
          const again = await gateway.place(PLACEMENT);
          assert.equal(again.outcome === 'rejected' && again.code, 'duplicate-order');
          assert.equal(sent(venue, 'fault1'), 1, 'an id whose fate is open is never sent again');
        },
        fault === 'hang-after' ? { ...PATIENT, timeoutMs: 1_500 } : PATIENT,
      );
    });

  for (const fault of ['drop-before', 'fail-500-before'] as const)
    test(`order, ${fault} -> unknown; the venue knows nothing of it`, async () => {
      await withGateway(async ({ venue, gateway }) => {
        venue.faults.next(...PLACE, fault);
        assert.equal((await gateway.place(PLACEMENT)).outcome, 'unknown');
        assert.equal(await gateway.findOrder(SYMBOL, 'fault1'), null);
        assert.equal(sent(venue, 'fault1'), 1);
      });
    });

  test('order, 429 -> rejected with proof; the same id may go later', async () => {
    await withGateway(async ({ venue, gateway }) => {
      venue.faults.next(...PLACE, 'limit-429');
      const outcome = await gateway.place(PLACEMENT);
      assert.equal(outcome.outcome === 'rejected' && outcome.code, 'rate-limited', JSON.stringify(outcome));
      assert.equal((await gateway.place(PLACEMENT)).outcome, 'accepted');
    });
  });

  test('cancel, answer lost -> unknown; canceled at the venue', async () => {
    await withGateway(async ({ venue, gateway }) => {
      await gateway.place(PLACEMENT);
      venue.faults.next('POST', '/api/v5/trade/cancel-order', 'drop-after');
      assert.equal((await gateway.cancel(SYMBOL, 'fault1')).outcome, 'unknown');
      assert.equal((await gateway.findOrder(SYMBOL, 'fault1'))?.status, 'canceled');
    });
  });

  test('amendment that was on its way for too long -> not made', async () => {
    await withGateway(async ({ venue, gateway }) => {
      await gateway.place(PLACEMENT);
      venue.skewMs = REQUEST_VALIDITY_MS + 500;
      const outcome = await gateway.amend(SYMBOL, 'fault1', { limit: '44000' });
      assert.notEqual(outcome.outcome, 'accepted', JSON.stringify(outcome));
      assert.equal((await gateway.findOrder(SYMBOL, 'fault1'))?.limit, '45000');
    });
  });

  test('stream breaks -> resumed from before the break, and told again', async () => {
    await withGateway(async ({ venue, gateway, sink }) => {
      const brokenMs = Date.now();
      venue.streams.dropAll();
      await until(() => sink.resumptions.length > 0, 'resumed');
      assert.ok(sink.resumptions[0]! <= brokenMs);
      await gateway.place(PLACEMENT);
      await until(() => sink.orders.some((o) => o.clientOrderId === 'fault1'), 'told');
    });
  });

  test('an order event that cannot be read -> an anomaly, and the account is to be asked', async () => {
    await withGateway(async ({ venue, gateway, sink }) => {
      await gateway.place(PLACEMENT);
      await until(() => sink.orders.some((o) => o.clientOrderId === 'fault1'), 'told');
      const order = { ...(orderAnswer(venue.floor.orders.at(-1)!) as Record<string, string>), side: 'both' };
      const push = { arg: { channel: 'orders', instType: 'ANY', uid: '1' }, data: [order] };
      venue.streams.sendText('/private', JSON.stringify(push));
      await until(() => sink.anomalies.length > 0, 'an anomaly');
      assert.deepEqual([sink.anomalies[0]![0], sink.resumptions.length > 0], ['unknown-enum', true]);
    });
  });

  test('stream silently dead -> found out by an order that nobody told', async () => {
    await withGateway(
      async ({ venue, gateway, sink }) => {
        venue.streams.isMute = true;
        await gateway.place(PLACEMENT);
        await pause(30);
        venue.streams.isMute = false;
        await until(() => sink.resumptions.length > 0, 'resumed');
      },
      { ...PATIENT, longestUntoldMs: 400 },
    );
  });

  test('venue clock is off by a minute -> followed, on REST and at the log-in of streams', async () => {
    const venue = await startOkxStandIn();
    venue.skewMs = 60_000;
    const gateway = await gatewayTo(venue);
    try {
      await gateway.connect(new RecordingSink());
      assert.ok(Math.abs(gateway.clockSkew!.skewMs - 60_000) < 500);
    } finally {
      await gateway.close();
      await venue.close();
    }
  });

  test('the machine slept, so that the time of the venue is not known -> refused unsent, measured anew, taken', async () => {
    const venue = await startOkxStandIn();
    quote(venue, MARKET);
    let sleptMs = 0;
    const clock = systemClock();
    const sleepy = { ...clock, elapsedMs: () => clock.elapsedMs() - sleptMs };
    const gateway = await gatewayTo(venue, OKX_KEYS, PATIENT, 'okx', sleepy);
    try {
      await gateway.connect(new RecordingSink());
      sleptMs = 3_600_000;
      const refused = await gateway.place(PLACEMENT);
      assert.equal(refused.outcome === 'rejected' && refused.code, 'clock-skewed', JSON.stringify(refused));
      assert.equal(sent(venue, PLACEMENT.clientOrderId), 0);
      await until(() => Math.abs(gateway.clockSkew!.skewMs) < 1_000, 'measured anew');
      assert.equal((await gateway.place(PLACEMENT)).outcome, 'accepted');
    } finally {
      await gateway.close();
      await venue.close();
    }
  });

  test('fees of streamed trades -> positive where paid, as those that are listed', async () => {
    await withGateway(async ({ gateway, sink }) => {
      await gateway.place({ ...PLACEMENT, type: 'market' });
      await until(() => sink.fills.length > 0, 'a fill');
      const [listed] = await gateway.fills(SYMBOL, { timeMs: 0 });
      assert.deepEqual([sink.fills[0]!.fee, sink.fills[0]!.clientOrderId], [listed!.fee, 'fault1']);
      assert.ok(Number(listed!.fee) > 0);
    });
  });

  for (const twin of ['myokx', 'okxus'])
    test(`${twin}, the same venue for other countries -> fees with their sign, requests as good, refusals as told`, async () => {
      const venue = await startOkxStandIn();
      quote(venue, MARKET);
      const gateway = await gatewayTo(venue, OKX_KEYS, PATIENT, twin);
      const sink = new RecordingSink();
      try {
        await gateway.connect(sink);
        await until(() => venue.streams.requests.some((text) => text.includes('"orders"')), 'subscribed');
        await gateway.place({ ...PLACEMENT, type: 'market' });
        await until(() => sink.fills.length > 0, 'a fill');
        assert.ok(Number(sink.fills[0]!.fee) > 0, `a fee of ${sink.fills[0]!.fee}`);
        const odd = await gateway.place({ ...PLACEMENT, clientOrderId: 'poor1', quantity: '500' });
        assert.equal(odd.outcome === 'rejected' && odd.code, 'insufficient-balance');
        venue.skewMs = REQUEST_VALIDITY_MS + 500;
        assert.notEqual((await gateway.place({ ...PLACEMENT, clientOrderId: 'late1' })).outcome, 'accepted');
      } finally {
        await gateway.close();
        await venue.close();
      }
    });

  test('more open orders than a page -> all of them', async () => {
    await withGateway(async ({ venue, gateway }) => {
      for (let k = 0; k < 230; k++)
        venue.floor.place(1, {
          symbol: SYMBOL,
          clientOrderId: `many${k}`,
          side: 1,
          type: 'limit',
          tif: 'gtc',
          postOnly: false,
          limit: '40000',
          quantity: '0.001',
          budget: null,
        });
      const open = await gateway.openOrders();
      assert.deepEqual([open.length, new Set(open.map((o) => o.clientOrderId)).size], [230, 230], 'each once');
    });
  });

  for (const [what, keys, code] of [
    ['key', { ...OKX_KEYS, apiKey: 'other-key-0' }, 'key-invalid'],
    ['secret', { ...OKX_KEYS, secret: 'another-secret-0' }, 'signature-invalid'],
  ] as const)
    test(`wrong ${what} -> ${code}, and nothing secret in the message`, async () => {
      const venue = await startOkxStandIn();
      const gateway = await gatewayTo(venue, keys);
      try {
        await assert.rejects(gateway.connect(new RecordingSink()), (error) => {
          assert.ok(error instanceof VenueError && error.code === code, String(error));
          for (const secret of Object.values(keys)) assert.ok(!`${error.message}${error.stack}`.includes(secret));
          return true;
        });
      } finally {
        await gateway.close();
        await venue.close();
      }
    });
});
