import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { applyPatch, type Operation } from 'rfc6902';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { isolatedRuns } from '../../src/isolated-runs.ts';
import { JournaledSession } from './journaled-session.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const ENTRY = new URL('../../src/main.ts', import.meta.url);
const PARAMS = { fast: 3, slow: 7 };

// biome-ignore lint/suspicious/noExplicitAny: each operation its own
type Told = any;

/** What a client knows of a topic: of an appending one all updates, else the newest state. */
class Known {
  readonly client: RawClient;
  readonly topic: string;
  readonly appends: boolean;

  constructor(client: RawClient, { topic, appends }: { topic: string; appends: boolean }) {
    this.client = client;
    this.topic = topic;
    this.appends = appends;
  }

  get value(): Told {
    let state: Told = this.appends ? [] : null;
    for (const frame of this.client.frames.filter((f) => f.topic === this.topic)) {
      if (frame.k === 'snapshot') state = structuredClone(frame.data);
      else if (frame.updates) state.push(...frame.updates);
      else if (frame.patch) assert.ok(applyPatch(state, frame.patch as Operation[]).every((fault) => fault === null));
    }
    return state;
  }

  /** Answers once it holds. */
  async until(holds: (value: Told) => boolean): Promise<Told> {
    for (;;) {
      const { value } = this;
      if (value !== null && holds(value)) return value;
      await once(this.client.socket, 'message');
    }
  }
}

let count = 0;
async function follow(client: RawClient, operation: string, input: object): Promise<Known> {
  const id = `f${++count}`;
  client.send({ k: 'subscribe', id, operation, input });
  const answer = await client.answer(id);
  assert.equal(answer.k, 'subscribed', JSON.stringify(answer));
  await client.frame('snapshot', (frame) => frame.topic === answer.topic);
  return new Known(client, answer);
}

