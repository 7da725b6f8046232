import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { OPERATION_ROUTES } from '../../src/api/http/routes.ts';
import { ACCESS_SCOPES } from '../../src/api/operation.ts';
import { clientFrame, serverFrame } from '../../src/api/websocket/frames.ts';
import { openScripted } from './scripted-streams.ts';
import { openScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const scene = await openScene({ hosts: ['127.0.0.1', 'localhost'] });
after(() => scene.close());
const address = `${scene.url.replace('http', 'ws')}/ws`;

describe('the gate of /ws', () => {
  test('a program of this machine -> hello as local, without admin', async () => {
    const client = await RawClient.open(scene);
    const hello = await client.frame('hello');
    client.close();
    assert.deepEqual([hello.client, hello.scopes.includes('admin'), hello.heartbeatMs], ['local', false, 5_000]);
  });

  test('a page of another site, a name that was made to lead here -> no socket, 403', async () => {
    const foreign = await new RawClient(address, { origin: 'https://evil.example' }).refused;
    const rebound = await new RawClient(address, { host: 'evil.example' }).refused;
    assert.deepEqual([foreign[0], foreign[1].code, rebound[1].code], [403, 'origin-refused', 'origin-refused']);
    const own = new RawClient(address, { origin: scene.url });
    assert.equal((await own.frame('hello')).client, 'local');
    own.close();
  });

  test('a key in the address -> refused, whether or not it is good', async () => {
    const key = (await scene.key(['read'])).slice('Bearer '.length);
    for (const query of [`?key=${key}`, `?authorization=Bearer%20${key}`, '?x']) {
      const [status, problem] = await new RawClient(`${address}${query}`).refused;
      assert.deepEqual([status, problem.code], [400, 'input-invalid']);
    }
  });

  test('another path -> 404 and a problem', async () => {
    const [status, problem] = await new RawClient(address.replace('/ws', '/api/status')).refused;
    assert.deepEqual([status, problem.code], [404, 'route-unknown']);
  });

  test('keys: by header, by the first frame, forged, cut, replayed after its end, later than first', async () => {
    const closed = await openScene({ allowsLocal: false });
    const good = await closed.key(['read']);
    const revoked = await closed.key(['read']);
    await (await closed.world.apiKeys()).revoke(revoked.slice(10, 18));
    const expired = await closed.key(['read'], { expiresAtMs: 1 });
    const elsewhere = await closed.key(['read'], { addresses: ['10.0.0.0/8'] });
    const id = good.slice(10, 18);
    const byHeader = await RawClient.open(closed, good);
    assert.equal((await byHeader.frame('hello')).client, id);
    const byFrame = await RawClient.open(closed);
    byFrame.send({ k: 'auth', key: good.slice(7) });
    assert.deepEqual((await byFrame.frame('hello')).scopes, ['read']);
    byFrame.send({ k: 'auth', key: good.slice(7) });
    assert.equal((await byFrame.frame('problem')).problem.code, 'frame-invalid');
    for (const bad of [
      `${good.slice(0, -4)}AAAA`,
      good.slice(0, -1),
      revoked,
      expired,
      elsewhere,
      'Bearer x',
      'Bearer ',
    ]) {
      assert.equal(
        (await new RawClient(`${closed.url.replace('http', 'ws')}/ws`, { authorization: bad }).refused)[0],
        401,
      );
      const client = await RawClient.open(closed);
      client.send({ k: 'auth', key: bad.slice(7) });
      assert.deepEqual((await client.closed)[0], 4401);
      assert.deepEqual(
        client.frames.map((f) => f.problem?.code ?? f.k),
        ['key-needed', 'unauthenticated'],
      );
    }
    const silent = await RawClient.open(closed);
    silent.send({ k: 'call', id: '1', operation: 'version' });
    assert.equal((await silent.frame('problem')).problem.code, 'unauthenticated');
    assert.equal((await silent.closed)[0], 4401);
    for (const client of [byHeader, byFrame]) client.close();
    await closed.close();
  });

  test('a bad key from a program of this machine -> closed, not let in as local', async () => {
    const client = await RawClient.open(scene);
    client.send({ k: 'auth', key: 'tw_00000000_nothing' });
    client.send({ k: 'call', id: '1', operation: 'version' });
    assert.equal((await client.closed)[0], 4401);
    assert.equal(
      client.frames.some((f) => f.k === 'result'),
      false,
    );
  });

  test('no key within ten seconds -> closed', async () => {
    const due: (() => void)[] = [];
    const { clock } = scene.world;
    const waiting = await openScene({
      allowsLocal: false,
      clock: {
        ...{ nowMs: () => clock.nowMs(), elapsedMs: () => clock.elapsedMs() },
        after: (ms, run) => {
          if (ms === 10_000) due.push(run);
          return clock.after(ms, run);
        },
      },
    });
    const client = await RawClient.open(waiting);
    for (const run of due) run();
    assert.deepEqual(await client.closed, [4401, 'no key came']);
    await waiting.close();
  });

  test('a key that is revoked -> its sockets are closed within 5 s, others stay', async () => {
    const [one, other] = [await scene.key(['read']), await scene.key(['read'])];
    const [client, stays] = [await RawClient.open(scene, one), await RawClient.open(scene, other)];
    const startMs = performance.now();
    await (await scene.world.apiKeys()).revoke(one.slice(10, 18));
    const [code, reason] = await client.closed;
    assert.deepEqual([code, reason], [4401, 'the key is not valid any more']);
    assert.ok(performance.now() - startMs < 5_000);
    stays.send({ k: 'call', id: '1', operation: 'version' });
    assert.equal((await stays.answer('1')).result.ok, true);
    stays.close();
  });

  test('each message is held to the scopes of its key', async () => {
    const client = await RawClient.open(scene, await scene.key(['read']));
    client.send({ k: 'call', id: 'a', operation: 'kill', key: 'k', input: { reason: 'x', level: 'pause' } });
    client.send({ k: 'subscribe', id: 'b', operation: 'watch', input: { venue: 'replay:x.twr', symbols: ['X'] } });
    client.send({ k: 'call', id: 'c', operation: 'data check', input: { source: '/etc/passwd' } });
    for (const id of ['a', 'b', 'c']) assert.equal((await client.answer(id)).problem.code, 'scope-missing', id);
    client.close();
  });
});

describe('calls over a socket', () => {
  test('a query, one that no server offers, one with wrong input -> result and problems of its id', async () => {
    const client = await RawClient.open(scene);
    client.send({ k: 'call', id: '1', operation: 'version' });
    client.send({ k: 'call', id: '2', operation: 'serve' });
    client.send({ k: 'call', id: '3', operation: 'runs ls', input: { limit: 'many' } });
    client.send({ k: 'call', id: '4', operation: 'watch', input: { venue: 'local', symbols: ['X'] } });
    client.send({ k: 'call', id: '5', operation: 'status' });
    assert.deepEqual((await client.answer('1')).result.data.version, scene.world.version);
    assert.equal((await client.answer('2')).problem.code, 'route-unknown');
    assert.equal((await client.answer('3')).problem.code, 'input-invalid');
    assert.equal((await client.answer('4')).problem.code, 'not-acceptable');
    assert.deepEqual((await client.answer('5')).result.data.sessions, []);
    client.close();
  });

  test('a deed under a key -> done once, whether over the socket or over HTTP; without a key not at all', async () => {
    const client = await RawClient.open(scene);
    const input = { from: '2024-01-01', to: '2024-03-11' };
    client.send({ k: 'call', id: '0', operation: 'data generate', input });
    assert.equal((await client.answer('0')).problem.code, 'idempotency-key-missing');
    client.send({ k: 'call', id: '1', operation: 'data generate', input, key: 'both' });
    const first = await client.answer('1');
    assert.equal(first.result.ok, true);
    assert.equal(first.repeated, undefined);
    const second = await scene.command('/api/data/generate', input, 'both');
    assert.deepEqual([second.headers['idempotency-replayed'], second.body], ['true', first.result]);
    client.send({ k: 'call', id: '2', operation: 'data generate', input, key: 'both' });
    assert.equal((await client.answer('2')).repeated, true);
    client.send({ k: 'call', id: '3', operation: 'data generate', input: { ...input, seed: 2 }, key: 'both' });
    assert.equal((await client.answer('3')).problem.code, 'idempotency-conflict');
    client.close();
  });

  test('a backtest -> tells progress before its result', async () => {
    const client = await RawClient.open(scene);
    const input = { strategy: 'sma-cross', data: ['synthetic'], report: 'none', checks: false, interval: false };
    client.send({ k: 'call', id: '1', operation: 'backtest', input, key: 'bt' });
    assert.equal((await client.answer('1')).result.ok, true);
    assert.ok(client.frames.some((f) => f.k === 'progress' && f.id === '1'));
    client.close();
  });

  test('a socket that is cut -> its queries are ended, its deeds finished', async () => {
    const scripted = await openScripted();
    const client = await RawClient.open(scripted);
    client.send({ k: 'call', id: 'q', operation: 'status' });
    await scripted.begun(1);
    client.send({ k: 'call', id: 'd', operation: 'pause', key: 'once' });
    const [query, deed] = [scripted.streams[0]!, await scripted.begun(2)];
    const ended = new Promise((done) => query.stop.addEventListener('abort', done));
    client.close();
    await ended;
    assert.equal(deed.stop.aborted, false);
    deed.end({ session: 'x' });
    const again = await scripted.command('/api/pause', {}, 'once');
    assert.deepEqual([again.status, again.body.data], [200, { session: 'x' }]);
    await scripted.close();
  });

  test('more calls at once than a socket may, an id twice -> problems', async () => {
    const scripted = await openScripted();
    const client = await RawClient.open(scripted);
    for (let k = 0; k < 17; k++) client.send({ k: 'call', id: `c${k}`, operation: 'status' });
    assert.equal((await client.answer('c16')).problem.code, 'server-busy');
    client.send({ k: 'call', id: 'c0', operation: 'status' });
    assert.equal((await client.answer('c0')).problem.code, 'frame-invalid');
    client.close();
    await scripted.close();
  });

  test('more often than a client may -> problems that say how long to wait, then closed', async () => {
    const slow = await openScene({ quota: 0.2 });
    const client = await RawClient.open(slow);
    for (let k = 0; k < 200; k++) client.send({ k: 'call', id: `${k}`, operation: 'version' });
    assert.equal((await client.closed)[0], 4429);
    const refused = client.frames.filter((f) => f.problem?.code === 'rate-limited');
    assert.ok(refused.length > 50 && refused[0].problem.details.retryAfterMs > 0);
    await slow.close();
  });
});

describe('every operation that is served', () => {
  /** Nothing is carried out here: who gets that far may. */
  const open = async () => {
    const all = await openScene({ allowsLocal: false, execute: async () => 'reached' });
    Object.assign(all.world, { isolate: async () => 'reached' });
    return all;
  };

  test('over the socket -> the same answer as over HTTP', async () => {
    const all = await open();
    const authorization = await all.key(ACCESS_SCOPES);
    const client = await RawClient.open(all, authorization);
    for (const { id, path, method, operation } of OPERATION_ROUTES) {
      client.send({ k: 'call', id, operation: operation.name, key: `ws-${id}` });
      const { result, problem } = await client.answer(id);
      if (operation.asksSecrets === true) {
        assert.equal(problem?.code, 'not-acceptable', id);
        continue;
      }
      const headers = { authorization };
      const { body } = await (method === 'GET'
        ? all.ask(path, { headers })
        : all.command(path, {}, `http-${id}`, headers));
      if (problem === undefined) assert.deepEqual(result, body, id);
      else assert.deepEqual([problem.code, problem.status], [body.code, body.status], id);
    }
    client.close();
    await all.close();
    assert.deepEqual(all.defects, []);
  });

  test('with each scope -> only its own is heard', async () => {
    const all = await open();
    for (const scope of ACCESS_SCOPES) {
      const client = await RawClient.open(all, await all.key([scope]));
      for (const { id, operation } of OPERATION_ROUTES) {
        const call = operation.kind === 'stream' ? { k: 'subscribe' } : { k: 'call', key: `${scope}-${id}` };
        client.send({ ...call, id, operation: operation.name });
        const { problem } = await client.answer(id);
        if (scope !== operation.scope) assert.equal(problem?.code, 'scope-missing', `${id} with ${scope}`);
        else if (operation.asksSecrets === true) assert.equal(problem?.code, 'not-acceptable', id);
        else assert.ok(problem === undefined || problem.code === 'input-invalid', `${id}: ${problem?.code}`);
      }
      client.close();
    }
    await all.close();
  });
});

describe('behind a proxy, and with TLS', () => {
  test('a proxy -> its client’s address and protocol are believed, the last of each', async () => {
    const behind = await openScene({ isBehindProxy: true, allowsLocal: false });
    const authorization = await behind.key(['read'], { addresses: ['203.0.113.9'] });
    const headers = { authorization, host: 'desk.example', origin: 'https://desk.example' };
    const open = (more: Readonly<Record<string, string>>) =>
      new RawClient(`${behind.url.replace('http', 'ws')}/ws`, { ...headers, ...more });
    const good = open({ 'x-forwarded-for': '198.51.100.1, 203.0.113.9', 'x-forwarded-proto': 'https' });
    assert.deepEqual((await good.frame('hello')).scopes, ['read']);
    good.close();
    const forged = open({ 'x-forwarded-for': '203.0.113.9, 198.51.100.1', 'x-forwarded-proto': 'https' });
    assert.equal((await forged.refused)[0], 401);
    const plain = open({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http' });
    assert.equal((await plain.refused)[1].code, 'origin-refused');
    await behind.close();
  });

  test('TLS -> wss, from the page of its own address', async () => {
    const { generate } = await import('selfsigned');
    const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
    const secure = await openScene({ tls: { key: pems.private, cert: pems.cert } });
    const host = `127.0.0.1:${secure.server.port}`;
    const client = new RawClient(`wss://${host}/ws`, { origin: `https://${host}` }, pems.cert);
    assert.equal((await client.frame('hello')).client, 'local');
    client.close();
    assert.equal((await new RawClient(`wss://${host}/ws`, { origin: `http://${host}` }, pems.cert).refused)[0], 403);
    await secure.close();
  });
});

describe('frames that are none', () => {
  test('binary, no JSON, no object, too deep, unknown, missing, unknown fields -> a typed problem, the socket stays', async () => {
    const client = await RawClient.open(scene);
    const deep = `{"k":"call","id":"d","operation":"version","input":{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}}`;
    const bad: (string | Buffer)[] = [
      Buffer.from([0, 255, 1]),
      ...['', '{', '[]', 'null', '"x"', '{}', '{"k":"toString"}', '{"k":"call"}', deep],
      ...['{"k":"call","id":"x","operation":"version","extra":1}', '{"k":"call","id":5,"operation":"version"}'],
      ...['{"k":"subscribe","id":"s","operation":"status","hz":-1}', '{"k":"unsubscribe","id":"none"}'],
    ];
    for (const frame of bad) client.socket.send(frame);
    client.send({ k: 'call', id: 'last', operation: 'version' });
    assert.equal((await client.answer('last')).result.ok, true);
    const problems = client.frames.filter((f) => f.k === 'problem');
    assert.equal(problems.length, bad.length);
    for (const { problem } of problems)
      assert.ok(['frame-invalid', 'body-invalid', 'subscription-unknown'].includes(problem.code), problem.code);
    assert.equal(problems.find((f) => f.id === 'd')?.k, undefined, 'too deep to be read at all');
    client.close();
  });

  test('a frame above a mebibyte -> closed with 1009', async () => {
    const client = await RawClient.open(scene);
    client.send('x'.repeat(1_048_577));
    assert.equal((await client.closed)[0], 1009);
  });

  test('made-up frames, near the protocol and far from it -> every answer is a frame of it, no fault and no stack', async () => {
    const scripted = await openScripted();
    let client = await RawClient.open(scripted);
    const text = fc.oneof(
      fc.constantFrom('status', 'watch', 'version', 'kill', 'fills', '__proto__', 'constructor', '', 'a', 'b'),
      fc.string({ unit: 'binary', maxLength: 80 }),
    );
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }));
    const near = fc.record(
      {
        ...{ k: fc.constantFrom('auth', 'call', 'subscribe', 'unsubscribe', 'hello', 'x'), id: text, operation: text },
        input: fc.oneof(
          fc.dictionary(fc.constantFrom('session', 'limit', 'follow', 'venue', '__proto__'), value),
          value,
        ),
        ...{
          key: value,
          from: fc.oneof(value, fc.record({ topic: text, seq: fc.integer() })),
          hz: value,
          shared: value,
        },
      },
      { requiredKeys: ['k'] },
    );
    const frame = fc.oneof(
      near.map((f) => JSON.stringify(f)),
      fc.json(),
      fc.string({ unit: 'binary' }),
    );
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async (frames) => {
        for (const each of frames) client.send(each);
        const id = `still-here-${asked++}`;
        client.send({ k: 'call', id, operation: 'data ls', input: { nothing: 1 } });
        const answer = await Promise.race([client.answer(id), client.closed]);
        for (const told of client.frames.splice(0)) {
          const { success, error } = serverFrame.safeParse(told);
          assert.ok(success, `${JSON.stringify(told)}: ${error}`);
          assert.doesNotMatch(JSON.stringify(told), /\bat .*\.(?:ts|js):\d+|node_modules/);
        }
        if (Array.isArray(answer)) client = await RawClient.open(scripted);
      }),
      { numRuns: 300 },
    );
    client.close();
    assert.deepEqual(scripted.defects, []);
    await scripted.close();
  });

  test('the schema of frames -> what it accepts has no field that it does not name', () => {
    assert.equal(clientFrame.safeParse({ k: 'unsubscribe', id: 'x', more: 1 }).success, false);
  });
});

test('nothing above met a fault that nobody foresaw', () => {
  assert.deepEqual(scene.defects, []);
});
