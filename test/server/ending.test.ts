import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { IdempotencyStore } from '../../src/ports/idempotency.ts';
import type { RequestLimits } from '../../src/ports/request-limits.ts';
import { openScripted } from './scripted-streams.ts';
import { openScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

/** What is waited for comes, or the test fails. */
const PATIENT = { timeout: 60_000 };
const home = mkdtempSync(join(tmpdir(), 'tradewright-ending-'));
let world: World;
describe('what ends while something is under way', () => {
  before(() => {
    world = compose(readConfig({ home }, {}, home));
  });
  after(async () => {
    await world.close();
    rmSync(home, { recursive: true, force: true });
  });

  describe('a socket that has gone', () => {
    test('while it was looked up how often it may ask -> what it subscribed to is not begun', PATIENT, async () => {
      const asked = Promise.withResolvers<void>();
      const answered = Promise.withResolvers<void>();
      const allowed = { isAllowed: true, remaining: 1, retryAfterMs: 0 };
      let isSlow = false;
      const slow: RequestLimits = {
        async take(name) {
          if (isSlow && name.startsWith('client:')) {
            isSlow = false;
            asked.resolve();
            await answered.promise;
          }
          return allowed;
        },
        close: async () => {},
      };
      const scene = await openScripted({ world: { ...world, requestLimits: slow } });
      const client = await RawClient.open(scene);
      await client.frame('hello');
      isSlow = true;
      client.send({ k: 'subscribe', id: 'a', operation: 'fills', input: { session: 'x' } });
      await asked.promise;
      client.close();
      await gone(scene.url);
      answered.resolve();
      // A stream would begin in this turn or the next ones.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([scene.streams.length, scene.server.underWay()], [0, 0]);
      await scene.close();
    });
  });

  /** Answers when a server has no sockets any more. */
  async function gone(url: string): Promise<void> {
    for (;;) {
      const text = await (await fetch(`${url}/metrics`)).text();
      if (/^tradewright_websockets 0$/m.test(text)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  describe('a server that is to end', () => {
    test(
      'a deed that another server carries out -> is not waited for: server-busy, and the end comes at once',
      PATIENT,
      async () => {
        const began = Promise.withResolvers<void>();
        const done = Promise.withResolvers<void>();
        const execute = async (): Promise<unknown> => {
          began.resolve();
          await done.promise;
          return { session: 's', strategy: 'x' };
        };
        const first = await openScene({ execute }, home);
        const waits = Promise.withResolvers<void>();
        const requests = async (): Promise<IdempotencyStore> => {
          const store = await world.requests();
          const begin: IdempotencyStore['begin'] = async (...asked) => {
            const begun = await store.begin(...asked);
            if (begun.kind === 'under-way') waits.resolve();
            return begun;
          };
          return { ...store, begin };
        };
        const second = await openScene({ execute, world: { ...world, requests } }, home);
        const carriedOut = first.command('/api/pause', {}, 'rolling');
        await began.promise;
        const asked = second.command('/api/pause', {}, 'rolling');
        await waits.promise;
        const ended = second.server.close(30_000);
        const { status, body } = await asked;
        assert.deepEqual([status, body.code], [503, 'server-busy']);
        await ended;
        done.resolve();
        assert.equal((await carriedOut).status, 200);
        await first.close();
      },
    );
  });
});
