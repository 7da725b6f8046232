import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { hashPassword, isPassword, PasswordDesk } from '../../src/api/http/passwords.ts';
import type { StateDatabase } from '../../src/durability/state-database.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Users } from '../../src/ports/users.ts';
import { addUser, askSignIn, cookieOf, PASSWORD, type SignedIn, signIn } from './browser.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

/** What is waited for comes, or the test fails. */
const PATIENT = { timeout: 60_000 };
/** A server that hears nobody without a key or a sign-in, and nothing is carried out. */
const needy = { allowsLocal: false, execute: async () => ({ reached: true }) } as const;

describe('sign in, look, do, sign out', () => {
  let scene: ServerScene;
  before(async () => {
    scene = await openScene(needy);
    await addUser(scene, 'ann', ['read', 'risk']);
  });
  after(() => scene.close());

  test('a browser in which nobody is signed in -> is told so, and gets no data', async () => {
    const { status, body } = await scene.ask('/api/session');
    assert.equal(status, 200);
    assert.deepEqual(body.data, {
      ...{ needsSignIn: true, signedIn: false, client: null, user: null, scopes: [], csrfToken: null },
      ...{ expires: null, idleExpires: null, stepUp: { needed: false, fresh: true, until: null } },
    });
    for (const path of ['/api/version', '/api/data/ls', '/docs', '/openapi.json', '/metrics', '/health'])
      assert.equal((await scene.ask(path)).status, 401, path);
  });

  test('name and password -> a cookie that scripts and other sites cannot use, and what the user may', async () => {
    const answer = await askSignIn(scene, 'Ann');
    assert.equal(answer.status, 200, answer.text);
    assert.match(
      String(answer.headers['set-cookie']),
      /^tradewright=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=86400$/,
    );
    const { client, user, scopes, csrfToken, stepUp, expires, idleExpires } = answer.body.data;
    assert.deepEqual([client, user, scopes], ['user:ann', 'ann', ['read', 'risk']]);
    assert.match(csrfToken, /^[\w-]{43}$/);
    assert.deepEqual([stepUp.needed, stepUp.fresh], [true, true]);
    assert.ok(Date.parse(idleExpires) < Date.parse(expires));
    const cookie = cookieOf(answer);
    assert.ok(!answer.text.includes(cookie.split('=')[1]!), 'no script can read it');
    const again = await scene.ask('/api/session', { headers: { cookie: `theme=dark; ${cookie}; lang=de` } });
    assert.equal(again.body.data.csrfToken, csrfToken);
    assert.equal((await scene.ask('/api/version', { headers: { cookie } })).status, 200);
  });

  test('a deed -> with the token from a page of the server; its scope still decides', async () => {
    const { does } = await signIn(scene, 'ann');
    assert.equal((await scene.command('/api/pause', {}, 'deed-1', does)).status, 200);
    const { status, body } = await scene.command('/api/order/cancel-all', {}, 'deed-2', does);
    assert.deepEqual([status, body.code], [403, 'scope-missing']);
  });

  test('signed out -> the cookie opens nothing any more, also played again; a second browser stays', async () => {
    const [one, other] = [await signIn(scene, 'ann'), await signIn(scene, 'ann')];
    const out = await scene.ask('/api/sign-out', { method: 'POST', headers: one.does });
    assert.equal(out.body.data.signedIn, false);
    assert.match(String(out.headers['set-cookie']), /^tradewright=; .*Max-Age=0$/);
    assert.equal((await scene.ask('/api/version', { headers: one.reads })).status, 401);
    assert.equal((await scene.command('/api/pause', {}, 'deed-3', one.does)).status, 401);
    assert.equal((await scene.ask('/api/session', { headers: one.reads })).body.data.signedIn, false);
    assert.equal((await scene.ask('/api/version', { headers: other.reads })).status, 200);
    const twice = await scene.ask('/api/sign-out', { method: 'POST', headers: one.does });
    assert.equal(twice.status, 200, 'once more does nothing');
  });

  for (const [what, name, change] of [
    ['password changed', 'bob', (users) => users.setPassword('bob', 'another hash')],
    ['scopes changed', 'cem', (users) => users.setScopes('cem', ['read', 'admin'])],
    ['user removed', 'dan', (users) => users.remove('dan')],
  ] as const satisfies readonly (readonly [string, string, (users: Users) => Promise<unknown>])[])
    test(
      `${what} -> every sign-in of that user ends at once, its sockets too; those of others stay`,
      PATIENT,
      async () => {
        await addUser(scene, name, ['read']);
        const [own, ann] = [await signIn(scene, name), await signIn(scene, 'ann')];
        const socket = new RawClient(`${scene.url.replace('http', 'ws')}/ws`, { ...own.reads, origin: scene.url });
        assert.equal((await socket.frame('hello')).client, `user:${name}`);
        await change(await scene.world.users());
        assert.equal((await scene.ask('/api/version', { headers: own.reads })).status, 401);
        assert.equal((await scene.ask('/api/version', { headers: ann.reads })).status, 200);
        assert.deepEqual(await socket.closed, [4401, 'the sign-in has ended']);
      },
    );

  test('what the home keeps -> no password, no id of a sign-in', async () => {
    const { cookie, csrfToken } = await signIn(scene, 'ann');
    const id = cookie.split('=')[1]!;
    for (const name of readdirSync(scene.home).filter((each) => each.startsWith('home.sqlite'))) {
      const bytes = readFileSync(`${scene.home}/${name}`);
      for (const secret of [id, csrfToken, PASSWORD]) assert.ok(!bytes.includes(secret), name);
    }
  });

  test('ended and begun again -> who was signed in still is', async (t) => {
    const { reads, csrfToken } = await signIn(scene, 'ann');
    const next = await openScene(needy, scene.home);
    t.after(() => next.close());
    const { body } = await next.ask('/api/session', { headers: reads });
    assert.deepEqual([body.data.user, body.data.csrfToken], ['ann', csrfToken]);
  });

  test('input of another shape -> a problem that repeats nothing of it', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const body of [
      { name: 'ann', password: PASSWORD, scopes: ['admin'] },
      { name: 'ann' },
      { password: 'hush-hush' },
      '[',
      '"hush-hush"',
    ]) {
      const { status, text } = await scene.ask('/api/sign-in', { method: 'POST', headers, body });
      assert.equal(status, 400, text);
      assert.ok(!text.includes(PASSWORD) && !text.includes('hush'), text);
    }
    const authorization = await scene.key(['read']);
    assert.equal((await scene.ask('/api/sign-in', { headers: { authorization } })).status, 405);
  });
});

