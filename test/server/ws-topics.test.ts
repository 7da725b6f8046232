import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import { Failure } from '../../src/api/failures.ts';
import { History } from '../../src/api/topics/history.ts';
import { Topic } from '../../src/api/topics/topic.ts';
import type { Clock, Timer } from '../../src/ports/clock.ts';
import { openScripted } from './scripted-streams.ts';
import { RawClient } from './socket-client.ts';

const scene = await openScripted();
after(() => scene.close());

// biome-ignore lint/suspicious/noExplicitAny: frames of several kinds
type Told = any;

/** What a client that heeds every frame knows of a topic. */
function knownOf(frames: readonly Told[], topic: string): Told {
  let state: Told;
  let seq = 0;
  for (const frame of frames.filter((f) => f.topic === topic)) {
    if (frame.k === 'snapshot') state = structuredClone(frame.data);
    else if (frame.k === 'delta') {
      assert.equal(frame.from, seq, 'nothing is lost between two deltas');
      if (frame.updates) state.push(...frame.updates);
      else {
        const holder = { state };
        const faults = applyPatch(
          holder,
          frame.patch.map((o: Operation & { path: string; from?: string }) => ({
            ...o,
            path: `/state${o.path}`,
            ...(o.from === undefined ? {} : { from: `/state${o.from}` }),
          })),
        );
        assert.deepEqual(faults.filter(Boolean), []);
        state = holder.state;
      }
    } else continue;
    assert.ok(frame.seq > seq || frame.k === 'snapshot');
    seq = frame.seq;
  }
  return state;
}

/** Inputs of their own, so that no test meets the streams of another. */
const own = () => ({ session: randomUUID() });
let count = 0;

async function subscribed(client: RawClient, operation: string, input: object, more: object = {}) {
  const id = `s${++count}`;
  client.send({ k: 'subscribe', id, operation, input, ...more });
  const answer = await client.answer(id);
  assert.equal(answer.k, 'subscribed', JSON.stringify(answer));
  return answer as { id: string; topic: string; resumed: boolean; appends: boolean };
}

const begun = async (input: { session: string }) => {
  for (let k = 1; ; k++) {
    const stream = await scene.begun(k);
    if (stream.given['session'] === input.session) return stream;
  }
};

describe('topics of a whole state', () => {
  test('a snapshot, then patches that make each state of the last, and an end with its result', async () => {
    const client = await RawClient.open(scene);
    const input = own();
    const { topic, appends } = await subscribed(client, 'positions', input);
    const stream = await begun(input);
    assert.deepEqual([appends, stream.given['follow']], [false, true]);
    const rows = Array.from({ length: 30 }, (_, k) => ({ symbol: `S${k}`, quantity: '1' }));
    stream.update({ equity: 1, positions: rows });
    await client.frame('snapshot', (f) => f.topic === topic);
    const newer = { equity: 2, positions: rows.slice(1) };
    stream.update(newer);
    const delta = await client.frame('delta', (f) => f.topic === topic);
    assert.ok(JSON.stringify(delta.patch).length < 300, 'only what changed');
    stream.end({ done: true });
    const ended = await client.frame('ended', (f) => f.topic === topic);
    assert.deepEqual(ended.result.data, { done: true });
    assert.deepEqual(knownOf(client.frames, topic), newer);
    client.close();
  });

  test('many updates -> at most ten a second, fewer with hz, and the newest always comes', async () => {
    const client = await RawClient.open(scene);
    const [fast, slow] = [own(), own()];
    const a = await subscribed(client, 'status', fast);
    const b = await subscribed(client, 'status', slow, { hz: 2 });
    const streams = [await begun(fast), await begun(slow)];
    const startMs = performance.now();
    let n = 0;
    while (performance.now() - startMs < 1_200) {
      n++;
      for (const stream of streams) stream.update({ n });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const stream of streams) stream.end({});
    for (const { topic } of [a, b]) {
      await client.frame('ended', (f) => f.topic === topic);
      assert.deepEqual(knownOf(client.frames, topic), { n });
    }
    const told = (topic: string): number => client.frames.filter((f) => f.topic === topic && f.k !== 'ended').length;
    assert.ok(told(a.topic) <= 15 && told(a.topic) >= 6, `${told(a.topic)} frames`);
    assert.ok(told(b.topic) <= 5, `${told(b.topic)} frames at 2 Hz`);
    client.close();
  });

  test('where the changes are longer than the state -> the state', async () => {
    const client = await RawClient.open(scene);
    const input = own();
    const { topic } = await subscribed(client, 'status', input);
    const stream = await begun(input);
    stream.update({ a: 1 });
    await client.frame('snapshot', (f) => f.topic === topic);
    stream.update({ b: 2 });
    const second = await client.frame('snapshot', (f) => f.topic === topic && f.seq === 2);
    assert.deepEqual([second.reason, second.data], ['shorter', { b: 2 }]);
    client.close();
  });
});

