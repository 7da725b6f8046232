import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { SECOND_MS } from '../../src/core/vocabulary/time.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { finish, Scene, shownFills, strategyFile } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';

const KILLS = 3;

const scene = new Scene();
after(() => scene.remove());
// Real time, a market that runs sixty times as fast, and bars of a second: a minute's worth of trades in each.
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;

scene.write(
  'restless.ts',
  strategyFile(
    'restless',
    "if (c.position.isOpen) c.position.close('held for a bar'); else c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.01 }, why: 'flat' });",
  ),
);
const ARGS = [
  ...['paper', './restless.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
  ...['--param', 'length=2', '--session', 'killed'],
];

describe('paper session under kill -9', () => {
  test(`killed ${KILLS} times at any moment, started again -> no input lost or doubled, what was shown is kept, the second of two is refused`, async (t) => {
    const random = new Random(7);
    let seen = 0;
    for (let k = 0; k < KILLS; k++) {
      const child = scene.start([...ARGS, '--json'], env);
      const ended = once(child, 'close');
      t.after(() => void child.kill('SIGKILL'));
      seen = await shownFills(child, seen + 1);
      if (k === 0) {
        const refused = await scene.json(ARGS, env);
        assert.equal(refused.code, 5);
        assert.equal(refused.body.error.code, 'session-running');
      }
      await new Promise((resolve) => setTimeout(resolve, random.uniform() * 1_200));
      child.kill('SIGKILL');
      await ended;
    }
    const last = await scene.json([...ARGS, '--seconds', '2'], env);
    assert.equal(last.code, 0, JSON.stringify(last.body.error));
    assert.equal(last.body.data.resumed, true);
    assert.ok(last.body.data.fills >= seen, `${seen} fills were shown, ${last.body.data.fills} are kept`);

    const journals = sqliteJournals({
      ...{ folder: scene.path('.tradewright/sessions'), homePath: scene.path('.tradewright/home.sqlite') },
      clock: systemClock(),
    });
    const verdict = await journals.verify('killed');
    assert.ok(verdict.intact, JSON.stringify(verdict));
    const opened: number[] = [];
    const trades: number[] = [];
    let starts = 0;
    for await (const { kind, payload } of journals.read('killed')) {
      if (kind === 'note' && (payload as { type: string }).type === 'started') starts++;
      if (kind !== 'input') continue;
      const input = payload as unknown as SessionInput;
      if (input.type === 'trade-received') trades.push(input.tradeId);
      else if ('bars' in input) for (const [, openMs] of input.bars) opened.push(openMs);
    }
    await journals.close();
    assert.equal(starts, KILLS + 1);
    for (const [i, openMs] of opened.entries())
      if (i > 0) assert.ok(openMs > opened[i - 1]!, `bar ${i} comes once and in order`);
    for (const [i, id] of trades.entries())
      if (i > 0) assert.ok(id > trades[i - 1]!, `trade ${i} comes once and in order`);
    // What the venue says of the same time: every bar that it has is in the journal.
    const url = `${env.TRADEWRIGHT_LOCAL}/api/v3/klines?symbol=BTCUSDT&interval=1s&limit=1000&startTime=${opened[0]}&endTime=${opened.at(-1)}`;
    const venue = ((await (await fetch(url)).json()) as [number, ...string[]][]).map(([openMs]) => openMs);
    assert.ok(venue.length > 5);
    assert.deepEqual(opened, venue);
    t.diagnostic(`${opened.length} bars over ${(opened.at(-1)! - opened[0]!) / SECOND_MS} s, ${trades.length} trades`);

    const { body } = await scene.json(['session', 'show', 'killed', '--limit', '10000'], env);
    assert.equal(body.data.hashes.state, last.body.data.hashes.state);
    assert.equal(body.data.hashes.events, last.body.data.hashes.events);
    assert.equal(body.data.lastFills.length, last.body.data.fills);
    const held = body.data.lastFills.reduce(
      (sum: number, f: { side: string; quantity: string }) =>
        sum + (f.side === 'buy' ? 1 : -1) * Math.round(Number(f.quantity) * 1e8),
      0,
    );
    const position = body.data.positions[0]?.quantity ?? '0';
    assert.equal(held, Math.round(Number(position) * 1e8), 'the position is the sum of its fills');
  });

  test('code, parameter or capital changed -> refused, with what differs; its books are read all the same', async () => {
    const { events } = (await scene.json(['session', 'show', 'killed'], env)).body.data.hashes;
    const changedArgs = ARGS.map((word) => (word === 'length=2' ? 'length=3' : word));
    const { code, body } = await scene.json([...changedArgs, '--cash', '5000'], env);
    assert.equal(code, 4);
    assert.equal(body.error.code, 'session-different');
    assert.match(body.error.message, /cash 10000, found 5000/);
    assert.match(body.error.message, /params\.length 2, found 3/);
    scene.write('restless.ts', strategyFile('restless', 'c.log("changed");'));
    const changed = await scene.json(ARGS, env);
    assert.match(changed.body.error.message, /codeHash/);
    // The books are read with the code that was kept, whatever the file is now.
    const shown = () => scene.json(['session', 'show', 'killed'], env);
    assert.equal((await shown()).body.data?.hashes.events, events);
    rmSync(scene.path('restless.ts'));
    assert.equal((await shown()).body.data?.hashes.events, events);
    const { body: status } = await scene.json(['status'], env);
    assert.equal(status.data.sessions.find((line: { session: string }) => line.session === 'killed').problem, null);
    rmSync(scene.path('.tradewright/code'), { recursive: true });
    assert.equal((await shown()).body.error.code, 'strategy-unknown');
    scene.write('restless.ts', strategyFile('restless', 'c.log("changed");'));
    assert.equal((await shown()).body.error.code, 'session-different');
  });

  test('ctrl-C -> an orderly end: result, exit 130, and a journal that goes on', async () => {
    const args = ['paper', 'buy-and-hold', '--venue', 'local', '--symbols', 'BTCUSDT', '--session', 'ended', '--json'];
    const child = scene.start(args, env);
    const ended = finish(child);
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { code, out } = await ended;
    assert.equal(code, 130);
    assert.equal(JSON.parse(out.trim().split('\n').at(-1)!).data.session, 'ended');
    const again = await scene.json([...args.slice(0, -1), '--seconds', '0.5'], env);
    assert.equal(again.body.data.resumed, true);
  });
});
