import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MemoryRequestLimits } from '../../src/adapters/memory/request-limits.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { BrowserSessions } from '../../src/api/http/browser-sessions.ts';
import { isPassword } from '../../src/api/http/passwords.ts';
import { SignIns } from '../../src/api/http/sign-ins.ts';
import { type OperationId, operationOf } from '../../src/api/operations/table.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Users } from '../../src/ports/users.ts';
import { addUser, askSignIn, cookieOf, PASSWORD, signIn } from './browser.ts';
import { openScripted } from './scripted-streams.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

/** Deeds that were carried out, so that it is seen that none was. */
const done: OperationId[] = [];
const needy = {
  allowsLocal: false,
  execute: async (id: OperationId) => {
    if (operationOf(id).kind === 'command') done.push(id);
    return {};
  },
} as const;
/** What is waited for comes, or the test fails. */
const PATIENT = { timeout: 60_000 };
let scene: ServerScene;
before(async () => {
  scene = await openScene(needy);
  await addUser(scene, 'ann', ['read', 'risk']);
});
after(() => scene.close());
const opens = async (cookie: string): Promise<boolean> =>
  (await scene.ask('/api/version', { headers: { cookie } })).status === 200;

describe('cookies that nobody was given', () => {
  test('made up, of another shape, or the hash that is kept -> open nothing', async () => {
    const { cookie } = await signIn(scene, 'ann');
    const id = cookie.split('=')[1]!;
    assert.equal(await opens(cookie), true);
    const hex = hash('sha256', id);
    const kept = [hex, hex.slice(0, 43), hash('sha256', id, 'base64url')];
    const cut = [id.slice(0, -1), `${id}A`, id.slice(0, -1) + (id.endsWith('A') ? 'B' : 'A'), id.toUpperCase()];
    const strange = ['', 'ann', 'user:ann', 'A'.repeat(43), "' or 1=1 --", '%00', '{}', 'x'.repeat(7_000)];
    for (const value of [...kept, ...cut, ...strange])
      assert.equal(await opens(`tradewright=${value}`), false, value.slice(0, 50));
    assert.equal(await opens(`Tradewright=${id}`), false);
    assert.equal(await opens(`xtradewright=${id}`), false);
  });

  test('the id of a sign-in, or a password, anywhere but in the cookie -> opens nothing', async () => {
    const id = (await signIn(scene, 'ann')).cookie.split('=')[1]!;
    for (const authorization of [`Bearer ${id}`, `Basic ${Buffer.from(`ann:${PASSWORD}`).toString('base64')}`])
      assert.equal((await scene.ask('/api/version', { headers: { authorization } })).status, 401);
    assert.equal((await scene.ask(`/api/version?tradewright=${id}`)).status, 401);
  });

  test('an id that was there before signing in -> is not adopted, and what it opened is closed', async () => {
    const chosen = `tradewright=${'C'.repeat(43)}`;
    const answer = await askSignIn(scene, 'ann', PASSWORD, { cookie: chosen });
    assert.notEqual(cookieOf(answer), chosen);
    assert.equal(await opens(chosen), false);
    await addUser(scene, 'mallory', ['read']);
    const planted = (await signIn(scene, 'mallory')).cookie;
    const own = cookieOf(await askSignIn(scene, 'ann', PASSWORD, { cookie: planted }));
    assert.notEqual(own, planted);
    assert.deepEqual([await opens(planted), await opens(own)], [false, true]);
  });
});

