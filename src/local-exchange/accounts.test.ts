import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { Accounts } from './accounts.ts';
import { readAccountFlag, readAccountsFile } from './accounts-input.ts';
import { isSignedBy } from './signature.ts';

describe('accounts', () => {
  test('no keys asked for -> one HMAC key made, other than any before', () => {
    const accounts = new Accounts();
    const [a, b] = ['a', 'b'].map((name) => accounts.open({ name }));
    assert.deepEqual([a!.account.index, b!.account.index], [1, 2]);
    assert.match(a!.keys[0]!.apiKey, /^[A-Za-z0-9]{64}$/);
    assert.notEqual(a!.keys[0]!.apiKey, b!.keys[0]!.apiKey);
    assert.equal(accounts.byKey(a!.keys[0]!.apiKey)!.account, a!.account);
    assert.equal(accounts.all[0]!.name, 'house');
  });

  test('Ed25519 and RSA made here -> the private half signs what the account accepts', () => {
    const accounts = new Accounts();
    const { keys } = accounts.open({ name: 'a', keys: [{ kind: 'ed25519' }, { kind: 'rsa' }] });
    for (const key of keys) {
      const made = createPrivateKey(key.privateKey!);
      const signature = sign(key.kind === 'rsa' ? 'sha256' : null, Buffer.from('x=1'), made).toString('base64');
      assert.equal(isSignedBy(accounts.byKey(key.apiKey)!.proof, 'x=1', signature), true, key.kind);
      assert.equal(isSignedBy(accounts.byKey(key.apiKey)!.proof, 'x=2', signature), false, key.kind);
    }
  });

  test('a name or key twice, a key of other characters, a public key of another kind -> refused', () => {
    const accounts = new Accounts();
    accounts.open({ name: 'a', keys: [{ apiKey: 'k1' }] });
    assert.throws(() => accounts.open({ name: 'a' }), /already/);
    assert.throws(() => accounts.open({ name: 'b', keys: [{ apiKey: 'k1' }] }), /in use/);
    assert.throws(() => accounts.open({ name: 'b', keys: [{ apiKey: 'k-1' }] }), /letters and digits/);
    assert.throws(() => accounts.named('nobody'), /house, a/);
  });

  test('revoked -> unknown, and told', () => {
    const accounts = new Accounts();
    const told: string[] = [];
    accounts.onRevoked((key) => told.push(key.apiKey));
    accounts.open({ name: 'a', keys: [{ apiKey: 'k1' }] });
    assert.equal(accounts.revoke('k1'), true);
    assert.equal(accounts.revoke('k1'), false);
    assert.equal(accounts.byKey('k1'), undefined);
    assert.deepEqual(told, ['k1']);
  });

  test('flag: names, balances on both products -> read; anything else -> a sentence', () => {
    assert.deepEqual(readAccountFlag('alice'), { name: 'alice', balances: { spot: {}, usdm: {} } });
    assert.deepEqual(readAccountFlag('bob:USDT=10000,spot.BTC=1.5,usdm.USDT=5'), {
      name: 'bob',
      balances: { spot: { USDT: '10000', BTC: '1.5' }, usdm: { USDT: '5' } },
    });
    for (const bad of ['', ':USDT=1', 'a:USDT', 'a:USDT=x', 'a:USDT=-1', 'a:margin.USDT=1'])
      assert.throws(() => readAccountFlag(bad), RangeError, bad);
  });

  test('file: accounts as JSON -> read; an unknown field or a number for money -> a sentence that says where', () => {
    const [alice] = readAccountsFile(
      '[{"name":"alice","keys":[{"apiKey":"k","secret":"s"}],"balances":{"spot":{"USDT":"5"}}}]',
    );
    assert.equal(alice!.keys![0]!.secret, 's');
    assert.throws(() => readAccountsFile('[{"name":"a","balance":{}}]'), /balance/);
    assert.throws(() => readAccountsFile('[{"name":"a","balances":{"spot":{"USDT":5}}}]'), /USDT/);
  });
});
