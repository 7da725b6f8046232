import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Cache } from '../../src/ports/cache.ts';

export interface CacheSubject {
  readonly cache: Cache;
  /** The same cache as another program would have it; null where programs share nothing. */
  readonly other: (() => Promise<Cache>) | null;
  dispose(): Promise<void>;
}

/** What every {@link Cache} must do. */
export function cacheContract(
  name: string,
  options: { readonly skip?: string | false; readonly create: () => Promise<CacheSubject> },
): void {
  describe(`cache (${name})`, { skip: options.skip ?? false }, () => {
    let subject: CacheSubject;
    before(async () => {
      subject = await options.create();
    });
    after(() => subject?.dispose());

    test('what was kept -> is found, as a copy; what was not -> undefined', async () => {
      const { cache } = subject;
      const value = { bid: { price: 1.5 }, list: [1, null, 'ä'] };
      await cache.set('quote', { 'x:BTCUSDT': value, 'x:ETHUSDT': 0 });
      const found = await cache.get('quote', 'x:BTCUSDT');
      assert.deepEqual(found, value);
      (found as { list: unknown[] }).list.push('changed');
      assert.deepEqual(await cache.getAll('quote', ['x:ETHUSDT', 'nothing', 'x:BTCUSDT']), [0, undefined, value]);
      assert.equal(await cache.get('book', 'x:BTCUSDT'), undefined, 'another kind');
    });

    test('a pattern -> forgets what it means, of its kind alone, and takes other signs for themselves', async () => {
      const { cache } = subject;
      const keys = ['a:1', 'a:2', 'b:1', 'a[12]', 'a?1'];
      const entries = Object.fromEntries(keys.map((key) => [key, key]));
      const left = async (): Promise<unknown> => (await cache.getAll('bar', keys)).filter((each) => each !== undefined);
      await cache.set('bar', entries);
      await cache.set('query', { 'a:1': 'kept' });
      await cache.forget('bar', 'a:*');
      assert.deepEqual(await left(), ['b:1', 'a[12]', 'a?1']);
      await cache.forget('bar', 'a[12]');
      await cache.forget('bar', 'b?1');
      assert.deepEqual(await left(), ['b:1', 'a?1']);
      await cache.forget('bar', '*');
      assert.deepEqual(await left(), []);
      assert.equal(await cache.get('query', 'a:1'), 'kept');
    });

    test('thousands of keys -> all forgotten by one pattern', async () => {
      const { cache } = subject;
      const keys = Array.from({ length: 3_000 }, (_, k) => `many:${k}`);
      await cache.set('query', Object.fromEntries(keys.map((key, k) => [key, k])));
      assert.deepEqual((await cache.getAll('query', keys)).slice(-2), [2_998, 2_999]);
      await cache.forget('query', 'many:*');
      assert.ok((await cache.getAll('query', keys)).every((each) => each === undefined));
    });

    test('a book -> gone after a second', async () => {
      const { cache } = subject;
      await cache.set('book', { 'x:BTCUSDT': { bids: [] } });
      assert.notEqual(await cache.get('book', 'x:BTCUSDT'), undefined);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      assert.equal(await cache.get('book', 'x:BTCUSDT'), undefined);
    });

    test('looked up -> within 5 ms', async (t) => {
      const { cache } = subject;
      const other = subject.other === null ? cache : await subject.other();
      const tookMs: number[] = [];
      await cache.set('quote', { warm: 1 });
      await other.get('quote', 'warm');
      for (let k = 0; k < 300; k++) {
        await cache.set('quote', {
          [`timed:${k}`]: { bid: { price: k, quantity: 1 }, ask: { price: k, quantity: 1 } },
        });
        const startMs = performance.now();
        assert.notEqual(await other.get('quote', `timed:${k}`), undefined);
        tookMs.push(performance.now() - startMs);
      }
      tookMs.sort((a, b) => a - b);
      t.diagnostic(`median ${tookMs[150]!.toFixed(3)} ms, 99 % ${tookMs[297]!.toFixed(3)} ms`);
      assert.ok(tookMs[150]! < 5, `${tookMs[150]} ms`);
      if (other !== cache) await other.close();
    });
  });
}
