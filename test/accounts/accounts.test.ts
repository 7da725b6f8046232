import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { openAccount } from '../../src/api/handlers/open-account.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { RecordingSink } from '../recording-sink.ts';
import { AccountScene } from './account-scene.ts';

const OWN_ADDRESS = 'this key works from any address';

let exchange: LocalExchange;
let keys: readonly (readonly [apiKey: string, secret: string])[];
before(async () => {
  exchange = await openLocalExchange({ accounts: [{ name: 'trader', keys: [{ kind: 'hmac' }, { kind: 'ed25519' }] }] });
  keys = exchange.accounts[0]!.keys.map((key) => [key.apiKey, key.secret ?? key.privateKey!] as const);
});
after(() => exchange.close());

async function within(body: (scene: AccountScene) => Promise<void>): Promise<void> {
  const scene = new AccountScene();
  scene.env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
  try {
    await body(scene);
  } finally {
    await scene.dispose();
  }
}

/** `--accept` as its own word would be cut at the blanks. */
async function add(
  scene: AccountScene,
  label: string,
  answers: readonly string[] = ['key-1', 'secret-1'],
): Promise<void> {
  await scene.run(`account add local --label ${label} --no-test`, answers);
}

function changeRow(scene: AccountScene, sql: string): void {
  const db = new DatabaseSync(join(scene.home, 'home.sqlite'));
  db.exec(sql);
  db.close();
}

describe('account add', () => {
  test('a key that the exchange takes -> tried, kept sealed, what was seen noted; a key file made for its owner only', () =>
    within(async (scene) => {
      const unfit = await scene.refusal('account add local --label demo', 'key-unfit', keys[0]);
      assert.match(unfit.hint, /--accept "this key works from any address"/);
      assert.deepEqual((await scene.run('account ls')).accounts, []);
      const world = scene.world();
      const { accountAdd } = await import('../../src/api/handlers/accounts.ts');
      const answers = keys[0]!.map((text) => new Secret(text));
      const added = await accountAdd(
        { venue: 'local', label: 'demo', env: undefined, test: true, accept: [OWN_ADDRESS] },
        world,
        {
          ...{ given: {}, progress: () => true, update() {}, warn() {}, stop: new AbortController().signal },
          askSecret: async () => answers.shift()!,
        },
      );
      assert.equal(added.homeKeyFile, join(scene.home, 'master.key'));
      assert.equal(added.tested, true);
      assert.deepEqual(
        added.accepted.map(({ code }) => code),
        ['any-address'],
      );
      assert.equal(added.account.permissions!.canTrade, true);
      assert.equal(statSync(join(scene.home, 'master.key')).mode & 0o777, 0o600);
      const [listed] = (await scene.run('account ls')).accounts;
      assert.deepEqual(listed, added.account);
      for (const text of keys[0]!) assert.ok(!scene.everything().includes(text));
      const account = await openAccount(world, { askSecret: null, warn() {} }, 'demo');
      assert.equal(account.environment, 'local');
      await account.gateway.connect(new RecordingSink());
      await account.gateway.close();
      await world.close();
    }));

  test('a private key in PEM form -> kept as it is, and the exchange takes it', () =>
    within(async (scene) => {
      await scene.run('account add local --label pem --no-test', keys[1]);
      const unfit = await scene.refusal('account check pem', 'key-unfit');
      assert.match(unfit.message, /works from any address/);
    }));

  test('a wrong secret -> refused by the venue, nothing kept', () =>
    within(async (scene) => {
      await scene.refusal('account add local --label demo', 'key-refused', [keys[0]![0], 'not-the-secret']);
      assert.deepEqual((await scene.run('account ls')).accounts, []);
    }));

  test('label taken, a venue for a label, no environment, one that the venue has not -> refused before anything is asked', () =>
    within(async (scene) => {
      await add(scene, 'demo');
      const nobody: readonly string[] = [];
      const taken = await scene.refusal('account add local --label demo --no-test', 'account-exists', nobody);
      assert.match(taken.message, /an account demo already, at local local/);
      await scene.refusal('account add local --label binance --no-test', 'account-exists', nobody);
      const unsaid = await scene.refusal('account add binance --label x', 'input-invalid', nobody);
      assert.match(unsaid.message, /env: expected testnet or live for Binance spot/);
      await scene.refusal('account add mexc --label x', 'input-invalid', nobody);
      const none = await scene.refusal('account add mexc --label x --env testnet', 'venue-refused', nobody);
      assert.match(none.message, /MEXC spot has no testnet accounts: expected live/);
      await scene.refusal('account add binance --label x --env local', 'venue-refused', nobody);
      await scene.refusal('account add tradingview --label x --env live', 'venue-refused', nobody);
      await scene.refusal('account add nowhere --label x --env live', 'venue-unknown', nobody);
      await scene.refusal('account add local --label y --no-test', 'secret-missing', null);
    }));

  test('one that OKX would need -> asks for the passphrase, too; a key that cannot be a header is refused', () =>
    within(async (scene) => {
      await scene.run('account add ccxt:okx --label okx --env testnet --no-test', ['k', 's', 'p']);
      const world = scene.world();
      const vault = await world.vaults.open(null);
      const [info] = await vault.list();
      assert.equal((await vault.keys(info!.id)).passphrase?.reveal(), 'p');
      assert.deepEqual([info!.venue, info!.environment], ['ccxt:okx', 'testnet']);
      const bad = await scene.refusal('account add local --label z --no-test', 'key-unfit', ['key with CANARY', 's']);
      assert.doesNotMatch(bad.message, /CANARY/);
    }));

  test('words that may be a secret -> refused, and not repeated', () =>
    within(async (scene) => {
      for (const line of [
        'account add local CANARY --label x',
        'account add local --label x --api-key CANARY',
        'account add local --label x --secret=CANARY',
        'account add local --label x --param secret=CANARY',
        'account rekey --passphrase CANARY',
        'account rekey --passphrase=CANARY',
        'account check local CANARY',
      ]) {
        const failure = await scene.refusal(line, 'secret-exposed');
        assert.doesNotMatch(JSON.stringify([failure.message, failure.hint, failure.details]), /CANARY/, line);
      }
      const long = await scene.refusal(`account add local --label ${'CANARY'.repeat(12)}`, 'input-invalid');
      assert.doesNotMatch(JSON.stringify([long.message, long.hint, long.details]), /CANARY/);
    }));
});

