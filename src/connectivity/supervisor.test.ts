import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { SimulatedDialer } from '../../test/simulated-world/dialer.ts';
import { PlainProtocol, PlainVenue } from '../../test/simulated-world/plain-venue.ts';
import { Random } from '../core/vocabulary/random.ts';
import { ConnectBudget } from './connect-budget.ts';
import type { Topic } from './stream-protocol.ts';
import { ConnectionSupervisor } from './supervisor.ts';

interface Told {
  readonly what: 'resumed' | 'interrupted';
  readonly name: string;
  readonly sinceMs?: number | null;
  readonly reason?: string;
}

function world(protocol = new PlainProtocol(), seed = 1) {
  const clock = new SimulatedClock();
  const venue = new PlainVenue(clock);
  const dialer = new SimulatedDialer(venue, { clock, seed });
  const told: Told[] = [];
  const supervisor = new ConnectionSupervisor({
    protocol,
    dialer,
    clock,
    random: new Random(seed),
    listener: {
      resumed: ({ name }, sinceMs) => told.push({ what: 'resumed', name, sinceMs }),
      interrupted: ({ name }, reason) => told.push({ what: 'interrupted', name, reason }),
    },
  });
  const subscribe = (name: string, silenceLimitMs?: number): Topic =>
    protocol.know(supervisor.subscribe(name, silenceLimitMs === undefined ? {} : { silenceLimitMs }));
  const state = (topic: Topic): string => supervisor.topicHealth(topic.index).state;
  return { clock, venue, dialer, told, supervisor, subscribe, state, protocol };
}

/** A time and a wait added up and taken apart again, at most some 10^7 ms long. */
const ROUNDING_MS = 1e-6;

/** Sockets take time to close. */
async function shut(clock: SimulatedClock, supervisor: ConnectionSupervisor): Promise<void> {
  const closed = supervisor.close();
  await clock.advance(3_000);
  await closed;
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, k) => `t${k}`);
}

