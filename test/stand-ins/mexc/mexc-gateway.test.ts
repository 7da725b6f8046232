import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MexcAccess } from '../../../src/adapters/mexc/access.ts';
import { MEXC_CAPABILITIES, MexcGateway } from '../../../src/adapters/mexc/gateway.ts';
import { loadPushType } from '../../../src/adapters/mexc/push-decoder.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { MINUTE_MS } from '../../../src/core/vocabulary/time.ts';
import type { HttpRequest } from '../../../src/ports/transport.ts';
import { exchangeGatewayContract, type GatewaySubject } from '../../contracts/exchange-gateway.ts';
import { exchangeGatewayFaultContract } from '../../contracts/exchange-gateway-faults.ts';
import { exchangeGatewayPairContract } from '../../contracts/exchange-gateway-pairs.ts';
import { FaultyDialer, FaultyHttp } from '../../contracts/faulty-transport.ts';
import { RecordingSink } from '../../recording-sink.ts';
import { SimulatedClock } from '../../simulated-world/clock.ts';
import { SimulatedDialer } from '../../simulated-world/dialer.ts';
import { SimulatedHttp, type SimulatedReply } from '../../simulated-world/http.ts';
import { MEXC_KEYS } from './mexc-venue.ts';
import { loadSimulatedMexc } from './simulated-mexc.ts';

const MARKET = 50_000;

interface MexcSubject extends GatewaySubject {
  /** The machine sleeps; every connection is gone when it wakes. */
  sleep(ms: number): void;
  /** Whether the venue answers every request with a ban of a minute. */
  ban(isBanned: boolean): void;
}

async function subject(): Promise<MexcSubject> {
  const clock = new SimulatedClock();
  const type = await loadPushType();
  const simulated = (await loadSimulatedMexc())(clock);
  const { venue } = simulated;
  const quote = (at: number): void =>
    venue.floor.quote(
      'BTCUSDT',
      [1, 2, 3].map((k) => ({ price: (at - k).toFixed(2), quantity: '5' })),
      [1, 2, 3].map((k) => ({ price: (at + k).toFixed(2), quantity: '5' })),
    );
  quote(MARKET);
  const network = { clock, seed: 3 };
  let isBanned = false;
  const banned = { status: 418, headers: { 'retry-after': '60' }, body: { code: 418, msg: 'banned' } };
  const reply = (request: HttpRequest): SimulatedReply => (isBanned ? banned : simulated.reply(request));
  const http = new FaultyHttp(new SimulatedHttp(reply, network));
  const dialer = new FaultyDialer(new SimulatedDialer(simulated, network));
  const options = { http, dialer, clock, random: new Random(1), credentials: MEXC_KEYS, weightPerTenSeconds: 100_000 };
  const access = new MexcAccess({ ...options, ordersPerSecond: 1_000 });
  const gateway = new MexcGateway(access);
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    let isDone = false;
    const done = promise.finally(() => {
      isDone = true;
    });
    done.catch(() => undefined);
    await clock.advanceUntil(() => isDone, 120_000, 5);
    return await done;
  };
  return {
    gateway,
    symbol: 'BTCUSDT',
    quantity: '0.01',
    hugeQuantity: '500',
    price: (percent) => (MARKET * (1 + percent / 100)).toFixed(2).replace(/\.?0+$/, ''),
    moveTo: (price) => {
      venue.floor.quote('BTCUSDT', [], []);
      venue.floor.trade('BTCUSDT', Number(price) < MARKET ? -1 : 1, price, '10');
      quote(Number(price));
    },
    http,
    dialer,
    secrets: Object.values(MEXC_KEYS),
    streamEnded: 'Invalid listen key',
    sleep: (ms) => {
      clock.suspend(ms, false);
      dialer.drop();
    },
    ban: (isIt) => {
      isBanned = isIt;
    },
    drifted: (text) => drifted(type, text),
    skewVenue: (ms) => {
      venue.skewMs = ms;
    },
    run,
    until: async (isTrue, what) => {
      if (!(await clock.advanceUntil(isTrue, 30 * MINUTE_MS, 5))) throw new Error(`waited half an hour for ${what}`);
    },
    pass: (ms) => clock.advance(ms),
    dispose: async () => {
      await run(gateway.close());
      access.close();
      venue.streams.close();
    },
  };
}

