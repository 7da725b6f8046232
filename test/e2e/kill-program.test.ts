import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, test } from 'node:test';
import type { KillReport } from '../../src/kill/kill-request.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { finish, ROOT, type RunningScene, Scene, strategyFile } from './command-line.ts';

const ACCEPT = 'this key works from any address';
/** Twice as long as a lease lasts without renewal. */
const LONG_MS = 40_000;

/** Bids far below, a new one at each bar. */
const BIDDER = `if (c.orders.length < 40) c.buy({ size: { qty: 0.001 }, limit: c.price * 0.8, why: 'low' });`;
/** Buys once, with a stop far below, and bids as well. */
const HOLDER = `if (!c.position.isOpen && c.orders.length === 0) c.buy({ size: { qty: 0.05 }, stop: { pct: 0.3 }, why: 'once' });
    else if (c.orders.length < 4) c.buy({ size: { qty: 0.001 }, limit: c.price * 0.8, why: 'low' });`;

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
    scene.write('holder.ts', strategyFile('holder', HOLDER));
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
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(async () => {
    await exchange.close();
    scene.remove();
  });

  const start = (session: string, strategy = 'bidder.ts', more: readonly string[] = []): ChildProcess => {
    const line = [
      'live',
      `./${strategy}`,
      '--account',
      'k',
      '--confirm',
      'k',
      '--limits',
      'limits.json',
      '--accept',
      ACCEPT,
    ];
    const rest = ['--symbols', 'BTCUSDT', '--timeframe', '1s', '--cash', '100000', '--param', 'length=2', '--json'];
    const child = scene.start([...line, ...rest, ...more, '--session', session], env);
    children.push(child);
    return child;
  };

  const spawnKill = (args: readonly string[], more: Record<string, string> = {}, isJson = true): ChildProcess => {
    const words = [join(ROOT, 'src/kill-main.ts'), ...args, ...(isJson ? ['--json'] : [])];
    const child = spawn(process.execPath, words, {
      ...{ cwd: scene.folder, env: { ...process.env, ...env, ...more } },
    });
    child.stdin.end();
    return child;
  };
  const kill = async (args: readonly string[], more: Record<string, string> = {}) => {
    const ran = await finish(spawnKill(args, more));
    return { ...ran, report: JSON.parse(ran.out) as KillReport };
  };

  const signed = async (
    method: string,
    path: string,
    query: string,
  ): Promise<{ readonly status: string; readonly side: string }[]> => {
    const text = `${query}&timestamp=${Math.floor(exchange.clock.nowMs())}`;
    const signature = createHmac('sha256', keys.secret).update(text).digest('hex');
    const url = `${exchange.urls.spot!.rest}${path}?${text}&signature=${signature}`;
    const answer = await fetch(url, { method, headers: { 'X-MBX-APIKEY': keys.apiKey } });
    return (await answer.json()) as { readonly status: string; readonly side: string }[];
  };
  const open = () => signed('GET', '/api/v3/openOrders', 'symbol=BTCUSDT');
  /** What the account has in the base asset, free or not. */
  const coins = async (): Promise<number> => {
    const { balances } = (await signed('GET', '/api/v3/account', 'omitZeroBalances=true')) as never as {
      readonly balances: readonly { readonly asset: string; readonly free: string; readonly locked: string }[];
    };
    const own = balances.find(({ asset }) => asset === 'BTC');
    return Math.round((Number(own?.free ?? 0) + Number(own?.locked ?? 0)) * 1e4) / 1e4;
  };
  const everPlaced = async () => (await signed('GET', '/api/v3/allOrders', 'symbol=BTCUSDT&limit=1000')).length;

  /** Holds the database as who stands still in the middle of a write does; answers how to let it go, null where another holds it. */
  const holdDatabase = (): (() => void) | null => {
    const db = new DatabaseSync(scene.path('.tradewright/home.sqlite'));
    db.exec('pragma busy_timeout = 0');
    try {
      db.exec('begin immediate');
    } catch {
      db.close();
      return null;
    }
    return () => {
      db.exec('rollback');
      db.close();
    };
  };
  /** Stops a process between two of its writes: what becomes of a kill otherwise is a test of its own. */
  const standStill = async (child: ChildProcess): Promise<void> => {
    for (;;) {
      child.kill('SIGSTOP');
      await pause(50);
      const letGo = holdDatabase();
      if (letGo !== null) return letGo();
      child.kill('SIGCONT');
      await pause(50);
    }
  };

  const orderSides = async (): Promise<string[]> => (await open()).map(({ side }) => side);
  const latches = async () =>
    (await scene.json(['status'], env)).body.data.latches as { level: string; target: string }[];
  const latched = async (): Promise<string[]> => (await latches()).map(({ level }) => level);
  /** What is typed to re-arm the account. */
  const typed = async (): Promise<string> => `account:${(await latches())[0]!.target}`;
  /** Ends a watchdog that is expected to have told of something. */
  const endedBy = async (dog: RunningScene, code: string): Promise<void> => {
    dog.child.kill('SIGTERM');
    const { out } = await dog.ended;
    const { data } = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.ok(
      data.alarms.some((alarm: { code: string }) => alarm.code === code),
      JSON.stringify(data.alarms),
    );
  };

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
    await standStill(child);
    const halted = await kill(['--session', 'stopped', '--level', 'halt']);
    assert.deepEqual([halted.code, halted.report.holders[0]!.state], [0, 'deposed']);
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
    await rearmed(report);
    t.diagnostic(
      `last cancel ${report.lastCancelMs!.toFixed(0)} ms, verified ${report.accounts[0]!.canceling.verifiedMs!.toFixed(0)} ms, in all ${report.elapsedMs.toFixed(0)} ms`,
    );
  });

  test('who stands still has stopped in the middle of a write -> latch and right to trade cannot be had, and it is said; the venue is emptied', async () => {
    const price = await farBelow();
    const order = `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=${price}`;
    await signed('POST', '/api/v3/order', order);
    const letGo = holdDatabase()!;
    const { code, report } = await kill(['--account', 'k']);
    letGo();
    assert.deepEqual([code, report.verified, report.latches[0]!.written, await open()], [3, true, false, []]);
    assert.match(JSON.stringify(report.latches), /database is locked/);
    assert.deepEqual(await latches(), []);
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

  const holding = async (session: string): Promise<ChildProcess> => {
    const child = start(session, 'holder.ts');
    await until('it holds something and bids rest', async () => (await open()).length >= 3);
    return child;
  };
  const rearmed = async (report: KillReport, into = 'active'): Promise<void> => {
    const [latch] = report.latches;
    assert.ok(latch?.written);
    const place = ['--scope', latch.scope, ...(latch.target === '' ? [] : ['--target', latch.target])];
    const typed = latch.target === '' ? latch.scope : `${latch.scope}:${latch.target}`;
    const { code, err } = await scene.json(
      ['rearm', ...place, '--confirm', typed, '--into', into, '--reason', 'drill'],
      env,
    );
    assert.equal(code, 0, err);
  };

  test('flatten, the session gone, the kill itself killed and run again -> closed once; the session books it at its next start', async () => {
    const before = await coins();
    const gone = await holding('held');
    const ended = finish(gone);
    gone.kill('SIGKILL');
    await ended;
    const half = spawnKill(['--session', 'held', '--level', 'flatten']);
    const halfEnded = finish(half);
    await pause(3_600);
    half.kill('SIGKILL');
    await halfEnded;
    const { code, report, err } = await kill(['--session', 'held', '--level', 'flatten']);
    assert.equal(code, 0, `${JSON.stringify(report)}${err}`);
    assert.deepEqual([await open(), await coins()], [[], before]);
    // It would buy again.
    await rearmed(report, 'reducing');
    const again = start('held', 'holder.ts', ['--seconds', '3']);
    const { out } = await finish(again);
    const { data } = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.deepEqual([data.resumed, data.positions], [true, []], out.slice(-2_000));
    assert.deepEqual([data.account.notReady, await coins()], [null, before]);
    await rearmed(report);
  });

  test('tradewright kill: the session hangs -> past it, at the venue; woken up it sends nothing', async () => {
    const before = await coins();
    const child = await holding('hung');
    const ended = finish(child);
    await standStill(child);
    const killed = await scene.json(['kill', '--session', 'hung', '--level', 'flatten', '--reason', 'drill'], env);
    const { data } = killed.body;
    assert.deepEqual([killed.code, data.verified], [0, true], JSON.stringify(killed.body));
    assert.deepEqual([data.sessions[0].answered, data.accounts[0].isRevoked], [false, true]);
    assert.deepEqual([await open(), await coins()], [[], before]);
    const placed = await everPlaced();
    child.kill('SIGCONT');
    const { code } = await within(ended, LONG_MS);
    assert.deepEqual([code, await everPlaced()], [5, placed]);
    await rearmed({ latches: [{ written: true, ...data.latch }] } as never);
  });

  test('flatten while the session runs and heeds the latch, too -> nothing is closed twice', async () => {
    const before = await coins();
    const child = await holding('both');
    const ended = finish(child);
    const gentle = await kill(['--session', 'both', '--level', 'reduce']);
    assert.deepEqual([gentle.code, gentle.report.holders[0]!.state], [0, 'renews']);
    const { code, report } = await kill(['--session', 'both', '--level', 'flatten']);
    assert.equal(code, 0, JSON.stringify(report));
    assert.deepEqual([await open(), await coins()], [[], before]);
    await within(ended, LONG_MS);
    await rearmed(report);
  });

  test('watchdog: a session hangs -> entries are canceled, its stop stays, its account is latched; woken up it sends nothing; killed -> flat', async () => {
    const before = await coins();
    const watch = (policy: string) =>
      scene.startRunning(['watchdog', '--account', 'k', '--policy', policy, '--grace', '10'], env);
    const child = await holding('watched');
    const ended = finish(child);
    let dog = await watch('cancel-entries');
    await pause(6_000);
    assert.ok((await open()).length >= 3, 'it beats: nothing is done');
    await standStill(child);
    await until('entries are canceled', async () => (await open()).length === 1);
    assert.deepEqual([await orderSides(), await latched()], [['SELL'], ['reduce']]);
    const placed = await everPlaced();
    child.kill('SIGCONT');
    assert.deepEqual([(await within(ended, LONG_MS)).code, await everPlaced()], [5, placed]);
    assert.equal((await open()).length, 1);
    await endedBy(dog, 'acted');
    await scene.json(['rearm', '--session', 'watched', '--confirm', await typed(), '--reason', 'drill'], env);
    const again = start('watched', 'holder.ts');
    await until('bids rest again', async () => (await open()).length >= 3);
    dog = await watch('flatten');
    again.kill('SIGKILL');
    await until('it is flat', async () => (await open()).length === 0 && (await coins()) === before);
    assert.deepEqual(await latched(), ['flatten']);
    await endedBy(dog, 'acted');
    await scene.json(['rearm', '--session', 'watched', '--confirm', await typed(), '--reason', 'drill'], env);
  });

  test('the venue cannot be reached -> latched all the same, told what to do, exit code 1', async () => {
    const away = { TRADEWRIGHT_LOCAL: 'http://127.0.0.1:9' };
    const { code, out } = await finish(spawnKill(['--account', 'k', '--patience', '1'], away, false));
    assert.equal(code, 1);
    assert.match(out, /NOT VERIFIED {2}cancel-all: The latch holds.*Look at the venue itself, and run this again/);
    const latch = (await latches())[0]!;
    assert.equal(latch.level, 'cancel-all');
    await rearmed({ latches: [{ written: true, ...latch }] } as never);
  });

  test('an account or session that is not there -> exit code 2, nothing latched; a vault that does not open -> latched, and said', async () => {
    for (const [flag, expected] of [
      ['--account', /expected one of k, found nobody; nothing was done/],
      ['--session', /found nobody; nothing was done/],
    ] as const) {
      // A misspelt setting keeps other programs from their work, and not this one.
      const { code, err } = await finish(spawnKill([flag, 'nobody'], { TRADEWRIGHT_HOEM: 'x' }));
      assert.equal(code, 2);
      assert.match(err, expected);
      assert.match(err, /the environment has TRADEWRIGHT_HOEM, which is no setting/);
    }
    assert.deepEqual(await latches(), []);
    scene.write('other.phrase', 'another phrase altogether, and long enough\n');
    chmodSync(scene.path('other.phrase'), 0o600);
    const { code, report } = await kill(['--account', 'k'], {
      TRADEWRIGHT_MASTER_PASSPHRASE_FILE: scene.path('other.phrase'),
    });
    assert.deepEqual([code, report.verified, report.latches[0]!.written], [1, false, true]);
    assert.ok(
      report.faults.some((fault) => /^k: expected a key file/.test(fault)),
      JSON.stringify(report.faults),
    );
    await rearmed(report);
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
