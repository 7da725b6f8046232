import assert from 'node:assert/strict';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { type Envelope, finish, Scene, shownFills, strategyFile } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';

const scene = new Scene();
after(() => scene.remove());
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;
const RESTLESS =
  "if (c.position.isOpen) c.position.close('held for a bar'); else c.buy({ size: { pctEquity: 0.1 }, why: 'flat' });";
scene.write('restless.ts', strategyFile('restless', RESTLESS));
const PAPER = [
  ...['paper', './restless.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
  ...['--param', 'length=2'],
];
// biome-ignore lint/suspicious/noExplicitAny: rows of any table
type Rows = readonly Record<string, any>[];

const rowsOf = async (more: Readonly<Record<string, string>>, ...words: string[]): Promise<Rows> => {
  const { code, body } = await scene.json(['query', ...words], more);
  assert.equal(code, 0, JSON.stringify(body.error));
  assert.deepEqual(body.warnings, []);
  return body.data.rows;
};

describe('stored tables of a session', () => {
  test('killed in the middle -> made from the journal when they are asked for; other programs read them', async (t) => {
    const args = [...PAPER, '--session', 'killed'];
    const child = scene.start([...args, '--json'], env);
    t.after(() => void child.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      let fills = 0;
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        for (const [, count] of text.matchAll(/"fills":(\d+)/g)) fills = Number(count);
        if (fills >= 2) resolve();
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
    const again = scene.start([...args, '--json'], env);
    t.after(() => void again.kill('SIGKILL'));
    const more = finish(again);
    await shownFills(again, show.body.data.fills + 3);
    again.kill('SIGINT');
    const { code, out } = await more;
    const body: Envelope = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.deepEqual([code, body.warnings], [130, []]);
    const db = new DatabaseSync(scene.path('.tradewright/home.sqlite'), { readOnly: true });
    try {
      const one = (sql: string): number => Number(db.prepare(sql).get()!['n']);
      assert.equal(one("select count(*) as n from session_order where session = 'killed'"), body.data.orders);
      assert.equal(one("select fills as n from session_book where session = 'killed'"), body.data.fills);
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
