import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Random } from '../../src/core/vocabulary/random.ts';
import { standIn } from '../notify/service-stand-in.ts';
import { Scene, strategyFile } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';

const scene = new Scene();
after(() => scene.remove());
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;
const receiver = await standIn(() => ({ status: 204 }));
after(() => receiver.close());

// Each of its alerts has words of its own: numbers alone would make them the same to people.
scene.write(
  'talker.ts',
  strategyFile(
    'talker',
    `c.alert('page', [0, 1, 2].map((k) => String(c.now).replace(/\\d/g, (d) => 'abcdefghij'[Number(d)]) + 'xyz'[k]).join(' '));`,
  ),
);
const SESSION = [
  ...['paper', './talker.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
  ...['--param', 'length=2', '--session', 'talk'],
];

/** Titles by the id of the message. */
function arrived(): Map<string, string> {
  return new Map(receiver.received.map(({ headers, json }) => [String(headers['webhook-id']), json.data.title]));
}

describe('alerts of a session that runs, delivered to a stand-in for a receiver', () => {
  test('the evaluator killed at any moment, again and again -> every page arrives, under one id; signatures are right', async (t) => {
    const added = await scene.json(
      ['channel', 'add', 'webhook', 'hook', '--url', `${receiver.url}/in`, '--allow', '127.0.0.1'],
      env,
    );
    assert.equal(added.code, 0, JSON.stringify(added.body.error));
    const secret: string = added.body.data.secret;
    const rule = await scene.json(['alert', 'add', 'all', '--channel', 'hook', '--severity', 'page'], env);
    assert.equal(rule.code, 0, JSON.stringify(rule.body.error));
    // The first evaluator says from when on people are told.
    assert.equal((await scene.json(['alert', 'run', '--seconds', '0.1'], env)).code, 0);

    const session = await scene.startRunning(SESSION, env, ({ bars }) => Number(bars) > 0);
    t.after(() => void session.child.kill('SIGKILL'));
    const random = new Random(11);
    for (let k = 0; k < 3; k++) {
      const seen = receiver.received.length;
      const child = scene.start(['alert', 'run', '--json'], env);
      const ended = once(child, 'close');
      t.after(() => void child.kill('SIGKILL'));
      await receiver.came(seen + 1);
      await new Promise((resolve) => setTimeout(resolve, random.uniform() * 700));
      child.kill('SIGKILL');
      await ended;
    }
    // The session goes, too, and nobody has ended it.
    await session.end();
    const last = scene.start(['alert', 'run', '--json'], env);
    const ended = once(last, 'close');
    t.after(() => void last.kill('SIGKILL'));
    const { body } = await scene.json(['events', '--session', 'talk', '--limit', '10000'], env);
    const said: string[] = body.data.events
      .filter(({ type }: { type: string }) => type === 'alert-raised')
      .map(({ data }: { data: { message: string } }) => `talk: ${data.message}`);
    const expected = new Set([...said, 'talk: the session ended by itself']);
    while (new Set(arrived().values()).size < expected.size) await receiver.came(receiver.received.length + 1);
    last.kill('SIGTERM');
    await ended;

    assert.ok(said.length >= 3, `${said.length} alerts`);
    assert.deepEqual([...arrived().values()].sort(), [...expected].sort(), 'each once, none missing');
    for (const { headers, body: text } of receiver.received)
      assert.equal(
        (new Webhook(secret).verify(text, headers as Record<string, string>) as { type: string }).type,
        'alert.raised',
      );
    const listed = await scene.json(['deliveries', '--limit', '1000'], env);
    const { pending, delivered, dead } = listed.body.data;
    assert.deepEqual([pending, delivered, dead], [0, expected.size, 0]);
    const { out } = await scene.json(['channel', 'ls'], env);
    assert.ok(!out.includes(secret) && !listed.out.includes(secret));
  });

  test('channel test that does not arrive -> told, and exit 10, so that a script hears of it', async () => {
    const add = (name: string, url: string) =>
      scene.json(['channel', 'add', 'webhook', name, '--url', url, '--allow', '127.0.0.1'], env);
    await add('there', receiver.url);
    await add('nowhere', 'http://127.0.0.1:1/');
    const tested = async (name: string) => {
      const { code, body } = await scene.json(['channel', 'test', name], env);
      return [code, body.ok, body.data.outcome];
    };
    assert.deepEqual(await tested('there'), [0, true, 'delivered']);
    assert.deepEqual(await tested('nowhere'), [10, true, 'retry']);
  });

  test('a condition on figures -> told once while it holds; two evaluators -> the second is refused', async (t) => {
    await scene.json(
      [
        'alert',
        'add',
        'figures',
        '--channel',
        'hook',
        '--when',
        'inputs_total > 0 && drawdown < 1',
        '--session',
        'quiet',
      ],
      env,
    );
    const before = receiver.received.length;
    let url = '';
    const child = await scene.startRunning(['serve', '--port', '0'], env, (update) => {
      url = String(update['url']);
      return true;
    });
    t.after(() => void child.child.kill('SIGKILL'));
    const session = await scene.startRunning(
      ['paper', 'sma-cross', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s', '--session', 'quiet'],
      env,
    );
    t.after(() => void session.child.kill('SIGKILL'));
    await receiver.came(before + 1);
    const second = await scene.json(['alert', 'run', '--seconds', '1'], env);
    assert.equal(second.body.error.code, 'alerts-running');
    const { title, severity, session: of, text } = receiver.received.at(-1)!.json.data;
    assert.deepEqual([title, severity, of], ['quiet: inputs_total > 0 && drawdown < 1', 'warn', 'quiet']);
    assert.match(text, /^inputs_total \(\d+\) > 0; drawdown/);
    const { body } = await scene.json(['alert', 'ls'], env);
    assert.equal(body.data.evaluated, true);
    assert.equal(body.data.alerts.filter(({ rule }: { rule: string }) => rule === 'figures').length, 1);
    const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    assert.match(
      await metrics(),
      /^tradewright_session_equity\{session="quiet",strategy="sma-cross",venue="local"\} \d+/m,
    );
    session.child.kill('SIGTERM');
    await session.ended;
    assert.doesNotMatch(await metrics(), /"quiet"/, 'who was ended is not missed');
    child.child.kill('SIGTERM');
    const { code, out, err } = await child.ended;
    assert.equal(code, 0, out + err);
    assert.equal(receiver.received.length, before + 1, 'once, though it went on; an orderly end is no alarm');
  });
});
