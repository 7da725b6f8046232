import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LeaseStore, LeaseTerms } from '../../src/ports/lease.ts';

const TERMS: LeaseTerms = { ttlMs: 10_000, validityMs: 2_000, clockErrorMs: 1_000 };
const NAME = 'BINANCE:testnet:main';

export interface LeaseSubject {
  readonly store: LeaseStore;
  /** The same place, as another process would open it. */
  readonly reopen: () => Promise<LeaseStore>;
  dispose(): Promise<void>;
}

/** What every {@link LeaseStore} must do: rows that change by compare-and-set, an epoch that never falls. */
export function leaseContract(name: string, create: () => Promise<LeaseSubject>): void {
  const check = (title: string, body: (subject: LeaseSubject) => Promise<void>): void => {
    test(`lease (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check('never held -> no row; taken -> epoch 1, seen by others', async ({ store, reopen }) => {
    const before = await store.view(NAME);
    assert.equal(before.row, null);
    const row = await store.take(NAME, null, 'a', TERMS);
    assert.deepEqual(row, { ...row, name: NAME, epoch: 1, holder: 'a', renewals: 0, terms: TERMS, isReleased: false });
    assert.ok(Math.abs(row!.renewedAtMs - before.nowMs) < 60_000, 'by the clock of the store');
    const other = await reopen();
    const seen = await other.view(NAME);
    assert.deepEqual(seen.row, row);
    assert.ok(seen.nowMs >= row!.renewedAtMs);
    assert.equal((await other.view('another')).row, null);
    await other.close();
  });

  check('taken as it was seen -> the next epoch; as it is no more -> null, nothing changed', async ({ store }) => {
    const first = (await store.take(NAME, null, 'a', TERMS))!;
    assert.equal(await store.take(NAME, null, 'b', TERMS), null, 'there is a row by now');
    const renewed = (await store.renew(first))!;
    assert.equal(renewed.renewals, 1);
    assert.equal(await store.take(NAME, first, 'b', TERMS), null, 'renewed since');
    const second = (await store.take(NAME, renewed, 'b', { ...TERMS, ttlMs: 5_000 }))!;
    assert.deepEqual([second.epoch, second.holder, second.renewals, second.terms.ttlMs], [2, 'b', 0, 5_000]);
    assert.equal(await store.take(NAME, renewed, 'c', TERMS), null, 'taken since');
    assert.deepEqual((await store.view(NAME)).row, second);
  });

  check('deposed -> can neither renew nor release', async ({ store }) => {
    const first = (await store.take(NAME, null, 'a', TERMS))!;
    const second = (await store.take(NAME, first, 'b', TERMS))!;
    assert.equal(await store.renew(first), null);
    assert.equal(await store.release(first), false);
    assert.deepEqual((await store.view(NAME)).row, second);
  });

  check('released -> not renewed any more, free for the next epoch', async ({ store }) => {
    const first = (await store.take(NAME, null, 'a', TERMS))!;
    assert.equal(await store.release(first), true);
    assert.equal(await store.release(first), false);
    assert.equal(await store.renew(first), null);
    const { row } = await store.view(NAME);
    assert.deepEqual([row!.epoch, row!.isReleased], [1, true]);
    assert.equal(await store.take(NAME, first, 'b', TERMS), null, 'as it was before the release');
    assert.equal((await store.take(NAME, row, 'b', TERMS))!.epoch, 2);
  });

  check('many contenders at once, over and over -> one of them each time', async ({ store, reopen }) => {
    const stores = [store, await reopen(), await reopen()];
    for (let epoch = 1; epoch <= 10; epoch++) {
      const { row } = await store.view(NAME);
      const granted = await Promise.all(
        Array.from({ length: 9 }, (_, k) => stores[k % 3]!.take(NAME, row, `c${k}`, TERMS)),
      );
      const winners = granted.filter((each) => each !== null);
      assert.deepEqual(
        winners.map((each) => each.epoch),
        [epoch],
      );
      assert.deepEqual((await store.view(NAME)).row, winners[0]);
    }
    await stores[1]!.close();
    await stores[2]!.close();
  });
}
