import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalContract, refusal } from '../../../test/contracts/journal.ts';
import { systemClock } from '../system/clock.ts';
import { memoryJournals } from './journals.ts';

journalContract('memory', async () => {
  const journals = memoryJournals({ clock: systemClock() });
  return { journals, dispose: () => journals.close() };
});

test('journal (memory): a fence by a lease -> refused, as there are none', async () => {
  const journals = memoryJournals({ clock: systemClock() });
  await assert.rejects(journals.open('s1', { fence: { lease: 'a', epoch: 1 } }), refusal('fenced'));
});