describe('what pages of other sites can have a browser ask', () => {
  const elsewhere = ['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost'];

  test('a form -> is not even read; JSON from elsewhere -> refused, whatever token comes with it; nothing is done', async () => {
    const { cookie, csrfToken } = await signIn(scene, 'ann');
    const body = JSON.stringify({ level: 'flatten', reason: 'x' });
    const post = (headers: Readonly<Record<string, string>>) =>
      scene.ask('/api/kill', {
        ...{ method: 'POST', body },
        headers: { cookie, 'content-type': 'application/json', 'idempotency-key': `forged-${done.length}`, ...headers },
      });
    const forms = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
    for (const type of forms) {
      const { status } = await post({ 'content-type': type, origin: 'https://evil.example' });
      assert.equal(status, 403, type);
      // A page of this very server, too: with the token it would be read, as what it is not.
      assert.equal((await post({ 'content-type': type, origin: scene.url, 'x-csrf-token': csrfToken })).status, 415);
    }
    for (const origin of elsewhere) {
      const { status, body } = await post({ origin, 'x-csrf-token': csrfToken });
      assert.deepEqual([status, body.code], [403, 'origin-refused'], origin);
    }
    for (const site of ['cross-site', 'same-site', 'none']) {
      const { status, body } = await post({ 'sec-fetch-site': site, 'x-csrf-token': csrfToken });
      assert.deepEqual([status, body.code], [403, 'origin-refused'], site);
    }
    const silent = await post({ 'x-csrf-token': csrfToken });
    assert.deepEqual([silent.status, silent.body.code], [403, 'origin-refused'], 'no browser says nothing of it');
    assert.deepEqual(done, []);
  });

  test('the token missing, of another sign-in, or anywhere but in its header -> refused; nothing is done', async () => {
    const [ann, other] = [await signIn(scene, 'ann'), await signIn(scene, 'ann')];
    const { cookie, origin } = { cookie: ann.cookie, origin: scene.url };
    const tokens = [undefined, '', other.csrfToken, ann.cookie.split('=')[1]!, ann.csrfToken.slice(1)];
    for (const token of tokens) {
      const given: Record<string, string> = token === undefined ? {} : { 'x-csrf-token': token };
      const { status, body } = await scene.command('/api/pause', {}, 'forged', { cookie, origin, ...given });
      assert.deepEqual([status, body.code], [403, 'csrf-refused'], String(token));
      const out = await scene.ask('/api/sign-out', { method: 'POST', headers: { cookie, origin, ...given } });
      assert.equal(out.body.code, 'csrf-refused', 'nobody is signed out by others');
    }
    const { csrfToken } = ann;
    const inside = { cookie: `${cookie}; x-csrf-token=${csrfToken}`, origin };
    assert.equal((await scene.command(`/api/pause?x-csrf-token=${csrfToken}`, {}, 'forged', inside)).status, 403);
    assert.deepEqual(done, []);
    assert.equal((await scene.command('/api/pause', {}, 'own', ann.does)).status, 200);
    assert.deepEqual(done.splice(0), ['pause']);
  });

  test('every method that changes, also where there is no route -> needs the token', async () => {
    const { cookie } = await signIn(scene, 'ann');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of ['/api/orders/x', '/api/pause', '/nowhere', '/mcp', '/api/session'])
        assert.equal(
          (await scene.ask(path, { method, headers: { cookie } })).status,
          // There no cookie is looked at.
          path === '/mcp' && ['POST', 'DELETE'].includes(method) ? 401 : 403,
          `${method} ${path}`,
        );
    assert.deepEqual(done, []);
  });

  test('to have a browser ask, without an answer that it could read -> refused, with and without a cookie; links lead here', async () => {
    const { cookie } = await signIn(scene, 'ann');
    const authorization = await scene.key(['read']);
    for (const own of [{ cookie }, { authorization }])
      for (const site of ['cross-site', 'same-site'])
        for (const mode of ['no-cors', 'cors', 'websocket']) {
          const headers = { ...own, 'sec-fetch-site': site, 'sec-fetch-mode': mode };
          assert.equal((await scene.ask('/api/version', { headers })).body.code, 'origin-refused', `${site} ${mode}`);
        }
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    assert.equal((await scene.ask('/docs', { headers: { authorization, ...link } })).status, 200);
    const typed = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
    assert.equal((await scene.ask('/docs', { headers: { cookie, ...typed } })).status, 200);
  });

  test('to sign somebody in as somebody else -> refused', async () => {
    for (const origin of elsewhere) {
      const { status, headers } = await askSignIn(scene, 'ann', PASSWORD, { origin });
      assert.deepEqual([status, headers['set-cookie']], [403, undefined], origin);
    }
    const form = await askSignIn(scene, 'ann', PASSWORD, { 'content-type': 'text/plain' });
    assert.equal(form.status, 415);
  });

  test('answers -> are for nobody else’s scripts', async () => {
    const { reads } = await signIn(scene, 'ann');
    for (const path of ['/api/version', '/api/session']) {
      const { headers } = await scene.ask(path, { headers: { ...reads, origin: scene.url } });
      assert.equal(headers['access-control-allow-origin'], undefined);
      assert.equal(headers['access-control-allow-credentials'], undefined);
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cache-control'], 'no-store');
    }
    const preflight = {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-csrf-token',
    };
    const { status, headers } = await scene.ask('/api/pause', { method: 'OPTIONS', headers: preflight });
    assert.equal(status, 403);
    assert.ok(!Object.keys(headers).some((name) => name.startsWith('access-control')));
  });
});

