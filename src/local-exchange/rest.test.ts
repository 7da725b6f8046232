import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { openToyExchange, TOY_START_MS, type ToyExchange } from '../../test/fixtures/toy-exchange.ts';
import type { IssuedKey } from './accounts.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('REST', () => {
  let toy: ToyExchange;
  before(async () => {
    toy = await openToyExchange({ limits: 'none' });
  });
  after(() => toy.close());

  /** Sends with a raw signed text, so that each piece can be spoilt. */
  const sign256 = (text: string, key: IssuedKey = toy.key): string =>
    createHmac('sha256', key.secret!).update(text).digest('hex');
  const keyed = (): Record<string, string> => ({ 'X-MBX-APIKEY': toy.key.apiKey });

  test('public path, with a key nobody knows -> answered, weight told', async () => {
    const answer = await toy.send('GET /api/v3/time', { headers: { 'X-MBX-APIKEY': 'whatever' } });
    assert.deepEqual([answer.status, answer.body], [200, { serverTime: TOY_START_MS }]);
    assert.match(answer.headers.get('x-mbx-used-weight-1m')!, /^\d+$/);
  });

  test('both products -> each by its paths, and below its name', async () => {
    for (const path of ['/fapi/v1/time', '/usdm/fapi/v1/time', '/spot/api/v3/time'])
      assert.equal((await toy.send(`GET ${path}`)).status, 200, path);
    for (const path of ['/spot/fapi/v1/time', '/usdm/api/v3/time', '/api/v3/', '/', '/api/v3/nothing'])
      assert.equal((await toy.send(`GET ${path}`)).status, 404, path);
    assert.equal((await toy.send('PUT /api/v3/time')).status, 405);
  });

  test('signed in the query -> the account, with its parameters but the signature', async () => {
    const { status, body } = await toy.signed('GET /api/v3/account', 'omitZeroBalances=true');
    assert.equal(status, 200);
    assert.deepEqual(body, {
      uid: 354_000_001,
      parameters: { omitZeroBalances: 'true', timestamp: String(TOY_START_MS) },
    });
  });

  test('signed in the body, in both, with the signature in front -> placed', async () => {
    const time = `timestamp=${TOY_START_MS}`;
    const inBody = `symbol=BTCUSDT&newClientOrderId=b1&${time}`;
    const first = await toy.send('POST /api/v3/order', {
      body: `${inBody}&signature=${sign256(inBody)}`,
      headers: { ...keyed(), ...FORM },
    });
    assert.equal(first.status, 200, first.text);
    const second = await toy.send('POST /api/v3/order?symbol=BTCUSDT&newClientOrderId=b2', {
      body: `signature=${sign256(`symbol=BTCUSDT&newClientOrderId=b2${time}`)}&${time}`,
      headers: { ...keyed(), ...FORM },
    });
    assert.equal(second.status, 200, second.text);
    assert.deepEqual(
      toy.spot.placed.slice(-2).map((o) => o.id),
      ['b1', 'b2'],
    );
  });

  test('DELETE with a form body -> read', async () => {
    const text = `symbol=BTCUSDT&orderId=1&timestamp=${TOY_START_MS}`;
    const { body } = await toy.send('DELETE /api/v3/order', {
      body: `${text}&signature=${sign256(text)}`,
      headers: { ...keyed(), ...FORM },
    });
    assert.equal(body.cancelled.orderId, '1');
  });

  test('POST with an empty body called JSON, signed in the query -> placed', async () => {
    const query = `symbol=BTCUSDT&timestamp=${TOY_START_MS}`;
    const answer = await fetch(`${toy.exchange.urls.spot!.rest}/api/v3/order?${query}&signature=${sign256(query)}`, {
      method: 'POST',
      headers: { ...keyed(), 'content-type': 'application/json' },
    });
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  });

  test('what is wrong with who calls -> code and status of Binance', async () => {
    const query = `timestamp=${TOY_START_MS}`;
    const cases: readonly (readonly [string, Record<string, string>, number, number])[] = [
      [`${query}&signature=${sign256(query)}`, {}, 401, -2014],
      [`${query}&signature=${sign256(query)}`, { 'X-MBX-APIKEY': 'a b' }, 401, -2014],
      [`${query}&signature=${sign256(query)}`, { 'X-MBX-APIKEY': 'unknown' }, 401, -2015],
      [query, keyed(), 400, -1102],
      [`${query}&signature=${'0'.repeat(64)}`, keyed(), 400, -1022],
      [`signature=${sign256('')}`, keyed(), 400, -1102],
      [`timestamp=abc&signature=${sign256('timestamp=abc')}`, keyed(), 400, -1100],
      [`${query}&recvWindow=60001&signature=x`, keyed(), 400, -1131],
      [`${query}&recvWindow=-1&signature=x`, keyed(), 400, -1100],
      [`a=&${query}`, keyed(), 400, -1105],
    ];
    for (const [text, headers, status, code] of cases) {
      const answer = await toy.send(`GET /api/v3/account?${text}`, { headers });
      assert.deepEqual([answer.status, answer.body.code], [status, code], text);
    }
  });

  test('timestamps: the two edges of the window, and microseconds', async () => {
    const at = async (timestamp: number | string, window = ''): Promise<number> => {
      const query = `timestamp=${timestamp}${window}`;
      const answer = await toy.send(`GET /api/v3/account?${query}&signature=${sign256(query)}`, { headers: keyed() });
      return answer.status === 200 ? 0 : answer.body.code;
    };
    assert.equal(await at(TOY_START_MS + 999), 0);
    assert.equal(await at(TOY_START_MS + 1000), -1021);
    assert.equal(await at(TOY_START_MS - 5000), 0);
    assert.equal(await at(TOY_START_MS - 5001), -1021);
    assert.equal(await at(TOY_START_MS - 10_000, '&recvWindow=10000'), 0);
    assert.equal(await at(TOY_START_MS - 2, '&recvWindow=1.5'), -1021);
    assert.equal(await at(TOY_START_MS - 1, '&recvWindow=1.5'), 0);
    assert.equal(await at(`${TOY_START_MS}123`), 0, 'microseconds');
    assert.equal(await at(1_400_000_000_000, '&recvWindow=60000'), -1021);
  });

  test('key only -> no signature asked for; no key -> refused', async () => {
    assert.equal((await toy.send('GET /fapi/v1/historicalTrades', { headers: keyed() })).status, 200);
    assert.equal((await toy.send('GET /fapi/v1/historicalTrades')).body.code, -2014);
  });

  test('a key without the right -> reads, but does not trade there', async () => {
    const [key] = toy.exchange.openAccount({
      name: 'reader',
      keys: [{ permissions: { spot: false } }],
    }).keys;
    assert.equal((await toy.signed('GET /api/v3/account', '', key)).status, 200);
    assert.equal((await toy.signed('POST /api/v3/order', 'symbol=BTCUSDT', key)).body.code, -2015);
    assert.equal((await toy.signed('POST /fapi/v1/order', 'symbol=BTCUSDT', key)).status, 200);
  });

  test('Ed25519 key, Base64 percent-encoded -> accepted', async () => {
    const [key] = toy.exchange.openAccount({ name: 'ed', keys: [{ kind: 'ed25519' }] }).keys;
    const query = `timestamp=${TOY_START_MS}`;
    const signature = sign(null, Buffer.from(query), createPrivateKey(key!.privateKey!)).toString('base64');
    const answer = await toy.send(`GET /api/v3/account?${query}&signature=${encodeURIComponent(signature)}`, {
      headers: { 'X-MBX-APIKEY': key!.apiKey },
    });
    assert.equal(answer.status, 200, answer.text);
  });

  test('microseconds asked for in the header -> times on spot, not on futures; another unit -> -1194', async () => {
    const us = { 'X-MBX-TIME-UNIT': 'microsecond' };
    assert.equal((await toy.send('GET /api/v3/time', { headers: us })).body.serverTime, TOY_START_MS * 1000);
    assert.equal((await toy.send('GET /fapi/v1/time', { headers: us })).body.serverTime, TOY_START_MS);
    const bad = await toy.send('GET /api/v3/time', { headers: { 'X-MBX-TIME-UNIT': 'NANOSECOND' } });
    assert.deepEqual([bad.status, bad.body.code], [400, -1194]);
  });

  test('listen keys: started, renewed, stopped on futures; refused on spot', async () => {
    const headers = keyed();
    const { listenKey } = (await toy.send('POST /fapi/v1/listenKey', { headers })).body;
    assert.match(listenKey, /^[A-Za-z0-9]{60}$/);
    assert.equal((await toy.send('POST /fapi/v1/listenKey', { headers })).body.listenKey, listenKey);
    assert.deepEqual((await toy.send('PUT /fapi/v1/listenKey', { headers })).body, { listenKey });
    assert.equal((await toy.send('PUT /fapi/v1/listenKey?listenKey=other', { headers })).body.code, -1125);
    assert.deepEqual((await toy.send('DELETE /fapi/v1/listenKey', { headers })).body, {});
    assert.equal((await toy.send('PUT /fapi/v1/listenKey', { headers })).body.code, -1125);
    assert.equal((await toy.send('POST /api/v3/userDataStream', { headers })).body.code, -1020);
  });
});

