import type { SubscriberLane } from '../../bus/subscriber-lane.ts';
import type { BusRequest } from '../../ports/event-bus.ts';
import { connected, type RedisConnection } from './connection.ts';
import { type Entry, entryId, eventOf, keyOf, NEW_TOPICS, TOPICS, topicOf } from './event-stream.ts';

/** A read waits at the server for so long. */
const BLOCK_MS = 2_000;
/** An answer that takes so much longer than it should is none. */
const GRACE_MS = 3_000;
const AT_ONCE = 500;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;

/** Reads the streams of one subscriber, all in one command that waits at the server, and goes on where it was after a loss. */
export class StreamReader {
  readonly lane: SubscriberLane;
  readonly #redis: RedisConnection;
  readonly #from: BusRequest['from'];
  readonly #wanted: readonly string[] | undefined;
  /** By key, the newest entry that was read. */
  readonly #read = new Map<string, string>();
  #isClosed = false;
  isLive = true;
  #wake: () => void = () => undefined;

  constructor(redis: RedisConnection, lane: SubscriberLane, request: BusRequest) {
    this.#redis = redis;
    this.lane = lane;
    this.#from = request.from;
    this.#wanted = request.topics;
  }

  /** Notes where each stream is now; what comes from then on is read. */
  async begin(redis: RedisConnection): Promise<void> {
    await connected(this.#redis);
    // First, so that a topic which begins meanwhile is heard of twice rather than not at all.
    const newest = (await redis.xrevrange(NEW_TOPICS, '+', '-', 'COUNT', 1)) as Entry[];
    if (this.#wanted === undefined) this.#read.set(NEW_TOPICS, newest[0]?.[0] ?? '0-0');
    const topics = this.#wanted ?? (await redis.zrange(TOPICS, '0', '-1'));
    for (const topic of topics) {
      const last = this.#from === 'now' ? ((await redis.xrevrange(keyOf(topic), '+', '-', 'COUNT', 1)) as Entry[]) : [];
      this.#follow(topic, last[0]?.[0]);
    }
    void this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    this.#redis.disconnect();
  }

  #follow(topic: string, from: string | undefined): void {
    const key = keyOf(topic);
    if (!this.#read.has(key)) this.#read.set(key, from ?? entryId(this.lane.newest(topic) ?? -1));
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#isClosed) {
      try {
        if (this.#redis.status !== 'ready') throw new Error(this.#redis.status);
        await this.#readOn();
        this.isLive = true;
        retryMs = FIRST_RETRY_MS;
        await this.lane.room();
      } catch {
        this.isLive = false;
        await this.#pause(retryMs);
        retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
      }
    }
  }

  async #readOn(): Promise<void> {
    if (this.#read.size === 0) return this.#pause(BLOCK_MS);
    const streams = [...this.#read.keys(), ...this.#read.values()];
    // Its types ask for a list whose length they know.
    const read = this.#redis.xread.bind(this.#redis) as unknown as (
      ...parts: readonly (string | number)[]
    ) => Promise<readonly [string, readonly Entry[]][] | null>;
    const asked = read('COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', ...streams);
    const found = await this.#inTime(asked);
    for (const [key, entries] of found ?? []) {
      this.#read.set(key, entries.at(-1)![0]);
      if (key === NEW_TOPICS) for (const [, fields] of entries) this.#follow(fields[1]!, undefined);
      else for (const entry of entries) this.#offer(topicOf(key), entry);
    }
  }

  #offer(topic: string, entry: Entry): void {
    const event = eventOf(topic, entry);
    // What others wrote there is no event: where one is missing for it, the lane says so.
    if (event !== null) this.lane.offer(event);
  }

  /** A server that is there and says nothing is given up, and connected to anew. */
  async #inTime<T>(asked: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error('no answer in time'));
        if ('stream' in this.#redis) this.#redis.disconnect(true);
      }, BLOCK_MS + GRACE_MS);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #pause(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
