import assert from 'node:assert/strict';
import type { StateDatabase } from '../../src/durability/state-database.ts';
import { storedUsers } from '../../src/durability/stored-users.ts';
import type { Users } from '../../src/ports/users.ts';
import type { SharedPlace } from './shared-stores.ts';

/** A test on two openings of a place of its own. */
export type Check = (
  title: string,
  body: (one: StateDatabase, other: StateDatabase, place: SharedPlace) => Promise<void>,
) => void;

const DAY_MS = 86_400_000;
/** Of one statement or transaction, however slow the machine is. */
const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 60_000;

/** Users and their sign-ins, as two servers see them. */
export function storedUsersContract(check: Check): void {
  const both = async (one: StateDatabase, other: StateDatabase): Promise<readonly [Users, Users]> => {
    const users = [storedUsers(one), storedUsers(other)] as const;
    await users[0].add({ name: 'ann', scopes: ['read'] }, 'hash');
    await users[0].add({ name: 'bob', scopes: [] }, 'hash');
    return users;
  };

  check('users: a name that is there -> not added again, and left as it is', async (one, other) => {
    const [users, others] = await both(one, other);
    assert.equal(await others.add({ name: 'ann', scopes: ['admin'] }, 'another'), null);
    const { user, passwordHash } = (await others.find('ann'))!;
    assert.equal(passwordHash, 'hash');
    assert.deepEqual([user.name, user.scopes, user.signedInAtMs], ['ann', ['read'], null]);
    assert.ok(isNear(user.passwordChangedAtMs, user.createdAtMs));
    assert.equal(await users.find('nobody'), null);
    assert.deepEqual(
      (await others.list()).map(({ name }) => name),
      ['ann', 'bob'],
    );
    for (const nothing of [users.setPassword('x', 'y'), users.setScopes('x', []), users.remove('x')])
      assert.equal(await nothing, null);
  });

  check('users: signed in at one server -> at every other, until signed out at any', async (one, other) => {
    const [users, others] = await both(one, other);
    assert.equal(await others.signedIn('id'), null);
    assert.equal(await users.signIn('ann', 'id', 'hash', DAY_MS), true);
    const found = (await others.signedIn('id'))!;
    assert.deepEqual([found.user, found.scopes, found.idHash], ['ann', ['read'], 'id']);
    assert.ok(isNear(found.usedAtMs, found.startedAtMs) && isNear(found.provenAtMs, found.startedAtMs));
    assert.ok(found.seenAtMs >= found.startedAtMs);
    assert.ok(isNear((await users.find('ann'))!.user.signedInAtMs!, found.startedAtMs));
    for (const guess of ['ID', 'id ', 'i%', '', 'ann']) assert.equal(await others.signedIn(guess), null, guess);
    await others.signOut('id');
    assert.equal(await users.signedIn('id'), null);
  });

  check('users: a password that was changed while it was compared -> nobody is signed in', async (one, other) => {
    const [users, others] = await both(one, other);
    await others.setPassword('ann', 'new');
    assert.equal(await users.signIn('ann', 'id', 'hash', DAY_MS), false);
    assert.equal(await users.signIn('nobody', 'id', 'hash', DAY_MS), false);
    assert.equal(await users.signedIn('id'), null);
    assert.equal(await users.signIn('ann', 'id', 'new', DAY_MS), true);
  });

  check(
    'users: a password that is changed at the very moment -> no sign-in of the old one is left',
    async (one, other) => {
      const [users, others] = await both(one, other);
      for (let n = 0; n < 20; n++) {
        const old = `hash-${n}`;
        await users.setPassword('ann', old);
        const ids = [0, 1, 2].map((k) => `id-${n}-${k}`);
        await Promise.all([
          ...ids.map((id) => users.signIn('ann', id, old, DAY_MS)),
          others.setPassword('ann', 'another'),
        ]);
        for (const id of ids) assert.equal(await users.signedIn(id), null);
      }
    },
  );

  for (const [what, change] of [
    ['another password', (users) => users.setPassword('ann', 'new')],
    ['other scopes', (users) => users.setScopes('ann', ['trade'])],
    [
      'removed, and added again',
      async (users) => {
        await users.remove('ann');
        await users.add({ name: 'ann', scopes: ['admin'] }, 'hash');
      },
    ],
  ] as const satisfies readonly (readonly [string, (users: Users) => Promise<unknown>])[])
    check(`users: ${what}, by another server -> signed in no more; others are`, async (one, other) => {
      const [users, others] = await both(one, other);
      for (const name of ['ann', 'bob']) await users.signIn(name, name, 'hash', DAY_MS);
      await change(others);
      assert.equal(await users.signedIn('ann'), null);
      assert.equal((await users.signedIn('bob'))!.user, 'bob');
    });

  check(
    'users: sign-ins of long ago, and all but the newest fifty of a user -> forgotten; those of others stay',
    async (one, other, place) => {
      const [users, others] = await both(one, other);
      for (let n = 0; n < 51; n++) {
        await users.signIn('ann', `id-${n}`, 'hash', DAY_MS);
        await place.sql('update @sign_in set started_at_ms = started_at_ms - 1000');
      }
      await users.signIn('bob', 'bob', 'hash', DAY_MS);
      assert.equal(await others.signedIn('id-0'), null);
      for (const id of ['id-1', 'id-50', 'bob']) assert.ok((await others.signedIn(id)) !== null, id);
      await place.sql(`update @sign_in set started_at_ms = started_at_ms - ${DAY_MS} where id_hash = 'bob'`);
      await users.signIn('ann', 'last', 'hash', DAY_MS);
      assert.deepEqual([await others.signedIn('bob'), await others.signedIn('id-1')], [null, null]);
      assert.ok((await others.signedIn('id-50')) !== null);
    },
  );

  check('users: used -> noted to the minute; the password given again -> when', async (one, other, place) => {
    const [users, others] = await both(one, other);
    await users.signIn('ann', 'id', 'hash', DAY_MS);
    const began = (await users.signedIn('id'))!;
    await others.used(began);
    assert.equal((await users.signedIn('id'))!.usedAtMs, began.usedAtMs, 'within the minute');
    await place.sql(
      'update @sign_in set started_at_ms = started_at_ms - 60000, used_at_ms = used_at_ms - 60000, proven_at_ms = proven_at_ms - 60000',
    );
    const later = (await users.signedIn('id'))!;
    await others.used(later);
    assert.ok((await users.signedIn('id'))!.usedAtMs > later.usedAtMs);
    assert.equal((await users.signedIn('id'))!.provenAtMs, later.provenAtMs);
    await others.proven('id');
    const now = (await users.signedIn('id'))!;
    assert.ok(now.provenAtMs > later.provenAtMs);
    assert.equal(now.startedAtMs, later.startedAtMs);
  });
}
