import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AccountScene } from '../accounts/account-scene.ts';

describe('a home with a journal that cannot be read', () => {
  const scene = new AccountScene();
  after(() => scene.dispose());

  test('status, positions -> it is told, not left out', async () => {
    mkdirSync(join(scene.home, 'sessions'), { recursive: true });
    writeFileSync(join(scene.home, 'sessions', 'lost.journal.sqlite'), 'no database');
    await scene.run('status');
    assert.deepEqual(
      scene.warnings.map(({ code }) => code),
      ['session-unreadable'],
    );
    assert.match(scene.warnings[0]!.message, /session lost is not shown: .*not a database/);
    await scene.refusal('positions', 'journal-damaged');
  });

  test('kill -> latched, and never told as verified; by its name nothing is, and what to name instead is told', async () => {
    const killed = await scene.run('kill --level halt --reason out');
    assert.deepEqual([killed.latch.level, killed.verified], ['halt', false]);
    assert.match(killed.faults.join(), /session lost: .*not a database/);
    const named = await scene.refusal('kill --level halt --reason out --session lost', 'journal-damaged');
    assert.match(named.hint, /tradewright-kill --account/);
  });

  test('a copy of a journal under a name that no session can have -> nobody minds it', async () => {
    const other = new AccountScene();
    mkdirSync(join(other.home, 'sessions'), { recursive: true });
    writeFileSync(join(other.home, 'sessions', 'lost.bak.journal.sqlite'), 'no database');
    assert.equal((await other.run('kill --level halt --reason out')).verified, true);
    await other.run('sessions');
    await other.dispose();
  });

  test('status, latches that cannot be read -> told, though no session is there that they would halt', async () => {
    scene.warnings.length = 0;
    writeFileSync(join(scene.home, 'home.sqlite'), 'no database either, and longer than a page of nothing at all');
    await scene.run('status');
    assert.deepEqual(
      scene.warnings.map(({ code }) => code),
      ['session-unreadable', 'latches-unreadable'],
    );
  });

  test('kill, latches that cannot be written -> told that nothing was done, and which program needs none', async () => {
    const failure = await scene.refusal('kill --level halt --reason out', 'latches-unreadable');
    assert.match(failure.message, /nothing was done/);
    assert.match(failure.hint, /tradewright-kill/);
  });

  test('watchdog, no account in the home -> told that it watches nobody', async () => {
    const empty = new AccountScene();
    await empty.run('watchdog --all --policy nothing --seconds 0.01');
    assert.deepEqual(
      empty.warnings.map(({ code }) => code),
      ['watchdog-watches-nobody'],
    );
    await empty.dispose();
  });
});
