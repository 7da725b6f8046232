import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { AccountScene } from './account-scene.ts';
import { Canaries, shown } from './canaries.ts';

test('a secret handed to a journal in a record, a snapshot or its beginning -> not a byte of it on the disk or in the error', async () => {
  const canaries = new Canaries();
  const secret = new Secret(canaries.plant('journaled'));
  // What the compiler would not let through.
  const payload = { order: { key: secret, list: [secret] }, text: `${secret as unknown as string}` } as unknown as Json;
  const scene = new AccountScene();
  const journals = sqliteJournals({
    ...{ folder: join(scene.home, 'sessions'), homePath: join(scene.home, 'home.sqlite'), clock: systemClock() },
  });
  const told: unknown[] = [];
  const trying = async (work: () => unknown): Promise<void> => {
    try {
      told.push(await work());
    } catch (error) {
      told.push(error);
    }
  };
  try {
    await trying(() => journals.open('begun', { about: payload }));
    const journal = await journals.open('btc');
    await trying(() => journal.append({ kind: 'note', atMs: 1, payload }));
    await trying(() => journal.commit([{ kind: 'outcome', atMs: 2, payload }]));
    await trying(() => journal.saveSnapshot({ seq: journal.head, takenAtMs: 3, state: payload }));
    await trying(() => journal.flush());
    await trying(() => journal.close());
    await trying(() => journals.list());
    await trying(() => journals.backup('btc', join(scene.folder, 'copy.jsonl')));
    await journals.close();
    assert.equal(told.length, 8);
    assert.deepEqual(canaries.hits(told.map(shown).join('\n')), []);
    assert.deepEqual(canaries.hits(scene.everything()), []);
    assert.ok(scene.everything().includes('journal'), 'something was written');
  } finally {
    await scene.dispose();
  }
});