describe('account rotate, revoke', () => {
  test('a session of the account runs -> told that it has the old keys, before they are deleted at the venue; another account’s is not named', () =>
    within(async (scene) => {
      await add(scene, 'demo');
      await add(scene, 'other');
      const world = scene.world();
      const locks = await world.sessionLocks();
      for (const [name, label] of [
        ['btc', 'demo'],
        ['eth', 'other'],
        ['ended', 'demo'],
      ] as const) {
        const { id } = (await scene.run('account ls')).accounts.find((each) => each.label === label)!;
        const about = { schema: 'tradewright.session/1', account: { id }, feeds: [], strategy: 'swing' };
        const journal = await (await world.journals()).open(name, { about });
        await journal.commit([{ kind: 'note', atMs: 1, payload: 'begun' }]);
        await journal.close();
        if (name !== 'ended') await locks.take(name);
      }
      scene.warnings.length = 0;
      await scene.run('account rotate demo --no-test', ['key-2', 'secret-2']);
      await scene.run('account revoke demo');
      assert.deepEqual(
        scene.warnings.map(({ code, message }) => [code, message]),
        Array(2).fill(['session-has-old-keys', 'session btc runs with the old keys until it is started again']),
      );
    }));

  test('new keys that the venue does not take -> the old ones stay; that it takes -> the old ones are gone for good', () =>
    within(async (scene) => {
      await add(scene, 'demo', keys[0]);
      const keysNow = async (): Promise<string> => {
        const world = scene.world();
        const vault = await world.vaults.open(null);
        const { apiKey, apiSecret } = await vault.keys((await vault.list())[0]!.id);
        await world.close();
        return `${apiKey.reveal()} ${apiSecret.reveal()}`;
      };
      const sealedBefore = sealed(scene);
      await scene.refusal('account rotate demo', 'key-refused', [keys[0]![0], 'not-the-secret']);
      await scene.refusal('account rotate demo', 'key-unfit', keys[1]);
      await scene.refusal('account rotate demo --no-test', 'key-unfit', keys[0]);
      assert.equal(await keysNow(), keys[0]!.join(' '));
      assert.equal(sealed(scene), sealedBefore);
      const rotated = await scene.run('account rotate demo --no-test', keys[1]);
      assert.equal(await keysNow(), keys[1]!.join(' '));
      assert.equal(rotated.account.permissions, null, 'what was seen of the old key says nothing of the new one');
      assert.ok(!scene.everything().includes(sealedBefore));
    }));

  test('revoked -> its keys are gone, it cannot be opened, its label is free; once more is refused with the reason', () =>
    within(async (scene) => {
      await add(scene, 'demo');
      const before = sealed(scene);
      const { account } = await scene.run('account revoke demo');
      assert.notEqual(account.revoked, null);
      assert.ok(!scene.everything().includes(before));
      await scene.refusal('account check demo', 'account-revoked');
      await scene.refusal('account revoke demo', 'account-revoked');
      await scene.refusal('account rotate demo', 'account-revoked');
      await add(scene, 'demo');
      assert.equal((await scene.run('account ls')).accounts.length, 2);
    }));

  test('unknown -> the accounts that there are', () =>
    within(async (scene) => {
      const none = await scene.refusal('account check main', 'account-unknown');
      assert.match(none.message, /there is no account main; there are: none yet/);
      assert.match(none.hint, /account add/);
      await add(scene, 'first');
      await add(scene, 'second');
      const unknown = await scene.refusal('account check main', 'account-unknown');
      assert.match(unknown.message, /there are: first, second/);
    }));
});

