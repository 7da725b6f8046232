import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heartbeats } from '../../src/ports/heartbeats.ts';

/** What every {@link Heartbeats} must do. */
export function heartbeatsContract(
  name: string,
  create: () => Promise<{ readonly open: () => Promise<Heartbeats>; dispose(): Promise<void> }>,
): void {
  test(`heartbeats (${name}): beaten by one process -> seen by another; over only for who has not beaten since`, async () => {
    const subject = await create();
    try {
      const [mine, theirs] = [await subject.open(), await subject.open()];
      assert.deepEqual(await theirs.all(), []);
      const beat = { session: 'b', account: 'acc', beats: 1, orders: 2, positions: 1 };
      await mine.beat(beat);
      await mine.beat({ ...beat, session: 'a', account: 'other' });
      await mine.beat({ ...beat, beats: 2 });
      const [a, b] = await theirs.all();
      assert.ok(b!.atMs > 0);
      assert.deepEqual([a!.session, { ...b!, atMs: 0 }], ['a', { ...beat, beats: 2, atMs: 0, isOver: false }]);
      assert.equal(await theirs.end('b', 1), false, 'it has beaten since');
      assert.deepEqual([await theirs.end('b', 2), await theirs.end('nobody', 1)], [true, false]);
      assert.deepEqual(
        (await mine.all()).map(({ isOver }) => isOver),
        [false, true],
      );
      await mine.beat({ ...beat, beats: 3 });
      assert.equal((await theirs.all())[1]!.isOver, false, 'begun again');
      await mine.beat({ ...beat, session: 'c' });
      assert.deepEqual(
        (await theirs.all()).map(({ session, isOver }) => [session, isOver]),
        [
          ['a', false],
          ['b', true],
          ['c', false],
        ],
        'another session trades the account now',
      );
      await mine.close();
      await theirs.close();
    } finally {
      await subject.dispose();
    }
  });
}
