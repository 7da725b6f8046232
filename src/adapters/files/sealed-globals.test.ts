import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ForbiddenError } from '../../ports/strategy-files.ts';
import { sealed, sealedWhile } from './sealed-globals.ts';

/** What a call throws while the globals are sealed. */
function sealedError(call: () => unknown): unknown {
  try {
    sealed(call);
    return null;
  } catch (error) {
    return error;
  }
}

for (const [used, call] of [
  ['Date.now()', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Date()', () => Date()],
  ['performance.now', () => performance.now()],
  ['Math.random()', () => Math.random()],
  ['setTimeout()', () => setTimeout(() => {}, 0)],
  ['setInterval()', () => setInterval(() => {}, 0)],
  ['setImmediate()', () => setImmediate(() => {})],
  ['fetch()', () => fetch('http://127.0.0.1')],
  ['WebSocket()', () => new WebSocket('ws://127.0.0.1')],
  ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
] as const) {
  test(`sealed globals: ${used} -> throws, naming what to use instead`, () => {
    const error = sealedError(call);
    assert.ok(error instanceof ForbiddenError, String(error));
    assert.equal(error.used, used);
    assert.ok(error.instead.length > 10);
  });
}

test('sealed globals: arithmetic on given times -> still works', () => {
  assert.equal(
    sealedError(() => assert.equal(new Date(0).getUTCFullYear(), 1970)),
    null,
  );
  assert.equal(
    sealedError(() => assert.equal(Date.UTC(2024, 0, 1), 1_704_067_200_000)),
    null,
  );
  assert.equal(
    sealedError(() => assert.ok(new Date(5) instanceof Date)),
    null,
  );
});

test('sealed globals: given back -> as they were', () => {
  const before = [Date, performance, Math.random, setTimeout, fetch, crypto];
  sealed(() => {});
  assert.deepEqual([Date, performance, Math.random, setTimeout, fetch, crypto], before);
  assert.ok(Date.now() > 0 && performance.now() > 0 && Math.random() < 1);
});

test('sealed globals: a function kept from inside -> still throws outside', () => {
  const kept = sealed(() => Date);
  assert.throws(() => kept.now(), ForbiddenError);
});

test('sealed globals: two files loaded at once, others at work meanwhile -> refused to both, given to the others, given back', async () => {
  const before = [Date, performance, Math.random, setTimeout, fetch, crypto];
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const loads = [first, second].map(({ promise }) =>
    sealedWhile(async () => {
      assert.throws(() => performance.now(), ForbiddenError);
      await promise;
      assert.throws(() => Date.now(), ForbiddenError);
    }),
  );
  assert.ok(performance.now() > 0 && Date.now() > 0);
  first.resolve();
  await loads[0];
  assert.ok(Math.random() < 1);
  await new Promise((resolve) => void setTimeout(resolve, 1));
  sealed(() => assert.throws(() => Math.random(), ForbiddenError));
  second.resolve();
  await loads[1];
  assert.deepEqual([Date, performance, Math.random, setTimeout, fetch, crypto], before);
});