describe('supervisor', () => {
  test('topics of one turn -> one connection, one message, resumed once without a past', async () => {
    const { clock, venue, dialer, told, supervisor, subscribe, state } = world();
    const topics = ['a', 'b', 'c'].map((each) => subscribe(each));
    assert.equal(state(topics[0]!), 'down');
    await clock.advance(500);
    assert.equal(state(topics[0]!), 'syncing', 'subscribed, and nothing said yet');
    await clock.advance(5_000);
    assert.equal(dialer.attemptsMs.length, 1);
    assert.deepEqual(
      venue.heard.map((each) => each.text),
      ['+a,b,c'],
    );
    assert.deepEqual(
      told,
      ['a', 'b', 'c'].map((name) => ({ what: 'resumed', name, sinceMs: null })),
    );
    const health = supervisor.topicHealth(topics[1]!.index);
    assert.equal(health.state, 'live');
    assert.equal(health.messages, 5);
    assert.ok(health.ageMs < 1_100);
    await shut(clock, supervisor);
  });

  test('more topics than a connection takes -> spread, and messages within the pace', async () => {
    const { clock, venue, dialer, supervisor, subscribe, state } = world(new PlainProtocol(30));
    const topics = names(100).map((each) => subscribe(each));
    await clock.advance(5_000);
    assert.equal(dialer.attemptsMs.length, 4);
    assert.ok(topics.every((each) => state(each) === 'live'));
    assert.deepEqual(
      [...venue.links.values()].map((each) => each.size).sort((a, b) => a - b),
      [10, 30, 30, 30],
    );
    await shut(clock, supervisor);
  });

  test('many messages to say -> never more than four fifths of the pace within a second', async () => {
    const protocol = new PlainProtocol(1_000);
    const { clock, venue, supervisor, subscribe } = world(protocol);
    for (const name of names(200)) subscribe(name);
    await clock.advance(10_000);
    const left = venue.heard.map((each) => each.atMs);
    assert.equal(left.length, 20);
    // Latency of 5 to 30 ms shifts arrivals by up to 25 ms against each other.
    for (let k = 4; k < left.length; k++) assert.ok(left[k]! - left[k - 4]! >= 975, `${left[k]! - left[k - 4]!} ms`);
    await shut(clock, supervisor);
  });

  test('connection lost -> interrupted, subscribed again, resumed with the time of the last data', async () => {
    const { clock, venue, dialer, told, supervisor, subscribe, state } = world();
    const topic = subscribe('a');
    await clock.advance(10_000);
    told.length = 0;
    dialer.openLinks[0]!.reset();
    await clock.advance(50);
    const lastMs = clock.nowMs() - supervisor.topicHealth(topic.index).ageMs;
    assert.equal(state(topic), 'down');
    assert.match(told[0]!.reason!, /^reset: /);
    await clock.advance(5_000);
    assert.equal(state(topic), 'live');
    assert.equal(told.length, 2);
    assert.equal(told[1]!.what, 'resumed');
    // Two clocks added up differently: half a microsecond is the spacing of doubles at this time.
    assert.ok(Math.abs(told[1]!.sinceMs! - lastMs) < 0.001);
    assert.equal(venue.mostAtOnce, 1);
    assert.equal(supervisor.connections()[0]!.reconnects, 1);
    await shut(clock, supervisor);
  });

  test('one topic silent while pings are answered and others speak -> replaced within its limit', async () => {
    const { clock, venue, dialer, told, supervisor, subscribe, state } = world();
    subscribe('a');
    const quiet = subscribe('b', 5_000);
    await clock.advance(30_000);
    venue.mutedTopics.add('b');
    await clock.advance(5_000);
    assert.equal(dialer.attemptsMs.length, 1);
    await clock.advance(2_500);
    assert.ok(dialer.attemptsMs.length >= 2, 'within the limit, a check and the first backoff');
    assert.match(told.find((each) => each.what === 'interrupted')!.reason!, /no data of b within 5000 ms/);
    venue.mutedTopics.delete('b');
    await clock.advance(5_000);
    assert.equal(state(quiet), 'live');
    await shut(clock, supervisor);
  });

  test('a topic that never speaks -> kept apart, and the others are left alone', async () => {
    const { clock, venue, dialer, told, supervisor, subscribe, state } = world();
    const good = names(20).map((each) => subscribe(each));
    const dead = subscribe('dead');
    venue.mutedTopics.add('dead');
    await clock.advance(120_000);
    told.length = 0;
    await clock.advance(600_000);
    assert.deepEqual(
      told.filter((each) => each.name !== 'dead'),
      [],
    );
    assert.ok(good.every((each) => state(each) === 'live'));
    assert.notEqual(state(dead), 'live');
    assert.ok(dialer.attemptsMs.length < 40, `${dialer.attemptsMs.length} attempts in 12 minutes`);
    venue.mutedTopics.delete('dead');
    await clock.advance(80_000);
    assert.equal(state(dead), 'live');
    await shut(clock, supervisor);
  });

  test('a topic that may be silent -> live by its confirmation, and never replaced for silence', async () => {
    const { clock, venue, dialer, supervisor, subscribe, state } = world();
    venue.mutedTopics.add('orders');
    const topic = subscribe('orders', Number.POSITIVE_INFINITY);
    await clock.advance(3_600_000);
    assert.equal(state(topic), 'live');
    assert.equal(dialer.attemptsMs.length, 1);
    await shut(clock, supervisor);
  });

  test('a subscription that is never confirmed -> replaced', async () => {
    const { clock, venue, dialer, supervisor, subscribe } = world();
    venue.confirms = false;
    venue.mutedTopics.add('orders');
    subscribe('orders', Number.POSITIVE_INFINITY);
    await clock.advance(14_000);
    assert.equal(dialer.attemptsMs.length, 2);
    await shut(clock, supervisor);
  });

  test('a refused topic -> asked for again on the same connection, the others stay', async () => {
    const { clock, venue, dialer, supervisor, subscribe, state } = world();
    const good = subscribe('a');
    venue.refusedTopics.add('b');
    const bad = subscribe('b');
    await clock.advance(120_000);
    assert.equal(state(bad), 'down');
    assert.equal(supervisor.topicHealth(bad.index).refusal, 'no');
    assert.equal(state(good), 'live');
    const asked = venue.heard.filter((each) => each.text.includes('b')).length;
    assert.ok(asked >= 3 && asked < 30, `asked ${asked} times`);
    venue.refusedTopics.delete('b');
    await clock.advance(62_000);
    assert.equal(state(bad), 'live');
    assert.equal(supervisor.topicHealth(bad.index).refusal, null);
    assert.equal(dialer.attemptsMs.length, 1);
    await shut(clock, supervisor);
  });

  test('pings that are not answered -> replaced, although data flows', async () => {
    const { clock, dialer, told, supervisor, subscribe } = world();
    subscribe('a');
    await clock.advance(5_000);
    dialer.openLinks[0]!.answersPings = false;
    await clock.advance(30_000);
    assert.match(
      told.find((each) => each.what === 'interrupted')!.reason!,
      /no answer to a keep-alive within 10000 ms/,
    );
    await shut(clock, supervisor);
  });

  test('keep-alive by message -> answered by the venue, and its absence noticed', async () => {
    class Talking extends PlainProtocol {
      override readonly keepAlive = {
        kind: 'message',
        intervalMs: 15_000,
        limitMs: 10_000,
        message: () => 'tick',
      } as const;
    }
    const { clock, venue, dialer, supervisor, subscribe } = world(new Talking());
    venue.mutedTopics.add('orders');
    subscribe('orders', Number.POSITIVE_INFINITY);
    await clock.advance(600_000);
    assert.equal(dialer.attemptsMs.length, 1);
    assert.equal(venue.heard.filter((each) => each.text === 'tick').length, 39);
    venue.isMute = true;
    await clock.advance(30_000);
    assert.ok(dialer.attemptsMs.length >= 2);
    await shut(clock, supervisor);
  });

  test('planned rotation -> overlap without a hole or an interruption, old connection closed', async () => {
    class Rotating extends PlainProtocol {
      readonly rotateAfterMs = 600_000;
    }
    const { clock, dialer, told, supervisor, subscribe, protocol } = world(new Rotating());
    for (const name of ['a', 'b']) subscribe(name);
    await clock.advance(3_600_000);
    assert.ok(
      dialer.attemptsMs.length >= 6 && dialer.attemptsMs.length <= 8,
      `${dialer.attemptsMs.length} connections`,
    );
    assert.deepEqual(told.length, 2, 'resumed in the beginning and nothing since');
    assert.equal(dialer.openLinks.length, 1);
    const heard = new Set(protocol.numbers.get('a'));
    const first = Math.min(...heard);
    for (let n = first; n < 3_599; n++) assert.ok(heard.has(n), `message ${n} was not heard`);
    assert.ok(protocol.numbers.get('a')!.length > heard.size, 'both connections spoke for a while');
    await shut(clock, supervisor);
  });

  test('the venue says that it will go -> a successor takes over first', async () => {
    const { clock, dialer, told, supervisor, subscribe } = world();
    subscribe('a');
    await clock.advance(5_000);
    const link = dialer.openLinks[0]!;
    link.send('goodbye');
    await clock.advance(10_000);
    assert.equal(link.isOpen, false);
    assert.equal(dialer.attemptsMs.length, 2);
    assert.equal(told.length, 1);
    await shut(clock, supervisor);
  });

  test('old connection dies while its successor is being made ready -> successor takes over', async () => {
    const { clock, dialer, told, supervisor, subscribe, state } = world();
    const topic = subscribe('a');
    await clock.advance(5_000);
    const link = dialer.openLinks[0]!;
    link.send('goodbye');
    assert.ok(await clock.advanceUntil(() => dialer.attemptsMs.length === 2, 2_000, 5));
    link.reset();
    await clock.advance(3_000);
    assert.equal(state(topic), 'live');
    assert.equal(dialer.attemptsMs.length, 2);
    assert.deepEqual(
      told.map((each) => each.what),
      ['resumed', 'interrupted', 'resumed'],
    );
    await shut(clock, supervisor);
  });

  for (const outcome of ['name-unresolved', 'certificate', 'refused', 'no-answer'] as const) {
    test(`${outcome} for an hour -> backs off to a minute, says why, and is back within one after`, async () => {
      const { clock, venue, dialer, supervisor, subscribe, state } = world();
      venue.outcome = outcome;
      const topic = subscribe('a');
      await clock.advance(3_600_000);
      // Full jitter halves a ceiling of a minute on average: some 120 attempts an hour.
      assert.ok(
        dialer.attemptsMs.length > 60 && dialer.attemptsMs.length < 200,
        `${dialer.attemptsMs.length} attempts`,
      );
      const [health] = supervisor.connections();
      assert.match(health!.lastFault!, outcome === 'no-answer' ? /timeout/ : new RegExp(outcome));
      venue.outcome = 'accept';
      assert.ok(await clock.advanceUntil(() => state(topic) === 'live', 73_000));
      await shut(clock, supervisor);
    });
  }

  test('a server that accepts and says nothing -> replaced again and again, ever more slowly', async () => {
    const { clock, venue, dialer, supervisor, subscribe, state } = world();
    venue.isMute = true;
    const topic = subscribe('a');
    await clock.advance(3_600_000);
    assert.ok(dialer.attemptsMs.length > 30 && dialer.attemptsMs.length < 130, `${dialer.attemptsMs.length} attempts`);
    venue.isMute = false;
    assert.ok(await clock.advanceUntil(() => state(topic) === 'live', 75_000));
    await shut(clock, supervisor);
  });

  test('a server that closes at once, for an hour, on a hundred connections -> within the budget of attempts', async () => {
    const { clock, venue, dialer, supervisor, subscribe } = world(new PlainProtocol(1));
    venue.closesAtOnce = true;
    for (const name of names(100)) subscribe(name);
    await clock.advance(3_600_000);
    const starts = dialer.attemptsMs;
    for (let k = 240; k < starts.length; k++) assert.ok(starts[k]! - starts[k - 240]! >= 300_000 - ROUNDING_MS);
    assert.ok(starts.length > 2_000, 'and the budget is used');
    await shut(clock, supervisor);
  });

  test('lost after a good stretch that followed many failures -> back within the first backoff', async () => {
    const { clock, venue, dialer, supervisor, subscribe, state } = world();
    venue.outcome = 'refused';
    const topic = subscribe('a');
    await clock.advance(600_000);
    venue.outcome = 'accept';
    await clock.advance(90_000);
    for (let k = 0; k < 10; k++) {
      const before = dialer.attemptsMs.length;
      dialer.openLinks[0]!.reset();
      await clock.advance(15_000);
      assert.equal(state(topic), 'live');
      assert.equal(dialer.attemptsMs.length, before + 1);
    }
    await shut(clock, supervisor);
  });

  test('a budget shared by two supervisors -> holds for both', async () => {
    const clock = new SimulatedClock();
    const venue = new PlainVenue(clock);
    venue.outcome = 'refused';
    const dialer = new SimulatedDialer(venue, { clock });
    const budget = new ConnectBudget(clock, 10, 60_000);
    const supervisors = [1, 2].map((seed) => {
      const protocol = new PlainProtocol(1);
      const listener = { resumed: () => {}, interrupted: () => {} };
      const each = new ConnectionSupervisor({ protocol, dialer, clock, random: new Random(seed), listener, budget });
      for (const name of names(10)) each.subscribe(name);
      return each;
    });
    await clock.advance(600_000);
    for (let k = 10; k < dialer.attemptsMs.length; k++) {
      assert.ok(dialer.attemptsMs[k]! - dialer.attemptsMs[k - 10]! >= 60_000 - ROUNDING_MS);
    }
    for (const each of supervisors) await shut(clock, each);
  });

  for (const elapsedGoesOn of [true, false]) {
    test(`a laptop asleep for an hour, elapsed time ${elapsedGoesOn ? 'going on' : 'standing still'} -> one reconnect each, at once`, async () => {
      const { clock, dialer, told, supervisor, subscribe, state } = world(new PlainProtocol(10));
      const topics = names(30).map((each) => subscribe(each));
      await clock.advance(10_000);
      for (const link of dialer.openLinks) link.isFrozen = true;
      const beforeMs = clock.nowMs();
      clock.suspend(3_600_000, elapsedGoesOn);
      await clock.advance(2_500);
      assert.ok(topics.every((each) => state(each) === 'live'));
      assert.equal(dialer.attemptsMs.length, 6);
      const resumed = told.filter((each) => each.what === 'resumed' && each.sinceMs !== null);
      assert.equal(resumed.length, 30);
      assert.ok(resumed.every((each) => each.sinceMs! <= beforeMs && each.sinceMs! > beforeMs - 2_000));
      await clock.advance(60_000);
      assert.equal(dialer.attemptsMs.length, 6);
      await shut(clock, supervisor);
    });
  }

  test('asleep while backing off -> tries at once on waking, and backs off from the beginning', async () => {
    const { clock, venue, dialer, supervisor, subscribe } = world();
    venue.outcome = 'refused';
    subscribe('a');
    await clock.advance(1_800_000);
    const before = dialer.attemptsMs.length;
    clock.suspend(3_600_000, true);
    await clock.advance(1_000);
    assert.ok(dialer.attemptsMs.length > before);
    await clock.advance(7_000);
    assert.ok(dialer.attemptsMs.length >= before + 3, 'waits of at most 1, 2 and 4 s');
    await shut(clock, supervisor);
  });

  test('no frame of any kind, where no keep-alive is sent -> replaced', async () => {
    class Listening extends PlainProtocol {
      override readonly keepAlive = { kind: 'none' } as const;
      readonly frameLimitMs = 30_000;
    }
    const { clock, dialer, supervisor, subscribe } = world(new Listening());
    subscribe('orders', Number.POSITIVE_INFINITY);
    await clock.advance(10_000);
    dialer.openLinks[0]!.isFrozen = true;
    await clock.advance(29_000);
    assert.equal(dialer.attemptsMs.length, 1);
    await clock.advance(3_000);
    assert.equal(dialer.attemptsMs.length, 2);
    assert.match(supervisor.connections()[0]!.lastFault!, /no frame of any kind for 30000 ms/);
    await shut(clock, supervisor);
  });

  test('a program that was busy for some seconds -> no connection is blamed for it', async () => {
    const { clock, venue, dialer, told, supervisor, subscribe } = world();
    subscribe('a', 3_000);
    await clock.advance(10_500);
    // Nothing waits to be read afterwards that would prove the connection good at once.
    venue.mutedTopics.add('a');
    clock.suspend(8_000, true);
    await clock.advance(1_500);
    venue.mutedTopics.clear();
    await clock.advance(10_000);
    assert.equal(dialer.attemptsMs.length, 1);
    assert.equal(told.length, 1);
    await shut(clock, supervisor);
  });

  test('log-in first -> nothing is subscribed before the venue says welcome', async () => {
    class LoggedIn extends PlainProtocol {
      greet(): readonly string[] {
        return ['login'];
      }
    }
    const { clock, venue, supervisor, subscribe, state } = world(new LoggedIn());
    const topic = subscribe('a');
    await clock.advance(3_000);
    assert.deepEqual(
      venue.heard.map((each) => each.text),
      ['login', '+a'],
    );
    assert.equal(state(topic), 'live');
    await shut(clock, supervisor);
  });

  test('a log-in that is never answered, although pings are -> replaced', async () => {
    class Unwelcome extends PlainProtocol {
      greet(): readonly string[] {
        return ['who is there?'];
      }
    }
    const { clock, dialer, supervisor, subscribe } = world(new Unwelcome());
    subscribe('a', Number.POSITIVE_INFINITY);
    await clock.advance(23_000);
    assert.ok(dialer.attemptsMs.length >= 2);
    assert.match(supervisor.connections()[0]!.lastFault!, /no word that it is ready/);
    await shut(clock, supervisor);
  });

  test('an address that never comes -> another attempt after a while', async () => {
    class Waiting extends PlainProtocol {
      asked = 0;
      override url(): Promise<string> {
        return this.asked++ === 0 ? new Promise(() => {}) : Promise.resolve('wss://plain.example/stream');
      }
    }
    const { clock, supervisor, subscribe, state } = world(new Waiting());
    const topic = subscribe('a');
    assert.ok(await clock.advanceUntil(() => state(topic) === 'live', 75_000));
    await shut(clock, supervisor);
  });

  test('a successor on which a topic is silent -> given up, and nobody is interrupted', async () => {
    const { clock, venue, dialer, told, supervisor, subscribe, state } = world();
    const topics = ['a', 'b'].map((each) => subscribe(each));
    await clock.advance(5_000);
    const [old] = dialer.openLinks;
    venue.confirms = false;
    venue.onlyOn = old!;
    old!.send('goodbye');
    await clock.advance(120_000);
    assert.ok(old!.isOpen);
    assert.ok(dialer.attemptsMs.length > 2);
    assert.equal(told.length, 2, 'resumed in the beginning');
    assert.ok(topics.every((each) => state(each) === 'live'));
    venue.onlyOn = null;
    await clock.advance(70_000);
    assert.equal(old!.isOpen, false);
    assert.equal(told.length, 2);
    await shut(clock, supervisor);
  });

  test('an address with a key in it -> not in what health shows', async () => {
    class Keyed extends PlainProtocol {
      override url(): string {
        return 'wss://plain.example/stream?listenKey=hidden';
      }
    }
    const { clock, venue, supervisor, subscribe } = world(new Keyed());
    venue.outcome = 'refused';
    subscribe('a');
    await clock.advance(5_000);
    const shown = JSON.stringify(supervisor.connections());
    assert.ok(shown.includes('refused') && !shown.includes('hidden'), shown);
    await shut(clock, supervisor);
  });

  test('URL that names the topics -> subscribed by opening, later ones by message', async () => {
    class Named extends PlainProtocol {
      readonly urlSubscribes = true;
      override url(topics: readonly Topic[]): Promise<string> {
        return Promise.resolve(`wss://plain.example/stream?topics=${topics.map((each) => each.name).join(',')}`);
      }
    }
    const { clock, venue, supervisor, subscribe, state } = world(new Named());
    const first = subscribe('a');
    await clock.advance(3_000);
    assert.equal(state(first), 'live');
    const second = subscribe('b');
    await clock.advance(3_000);
    assert.equal(state(second), 'live');
    assert.deepEqual(
      venue.heard.map((each) => each.text),
      ['+b'],
    );
    assert.equal(supervisor.connections()[0]!.url, 'wss://plain.example/stream', 'without its query');
    await shut(clock, supervisor);
  });

  test('no URL to be had -> a failed attempt like any other', async () => {
    class Lost extends PlainProtocol {
      isLost = true;
      override url(): Promise<string> {
        return this.isLost ? Promise.reject(new Error('no listen key')) : Promise.resolve('wss://plain.example/stream');
      }
    }
    const protocol = new Lost();
    const { clock, dialer, supervisor, subscribe, state } = world(protocol);
    const topic = subscribe('a');
    await clock.advance(30_000);
    assert.equal(dialer.attemptsMs.length, 0);
    assert.match(supervisor.connections()[0]!.lastFault!, /no listen key/);
    protocol.isLost = false;
    assert.ok(await clock.advanceUntil(() => state(topic) === 'live', 62_000));
    await shut(clock, supervisor);
  });

  test('a message that the protocol cannot take -> the connection is replaced and the reason kept', async () => {
    const { clock, dialer, supervisor, subscribe } = world();
    subscribe('a');
    await clock.advance(5_000);
    dialer.openLinks[0]!.send('=nobody 1');
    await clock.advance(100);
    assert.match(supervisor.connections()[0]!.lastFault!, /a message could not be taken: unknown topic in =nobody 1/);
    await shut(clock, supervisor);
  });

  test('unsubscribed -> said to the venue, connection of the last topic closed, index free again', async () => {
    const { clock, venue, dialer, supervisor, subscribe } = world();
    const first = subscribe('a');
    const second = subscribe('b');
    await clock.advance(3_000);
    assert.equal(supervisor.unsubscribe(first.index), true);
    assert.equal(supervisor.unsubscribe(first.index), false);
    await clock.advance(1_500);
    assert.deepEqual(venue.subscribedOn('a'), []);
    assert.deepEqual(
      supervisor.topics().map((each) => each.name),
      ['b'],
    );
    const again = subscribe('a');
    await clock.advance(2_500);
    assert.equal(supervisor.topicHealth(again.index).state, 'live');
    supervisor.unsubscribe(second.index);
    supervisor.unsubscribe(again.index);
    await clock.advance(1_000);
    assert.equal(dialer.openLinks.length, 0);
    assert.deepEqual(supervisor.connections(), []);
    assert.throws(() => supervisor.topicHealth(again.index), RangeError);
    await shut(clock, supervisor);
  });

  test('subscribed twice -> RangeError that names the topic', async () => {
    const { clock, supervisor, subscribe } = world();
    subscribe('a');
    assert.throws(() => subscribe('a'), /found a/);
    await shut(clock, supervisor);
  });

  test('rate -> messages a second over the last minute', async () => {
    const { clock, venue, supervisor, subscribe } = world();
    const topic = subscribe('a');
    await clock.advance(30_000);
    assert.ok(Math.abs(supervisor.topicHealth(topic.index).rate - 1) < 0.1);
    await clock.advance(300_000);
    assert.ok(Math.abs(supervisor.topicHealth(topic.index).rate - 1) < 0.1);
    venue.mutedTopics.add('a');
    await clock.advance(70_000);
    assert.equal(supervisor.topicHealth(topic.index).rate, 0);
    await shut(clock, supervisor);
  });

  test('requests over the connection of a topic -> sent where it is carried, refused where not', async () => {
    const { clock, venue, supervisor, subscribe } = world();
    const topic = subscribe('a');
    assert.equal(supervisor.send(topic.index, 'tick'), false);
    await clock.advance(3_000);
    assert.equal(supervisor.send(topic.index, 'tick'), true);
    await clock.advance(100);
    assert.equal(venue.heard.at(-1)!.text, 'tick');
    await shut(clock, supervisor);
  });

  test('closed -> every socket gone, nothing told, no timer of its own left', async () => {
    const { clock, dialer, told, supervisor, subscribe } = world(new PlainProtocol(10));
    for (const name of names(30)) subscribe(name);
    await clock.advance(3_000);
    const before = told.length;
    const closed = supervisor.close();
    await clock.advance(3_000);
    await closed;
    assert.equal(dialer.openLinks.length, 0);
    assert.equal(told.length, before);
    assert.ok(clock.waiting <= 1, "what is left is the venue's");
    assert.throws(() => supervisor.subscribe('late'), RangeError);
  });
});