describe('a live session', () => {
  test('nobody types the name of its account -> not confirmed, with what to do', () =>
    within(async (scene) => {
      await scene.run('account add local --label main --no-test', keys[0]!);
      writeFileSync(join(scene.folder, 'limits.json'), '{}');
      const line = 'live sma-cross --account main --limits limits.json --symbols BTCUSDT --cash 10';
      for (const answers of [null, ['other']]) {
        const refused = await scene.refusal(line, 'not-confirmed', answers);
        assert.match(refused.message, /the name of the account, main/);
        assert.match(refused.hint, /--confirm/);
      }
    }));
});

describe('kill of an account', () => {
  test('by its label -> the latch is of the account itself, and the label confirms re-arming; an account that there is not -> nothing latched', () =>
    within(async (scene) => {
      await add(scene, 'main');
      const { id } = (await scene.run('account ls')).accounts[0]!;
      const killed = await scene.run('kill --level reduce --scope account --target main --reason drill');
      assert.deepEqual([killed.latch.target, killed.latch.level], [id, 'reduce']);
      const line = 'rearm --scope account --target main --reason over --confirm';
      await scene.refusal(`${line} system`, 'input-invalid');
      const rearmed = await scene.run(`${line} account:main`);
      assert.deepEqual([rearmed.latch.target, rearmed.latch.level], [id, null]);
      const slip = await scene.refusal(
        'kill --level flatten --scope account --target mian --reason drill',
        'account-unknown',
      );
      assert.match(slip.message, /there is no account mian; there are: main; nothing was latched/);
      const dry = await scene.refusal(
        'kill --level flatten --scope account --target mian --reason drill --dry-run',
        'account-unknown',
      );
      assert.equal(dry.message, slip.message);
    }));
});

function sealed(scene: AccountScene): string {
  const db = new DatabaseSync(join(scene.home, 'home.sqlite'));
  const row = db.prepare('select sealed from connection where sealed is not null').get();
  db.close();
  return String(row!['sealed']);
}

