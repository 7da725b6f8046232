import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sqliteSessionLocks } from './session-locks.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-locks-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('session locks', () => {
  test('taken twice -> the second gets none, until the first gives it back; other sessions are free', () => {
    const [one, another] = [sqliteSessionLocks(folder), sqliteSessionLocks(folder)];
    const held = one.take('a');
    assert.ok(held !== null);
    assert.equal(another.take('a'), null);
    const other = another.take('b');
    assert.ok(other !== null);
    held.release();
    const next = another.take('a');
    assert.ok(next !== null);
    next.release();
    other.release();
  });
});
