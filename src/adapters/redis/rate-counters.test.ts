import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import { RateLimiter } from '../../connectivity/rate-limiter.ts';
import type { RateWindow } from '../../connectivity/rate-window.ts';
import { systemClock } from '../system/clock.ts';
import { openRedisRateCounters, type RedisRateCounters } from './rate-counters.ts';

const isThere = spawnSync('redis-server', ['--version']).status === 0;
const skip = isThere ? false : 'redis-server absent: only CI installs one';
const ALIGNED: RateWindow = { meter: 'weight', scope: 'ip', limit: 100, windowMs: 86_400_000, kind: 'aligned' };
const SLIDING: RateWindow = { meter: 'orders', scope: 'account', limit: 10, windowMs: 400, kind: 'sliding' };

describe('rate counters in Redis', { skip }, () => {
  const folder = isThere ? mkdtempSync(join(tmpdir(), 'tradewright-redis-')) : '';
  const url = join(folder, 'redis.sock');
  let server: ChildProcess;
  const open: RedisRateCounters[] = [];
  let names = 0;

  /** Counters of two processes that share a name nobody else has. */
  async function pair(): Promise<[RedisRateCounters, RedisRateCounters]> {
    const name = `test-${names++}`;
    const both = await Promise.all([1, 2].map(() => openRedisRateCounters({ url, name, clock: systemClock() })));
    open.push(...both);
    return [both[0]!, both[1]!];
  }

  before(async () => {
    server = spawn('redis-server', ['--port', '0', '--unixsocket', url, '--save', '', '--dir', folder], {
      stdio: 'ignore',
    });
    for (let k = 0; k < 1_500 && !existsSync(url); k++) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  after(async () => {
    for (const each of open) await each.close();
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  test('two processes -> one count; a request that does not fit counts nothing', async () => {
    const [a, b] = await pair();
    const take = (counters: RedisRateCounters, cost: number): Promise<number> =>
      counters.take([
        { window: ALIGNED, cost, ceiling: 80 },
        { window: { ...ALIGNED, meter: 'raw' }, cost: 1, ceiling: 3 },
      ]);
    assert.equal(await take(a, 50), 0);
    const waitMs = await take(b, 31);
    assert.ok(waitMs > 0 && waitMs <= ALIGNED.windowMs, `${waitMs}`);
    assert.equal(await take(b, 30), 0);
    assert.equal(await take(a, 0), 0, 'the third of `raw`: the refused one was not counted there either');
    assert.ok((await take(b, 0)) > 0);
  });

  test('many at once -> exactly as many as there is room for', async () => {
    const [a, b] = await pair();
    const waits = await Promise.all(
      Array.from({ length: 60 }, (_, k) => (k % 2 === 0 ? a : b).take([{ window: ALIGNED, cost: 3, ceiling: 80 }])),
    );
    assert.equal(waits.filter((each) => each === 0).length, 26);
  });

  test('sliding -> room comes back as use grows old, by the wait that was told', async () => {
    for (;;) {
      const [a, b] = await pair();
      const startMs = performance.now();
      for (let k = 0; k < 8; k++) assert.equal(await a.take([{ window: SLIDING, cost: 1, ceiling: 8 }]), 0);
      const waitMs = await b.take([{ window: SLIDING, cost: 1, ceiling: 8 }]);
      // On a machine so busy that the first has grown old meanwhile, it is tried again.
      if (performance.now() - startMs >= SLIDING.windowMs) continue;
      assert.ok(waitMs > 0 && waitMs <= SLIDING.windowMs, `${waitMs}`);
      await new Promise((resolve) => setTimeout(resolve, waitMs + 5));
      assert.equal(await b.take([{ window: SLIDING, cost: 1, ceiling: 8 }]), 0);
      return;
    }
  });

  test('what the venue counts -> raises, never lowers, for all', async () => {
    const [a, b] = await pair();
    for (const window of [ALIGNED, { ...SLIDING, windowMs: 60_000 }]) {
      await a.observe(window, 7);
      await a.observe(window, 2);
      assert.equal(await b.take([{ window, cost: 1, ceiling: 8 }]), 0);
      assert.ok((await a.take([{ window, cost: 1, ceiling: 8 }])) > 0);
    }
  });

  test('a block by one -> holds for the other, for what costs nothing, too; is not shortened, and ends', async () => {
    const [a, b] = await pair();
    const startMs = performance.now();
    await a.block('ip', 300);
    await a.block('ip', 10);
    const waitMs = await b.take([{ window: ALIGNED, cost: 0, ceiling: 80 }]);
    const leastMs = 300 - (performance.now() - startMs) - 1;
    assert.ok(waitMs >= leastMs && waitMs <= 300, `${waitMs}, at least ${leastMs}`);
    assert.equal(await b.take([{ window: SLIDING, cost: 1, ceiling: 8 }]), 0, 'another scope');
    await new Promise((resolve) => setTimeout(resolve, waitMs + 5));
    assert.equal(await b.take([{ window: ALIGNED, cost: 0, ceiling: 80 }]), 0);
  });

  test('two limiters -> together within the share', async () => {
    const counters = await pair();
    const limiters = counters.map(
      (each) => new RateLimiter({ clock: systemClock(), windows: [ALIGNED], counters: each }),
    );
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, k) => limiters[k % 2]!.take({ weight: 1 }, 'cancel', 0)),
    );
    assert.equal(answers.filter((each) => each.taken).length, 80);
    limiters[0]!.block('ip', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const other = await limiters[1]!.take({ weight: 0 }, 'order', 0);
    assert.ok(!other.taken && other.retryInMs! > 50_000);
  });

  test('a server that stops -> orders are refused in time, cancels go, and it is found again', async () => {
    const [a] = await pair();
    const limiter = new RateLimiter({ clock: systemClock(), windows: [ALIGNED], counters: a });
    server.kill('SIGSTOP');
    try {
      const order = await limiter.take({ weight: 1 }, 'order', 0);
      assert.ok(!order.taken);
      assert.match(order.reason, /shared counters/);
      assert.equal((await limiter.take({ weight: 1 }, 'cancel', 0)).taken, true);
    } finally {
      server.kill('SIGCONT');
    }
    for (let k = 0; k < 100; k++) {
      if ((await limiter.take({ weight: 1 }, 'order', 0)).taken) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal((await limiter.take({ weight: 1 }, 'order', 0)).taken, true);
  });
});

test('rate counters in Redis: nobody there -> an error that says where, without the password', async () => {
  await assert.rejects(
    openRedisRateCounters({ url: 'redis://user:pa55@127.0.0.1:1/0', name: 'x', clock: new SimulatedClock() }),
    (error) =>
      error instanceof Error && /at redis:\/\/127\.0\.0\.1:1\/0/.test(error.message) && !/pa55/.test(error.message),
  );
});
