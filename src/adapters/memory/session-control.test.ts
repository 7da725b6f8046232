import { sessionControlContract } from '../../../test/contracts/session-control.ts';
import { systemClock } from '../system/clock.ts';
import { memoryCommandBox, memoryLatches } from './session-control.ts';

sessionControlContract('memory', async () => {
  const place = { latches: memoryLatches(systemClock()), box: memoryCommandBox(systemClock()) };
  return { ...place, reopen: async () => place, plant: null, dispose: async () => {} };
});
