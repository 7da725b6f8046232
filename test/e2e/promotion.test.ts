import assert from 'node:assert/strict';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';
import { Scene, strategyFile, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD_1h.csv', waveCsv(1_500));
// In real time, a market that runs sixty times as fast, and bars of a second.
const exchange = await openLocalExchange({
  market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
  limits: 'none',
});
after(() => exchange.close());
const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
const RESTLESS =
  "if (c.position.isOpen) c.position.close('held for a bar'); else c.buy({ size: { pctEquity: 0.1 }, why: 'flat' });";
scene.write('restless.ts', strategyFile('restless', RESTLESS));
const PAPER = [
  ...['paper', './restless.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
  ...['--param', 'length=2'],
];
const NO_CHECKS = '--no-checks';
const backtest = (more: readonly string[] = []): readonly string[] => [
  ...['backtest', './restless.ts', '--data', wave, '--param', 'length=2', ...more],
];
// biome-ignore lint/suspicious/noExplicitAny: rows of any table
type Rows = readonly Record<string, any>[];

const rowsOf = async (more: Readonly<Record<string, string>>, ...words: string[]): Promise<Rows> => {
  const { code, body } = await scene.json(['query', ...words], more);
  assert.equal(code, 0, JSON.stringify(body.error));
  assert.deepEqual(body.warnings, []);
  return body.data.rows;
};

/** The same steps, wherever registry and tables are kept. */
async function promote(home: string, where: Readonly<Record<string, string>>): Promise<void> {
  const at = { TRADEWRIGHT_HOME: home, ...where };
  const json = (...words: string[]) => scene.json(words, at);
  assert.equal((await json('strategy', 'show', 'restless')).body.error.code, 'strategy-unregistered');
  const run = await json(...backtest([NO_CHECKS]));
  assert.equal(run.code, 0, JSON.stringify(run.body.error));
  assert.deepEqual(run.body.warnings, []);
  const [kept] = await rowsOf(at, 'backtests');
  const metric = (name: string): number =>
    run.body.data.metrics.find((each: { name: string }) => each.name === name).value;
  assert.deepEqual(
    [kept!['id'], kept!['status'], kept!['total_profit'], kept!['win_rate'], kept!['synthetic']],
    [run.body.data.run, 'finished', metric('netProfit'), metric('winRate'), false],
  );
  const step = (to: string) => json('strategy', 'promote', 'restless', '--to', to, '--reason', 'a test');
  const refused = await step('live');
  assert.equal(refused.code, 10);
  assert.equal(refused.body.error.code, 'promotion-refused');
  const lacks = refused.body.error.details['lacks'] as string[];
  for (const each of [
    /^stage: found research.*none is skipped/,
    /^days of the newest backtest: found 62\.\d+, expected 180/,
    /^checks: found none/,
    /^hours at a testnet: found 0, expected 72/,
    /^paper days: found 0, expected 14/,
    /^parity/,
    /^approvals for live/,
  ])
    assert.ok(
      lacks.some((text) => each.test(text)),
      `${String(each)} in ${lacks.join('\n')}`,
    );

  // With its checks, and thresholds that a run of two months can meet.
  assert.equal((await json(...backtest())).code, 0);
  scene.write(
    `${home}/promotion.json`,
    JSON.stringify({
      backtestDays: 60,
      backtestSharpe: null,
      testnetHours: 0,
      testnetRestarts: 0,
      testnetReconciliations: 0,
      paperDays: 0,
      paperOrders: 0,
      parity: 0,
    }),
  );
  for (const to of ['testnet', 'paper']) assert.equal((await step(to)).body.data?.to, to);
  const shown = (await json('strategy', 'show', 'restless')).body.data.candidates[0];
  assert.deepEqual(
    [shown.stage, shown.next.stage, shown.next.missing.map((m: { what: string }) => m.what)],
    ['paper', 'live', ['approvals for live']],
  );
  await json('strategy', 'approve', 'restless', '--by', 'ann', '--reason', 'looked at it');
  assert.equal((await step('live')).code, 0);
  assert.equal((await rowsOf(at, 'strategies'))[0]!['status'], 'live');
  // Other parameters are another candidate, and two of them must be told apart.
  assert.equal(
    (await json('strategy', 'register', './restless.ts', '--param', 'length=3')).body.data.stage,
    'research',
  );
  assert.equal((await step('live')).body.error.code, 'candidate-unclear');
  const back = await json(
    'strategy',
    'demote',
    'restless',
    '--to',
    'paper',
    '--param',
    'length=2',
    '--reason',
    'enough',
  );
  assert.deepEqual(
    back.body.data.demoted.map((d: { from: string; to: string }) => [d.from, d.to]),
    [['live', 'paper']],
  );
  const again = await json('strategy', 'promote', 'restless', '--to', 'live', '--param', 'length=2', '--reason', 'x y');
  assert.match(again.body.error.message, /approvals for live: found 0/, 'an approval before it is void');
  const history = await rowsOf(at, 'history', '--where', 'type=stage-changed', '--limit', '100');
  assert.deepEqual(
    history.map((h) => JSON.parse(h['fact']).to),
    ['paper', 'live', 'paper', 'testnet'],
  );
  assert.ok(history.every((h) => h['actor'] !== '' && h['reason'] !== ''));
}

describe('promotion', () => {
  test('home database: backtest, refusals, thresholds, promotions, approval, demotion -> each as it should be', async () => {
    await promote('one', {});
  });

  test('PostgreSQL: the same', { skip: postgresMissing }, async () => {
    const url = new URL(await postgresUrl());
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('drop database if exists promotion');
    await client.query('create database promotion');
    await client.end();
    url.pathname = '/promotion';
    await promote('two', { TRADEWRIGHT_REGISTRY: url.href });
  });

  test('a registry that cannot be reached -> the backtest is kept and says so; who asks the registry is refused', async () => {
    const nowhere = { TRADEWRIGHT_HOME: 'three', TRADEWRIGHT_REGISTRY: 'postgres://me:hunter2@127.0.0.1:1/x' };
    const { code, body, out } = await scene.json(backtest([NO_CHECKS]), nowhere);
    assert.deepEqual([code, body.warnings.map((w) => w.code)], [0, ['registry-not-kept']]);
    const asked = await scene.json(['query', 'strategies'], nowhere);
    assert.deepEqual([asked.code, asked.body.error.code], [9, 'registry-unavailable']);
    assert.doesNotMatch(out + asked.out, /hunter2/);
  });
});

describe('stored tables of a session', () => {
  test('killed in the middle -> made from the journal when they are asked for; other programs read them', async (t) => {
    const args = [...PAPER, '--session', 'killed'];
    const child = scene.start([...args, '--json'], env);
    t.after(() => void child.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      let fills = 0;
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        for (const [, count] of text.matchAll(/"fills":(\d+)/g)) fills = Number(count);
        if (fills >= 4) resolve();
      });
      child.on('close', () => reject(new Error('it ended')));
    });
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    const show = await scene.json(['session', 'show', 'killed', '--limit', '1000'], env);
    const orders = await rowsOf(env, 'orders', '--session', 'killed', '--limit', '1000');
    assert.equal(orders.length, show.body.data.orders);
    const [line] = await rowsOf(env, 'sessions', '--where', 'session=killed');
    assert.deepEqual(
      [line!['follows'], line!['fills'], line!['environment']],
      [show.body.data.records, show.body.data.fills, 'paper'],
    );
    const trades = await rowsOf(env, 'trades', '--session', 'killed', '--where', 'side=long');
    assert.ok(trades.length >= 1);
    const fillPrices = new Set(show.body.data.lastFills.map((f: { price: string }) => Number(f.price)));
    for (const trade of trades) {
      assert.ok(trade['exit_time_ms'] > trade['entry_time_ms'] && trade['exit_why'] === 'held for a bar');
      if (trades.length === show.body.data.fills / 2) assert.ok(fillPrices.has(trade['entry_price']));
    }
    // Goes on, and they with it.
    const more = await scene.json([...args, '--seconds', '4'], env);
    assert.deepEqual([more.code, more.body.warnings], [0, []]);
    const db = new DatabaseSync(scene.path('.tradewright/home.sqlite'), { readOnly: true });
    try {
      const one = (sql: string): number => Number(db.prepare(sql).get()!['n']);
      assert.equal(one("select count(*) as n from session_order where session = 'killed'"), more.body.data.orders);
      assert.equal(one("select fills as n from session_book where session = 'killed'"), more.body.data.fills);
      assert.ok(one("select count(*) as n from session_trade where session = 'killed'") > trades.length);
      assert.equal(one("select max_daily_loss_percent as n from session_risk where session = 'killed'"), 10);
    } finally {
      db.close();
    }
    const refused = await scene.json(['query', 'orders', '--where', 'quantities>1'], env);
    assert.match(refused.body.error.message, /did you mean quantity\?/);
    for (const wrong of ['quantity>x', 'status', 'created_at_ms<yesterday'])
      assert.equal((await scene.json(['query', 'orders', '--where', wrong], env)).body.error.code, 'input-invalid');
  });
});