/** An order push with a status that MEXC does not have; bytes as text of one character each. */
function drifted(type: Awaited<ReturnType<typeof loadPushType>>, text: string): string {
  if (!text.includes('private.orders') || text.startsWith('{')) return text;
  const push = type.toObject(type.decode(Buffer.from(text, 'latin1'))) as { privateOrders?: { status: number } };
  if (push.privateOrders === undefined) return text;
  push.privateOrders.status = 77;
  return Buffer.from(type.encode(type.fromObject(push)).finish()).toString('latin1');
}

exchangeGatewayContract('MEXC', MEXC_CAPABILITIES, subject);
exchangeGatewayPairContract('MEXC', MEXC_CAPABILITIES, subject);
exchangeGatewayFaultContract('MEXC', MEXC_CAPABILITIES, subject);

test('MEXC: a machine that slept for longer than a listen key lives -> a new key, not the old one once more', async () => {
  const desk = await subject();
  const sink = new RecordingSink();
  const keys = (): number =>
    desk.http.requests.filter(({ method, url }) => method === 'POST' && url.includes('/userDataStream?')).length;
  try {
    await desk.run(desk.gateway.connect(sink));
    assert.equal(keys(), 1);
    desk.sleep(61 * MINUTE_MS);
    await desk.until(() => sink.resumptions.length > 0, 'resumed');
    assert.equal(keys(), 2);
  } finally {
    await desk.dispose();
  }
});

test('MEXC: a listen key cannot be extended during a ban -> extended later, the stream left alone', async () => {
  const desk = await subject();
  const sink = new RecordingSink();
  const asked = (method: string): number =>
    desk.http.requests.filter((each) => each.method === method && each.url.includes('/userDataStream?')).length;
  try {
    await desk.run(desk.gateway.connect(sink));
    await desk.pass(19.9 * MINUTE_MS);
    desk.ban(true);
    await desk.until(() => asked('PUT') === 1, 'an extension');
    await desk.pass(1_000);
    desk.ban(false);
    await desk.pass(4 * MINUTE_MS);
    assert.deepEqual([asked('PUT'), asked('POST'), sink.resumptions.length], [2, 1, 0]);
  } finally {
    await desk.dispose();
  }
});

test('MEXC: a trade of ours that cannot be read -> an anomaly, and the account is to be asked', async () => {
  const desk = await subject();
  const { gateway, symbol, quantity, dialer } = desk;
  const sink = new RecordingSink();
  try {
    await desk.run(gateway.connect(sink));
    const type = await loadPushType();
    dialer.rewrite = (text) => {
      if (text.startsWith('{') || !text.includes('private.deals')) return text;
      const push = type.toObject(type.decode(Buffer.from(text, 'latin1'))) as { privateDeals?: { tradeType: number } };
      if (push.privateDeals === undefined) return text;
      push.privateDeals.tradeType = 3;
      return Buffer.from(type.encode(type.fromObject(push)).finish()).toString('latin1');
    };
    const order = { clientOrderId: 'odd1', symbol, side: 'buy', type: 'market', tif: 'ioc', quantity } as const;
    assert.equal((await desk.run(gateway.place(order))).outcome, 'accepted');
    await desk.until(() => sink.anomalies.length > 0, 'an anomaly');
    assert.deepEqual([sink.anomalies[0]![0], sink.resumptions.length], ['unknown-enum', 1]);
  } finally {
    await desk.dispose();
  }
});
