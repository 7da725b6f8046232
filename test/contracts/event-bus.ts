import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type BusEvent,
  type BusPositions,
  type BusRequest,
  type BusSubscriber,
  type BusSubscription,
  type EventBus,
  eventId,
  type LostEvents,
  positionsAfter,
} from '../../src/ports/event-bus.ts';

export interface BusSubject {
  /** The bus as another process would open it; the same one where it does not leave its process. */
  open(): Promise<EventBus>;
  dispose(): Promise<void>;
}

let topics = 0;

/** A topic that nobody else has. */
export function newTopic(): string {
  return `t${topics++}@${Date.now()}`;
}

export function eventsOf(topic: string, from: number, count: number): BusEvent[] {
  return Array.from({ length: count }, (_, k) => ({
    ...{ topic, seq: from + k, atMs: 1_700_000_000_000 + from + k },
    ...{ type: 'order-filled', data: { text: `“${from + k}”`, deep: [1, null, { quantity: '0.10' }] } },
  }));
}

/** A subscriber that remembers, and can be waited for. */
export class Listener implements BusSubscriber {
  readonly name: string;
  readonly heard: BusEvent[] = [];
  readonly failures: unknown[] = [];
  readonly lostEvents: LostEvents[] = [];
  end: unknown = null;
  readonly #handle: (event: BusEvent) => void | Promise<void>;
  readonly #waiters: { readonly isMet: () => boolean; readonly go: () => void }[] = [];

  constructor(name: string, handle: (event: BusEvent) => void | Promise<void> = () => undefined) {
    this.name = name;
    this.#handle = handle;
  }

  take(event: BusEvent): void | Promise<void> {
    this.heard.push(event);
    this.#look();
    return this.#handle(event);
  }

  failed(error: unknown): void {
    this.failures.push(error);
    this.#look();
  }

  lost(lost: LostEvents): void {
    this.lostEvents.push(lost);
  }

  ended(error: unknown): void {
    this.end = error;
    this.#look();
  }

  ids(): string[] {
    return this.heard.map(eventId);
  }

  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => void this.#waiters.push({ isMet, go: resolve }));
  }

  count(n: number): Promise<void> {
    return this.until(() => this.heard.length >= n);
  }

  #look(): void {
    for (const { isMet, go } of this.#waiters) if (isMet()) go();
  }
}

