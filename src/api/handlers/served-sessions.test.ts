import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerOf } from './served-sessions.ts';

test('accounts among traders: each has one, shares are even, and who comes or goes moves only its own', () => {
  const traders = ['one', 'two', 'three'].map((id) => ({ id, holder: '' }));
  const accounts = Array.from({ length: 3_000 }, (_, k) => `account ${k}`);
  const all = accounts.map((account) => ownerOf(account, traders)!.id);
  for (const { id } of traders) {
    const share = all.filter((owner) => owner === id).length;
    assert.ok(share > 850 && share < 1_150, `${id}: ${share}`);
  }
  const fewer = accounts.map((account) => ownerOf(account, traders.slice(0, 2))!.id);
  for (const [k, owner] of all.entries()) if (owner !== 'three') assert.equal(fewer[k], owner);
  assert.deepEqual(
    accounts.map((account) => ownerOf(account, [...traders].reverse())!.id),
    all,
    'in whatever order they are told',
  );
  assert.equal(ownerOf('x', []), null);
});
