import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { toolsFor } from '../../src/api/mcp/tools.ts';
import { ACCESS_SCOPES } from '../../src/api/operation.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const accept = ['this key works from any address'];

describe('keys of accounts over HTTP', () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-keys-'));
  let exchange: LocalExchange;
  let scene: ServerScene;
  let keyed: { readonly authorization: string };
  /** Of the exchange's account: two pairs, so that one can take the place of the other. */
  let pairs: readonly (readonly [key: string, secret: string])[];
  before(async () => {
    exchange = await openLocalExchange({ accounts: [{ name: 'trader', keys: [{ kind: 'hmac' }, { kind: 'hmac' }] }] });
    pairs = exchange.accounts[0]!.keys.map(({ apiKey, secret }) => [apiKey, secret!] as const);
    const world = compose(readConfig({ home }, { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest }, home));
    scene = await openScene({ world }, home);
    keyed = { authorization: await scene.key(['read', 'admin']) };
  });
  after(async () => {
    await scene.close();
    await scene.world.close();
    await exchange.close();
    rmSync(home, { recursive: true, force: true });
  });
  let count = 0;
  const ask = (path: string, body: object, key = `keys-${count++}`) =>
    scene.command(`/api/account/${path}`, body, key, keyed);
  const listed = () => scene.ask('/api/account/ls', { headers: keyed });

  test('added with its secrets -> tried and kept; they are in no answer and in no file', async () => {
    const body = { venue: 'local', label: 'main', accept, secrets: pairs[0]! };
    const added = await ask('add', body, 'once');
    assert.equal(added.status, 200, added.text);
    assert.deepEqual([added.body.data.account.label, added.body.data.tested], ['main', true]);
    const repeated = await ask('add', body, 'once');
    assert.deepEqual([repeated.body, repeated.headers['idempotency-replayed']], [added.body, 'true']);
    // What a key stands for says nothing of the secrets.
    assert.equal((await ask('add', { ...body, secrets: ['x', 'y'] }, 'once')).text, added.text);
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    const kept = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    for (const text of [added.text, (await listed()).text, ...kept])
      for (const secret of pairs[0]!) assert.ok(!text.includes(secret), 'in clear');
    assert.deepEqual(scene.defects, []);
  });

  test('replaced -> the new ones are tried first; wrong ones leave the old', async () => {
    const wrong = await ask('rotate', { label: 'main', accept, secrets: [pairs[1]![0], 'not-its-secret'] });
    assert.ok(wrong.status >= 400 && !wrong.text.includes('not-its-secret'), wrong.text);
    const again = await ask('rotate', { label: 'main', accept, secrets: pairs[0]! });
    assert.match(again.body.detail, /expected new keys, found the secret that is there/);
    const replaced = await ask('rotate', { label: 'main', accept, secrets: pairs[1]! });
    assert.equal(replaced.status, 200, replaced.text);
    assert.equal(replaced.body.data.tested, true);
  });

  test('too few, too many, of another kind -> refused by the question, nothing kept', async () => {
    const body = { venue: 'local', label: 'other', accept };
    const [none, one] = [await ask('add', body), await ask('add', { ...body, secrets: ['k'] })];
    for (const [answer, question] of [
      [none, /^API key of local: expected an answer in secrets/],
      [one, /^API secret of local, .*: expected an answer in secrets/],
    ] as const) {
      assert.deepEqual([answer.status, answer.body.code], [400, 'secret-missing']);
      assert.match(answer.body.detail, question);
    }
    for (const secrets of ['k', [1, 2], Array(6).fill('k'), [''], { a: 'b' }]) {
      const answer = await ask('add', { ...body, secrets });
      assert.deepEqual([answer.status, answer.body.code], [400, 'input-invalid'], answer.text);
    }
    const { accounts } = (await listed()).body.data;
    assert.deepEqual(
      accounts.map(({ label }: { label: string }) => label),
      ['main'],
    );
  });

  test('only tried -> asks for nothing and keeps nothing', async () => {
    const tried = await ask('add', { venue: 'local', label: 'tried', dryRun: true });
    assert.equal(tried.status, 200, tried.text);
    assert.ok(!(await listed()).text.includes('"tried"'));
  });

  test('over a socket, of an assistant -> not at all', async () => {
    const client = await RawClient.open(scene, keyed.authorization);
    client.send({ k: 'call', id: 'c', operation: 'account add', key: 'k', input: { venue: 'local', label: 'x' } });
    assert.equal((await client.answer('c')).problem.code, 'not-acceptable');
    client.close();
    const tools = toolsFor(new Set(ACCESS_SCOPES)).map(({ name }) => name);
    assert.ok(tools.includes('account_ls') && !tools.some((name) => /account_(add|rotate)/.test(name)), String(tools));
  });

  test('from elsewhere without TLS -> refused before anything is done; with TLS at the proxy -> taken', async () => {
    const proxied = await openScene({ world: scene.world, isBehindProxy: true }, home);
    try {
      const send = (protocol: string) =>
        proxied.ask('/api/account/add', {
          method: 'POST',
          headers: {
            ...{ 'content-type': 'application/json', 'idempotency-key': `far-${protocol}`, ...keyed },
            ...{ 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': protocol },
          },
          body: { venue: 'local', label: 'far', test: false, secrets: ['k', 's'] },
        });
      const clear = await send('http');
      assert.deepEqual([clear.status, clear.body.code], [400, 'secret-exposed'], clear.text);
      const safe = await send('https');
      assert.equal(safe.status, 200, safe.text);
    } finally {
      await proxied.server.close(1_000);
    }
  });
});