describe('sessions that a server reads', () => {
  let scene: ServerScene;
  let home: string;
  let isolated: ReturnType<typeof isolatedRuns>;
  let client: RawClient;
  let first: JournaledSession;
  let second: JournaledSession;
  const ask = async (path: string): Promise<Told> => (await scene.ask(`/api/${path}`)).body;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tradewright-readings-'));
    const world = compose(readConfig({ home }, {}, home));
    isolated = isolatedRuns(ENTRY, home, { readingStallMs: 8_000 });
    Object.assign(world, { isolate: isolated.run });
    scene = await openScene({ world });
    first = await JournaledSession.begin(world, 'first', 'sma-cross', PARAMS);
    second = await JournaledSession.begin(world, 'second', 'sma-cross', PARAMS);
    await first.minutes(200);
    await second.minutes(50);
    client = await RawClient.open(scene);
  });
  after(async () => {
    client.close();
    await scene.close();
    await isolated.close();
    await first.close();
    await second.close();
    await scene.world.close();
    rmSync(home, { recursive: true, force: true });
  });

  test('thirty streams of one session, and some of another -> each told what is new, within the memory of one', async () => {
    // The thread and its first core are there.
    const { data: begun } = await ask('status?session=first');
    const oneMb = process.memoryUsage().rss / 2 ** 20;
    const limits = Array.from({ length: 12 }, (_, k) => 20 + k);
    const appending = await Promise.all([
      ...limits.map((limit) => follow(client, 'fills', { session: 'first', limit })),
      ...limits.map((limit) => follow(client, 'equity', { session: 'first', limit })),
    ]);
    const states = await Promise.all([
      ...['positions', 'balances', 'profit', 'limits show', 'orders'].map((name) =>
        follow(client, name, { session: 'first' }),
      ),
      follow(client, 'status', {}),
    ]);
    const other = await follow(client, 'equity', { session: 'second', limit: 10 });
    const manyMb = process.memoryUsage().rss / 2 ** 20;
    await first.minutes(60);
    const lastTime = new Date(Date.UTC(2026, 2, 1) + first.bars * 60_000).toISOString();
    const isThere = (time: string): boolean => new Date(time).toISOString() === lastTime;
    for (const known of states.slice(0, 5)) await known.until(({ time }) => isThere(time));
    const { sessions } = await states[5]!.until((told) =>
      told.sessions.some((s: Told) => s.session === 'first' && isThere(s.time)),
    );
    const [line, otherLine] = sessions as Told[];
    assert.deepEqual([line.session, line.mode, line.account, line.problem], ['first', 'paper', null, null]);
    assert.ok(line.fills > begun.sessions[0].fills && otherLine.fills < line.fills);
    assert.ok(line.sparkline.length > 30 && line.sparkline.length <= 60 && line.sparkline.at(-1) === line.equity);
    assert.ok(Math.abs(line.dayProfit - (line.equity - line.dayStartEquity)) < 1e-9 && line.lastFill !== null);
    const { data: fills } = await ask('fills?session=first&limit=100000');
    for (const [k, known] of appending.entries()) {
      const isFills = k < limits.length;
      const told = await known.until((updates) => {
        const rows = updates.flatMap((update: Told) => (isFills ? update.fills : update.points));
        return isFills ? rows.at(-1)?.fill === fills.fills.at(-1).fill : isThere(rows.at(-1).time);
      });
      const rows = told.flatMap((update: Told) => (isFills ? update.fills : update.points));
      const keys: (string | number)[] = rows.map((row: Told) => (isFills ? row.fill : row.time));
      assert.deepEqual(
        keys,
        [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1)),
        'each once, in order',
      );
      if (isFills) assert.deepEqual(rows.at(-1), fills.fills.at(-1));
      else assert.equal(rows.length, limits[k - limits.length]! + 60);
    }
    await second.minutes(1);
    await other.until((updates) => updates.flatMap((update: Told) => update.points).length === 11);
    // Thirty threads would take a gigabyte.
    assert.ok(manyMb - oneMb < 150, `${oneMb.toFixed(0)} MB with one, ${manyMb.toFixed(0)} MB with 31 streams`);
  });

  test('equity, only the newest -> the peak that its drawdown is measured from is that of the whole session', async () => {
    type Told = { readonly peak: number; readonly points: readonly { readonly equity: number }[] };
    const all = (await ask('equity?session=first&limit=100000')).data as Told;
    const newest = (await ask('equity?session=first&limit=3')).data as Told;
    const before = all.points.slice(0, -3).map(({ equity }) => equity);
    assert.ok(before.length > 10);
    assert.equal(newest.peak, Math.max(all.peak, ...before));
    // Followed, every update goes on from the points that were told before.
    const known = await follow(client, 'equity', { session: 'first', limit: 3 });
    await first.minutes(5);
    const updates = (await known.until((told) => told.flatMap((update: Told) => update.points).length === 8)) as Told[];
    const told = updates.flatMap(({ points }) => points.map(({ equity }) => equity));
    assert.equal(updates.at(-1)!.peak, Math.max(newest.peak, ...told.slice(0, -updates.at(-1)!.points.length)));
  });

  test('written, then asked -> the answer knows it', async () => {
    for (let k = 0; k < 5; k++) {
      await first.minutes(1);
      const { data } = await ask('equity?session=first&limit=1');
      assert.equal(
        new Date(data.points[0].time).getTime(),
        Date.UTC(2026, 2, 1) + first.bars * 60_000,
        'what was durable before it was asked',
      );
    }
  });

  test('a time of before, eight of them and more -> each as it stood then', async () => {
    for (let minute = 30; minute < 150; minute += 10) {
      const at = new Date(Date.UTC(2026, 2, 1) + minute * 60_000).toISOString();
      const { data } = await ask(`balances?session=first&at=${at}`);
      assert.equal(new Date(data.time).toISOString(), at);
    }
  });

  test('a strategy that loops -> its calls and those beside it fail and may be made again; then it alone is left out', async () => {
    const path = join(home, 'loops.ts');
    writeFileSync(
      path,
      `import { bars, defineStrategy } from 'tradewright';
export default defineStrategy({
  id: 'loops', version: '1', about: 'Loops.', failsWhen: 'Always.',
  params: {}, data: { main: bars() }, indicators: () => ({}),
  onBar({ data }) { while (data.main.close.value > 1000); },
});
`,
    );
    const loops = await JournaledSession.begin(scene.world, 'loops', path);
    await loops.minutes(3);
    const beside = await follow(client, 'positions', { session: 'second' });
    assert.equal((await ask('status?session=loops')).data.sessions[0].problem, null);
    await loops.minutes(1, () => 2000);
    const lost = await scene.ask('/api/positions?session=loops');
    assert.deepEqual([lost.status, lost.body.code], [503, 'reading-lost']);
    assert.match(lost.body.detail, /strategy of session loops/);
    const ended = await client.frame('ended', (frame) => frame.topic === beside.topic);
    assert.equal(ended.problem.code, 'reading-lost');
    const again = await scene.ask('/api/positions?session=loops');
    assert.deepEqual([again.status, again.body.code], [503, 'session-stalled']);
    const { data } = await ask('status');
    assert.deepEqual(
      data.sessions.map((s: Told) => [s.session, s.problem === null]),
      [
        ['first', true],
        ['second', true],
        ['loops', false],
      ],
    );
    const anew = await follow(client, 'positions', { session: 'second' });
    await second.minutes(1);
    await anew.until(({ time }) => new Date(time).getTime() === Date.UTC(2026, 2, 1) + second.bars * 60_000);
    await loops.close();
  });

  test('the thread ends -> who follows is told, the next call has a new one', async () => {
    const path = join(home, 'leaves.ts');
    writeFileSync(
      path,
      `import { parentPort } from 'node:worker_threads';
import { bars, defineStrategy } from 'tradewright';
export default defineStrategy({
  id: 'leaves', version: '1', about: 'Ends its thread.', failsWhen: 'Always.',
  params: {}, data: { main: bars() }, indicators: () => ({}),
  onBar({ data }) { if (data.main.close.value > 1000) parentPort!.close(); },
});
`,
    );
    const leaves = await JournaledSession.begin(scene.world, 'leaves', path);
    const beside = await follow(client, 'balances', { session: 'second' });
    await leaves.minutes(1, () => 2000);
    const { body } = await scene.ask('/api/positions?session=leaves');
    assert.equal(body.code, 'reading-lost');
    assert.match(body.detail, /ended with code/);
    assert.equal((await client.frame('ended', (f) => f.topic === beside.topic)).problem.code, 'reading-lost');
    assert.equal((await ask('balances?session=second')).data.session, 'second');
    await leaves.close();
  });

  test('the code of a session changed since -> a session that began with it is read, the one of before is not', async () => {
    const path = join(home, 'changes.ts');
    const write = (about: string): void =>
      writeFileSync(
        path,
        `import { bars, defineStrategy } from 'tradewright';
export default defineStrategy({
  id: 'changes', version: '1', about: '${about}', failsWhen: 'Never.',
  params: {}, data: { main: bars() }, indicators: () => ({}), onBar() {},
});
`,
      );
    write('As it was.');
    const old = await JournaledSession.begin(scene.world, 'old', path);
    assert.equal((await ask('positions?session=old')).data.session, 'old');
    write('As it is.');
    const now = await JournaledSession.begin(scene.world, 'now', path);
    assert.equal((await ask('positions?session=now')).data.session, 'now');
    await old.close();
    await now.close();
  });
});
