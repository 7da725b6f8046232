import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { finish, type Ran, type RunningScene, Scene, strategyFile } from './command-line.ts';
import { openPastExchange } from './past-exchange.ts';

const scene = new Scene();
const elsewhere = new Scene();
const past = await openPastExchange();
let server: RunningScene;
let desk: RunningScene;
let url = '';

before(async () => {
  scene.write(
    'buyer.ts',
    strategyFile('buyer', "if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'hold' });"),
  );
  const paper = ['paper', './buyer.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--session'];
  let ended: Ran;
  [server, desk, ended] = await Promise.all([
    scene.startRunning(['serve', '--port', '0'], {}, (update) => {
      url = String(update['url']);
      return true;
    }),
    scene.startRunning([...paper, 'desk'], past.env),
    scene.run([...paper, 'ended', '--seconds', '2'], past.env),
  ]);
  assert.equal(ended.code, 0, ended.err);
});
after(async () => {
  await desk.end();
  await server.end();
  await past.close();
  scene.remove();
  elsewhere.remove();
});

/** Run where nothing is, so that all there is comes from the server. */
const there = (...words: string[]) => elsewhere.run([...words, '--server', url]);

describe('a command line whose work a server does', () => {
  for (const words of [
    ['sessions'],
    ['data', 'ls'],
    // One that goes on has more to show to whoever asks later.
    ['session', 'show', 'ended', '--json'],
    ['runs', 'show', 'bt_NONE'],
    ['runs', 'ls', '--limit', 'many', '--json'],
    ['strategies', 'sma-cross'],
  ])
    test(`${words.join(' ')} -> the same words and exit code as at the machine itself`, async () => {
      const [here, far] = await Promise.all([scene.run(words), there(...words)]);
      // Records of the session that runs, and how wide they stand.
      const fixed = (text: string): string => text.replace(/^( desk .*?) +\d+$/m, '$1').replace(/ +records$/m, '');
      assert.deepEqual([fixed(far.out), far.code], [fixed(here.out), here.code], far.err);
      assert.equal(far.err, here.err);
    });

  test('a command, by the environment -> done there, and told as it is here', async () => {
    const env = { TRADEWRIGHT_SERVER: url };
    const { code, body } = await elsewhere.json(
      ['data', 'generate', '--from', '2024-01-01', '--to', '2024-03-11'],
      env,
    );
    assert.deepEqual([code, body.ok], [0, true]);
    const listed = await scene.json(['data', 'ls']);
    assert.equal(listed.body.data.series.length, body.data.series.length);
    const paused = await elsewhere.json(['pause', '--session', 'desk', '--reason', 'news'], env);
    assert.equal(paused.code, 0, paused.err);
  });

  test('--follow with an end -> updates, then the result', async () => {
    const { code, body, updates } = await elsewhere.json([
      ...['positions', '--session', 'desk', '--follow', '--seconds', '0.7', '--server', url],
    ]);
    assert.deepEqual([code, body.data.session, body.schema], [0, 'desk', 'tradewright.positions/1']);
    assert.ok(updates.length >= 1);
    assert.equal(updates[0]!['schema'], 'tradewright.positions-update/1');
  });

  test('--follow until Ctrl-C -> the result all the same, and 130', async () => {
    const child = elsewhere.start(['events', '--session', 'desk', '--follow', '--json', '--server', url]);
    const ended = finish(child);
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    const last = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.deepEqual([code, last.ok, last.schema], [130, true, 'tradewright.events/1'], err);
  });

  test('what no server offers -> refused with the reason; help is here', async () => {
    const [serve, add, help] = await Promise.all([
      elsewhere.json(['serve', '--server', url]),
      elsewhere.json(['apikey', 'add', 'x', '--server', url]),
      there('help', 'serve'),
    ]);
    assert.deepEqual([serve.code, serve.body.error.code], [2, 'local-only']);
    assert.match(serve.body.error.message, /it is the server/);
    assert.match(add.body.error.message, /decided on the machine of the server/);
    assert.equal(help.code, 0);
  });

  test('nobody there, an address with a key in it, a key that is none, a file that is none -> typed, and nothing repeated', async () => {
    const ask = (address: string, env: Record<string, string> = {}) =>
      elsewhere.json(['status', '--server', address], env);
    const [nobody, exposed, forged, lost] = await Promise.all([
      ask('http://127.0.0.1:9'),
      ask('http://tw_secret@127.0.0.1:7330'),
      ask(url, { TRADEWRIGHT_SERVER_KEY: 'tw_00000000_secret' }),
      ask(url, { TRADEWRIGHT_SERVER_KEY_FILE: 'none.key' }),
    ]);
    assert.deepEqual([nobody.code, nobody.body.error.code], [9, 'server-unreachable']);
    assert.deepEqual([exposed.code, exposed.body.error.code], [2, 'input-invalid']);
    assert.deepEqual([forged.code, forged.body.error.code], [6, 'unauthenticated']);
    assert.equal(lost.body.error.code, 'file-not-found');
    for (const { out, err } of [exposed, forged]) assert.doesNotMatch(out + err, /secret/);
  });

  test('a key from a file, with the scope read -> reads; its follower ends when it is revoked', async () => {
    const made = await scene.json(['apikey', 'add', 'far']);
    elsewhere.write('far.key', `${made.body.data.key}\n`);
    const env = { TRADEWRIGHT_SERVER: url, TRADEWRIGHT_SERVER_KEY_FILE: 'far.key' };
    const refused = await elsewhere.json(['kill', '--level', 'pause', '--reason', 'x'], env);
    assert.deepEqual([refused.code, refused.body.error.code], [6, 'scope-missing']);
    const child = elsewhere.start(['status', '--follow', '--json'], env);
    const ended = finish(child);
    await once(child.stdout!, 'data');
    await scene.run(['apikey', 'revoke', 'far']);
    const { code, out } = await ended;
    const { error } = JSON.parse(out.trim().split('\n').at(-1)!);
    assert.deepEqual([code, error.code], [6, 'unauthenticated'], JSON.stringify(error));
  });
});
