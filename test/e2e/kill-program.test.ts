import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { KillReport } from '../../src/kill/kill-run.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { finish, ROOT, Scene, strategyFile } from './command-line.ts';

const ACCEPT = 'this key works from any address';
/** Twice as long as a lease lasts without renewal. */
const LONG_MS = 20_000;

/** Bids far below, a new one at each bar. */
const BIDDER = `if (c.orders.length < 40) c.buy({ size: { qty: 0.001 }, limit: c.price * 0.8, why: 'low' });`;

describe('tradewright-kill', () => {
  const scene = new Scene();
  let exchange: LocalExchange;
  let env: Record<string, string> = {};
  let keys = { apiKey: '', secret: '' };

  before(async () => {
    exchange = await openLocalExchange({
      market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
      ...{ limits: 'none', seed: 5 },
    });
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    keys = { apiKey, secret: secret! };
    env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
    scene.write('bidder.ts', strategyFile('bidder', BIDDER));
    scene.write(
      'limits.json',
      '{"messageOrders": null, "repeatedEntryFills": null, "duplicateOrders": null, "priceCollarPct": null, "passivePriceBandPct": null, "strategyOpenOrders": 100, "accountOpenOrders": 100}',
    );
    const added = await scene.run(
      ['account', 'add', 'local', '--label', 'k', '--no-test'],
      env,
      `${apiKey}\n${secret}\n`,
    );
    assert.equal(added.code, 0, added.err);
  });
  after(async () => {
    await exchange.close();
    scene.remove();
  });

  const start = (session: string): ChildProcess => {
    const line = [
      'live',
      './bidder.ts',
      '--account',
      'k',
      '--confirm',
      'k',
      '--limits',
      'limits.json',
      '--accept',
      ACCEPT,
    ];
    const more = ['--symbols', 'BTCUSDT', '--timeframe', '1s', '--cash', '100000', '--param', 'length=2', '--json'];
    return scene.start([...line, ...more, '--session', session], env);
  };

  const kill = async (args: readonly string[], more: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [join(ROOT, 'src/kill-main.ts'), ...args, '--json'], {
      ...{ cwd: scene.folder, env: { ...process.env, ...env, ...more } },
    });
    child.stdin.end();
    const ran = await finish(child);
    return { ...ran, report: JSON.parse(ran.out) as KillReport };
  };

  const signed = async (method: string, path: string, query: string): Promise<{ readonly status: string }[]> => {
    const text = `${query}&timestamp=${Math.floor(exchange.clock.nowMs())}`;
    const signature = createHmac('sha256', keys.secret).update(text).digest('hex');
    const url = `${exchange.urls.spot!.rest}${path}?${text}&signature=${signature}`;
    const answer = await fetch(url, { method, headers: { 'X-MBX-APIKEY': keys.apiKey } });
    return (await answer.json()) as { readonly status: string }[];
  };
  const open = () => signed('GET', '/api/v3/openOrders', 'symbol=BTCUSDT');
  const everPlaced = async () => (await signed('GET', '/api/v3/allOrders', 'symbol=BTCUSDT&limit=1000')).length;

  /** A price that nobody sells at: the synthetic market begins elsewhere each day. */
  const farBelow = async (): Promise<number> => {
    const answer = await fetch(`${exchange.urls.spot!.rest}/api/v3/ticker/price?symbol=BTCUSDT`);
    return Math.floor(Number(((await answer.json()) as { readonly price: string }).price) * 0.7);
  };

  const until = async (what: string, isTrue: () => Promise<boolean>, longestMs = 60_000): Promise<void> => {
    for (const startMs = performance.now(); !(await isTrue()); await pause(100))
      assert.ok(performance.now() - startMs < longestMs, `not in time: ${what}`);
  };

  test('a live session stopped in mid-flight (SIGSTOP), orders open -> the venue is empty, by its own word; woken up, the session sends nothing and ends', async (t) => {
    const child = start('stopped');
    const ended = finish(child);
    await until('orders rest', async () => (await open()).length >= 5);
    child.kill('SIGSTOP');
    const { code, report, err } = await kill(['--session', 'stopped', '--level', 'cancel-all']);
    assert.equal(code, 0, `${JSON.stringify(report)}${err}`);
    assert.ok(report.accounts[0]!.canceling.found >= 5);
    assert.deepEqual([report.accounts[0]!.isRevoked, await open()], [true, []]);
    t.diagnostic(
      `last cancel ${report.lastCancelMs!.toFixed(0)} ms, verified ${report.accounts[0]!.canceling.verifiedMs!.toFixed(0)} ms`,
    );
    const placed = await everPlaced();
    child.kill('SIGCONT');
    const { code: exit, out } = await within(ended, LONG_MS);
    const { error } = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.deepEqual([error.code, exit], ['session-deposed', 5]);
    assert.deepEqual([await everPlaced(), await open()], [placed, []]);
    // The latch holds the next start.
    const again = await scene.json(
      [
        'rearm',
        '--session',
        'stopped',
        '--confirm',
        `account:${JSON.parse(JSON.stringify(report.latches[0])).target}`,
        '--reason',
        'drill',
      ],
      env,
    );
    assert.equal(again.code, 0, again.err);
  });

  test('two hundred orders, nobody trades -> how long it takes', async (t) => {
    const price = await farBelow();
    await Promise.all(
      Array.from({ length: 200 }, (_, k) =>
        signed(
          'POST',
          '/api/v3/order',
          `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=${price + k}`,
        ),
      ),
    );
    assert.equal((await open()).length, 200);
    const { report, code } = await kill(['--account', 'k']);
    assert.deepEqual(
      [code, report.verified, report.accounts[0]!.canceling.found, (await open()).length],
      [0, true, 200, 0],
    );
    t.diagnostic(
      `last cancel ${report.lastCancelMs!.toFixed(0)} ms, verified ${report.accounts[0]!.canceling.verifiedMs!.toFixed(0)} ms, in all ${report.elapsedMs.toFixed(0)} ms`,
    );
  });

  test('the database cannot be read -> said so, and with the keys of the environment the venue is emptied all the same', async () => {
    await signed(
      'POST',
      '/api/v3/order',
      `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=${await farBelow()}`,
    );
    assert.equal((await open()).length, 1);
    const home = scene.path('broken');
    await scene.run(['sessions', '--home', home], env);
    rmSync(join(home, 'home.sqlite'), { force: true });
    scene.write('broken/home.sqlite', 'this is no database, and never was one');
    const own = { TRADEWRIGHT_API_KEY: keys.apiKey, TRADEWRIGHT_API_SECRET: keys.secret };
    const { code, report } = await kill(['--venue', 'local', '--env', 'local', '--home', home], own);
    assert.deepEqual([code, report.verified, report.latches[0]!.written], [3, true, false]);
    assert.deepEqual(await open(), []);
    const without = await kill(['--account', 'k', '--home', home]);
    assert.deepEqual([without.code, without.report.verified], [1, false]);
    assert.ok(without.report.faults.some((fault) => fault.startsWith('vault')));
  });

  test('flags that make no sense -> exit code 2, nothing done', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'src/kill-main.ts'), '--level', 'everything'], {
      cwd: scene.folder,
    });
    const { code, err } = await finish(child);
    assert.equal(code, 2);
    assert.match(err, /--level: expected pause, reduce/);
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return Promise.race([work, pause(ms).then(() => Promise.reject(new Error(`not within ${ms} ms`)))]);
}