describe('one stream for all', () => {
  test('the same operation and input, however written -> one stream, which ends when nobody listens', async () => {
    let nowMs = 0;
    const due: { atMs: number; run: () => void }[] = [];
    const real = scene.world.clock;
    const clock: Clock = {
      ...{ nowMs: () => real.nowMs(), elapsedMs: () => real.elapsedMs() + nowMs },
      after(ms, run): Timer {
        if (ms !== 10_000) return real.after(ms, run);
        const timer = { atMs: nowMs + ms, run };
        due.push(timer);
        return { cancel: () => void due.splice(0, due.length, ...due.filter((t) => t !== timer)) };
      },
    };
    const held = await openScripted({ clock });
    const clients = await Promise.all([RawClient.open(held), RawClient.open(held), RawClient.open(held)]);
    const topics = new Set<string>();
    const inputs = [{ session: 'x' }, { session: 'x', limit: 20 }, { limit: 20, session: 'x', follow: true }];
    for (const [k, client] of clients.entries()) topics.add((await subscribed(client, 'fills', inputs[k]!)).topic);
    assert.deepEqual([topics.size, held.streams.length, held.server.underWay()], [1, 1, 1]);
    await subscribed(clients[0]!, 'fills', { session: 'y' });
    assert.equal(held.streams.length, 2);
    const [first] = clients;
    first!.send({ k: 'unsubscribe', id: `s${count}` });
    await first!.answer(`s${count}`);
    for (const client of clients) client.close();
    while (due.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(held.streams[0]!.stop.aborted, false, 'it waits for who comes again');
    nowMs += 10_000;
    for (const timer of [...due]) if (timer.atMs === 10_000) timer.run();
    assert.deepEqual(
      held.streams.map((s) => s.stop.aborted),
      [true, true],
    );
    await held.close();
  });

  test('a stream of its own -> begun for each, ended by unsubscribe, its result told', async () => {
    const client = await RawClient.open(scene);
    const input = own();
    const one = await subscribed(client, 'status', input, { shared: false });
    const two = await subscribed(client, 'status', input, { shared: false });
    assert.notEqual(one.topic, two.topic);
    client.send({ k: 'unsubscribe', id: one.id });
    const ended = await client.frame('ended', (f) => f.topic === one.topic);
    assert.deepEqual(ended.result.data, { stopped: true });
    client.close();
  });

  test('a stream that fails -> a problem to all who follow it; the next one begins it anew', async () => {
    const clients = [await RawClient.open(scene), await RawClient.open(scene)];
    const input = own();
    for (const client of clients) await subscribed(client, 'status', input);
    (await begun(input)).fail(new Failure('session-unknown', 'there is none'));
    for (const client of clients) assert.equal((await client.frame('ended')).problem.code, 'session-unknown');
    const before = scene.streams.length;
    await subscribed(clients[0]!, 'status', input);
    assert.equal(scene.streams.length, before + 1);
    for (const client of clients) client.close();
  });

  test('twice on one socket, more than a socket may -> a problem with its code', async () => {
    const client = await RawClient.open(scene);
    const input = own();
    await subscribed(client, 'status', input);
    client.send({ k: 'subscribe', id: 'again', operation: 'status', input });
    assert.equal((await client.answer('again')).problem.code, 'subscriptions-exceeded');
    for (let k = 1; k < 100; k++) await subscribed(client, 'orders', { ...input, limit: k });
    client.send({ k: 'subscribe', id: 'over', operation: 'orders', input: { ...input, limit: 100 } });
    assert.equal((await client.answer('over')).problem.code, 'subscriptions-exceeded');
    client.close();
  });
});

describe('topics that append', () => {
  test('nothing is left out, also for who comes later', async () => {
    const client = await RawClient.open(scene);
    const input = own();
    const { topic, appends } = await subscribed(client, 'events', input);
    const stream = await begun(input);
    assert.equal(appends, true);
    for (let n = 0; n < 500; n++) stream.update({ n });
    const late = await RawClient.open(scene);
    await subscribed(late, 'events', input);
    for (let n = 500; n < 1_000; n++) stream.update({ n });
    stream.end({});
    for (const each of [client, late]) {
      await each.frame('ended', (f) => f.topic === topic);
      assert.deepEqual(
        knownOf(each.frames, topic).map((u: { n: number }) => u.n),
        Array.from({ length: 1_000 }, (_, n) => n),
      );
      each.close();
    }
  });

  test('a socket that is killed -> the next one goes on after the last number, with nothing lost or told twice', async () => {
    const input = own();
    const first = await RawClient.open(scene);
    const { topic } = await subscribed(first, 'fills', input);
    const stream = await begun(input);
    stream.update({ n: 1 });
    stream.update({ n: 2 });
    const { seq } = await first.frame('snapshot');
    first.socket.terminate();
    await first.closed;
    for (let n = 3; n <= 50; n++) stream.update({ n });
    const second = await RawClient.open(scene);
    const answer = await subscribed(second, 'fills', input, { from: { topic, seq } });
    assert.deepEqual([answer.resumed, answer.topic], [true, topic]);
    stream.end({});
    await second.frame('ended');
    const deltas = second.frames.filter((f) => f.k === 'delta');
    assert.equal(
      second.frames.some((f) => f.k === 'snapshot'),
      false,
    );
    assert.deepEqual(
      deltas.flatMap((d) => d.updates.map((u: Told) => u.n)),
      Array.from({ length: 48 }, (_, k) => k + 3),
    );
    second.close();
  });

  test('what is to be gone on from is gone, is of another run, or was never -> a snapshot that says so', async () => {
    const input = own();
    const client = await RawClient.open(scene);
    const { topic } = await subscribed(client, 'events', input);
    const stream = await begun(input);
    for (let n = 0; n < 20_100; n++) stream.update({ n });
    assert.equal((await client.frame('snapshot')).seq, 20_100);
    for (const from of [
      { topic, seq: 5 },
      { topic: 'events#other', seq: 20_000 },
      { topic, seq: 99_999 },
    ]) {
      const again = await RawClient.open(scene);
      assert.equal((await subscribed(again, 'events', input, { from })).resumed, false);
      const snapshot = await again.frame('snapshot');
      assert.deepEqual([snapshot.reason, snapshot.whole], ['gap', false]);
      again.close();
    }
    client.close();
  });

  test('a client that does not read -> closed as too slow, or of a state told the newest; others and memory are untouched', async () => {
    const [adding, state] = [own(), own()];
    const [slow, quick] = [await RawClient.open(scene), await RawClient.open(scene)];
    const watching = await RawClient.open(scene);
    const { topic } = await subscribed(slow, 'events', adding);
    await subscribed(quick, 'events', adding);
    const whole = await subscribed(watching, 'status', state);
    const [stream, states] = [await begun(adding), await begun(state)];
    slow.socket.pause();
    watching.socket.pause();
    const text = 'x'.repeat(10_000);
    const beforeBytes = process.memoryUsage.rss();
    let sent = 0;
    for (let round = 0; round < 120; round++) {
      for (let k = 0; k < 20; k++) stream.update({ n: sent++, text });
      states.update({ n: round, text: text.repeat(20) });
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
    const grownMb = (process.memoryUsage.rss() - beforeBytes) / 2 ** 20;
    await quick.frame('delta', (f) => f.seq === sent);
    slow.socket.resume();
    assert.deepEqual(await slow.closed, [4408, 'too slow for events']);
    assert.ok(slow.frames.length < sent, 'it was not told everything');
    watching.socket.resume();
    states.update({ n: 'last' });
    await watching.frame('snapshot', (f) => f.topic === whole.topic && f.data.n === 'last');
    const told = watching.frames.filter((f) => f.topic === whole.topic).length;
    assert.ok(told < 60, `${told} of 121 states`);
    assert.equal(knownOf(quick.frames, topic).length, sent);
    assert.ok(
      grownMb < 200,
      `${grownMb.toFixed()} MB more, of which ${((sent * text.length) / 2 ** 20).toFixed()} are kept by the quick client itself`,
    );
    for (const client of [quick, watching]) client.close();
  });
});

describe('the end of a server', () => {
  test('going-away, 1001, and nothing runs on', async () => {
    const short = await openScripted();
    const clients = [await RawClient.open(short), await RawClient.open(short)];
    for (const client of clients) await subscribed(client, 'status', { session: 'x' });
    await short.close();
    for (const client of clients) {
      assert.equal((await client.closed)[0], 1001);
      assert.ok(client.frames.some((f) => f.k === 'going-away'));
    }
    assert.equal(short.streams[0]!.stop.aborted, true);
  });
});

describe('what is kept of a topic', () => {
  test('any entries, any bounds -> the newest are kept, and told in order after any number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 }), { maxLength: 80 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 100 }),
        (entries, mostEntries, mostBytes, most) => {
          const history = new History(mostEntries, mostBytes);
          for (const entry of entries) history.add(entry);
          assert.equal(history.newest, entries.length);
          assert.ok(entries.length - history.reaches <= mostEntries);
          for (let seq = history.reaches; seq < entries.length; ) {
            const { texts, seq: next } = history.after(seq, most);
            assert.deepEqual(texts, entries.slice(seq, next));
            assert.ok(next > seq);
            seq = next;
          }
        },
      ),
    );
  });

  test('any sequence of states -> patches and snapshots from any number lead to the newest', () => {
    const manual: Clock = { nowMs: () => 0, elapsedMs: () => (elapsed += 1_000), after: () => ({ cancel() {} }) };
    let elapsed = 0;
    const value = fc.jsonValue({ maxDepth: 3 });
    const state = fc.record({
      a: value,
      list: fc.array(fc.record({ id: fc.nat(5), v: value }), { maxLength: 6 }),
      b: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 12 }), (states) => {
        const topic = new Topic('t', false, manual);
        const seen: { seq: number; state: unknown }[] = [];
        for (const each of states) {
          topic.take(each);
          seen.push({ seq: topic.seq, state: JSON.parse(JSON.stringify(each)) });
        }
        for (const { seq, state: known } of seen) {
          const frame = topic.after(seq);
          if (frame === null || frame === 'gone') {
            assert.deepEqual(known, seen.at(-1)!.state);
            continue;
          }
          const told = JSON.parse(String(frame.payload));
          const before = { k: 'snapshot', topic: 't', seq, data: known };
          const shifted = told.k === 'delta' ? [before, { ...told }] : [told];
          assert.deepEqual(knownOf(shifted, 't'), seen.at(-1)!.state);
        }
      }),
      { numRuns: 300 },
    );
  });
});