describe('where no sign-in is needed', () => {
  test('who asks is the anonymous client with its scopes; who signs in is somebody, and nobody again after it', async (t) => {
    const scene = await openScene();
    t.after(() => scene.close());
    await addUser(scene, 'ann', ['read', 'admin']);
    const { body } = await scene.ask('/api/session');
    const { needsSignIn, signedIn, client, scopes, stepUp } = body.data;
    assert.deepEqual([needsSignIn, signedIn, client], [false, false, 'local']);
    assert.deepEqual(scopes, ['read', 'research', 'trade', 'risk']);
    assert.equal(stepUp.needed, false);
    const ann = await signIn(scene, 'ann');
    assert.equal((await scene.ask('/api/session', { headers: ann.reads })).body.data.client, 'user:ann');
    assert.equal((await scene.ask('/api/users/ls', { headers: ann.reads })).body.data.users[0].name, 'ann');
    const out = await scene.ask('/api/sign-out', { method: 'POST', headers: ann.does });
    assert.equal(out.body.data.client, 'local');
  });
});

describe('over TLS, or behind a proxy that has it', () => {
  test('the cookie -> Secure and bound to this very host; one of the other name opens nothing', async (t) => {
    const scene = await openScene({ ...needy, isBehindProxy: true });
    t.after(() => scene.close());
    await addUser(scene, 'ann', ['read']);
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', host: 'desk.example' };
    const answer = await askSignIn(scene, 'ann', PASSWORD, { ...headers, origin: 'https://desk.example' });
    assert.match(
      String(answer.headers['set-cookie']),
      /^__Host-tradewright=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=86400$/,
    );
    const cookie = cookieOf(answer);
    assert.equal((await scene.ask('/api/version', { headers: { ...headers, cookie } })).status, 200);
    const tossed = cookie.replace('__Host-', '');
    assert.equal((await scene.ask('/api/version', { headers: { ...headers, cookie: tossed } })).status, 401);
  });
});

