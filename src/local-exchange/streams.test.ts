import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openToyExchange, TOY_START_MS, type ToyExchange, ToySocket } from '../../test/fixtures/toy-exchange.ts';
import { readSocketTarget, routeCarries } from './socket-paths.ts';

const TRADE = 'btcusdt@trade';

describe('market streams', () => {
  let toy: ToyExchange;
  const sockets: ToySocket[] = [];
  before(async () => {
    toy = await openToyExchange();
  });
  after(() => toy.close());
  afterEach(async () => {
    for (const socket of sockets.splice(0)) {
      socket.close();
      await socket.closed;
    }
  });
  const open = async (path: string): Promise<ToySocket> => {
    const socket = await toy.socket(path);
    sockets.push(socket);
    await socket.settled();
    return socket;
  };
  const trade = (symbol = 'BTCUSDT', price = 100): void => toy.exchange.market.trade(symbol, 'buy', price, 1);

  test('raw and combined URLs -> bare and wrapped payloads', async () => {
    const raw = await open(`/ws/${TRADE}`);
    const several = await open(`/ws/${TRADE}/ethusdt@trade`);
    const combined = await open(`/stream?streams=${TRADE}/ethusdt@trade`);
    trade();
    trade('ETHUSDT', 10);
    assert.equal((await raw.next()).s, 'BTCUSDT');
    assert.deepEqual([(await several.next()).s, (await several.next()).s], ['BTCUSDT', 'ETHUSDT']);
    const first = await combined.next();
    assert.deepEqual([first.stream, first.data.p], [TRADE, '100']);
    assert.equal((await combined.next()).stream, 'ethusdt@trade');
    assert.deepEqual(raw.unread, []);
  });

  test('an index as ccxt appends it, or nothing -> an empty socket to subscribe on', async () => {
    for (const path of ['/ws/0', '/ws', '/ws/', '/stream?streams=', '/stream']) {
      const socket = await open(path);
      assert.deepEqual(await socket.ask({ method: 'LIST_SUBSCRIPTIONS', id: 3 }), { result: [], id: 3 }, path);
      assert.deepEqual(await socket.ask({ method: 'SUBSCRIBE', params: [TRADE], id: 'a1' }), {
        result: null,
        id: 'a1',
      });
      trade();
      const message = await socket.next();
      assert.equal(path.startsWith('/stream') ? message.data.e : message.e, 'trade');
    }
  });

  test('control frames -> subscribe, list, unsubscribe, properties; ids come back as they were', async () => {
    const socket = await open('/ws');
    assert.deepEqual(await socket.ask({ method: 'SUBSCRIBE', params: [TRADE, 'btcusdt@depth'], id: 1 }), {
      result: null,
      id: 1,
    });
    assert.deepEqual(await socket.ask({ method: 'UNSUBSCRIBE', params: ['btcusdt@depth'], id: null }), {
      result: null,
      id: null,
    });
    assert.deepEqual(await socket.ask({ method: 'LIST_SUBSCRIPTIONS', id: 3 }), { result: [TRADE], id: 3 });
    assert.deepEqual(await socket.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 4 }), {
      result: false,
      id: 4,
    });
    assert.deepEqual(await socket.ask({ method: 'SET_PROPERTY', params: ['combined', true], id: 5 }), {
      result: null,
      id: 5,
    });
    trade();
    assert.equal((await socket.next()).stream, TRADE);
    toy.spot.publishDepth();
    await socket.settled();
    assert.deepEqual(socket.unread, []);
  });

  test('bad control frames -> code and text, connection stays', async () => {
    const socket = await open('/ws');
    const cases: readonly (readonly [unknown, number])[] = [
      ['{"method"', 3],
      [{ params: [], id: 1 }, 2],
      [{ method: 'LOGIN', id: 1 }, 2],
      [{ method: 'SUBSCRIBE', params: [1], id: 1 }, 2],
      [{ method: 'SUBSCRIBE', params: [TRADE], id: 1.5 }, 2],
      [{ method: 'SUBSCRIBE', params: [TRADE], id: {} }, 2],
      [{ method: 'GET_PROPERTY', params: [1], id: 1 }, 2],
      [{ method: 'GET_PROPERTY', params: ['combined', true], id: 1 }, 2],
      [{ method: 'GET_PROPERTY', params: ['speed'], id: 1 }, 0],
      [{ method: 'SET_PROPERTY', params: ['combined', 'yes'], id: 1 }, 1],
      [[], 2],
    ];
    for (const [message, code] of cases) assert.equal((await socket.ask(message)).code, code, JSON.stringify(message));
    assert.match((await socket.ask({ method: 'LOGIN', id: 9 })).msg, /SUBSCRIBE.*GET_PROPERTY/);
  });

  test('unknown streams -> acknowledged, listed, silent', async () => {
    const socket = await open('/ws');
    assert.equal((await socket.ask({ method: 'SUBSCRIBE', params: ['nope@trade'], id: 1 })).result, null);
    assert.deepEqual((await socket.ask({ method: 'LIST_SUBSCRIPTIONS', id: 2 })).result, ['nope@trade']);
  });

  test('first listener comes, last one leaves -> the product is told once each', async () => {
    toy.spot.opened.length = 0;
    const a = await open(`/ws/btcusdt@kline_1m`);
    const b = await open(`/stream?streams=btcusdt@kline_1m`);
    await b.ask({ method: 'SUBSCRIBE', params: [TRADE], id: 1 });
    assert.deepEqual(toy.spot.opened, ['+btcusdt@kline_1m', '+btcusdt@trade']);
    a.close();
    await a.closed;
    b.close();
    await b.closed;
    for (let k = 0; k < 100 && toy.spot.opened.length < 4; k++) await new Promise((r) => setImmediate(r));
    assert.deepEqual(toy.spot.opened.slice(2).sort(), ['-btcusdt@kline_1m', '-btcusdt@trade']);
  });

  test('microseconds in the URL -> times of events; another unit -> refused', async () => {
    const socket = await open(`/ws/${TRADE}?timeUnit=MICROSECOND`);
    trade();
    const event = await socket.next();
    assert.equal(event.E, toy.exchange.clock.nowMs() * 1000);
    assert.ok(event.t < 1000, 'an id is no time');
    await assert.rejects(toy.socket(`/ws/${TRADE}?timeUnit=DAY`), /400/);
  });

  test('futures -> their routes carry their own group only', async () => {
    const publicRoute = await open(`/public/stream?streams=${TRADE}/btcusdt@kline_1m/btcusdt@bookTicker`);
    const market = await open('/market/ws/0');
    await market.ask({ method: 'SUBSCRIBE', params: [TRADE, 'btcusdt@aggTrade'], id: 1 });
    trade();
    toy.usdm.around.publish('btcusdt@aggTrade', { e: 'aggTrade', n: 1 });
    toy.usdm.around.publish('btcusdt@kline_1m', { e: 'kline', n: 1 });
    assert.equal((await publicRoute.next()).stream, TRADE);
    assert.equal((await market.next()).e, 'aggTrade');
    await publicRoute.settled();
    assert.deepEqual([publicRoute.unread, market.unread], [[], []]);
    const unrouted = await open(`/usdm/ws/${TRADE}/btcusdt@aggTrade`);
    trade();
    toy.usdm.around.publish('btcusdt@aggTrade', { e: 'aggTrade', n: 2 });
    assert.equal((await unrouted.next()).e, 'trade');
    await unrouted.settled();
    assert.deepEqual(unrouted.unread, []);
  });

  test('spot and futures -> a stream of the same name does not cross over', async () => {
    const spot = await open(`/spot/ws/${TRADE}`);
    toy.exchange.market.trade('BTCUSDT', 'sell', 90, 1, 'usdm');
    toy.exchange.market.trade('BTCUSDT', 'sell', 91, 1, 'spot');
    assert.equal((await spot.next()).p, '91');
  });

  test('many messages in one turn, large and small -> all, whole, in order, before a later answer', async () => {
    const socket = await open(`/ws/${TRADE}`);
    const sizes = [0, 1, 100, 125, 126, 127, 65_535, 65_536, 70_000, 3];
    for (const [n, size] of sizes.entries()) toy.spot.around.publish(TRADE, { n, text: 'é'.repeat(size) });
    const list = socket.ask({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    const first = await list;
    assert.equal(first.n, 0);
    for (const [n, size] of sizes.entries()) {
      if (n === 0) continue;
      const message = await socket.next();
      assert.deepEqual([message.n, message.text.length], [n, size]);
    }
    assert.deepEqual((await socket.next()).result, [TRADE]);
  });

  test('paths that are nothing -> 404', async () => {
    for (const path of ['/', '/wss', '/ws-api/v2', '/spot/public/ws', '/spot/ws-fapi/v1', '/public/ws-fapi/v1'])
      await assert.rejects(toy.socket(path), /404/, path);
  });

  test('more streams than a connection may carry -> closed with a reason', async () => {
    const socket = await open('/ws');
    const params = Array.from({ length: 1025 }, (_, i) => `s${i}@trade`);
    socket.send({ method: 'SUBSCRIBE', params, id: 1 });
    assert.equal(await socket.closed, 1008);
  });
});

