import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { createKeyFile } from '../../src/durability/master-key.ts';
import type { StoredVaultOptions } from '../../src/durability/stored-vault.ts';
import type { VaultRow } from '../../src/durability/vault-rows.ts';
import {
  type ConnectionKeys,
  type KeyPermissions,
  type MasterKeySource,
  type SecretVault,
  VaultError,
  type VaultErrorCode,
} from '../../src/ports/secret-vault.ts';

export interface VaultSubject {
  open(options: Omit<StoredVaultOptions, 'clock'>): Promise<SecretVault>;
  /** What lies in the place, as somebody with access to it sees it. */
  rows(): Promise<readonly VaultRow[]>;
  setRow(row: VaultRow): Promise<void>;
  header(): Promise<string>;
  setHeader(text: string): Promise<void>;
  /** Everything that is stored, in one text. */
  everything(): Promise<string>;
  dispose(): Promise<void>;
}

const CANARIES = ['CANARY-api-key-71', 'CANARY-api-secret-72', 'CANARY-passphrase-73'] as const;
const KEYS: ConnectionKeys = {
  apiKey: new Secret(CANARIES[0]),
  apiSecret: new Secret(CANARIES[1]),
  passphrase: new Secret(CANARIES[2]),
};
const DRAFT = { venue: 'BINANCE', environment: 'testnet', label: 'main' } as const;
/** Cheap, as only its being applied is under test. */
const CHEAP = { memoryKib: 1_024, passes: 1, parallelism: 1 };

function passphrase(text: string): MasterKeySource {
  return { from: 'passphrase', passphrase: new Secret(text) };
}

function refusal(code: VaultErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof VaultError, String(error));
    assert.equal(error.code, code, error.message);
    assert.doesNotMatch(`${error.message}${error.stack}${JSON.stringify(error)}`, /CANARY|correct horse/);
    return true;
  };
}

function revealed({ apiKey, apiSecret, passphrase: third }: ConnectionKeys): readonly (string | undefined)[] {
  return [apiKey.reveal(), apiSecret.reveal(), third?.reveal()];
}

