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

  test('status, latches that cannot be read -> told, though no session is there that they would halt', async () => {
    scene.warnings.length = 0;
    writeFileSync(join(scene.home, 'home.sqlite'), 'no database either, and longer than a page of nothing at all');
    await scene.run('status');
    assert.deepEqual(
      scene.warnings.map(({ code }) => code),
      ['session-unreadable', 'latches-unreadable'],
    );
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
