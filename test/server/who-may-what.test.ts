import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { ACCESS_SCOPES, type AccessScope } from '../../src/api/operation.ts';
import { OPERATION_IDS, type OperationId, operationOf } from '../../src/api/operations/table.ts';
import { addUser, PASSWORD, type SignedIn, signIn } from './browser.ts';
import { type Answer, openScene, type ServerScene } from './server-scene.ts';

/** A way into the server, read from the table of operations alone. */
interface Door {
  readonly id: OperationId;
  readonly method: string;
  readonly path: string;
  readonly scope: AccessScope;
  readonly isCommand: boolean;
}

const doors: readonly Door[] = OPERATION_IDS.flatMap((id) => {
  const { name, kind, scope, localOnly, http = [] } = operationOf(id);
  if (localOnly !== undefined) return [];
  const isCommand = kind === 'command';
  const own = { id, method: isCommand ? 'POST' : 'GET', path: `/api/${name.split(' ').join('/')}`, scope, isCommand };
  return [own, ...http.map((face) => ({ ...own, method: face.method, path: `/api/${face.path}` }))];
});

/** What is grave, with the input by which it is: written down once more, so that a row that loses its mark is missed. */
const GRAVE: { readonly [K in OperationId]?: object } = {
  rearm: {},
  'strategy-promote': { to: 'live' },
  'account-add': {},
  'account-rotate': {},
  'account-check': {},
  'account-revoke': {},
  'provider-add': {},
  'provider-check': {},
  'provider-set': {},
  'provider-rotate': {},
  'provider-rm': {},
  'deployment-add': {},
  'journal-restore': {},
  // What lets more pass has to be confirmed.
  'limits-set': { confirm: 'system' },
  'apikey-revoke': {},
  'users-remove': {},
  'channel-add': {},
  'channel-rotate': {},
  'channel-rm': {},
};

/** Beside the operations: how files come. */
const UPLOADS = ['GET /api/uploads', 'POST /api/uploads'];

/** Each scope alone, none, and all. */
const ROLES: Readonly<Record<string, readonly AccessScope[]>> = {
  nothing: [],
  ...Object.fromEntries(ACCESS_SCOPES.map((scope) => [scope, [scope]])),
  everything: ACCESS_SCOPES,
};

let scene: ServerScene;
const keys = new Map<string, string>();
const fresh = new Map<string, SignedIn>();
/** Signed in for so long that the password is not fresh any more. */
const stale = new Map<string, SignedIn>();
let deeds = 0;

before(async () => {
  // Nothing is carried out: who gets that far may.
  // Of a job the answer says where it is told of.
  const reached = async () => ({ reached: true, job: { id: 'job_1' } });
  scene = await openScene({ allowsLocal: false, execute: reached });
  Object.assign(scene.world, { isolate: reached });
  for (const [role, scopes] of Object.entries(ROLES)) {
    keys.set(role, await scene.key(scopes));
    await addUser(scene, role, scopes);
    stale.set(role, await signIn(scene, role));
  }
  const change = (statement: string): void => {
    const db = new DatabaseSync(`${scene.home}/home.sqlite`, { timeout: 10_000 });
    db.exec(statement);
    db.close();
  };
  change('update sign_in set proven_at_ms = proven_at_ms - 301000');
  const sinceMs = Date.now();
  for (const role of Object.keys(ROLES)) fresh.set(role, await signIn(scene, role));
  // For as long as the whole list takes, on a machine that others use.
  change(`update sign_in set proven_at_ms = proven_at_ms + 3600000 where proven_at_ms >= ${sinceMs}`);
});
after(() => scene.close());

function ask({ method, path, isCommand }: Door, headers: Readonly<Record<string, string>>, body = {}): Promise<Answer> {
  const place = path.replaceAll(/\{\w+\}/g, 'x');
  // A stream that goes on has lines, which end here with its result.
  if (!isCommand) return scene.ask(place, { method, headers: { accept: 'application/x-ndjson', ...headers } });
  const key = `deed-${deeds++}`;
  return scene.ask(place, {
    ...{ method, body },
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
  });
}

/** Input is missing for some: they are refused for that, which is past the door. Jobs are accepted. */
function isLetIn({ status, text }: Answer, what: string): void {
  assert.ok([200, 202, 400].includes(status), `${what}: ${status} ${text}`);
}

function isRefused({ status, body }: Answer, code: string, what: string): void {
  assert.deepEqual([status, body.code], [code === 'unauthenticated' ? 401 : 403, code], what);
}

