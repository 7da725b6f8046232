import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import pg from 'pg';
import { BarStoreError } from '../../ports/bar-store.ts';
import { storeError } from './connection.ts';

describe('what goes wrong on the way to PostgreSQL', () => {
  test('a server that takes connections and says nothing -> unavailable, whoever of pool and connection gives up first', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const at = { host: '127.0.0.1', port, connectionTimeoutMillis: 50 };
    const pool = new pg.Pool({ ...at, max: 1 });
    const client = new pg.Client(at);
    const failures = await Promise.allSettled([client.connect(), pool.connect(), pool.connect()]);
    const words = new Set<string>();
    for (const each of failures) {
      assert.ok(each.status === 'rejected');
      words.add((each.reason as Error).message);
      const error = storeError(each.reason, 'postgres://there');
      assert.ok(error instanceof BarStoreError, String(each.reason));
      assert.equal(error.code, 'store-unavailable');
    }
    assert.ok(words.size > 1, [...words].join(' | '));
    await pool.end();
    silent.close();
  });

  test('anything else -> a fault of ours, as it is', () => {
    const error = new TypeError('no such thing');
    assert.equal(storeError(error, 'postgres://there'), error);
  });
});