/** What every {@link EventBus} must do. */
export function eventBusContract(
  name: string,
  options: { readonly skip?: string | false; readonly create: () => Promise<BusSubject> },
): void {
  describe(`event bus (${name})`, { skip: options.skip ?? false }, () => {
    let subject: BusSubject;
    const buses: EventBus[] = [];
    before(async () => {
      subject = await options.create();
    });
    after(async () => {
      for (const bus of buses) await bus.close();
      await subject?.dispose();
    });
    const open = async (): Promise<EventBus> => {
      const bus = await subject.open();
      if (!buses.includes(bus)) buses.push(bus);
      return bus;
    };
    const listen = async (request: BusRequest, listener: Listener): Promise<BusSubscription> =>
      (await open()).subscribe(request, listener);

    test('published -> told unchanged and in order to sync and async subscribers alike', {
      timeout: 30_000,
    }, async () => {
      const topic = newTopic();
      const sync = new Listener('sync');
      let underWay = 0;
      const slow = new Listener('async', async () => {
        assert.equal(++underWay, 1, 'one at a time');
        await new Promise((resolve) => void setImmediate(resolve));
        underWay--;
      });
      const subscriptions = [
        await listen({ topics: [topic], from: 'now' }, sync),
        await listen({ topics: [topic], from: 'now' }, slow),
      ];
      const events = eventsOf(topic, 0, 300);
      const bus = await open();
      await bus.publish(events.slice(0, 1));
      await bus.publish(events.slice(1));
      await Promise.all([sync.count(300), slow.count(300)]);
      assert.deepEqual(sync.heard, events);
      assert.deepEqual(slow.heard, events);
      await slow.until(() => subscriptions[1]!.counts.taken + slow.failures.length >= 299);
      assert.deepEqual(slow.failures, []);
      for (const each of subscriptions) await each.close();
    });

    test('a subscriber that throws or rejects -> is told of it, gets the next, and harms no other', {
      timeout: 30_000,
    }, async () => {
      const topic = newTopic();
      const throwing = new Listener('throws', ({ seq }) => {
        if (seq % 2 === 0) throw new Error(`even ${seq}`);
      });
      const rejecting = new Listener('rejects', async ({ seq }) => {
        if (seq === 3) throw new Error('three');
      });
      const well = new Listener('well');
      const subscriptions = [];
      for (const each of [throwing, rejecting, well])
        subscriptions.push(await listen({ topics: [topic], from: 'now' }, each));
      await (await open()).publish(eventsOf(topic, 0, 10));
      await Promise.all([throwing, rejecting, well].map((each) => each.count(10)));
      assert.equal(throwing.failures.length, 5);
      assert.match(String(throwing.failures[0]), /even 0/);
      assert.equal(rejecting.failures.length, 1);
      assert.equal(well.failures.length, 0);
      assert.equal(subscriptions[0]!.counts.failed, 5);
      for (const each of subscriptions) await each.close();
    });

    test('a subscriber that never answers -> the others go on', { timeout: 30_000 }, async () => {
      const topic = newTopic();
      const stuck = new Listener('stuck', () => new Promise(() => undefined));
      const well = new Listener('well');
      const subscriptions = [
        await listen({ topics: [topic], from: 'now' }, stuck),
        await listen({ topics: [topic], from: 'now' }, well),
      ];
      await (await open()).publish(eventsOf(topic, 0, 20));
      await Promise.all([well.count(20), stuck.count(1)]);
      assert.equal(stuck.heard.length, 1);
      assert.deepEqual(subscriptions[0]!.positions, {});
      for (const each of subscriptions) await each.close();
    });

    test('subscribed again after an id -> exactly what came since, then what comes', { timeout: 30_000 }, async () => {
      const topic = newTopic();
      const bus = await open();
      await bus.publish(eventsOf(topic, 0, 10));
      const first = new Listener('first');
      const began = await listen({ topics: [topic], from: 'kept' }, first);
      await first.count(10);
      const positions: BusPositions = began.positions;
      assert.deepEqual(positions, { [topic]: 9 });
      await began.close();
      await bus.publish(eventsOf(topic, 10, 5));
      const second = new Listener('second');
      const went = await listen(
        { topics: [topic], from: { after: positionsAfter(eventId({ topic, seq: 9 })) } },
        second,
      );
      await second.count(5);
      await bus.publish(eventsOf(topic, 15, 1));
      await second.count(6);
      assert.deepEqual(second.ids(), eventsOf(topic, 10, 6).map(eventId));
      assert.equal(first.heard.length, 10, 'closed: told nothing');
      await went.close();
    });

    test('from now -> nothing of before; topics that begin later are heard', { timeout: 30_000 }, async () => {
      const [old, fresh] = [newTopic(), newTopic()];
      const bus = await open();
      await bus.publish(eventsOf(old, 0, 3));
      const all = new Listener('all');
      const subscription = await listen({ from: 'now' }, all);
      await (await open()).publish(eventsOf(fresh, 0, 2));
      await bus.publish(eventsOf(old, 3, 1));
      await all.count(3);
      assert.deepEqual(all.ids().sort(), [`${fresh}/0`, `${fresh}/1`, `${old}/3`].sort());
      await subscription.close();
    });

    test('from positions -> a topic that is not among them is told from its beginning', {
      timeout: 30_000,
    }, async () => {
      const [known, unknown] = [newTopic(), newTopic()];
      const bus = await open();
      await bus.publish([...eventsOf(known, 0, 3), ...eventsOf(unknown, 0, 2)]);
      const listener = new Listener('resumes');
      const subscription = await listen({ topics: [known, unknown], from: { after: { [known]: 1 } } }, listener);
      await listener.count(3);
      assert.deepEqual(listener.ids().sort(), [`${known}/2`, `${unknown}/0`, `${unknown}/1`].sort());
      await subscription.close();
    });

    test('published twice, as after a crash -> told once', { timeout: 30_000 }, async () => {
      const topic = newTopic();
      const listener = new Listener('once');
      const subscription = await listen({ topics: [topic], from: 'now' }, listener);
      await (await open()).publish(eventsOf(topic, 0, 8));
      await (await open()).publish(eventsOf(topic, 5, 5));
      await listener.count(10);
      assert.deepEqual(listener.ids(), eventsOf(topic, 0, 10).map(eventId));
      await subscription.close();
    });

    test('a hole -> the subscriber is told which numbers are missing', { timeout: 30_000 }, async () => {
      const topic = newTopic();
      const listener = new Listener('holes');
      const subscription = await listen({ topics: [topic], from: { after: { [topic]: 4 } } }, listener);
      await (await open()).publish(eventsOf(topic, 7, 1));
      await listener.count(1);
      assert.deepEqual(listener.lostEvents, [{ topic, from: 5, to: 6 }]);
      assert.equal(subscription.counts.lost, 2);
      await subscription.close();
    });

    test('history -> the newest events of a topic, fifty and more, oldest first', { timeout: 30_000 }, async () => {
      const topic = newTopic();
      const bus = await open();
      await bus.publish(eventsOf(topic, 0, 120));
      assert.deepEqual(await bus.history(topic, 60), eventsOf(topic, 60, 60));
      assert.deepEqual(await (await open()).history(topic, 1), eventsOf(topic, 119, 1));
      assert.deepEqual(await bus.history(newTopic(), 50), []);
    });

    test('closed -> refuses, and says so', { timeout: 30_000 }, async () => {
      const { create } = options;
      const other = await create();
      const bus = await other.open();
      await bus.ping();
      const listener = new Listener('left');
      await bus.subscribe({ from: 'now' }, listener);
      await bus.close();
      assert.match(String(listener.end), /closed/);
      await assert.rejects(bus.publish(eventsOf(newTopic(), 0, 1)), { code: 'closed' });
      await other.dispose();
    });
  });
}
