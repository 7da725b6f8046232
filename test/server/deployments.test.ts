import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { newHome } from './new-home.ts';

test('deployments: accounts of two venues that are called the same -> each its own; one account twice -> refused', async (t) => {
  const { home, remove } = newHome();
  const world = compose(readConfig({ home }, {}, home));
  t.after(async () => {
    await world.close();
    remove();
  });
  writeFileSync(join(home, 'limits.json'), '{}');
  const vault = await world.vaults.open(null);
  await vault.unlock();
  const keys = () => ({ apiKey: new Secret('k'.repeat(64)), apiSecret: new Secret('s'.repeat(64)) });
  const [first, second] = [
    await vault.add({ venue: 'local', environment: 'local', label: 'main' }, keys()),
    await vault.add({ venue: 'binance', environment: 'testnet', label: 'main' }, keys()),
  ];
  const call = { progress: () => true, warn() {}, update() {}, stop: new AbortController().signal, askSecret: null };
  const add = (account: string, session: string) =>
    execute(
      'deployment-add',
      {
        ...{ strategy: 'sma-cross', account, session, confirm: 'main' },
        ...{ limits: 'limits.json', symbols: ['X'], cash: 100 },
      },
      world,
      call,
    );
  assert.deepEqual(await add(first.id, 'one'), { session: 'one', account: 'main' });
  assert.deepEqual(await add(second.id, 'two'), { session: 'two', account: 'main' });
  await assert.rejects(add(second.id, 'three'), { code: 'deployment-exists' });
  await assert.rejects(add('main', 'three'), { code: 'account-unknown' });
  const { deployments } = await execute('deployment-ls', {}, world, call);
  assert.deepEqual(
    deployments.map(({ session, account }) => [session, account]),
    [
      ['one', 'main'],
      ['two', 'main'],
    ],
  );
  // What `live` is given names it for good.
  const kept = await (await world.deployments()).all();
  assert.deepEqual(
    kept.map(({ account, input }) => [account, input['account']]),
    [
      [first.id, first.id],
      [second.id, second.id],
    ],
  );
});
