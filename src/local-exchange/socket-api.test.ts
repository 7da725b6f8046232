import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { openToyExchange, TOY_START_MS, type ToyExchange, type ToySocket } from '../../test/fixtures/toy-exchange.ts';
import type { IssuedKey } from './accounts.ts';
import { readSocketRequest } from './socket-request.ts';

type Params = Record<string, string | number | boolean>;

/** Signs the way clients do: every parameter, sorted, as `name=value`. */
function signed(key: IssuedKey, params: Params, time = TOY_START_MS): Params {
  const all: Params = { ...params, apiKey: key.apiKey, timestamp: time };
  const text = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join('&');
  const signature =
    key.kind === 'hmac'
      ? createHmac('sha256', key.secret!).update(text).digest('hex')
      : sign(null, Buffer.from(text), createPrivateKey(key.privateKey!)).toString('base64');
  return { ...all, signature };
}

describe('WebSocket API', () => {
  let toy: ToyExchange;
  let ed: IssuedKey;
  const sockets: ToySocket[] = [];
  before(async () => {
    toy = await openToyExchange();
    ed = toy.exchange.openAccount({ name: 'ed', keys: [{ kind: 'ed25519' }] }).keys[0]!;
  });
  after(() => toy.close());
  afterEach(async () => {
    for (const socket of sockets.splice(0)) {
      socket.close();
      await socket.closed;
    }
  });
  const open = async (path = '/ws-api/v3'): Promise<ToySocket> => {
    const socket = await toy.socket(path);
    sockets.push(socket);
    return socket;
  };

  test('public methods -> result and rate limits; ids come back with their type, large ones to the digit', async () => {
    const socket = await open();
    const answer = await socket.ask({ id: 'x1', method: 'time' });
    assert.deepEqual([answer.id, answer.status, answer.result.serverTime], ['x1', 200, TOY_START_MS]);
    const [limit] = answer.rateLimits;
    assert.deepEqual([limit.rateLimitType, limit.interval, limit.limit], ['REQUEST_WEIGHT', 'MINUTE', 6000]);
    assert.ok(limit.count >= 3, 'connecting weighs 2, the call 1');
    assert.equal((await socket.ask({ id: null, method: 'ping' })).id, null);
    socket.send('{"id":9007199254740993,"method":"v3/ping"}');
    assert.match(await socket.nextText(), /^\{"id":9007199254740993,"status":200,"result":\{\}/);
  });

  test('rate limits not wanted -> left out, by request or by URL', async () => {
    const socket = await open();
    assert.equal(
      'rateLimits' in (await socket.ask({ id: 1, method: 'ping', params: { returnRateLimits: false } })),
      false,
    );
    const quiet = await open('/ws-api/v3?returnRateLimits=false');
    assert.equal('rateLimits' in (await quiet.ask({ id: 1, method: 'ping' })), false);
    assert.equal(
      'rateLimits' in (await quiet.ask({ id: 1, method: 'ping', params: { returnRateLimits: true } })),
      true,
    );
  });

  test('what cannot be read -> status 400 with a code, connection stays', async () => {
    const socket = await open();
    const cases: readonly (readonly [unknown, number])[] = [
      ['{', -1135],
      [[], -1135],
      [{ id: 1, method: 'ping', params: [] }, -1135],
      [{ id: 1 }, -1102],
      [{ id: {}, method: 'ping' }, -1100],
      [{ id: 1, method: 'order.nothing' }, -1020],
    ];
    for (const [message, code] of cases) {
      const answer = await socket.ask(message);
      assert.deepEqual([answer.status, answer.error.code], [400, code], JSON.stringify(message));
    }
  });

  test('signed order with numbers as clients write them -> placed, order counts listed', async () => {
    const socket = await open();
    const answer = await socket.ask({
      id: 1,
      method: 'order.place',
      params: signed(toy.key, { symbol: 'BTCUSDT', quantity: 0.5, price: '100.00', newOrderRespType: 'FULL' }),
    });
    assert.equal(answer.status, 200, JSON.stringify(answer));
    assert.equal(toy.spot.placed.at(-1)!.price, '100.00');
    assert.deepEqual(
      answer.rateLimits.map((r: { rateLimitType: string }) => r.rateLimitType),
      ['REQUEST_WEIGHT', 'ORDERS', 'ORDERS'],
    );
    const spoilt = signed(toy.key, { symbol: 'BTCUSDT', quantity: 0.5 });
    const refused = await socket.ask({ id: 2, method: 'order.place', params: { ...spoilt, quantity: 0.6 } });
    assert.deepEqual([refused.status, refused.error.code], [400, -1022]);
  });

  test("Binance's published vectors -> the text that is signed, numbers as they were printed", () => {
    const request = readSocketRequest(
      '{"id":1,"method":"order.place","params":{"symbol":"１２３４５６","side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"1.00000000","price":"0.10000000","recvWindow":5000,"timestamp":1645423376532,"apiKey":"K","signature":"S"}}',
    );
    assert.ok('signedText' in request);
    assert.equal(
      request.signedText,
      'apiKey=K&price=0.10000000&quantity=1.00000000&recvWindow=5000&side=BUY&symbol=１２３４５６&timeInForce=GTC&timestamp=1645423376532&type=LIMIT',
    );
    const numbers = readSocketRequest(
      '{"id":1,"method":"m","params":{"b":1.50,"a":1e-7,"c":true,"d":["x",1],"e":null}}',
    );
    assert.ok('signedText' in numbers);
    assert.equal(numbers.signedText, 'a=1e-7&b=1.50&c=true&d=["x",1]&e=null');
    assert.deepEqual(
      [...numbers.params],
      [
        ['b', '1.50'],
        ['a', '1e-7'],
        ['c', 'true'],
        ['d', '["x",1]'],
      ],
    );
  });

  test('session: Ed25519 logs on -> later calls need no key or signature, but a timestamp; logs out -> they do', async () => {
    const socket = await open();
    const status = (await socket.ask({ id: 0, method: 'session.status' })).result;
    assert.deepEqual([status.apiKey, status.authorizedSince, status.connectedSince], [null, null, TOY_START_MS]);
    const logon = await socket.ask({ id: 1, method: 'session.logon', params: signed(ed, {}) });
    assert.deepEqual([logon.status, logon.result.apiKey], [200, ed.apiKey], JSON.stringify(logon));
    const order = { symbol: 'BTCUSDT', timestamp: TOY_START_MS };
    assert.equal((await socket.ask({ id: 2, method: 'order.place', params: order })).status, 200);
    assert.equal(toy.spot.placed.at(-1)!.account.name, 'ed');
    assert.equal((await socket.ask({ id: 3, method: 'order.place', params: { symbol: 'BTCUSDT' } })).error.code, -1102);
    const other = await socket.ask({ id: 4, method: 'account.status', params: signed(toy.key, {}) });
    assert.equal(other.result.uid, 354_000_001, 'a key given with the request goes before the session');
    assert.equal((await socket.ask({ id: 5, method: 'session.logout' })).result.apiKey, null);
    assert.deepEqual((await socket.ask({ id: 6, method: 'order.place', params: order })).status, 401);
  });

  test('65,535 subscriptions on one connection, one after the other -> the next one is refused with -2042', async () => {
    const roomy = await openToyExchange({ limits: 'none' });
    const [key] = roomy.exchange.openAccount({ name: 'ed', keys: [{ kind: 'ed25519' }] }).keys;
    const socket = await roomy.socket('/ws-api/v3?returnRateLimits=false');
    await socket.ask({ id: 0, method: 'session.logon', params: signed(key!, {}) });
    for (let i = 0; i < 65_535; i++) {
      socket.send('{"id":1,"method":"userDataStream.subscribe"}');
      socket.send('{"id":2,"method":"userDataStream.unsubscribe"}');
    }
    socket.send('{"id":3,"method":"userDataStream.subscribe"}');
    const refused: string[] = [];
    for (let text = ''; !text.startsWith('{"id":3'); ) {
      text = await socket.nextText();
      if (text.includes('"error"')) refused.push(text);
    }
    assert.equal(refused.length, 1);
    assert.match(refused[0]!, /^\{"id":3,"status":400,"error":\{"code":-2042/);
    await roomy.close();
  });

  test('session with an HMAC key -> refused', async () => {
    const socket = await open();
    assert.equal((await socket.ask({ id: 1, method: 'session.logon', params: signed(toy.key, {}) })).error.code, -4056);
  });

  test('user data by signature -> events with the id of the subscription; once an account; ended with an event', async () => {
    const socket = await open();
    const subscribe = { id: 1, method: 'userDataStream.subscribe.signature', params: signed(toy.key, {}) };
    assert.deepEqual((await socket.ask(subscribe)).result, { subscriptionId: 0 });
    assert.equal((await socket.ask(subscribe)).error.code, -2035);
    const second = await socket.ask({ ...subscribe, params: signed(ed, {}) });
    assert.deepEqual(second.result, { subscriptionId: 1 });
    assert.deepEqual((await socket.ask({ id: 2, method: 'session.subscriptions' })).result, [
      { subscriptionId: 0 },
      { subscriptionId: 1 },
    ]);
    await toy.signed('POST /api/v3/order', 'symbol=BTCUSDT');
    const event = await socket.next();
    assert.deepEqual([event.subscriptionId, event.event.e], [0, 'executionReport']);
    await toy.signed('POST /fapi/v1/order', 'symbol=BTCUSDT');
    assert.equal(
      (await socket.ask({ id: 3, method: 'userDataStream.unsubscribe', params: { subscriptionId: 7 } })).error.code,
      -2036,
    );
    socket.send({ id: 4, method: 'userDataStream.unsubscribe' });
    const said = [await socket.next(), await socket.next(), await socket.next()];
    assert.deepEqual(
      said.slice(0, 2).map((m) => [m.subscriptionId, m.event.e]),
      [
        [0, 'eventStreamTerminated'],
        [1, 'eventStreamTerminated'],
      ],
    );
    assert.deepEqual(said[2].result, {});
  });

  test('user data of a session -> ends with it; without one refused', async () => {
    const socket = await open();
    assert.equal((await socket.ask({ id: 1, method: 'userDataStream.subscribe' })).status, 401);
    await socket.ask({ id: 2, method: 'session.logon', params: signed(ed, {}) });
    assert.deepEqual((await socket.ask({ id: 3, method: 'userDataStream.subscribe' })).result, { subscriptionId: 0 });
    assert.equal((await socket.ask({ id: 4, method: 'session.status' })).result.userDataStream, true);
    socket.send({ id: 5, method: 'session.logout' });
    assert.equal((await socket.next()).event.e, 'eventStreamTerminated');
    assert.equal((await socket.next()).result.userDataStream, false);
  });

  test('key revoked -> its session is told with status 401 and over', async () => {
    const [key] = toy.exchange.openAccount({ name: 'dead', keys: [{ kind: 'ed25519' }] }).keys;
    const socket = await open();
    await socket.ask({ id: 1, method: 'session.logon', params: signed(key!, {}) });
    await socket.ask({ id: 1, method: 'userDataStream.subscribe' });
    toy.exchange.revokeKey(key!.apiKey);
    assert.equal((await socket.next()).event.e, 'eventStreamTerminated');
    const told = await socket.next();
    assert.deepEqual([told.id, told.status, told.error.code], [null, 401, -2015]);
    const params = { symbol: 'BTCUSDT', timestamp: TOY_START_MS };
    assert.equal((await socket.ask({ id: 2, method: 'order.place', params })).status, 401);
  });

  test('microseconds in the URL -> times in results and events', async () => {
    const socket = await open('/ws-api/v3?timeUnit=MICROSECOND');
    assert.equal((await socket.ask({ id: 1, method: 'time' })).result.serverTime, TOY_START_MS * 1000);
  });

  test('futures -> own path and methods; listen keys by key alone, no subscriptions', async () => {
    const socket = await open('/ws-fapi/v1');
    const start = { id: 1, method: 'userDataStream.start', params: { apiKey: toy.key.apiKey } };
    const { listenKey } = (await socket.ask(start)).result;
    assert.match(listenKey, /^[A-Za-z0-9]{60}$/);
    assert.deepEqual((await socket.ask({ ...start, method: 'userDataStream.ping' })).result, { listenKey });
    assert.deepEqual((await socket.ask({ ...start, method: 'userDataStream.stop' })).result, {});
    assert.equal((await socket.ask({ id: 2, method: 'userDataStream.subscribe' })).error.code, -1020);
    const placed = await socket.ask({ id: 3, method: 'order.place', params: signed(toy.key, { symbol: 'BTCUSDT' }) });
    assert.equal(placed.status, 200);
    assert.equal(toy.usdm.placed.at(-1)!.account.name, 'trader');
  });

  test('too many orders -> status 429 with the time to come back', async () => {
    const limited = await openToyExchange({
      limits: [{ type: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 1 }],
    });
    try {
      const socket = await limited.socket('/ws-api/v3');
      const place = { id: 1, method: 'order.place', params: signed(limited.key, { symbol: 'BTCUSDT' }) };
      assert.equal((await socket.ask(place)).status, 200);
      const over = await socket.ask(place);
      assert.deepEqual([over.status, over.error.code], [429, -1015]);
      assert.deepEqual(over.error.data, { serverTime: TOY_START_MS, retryAfter: TOY_START_MS + 10_000 });
    } finally {
      await limited.close();
    }
  });
});

describe('listen keys', () => {
  let toy: ToyExchange;
  before(async () => {
    toy = await openToyExchange({ oldSpotListenKeys: true, limits: 'none' });
  });
  after(() => toy.close());
  const start = async (path: string): Promise<string> =>
    (await toy.send(`POST ${path}`, { headers: { 'X-MBX-APIKEY': toy.key.apiKey } })).body.listenKey;
  const place = (path: string): Promise<unknown> => toy.signed(`POST ${path}`, 'symbol=BTCUSDT');

  test('futures: every way to connect -> bare or wrapped events, filtered where asked', async () => {
    const key = await start('/fapi/v1/listenKey');
    const bare = [`/private/ws/${key}`, `/private/ws?listenKey=${key}`, `/ws/${key}`, `/usdm/ws/${key}`];
    const opened = await Promise.all([
      ...bare.map((path) => toy.socket(path)),
      toy.socket(`/private/stream?listenKey=${key}`),
      toy.socket(`/private/stream?streams=${key}`),
      toy.socket(`/private/ws?listenKey=${key}&events=ACCOUNT_UPDATE`),
    ]);
    const subscribed = await toy.socket('/private/ws/0');
    await subscribed.ask({ method: 'SUBSCRIBE', params: [key], id: 1 });
    await Promise.all(opened.map((s) => s.settled()));
    await place('/fapi/v1/order');
    for (const [k, socket] of [...opened.slice(0, 4), subscribed].entries())
      assert.equal((await socket.next()).e, 'executionReport', String(k));
    for (const socket of opened.slice(4, 6)) assert.equal((await socket.next()).stream, key);
    await opened[6]!.settled();
    assert.deepEqual(opened[6]!.unread, []);
    for (const socket of [...opened, subscribed]) socket.close();
  });

  test('not renewed for an hour -> event, then silence; renewed -> lives on', async () => {
    const key = await start('/fapi/v1/listenKey');
    const socket = await toy.socket(`/private/ws/${key}`);
    await socket.settled();
    toy.exchange.clock.step(59 * 60_000);
    assert.equal(await start('/fapi/v1/listenKey'), key);
    toy.exchange.clock.step(2 * 60_000);
    await place('/fapi/v1/order');
    assert.equal((await socket.next()).e, 'executionReport');
    toy.exchange.faults.inject({ fault: 'listen-key-expired' });
    const expired = await socket.next();
    assert.deepEqual([expired.e, expired.listenKey], ['listenKeyExpired', key]);
    await place('/fapi/v1/order');
    await socket.settled();
    assert.deepEqual(socket.unread, []);
    assert.notEqual(await start('/fapi/v1/listenKey'), key);
    socket.close();
  });

  test('an hour passes on the clock -> the key is gone', async () => {
    const key = await start('/fapi/v1/listenKey');
    toy.exchange.clock.step(3_600_000);
    const answer = await toy.send(`PUT /fapi/v1/listenKey?listenKey=${key}`, {
      headers: { 'X-MBX-APIKEY': toy.key.apiKey },
    });
    assert.equal(answer.body.code, -1125);
  });

  test('spot, for older clients -> served where chosen, bare events of spot only', async () => {
    const key = await start('/api/v3/userDataStream');
    const socket = await toy.socket(`/ws/${key}`);
    await socket.settled();
    await place('/fapi/v1/order');
    await place('/api/v3/order');
    assert.equal((await socket.next()).i, toy.spot.placed.length);
    await socket.settled();
    assert.deepEqual(socket.unread, []);
    socket.close();
  });
});
