import { SubscriberLane } from '../../bus/subscriber-lane.ts';
import { BusError, type BusEvent, type EventBus } from '../../ports/event-bus.ts';
import { connected, connectRedis, type RedisConnection, redisPlace } from './connection.ts';
import { type Entry, entryId, eventOf, keyOf, NEW_TOPICS, PUBLISH, TOPICS } from './event-stream.ts';
import { StreamReader } from './stream-reader.ts';

/** Events of each topic that are kept, about. */
const KEPT = 10_000;
/** Longest that a command may take. */
const TIMEOUT_MS = 2_000;
/** Events in one command, so that others get their turn. */
const AT_ONCE = 200;

export interface RedisBusOptions {
  /** `redis://host:6379/0`, the path of a socket, or `redis-cluster://host:6379,host:6380`. */
  readonly url: string;
  /** Events of each topic that are kept, about; 10,000 by default. */
  readonly kept?: number;
}

/**
 * A bus of Redis streams: one stream a topic, in which an event’s number is its place, so that Redis itself refuses what it has already. It
 * needs no server when it is opened: what is asked while there is none is refused, and may be asked again.
 */
export async function openRedisEventBus({ url, kept = KEPT }: RedisBusOptions): Promise<EventBus> {
  const place = redisPlace(url);
  const redis = await connectRedis(place, { timeoutMs: TIMEOUT_MS });
  const readers = new Set<StreamReader>();
  let isClosed = false;
  const told = async <T>(work: (connection: RedisConnection) => Promise<T>): Promise<T> => {
    if (isClosed) throw new BusError('closed', `${place.shown}: the event bus is closed`);
    try {
      await connected(redis);
      return await work(redis);
    } catch (error) {
      throw faultOf(error, place.shown);
    }
  };
  return {
    place: place.shown,
    isShared: true,
    async publish(events) {
      for (const run of runsOf(events)) {
        const [first] = run;
        const entries = run.flatMap((event) => [
          entryId(event.seq),
          JSON.stringify([event.atMs, event.type, event.data]),
        ]);
        await told((connection) =>
          connection.eval(PUBLISH, 3, keyOf(first!.topic), TOPICS, NEW_TOPICS, first!.topic, kept, ...entries),
        );
      }
    },
    async subscribe(request, subscriber) {
      const lane: SubscriberLane = new SubscriberLane(request, subscriber, {
        onClose: async () => {
          readers.delete(reader);
          await reader.close();
        },
        isLive: () => reader.isLive,
      });
      const blocking = await connectRedis(place, { timeoutMs: TIMEOUT_MS, blocks: true });
      const reader = new StreamReader(blocking, lane, request);
      try {
        await told(() => reader.begin(redis));
      } catch (error) {
        await lane.close();
        throw error;
      }
      readers.add(reader);
      return lane;
    },
    async history(topic, most) {
      const entries = await told((connection) =>
        connection.xrevrange(keyOf(topic), '+', '-', 'COUNT', Math.max(1, most)),
      );
      return (entries as Entry[]).flatMap((entry) => eventOf(topic, entry) ?? []).reverse();
    },
    async ping() {
      await told((connection) => connection.ping());
    },
    async close() {
      isClosed = true;
      for (const reader of [...readers]) reader.lane.end(new BusError('closed', 'the event bus is closed'));
      redis.disconnect();
    },
  };
}

/** Events of one topic that follow one another, a few at a time. */
function* runsOf(events: readonly BusEvent[]): Generator<readonly BusEvent[]> {
  for (let from = 0; from < events.length; ) {
    const { topic } = events[from]!;
    let to = from + 1;
    while (to < events.length && to - from < AT_ONCE && events[to]!.topic === topic) to++;
    yield events.slice(from, to);
    from = to;
  }
}

function faultOf(error: unknown, shown: string): BusError {
  if (error instanceof BusError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const isRefusal =
    error instanceof Error &&
    error.name === 'ReplyError' &&
    !/^(LOADING|CLUSTERDOWN|READONLY|MASTERDOWN|TRYAGAIN)/.test(text);
  return isRefusal
    ? new BusError('refused', `${shown}: Redis refuses: ${text}`, { cause: error })
    : new BusError('unavailable', `expected a Redis server at ${shown}, found none that answers: ${text}`, {
        cause: error,
      });
}
