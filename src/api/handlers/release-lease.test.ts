import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccountLease, LeaseError } from '../../ports/lease.ts';
import type { Call } from '../world.ts';
import { releaseLease } from './release-lease.ts';

async function released(error: Error | null): Promise<string[]> {
  const warned: string[] = [];
  const lease = {
    release: () => (error === null ? Promise.resolve() : Promise.reject(error)),
  } as unknown as AccountLease;
  await releaseLease(lease, {
    warn: ({ message }: { message: string }) => void warned.push(message),
  } as unknown as Call);
  return warned;
}

test('right to trade given back: done -> nothing is said; a full disk -> said, and what ended the session is not hidden by it', async () => {
  assert.deepEqual(await released(null), []);
  assert.deepEqual(await released(new LeaseError('unavailable', 'home.sqlite: database or disk is full')), [
    'the right to trade the account could not be given back: home.sqlite: database or disk is full',
  ]);
  await assert.rejects(released(new TypeError('a fault of ours')), /a fault of ours/);
});