describe('keeping of connections', () => {
  test('spot: pinged every 20 s; answers -> stays; silent for 60 s -> cut', async () => {
    const toy = await openToyExchange();
    try {
      const answering = await toy.socket('/ws');
      const silent = await ToySocket.open(`${toy.exchange.urls.spot!.streams}/ws`, { autoPong: false });
      for (let k = 1; k <= 4; k++) {
        toy.exchange.clock.step(20_000);
        await answering.settled();
      }
      assert.deepEqual(answering.pings.slice(0, 2), [TOY_START_MS + 20_000, TOY_START_MS + 40_000].map(String));
      assert.equal(await silent.closed, 1006);
      assert.equal(toy.exchange.openSockets(), 1);
    } finally {
      await toy.close();
    }
  });

  test('a day old -> told of the shutdown and closed', async () => {
    const toy = await openToyExchange();
    try {
      const raw = await toy.socket('/ws');
      const api = await toy.socket('/ws-api/v3');
      await api.settled();
      const day = TOY_START_MS + 86_400_000;
      toy.exchange.clock.stepTo(day - 1);
      await Promise.all([raw.settled(), api.settled()]);
      toy.exchange.clock.step(1_000);
      assert.deepEqual(await raw.next(), { e: 'serverShutdown', E: day + 999 });
      assert.deepEqual(await api.next(), { event: { e: 'serverShutdown', E: day + 999 } });
      assert.deepEqual(await Promise.all([raw.closed, api.closed]), [1001, 1001]);
    } finally {
      await toy.close();
    }
  });

  test('strict: more than five frames in a second -> closed; otherwise let pass', async () => {
    const strict = await openToyExchange({ strictSockets: true });
    const lenient = await openToyExchange();
    try {
      const [a, b] = [await strict.socket('/ws'), await lenient.socket('/ws')];
      for (let id = 0; id < 6; id++) for (const s of [a, b]) s.send({ method: 'LIST_SUBSCRIPTIONS', id });
      assert.equal(await a.closed, 1008);
      for (let id = 0; id < 6; id++) assert.equal((await b.next()).id, id);
    } finally {
      await Promise.all([strict.close(), lenient.close()]);
    }
  });

  test('exchange closes -> combined sockets are told in their way', async () => {
    const toy = await openToyExchange();
    const socket = await toy.socket('/stream');
    await toy.close();
    assert.deepEqual(await socket.next(), {
      stream: '!serverShutdown',
      data: { e: 'serverShutdown', E: TOY_START_MS },
    });
    await socket.closed;
  });
});

