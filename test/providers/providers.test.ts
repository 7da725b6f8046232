import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { AccountScene } from '../accounts/account-scene.ts';
import { json, providerStandIn } from './provider-stand-in.ts';

const KEYS = ['canary-of-the-first-key-4711', 'canary-of-the-second-key-4712'] as const;
const nobody: readonly string[] = [];

describe('providers at a terminal', () => {
  let server: Awaited<ReturnType<typeof providerStandIn>>;
  let scene: AccountScene;
  before(async () => {
    server = await providerStandIn();
    for (const key of KEYS) server.state.keys.add(key);
  });
  after(() => server.close());
  beforeEach(() => {
    scene = new AccountScene();
    scene.env = { TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.1,::1' };
  });
  afterEach(() => scene.dispose());

  const addGrok = (more = '') => scene.run(`provider add xai grok --url ${server.url}/xai/v1/${more}`, [KEYS[0]]);
  const listed = async () => (await scene.run('provider ls', null)).providers;
  const sealed = (): unknown[] => {
    const db = new DatabaseSync(join(scene.home, 'home.sqlite'));
    const rows = db.prepare('select venue, sealed from connection').all();
    db.close();
    return rows.map(({ venue, sealed: text }) => [venue, text === null ? null : 'sealed']);
  };

  test('add -> asked first, kept with its key sealed, listed without; a key file is made for the vault', async () => {
    const { provider, homeKeyFile } = await addGrok(' --model grok-4.3');
    assert.equal(homeKeyFile, join(scene.home, 'master.key'));
    const { seen, created, keyChanged, ...rest } = provider;
    assert.deepEqual(rest, {
      ...{ label: 'grok', kind: 'xai', does: 'models', url: `${server.url}/xai/v1`, model: 'grok-4.3' },
      ...{ modelListed: true, hasKey: true },
    });
    assert.equal(created, keyChanged);
    assert.deepEqual([seen!.outcome, seen!.keyAccepted, seen!.models], ['ready', true, ['grok-4.3', 'grok-4.5']]);
    assert.deepEqual(await listed(), [provider]);
    assert.deepEqual(sealed(), [['provider-xai', 'sealed']]);
    assert.ok(!scene.everything().includes(KEYS[0]));
    assert.deepEqual(scene.warnings, []);
    assert.deepEqual((await scene.run('account ls', null)).accounts, [], 'it is no account');
  });

  test('a key that is not taken, nobody there, another page -> told by its code, and nothing is kept', async () => {
    const line = `provider add xai grok --url ${server.url}`;
    const refused = await scene.refusal(`${line}/xai/v1`, 'key-refused', ['not-a-key-that-is-known']);
    assert.match(refused.message, /^provider grok \(xai at 127\.0\.0\.1:\d+\): status 400: Incorrect API key/);
    assert.doesNotMatch(refused.message, /not-a-key/);
    const unfit = await scene.refusal(`${line}/nowhere`, 'provider-refused', [KEYS[0]]);
    assert.match(unfit.message, /status 404/);
    server.script({ status: 429, headers: { 'retry-after': '5' } });
    const limited = await scene.refusal(`${line}/xai/v1`, 'provider-unavailable', [KEYS[0]]);
    assert.match(limited.message, /try again in 5 s/);
    assert.deepEqual(await listed(), []);
    assert.deepEqual(sealed(), []);
  });

  test('what does not fit its kind -> refused before anybody is asked for anything', async () => {
    const asked = server.received.length;
    for (const [line, field, message] of [
      ['compatible x', 'url', /expected the address of an OpenAI-compatible server, such as http:/],
      ['compatible x --url ftp://a', 'url', /begins with https:\/\/ or http:\/\//],
      ['openai x --url https://me:secret@a/v1', 'url', /no user and password in it/],
      ['openai x --url https://a/v1?key=1', 'url', /nothing behind its path/],
      ['xai x --keyless', 'keyless', /xAI needs a key/],
      ['tavily x --model m', 'model', /Tavily searches and has no models/],
    ] as const) {
      const failure = await scene.refusal(`provider add ${line}`, 'input-invalid', nobody);
      assert.equal(failure.details['field'], field, line);
      assert.match(failure.message, message);
    }
    assert.equal(server.received.length, asked);
    await scene.refusal('provider add xai x --no-test', 'secret-missing', null);
    for (const key of ['short', 'two words of it', 'tab\tin it all'])
      assert.doesNotMatch(
        (await scene.refusal('provider add xai x --no-test', 'key-unfit', [key])).message,
        new RegExp(key),
      );
    for (const more of ['sk-what-may-be-a-key', '--key sk-x', '--api-key=sk-x', '--keyless=sk-x'])
      await scene.refusal(`provider add xai x ${more}`, 'secret-exposed', nobody);
    await addGrok(' --no-test');
    await scene.refusal('provider add openai grok', 'provider-exists', nobody);
  });

  test('a model on this machine without a key -> asked where the operator has opened it, and else not connected to', async () => {
    const line = `provider add compatible local --url ${server.url}/ollama/v1 --keyless`;
    scene.env = {};
    const asked = server.received.length;
    const closed = await scene.refusal(line, 'provider-refused', nobody);
    assert.match(closed.hint, /TRADEWRIGHT_PROVIDER_NETWORKS/);
    assert.equal(server.received.length, asked);
    scene.env = { TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.0/8' };
    const { provider, homeKeyFile } = await scene.run(line, null);
    assert.deepEqual([provider.hasKey, provider.seen!.keyAccepted, homeKeyFile], [false, null, null]);
    assert.deepEqual((await scene.run('provider check local', null)).provider.seen!.models, server.state.models);
    const none = await scene.refusal('provider rotate local', 'input-invalid', nobody);
    assert.match(none.message, /has no key/);
    assert.deepEqual(await scene.run('provider rm local', null), { removed: 'local' });
  });

  test('set -> chosen; a model that is not listed -> taken with a warning; of web search -> refused', async () => {
    await addGrok();
    assert.equal((await scene.run('provider set grok grok-4.5')).provider.modelListed, true);
    assert.deepEqual(scene.warnings, []);
    const other = await scene.run('provider set grok grok-9');
    assert.deepEqual([other.provider.model, other.provider.modelListed], ['grok-9', false]);
    assert.deepEqual(
      scene.warnings.map(({ code, message }) => [code, message]),
      [['model-not-listed', 'grok does not list the model grok-9']],
    );
    assert.equal((await listed())[0]!.model, 'grok-9');
    await scene.run(`provider add tavily web --url ${server.url}/tavily`, [KEYS[0]]);
    assert.match((await scene.refusal('provider set web m', 'input-invalid')).message, /has no models/);
    await scene.refusal('provider set nobody m', 'provider-unknown');
  });

  test('check: refused, limited, ready again -> each told, and noted with its time', async () => {
    await addGrok(' --no-test');
    assert.equal((await listed())[0]!.seen, null);
    server.script(json(401, { error: 'revoked' }));
    await scene.refusal('provider check grok', 'key-refused');
    assert.deepEqual(
      [(await listed())[0]!.seen!.outcome, (await listed())[0]!.seen!.keyAccepted],
      ['key-refused', false],
    );
    server.script({ status: 503 });
    await scene.refusal('provider check grok', 'provider-unavailable');
    assert.equal((await listed())[0]!.seen!.reason, 'status 503');
    const { provider } = await scene.run('provider check grok');
    assert.equal(provider.seen!.outcome, 'ready');
    assert.deepEqual(await listed(), [provider]);
    const unknown = await scene.refusal('provider check nobody', 'provider-unknown');
    assert.match(unknown.message, /there are: grok/);
  });

  test('rotate -> a key that is not taken leaves the old one; one that is taken replaces it', async () => {
    await addGrok();
    await scene.refusal('provider rotate grok', 'key-refused', ['not-a-key-that-is-known']);
    await scene.refusal('provider rotate grok', 'key-unfit', [KEYS[0]]);
    const asked = server.received.length;
    await scene.run('provider check grok');
    assert.equal(server.received[asked]!.headers.authorization, `Bearer ${KEYS[0]}`);
    const { provider } = await scene.run('provider rotate grok', [KEYS[1]]);
    assert.ok(provider.keyChanged > provider.created && provider.seen!.outcome === 'ready');
    const again = server.received.length;
    await scene.run('provider check grok');
    assert.equal(server.received[again]!.headers.authorization, `Bearer ${KEYS[1]}`);
    assert.equal((await scene.run('provider rotate grok --no-test', [KEYS[0]])).provider.seen, null);
    for (const key of KEYS) assert.ok(!scene.everything().includes(key));
  });

  test('rm -> its key is overwritten, its label is free; a vault that is locked anew opens the others', async () => {
    await addGrok();
    await scene.run(`provider add openai gpt --url ${server.url}/openai/v1`, [KEYS[1]]);
    assert.deepEqual(await scene.run('provider rm grok', null), { removed: 'grok' });
    assert.deepEqual(sealed(), [
      ['provider-xai', null],
      ['provider-openai', 'sealed'],
    ]);
    await addGrok();
    await scene.run(`account rekey --key-file ${join(scene.folder, 'other.key')}`);
    scene.env = { ...scene.env, TRADEWRIGHT_MASTER_KEY_FILE: join(scene.folder, 'other.key') };
    for (const label of ['grok', 'gpt']) await scene.run(`provider check ${label}`, null);
    await scene.refusal('provider rm nobody', 'provider-unknown');
  });

  test('what was left half-way: a key without its provider, a provider without its key -> added again; told, and removed', async () => {
    await addGrok();
    const change = (sql: string): void => {
      const db = new DatabaseSync(join(scene.home, 'home.sqlite'));
      db.exec(sql);
      db.close();
    };
    change("delete from provider where label = 'grok'");
    const url = `--url ${server.url}/xai/v1`;
    // It may be of somebody who is just about to keep it.
    await scene.refusal(`provider add xai grok ${url}`, 'provider-exists', [KEYS[1]]);
    change(`update connection set info = json_set(info, '$.createdAtMs', ${Date.now() - 61_000})`);
    await scene.run(`provider add xai grok ${url}`, [KEYS[1]]);
    await scene.run('provider check grok', null);
    change("update connection set sealed = null where label = 'grok'");
    const gone = await scene.refusal('provider check grok', 'key-missing');
    assert.match(gone.hint, /provider rm grok/);
    assert.deepEqual(await scene.run('provider rm grok', null), { removed: 'grok' });
  });

  test('added by somebody else while a key is typed -> theirs stays, and its key opens', async () => {
    const world = scene.world();
    const { providerAdd } = await import('../../src/api/handlers/providers.ts');
    const input = { kind: 'xai', label: 'grok', url: `${server.url}/xai/v1`, keyless: false, test: false } as const;
    const adding = providerAdd(input as never, world, {
      ...{ given: {}, progress: () => true, update() {}, warn() {}, stop: new AbortController().signal },
      askSecret: async () => {
        await addGrok();
        // Long ago, as who types takes his time.
        const db = new DatabaseSync(join(scene.home, 'home.sqlite'));
        db.exec(`update connection set info = json_set(info, '$.createdAtMs', ${Date.now() - 61_000})`);
        db.close();
        return new Secret(KEYS[1]);
      },
    });
    await assert.rejects(adding, { code: 'provider-exists' });
    assert.equal((await scene.run('provider check grok')).provider.seen!.outcome, 'ready');
  });

  test('another address, or the key of another provider, in the database -> the key is sent nowhere', async () => {
    await addGrok();
    await scene.run(`provider add openai gpt --url ${server.url}/openai/v1`, [KEYS[1]]);
    const asked = server.received.length;
    const change = (sql: string): void => {
      const db = new DatabaseSync(join(scene.home, 'home.sqlite'));
      db.exec(sql);
      db.close();
    };
    change(`update provider set url = '${server.url}/vllm/v1' where label = 'grok'`);
    const moved = await scene.refusal('provider check grok', 'vault-damaged');
    assert.match(moved.message, /sealed for another address than .*\/vllm\/v1/);
    change("update provider set secret_id = (select secret_id from provider where label = 'grok') where label = 'gpt'");
    await scene.refusal('provider check gpt', 'vault-damaged');
    assert.equal(server.received.length, asked);
  });

  test('a vault under a passphrase that nobody can be asked for -> the command for a terminal', async () => {
    scene.env = { ...scene.env, TRADEWRIGHT_MASTER_PASSPHRASE: 'ask' };
    const line = `provider add xai grok --url ${server.url}/xai/v1`;
    await scene.run(line, ['correct horse battery', KEYS[0]]);
    const refused = await scene.refusal('provider check grok', 'passphrase-needed', null);
    assert.equal(refused.details['command'], 'tradewright provider check grok');
    await scene.run('provider check grok', ['correct horse battery']);
  });
});

describe('networks that providers may be in', () => {
  test('what is no network -> refused as a setting', () => {
    const scene = new AccountScene();
    try {
      for (const wrong of ['localhost', '10.0.0.0/33', '300.1.1.1', '127.0.0.1;::1', '10.1.0.0/16,', '::1/129']) {
        scene.env = { TRADEWRIGHT_PROVIDER_NETWORKS: wrong };
        assert.throws(() => scene.world(), { code: 'config-invalid' }, wrong);
      }
      scene.env = { TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.1,10.1.0.0/16,::1,fd00::/8' };
      scene.world();
    } finally {
      void scene.dispose();
    }
  });
});
