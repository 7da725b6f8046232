import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateBars, type BarColumns, sliceBars } from '../../src/core/vocabulary/market-data.ts';
import { MINUTE_MS } from '../../src/core/vocabulary/time.ts';
import { type BarStore, BarStoreError } from '../../src/ports/bar-store.ts';
import type { CuttingProxy } from '../servers/cutting-proxy.ts';
import { type BarStoreSubject, barStoreContract } from './bar-store.ts';

export interface ServerBarStoreSubject extends BarStoreSubject {
  readonly reopen: () => Promise<BarStore>;
  /** The wire between `store` and its server. */
  readonly wire: CuttingProxy;
}

const BTC = 'BINANCE:BTCUSDT';
const START_MS = 1_700_000_040_000;

function bars(count: number, from = 0, shift = 0): BarColumns {
  const columns = allocateBars(count);
  for (let i = 0; i < count; i++) {
    const k = from + i;
    columns.openTimeMs[i] = START_MS + k * MINUTE_MS;
    columns.open[i] = 100 + (k % 7) / 10 + shift;
    columns.close[i] = 100 + (k % 5) / 10 + shift;
    columns.high[i] = 101 + (k % 3) / 100 + shift;
    columns.low[i] = 99 - (k % 4) / 100 + shift;
    columns.volume[i] = 1 + (k % 11) / 1000;
  }
  return columns;
}

/**
 * What a store on a server must do beyond {@link barStoreContract}: writers and readers of several programs at once, and a wire that
 * breaks. `largeRows` is the size of the import whose time is printed.
 */
export function serverBarStoreContract(
  name: string,
  skip: string | false,
  largeRows: number,
  create: () => Promise<ServerBarStoreSubject>,
): void {
  if (skip !== false) {
    test(`bar store (${name})`, { skip }, () => {});
    return;
  }
  barStoreContract(name, create);

  const check = (title: string, body: (subject: ServerBarStoreSubject) => Promise<void>): void => {
    test(`bar store (${name}): ${title}`, async () => {
      const subject = await create();
      const opened: BarStore[] = [];
      const reopen = async (): Promise<BarStore> => {
        const store = await subject.reopen();
        opened.push(store);
        return store;
      };
      try {
        await body({ ...subject, reopen });
      } finally {
        // Also where the body failed: an open connection would keep the run from ending.
        for (const store of opened) await store.close();
        subject.wire.restore();
        await subject.dispose();
      }
    });
  };

  check('two writers into one new series at once -> the union, nothing counted twice', async ({ store, reopen }) => {
    const other = await reopen();
    const all = bars(600);
    const parts = Array.from({ length: 6 }, (_, k) => sliceBars(all, k * 80, k * 80 + 200));
    const results = await Promise.all(parts.map((part, k) => (k % 2 === 0 ? store : other).upsert(BTC, '1m', part)));
    assert.equal(
      results.reduce((sum, each) => sum + each.inserted, 0),
      600,
    );
    assert.equal(
      results.reduce((sum, each) => sum + each.unchanged, 0),
      600,
    );
    const [here, there] = [await store.load(BTC, '1m'), await other.load(BTC, '1m')];
    assert.deepEqual(here!.bars, all);
    assert.deepEqual(there, here);
    assert.equal(here!.info.rows, 600);
    await other.close();
  });

  check('one writer removes while another adds -> all of it or nothing', async ({ store, reopen }) => {
    const other = await reopen();
    await store.upsert(BTC, '1m', bars(300));
    const [, added] = await Promise.all([store.remove(BTC, '1m'), other.upsert(BTC, '1m', bars(300, 200))]);
    const found = await store.load(BTC, '1m');
    if (added.inserted === 300) assert.deepEqual(found!.bars, bars(300, 200), 'removed first');
    else assert.equal(found, null, 'added first');
    await other.close();
  });

  check('reading while bars are replaced -> the old ones or the new ones, never both', async ({ store, reopen }) => {
    const other = await reopen();
    await store.upsert(BTC, '1m', bars(80));
    const [before, after] = [bars(80), bars(80, 0, 5)];
    const writing = { isOver: false };
    const written = store.upsert(BTC, '1m', after).finally(() => {
      writing.isOver = true;
    });
    do {
      const seen = (await other.load(BTC, '1m'))!;
      assert.deepEqual(seen.bars, seen.bars.open[0] === before.open[0] ? before : after);
    } while (!writing.isOver);
    await written;
    assert.deepEqual((await other.load(BTC, '1m'))!.bars, after);
    await other.close();
  });

  check('the wire breaks in mid-upsert -> an error and the series as it was, or all of it', async (subject) => {
    const { store, reopen, wire } = subject;
    await store.upsert(BTC, '1m', bars(200));
    let [failed, firstRow] = [0, 200];
    for (let bytes = 50; ; bytes = Math.ceil(bytes * 2.5)) {
      // Whole again, the wire is used again at once.
      const before = (await store.load(BTC, '1m'))!;
      const more = bars(150, firstRow - 50, 0);
      more.close[0]! += 0.05;
      wire.cutAfter(bytes);
      const outcome = await store.upsert(BTC, '1m', more).catch((error: unknown) => error);
      const wasCut = wire.wasCut;
      wire.restore();
      const witness = await reopen();
      const after = (await witness.load(BTC, '1m'))!;
      await witness.close();
      if (outcome instanceof Error) {
        assert.ok(outcome instanceof BarStoreError, `a typed error, found ${String(outcome)}`);
        assert.deepEqual([outcome.code, outcome.retryable], ['store-unavailable', true]);
        assert.deepEqual(after, before, `cut after ${bytes} bytes`);
        failed++;
      } else {
        assert.equal(after.info.rows, firstRow + 100);
        assert.equal(after.bars.close[firstRow - 50], more.close[0]);
        assert.deepEqual(await store.load(BTC, '1m'), after);
        firstRow += 100;
      }
      if (!wasCut) break;
    }
    assert.ok(failed > 2, `${failed} cuts came in the middle`);
  });

  check('closed -> later calls reject', async ({ store, reopen }) => {
    const other = await reopen();
    await other.close();
    await other.close();
    await assert.rejects(async () => other.list());
    assert.deepEqual(await store.list(), []);
  });

  test(`bar store (${name}): ${largeRows} bars in and out -> the same bits`, async (t) => {
    const subject = await create();
    try {
      const all = bars(largeRows);
      const times: number[] = [];
      const timed = async <T>(work: () => Promise<T>): Promise<T> => {
        const began = performance.now();
        const value = await work();
        times.push(performance.now() - began);
        return value;
      };
      assert.equal((await timed(() => subject.store.upsert(BTC, '1m', all))).inserted, largeRows);
      const loaded = await timed(() => subject.store.load(BTC, '1m'));
      await timed(() => subject.store.upsert(BTC, '1m', bars(1, largeRows)));
      const day = {
        fromMs: START_MS + (largeRows / 2) * MINUTE_MS,
        toMs: START_MS + (largeRows / 2 + 1_000) * MINUTE_MS,
      };
      const part = await timed(() => subject.store.load(BTC, '1m', day));
      assert.deepEqual(loaded!.bars, all);
      assert.equal(part!.bars.open.length, 1_000);
      const [into, out, one, range] = times.map((ms) => ms.toFixed(0));
      t.diagnostic(
        `${name}, ${largeRows} bars: in ${into} ms, out ${out} ms, one more ${one} ms, 1,000 of them ${range} ms`,
      );
    } finally {
      await subject.dispose();
    }
  });
}
