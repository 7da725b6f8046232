import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import type { BusEvent } from '../../ports/event-bus.ts';

/** Of each partition, the offset that is read next. */
export type Offsets = Map<number, bigint>;

const FETCH_MS = 500;
/** A broker that was lost forgets a reader after so long; brokers allow nothing shorter. */
const SESSION_MS = 6_000;

/** An event as it stands in a message; null for what others wrote there. */
function eventOf(value: Buffer | null): BusEvent | null {
  try {
    const event = JSON.parse(String(value)) as BusEvent;
    return typeof event.topic === 'string' && Number.isSafeInteger(event.seq) ? event : null;
  } catch {
    return null;
  }
}

/** Who is not in its group by then is told so; the broker may be gone again. */
const LONGEST_JOIN_MS = 20_000;

async function inTime(joined: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no group was joined within ${LONGEST_JOIN_MS / 1000} s`)),
    LONGEST_JOIN_MS,
  );
  try {
    await Promise.race([joined, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads all partitions of a topic of Kafka from given offsets on, alone in a group of its own that keeps nothing: where it is it knows
 * itself, so that a rebalancing or a lost broker takes it back to nothing that it had not read.
 */
export class TopicReader {
  readonly #consumer: Consumer;
  readonly #topic: string;
  readonly #next: Offsets;
  readonly #onEvent: (event: BusEvent) => Promise<void> | void;
  readonly #onRead: (next: Offsets) => void;
  isLive = false;

  constructor(
    kafka: Kafka,
    options: {
      readonly topic: string;
      readonly from: Offsets;
      readonly onEvent: (event: BusEvent) => Promise<void> | void;
      /** After each batch. */
      readonly onRead?: (next: Offsets) => void;
    },
  ) {
    this.#topic = options.topic;
    this.#next = new Map(options.from);
    this.#onEvent = options.onEvent;
    this.#onRead = options.onRead ?? (() => undefined);
    this.#consumer = kafka.consumer({
      ...{ groupId: `tradewright-${randomUUID()}`, maxWaitTimeInMs: FETCH_MS },
      ...{ sessionTimeout: SESSION_MS, rebalanceTimeout: SESSION_MS, heartbeatInterval: SESSION_MS / 5 },
    });
  }

  /** Resolves once it reads. */
  async begin(): Promise<void> {
    const consumer = this.#consumer;
    const { GROUP_JOIN, CRASH, FETCH } = consumer.events;
    const joined = new Promise<void>((resolve) => {
      consumer.on(GROUP_JOIN, () => {
        for (const [partition, offset] of this.#next)
          consumer.seek({ topic: this.#topic, partition, offset: String(offset) });
        resolve();
      });
    });
    consumer.on(CRASH, () => {
      this.isLive = false;
    });
    consumer.on(FETCH, () => {
      this.isLive = true;
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.#topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        const { batch } = payload;
        const from = this.#next.get(batch.partition) ?? 0n;
        for (const { offset, value } of batch.messages) {
          if (!payload.isRunning() || payload.isStale()) return;
          if (BigInt(offset) < from) continue;
          const event = eventOf(value);
          if (event !== null) await this.#onEvent(event);
          this.#next.set(batch.partition, BigInt(offset) + 1n);
          await payload.heartbeat();
        }
        this.#onRead(this.#next);
      },
    });
    await inTime(joined);
    this.isLive = true;
  }

  async close(): Promise<void> {
    this.isLive = false;
    await this.#consumer.disconnect().catch(() => undefined);
  }
}