describe('master key', () => {
  test('lost, exposed, damaged, another one, several -> each with what to do', () =>
    within(async (scene) => {
      await add(scene, 'demo');
      const path = join(scene.home, 'master.key');
      chmodSync(path, 0o640);
      assert.match((await scene.refusal('account check demo', 'master-key-exposed')).message, /0600.*found 0640/s);
      chmodSync(path, 0o600);
      renameSync(path, `${path}.away`);
      assert.match((await scene.refusal('account check demo', 'master-key-missing')).message, /master\.key.*ENOENT/);
      assert.match((await scene.refusal('account add local --label x', 'master-key-missing')).message, /ENOENT/);
      writeFileSync(path, 'CANARY', { mode: 0o600 });
      const damaged = await scene.refusal('account check demo', 'master-key-invalid');
      assert.doesNotMatch(damaged.message, /CANARY/);
      scene.env['TRADEWRIGHT_MASTER_KEY'] = '0123456789abcdef'.repeat(4);
      const wrong = await scene.refusal('account check demo', 'master-key-wrong');
      assert.doesNotMatch(wrong.message, /0123456789abcdef/);
      await scene.refusal('account add local --label x', 'master-key-wrong');
      scene.env['TRADEWRIGHT_MASTER_KEY_FILE'] = `${path}.away`;
      assert.match((await scene.refusal('account check demo', 'master-key-invalid')).message, /one source/);
      delete scene.env['TRADEWRIGHT_MASTER_KEY'];
      await scene.refusal('account check demo', 'key-refused');
      assert.equal((await scene.run('account ls', null)).accounts.length, 1, 'a list needs no key');
    }));

  test('the same key as text in the environment -> opens what the file locked', () =>
    within(async (scene) => {
      await add(scene, 'demo');
      scene.env['TRADEWRIGHT_MASTER_KEY'] = readFileSync(join(scene.home, 'master.key'), 'utf8');
      renameSync(join(scene.home, 'master.key'), join(scene.folder, 'away'));
      await scene.refusal('account check demo', 'key-refused');
    }));

  test('rekey: a new file, a passphrase, asked for where the vault was made so -> the old one opens nothing', () =>
    within(async (scene) => {
      await add(scene, 'demo');
      await scene.refusal('account rekey', 'input-invalid');
      const path = join(scene.folder, 'other/new.key');
      const rekeyed = await scene.run(`account rekey --key-file ${path}`);
      assert.deepEqual([rekeyed.from, rekeyed.made, rekeyed.accounts], ['file', true, 1]);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      await scene.refusal('account check demo', 'master-key-wrong');
      scene.env['TRADEWRIGHT_MASTER_KEY_FILE'] = path;
      await scene.refusal('account check demo', 'key-refused');
      // Nobody may be told to destroy the key that was the old one, and still is the only one.
      const copy = join(scene.folder, 'copy.key');
      copyFileSync(path, copy);
      for (const same of [path, copy]) {
        const refused = await scene.refusal(`account rekey --key-file ${same}`, 'master-key-invalid');
        assert.match(refused.message, /expected another master key, found the one that is there/);
      }
      await scene.refusal('account rekey --passphrase', 'master-key-invalid', ['short']);
      await scene.run('account rekey --passphrase', ['correct horse battery']);
      await scene.refusal('account check demo', 'master-key-wrong');
      delete scene.env['TRADEWRIGHT_MASTER_KEY_FILE'];
      const alone = await scene.refusal('account check demo', 'passphrase-needed', null);
      assert.match(alone.hint, /terminal.*: tradewright account check demo$/);
      await scene.refusal('account check demo', 'master-key-wrong', ['another horse battery']);
      await scene.refusal('account check demo', 'key-refused', ['correct horse battery']);
      const twice = ['correct horse battery', 'correct horse battery'];
      const again = await scene.refusal('account rekey --passphrase', 'master-key-invalid', twice);
      assert.match(again.message, /nothing was changed/);
      const file = join(scene.folder, 'passphrase');
      writeFileSync(file, 'correct horse battery\n', { mode: 0o644 });
      scene.env['TRADEWRIGHT_MASTER_PASSPHRASE_FILE'] = file;
      await scene.refusal('account check demo', 'master-key-exposed');
      chmodSync(file, 0o600);
      await scene.refusal('account check demo', 'key-refused');
    }));

  test('a new vault under a passphrase that is asked for -> no key file is made', () =>
    within(async (scene) => {
      scene.env['TRADEWRIGHT_MASTER_PASSPHRASE'] = 'ask';
      const added = await scene.run('account add local --label demo --no-test', ['correct horse battery', 'k', 's']);
      assert.equal(added.homeKeyFile, null);
      assert.throws(() => statSync(join(scene.home, 'master.key')), { code: 'ENOENT' });
      delete scene.env['TRADEWRIGHT_MASTER_PASSPHRASE'];
      await scene.refusal('account check demo', 'key-refused', ['correct horse battery']);
    }));
});

describe('the database of accounts', () => {
  test('a testnet account that was made a live one in the database -> does not open', () =>
    within(async (scene) => {
      await scene.run('account add binance --label demo --env testnet --no-test', ['k', 's']);
      changeRow(scene, "update connection set environment = 'live'");
      const failure = await scene.refusal('account check demo', 'vault-damaged');
      assert.match(failure.message, /not what was written/);
    }));

  test('another venue, sealed text of another account, of a later version -> told, nothing opened', () =>
    within(async (scene) => {
      await add(scene, 'one');
      await add(scene, 'two');
      changeRow(
        scene,
        "update connection set sealed = (select sealed from connection where label = 'two') where label = 'one'",
      );
      await scene.refusal('account check one', 'vault-damaged');
      changeRow(scene, "update connection set label = 'three' where label = 'two'");
      await scene.refusal('account check three', 'vault-damaged');
      changeRow(scene, "update connection set label = 'two', venue = 'local-usdm' where label = 'three'");
      await scene.refusal('account check two', 'vault-damaged');
      changeRow(scene, 'pragma user_version = 99');
      const newer = await scene.refusal('account ls', 'vault-newer');
      assert.match(newer.message, /found 99/);
    }));

  test('no database at all, only rubbish in its place -> told', () =>
    within(async (scene) => {
      await add(scene, 'one');
      writeFileSync(join(scene.home, 'home.sqlite'), 'this is no database at all, only text'.repeat(100));
      await scene.refusal('account ls', 'vault-unavailable');
    }));
});
