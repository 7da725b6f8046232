import { journalContract } from '../../../test/contracts/journal.ts';
import { systemClock } from '../system/clock.ts';
import { memoryJournals } from './journals.ts';

journalContract('memory', async () => {
  const journals = memoryJournals({ clock: systemClock() });
  return { journals, reopen: null, tampering: null, dispose: () => journals.close() };
});