const REARM = { confirm: 'system', reason: 'drill over' };

/** The system's clock, which can be put forward. */
function movable(): { readonly clock: Clock; forwardMs: number } {
  const system = systemClock();
  const moved = {
    forwardMs: 0,
    clock: {
      ...system,
      nowMs: () => system.nowMs() + moved.forwardMs,
      elapsedMs: () => system.elapsedMs() + moved.forwardMs,
      after: (ms: number, work: () => void) => system.after(ms, work),
    },
  };
  return moved;
}

describe('as time goes by', () => {
  const moved = movable();
  let scene: ServerScene;
  let database: StateDatabase;
  before(async () => {
    const { compose } = await import('../../src/compose.ts');
    const { readConfig } = await import('../../src/config.ts');
    const { mkdtempSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const { openSqliteState } = await import('../../src/adapters/sqlite/state-database.ts');
    const { storedUsers } = await import('../../src/durability/stored-users.ts');
    const home = mkdtempSync(`${tmpdir()}/tradewright-sign-in-`);
    const world = compose(readConfig({ home }, {}, home));
    database = openSqliteState(`${home}/home.sqlite`, moved.clock);
    const users = storedUsers(database);
    scene = await openScene({ ...needy, world: { ...world, users: async () => users }, clock: moved.clock }, home);
    await addUser(scene, 'ann', ['read', 'risk', 'admin']);
  });
  after(async () => {
    await scene.close();
    await database.close();
    await scene.world.close();
    const { rmSync } = await import('node:fs');
    rmSync(scene.home, { recursive: true, force: true });
  });
  const minutes = (n: number): void => {
    moved.forwardMs += n * 60_000;
  };
  const isIn = async ({ reads }: SignedIn): Promise<boolean> =>
    (await scene.ask('/api/version', { headers: reads })).status === 200;

  test('unused for four hours -> over; used now and again -> over after a day', async () => {
    const [idle, used] = [await signIn(scene, 'ann'), await signIn(scene, 'ann')];
    for (let n = 0; n < 8; n++) {
      minutes(179);
      assert.equal(await isIn(used), true, `after ${n + 1} times three hours`);
      // To ask who one is, is no use.
      const { signedIn } = (await scene.ask('/api/session', { headers: idle.reads })).body.data;
      assert.equal(signedIn, n === 0);
    }
    minutes(9);
    assert.equal(await isIn(used), false);
    assert.equal(await isIn(idle), false);
  });

  test('grave deeds -> within five minutes of the password; then only when it has been given again', async () => {
    const ann = await signIn(scene, 'ann');
    const rearm = (key: string) => scene.command('/api/rearm', REARM, key, ann.does);
    assert.equal((await rearm('rearm-1')).status, 200);
    minutes(4);
    assert.equal((await rearm('rearm-2')).status, 200);
    minutes(2);
    const refused = await rearm('rearm-3');
    assert.deepEqual([refused.status, refused.body.code], [403, 'step-up-required']);
    assert.equal((await rearm('rearm-1')).headers['idempotency-replayed'], 'true', 'what was done is told again');
    assert.equal((await scene.command('/api/pause', {}, 'pause-1', ann.does)).status, 200, 'what is safe is not grave');
    assert.equal((await scene.ask('/api/session', { headers: ann.reads })).body.data.stepUp.fresh, false);
    const stepUp = (password: string, headers = ann.does) =>
      scene.ask('/api/step-up', {
        ...{ method: 'POST', body: { password } },
        headers: { 'content-type': 'application/json', ...headers },
      });
    const wrong = (await stepUp('something else')).body;
    assert.deepEqual([wrong.code, wrong.detail], ['sign-in-refused', 'this is not the password of ann']);
    assert.match(wrong.hint, /^Type it once more/, 'nothing but the password was asked for');
    assert.equal((await rearm('rearm-4')).status, 403);
    assert.equal((await stepUp(PASSWORD, { ...ann.does, 'x-csrf-token': 'x' })).body.code, 'csrf-refused');
    const again = await stepUp(PASSWORD);
    assert.equal(again.body.data.stepUp.fresh, true);
    assert.equal((await rearm('rearm-3')).status, 200, 'under the same key: nothing had been done');
  });

  test('grave deeds over a socket -> the same, as it is now and not as it was when the socket was opened', async () => {
    const ann = await signIn(scene, 'ann');
    const socket = new RawClient(`${scene.url.replace('http', 'ws')}/ws`, { ...ann.reads, origin: scene.url });
    await socket.frame('hello');
    const call = (id: string) => socket.send({ k: 'call', id, operation: 'rearm', input: REARM, key: `socket-${id}` });
    call('fresh');
    assert.equal((await socket.answer('fresh')).k, 'result');
    minutes(6);
    call('stale');
    assert.equal((await socket.answer('stale')).problem.code, 'step-up-required');
    const headers = { 'content-type': 'application/json', ...ann.does };
    await scene.ask('/api/step-up', { method: 'POST', body: { password: PASSWORD }, headers });
    call('again');
    assert.equal((await socket.answer('again')).k, 'result');
    socket.close();
  });

  test('keys, which are their own factor, and dry runs, which do nothing -> are not asked for it', async () => {
    const authorization = await scene.key(['risk']);
    assert.equal((await scene.command('/api/rearm', REARM, 'key-1', { authorization })).status, 200);
    const ann = await signIn(scene, 'ann');
    minutes(6);
    Object.assign(scene.world, { isolate: async () => ({}) });
    assert.equal((await scene.command('/api/rearm', { ...REARM, dryRun: true }, 'dry-1', ann.does)).status, 200);
  });

  test('the password guessed from a browser that was left open -> five times, then nobody is signed in there', async () => {
    const ann = await signIn(scene, 'ann');
    const headers = { 'content-type': 'application/json', ...ann.does };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        scene.ask('/api/step-up', { method: 'POST', body: { password: `guess ${n}` }, headers }),
      ),
    );
    assert.ok(answers.every(({ status }) => status === 401));
    assert.ok(answers.some(({ body }) => /the sign-in has ended/.test(body.hint)));
    assert.equal(await isIn(ann), false);
  });
});

