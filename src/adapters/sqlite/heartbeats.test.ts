import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heartbeatsContract } from '../../../test/contracts/heartbeats.ts';
import { systemClock } from '../system/clock.ts';
import { openSqliteHeartbeats } from './heartbeats.ts';

heartbeatsContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-beats-'));
  return {
    open: async () => openSqliteHeartbeats(join(home, 'home.sqlite'), systemClock()),
    dispose: async () => rmSync(home, { recursive: true, force: true }),
  };
});
