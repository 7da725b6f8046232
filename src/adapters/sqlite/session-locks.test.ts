import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sessionLocksContract } from '../../../test/contracts/session-locks.ts';
import { sqliteSessionLocks } from './session-locks.ts';

sessionLocksContract('files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-locks-'));
  return {
    open: async () => sqliteSessionLocks(folder),
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

const HOLDER = `
const { sqliteSessionLocks } = await import(${JSON.stringify(new URL('./session-locks.ts', import.meta.url).href)});
await sqliteSessionLocks(process.argv[1]).take('a');
console.log('held');
setInterval(() => {}, 1000);`;

test('session locks (files): held by another process, which is killed -> told by reading alone: nothing is written, as on a full disk nothing can be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-locks-'));
  const locks = sqliteSessionLocks(folder);
  assert.equal(await locks.isHeld('a'), false);
  assert.deepEqual(readdirSync(folder), []);
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, folder]);
  await once(holder.stdout, 'data');
  assert.equal(await locks.isHeld('a'), true);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const left = readdirSync(folder);
  assert.ok(left.includes('a.lock-journal'), left.join());
  assert.equal(await locks.isHeld('a'), false);
  assert.deepEqual(readdirSync(folder), left);
  const next = await locks.take('a');
  assert.ok(next !== null);
  await next.release();
  rmSync(folder, { recursive: true, force: true });
});
