import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAILURES } from '../../src/api/failures.ts';
import { Scene } from '../e2e/command-line.ts';

describe('a debugger that can be attached', () => {
  test('a live account -> not opened, not even asked for; one of the local exchange -> opened', async () => {
    const scene = new Scene();
    try {
      const nowhere = { TRADEWRIGHT_LOCAL: 'http://127.0.0.1:1' };
      const inspected = { ...nowhere, NODE_OPTIONS: '--inspect=127.0.0.1:0' };
      const add = ['account', 'add', 'binance', '--env', 'live', '--no-test', '--label'];
      assert.equal((await scene.run([...add, 'main'], {}, 'key\nsecret\n')).code, 0);
      await scene.run(['account', 'add', 'local', '--no-test', '--label', 'demo'], {}, 'key\nsecret\n');
      for (const line of [
        ['account', 'check', 'main'],
        ['account', 'rotate', 'main'],
        [...add, 'other'],
      ]) {
        const { code, body } = await scene.json(line, inspected, 'key\nsecret\n');
        assert.deepEqual([code, body.error.code], [FAILURES['debugger-open'].exit, 'debugger-open'], line.join(' '));
        assert.match(body.error.hint, /without --inspect/);
      }
      const { body } = await scene.json(['account', 'check', 'demo'], inspected);
      assert.equal(body.error.code, 'venue-unavailable');
    } finally {
      scene.remove();
    }
  });
});
