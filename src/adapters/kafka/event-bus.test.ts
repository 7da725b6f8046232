import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { eventBusContract, eventsOf, Listener, newTopic } from '../../../test/contracts/event-bus.ts';
import { KafkaServer, kafkaMissing } from '../../../test/servers/kafka.ts';
import { openKafkaEventBus } from './event-bus.ts';
import { kafkaPlace } from './place.ts';

const skip = kafkaMissing;
let started: Promise<KafkaServer> | null = null;
let places = 0;

function kafka(): Promise<KafkaServer> {
  started ??= KafkaServer.open();
  return started;
}

eventBusContract('Kafka', {
  skip,
  create: async () => {
    const url = `${(await kafka()).url}/bus-${places++}`;
    return { open: () => openKafkaEventBus(url), dispose: async () => undefined };
  },
});

describe('event bus in Kafka that fails', { skip }, () => {
  after(async () => (await started)?.close());

  test('killed and started again -> publishing is refused meanwhile, and the subscriber goes on where it was', {
    timeout: 60_000,
  }, async (t) => {
    const server = await kafka();
    const bus = await openKafkaEventBus(`${server.url}/killed`);
    t.after(() => bus.close());
    const topic = newTopic();
    const listener = new Listener('all');
    const subscription = await bus.subscribe({ from: 'now' }, listener);
    await bus.publish(eventsOf(topic, 0, 5));
    await listener.count(5);
    await server.kill();
    await assert.rejects(bus.publish(eventsOf(topic, 5, 5)), { code: 'unavailable' });
    await server.start();
    for (;;) {
      try {
        await bus.publish(eventsOf(topic, 5, 5));
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    await listener.count(10);
    assert.deepEqual(
      listener.heard.map(({ seq }) => seq),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(subscription.counts.lost, 0);
  });

  test('nobody there -> opening works, asking is refused, and the password is not told', {
    timeout: 60_000,
  }, async () => {
    const bus = await openKafkaEventBus('kafka://user:pa55@127.0.0.1:1/x');
    await assert.rejects(
      bus.publish(eventsOf(newTopic(), 0, 1)),
      (error) =>
        error instanceof Error && /at kafka:\/\/127\.0\.0\.1:1\/x/.test(error.message) && !/pa55/.test(error.message),
    );
    await bus.close();
  });
});

test('address of a Kafka: brokers, topic, encryption and login -> read; what is none -> refused without its password', () => {
  assert.deepEqual(kafkaPlace('kafka://a:1,b/desk'), {
    ...{ shown: 'kafka://a:1,b/desk', topic: 'desk', config: { brokers: ['a:1', 'b:9092'] } },
  });
  assert.deepEqual(kafkaPlace('kafka://me:p%40ss@a:1?ssl=true&sasl=scram-sha-512'), {
    ...{ shown: 'kafka://a:1?ssl=true&sasl=scram-sha-512', topic: 'tradewright-events' },
    config: {
      ...{ brokers: ['a:1'], ssl: true },
      sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'p@ss' },
    },
  });
  for (const url of [
    'kafka://',
    'kafka://me:pa55@a/b/c',
    'kafka://me:pa55@a/b?tls=1',
    'kafka://me:pa55@a?sasl=gssapi',
    'kafka://a/sp ace',
  ])
    assert.throws(
      () => kafkaPlace(url),
      (error) => error instanceof Error && /expected/.test(error.message) && !/pa55/.test(error.message),
    );
});
