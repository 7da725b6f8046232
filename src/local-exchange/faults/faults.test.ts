import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openToyExchange, TOY_START_MS, type ToyExchange } from '../../../test/fixtures/toy-exchange.ts';
import { ExchangeClock } from '../clock.ts';
import type { LocalExchangeOptions } from '../open.ts';
import { FaultDesk } from './fault-desk.ts';
import { FAULT_PROFILES, faultProfile } from './profiles.ts';
import { FAULTS, type FaultName, type FaultSetting } from './table.ts';

async function within(options: Partial<LocalExchangeOptions>, run: (toy: ToyExchange) => Promise<void>): Promise<void> {
  const toy = await openToyExchange(options);
  try {
    await run(toy);
  } finally {
    await toy.close();
  }
}

const order = (toy: ToyExchange, parameters = 'symbol=BTCUSDT'): ReturnType<ToyExchange['signed']> =>
  toy.signed('POST /api/v3/order', parameters);

/** One proof a fault: that it does what its row in the table says, and is over afterwards. */
const PROOFS: Readonly<Record<FaultName, (toy: ToyExchange) => Promise<void>>> = {
  async 'acknowledgement-lost'(toy) {
    toy.exchange.faults.inject({ fault: 'acknowledgement-lost', only: { path: '/api/v3/order', method: 'POST' } });
    assert.equal((await toy.send('GET /api/v3/time')).status, 200, 'another path is not hit');
    await assert.rejects(order(toy), /fetch failed/);
    assert.equal(toy.spot.placed.length, 1, 'the order is there');
    assert.equal((await order(toy)).status, 200);
    const socket = await toy.socket('/ws-api/v3');
    toy.exchange.faults.inject({ fault: 'acknowledgement-lost', only: { path: 'ping' } });
    socket.send({ id: 1, method: 'ping' });
    assert.equal((await socket.ask({ id: 2, method: 'ping' })).id, 2);
  },
  async 'reply-late'(toy) {
    toy.exchange.faults.inject({ fault: 'reply-late', delayMs: 30 });
    const late = order(toy);
    for (let k = 0; k < 1000 && toy.spot.placed.length === 0; k++) await new Promise((r) => setImmediate(r));
    assert.equal(toy.spot.placed.length, 1, 'carried out before the answer');
    assert.equal((await late).status, 200);
  },
  async 'error-before-acceptance'(toy) {
    toy.exchange.faults.inject({ fault: 'error-before-acceptance' });
    const { status, body } = await order(toy);
    assert.deepEqual([status, body.code, toy.spot.placed.length], [503, -1008, 0]);
    assert.equal((await order(toy)).status, 200);
  },
  async 'error-after-acceptance'(toy) {
    toy.exchange.faults.inject({ fault: 'error-after-acceptance' });
    const { status, body } = await order(toy);
    assert.deepEqual([status, body.code, toy.spot.placed.length], [503, -1007, 1]);
    toy.exchange.faults.inject({ fault: 'error-after-acceptance' });
    const futures = await toy.signed('POST /fapi/v1/order', 'symbol=BTCUSDT');
    assert.deepEqual([futures.status, futures.body.code, toy.usdm.placed.length], [503, -1000, 1]);
  },
  async 'too-many-requests'(toy) {
    toy.exchange.faults.inject({ fault: 'too-many-requests' });
    const { status, body, headers } = await order(toy);
    assert.deepEqual([status, body.code, headers.get('retry-after'), toy.spot.placed.length], [429, -1003, '1', 0]);
    assert.equal((await order(toy)).status, 200);
  },
  async 'address-banned'(toy) {
    toy.exchange.faults.inject({ fault: 'address-banned' });
    const { status, headers } = await order(toy);
    assert.deepEqual([status, headers.get('retry-after')], [418, '120']);
    assert.equal((await order(toy)).status, 418, 'a ban lasts');
    toy.exchange.clock.step(120_000);
    assert.equal((await order(toy)).status, 200);
  },
  async 'snapshot-crossed'(toy) {
    toy.exchange.faults.inject({ fault: 'snapshot-crossed' });
    const { bids, asks } = (await toy.send('GET /api/v3/depth?symbol=BTCUSDT')).body;
    assert.ok(Number(bids[0][0]) > Number(asks[0][0]));
    const good = (await toy.send('GET /api/v3/depth?symbol=BTCUSDT')).body;
    assert.ok(Number(good.bids[0][0]) < Number(good.asks[0][0]));
  },
  async 'user-event-duplicated'(toy) {
    const socket = await listening(toy);
    toy.exchange.faults.inject({ fault: 'user-event-duplicated' });
    await futuresOrder(toy);
    await futuresOrder(toy);
    assert.deepEqual([(await socket.next()).i, (await socket.next()).i, (await socket.next()).i], [1, 1, 2]);
  },
  async 'user-events-reordered'(toy) {
    const socket = await listening(toy);
    toy.exchange.faults.inject({ fault: 'user-events-reordered' }, 2);
    await futuresOrder(toy);
    await futuresOrder(toy);
    assert.deepEqual([(await socket.next()).i, (await socket.next()).i], [2, 1]);
    await futuresOrder(toy);
    await socket.settled();
    assert.deepEqual(socket.unread, [], 'held back');
    toy.exchange.clock.step(250);
    assert.equal((await socket.next()).i, 3, 'nothing came after it: sent when its time was up');
  },
  async 'user-event-lost'(toy) {
    const socket = await listening(toy);
    toy.exchange.faults.inject({ fault: 'user-event-lost', only: { event: 'executionReport' } });
    await futuresOrder(toy);
    await futuresOrder(toy);
    assert.equal((await socket.next()).i, 2);
  },
  async 'depth-gap'(toy) {
    const socket = await toy.socket('/ws/btcusdt@depth');
    await socket.settled();
    toy.spot.publishDepth();
    toy.exchange.faults.inject({ fault: 'depth-gap', only: { symbol: 'BTCUSDT' } });
    toy.spot.publishDepth();
    toy.spot.publishDepth();
    assert.deepEqual([(await socket.next()).u, (await socket.next()).u], [1, 3]);
  },
  async 'streams-stalled'(toy) {
    const socket = await toy.socket('/ws/btcusdt@depth');
    await socket.settled();
    toy.exchange.faults.inject({ fault: 'streams-stalled', forMs: 30_000 });
    toy.spot.publishDepth();
    toy.exchange.clock.step(20_000);
    await socket.settled();
    assert.deepEqual([socket.unread.length, socket.pings.length], [0, 1], 'pinged, but told nothing');
    toy.exchange.clock.step(10_000);
    toy.spot.publishDepth();
    assert.equal((await socket.next()).u, 2);
  },
  async 'connections-dropped'(toy) {
    const sockets = await Promise.all(['/ws', '/market/ws', '/ws-api/v3'].map((path) => toy.socket(path)));
    toy.exchange.faults.inject({ fault: 'connections-dropped', forMs: 5_000 });
    assert.deepEqual(await Promise.all(sockets.map((s) => s.closed)), [1006, 1006, 1006]);
    await assert.rejects(toy.socket('/ws'), /503/);
    toy.exchange.clock.step(5_000);
    (await toy.socket('/ws')).close();
  },
  async 'listen-key-expired'(toy) {
    const socket = await listening(toy);
    toy.exchange.faults.inject({ fault: 'listen-key-expired' });
    assert.equal((await socket.next()).e, 'listenKeyExpired');
  },
  async 'clock-skewed'(toy) {
    toy.exchange.faults.inject({ fault: 'clock-skewed', byMs: 7_000, forMs: 1_000 });
    assert.equal((await toy.send('GET /api/v3/time')).body.serverTime, TOY_START_MS + 7_000);
    assert.equal((await order(toy)).body.code, -1021);
    toy.exchange.clock.step(1_000);
    assert.equal((await toy.send('GET /api/v3/time')).body.serverTime, TOY_START_MS + 1_000);
    assert.equal((await order(toy)).status, 200);
  },
  async 'filters-changed'(toy) {
    toy.exchange.faults.inject({ fault: 'filters-changed', only: { symbol: 'BTCUSDT' }, forMs: 1_000 });
    const { symbols } = (await toy.send('GET /api/v3/exchangeInfo')).body;
    const ticks = symbols.map((s: { filters: { tickSize: string }[] }) => s.filters[0]!.tickSize);
    assert.deepEqual(ticks, ['0.5', '0.05']);
    assert.equal((await order(toy, 'symbol=BTCUSDT&price=100.05')).body.msg, 'Filter failure: PRICE_FILTER');
    assert.equal((await order(toy, 'symbol=BTCUSDT&price=100.5&quantity=0.001')).body.msg, 'Filter failure: LOT_SIZE');
    assert.equal((await order(toy, 'symbol=BTCUSDT&price=100.5&quantity=0.01')).status, 200);
    assert.equal((await order(toy, 'symbol=ETHUSDT&price=100.05')).status, 200);
    const futures = await toy.signed('POST /fapi/v1/order', 'symbol=BTCUSDT&price=100.05');
    assert.equal(futures.body.code, -4014);
    toy.exchange.clock.step(1_000);
    assert.equal((await order(toy, 'symbol=BTCUSDT&price=100.05')).status, 200);
  },
  async maintenance(toy) {
    toy.exchange.faults.inject({ fault: 'maintenance', forMs: 60_000, only: { product: 'spot' } });
    assert.deepEqual([(await order(toy)).status, (await toy.send('GET /api/v3/time')).status], [503, 503]);
    await assert.rejects(toy.socket('/ws'), /503/);
    assert.equal((await toy.send('GET /fapi/v1/time')).status, 200);
    toy.exchange.clock.step(60_000);
    assert.equal((await order(toy)).status, 200);
  },
  async 'market-closed'(toy) {
    toy.exchange.faults.inject({ fault: 'market-closed' });
    assert.deepEqual((await order(toy)).body, { code: -2010, msg: 'Market is closed.' });
    assert.equal((await toy.send('GET /api/v3/exchangeInfo')).body.symbols[0].status, 'BREAK');
    assert.equal((await toy.send('GET /api/v3/depth?symbol=BTCUSDT')).status, 200);
    toy.exchange.faults.clear('market-closed');
    assert.equal((await order(toy)).status, 200);
  },
};