describe('every route, for everybody', () => {
  for (const door of doors)
    test(`${door.method} ${door.path} -> for ${door.scope}, by key and by cookie, and for nobody else`, async () => {
      const body = GRAVE[door.id] ?? {};
      isRefused(await ask(door, {}), 'unauthenticated', 'nobody');
      for (const [role, scopes] of Object.entries(ROLES)) {
        const may = scopes.includes(door.scope);
        const byKey = await ask(door, { authorization: keys.get(role)! }, body);
        const { cookie, does } = fresh.get(role)!;
        const byCookie = await ask(door, door.isCommand ? does : { cookie }, body);
        const byOldCookie = await ask(door, door.isCommand ? stale.get(role)!.does : { cookie }, body);
        for (const [how, answer] of Object.entries({ byKey, byCookie }))
          if (may) isLetIn(answer, `${role} ${how}`);
          else isRefused(answer, 'scope-missing', `${role} ${how}`);
        if (may && Object.hasOwn(GRAVE, door.id)) isRefused(byOldCookie, 'step-up-required', role);
        else if (may) isLetIn(byOldCookie, `${role} by an old cookie`);
        else isRefused(byOldCookie, 'scope-missing', role);
        if (door.isCommand) isRefused(await ask(door, { cookie, origin: scene.url }, body), 'csrf-refused', role);
      }
    });

  test('uploads -> for whoever may import, by key and by cookie with its token, and for nobody else', async () => {
    const { scope } = operationOf('data-import');
    assert.equal(scope, 'research');
    const send = (method: string, headers: Readonly<Record<string, string>>) =>
      scene.ask('/api/uploads?name=x.csv', {
        ...{ method, ...(method === 'POST' ? { body: 'time' } : {}) },
        headers: { 'content-type': 'application/octet-stream', ...headers },
      });
    for (const method of ['GET', 'POST']) {
      isRefused(await send(method, {}), 'unauthenticated', 'nobody');
      for (const [role, scopes] of Object.entries(ROLES)) {
        const { cookie, does } = fresh.get(role)!;
        for (const headers of [{ authorization: keys.get(role)! }, does]) {
          const answer = await send(method, headers);
          if (scopes.includes(scope)) assert.equal(answer.status, method === 'GET' ? 200 : 201, role);
          else isRefused(answer, 'scope-missing', role);
        }
        if (method === 'POST') isRefused(await send(method, { cookie, origin: scene.url }), 'csrf-refused', role);
      }
    }
  });

  test('what is grave -> stands in the list above and nowhere else; promoting to another stage is not', async () => {
    for (const { id, path } of doors)
      assert.equal(operationOf(id).stepUp !== undefined, Object.hasOwn(GRAVE, id), `${id} ${path}`);
    const promote = doors.find(({ id }) => id === 'strategy-promote')!;
    isLetIn(await ask(promote, stale.get('risk')!.does, { to: 'paper' }), 'to paper');
  });

  test('the document of the interface -> has these routes and those of signing in, and no other', async () => {
    const { body } = await scene.ask('/openapi.json', { headers: { authorization: keys.get('nothing')! } });
    const served = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const own = ['GET /api/session', 'POST /api/sign-in', 'POST /api/step-up', 'POST /api/sign-out', ...UPLOADS];
    assert.deepEqual(served.sort(), [...doors.map(({ method, path }) => `${method} ${path}`), ...own].sort());
  });

  test('beside the operations: who gets what without a key -> health and signing in', async () => {
    for (const path of ['/health/live', '/health/ready', '/api/session'])
      assert.equal((await scene.ask(path)).status, 200, path);
    for (const path of ['/health', '/metrics', '/docs', '/openapi.json', '/llms.txt', '/llms-full.txt', '/mcp', '/x']) {
      isRefused(await scene.ask(path), 'unauthenticated', path);
      const { status } = await scene.ask(path, { headers: fresh.get('read')!.reads });
      assert.equal(status, { '/mcp': 401, '/x': 404 }[path] ?? 200, path);
    }
  });
});

describe('what belongs to somebody', () => {
  test('the answer to a deed -> is told again to its owner alone, in every browser of the owner', async () => {
    await addUser(scene, 'ann', ['risk']);
    await addUser(scene, 'bob', ['risk']);
    const [ann, bob] = [await signIn(scene, 'ann'), await signIn(scene, 'bob')];
    const pause = (headers: Readonly<Record<string, string>>) => scene.command('/api/pause', {}, 'the-same', headers);
    const isAgain = async (headers: Readonly<Record<string, string>>): Promise<boolean> =>
      (await pause(headers)).headers['idempotency-replayed'] === 'true';
    assert.equal(await isAgain(ann.does), false);
    assert.equal(await isAgain(bob.does), false, 'bob’s own deed');
    assert.equal(await isAgain({ authorization: keys.get('risk')! }), false, 'the key’s own deed');
    assert.equal(await isAgain((await signIn(scene, 'ann')).does), true);
  });

  test('a user named as a key or as nobody is -> is neither', async () => {
    const id = keys.get('everything')!.slice(10, 18);
    for (const name of [id, 'local', 'server', 'mcp']) {
      await addUser(scene, name, ['read']);
      const { reads } = await signIn(scene, name);
      const { client, scopes } = (await scene.ask('/api/session', { headers: reads })).body.data;
      assert.deepEqual([client, scopes], [`user:${name}`, ['read']]);
    }
  });

  test('a sign-in -> is ended and proven by its own browser alone', async () => {
    const [one, two] = [fresh.get('read')!, fresh.get('trade')!];
    const crossed = { ...one.does, 'x-csrf-token': two.csrfToken };
    isRefused(await scene.ask('/api/sign-out', { method: 'POST', headers: crossed }), 'csrf-refused', 'sign-out');
    const headers = { ...crossed, 'content-type': 'application/json' };
    const proof = await scene.ask('/api/step-up', { method: 'POST', headers, body: { password: PASSWORD } });
    isRefused(proof, 'csrf-refused', 'step-up');
    assert.equal((await scene.ask('/api/version', { headers: one.reads })).status, 200);
  });
});