describe('a socket by the cookie', () => {
  const open = (headers: Readonly<Record<string, string>>): RawClient =>
    new RawClient(`${scene.url.replace('http', 'ws')}/ws`, headers);

  test('from a page of the server -> who signed in; from another, or from none -> refused', PATIENT, async () => {
    const { cookie } = await signIn(scene, 'ann');
    const good = open({ cookie, origin: scene.url });
    const { client, scopes } = await good.frame('hello');
    assert.deepEqual([client, scopes], ['user:ann', ['read', 'risk']]);
    good.close();
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', scene.url.replace('http', 'https')]) {
      const [status, problem] = await open({ cookie, origin }).refused;
      assert.deepEqual([status, problem.code], [403, 'origin-refused'], origin);
    }
    assert.equal((await open({ cookie }).refused)[0], 403);
  });

  test('with a cookie that opens nothing -> has to show a key, as anybody', PATIENT, async () => {
    const nobody = open({ cookie: `tradewright=${'A'.repeat(43)}`, origin: scene.url });
    await nobody.frame('key-needed');
    nobody.send({ k: 'call', id: '1', operation: 'version' });
    assert.equal((await nobody.closed)[0], 4401);
  });

  test('signed out -> closed within three seconds', PATIENT, async () => {
    const ann = await signIn(scene, 'ann');
    const socket = open({ cookie: ann.cookie, origin: scene.url });
    await socket.frame('hello');
    await scene.ask('/api/sign-out', { method: 'POST', headers: ann.does });
    assert.deepEqual(await socket.closed, [4401, 'the sign-in has ended']);
  });

  test('assistants at /mcp -> by key alone', async () => {
    const { does } = await signIn(scene, 'ann');
    const { status } = await scene.ask('/mcp', {
      method: 'POST',
      headers: { ...does, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} },
    });
    assert.equal(status, 401);
  });
});

describe('what is followed over HTTP', () => {
  test('signed out, or the key revoked -> ended within three seconds', PATIENT, async (t) => {
    const scripted = await openScripted({ allowsLocal: false });
    t.after(() => scripted.close());
    await addUser(scripted, 'ann', ['read']);
    const ann = await signIn(scripted, 'ann');
    const authorization = await scripted.key(['read']);
    const follow = (headers: Readonly<Record<string, string>>) =>
      scripted.ask('/api/fills?session=x', { headers: { accept: 'application/x-ndjson', ...headers } });
    const followed = [follow(ann.reads), follow({ authorization })];
    await scripted.begun(2);
    await scripted.ask('/api/sign-out', { method: 'POST', headers: ann.does });
    await (await scripted.world.apiKeys()).revoke(authorization.slice(10, 18));
    for (const { text } of await Promise.all(followed)) assert.match(text, /"stopped":true/);
  });
});

