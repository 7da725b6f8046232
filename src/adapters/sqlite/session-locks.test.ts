import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionLocksContract } from '../../../test/contracts/session-locks.ts';
import { sqliteSessionLocks } from './session-locks.ts';

sessionLocksContract('files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-locks-'));
  return {
    open: async () => sqliteSessionLocks(folder),
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