describe('REST limits', () => {
  test('published weight: used up -> 429 with Retry-After, free again in the next minute', async () => {
    const toy = await openToyExchange({
      limits: { spot: [{ type: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 50 }] },
    });
    try {
      assert.equal((await toy.send('GET /api/v3/exchangeInfo')).headers.get('x-mbx-used-weight-1m'), '20');
      const info = (await toy.send('GET /api/v3/exchangeInfo')).body;
      assert.deepEqual(info.rateLimits, [
        { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 50 },
      ]);
      const over = await toy.send('GET /api/v3/exchangeInfo');
      assert.deepEqual([over.status, over.body.code, over.headers.get('retry-after')], [429, -1003, '60']);
      assert.equal((await toy.send('GET /fapi/v1/exchangeInfo')).status, 200, 'products count apart');
      toy.exchange.clock.step(60_000);
      assert.equal((await toy.send('GET /api/v3/exchangeInfo')).status, 200);
    } finally {
      await toy.close();
    }
  });

  test('orders: headers count placements; a fill gives spot back, not futures; a refused order counts on futures only', async () => {
    const toy = await openToyExchange();
    try {
      const { account } = toy.exchange.accounts[0]!;
      const place = async (path: string, symbol = 'BTCUSDT'): Promise<string | null> =>
        (await toy.signed(`POST ${path}`, `symbol=${symbol}`)).headers.get('x-mbx-order-count-10s');
      assert.equal(await place('/api/v3/order'), '1');
      assert.equal(await place('/api/v3/order'), '2');
      assert.equal(await place('/api/v3/order', 'NOPE'), null);
      toy.spot.fill(account, false);
      assert.equal(await place('/api/v3/order'), '2');
      assert.equal(await place('/fapi/v1/order'), '1');
      assert.equal(await place('/fapi/v1/order', 'NOPE'), '2');
      toy.usdm.fill(account, false);
      const counts = (await toy.signed('GET /fapi/v1/rateLimit/order')).body;
      assert.deepEqual(
        counts.map((c: { interval: string; count: number }) => [c.interval, c.count]),
        [
          ['MINUTE', 2],
          ['SECOND', 2],
        ],
      );
    } finally {
      await toy.close();
    }
  });

  test('a successful placement weighs nothing, a refused one its weight', async () => {
    const toy = await openToyExchange();
    try {
      const placed = await toy.signed('POST /api/v3/order', 'symbol=BTCUSDT');
      assert.equal(placed.headers.get('x-mbx-used-weight-1m'), '0');
      const refused = await toy.signed('POST /api/v3/order', 'symbol=NOPE');
      assert.equal(refused.headers.get('x-mbx-used-weight-1m'), '1');
    } finally {
      await toy.close();
    }
  });
});

