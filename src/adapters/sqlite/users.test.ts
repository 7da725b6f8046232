import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Users } from '../../ports/users.ts';
import { systemClock } from '../system/clock.ts';
import { openSqliteUsers } from './users.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-users-'));
let nowMs = 1_000_000;
const clock = { ...systemClock(), nowMs: () => nowMs };
let users: Users;
/** Another program that uses the same home. */
let others: Users;

describe('users and their sign-ins', () => {
  before(async () => {
    users = openSqliteUsers(join(folder, 'home.sqlite'), clock);
    others = openSqliteUsers(join(folder, 'home.sqlite'), clock);
  });
  beforeEach(async () => {
    for (const { name } of await users.list()) await users.remove(name);
    await users.add({ name: 'ann', scopes: ['read'] }, 'hash');
  });
  after(async () => {
    await users.close();
    await others.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a name that is there -> not added again, and left as it is', async () => {
    assert.equal(await others.add({ name: 'ann', scopes: ['admin'] }, 'another'), null);
    assert.equal(users.find('ann')!.passwordHash, 'hash');
    assert.deepEqual(users.find('ann')!.user.scopes, ['read']);
  });

  test('a password that was changed while it was compared -> nobody is signed in', async () => {
    await others.setPassword('ann', 'new');
    assert.equal(users.signIn('ann', 'id', 'hash', 0), false);
    assert.equal(users.signedIn('id'), null);
    assert.equal(users.signIn('nobody', 'id', 'hash', 0), false);
    assert.equal(users.signIn('ann', 'id', 'new', 0), true);
  });

  for (const [what, change] of [
    ['another password', () => others.setPassword('ann', 'new')],
    ['other scopes', () => others.setScopes('ann', ['trade'])],
    ['removed', () => others.remove('ann')],
  ] as const)
    test(`${what}, by another program -> signed in no more; others are`, async () => {
      await users.add({ name: 'bob', scopes: [] }, 'hash');
      for (const name of ['ann', 'bob']) users.signIn(name, name, 'hash', 0);
      await change();
      assert.equal(users.signedIn('ann'), null);
      assert.equal(users.signedIn('bob')!.user, 'bob');
    });

  test('removed and added again -> no sign-in of before comes back', async () => {
    users.signIn('ann', 'id', 'hash', 0);
    await users.remove('ann');
    await users.add({ name: 'ann', scopes: ['admin'] }, 'hash');
    assert.equal(users.signedIn('id'), null);
  });

  test('sign-ins from long ago, and all but the newest fifty of a user -> forgotten; those of others stay', async () => {
    await users.add({ name: 'bob', scopes: [] }, 'hash');
    users.signIn('ann', 'old', 'hash', 0);
    users.signIn('bob', 'bob', 'hash', 0);
    for (let n = 0; n < 60; n++) {
      nowMs += 1_000;
      users.signIn('ann', `id-${n}`, 'hash', 0);
    }
    const left = ['old', ...Array.from({ length: 60 }, (_, n) => `id-${n}`)].filter(
      (id) => users.signedIn(id) !== null,
    );
    assert.deepEqual(
      left,
      Array.from({ length: 50 }, (_, n) => `id-${n + 10}`),
    );
    assert.ok(users.signedIn('bob') !== null);
    users.signIn('ann', 'last', 'hash', nowMs);
    assert.deepEqual([users.signedIn('bob'), users.signedIn('id-58')], [null, null]);
  });

  test('used -> noted to the minute; the password given again -> when', () => {
    users.signIn('ann', 'id', 'hash', 0);
    const began = users.signedIn('id')!;
    assert.deepEqual([began.usedAtMs, began.provenAtMs], [nowMs, nowMs]);
    nowMs += 59_999;
    users.used(began);
    assert.equal(users.signedIn('id')!.usedAtMs, began.usedAtMs);
    nowMs += 1;
    users.used(began);
    users.proven('id');
    const now = users.signedIn('id')!;
    assert.deepEqual([now.startedAtMs, now.usedAtMs, now.provenAtMs], [began.startedAtMs, nowMs, nowMs]);
    users.signOut('id');
    assert.equal(users.signedIn('id'), null);
  });
});