describe('who guesses', () => {
  test('a name that is none -> the same work, the same words, the same headers', async (t) => {
    const compared: string[] = [];
    const own = await openScene({
      ...needy,
      comparePassword: (password, stored) => {
        compared.push(stored);
        return isPassword(password, stored);
      },
    });
    t.after(() => own.close());
    await addUser(own, 'ann', ['read']);
    const known = await askSignIn(own, 'ann', 'a wrong password');
    const unknown = await askSignIn(own, 'nobody', 'a wrong password');
    assert.equal(compared.length, 2, 'one comparison each');
    assert.match(compared[1]!, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$/, 'at what a new password costs');
    const told = ({ status, headers, body }: typeof known): unknown => [
      status,
      Object.keys(headers).sort(),
      { ...body, instance: '' },
    ];
    assert.deepEqual(told(known), told(unknown));
    assert.equal(known.headers['set-cookie'], undefined);
  });

  for (const name of ['ann', 'nobody'])
    test(`${name}, five times wrong -> has to wait, and is not looked at meanwhile, with the right password either`, async (t) => {
      let compared = 0;
      const own = await openScene({
        ...needy,
        // Time stands still, however long it takes: nobody has waited.
        clock: { ...systemClock(), elapsedMs: () => 0 },
        comparePassword: async (password) => {
          compared++;
          return password === PASSWORD;
        },
      });
      t.after(() => own.close());
      await addUser(own, 'ann', ['read']);
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => askSignIn(own, name, `guess ${n}`)));
      assert.deepEqual(
        answers.map(({ status }) => status).sort((a, b) => a - b),
        [...Array(5).fill(401), ...Array(3).fill(429)],
      );
      const { status, headers, body } = await askSignIn(own, name.toUpperCase());
      assert.deepEqual([status, body.code, headers['retry-after']], [429, 'rate-limited', '1']);
      assert.equal(compared, 5);
    });
});

/** Sign-ins on a clock of their own, with one user; everything else is real. */
function guessing() {
  const users: Partial<Users> = {
    find: async (name) => (name === 'ann' ? ({ passwordHash: 'stored' } as Awaited<ReturnType<Users['find']>>) : null),
  };
  const sessions = new BrowserSessions(users as Users, { isSecure: true });
  const state = { nowMs: 0, compared: 0 };
  const signIns = new SignIns({
    ...{ users: users as Users, sessions, elapsedMs: () => state.nowMs },
    limits: new MemoryRequestLimits({ elapsedMs: () => state.nowMs } as Clock),
    compare: async () => {
      state.compared++;
      return false;
    },
  });
  const guess = (name: string, address: string): Promise<string> =>
    signIns.signIn({ name, password: 'x' }, address).then(
      () => 'in',
      (error: { readonly code: string }) => error.code,
    );
  return { state, guess };
}

describe('who guesses for long', () => {
  test('ten thousand guesses at one name, one a second from everywhere -> at most fifty are looked at', async () => {
    const { state, guess } = guessing();
    for (let n = 0; n < 10_000; n++) {
      state.nowMs = n * 1_000;
      await guess('ann', `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    }
    assert.ok(state.compared > 5 && state.compared <= 50, String(state.compared));
  });

  test('one address, another name each time -> waits all the same', async () => {
    const { state, guess } = guessing();
    for (let n = 0; n < 10_000; n++) {
      state.nowMs = n * 1_000;
      await guess(`name-${n}`, `2001:db8:0:1::${(n % 65_535).toString(16)}`);
    }
    assert.ok(state.compared >= 10 && state.compared <= 50, String(state.compared));
  });

  test('a name that waits, and tens of thousands of others from everywhere meanwhile -> still waits', async () => {
    const { state, guess } = guessing();
    // To the longest wait there is.
    for (; state.nowMs < 3_000_000; state.nowMs += 1_000) await guess('ann', `10.0.${state.nowMs % 250}.1`);
    while ((await guess('ann', '10.1.1.1')) === 'rate-limited') state.nowMs += 1_000;
    const beganMs = state.nowMs;
    let looked = 0;
    for (let n = 0; state.nowMs < beganMs + 299_000; n++) {
      if ((await guess(`other-${n}`, `172.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)) !== 'rate-limited') looked++;
      state.nowMs += 10;
    }
    assert.ok(looked > 1_000 && looked < 1_300, `${looked}: four a second`);
    const before = state.compared;
    assert.equal(await guess('ann', '10.2.2.2'), 'rate-limited');
    assert.equal(state.compared, before);
  });
});
