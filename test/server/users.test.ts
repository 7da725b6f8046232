import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { OperationId } from '../../src/api/operations/table.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { addUser } from './browser.ts';
import { openScene, type ServerScene } from './server-scene.ts';

let scene: ServerScene;
before(async () => {
  scene = await openScene();
  await addUser(scene, 'ann', ['read']);
});
after(() => scene.close());

/** As the command line does it, with what is typed when asked; null where nobody can be. */
function run(id: OperationId, given: Readonly<Record<string, string | string[]>>, typed: string | null) {
  return execute(id, given, scene.world, {
    ...{ progress: () => true, warn() {}, update() {}, stop: new AbortController().signal },
    askSecret: typed === null ? null : async () => new Secret(typed),
  });
}

describe('users, as the command line makes them', () => {
  const GOOD = 'four words by chance';
  for (const [id, given, typed, code] of [
    ['users-add', { name: 'ann' }, GOOD, 'user-exists'],
    ['users-add', { name: 'bob' }, null, 'secret-missing'],
    ['users-add', { name: 'bob' }, 'bob-bob-bob-bob', 'password-weak'],
    ['users-add', { name: 'Bob' }, GOOD, 'input-invalid'],
    ['users-add', { name: 'bob smith' }, GOOD, 'input-invalid'],
    ['users-add', { name: 'bob', scope: ['root'] }, GOOD, 'input-invalid'],
    ['users-add', { name: 'bob', scope: [] }, GOOD, 'input-invalid'],
    ['users-set-password', { name: 'nobody' }, GOOD, 'user-unknown'],
    ['users-set-password', { name: 'ann' }, 'password1234', 'password-weak'],
    ['users-set-scopes', { name: 'nobody', scope: ['read'] }, null, 'user-unknown'],
    ['users-remove', { name: 'nobody' }, null, 'user-unknown'],
  ] as const)
    test(`${id} ${JSON.stringify(given)} -> ${code}, and nothing is changed`, async () => {
      const users = await scene.world.users();
      const before = JSON.stringify([await users.list(), await users.find('ann')]);
      await assert.rejects(run(id, given as never, typed), { code });
      assert.equal(JSON.stringify([await users.list(), await users.find('ann')]), before);
    });

  test('added with scopes given twice -> each once; another password, other scopes, removed -> as told', async () => {
    await run('users-add', { name: 'cem', scope: ['read', 'trade', 'read'] }, GOOD);
    const users = await scene.world.users();
    const first = (await users.find('cem'))!;
    assert.deepEqual(first.user.scopes, ['read', 'trade']);
    await run('users-set-password', { name: 'cem' }, 'other words by chance');
    assert.notEqual((await users.find('cem'))!.passwordHash, first.passwordHash);
    await run('users-set-scopes', { name: 'cem', scope: ['admin'] }, null);
    assert.deepEqual((await users.find('cem'))!.user.scopes, ['admin']);
    await run('users-remove', { name: 'cem' }, null);
    assert.equal(await users.find('cem'), null);
  });
});