/** What every vault must do. */
export function vaultContract(name: string, create: () => Promise<VaultSubject>): void {
  const check = (
    title: string,
    body: (subject: VaultSubject, key: MasterKeySource, folder: string) => Promise<void>,
  ): void => {
    test(`vault (${name}): ${title}`, async () => {
      const subject = await create();
      const folder = mkdtempSync(join(tmpdir(), 'tradewright-vault-'));
      try {
        await createKeyFile(join(folder, 'master.key'));
        await body(subject, { from: 'file', path: join(folder, 'master.key') }, folder);
      } finally {
        await subject.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  };

  check('keys -> given back, nowhere to be seen in what is stored', async (subject, masterKey) => {
    const vault = await subject.open({ masterKey });
    assert.deepEqual(await vault.list(), []);
    const info = await vault.add(DRAFT, KEYS);
    assert.deepEqual({ ...DRAFT, ...info }, info);
    assert.deepEqual([info.revokedAtMs, info.permissions, info.createdAtMs], [null, null, info.keysChangedAtMs]);
    const second = await vault.add({ ...DRAFT, venue: 'MEXC' }, { apiKey: KEYS.apiKey, apiSecret: KEYS.apiSecret });
    assert.deepEqual(await vault.list(), [info, second]);
    await vault.close();
    const again = await subject.open({ masterKey });
    assert.deepEqual(revealed(await again.keys(info.id)), CANARIES);
    assert.deepEqual(revealed(await again.keys(second.id)), [CANARIES[0], CANARIES[1], undefined]);
    assert.deepEqual(await again.list(), [info, second]);
    const stored = await subject.everything();
    assert.ok(stored.includes(info.id));
    for (const canary of CANARIES)
      for (const form of [
        canary,
        Buffer.from(canary).toString('hex'),
        Buffer.from(canary).toString('base64').slice(0, -4),
      ])
        assert.equal(stored.includes(form), false);
    await again.close();
  });

  check('one label twice -> refused; revoked -> free again, keys gone for good', async (subject, masterKey) => {
    const vault = await subject.open({ masterKey });
    const first = await vault.add(DRAFT, KEYS);
    await assert.rejects(vault.add(DRAFT, KEYS), refusal('label-taken'));
    await vault.add({ ...DRAFT, environment: 'live' }, KEYS);
    const sealed = (await subject.rows()).find((row) => row.id === first.id)!.sealed!;
    const revoked = await vault.revoke(first.id);
    assert.equal(typeof revoked.revokedAtMs, 'number');
    assert.deepEqual(await vault.revoke(first.id), revoked);
    await assert.rejects(vault.keys(first.id), refusal('connection-revoked'));
    await assert.rejects(vault.replaceKeys(first.id, KEYS), refusal('connection-revoked'));
    assert.equal((await subject.everything()).includes(sealed), false);
    const next = await vault.add(DRAFT, KEYS);
    assert.equal((await vault.list()).length, 3);
    assert.deepEqual(revealed(await vault.keys(next.id)), CANARIES);
    await assert.rejects(vault.keys('c_none'), refusal('connection-unknown'));
    await assert.rejects(vault.add({ ...DRAFT, label: 'a\nb' }, KEYS), RangeError);
    await assert.rejects(vault.add({ ...DRAFT, venue: 'a b' }, KEYS), RangeError);
    await vault.close();
  });

  check('new keys, permissions -> kept; new keys forget what the old ones were allowed', async (subject, masterKey) => {
    const vault = await subject.open({ masterKey });
    const { id } = await vault.add(DRAFT, KEYS);
    const permissions: KeyPermissions = {
      ...{ seenAtMs: 1, canTrade: true, canWithdraw: false, isIpRestricted: true, expiresAtMs: null },
    };
    assert.deepEqual((await vault.notePermissions(id, permissions)).permissions, permissions);
    assert.deepEqual((await vault.list())[0]!.permissions, permissions);
    const changed = await vault.replaceKeys(id, { apiKey: new Secret('k2'), apiSecret: new Secret('s2') });
    assert.equal(changed.permissions, null);
    assert.deepEqual(revealed(await vault.keys(id)), ['k2', 's2', undefined]);
    await vault.close();
  });

  check('another key, another kind of key -> wrong-master-key', async (subject, masterKey, folder) => {
    const vault = await subject.open({ masterKey });
    const { id } = await vault.add(DRAFT, KEYS);
    await createKeyFile(join(folder, 'other.key'));
    for (const other of [
      { from: 'file', path: join(folder, 'other.key') },
      passphrase('correct horse battery'),
    ] as const) {
      const wrong = await subject.open({ masterKey: other });
      await assert.rejects(wrong.keys(id), refusal('wrong-master-key'));
      await assert.rejects(wrong.add({ ...DRAFT, label: 'x' }, KEYS), refusal('wrong-master-key'));
      assert.equal((await wrong.list()).length, 1, 'what is no secret needs no key');
      await wrong.close();
    }
    await vault.close();
  });

  check(
    'unlocked, the key chosen when it is needed -> begun once, told what it was made with, a wrong key refused',
    async (subject, masterKey) => {
      const asked: (MasterKeySource['from'] | null)[] = [];
      const choosing = (source: MasterKeySource): Promise<SecretVault> =>
        subject.open({
          stretching: CHEAP,
          masterKey: async (madeFrom) => {
            asked.push(madeFrom);
            return source;
          },
        });
      const vault = await choosing(masterKey);
      assert.deepEqual([await vault.list(), asked], [[], []], 'what is no secret needs no key');
      await vault.unlock();
      await vault.unlock();
      const { id } = await vault.add(DRAFT, KEYS);
      assert.deepEqual(asked, [null]);
      await vault.rotateMasterKey(passphrase('correct horse battery'));
      assert.deepEqual(revealed(await vault.keys(id)), CANARIES);
      assert.deepEqual(asked, [null], 'who has locked it anew knows with what');
      await vault.close();
      const wrong = await choosing(masterKey);
      await assert.rejects(wrong.unlock(), refusal('wrong-master-key'));
      await wrong.close();
      const again = await choosing(passphrase('correct horse battery'));
      await again.unlock();
      assert.deepEqual(asked, [null, 'passphrase', 'passphrase']);
      await again.close();
    },
  );

  check('a passphrase -> stretched with the parameters that are stored; a wrong one refused', async (subject) => {
    const vault = await subject.open({ masterKey: passphrase('correct horse battery'), stretching: CHEAP });
    const { id } = await vault.add(DRAFT, KEYS);
    await vault.close();
    const header = JSON.parse(await subject.header()) as { stretching: Record<string, unknown> };
    assert.deepEqual({ ...header.stretching, salt: '' }, { algorithm: 'argon2id', ...CHEAP, salt: '' });
    // Without being told the cost again.
    const again = await subject.open({ masterKey: passphrase('correct horse battery') });
    assert.deepEqual(revealed(await again.keys(id)), CANARIES);
    await again.close();
    const wrong = await subject.open({ masterKey: passphrase('correct horse batterz') });
    await assert.rejects(wrong.keys(id), refusal('wrong-master-key'));
    await wrong.close();
    const short = await subject.open({ masterKey: passphrase('short') });
    await assert.rejects(short.keys(id), refusal('key-invalid'));
    await short.close();
    for (const change of [{ memoryKib: 2 ** 40 }, { passes: 0 }, { parallelism: 1e9 }]) {
      await subject.setHeader(JSON.stringify({ ...header, stretching: { ...header.stretching, ...change } }));
      const asked = await subject.open({ masterKey: passphrase('correct horse battery') });
      await assert.rejects(asked.keys(id), refusal('tampered'));
      await asked.close();
    }
  });

  check('key files and variables that are none -> refused, each for its reason', async (subject, masterKey, folder) => {
    assert.ok(masterKey.from === 'file');
    const good = readFileSync(masterKey.path, 'utf8');
    const path = join(folder, 'bad.key');
    const attempt = async (source: MasterKeySource, env: Record<string, string> = {}): Promise<unknown> => {
      const vault = await subject.open({ masterKey: source, env });
      try {
        return await vault.add(DRAFT, KEYS);
      } finally {
        await vault.close();
      }
    };
    await assert.rejects(attempt({ from: 'file', path }), refusal('key-absent'));
    for (const mode of [0o640, 0o604, 0o660]) {
      writeFileSync(path, good);
      chmodSync(path, mode);
      await assert.rejects(attempt({ from: 'file', path }), refusal('key-exposed'));
    }
    chmodSync(path, 0o600);
    for (const bad of [
      '',
      'changeme',
      good.slice(2),
      `${good.trim()}00`,
      '0'.repeat(64),
      'ab'.repeat(32),
      'x'.repeat(5_000),
    ]) {
      writeFileSync(path, bad);
      await assert.rejects(attempt({ from: 'file', path }), refusal('key-invalid'));
      if (bad !== '')
        await assert.rejects(attempt({ from: 'environment', variable: 'K' }, { K: bad }), refusal('key-invalid'));
    }
    await assert.rejects(attempt({ from: 'environment', variable: 'K' }), refusal('key-absent'));
    await assert.rejects(createKeyFile(masterKey.path), /EEXIST/);
    assert.deepEqual(await subject.rows(), []);
    // The same key, written in another way and in another place, is the same key.
    await attempt(masterKey);
    const K = Buffer.from(good.trim(), 'hex').toString('base64');
    const vault = await subject.open({ masterKey: { from: 'environment', variable: 'K' }, env: { K } });
    assert.deepEqual(revealed(await vault.keys((await vault.list())[0]!.id)), CANARIES);
    await vault.close();
  });

  check('a record changed, or another record in its place -> tampered', async (subject, masterKey) => {
    const vault = await subject.open({ masterKey });
    const { id } = await vault.add(DRAFT, KEYS);
    const live = await vault.add({ ...DRAFT, environment: 'live' }, KEYS);
    const rows = await subject.rows();
    const row = rows.find((each) => each.id === id)!;
    const other = rows.find((each) => each.id === live.id)!;
    const envelope = JSON.parse(row.sealed!) as { wrappedKey: string; body: string };
    const flipped = (text: string, at: number): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[at]! ^= 1;
      return bytes.toString('base64');
    };
    const sealed: string[] = [
      '',
      'null',
      '{}',
      other.sealed!,
      JSON.stringify({ ...envelope, body: envelope.wrappedKey }),
    ];
    for (const part of ['wrappedKey', 'body'] as const) {
      // Each byte is `envelope.test.ts`; here the first, one of the middle and the last: nonce, text and tag.
      const size = Buffer.from(envelope[part], 'base64').length;
      for (const at of [0, size >> 1, size - 1])
        sealed.push(JSON.stringify({ ...envelope, [part]: flipped(envelope[part], at) }));
      sealed.push(JSON.stringify({ ...envelope, [part]: envelope[part].slice(0, 20) }));
      sealed.push(JSON.stringify({ ...envelope, [part]: ` ${envelope[part]}` }));
    }
    for (const text of sealed) {
      await subject.setRow({ ...row, sealed: text });
      await assert.rejects(vault.keys(id), refusal('tampered'));
    }
    for (const change of [{ venue: 'MEXC' }, { environment: 'local' }, { label: 'other' }]) {
      await subject.setRow({ ...row, ...change });
      await assert.rejects(vault.keys(id), refusal('tampered'));
    }
    await assert.rejects(vault.rotateMasterKey(masterKey), refusal('tampered'));
    await subject.setRow({ ...row, sealed: JSON.stringify({ ...envelope, v: 2 }) });
    await assert.rejects(vault.keys(id), refusal('newer-version'));
    await subject.setRow(row);
    assert.deepEqual(revealed(await vault.keys(id)), CANARIES);
    await vault.close();
  });

  check('rotated -> only the new key opens it, in this process and in others', async (subject, masterKey) => {
    const vault = await subject.open({ masterKey, stretching: CHEAP });
    const other = await subject.open({ masterKey });
    const { id } = await vault.add(DRAFT, KEYS);
    const gone = await vault.add({ ...DRAFT, label: 'gone' }, KEYS);
    await vault.revoke(gone.id);
    assert.deepEqual(revealed(await other.keys(id)), CANARIES);
    await vault.rotateMasterKey(passphrase('correct horse battery'));
    assert.deepEqual(revealed(await vault.keys(id)), CANARIES);
    await assert.rejects(other.keys(id), refusal('wrong-master-key'));
    await assert.rejects(other.add({ ...DRAFT, label: 'x' }, KEYS), refusal('wrong-master-key'));
    await other.close();
    await vault.add({ ...DRAFT, label: 'after' }, KEYS);
    await vault.rotateMasterKey(masterKey);
    await vault.close();
    const back = await subject.open({ masterKey });
    assert.deepEqual(revealed(await back.keys(id)), CANARIES);
    await assert.rejects(back.keys(gone.id), refusal('connection-revoked'));
    await back.close();
  });

  check('two processes change at once -> nothing is lost, and all opens', async (subject, masterKey) => {
    const vaults = [await subject.open({ masterKey }), await subject.open({ masterKey })];
    const added = await Promise.all(
      Array.from({ length: 8 }, (_, k) => vaults[k % 2]!.add({ ...DRAFT, label: `l${k}` }, KEYS)),
    );
    await Promise.all([
      vaults[0]!.rotateMasterKey(masterKey),
      vaults[1]!.replaceKeys(added[3]!.id, { apiKey: new Secret('k2'), apiSecret: new Secret('s2') }),
      vaults[1]!.revoke(added[4]!.id),
    ]);
    const list = await vaults[1]!.list();
    assert.deepEqual(
      list.map((each) => [each.label, each.revokedAtMs === null]),
      Array.from({ length: 8 }, (_, k) => [`l${k}`, k !== 4]),
    );
    for (const [k, { id }] of added.entries())
      if (k !== 4) assert.equal((await vaults[1]!.keys(id)).apiKey.reveal(), k === 3 ? 'k2' : CANARIES[0]);
    // What is made of the keys that are there is made of those of now.
    const append = (k: number): Promise<unknown> =>
      vaults[k % 2]!.replaceKeys(added[0]!.id, ({ apiKey, apiSecret }) => ({
        ...{ apiKey, apiSecret: new Secret(`${apiSecret.reveal()} ${k}`) },
      }));
    await Promise.all([0, 1, 2].map(append));
    const { apiSecret } = await vaults[0]!.keys(added[0]!.id);
    const [before, ...after] = apiSecret.reveal().split(' ');
    assert.deepEqual([before, after.sort()], [CANARIES[1], ['0', '1', '2']]);
    for (const vault of vaults) await vault.close();
  });
}