describe('passwords', () => {
  test('a hash -> of Argon2id with its cost and salt, another each time, that only the password fits', async () => {
    const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    assert.match(one, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.notEqual(one, other);
    assert.equal(await isPassword(PASSWORD, one), true);
    assert.equal(await isPassword(`${PASSWORD} `, one), false);
    const broken = ['', 'x', one.slice(0, -1), one.replace('m=65536', 'm=9999999'), one.replace('t=3', 't=99')];
    for (const stored of broken) assert.equal(await isPassword(PASSWORD, stored), false, stored);
    const ligature = await hashPassword('oﬃce by the sea', { memoryKib: 64, passes: 1, lanes: 1 });
    assert.equal(await isPassword('office by the sea', ligature), true, 'however a keyboard writes it');
  });

  test('many at once -> two are compared, some wait, the rest is refused and nothing was compared', async () => {
    let [now, most, done] = [0, 0, 0];
    const gate = Promise.withResolvers<void>();
    const desk = new PasswordDesk(async () => {
      most = Math.max(most, ++now);
      await gate.promise;
      now--;
      done++;
      return true;
    });
    const all = Array.from({ length: 30 }, () => desk.isRight('x', 'stored'));
    const settled = Promise.allSettled(all);
    gate.resolve();
    const refused = (await settled).filter(({ status }) => status === 'rejected');
    assert.deepEqual([most, done, refused.length], [2, 10, 20]);
    assert.equal(await desk.isRight('x', null), false, 'nobody has the password of nobody');
  });
});
