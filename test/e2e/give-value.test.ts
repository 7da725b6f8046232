import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pause } from '../stand-ins/loopback.ts';
import { type RunningScene, Scene } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';

const scene = new Scene();
after(() => scene.remove());
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;
scene.write(
  'scored.ts',
  `import { bars, defineStrategy } from 'tradewright';
export default defineStrategy({
  id: 'scored', params: {}, data: { main: bars() }, indicators: () => ({}),
  sources: { score: { about: 'from −1 to 1' } },
  onSource(c, _name, value) {
    if (typeof value !== 'object' || value === null) return;
    if (value.score > 0.5) c.buy({ size: { qty: 0.01 }, why: value.headline });
    else c.position.close(value.headline);
  },
});
`,
);
const PAPER = [
  'paper',
  './scored.ts',
  '--venue',
  'local',
  '--symbols',
  'BTCUSDT',
  '--timeframe',
  '1s',
  '--session',
  'ears',
];
let running: RunningScene;
const start = async (): Promise<void> => {
  running = await scene.startRunning(PAPER, env, (update) => update['settled'] === true);
};
before(start);
after(() => running.end());

async function untilFilled(): Promise<void> {
  for (const endMs = performance.now() + 60_000; performance.now() < endMs; await pause(100)) {
    const { body } = await scene.json(['fills', '--session', 'ears'], env);
    if (body.data.fills.length > 0) return;
  }
  throw new Error('the order did not fill');
}

const GOOD = ['source', 'give', 'score', '{"score":0.8,"headline":"rates cut"}', '--session', 'ears'];

describe('a value from outside, given to a paper session', () => {
  let order = '';

  test('--dry-run -> what the strategy would order; nobody hears of it', async () => {
    const { body } = await scene.json([...GOOD, '--dry-run'], env);
    assert.deepEqual(body.data.would.slice(1), ['see the strategy buy 0.01 LOCAL:BTCUSDT: rates cut']);
    const orders = await scene.json(['orders', '--session', 'ears', '--all'], env);
    assert.deepEqual(orders.body.data.orders, []);
  });

  test('given -> the strategy buys, and why leads to the value', async () => {
    const { code, body } = await scene.json([...GOOD, '--reason', 'newsroom'], env);
    assert.equal(code, 0, JSON.stringify(body.error));
    const { placed, refused, value } = body.data;
    assert.deepEqual([placed.length, refused, value], [1, [], { score: 0.8, headline: 'rates cut' }]);
    order = placed[0];
    const shown = await scene.json(['order', 'show', order, '--session', 'ears'], env);
    assert.equal(shown.body.data.order.why, 'rates cut');
    await untilFilled();
    const why = await scene.run(['why', 'last', '--session', 'ears'], env);
    assert.match(why.out, /command +give-value +score +\{"headline":"rates cut","score":0\.8\} +newsroom +by /);
  });

  test('words at a terminal; a source that is not declared', async () => {
    const { out } = await scene.run(['source', 'give', 'score', 'nothing', '--session', 'ears'], env);
    assert.match(out, /told +score +nothing +in ears +nothing ordered/);
    const { body, code } = await scene.json(['source', 'give', 'scores', '1', '--session', 'ears'], env);
    assert.deepEqual([code, body.error.code], [7, 'command-refused']);
    assert.match(body.error.message, /no strategy declares the source scores; declared are score/);
  });

  test('killed and begun again -> what it was told is in its journal, and a replay hears it', async () => {
    await running.end();
    const replayed = await scene.json(['replay', 'ears'], env);
    assert.equal(replayed.code, 0, JSON.stringify(replayed.body.error));
    const orders = await scene.json(['orders', '--session', 'ears', '--all'], env);
    assert.deepEqual(
      orders.body.data.orders.map((each: { order: string }) => each.order),
      [order],
    );
    await start();
    const bad = await scene.json(['source', 'give', 'score', '{"score":-1,"headline":"rates up"}'], env);
    assert.equal(bad.body.data.placed.length, 1, JSON.stringify(bad.body));
  });
});