describe('socket paths', () => {
  test('names -> a plus is kept, indices dropped, listen keys with their events', () => {
    const spot = readSocketTarget('/stream?streams=btcusdt@kline_1d@+08:00/%21miniTicker@arr');
    assert.ok(spot?.kind === 'streams');
    assert.deepEqual(spot.names, ['btcusdt@kline_1d@+08:00', '!miniTicker@arr']);
    const keyed = readSocketTarget('/private/stream?listenKey=K1&events=A/B&listenKey=K2&events=C');
    assert.ok(keyed?.kind === 'streams');
    assert.deepEqual(keyed.names, ['K1', 'K2']);
    assert.deepEqual([...keyed.events.get('K1')!, ...keyed.events.get('K2')!], ['A', 'B', 'C']);
    assert.deepEqual(readSocketTarget('/ws-fapi/v1?x=1'), { kind: 'socket-api', product: 'usdm' });
    assert.equal(readSocketTarget('/ws-api/v3/x'), null);
  });

  test('routes -> book and best prices are public, the rest is market', () => {
    for (const name of [
      'btcusdt@depth@100ms',
      'btcusdt@depth5',
      '!bookTicker',
      'btcusdt@bookTicker',
      'btcusdt@trade',
      'btcusdt@rpiDepth@500ms',
    ])
      assert.deepEqual([routeCarries('public', name), routeCarries('market', name)], [true, false], name);
    for (const name of [
      'btcusdt@aggTrade',
      'btcusdt@kline_1m',
      '!markPrice@arr@1s',
      '!ticker@arr',
      'btcusdt@forceOrder',
    ])
      assert.deepEqual([routeCarries('public', name), routeCarries('market', name)], [false, true], name);
  });
});
