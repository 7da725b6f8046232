import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { newHome } from './new-home.ts';

/** Nobody listens there. */
const AWAY = { TRADEWRIGHT_JOB_QUEUE: 'redis://127.0.0.1:1' };

interface Report {
  readonly status: string;
  readonly modules: readonly { readonly name: string; readonly status: string }[];
}

describe('readiness of a server whose queue of jobs is away', { concurrency: true }, () => {
  const places: ReturnType<typeof newHome>[] = [];
  after(() => {
    for (const place of places) place.remove();
  });

  /** Serves until `body` has ended. */
  async function serving(role: readonly string[], body: (url: string) => Promise<void>): Promise<void> {
    const place = newHome();
    places.push(place);
    const world = compose(readConfig({ home: place.home }, AWAY, place.home));
    const stop = new AbortController();
    const begun = Promise.withResolvers<string>();
    const ended = execute('serve', { port: 0, role, alerts: false }, world, {
      ...{ progress: () => true, warn() {}, stop: stop.signal, askSecret: null },
      update: (update) => begun.resolve((update as { url: string }).url),
    });
    try {
      await body(await Promise.race([begun.promise, ended.then(() => assert.fail('it has ended'))]));
    } finally {
      stop.abort();
      await ended;
      await world.close();
    }
  }

  /** The report once the worker has asked the queue in vain. */
  async function failing(url: string): Promise<{ readonly status: number; readonly report: Report }> {
    for (;;) {
      const answer = await fetch(`${url}/health`);
      const report = (await answer.json()) as Report;
      if (report.modules.some(({ name, status }) => name === 'jobs' && status === 'failed'))
        return { status: answer.status, report };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test('beside other roles -> told, and ready: orders and kills need no queue', { timeout: 60_000 }, async () => {
    await serving(['api', 'backtest'], async (url) => {
      const { status, report } = await failing(url);
      assert.deepEqual([status, report.status], [200, 'ready']);
      assert.equal((await fetch(`${url}/health/ready`)).status, 200);
      assert.equal((await fetch(`${url}/api/sessions`)).status, 200);
    });
  });

  test('as the one role -> not ready', { timeout: 60_000 }, async () => {
    await serving(['backtest'], async (url) => {
      const { status, report } = await failing(url);
      assert.deepEqual([status, report.status], [503, 'not-ready']);
      assert.equal((await fetch(`${url}/health/ready`)).status, 503);
    });
  });
});
