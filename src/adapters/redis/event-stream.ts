import type { BusEvent } from '../../ports/event-bus.ts';

/** Braces keep all keys of the bus on one node of a cluster, so that one command may read many streams. */
export const PREFIX = 'tradewright:{bus}';
/** Topics that are there, by the time of their last event. */
export const TOPICS = `${PREFIX}:topics`;
/** A stream of topics as they begin. */
export const NEW_TOPICS = `${PREFIX}:new`;
/** A topic that nothing was published to for so long is forgotten. */
const FORGOTTEN_MS = 7 * 86_400_000;

/** An entry of a stream as Redis tells it. */
export type Entry = readonly [id: string, fields: readonly string[]];

export function keyOf(topic: string): string {
  return `${PREFIX}:events:${topic}`;
}

export function topicOf(key: string): string {
  return key.slice(keyOf('').length);
}

/** Redis has no entry 0-0. */
export function entryId(seq: number): string {
  return `0-${seq + 1}`;
}

/** Null for an entry that is none of ours. */
export function eventOf(topic: string, [id, fields]: Entry): BusEvent | null {
  try {
    const [atMs, type, data] = JSON.parse(fields[1]!) as [number, string, BusEvent['data']];
    return { topic, seq: Number(id.slice(2)) - 1, atMs, type, data };
  } catch {
    return null;
  }
}

/**
 * KEYS: the topic's stream, topics, new topics. ARGV: the topic, how many are kept, then id and text of each event. An id that is not above
 * the newest one is there already.
 */
export const PUBLISH = `
local t = redis.call('TIME')
local nowMs = t[1] * 1000 + math.floor(t[2] / 1000)
for k = 3, #ARGV, 2 do
  local done = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[k], 'e', ARGV[k + 1])
  if type(done) == 'table' and done.err and not string.find(done.err, 'equal or smaller', 1, true) then return done end
end
redis.call('PEXPIRE', KEYS[1], ${FORGOTTEN_MS})
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', nowMs - ${FORGOTTEN_MS})
if redis.call('ZADD', KEYS[2], nowMs, ARGV[1]) == 1 then
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 't', ARGV[1])
end
return 0`;