describe('REST over TLS', () => {
  test('certificate made on the spot -> a client that trusts it is served', async () => {
    const toy = await openToyExchange({ tls: true });
    try {
      assert.match(toy.exchange.urls.usdm!.rest, /^https:/);
      const status = await new Promise((resolve, reject) => {
        const url = `${toy.exchange.urls.spot!.rest.replace('127.0.0.1', 'localhost')}/api/v3/ping`;
        httpsRequest(url, { ca: toy.exchange.certificate!, agent: false, family: 4 }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
      assert.equal(status, 200);
    } finally {
      await toy.close();
    }
  });
});

describe('local exchange', () => {
  test('a defect while serving -> HTTP 500, -1000, and told', async () => {
    const defects: unknown[] = [];
    const toy = await openToyExchange({ onDefect: (error) => defects.push(error) });
    try {
      const { status, body } = await toy.send('GET /api/v3/broken');
      assert.deepEqual([status, body.code], [500, -1000]);
      assert.match(String(defects[0]), /a defect/);
    } finally {
      await toy.close();
    }
  });

  test('accounts with balances -> paid in on each product', async () => {
    const toy = await openToyExchange({
      accounts: [{ name: 'alice', balances: { spot: { USDT: '5', BTC: '1' }, usdm: { USDT: '7' } } }],
    });
    try {
      assert.deepEqual(toy.spot.deposits, ['alice USDT 5', 'alice BTC 1']);
      assert.deepEqual(toy.usdm.deposits, ['alice USDT 7']);
      assert.deepEqual(
        toy.spot.around.accounts.map((a) => a.name),
        ['house', 'alice'],
      );
    } finally {
      await toy.close();
    }
  });

  test('what is served -> routes and methods of both, the server’s own, what is refused and why', async () => {
    const toy = await openToyExchange();
    try {
      const rows = toy.exchange.served();
      const find = (name: string, served: boolean): boolean => rows.some((r) => r.name === name && r.served === served);
      for (const name of ['GET /api/v3/time', 'POST /fapi/v1/listenKey', 'session.logon', 'order.place', 'SUBSCRIBE'])
        assert.ok(find(name, true), name);
      for (const name of ['GET /api/v3/sor', 'POST /api/v3/userDataStream']) assert.ok(find(name, false), name);
      assert.deepEqual(
        rows.filter((r) => !r.served && !r.reason),
        [],
      );
    } finally {
      await toy.close();
    }
  });
});
