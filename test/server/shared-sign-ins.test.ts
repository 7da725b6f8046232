import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import pg from 'pg';
import { ROUTES } from '../../src/api/http/routes.ts';
import type { OperationId } from '../../src/api/operations/table.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { CuttingProxy } from '../servers/cutting-proxy.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';
import { addUser, PASSWORD, type SignedIn, signIn } from './browser.ts';
import { openScripted, type ScriptedScene } from './scripted-streams.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

/** What is waited for comes, or the test fails. */
const PATIENT = { timeout: 60_000 };
const REARM = { confirm: 'system', reason: 'drill over' };
const MINUTE_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('servers on one PostgreSQL', { skip: postgresMissing }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-shared-sign-ins-'));
  /** Whatever was carried out, reads too: who is refused has nothing done. */
  const done: OperationId[] = [];
  const worlds: World[] = [];
  let wire: CuttingProxy;
  let database: pg.Client;
  let one: ServerScene;
  let other: ServerScene;
  let streaming: ScriptedScene;

  before(async () => {
    const url = new URL(await postgresUrl());
    const first = new pg.Client({ connectionString: url.href });
    await first.connect();
    await first.query('create database sign_ins');
    await first.end();
    url.pathname = '/sign_ins';
    database = new pg.Client({ connectionString: url.href });
    await database.connect();
    wire = await CuttingProxy.open(url.hostname, Number(url.port));
    const straight = url.href;
    url.port = String(wire.port);
    const worldOf = (home: string, TRADEWRIGHT_DATABASE: string): World => {
      const world = compose(readConfig({ home: join(folder, home) }, { TRADEWRIGHT_DATABASE }, folder));
      worlds.push(world);
      return world;
    };
    const note = async (id: OperationId): Promise<unknown> => {
      done.push(id);
      return {};
    };
    const needy = { allowsLocal: false, execute: note };
    const open = async (world: World): Promise<ServerScene> => {
      Object.assign(world, { isolate: note });
      return openScene({ ...needy, world }, folder);
    };
    one = await open(worldOf('one', straight));
    other = await open(worldOf('other', url.href));
    streaming = await openScripted({ allowsLocal: false, world: worldOf('streaming', straight) });
    await addUser(one, 'ann', ['read', 'risk']);
  });
  beforeEach(() => {
    done.length = 0;
  });
  after(async () => {
    for (const scene of [one, other, streaming]) await scene.server.close(1_000);
    for (const world of worlds) await world.close();
    await database.end();
    await wire.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const aged = async (column: string, ms: number): Promise<void> =>
    void (await database.query(`update tradewright.sign_in set ${column} = ${column} - ${ms}`));
  const socketOf = (scene: ServerScene, { reads }: Pick<SignedIn, 'reads'>): RawClient =>
    new RawClient(`${scene.url.replace('http', 'ws')}/ws`, { ...reads, origin: scene.url });
  const mcp = async (scene: ServerScene, headers: Readonly<Record<string, string>>): Promise<number> =>
    (
      await scene.ask('/mcp', {
        ...{ method: 'POST', body: { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} } },
        headers: { ...headers, ...JSON_TYPE, accept: 'application/json, text/event-stream' },
      })
    ).status;

  /** Nobody is let in by it, whatever is asked for and however; nothing is carried out. */
  async function opensNothing(scene: ServerScene, { reads, does }: Pick<SignedIn, 'reads' | 'does'>): Promise<void> {
    done.length = 0;
    for (const { method, path } of ROUTES) {
      const asked = path.replaceAll(/\{\w+\}/g, 'x');
      const { status } =
        method === 'GET'
          ? await scene.ask(asked, { headers: reads })
          : await scene.command(asked, { dryRun: true }, `no-${path}`, does, method);
      assert.equal(status, 401, `${method} ${path}`);
    }
    for (const path of ['/docs', '/openapi.json', '/metrics', '/health'])
      assert.equal((await scene.ask(path, { headers: reads })).status, 401, path);
    assert.equal(await mcp(scene, does), 401);
    const { data } = (await scene.ask('/api/session', { headers: reads })).body;
    assert.deepEqual([data.signedIn, data.client, data.scopes, data.csrfToken], [false, null, [], null]);
    const headers = { ...JSON_TYPE, ...does };
    const proof = await scene.ask('/api/step-up', { method: 'POST', body: { password: PASSWORD }, headers });
    assert.equal(proof.status, 401);
    for (const frame of [
      { k: 'call', id: '1', operation: 'version' },
      { k: 'call', id: '1', operation: 'rearm', input: REARM, key: 'no' },
      { k: 'subscribe', id: '1', operation: 'status', input: {} },
    ]) {
      const socket = socketOf(scene, { reads });
      await socket.frame('key-needed');
      socket.send(frame);
      assert.equal((await socket.closed)[0], 4401, frame.k);
      assert.ok(!socket.frames.some(({ k }) => ['hello', 'result', 'subscribed'].includes(k)));
    }
    assert.deepEqual(done, []);
  }

  test('signed in at one -> at the other, with the same token; its deeds are done', async () => {
    const ann = await signIn(one, 'ann');
    const there = { ...ann.does, origin: other.url };
    assert.equal((await other.ask('/api/version', { headers: ann.reads })).status, 200);
    assert.equal((await other.command('/api/pause', {}, 'shared-1', there)).status, 200);
    const { data } = (await other.ask('/api/session', { headers: ann.reads })).body;
    assert.deepEqual([data.user, data.csrfToken], ['ann', ann.csrfToken]);
    assert.deepEqual(done, ['version', 'pause']);
    // Assistants have keys, never cookies.
    assert.equal(await mcp(other, there), 401);
    assert.equal((await other.command('/api/order/cancel-all', {}, 'shared-2', there)).body.code, 'scope-missing');
  });

  test('an id that nobody was given -> opens nothing', PATIENT, async () => {
    const cookie = `tradewright=${'A'.repeat(43)}`;
    await opensNothing(other, {
      reads: { cookie },
      does: { cookie, origin: other.url, 'sec-fetch-site': 'same-origin', 'x-csrf-token': 'A'.repeat(43) },
    });
  });

  for (const [what, end] of [
    [
      'signed out at the other',
      async ({ does }) => other.ask('/api/sign-out', { method: 'POST', headers: { ...does, origin: other.url } }),
    ],
    ['another password, by somebody elsewhere', async () => (await other.world.users()).setPassword('cem', 'x')],
    ['other scopes', async () => (await other.world.users()).setScopes('cem', ['read', 'risk', 'admin'])],
    ['removed', async () => (await other.world.users()).remove('cem')],
    ['unused for four hours', () => aged('used_at_ms', 4 * 60 * MINUTE_MS)],
    ['a day old, however it was used', () => aged('started_at_ms', 24 * 60 * MINUTE_MS)],
  ] as const satisfies readonly (readonly [string, (ann: SignedIn) => Promise<unknown>])[])
    test(`${what} -> opens nothing at any server`, PATIENT, async () => {
      await (await one.world.users()).remove('cem');
      await addUser(one, 'cem', ['read', 'risk']);
      const cem = await signIn(one, 'cem');
      assert.equal((await one.ask('/api/version', { headers: cem.reads })).status, 200);
      await end(cem);
      for (const scene of [one, other])
        await opensNothing(scene, { reads: cem.reads, does: { ...cem.does, origin: scene.url } });
    });

  test(
    'a sign-in that ends -> its sockets and what it follows end within seconds, at every server',
    PATIENT,
    async () => {
      const ann = await signIn(one, 'ann');
      const sockets = [socketOf(one, ann), socketOf(other, ann)];
      for (const socket of sockets) assert.equal((await socket.frame('hello')).client, 'user:ann');
      const lines = { accept: 'application/x-ndjson' };
      const followed = streaming.ask('/api/fills?session=x', { headers: { ...ann.reads, ...lines } });
      await streaming.begun(1);
      await one.ask('/api/sign-out', { method: 'POST', headers: ann.does });
      for (const socket of sockets) assert.deepEqual(await socket.closed, [4401, 'the sign-in has ended']);
      assert.match((await followed).text, /"stopped":true/);
    },
  );

  test('a file of the machine, asked for over a socket -> not for who is no admin, and nothing is begun', async () => {
    const socket = socketOf(other, await signIn(one, 'ann'));
    await socket.frame('hello');
    const asked = [
      { k: 'call', operation: 'runs show', input: { run: '../report.json' } },
      { k: 'subscribe', operation: 'watch', input: { venue: 'local', symbols: ['X'], record: 'x' } },
    ];
    for (const frame of asked) {
      socket.send({ ...frame, id: frame.k });
      assert.equal((await socket.answer(frame.k)).problem?.code, 'scope-missing', frame.k);
    }
    assert.deepEqual([done, other.server.underWay()], [[], 0]);
    socket.close();
  });

  test('a password that was given too long ago -> nothing grave is done, at any server, until it is given again at one', async () => {
    const ann = await signIn(one, 'ann');
    const there = { ...ann.does, origin: other.url };
    const socket = socketOf(other, ann);
    await socket.frame('hello');
    const call = (id: string): Promise<{ readonly k: string; readonly problem?: { readonly code: string } }> => {
      socket.send({ k: 'call', id, operation: 'rearm', input: REARM, key: `socket-${id}` });
      return socket.answer(id) as never;
    };
    assert.equal((await other.command('/api/rearm', REARM, 'grave-1', there)).status, 200);
    assert.equal((await call('fresh')).k, 'result');
    await aged('proven_at_ms', 5 * MINUTE_MS);
    done.length = 0;
    const refused = await other.command('/api/rearm', REARM, 'grave-2', there);
    assert.deepEqual([refused.status, refused.body.code], [403, 'step-up-required']);
    assert.equal((await call('stale')).problem!.code, 'step-up-required');
    assert.deepEqual(done, []);
    await one.ask('/api/step-up', {
      ...{ method: 'POST', body: { password: PASSWORD } },
      headers: { ...JSON_TYPE, ...ann.does },
    });
    assert.equal((await other.command('/api/rearm', REARM, 'grave-2', there)).status, 200);
    assert.equal((await call('again')).k, 'result');
    assert.deepEqual(done, ['rearm', 'rearm']);
    socket.close();
  });

  test(
    'the database is away -> nobody is let in by a cookie, and nothing is done; it is back -> as before',
    PATIENT,
    async () => {
      const ann = await signIn(one, 'ann');
      const there = { ...ann.does, origin: other.url };
      const socket = socketOf(other, ann);
      await socket.frame('hello');
      wire.cutAfter(0);
      try {
        assert.equal((await other.ask('/api/version', { headers: ann.reads })).status, 503);
        assert.equal((await other.command('/api/pause', {}, 'away-1', there)).status, 503);
        assert.equal((await other.command('/api/pause', { dryRun: true }, 'away-2', there)).status, 503);
        assert.equal((await other.ask('/api/session', { headers: ann.reads })).status, 503);
        assert.equal((await socketOf(other, ann).refused)[0], 503);
        socket.send({ k: 'call', id: '1', operation: 'rearm', input: REARM, key: 'away-3' });
        assert.equal((await socket.answer('1')).k, 'problem');
        assert.deepEqual(done, []);
      } finally {
        wire.restore();
      }
      while ((await other.ask('/api/version', { headers: ann.reads })).status !== 200)
        await new Promise((resolve) => setTimeout(resolve, 50));
      socket.close();
    },
  );
});
