import { heartbeatsContract } from '../../../test/contracts/heartbeats.ts';
import { systemClock } from '../system/clock.ts';
import { memoryHeartbeats } from './heartbeats.ts';

heartbeatsContract('memory', async () => {
  const place = memoryHeartbeats(systemClock());
  return { open: async () => place, dispose: async () => {} };
});
