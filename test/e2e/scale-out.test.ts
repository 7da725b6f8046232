import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { execute } from '../../src/api/handlers/handlers.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import { readAccountFlag } from '../../src/local-exchange/accounts-input.ts';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';
import { finish, Scene, strategyFile } from './command-line.ts';

/** Buys once, with a stop far below that rests at the venue. */
const HOLDER = `if (!c.position.isOpen && c.orders.length === 0) c.buy({ size: { qty: 0.05 }, stop: { pct: 0.3 }, why: 'once' });`;
const LABELS = ['a', 'b', 'c'] as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

interface Server {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
  url(): string;
  /** Sessions that it says it runs. */
  sessions(): readonly string[];
}

describe('servers that execute, on one database', { skip: postgresMissing }, () => {
  const scene = new Scene();
  after(() => scene.remove());

  test('accounts shared among them; one ends in order, one is killed -> others go on, each stop stands once; what it does not hold is told', async (t) => {
    const exchange = await openLocalExchange({
      market: { kind: 'synthetic', speed: 60, tradesEachBar: 20 },
      ...{ limits: 'none', seed: 5, accounts: LABELS.map((label) => readAccountFlag(`${label}:USDT=1000000`)) },
    });
    t.after(() => exchange.close());
    const url = new URL(await postgresUrl());
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('create database scale_out');
    await client.end();
    url.pathname = '/scale_out';
    const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest, TRADEWRIGHT_DATABASE: url.href };
    const until = async (what: string, isTrue: () => Promise<boolean> | boolean): Promise<void> => {
      for (const startMs = performance.now(); !(await isTrue()); await pause(100))
        assert.ok(performance.now() - startMs < 90_000, `not in time: ${what}`);
    };
    const stopsOf = async (label: string): Promise<number> => {
      const { apiKey, secret } = exchange.accounts[LABELS.indexOf(label as 'a')]!.keys[0]!;
      const query = `symbol=BTCUSDT&timestamp=${Math.floor(exchange.clock.nowMs())}`;
      const signature = createHmac('sha256', secret!).update(query).digest('hex');
      const address = `${exchange.urls.spot!.rest}/api/v3/openOrders?${query}&signature=${signature}`;
      const answer = await fetch(address, { headers: { 'X-MBX-APIKEY': apiKey } });
      return ((await answer.json()) as { side: string }[]).filter(({ side }) => side === 'SELL').length;
    };
    const start = (...roles: readonly string[]): Server => {
      const line = ['serve', '--port', '0', '--json', ...roles.flatMap((role) => ['--role', role])];
      const child = scene.start(line, env);
      t.after(() => void child.kill('SIGKILL'));
      const ended = finish(child);
      let rest = '';
      let told: { readonly url: string; readonly sessions: readonly string[] } | null = null;
      child.stdout!.on('data', (more: string) => {
        const lines = (rest + more).split('\n');
        rest = lines.pop()!;
        for (const each of lines) if (each.includes('serve-update')) told = JSON.parse(each);
      });
      return { child, ended, url: () => told?.url ?? '', sessions: () => told?.sessions ?? [] };
    };
    const ready = async (server: Server): Promise<boolean> =>
      server.url() !== '' && (await fetch(`${server.url()}/health/ready`)).status === 200;

    scene.write('holder.ts', strategyFile('holder', HOLDER));
    scene.write('limits.json', '{"duplicateOrders": null, "messageOrders": null}');
    // What a person types beforehand, in this process: each program takes a second to start.
    const world = compose(readConfig({ home: scene.path('.tradewright') }, env, scene.folder));
    t.after(() => world.close());
    const call = { progress: () => true, warn() {}, update() {}, stop: new AbortController().signal };
    const vault = await world.vaults.open(null);
    await vault.unlock();
    for (const label of LABELS) {
      const { apiKey, secret } = exchange.accounts[LABELS.indexOf(label)]!.keys[0]!;
      const keys = { apiKey: new Secret(apiKey), apiSecret: new Secret(secret!) };
      await vault.add({ venue: 'local', environment: 'local', label }, keys);
      await execute(
        'deployment-add',
        {
          ...{ strategy: './holder.ts', account: label, confirm: label, limits: 'limits.json', symbols: ['BTCUSDT'] },
          ...{ accept: ['this key works from any address'], timeframe: '1s', cash: 100_000, param: { length: 2 } },
        },
        world,
        { ...call, askSecret: null },
      );
    }
    // Play money is shared among them as accounts are, by the name of its session.
    const play = { strategy: './holder.ts', venue: 'local', symbols: ['BTCUSDT'], timeframe: '1s', session: 'play' };
    await execute('strategy-start', { ...play, param: { length: 2 } }, world, { ...call, askSecret: null });
    const [first, second] = [start('execution'), start('execution', 'api')];
    await until('both are ready', async () => (await ready(first)) && (await ready(second)));
    await until('every account has its stop', async () =>
      (await Promise.all(LABELS.map(stopsOf))).every((n) => n === 1),
    );
    const refused = await fetch(`${first.url()}/api/sessions`);
    const problem = (await refused.json()) as { code: string; detail: string };
    assert.deepEqual([refused.status, problem.code], [421, 'role-missing']);
    assert.match(problem.detail, /needs the role api/);
    const runs = async (): Promise<readonly string[]> => {
      const answer = await fetch(`${second.url()}/api/deployment/ls`);
      const { data } = (await answer.json()) as { data: { deployments: { session: string; running: boolean }[] } };
      return data.deployments.filter(({ running }) => running).map(({ session }) => session);
    };
    await until('play money, too', async () => (await runs()).length === 4);
    assert.deepEqual(await runs(), ['a-holder', 'b-holder', 'c-holder', 'play']);
    // What a stop comes to is said beforehand: play money is over with it, an account that is deployed is not.
    const stopOf = async (session: string): Promise<readonly string[]> => {
      const body = JSON.stringify({ session, dryRun: true });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${second.url()}/api/stop`, { method: 'POST', headers, body });
      return ((await answer.json()) as { data: { would: readonly string[] } }).data.would;
    };
    assert.deepEqual(await stopOf('play'), ['end session play', 'have servers keep it no longer']);
    assert.match((await stopOf('a-holder')).join('; '), /^end session a-holder; .*begin it again.*deployment rm/);
    // Rolling: a third comes, the first goes in order.
    const third = start('execution');
    await until('the third takes part', () => ready(third));
    first.child.kill('SIGTERM');
    const gone = await first.ended;
    assert.equal(gone.code, 0, gone.err);
    await until(
      'two go on with all',
      async () => (await ready(second)) && (await ready(third)) && (await runs()).length === 4,
    );
    third.child.kill('SIGKILL');
    await third.ended;
    await until('the last goes on with all', async () => second.sessions().length === 4 && (await ready(second)));
    assert.deepEqual(await Promise.all(LABELS.map(stopsOf)), [1, 1, 1], 'nothing lost, nothing twice');
    second.child.kill('SIGTERM');
    assert.equal((await second.ended).code, 0);
    for (const session of [...LABELS.map((label) => `${label}-holder`), 'play']) {
      await assert.doesNotReject(execute('journal-verify', { session }, world, { ...call, askSecret: null }), session);
    }
  });
});
