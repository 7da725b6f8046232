import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ForbiddenError } from '../../ports/strategy-files.ts';
import { sealGlobals } from './sealed-globals.ts';

/** What a call throws while the globals are sealed. */
function sealedError(call: () => unknown): unknown {
  const unseal = sealGlobals();
  try {
    call();
    return null;
  } catch (error) {
    return error;
  } finally {
    unseal();
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
  ['process.hrtime()', () => process.hrtime()],
  ['process.hrtime.bigint()', () => process.hrtime.bigint()],
  ['process.uptime()', () => process.uptime()],
  ['process.getBuiltinModule()', () => process.getBuiltinModule('node:fs')],
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

test('sealed globals: the clock by the constructor of a given time -> throws as well', () => {
  const error = sealedError(() => (new Date(0).constructor as DateConstructor).now());
  assert.ok(error instanceof ForbiddenError && error.used === 'Date.now()', String(error));
});

test('sealed globals: given back -> as they were', () => {
  const before = [Date, performance, Math.random, setTimeout, fetch, crypto];
  sealGlobals()();
  assert.deepEqual([Date, performance, Math.random, setTimeout, fetch, crypto], before);
  assert.ok(Date.now() > 0 && performance.now() > 0 && Math.random() < 1);
  assert.ok(new Date(0).constructor === Date && process.hrtime.bigint() > 0n && process.uptime() > 0);
});

test('sealed globals: a function kept from inside -> still throws outside', () => {
  const unseal = sealGlobals();
  const kept = Date;
  unseal();
  assert.throws(() => kept.now(), ForbiddenError);
});

test('sealed globals: others call within a seal that is not theirs -> all works', () => {
  const unseal = sealGlobals(() => true);
  try {
    assert.ok(process.hrtime()[0] > 0 && process.hrtime.bigint() > 0n && process.uptime() > 0);
    assert.equal(typeof process.getBuiltinModule('node:fs')?.existsSync, 'function');
    assert.ok((new Date(0).constructor as DateConstructor).now() > 0);
  } finally {
    unseal();
  }
});
