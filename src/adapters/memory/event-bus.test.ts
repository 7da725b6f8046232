import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventBusContract, eventsOf, Listener, newTopic } from '../../../test/contracts/event-bus.ts';
import { positionsAfter } from '../../ports/event-bus.ts';
import { memoryEventBus } from './event-bus.ts';

eventBusContract('memory', {
  create: async () => {
    const bus = memoryEventBus();
    return { open: async () => bus, dispose: () => bus.close() };
  },
});

test('event bus in this process: a sync subscriber -> has taken the event when publishing resolves, also from within another', async () => {
  const bus = memoryEventBus();
  const topic = newTopic();
  const answer = newTopic();
  const heard: string[] = [];
  await bus.subscribe(
    { from: 'now' },
    {
      name: 'answers',
      take(event) {
        heard.push(event.topic);
        if (event.topic === topic) void bus.publish(eventsOf(answer, event.seq, 1));
      },
    },
  );
  await bus.publish(eventsOf(topic, 0, 2));
  assert.deepEqual(heard, [topic, answer, topic, answer]);
  await bus.close();
});

test('event bus in this process: a subscriber that is far too slow -> is cut off with a reason, and may go on where it was', async () => {
  const bus = memoryEventBus({ mostWaiting: 20 });
  const topic = newTopic();
  const stuck = new Listener('stuck', () => new Promise(() => undefined));
  const subscription = await bus.subscribe({ from: 'now' }, stuck);
  await bus.publish(eventsOf(topic, 0, 30));
  assert.match(String(stuck.end), /stuck: 20 events wait/);
  assert.equal(subscription.isLive, false);
  const again = new Listener('again', () => Promise.resolve());
  await bus.subscribe({ from: { after: { ...subscription.positions } } }, again);
  await again.count(30);
  assert.deepEqual(again.lostEvents, []);
  await bus.close();
});

test('event bus in this process: history is bounded, and what is gone is told', async () => {
  const bus = memoryEventBus({ kept: 50 });
  const topic = newTopic();
  for (let k = 0; k < 1_000; k++) await bus.publish(eventsOf(topic, k, 1));
  const kept = await bus.history(topic, 1_000_000);
  assert.equal(kept.length, 50);
  const listener = new Listener('late');
  await bus.subscribe({ from: { after: { [topic]: 3 } } }, listener);
  assert.equal(listener.lostEvents[0]!.from, 4);
  assert.equal(listener.lostEvents[0]!.to, listener.heard[0]!.seq - 1);
  assert.ok(listener.heard.length < 100);
});

test('ids of events: text that is none -> refused with what was expected', () => {
  assert.deepEqual(positionsAfter('btc@1/17', 'eth@2/3', 'btc@1/5'), { 'btc@1': 17, 'eth@2': 3 });
  for (const text of ['', 'btc', 'btc@1/', 'btc@1/x', '/3', 'btc@1/1.5'])
    assert.throws(() => positionsAfter(text), /expected an event’s id/);
});