async function listening(toy: ToyExchange): ReturnType<ToyExchange['socket']> {
  const { listenKey } = (await toy.send('POST /fapi/v1/listenKey', { headers: { 'X-MBX-APIKEY': toy.key.apiKey } }))
    .body;
  const socket = await toy.socket(`/private/ws/${listenKey}`);
  await socket.settled();
  return socket;
}

async function futuresOrder(toy: ToyExchange): Promise<void> {
  assert.equal((await toy.signed('POST /fapi/v1/order', 'symbol=BTCUSDT')).status, 200);
}

describe('faults', () => {
  for (const { name } of FAULTS)
    test(`${name}: injected -> does what the table says, and no more`, () =>
      within({}, async (toy) => {
        await PROOFS[name](toy);
        assert.ok(toy.exchange.faults.strikes.some((s) => s.fault === name));
      }));

  test('a mixture from a seed -> the same strikes each time, others from another seed', () => {
    const run = (seed: number, settings: readonly FaultSetting[]): string[] => {
      const clock = new ExchangeClock({ speed: 0, startMs: 0 });
      const desk = new FaultDesk(clock, settings, seed);
      for (let k = 0; k < 400; k++) {
        clock.step(60_000);
        desk.decide('user-event-lost', { product: 'spot' });
        desk.decide('user-event-duplicated', { product: 'spot' });
      }
      return desk.strikes.map((s) => `${s.fault}@${s.atMs}`);
    };
    const all = faultProfile('everything');
    assert.deepEqual(run(7, all), run(7, all));
    assert.notDeepEqual(run(7, all), run(8, all));
    const lost = { fault: 'user-event-lost', chance: 0.02 } as const;
    const only = (strikes: string[]): string[] => strikes.filter((s) => s.startsWith('user-event-lost'));
    assert.ok(run(7, [lost]).length > 0);
    assert.deepEqual(only(run(7, all)), run(7, [lost]), 'adding faults does not move the others');
  });

  test('how often: a chance of one in five -> about a fifth of the occasions', () => {
    const desk = new FaultDesk(new ExchangeClock({ speed: 0, startMs: 0 }), [{ fault: 'depth-gap', chance: 0.2 }], 3);
    let struck = 0;
    for (let k = 0; k < 10_000; k++) if (desk.decide('depth-gap', {})) struck++;
    // Five standard deviations of a binomial: sqrt(10,000 × 0.2 × 0.8) = 40.
    assert.ok(Math.abs(struck - 2_000) < 200, String(struck));
  });

  test('faults of time with a mean pause -> come again and again', () => {
    const clock = new ExchangeClock({ speed: 0, startMs: 0 });
    const desk = new FaultDesk(clock, [{ fault: 'maintenance', everyMs: 1_000, forMs: 10 }], 1);
    clock.step(100_000);
    const count = desk.strikes.length;
    assert.ok(count >= 70 && count <= 190, String(count));
  });

  test('profiles -> every setting is one that the desk takes', () => {
    for (const name of Object.keys(FAULT_PROFILES)) {
      const clock = new ExchangeClock({ speed: 0, startMs: 0 });
      assert.doesNotThrow(() => new FaultDesk(clock, faultProfile(name), 1), name);
    }
    assert.throws(() => faultProfile('toString'), /unsure-orders/);
  });

  test('settings that make no sense -> refused with a sentence', () => {
    const desk = new FaultDesk(new ExchangeClock({ speed: 0, startMs: 0 }), [], 1);
    assert.throws(() => desk.inject({ fault: 'earthquake' as FaultName }), /there are acknowledgement-lost/);
    assert.throws(() => desk.inject({ fault: 'depth-gap', chance: 2 }), /0 to 1/);
    assert.throws(() => desk.inject({ fault: 'maintenance', chance: 0.5 }), /everyMs, not chance/);
    assert.throws(() => desk.inject({ fault: 'depth-gap', everyMs: 5 }), /chance, not everyMs/);
  });
});
