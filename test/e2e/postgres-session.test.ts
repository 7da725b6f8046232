import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { CuttingProxy } from '../servers/cutting-proxy.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';
import { finish, Scene, strategyFile } from './command-line.ts';

/** Buys once, with a stop far below, and bids as well. */
const HOLDER = `if (!c.position.isOpen && c.orders.length === 0) c.buy({ size: { qty: 0.05 }, stop: { pct: 0.3 }, why: 'once' });
    else if (c.orders.length < 4) c.buy({ size: { qty: 0.001 }, limit: c.price * 0.8, why: 'low' });`;

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe('a live session whose state lies in PostgreSQL', { skip: postgresMissing }, () => {
  const scene = new Scene();
  after(() => scene.remove());

  test('killed -> goes on from there; the database goes away -> entries are withdrawn, the stop stays, told what to do', async (t) => {
    const exchange = await openLocalExchange({
      market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
      ...{ limits: 'none', seed: 5 },
    });
    const url = new URL(await postgresUrl());
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('create database live_state');
    await client.end();
    const wire = await CuttingProxy.open(url.hostname, Number(url.port));
    url.port = String(wire.port);
    url.pathname = '/live_state';
    t.after(async () => {
      await wire.close();
      await exchange.close();
    });
    const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest, TRADEWRIGHT_DATABASE: url.href };
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    const open = async (): Promise<readonly { readonly side: string }[]> => {
      const query = `symbol=BTCUSDT&timestamp=${Math.floor(exchange.clock.nowMs())}`;
      const signature = createHmac('sha256', secret!).update(query).digest('hex');
      const address = `${exchange.urls.spot!.rest}/api/v3/openOrders?${query}&signature=${signature}`;
      const answer = await fetch(address, { headers: { 'X-MBX-APIKEY': apiKey } });
      return (await answer.json()) as { readonly side: string }[];
    };
    const until = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
      for (const startMs = performance.now(); !(await isTrue()); await pause(100))
        assert.ok(performance.now() - startMs < 30_000, `not in time: ${what}`);
    };
    scene.write('holder.ts', strategyFile('holder', HOLDER));
    scene.write('limits.json', '{"duplicateOrders": null, "messageOrders": null}');
    const added = await scene.run(
      ['account', 'add', 'local', '--label', 'k', '--no-test'],
      env,
      `${apiKey}\n${secret}\n`,
    );
    assert.equal(added.code, 0, added.err);
    const start = () => {
      const child = scene.start(
        [
          ...['live', './holder.ts', '--account', 'k', '--confirm', 'k', '--limits', 'limits.json', '--session', 'pg'],
          ...['--accept', 'this key works from any address', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
          ...['--cash', '100000', '--param', 'length=2', '--json'],
        ],
        env,
      );
      t.after(() => void child.kill('SIGKILL'));
      return child;
    };
    const first = start();
    const gone = finish(first);
    await until('bids rest', async () => (await open()).length >= 3);
    first.kill('SIGKILL');
    await gone;
    const folder = scene.path('.tradewright/sessions');
    assert.deepEqual(
      existsSync(folder) ? readdirSync(folder).filter((file) => !file.startsWith('pg.lock')) : [],
      [],
      'no journal on disk',
    );
    const { body } = await scene.json(['status'], env);
    assert.deepEqual([body.data.sessions[0].session, body.data.sessions[0].running], ['pg', false]);
    const second = start();
    const ended = finish(second);
    let told = '';
    second.stdout!.on('data', (text: string) => {
      told += text;
    });
    await until('it goes on, and its books agree', async () => /"notReady":null/.test(told));
    assert.equal((await open()).filter(({ side }) => side === 'SELL').length, 1, 'one stop, not two');
    await wire.close();
    const { code, out } = await ended;
    const { error } = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.notEqual(code, 0);
    assert.ok(['session-deposed', 'journal-unavailable'].includes(error.code), JSON.stringify(error));
    assert.ok(error.hint.length > 20, error.hint);
    assert.deepEqual(
      (await open()).map(({ side }) => side),
      ['SELL'],
    );
  });
});
