import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ACCESS_SCOPES } from '../../src/api/operation.ts';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { type RunningScene, Scene, strategyFile } from './command-line.ts';

const RESTLESS =
  "if (c.position.isOpen) c.position.close('held for a bar'); else c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.01 }, why: 'flat' });";

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each answer its own
  readonly body: any;
}

interface Line {
  readonly session: string;
  readonly running: boolean;
  readonly fills: number;
}

describe('paper sessions that a server keeps', () => {
  const scene = new Scene();
  after(() => scene.remove());

  test('started over HTTP -> trades, goes on after a restart, is over once stopped, goes on when started again, and ends when removed', async (t) => {
    const exchange = await openLocalExchange({
      market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
      limits: 'none',
    });
    t.after(() => exchange.close());
    const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
    scene.write('restless.ts', strategyFile('restless', RESTLESS));
    let url = '';
    let running: RunningScene | null = null;
    const serve = async (): Promise<void> => {
      running = await scene.startRunning(['serve', '--port', '0'], env, (update) => {
        url = String(update['url']);
        return true;
      });
    };
    t.after(() => running?.end());
    // Files of the server's machine are for who has `admin`, which nobody is without a key.
    const { body: made } = await scene.json([
      'apikey',
      'add',
      'all',
      ...ACCESS_SCOPES.flatMap((each) => ['--scope', each]),
    ]);
    const authorization = `Bearer ${made.data.key}`;
    let deeds = 0;
    const command = async (path: string, body: object): Promise<Answer> => {
      const answer = await fetch(`${url}/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `d${++deeds}`, authorization },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    };
    const read = async (path: string): Promise<Answer['body']> =>
      ((await (await fetch(`${url}/api/${path}`)).json()) as Answer['body']).data;
    const lineOf = async (session: string): Promise<Line | undefined> =>
      ((await read('status')).sessions as Line[]).find((each) => each.session === session);
    const kept = async (): Promise<readonly string[]> =>
      (await read('deployment/ls')).deployments.map(({ session }: { session: string }) => session);
    const until = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
      for (const startMs = performance.now(); !(await isTrue()); await new Promise((done) => setTimeout(done, 100)))
        assert.ok(performance.now() - startMs < 90_000, `not in time: ${what}`);
    };
    const runs = async (session: string, isRunning: boolean): Promise<boolean> =>
      ((await lineOf(session))?.running ?? false) === isRunning;

    await serve();
    const own = {
      strategy: './restless.ts',
      venue: 'local',
      symbols: ['BTCUSDT'],
      timeframe: '1s',
      param: { length: 2 },
    };
    const place = 'strategies/sma-cross/start';
    const bare = { venue: 'local', symbols: ['BTCUSDT'] };

    const refused = await command(place, { ...bare, symbols: ['NOBODY'] });
    assert.deepEqual(
      [refused.status, refused.body.code, refused.body.details.field],
      [404, 'symbol-unknown', 'symbols'],
    );
    const tried = await command(place, { ...bare, dryRun: true });
    assert.equal(tried.body.data.allowed, true, JSON.stringify(tried.body));
    assert.match(
      tried.body.data.would.join('; '),
      /begin a paper session: sma-cross on BTCUSDT of local, .*10000 USDT.*1 process executes/,
    );
    assert.deepEqual(await kept(), []);

    const begun = await command('strategy/start', { ...own, session: 'kept' });
    assert.deepEqual(
      [begun.status, begun.body.data],
      [200, { session: 'kept', strategy: 'restless', venue: 'local', resumed: false }],
      JSON.stringify(begun.body),
    );
    await until('it has a fill', async () => ((await lineOf('kept'))?.fills ?? 0) > 0);
    const { deployments } = await read('deployment/ls');
    const [{ since: _since, trader: _trader, by: _by, ...told }] = deployments;
    assert.deepEqual(told, {
      ...{ session: 'kept', operation: 'paper', account: null, strategy: './restless.ts', symbols: ['BTCUSDT'] },
      ...{ running: true, problem: null },
    });

    const before = (await lineOf('kept'))!.fills;
    await running!.end();
    await serve();
    await until('it goes on after the restart', async () => ((await lineOf('kept'))?.fills ?? 0) > before);

    const stopped = await command('stop', { session: 'kept', reason: 'seen enough' });
    assert.deepEqual([stopped.status, stopped.body.warnings], [200, []], JSON.stringify(stopped.body));
    assert.deepEqual([await kept(), await runs('kept', false)], [[], true]);

    const onward = await command('strategy/start', { ...own, session: 'kept' });
    assert.deepEqual([onward.status, onward.body.data.resumed], [200, true], JSON.stringify(onward.body));
    await until('it runs again', () => runs('kept', true));
    const removed = await command('deployment/rm', { session: 'kept' });
    assert.equal(removed.status, 200);
    await until('it has ended', () => runs('kept', false));
    assert.deepEqual(await kept(), []);
  });
});
