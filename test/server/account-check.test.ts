import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { newHome } from './new-home.ts';
import { openScene, type ServerScene } from './server-scene.ts';

const WORDS = 'this key works from any address';
let exchange: LocalExchange;
let apiKey: string;
let secret: string;
let authorization: string;
let deeds = 0;

describe('accounts tested by a server', () => {
  before(async () => {
    exchange = await openLocalExchange({ accounts: [{ name: 'trader', keys: [{ kind: 'hmac' }] }] });
    const [key] = exchange.accounts[0]!.keys;
    ({ apiKey } = key!);
    secret = key!.secret!;
  });
  after(() => exchange.close());

  /** A server whose vault has an account of the local exchange, and what the environment says beside. */
  async function within(
    env: Readonly<Record<string, string>>,
    body: (scene: ServerScene) => Promise<void>,
  ): Promise<void> {
    const { home, remove } = newHome();
    const local = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
    const first = compose(readConfig({ home }, { ...local, ...env }, home));
    const passphrase = async () => new Secret('correct horse battery');
    const vault = await first.vaults.open(passphrase);
    const keys = { apiKey: new Secret(apiKey), apiSecret: new Secret(secret) };
    await vault.add({ venue: 'local', environment: 'local', label: 'demo' }, keys);
    await first.close();
    const world = compose(readConfig({ home }, { ...local, ...env }, home));
    const scene = await openScene({ world });
    authorization = await scene.key(['read', 'admin']);
    try {
      await body(scene);
      assert.deepEqual(scene.defects, []);
    } finally {
      await scene.close();
      await world.close();
      remove();
    }
  }

  const check = (scene: ServerScene, account: string, accept: readonly string[] = []) =>
    scene.command('/api/account/check', { account, accept }, `check-${deeds++}`, { authorization });
  const listed = async (scene: ServerScene) => (await scene.ask('/api/account/ls')).body.data.accounts[0];

  describe('account check, of a server', () => {
    test('an account whose key is objected to -> refused with the words that help, and what was seen is noted; answered -> what it holds', () =>
      within({}, async (scene) => {
        assert.equal((await listed(scene)).permissions, null);
        const refused = await check(scene, 'demo');
        assert.deepEqual([refused.status, refused.body.code], [422, 'key-unfit']);
        assert.deepEqual(refused.body.details.expected, [WORDS]);
        const { permissions } = await listed(scene);
        assert.deepEqual([permissions.canTrade, permissions.ipRestricted], [true, false]);
        const taken = await check(scene, 'demo', [WORDS]);
        assert.equal(taken.status, 200, taken.text);
        const { label, environment, canTrade, openOrders } = taken.body.data;
        assert.deepEqual([label, environment, canTrade, openOrders], ['demo', 'local', true, 0]);
        assert.ok((await listed(scene)).permissions.seen >= permissions.seen);
        for (const text of [apiKey, secret]) assert.ok(!`${refused.text}${taken.text}`.includes(text));
      }));

    test('an account that nobody has -> those that there are; only tried -> nobody is asked, nothing noted', () =>
      within({}, async (scene) => {
        const unknown = await check(scene, 'main');
        assert.deepEqual([unknown.status, unknown.body.code], [404, 'account-unknown']);
        const tried = await scene.command('/api/account/check', { account: 'demo', dryRun: true }, 'tried', {
          authorization,
        });
        assert.equal(tried.status, 200, tried.text);
        assert.equal((await listed(scene)).permissions, null);
      }));

    test('a vault under a passphrase that is asked for -> refused with the command for a terminal, nothing noted', async () => {
      await within({ TRADEWRIGHT_MASTER_PASSPHRASE: 'ask' }, async (scene) => {
        const refused = await check(scene, 'demo');
        assert.deepEqual([refused.status, refused.body.code], [422, 'passphrase-needed']);
        assert.equal(refused.body.details.command, 'tradewright account check demo');
        assert.match(refused.body.hint, /terminal of the machine that keeps the keys: tradewright account check demo$/);
        assert.equal((await listed(scene)).permissions, null);
      });
    });

    test('keys in the environment of the server -> no client has them sent to a venue', () =>
      within({ TRADEWRIGHT_API_KEY: apiKey, TRADEWRIGHT_API_SECRET: secret }, async (scene) => {
        // There it would be tried, as it is at a terminal.
        const elsewhere = await check(scene, 'local-usdm');
        assert.deepEqual([elsewhere.status, elsewhere.body.code], [401, 'key-missing']);
        const own = await check(scene, 'local', [WORDS]);
        assert.deepEqual([own.status, own.body.data?.label], [200, 'demo']);
      }));
  });
});
