import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ServerOptions } from '../../src/api/http/server-options.ts';
import { scopesOf } from '../../src/api/mcp/tiers.ts';
import { findTool, toolsFor } from '../../src/api/mcp/tools.ts';
import { ACCESS_SCOPES } from '../../src/api/operation.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { providerStandIn } from '../providers/provider-stand-in.ts';
import { newHome } from './new-home.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const KEYS = ['canary-of-the-first-key-4711', 'canary-of-the-second-key-4712'] as const;

describe('providers over HTTP', () => {
  const { home, remove } = newHome();
  let server: Awaited<ReturnType<typeof providerStandIn>>;
  let scene: ServerScene;
  /** What a server logs of each request. */
  const answered: Parameters<NonNullable<ServerOptions['onAnswer']>>[0][] = [];
  let keyed: { readonly authorization: string };
  before(async () => {
    server = await providerStandIn();
    for (const key of KEYS) server.state.keys.add(key);
    const world = compose(readConfig({ home }, { TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.1' }, home));
    scene = await openScene({ world, onAnswer: (answer) => void answered.push(answer) }, home);
    keyed = { authorization: await scene.key(['read', 'admin']) };
  });
  after(async () => {
    await scene.close();
    await scene.world.close();
    await server.close();
    remove();
  });
  let count = 0;
  const ask = (path: string, body: object, key = `providers-${count++}`) =>
    scene.command(`/api/provider/${path}`, body, key, keyed);
  const listed = () => scene.ask('/api/provider/ls', { headers: keyed });
  const files = (): string =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n');
  const grok = () => ({ kind: 'xai', label: 'grok', url: `${server.url}/xai/v1` });

  test('added with its secret, asked, a model chosen, the key replaced, removed -> the key is in no answer and in no file', async () => {
    const body = { ...grok(), secrets: [KEYS[0]] };
    const answers = [
      await ask('add', body, 'once'),
      await ask('add', { ...body, secrets: ['another-one'] }, 'once'),
      await ask('check', { label: 'grok' }),
      await ask('set', { label: 'grok', model: 'grok-9' }),
      await ask('rotate', { label: 'grok', secrets: ['not-a-key-that-is-known'] }),
      await ask('rotate', { label: 'grok', secrets: [KEYS[1]] }),
      await listed(),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 401, 200, 200],
      answers.map(({ text }) => text).join('\n'),
    );
    const [added, again, checked, chosen, refused, , all] = answers;
    assert.equal(again!.headers['idempotency-replayed'], 'true');
    assert.deepEqual(added!.body.data.provider.seen.models, server.state.models);
    assert.equal(checked!.body.data.provider.seen.keyAccepted, true);
    assert.equal(chosen!.body.warnings[0].code, 'model-not-listed');
    assert.equal(refused!.body.code, 'key-refused');
    assert.deepEqual([all!.body.data.providers.length, all!.body.data.providers[0].model], [1, 'grok-9']);
    const told = `${answers.map(({ text }) => text).join('\n')}${files()}`;
    for (const key of [...KEYS, 'not-a-key-that-is-known']) assert.ok(!told.includes(key), 'in clear');
    assert.equal((await ask('rm', { label: 'grok' })).status, 200);
    const deeds = answered.filter(({ route }) => /provider\/(?:add|rotate|rm)$/.test(route));
    assert.deepEqual(
      deeds.map(({ route, status, client }) => [route.slice('/api/provider/'.length), status, client !== null]),
      [
        ...[['add', 200, true] as const, ['add', 200, true] as const, ['rotate', 401, true] as const],
        ...[['rotate', 200, true] as const, ['rm', 200, true] as const],
      ],
    );
    assert.deepEqual((await listed()).body.data.providers, []);
    assert.deepEqual(scene.defects, []);
  });

  test('no secret, a wrong address, only tried -> refused by the question or at its field; nobody is asked, nothing kept', async () => {
    const asked = server.received.length;
    const none = await ask('add', grok());
    assert.deepEqual([none.status, none.body.code], [400, 'secret-missing']);
    assert.match(none.body.detail, /^API key of xAI: expected an answer in secrets/);
    for (const [url, field] of [
      ['http://10.9.8.7/v1', 'url'],
      ['file:///etc/passwd', 'url'],
    ] as const) {
      const refused = await ask('add', { ...grok(), url, secrets: [KEYS[0]] });
      assert.equal(refused.body.details.field, field, refused.text);
      assert.ok(!refused.text.includes(KEYS[0]));
    }
    const tried = await ask('add', { ...grok(), dryRun: true });
    assert.equal(tried.status, 200, tried.text);
    assert.equal(server.received.length, asked);
    assert.deepEqual((await listed()).body.data.providers, []);
  });

  test('over a socket, of an assistant -> never; an assistant sees that there is one, and no key', async () => {
    await ask('add', { ...grok(), secrets: [KEYS[0]] });
    const client = await RawClient.open(scene, keyed.authorization);
    client.send({ k: 'call', id: 'c', operation: 'provider add', key: 'k', input: { kind: 'xai', label: 'x' } });
    assert.equal((await client.answer('c')).problem.code, 'not-acceptable');
    client.close();
    for (const scopes of [scopesOf('paper'), new Set<string>(ACCESS_SCOPES)])
      assert.deepEqual(
        toolsFor(scopes)
          .map(({ name }) => name)
          .filter((name) => name.startsWith('provider_')),
        ['provider_ls'],
      );
    for (const name of ['add', 'check', 'set', 'rotate', 'rm']) assert.equal(findTool(`provider_${name}`), null);
    assert.ok(!(await listed()).text.includes(KEYS[0]));
  });

  test('asked to keep it by several at once -> kept once, and its key opens', async () => {
    const add = (kind: string, key: string) =>
      ask('add', { kind, label: 'many', url: `${server.url}/openai/v1`, test: false, secrets: [key] });
    const answers = await Promise.all([add('openai', KEYS[0]), add('openai', KEYS[1]), add('compatible', KEYS[0])]);
    assert.deepEqual(
      answers.map(({ status, body }) => String(body.code ?? status)).sort(),
      ['200', 'provider-exists', 'provider-exists'],
      answers.map(({ text }) => text).join('\n'),
    );
    assert.equal((await ask('check', { label: 'many' })).status, 200);
    const vault = await scene.world.vaults.open(null);
    const usable = (await vault.list()).filter((each) => each.label === 'many' && each.revokedAtMs === null);
    assert.equal(usable.length, 1);
  });

  test('who may read only -> sees them, and changes none', async () => {
    const reader = { authorization: await scene.key(['read']) };
    assert.equal((await scene.ask('/api/provider/ls', { headers: reader })).status, 200);
    for (const path of ['add', 'check', 'set', 'rotate', 'rm']) {
      const refused = await scene.command(`/api/provider/${path}`, { label: 'grok' }, `reader-${path}`, reader);
      assert.deepEqual([refused.status, refused.body.code], [403, 'scope-missing'], path);
    }
  });
});
