import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionLocks } from '../../src/ports/session-locks.ts';

/** What every {@link SessionLocks} must do. `open`: as another process would. */
export function sessionLocksContract(
  name: string,
  create: () => Promise<{ readonly open: () => Promise<SessionLocks>; dispose(): Promise<void> }>,
): void {
  test(`session locks (${name}): taken twice -> the second gets none, until the first gives it back; other sessions are free`, async () => {
    const subject = await create();
    try {
      const [one, another] = [await subject.open(), await subject.open()];
      const held = await one.take('a');
      assert.ok(held !== null);
      assert.deepEqual([await another.take('a'), await one.take('a'), await another.isHeld('a')], [null, null, true]);
      const other = await another.take('b');
      assert.ok(other !== null);
      await held.release();
      assert.equal(await one.isHeld('a'), false);
      const next = await another.take('a');
      assert.ok(next !== null);
      await next.release();
      await other.release();
    } finally {
      await subject.dispose();
    }
  });
}
