import type { Admin, Kafka, Producer } from 'kafkajs';
import { SubscriberLane } from '../../bus/subscriber-lane.ts';
import { BusError, type BusEvent, type BusRequest, type EventBus, eventId } from '../../ports/event-bus.ts';
import { kafkaPlace } from './place.ts';
import { type Offsets, TopicReader } from './topic-reader.ts';

const CONNECT_MS = 3_000;
const REQUEST_MS = 5_000;
/** Messages in one request. */
const AT_ONCE = 500;
/** Clocks of machines may differ by so much. */
const SKEW_MS = 60_000;
/** History that takes longer to find is given up. */
const HISTORY_MS = 20_000;

/**
 * A bus in one topic of Kafka, whose messages are keyed by our topics, so that each stays in order whatever the number of partitions. The topic is
 * made with one partition where it is missing. It needs no broker when it is opened: what is asked while there is none is refused, and may be
 * asked again.
 */
export async function openKafkaEventBus(url: string): Promise<EventBus> {
  const { shown, topic, config } = kafkaPlace(url);
  const { Kafka: KafkaClient, logLevel, Partitioners } = await loadClient();
  const kafka: Kafka = new KafkaClient({
    ...config,
    clientId: 'tradewright',
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    logLevel: logLevel.NOTHING,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
  // One request at a time, so that nothing overtakes; what comes twice is recognised by its id.
  const producer: Producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  const admin: Admin = kafka.admin();
  const lanes = new Set<SubscriberLane>();
  let ready: Promise<void> | null = null;
  let isClosed = false;

  const prepare = async (): Promise<void> => {
    await Promise.all([producer.connect(), admin.connect()]);
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  };
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isClosed) throw new BusError('closed', `${shown}: the event bus is closed`);
    try {
      ready ??= prepare();
      await ready;
      return await work();
    } catch (error) {
      ready = null;
      if (error instanceof BusError) throw error;
      const text = error instanceof Error ? error.message : String(error);
      throw new BusError('unavailable', `expected a Kafka broker at ${shown}, found none that answers: ${text}`, {
        cause: error,
      });
    }
  };
  const ends = async (): Promise<Offsets> => offsetsOf(await admin.fetchTopicOffsets(topic), 'high');
  const begins = async (request: BusRequest): Promise<Offsets> => {
    if (request.from === 'now') return ends();
    const beganMs = request.topics === undefined ? null : beginningOf(request.topics);
    if (beganMs === null) return offsetsOf(await admin.fetchTopicOffsets(topic), 'low');
    return offsetsOf(await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, beganMs - SKEW_MS)), 'offset');
  };

  return {
    place: shown,
    isShared: true,
    async publish(events) {
      for (let from = 0; from < events.length; from += AT_ONCE) {
        const messages = events.slice(from, from + AT_ONCE).map((event) => ({
          ...{ key: event.topic, value: JSON.stringify(event), headers: { id: eventId(event) } },
        }));
        await told(() => producer.send({ topic, messages, acks: -1 }));
      }
    },
    subscribe: (request, subscriber) =>
      told(async () => {
        const lane: SubscriberLane = new SubscriberLane(request, subscriber, {
          onClose: async () => {
            lanes.delete(lane);
            await reader.close();
          },
          isLive: () => reader.isLive,
        });
        const reader = new TopicReader(kafka, {
          topic,
          from: await begins(request),
          onEvent: async (event) => {
            lane.offer(event);
            await lane.room();
          },
        });
        try {
          await reader.begin();
        } catch (error) {
          await lane.close();
          throw error;
        }
        lanes.add(lane);
        return lane;
      }),
    history: (of, most) =>
      told(async () => {
        const [from, to] = [await begins({ topics: [of], from: 'kept' }), await ends()];
        const found = new Map<number, BusEvent>();
        const isThere = (at: Offsets): boolean => [...to].every(([partition, end]) => (at.get(partition) ?? 0n) >= end);
        if (!isThere(from))
          await readUntil(kafka, { topic, from, isThere, take: (e) => void (e.topic === of && found.set(e.seq, e)) });
        return [...found.values()].sort((a, b) => a.seq - b.seq).slice(-Math.max(1, most));
      }),
    async ping() {
      await told(() => admin.fetchTopicOffsets(topic));
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      const ending = [...lanes].map((lane) => {
        lane.end(new BusError('closed', `${shown}: the event bus is closed`));
        return lane.gone;
      });
      await Promise.all(ending);
      await Promise.allSettled([producer.disconnect(), admin.disconnect()]);
    },
  };
}

async function loadClient(): Promise<typeof import('kafkajs')> {
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1';
  try {
    const loaded = await import('kafkajs');
    return loaded.default ?? loaded;
  } catch (error) {
    throw new BusError('refused', 'expected the package kafkajs, found none: npm install kafkajs@2', { cause: error });
  }
}

interface ReadUntil {
  readonly topic: string;
  readonly from: Offsets;
  readonly isThere: (next: Offsets) => boolean;
  readonly take: (event: BusEvent) => void;
}

async function readUntil(kafka: Kafka, { topic, from, isThere, take }: ReadUntil): Promise<void> {
  let reader: TopicReader | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`history was not read within ${HISTORY_MS / 1000} s`)), HISTORY_MS);
      const onRead = (next: Offsets): void => void (isThere(next) && resolve());
      reader = new TopicReader(kafka, { topic, from, onEvent: take, onRead });
      reader.begin().catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await (reader as TopicReader | null)?.close();
  }
}

/** When the first of these topics began, where all their names tell it (`name@ms`): nothing of them is older. */
function beginningOf(topics: readonly string[]): number | null {
  const times = topics.map((each) => Number(/@(\d{12,14})$/.exec(each)?.[1] ?? Number.NaN));
  return times.length === 0 || times.some(Number.isNaN) ? null : Math.min(...times);
}

function offsetsOf<K extends string>(
  rows: readonly ({ readonly partition: number } & { readonly [key in K]: string })[],
  which: K,
): Offsets {
  return new Map(rows.map((row) => [row.partition, BigInt(row[which])]));
}
