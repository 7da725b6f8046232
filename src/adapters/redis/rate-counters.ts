import { type RateCharge, type RateCounters, type RateWindow, windowKey } from '../../connectivity/rate-window.ts';
import type { Clock } from '../../ports/clock.ts';

export interface RedisRateOptions {
  /** `redis://host:6379/0`, or the path of a socket. */
  readonly url: string;
  /** What is limited together, such as a venue's name with the address that it sees us under. */
  readonly name: string;
  readonly clock: Clock;
  /** Venue's clock minus ours, for windows aligned to it. */
  readonly skewMs?: () => number;
  /** Longer answers count as none; 500 ms by default. */
  readonly timeoutMs?: number;
}

export interface RedisRateCounters extends RateCounters {
  take(charges: readonly RateCharge[]): Promise<number>;
  observe(window: RateWindow, used: number): Promise<void>;
  block(scope: string, forMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Sliding windows are kept in this many parts, each of which ends with its last use. */
const PARTS = 100;

/**
 * What the scripts have in common. Sliding windows go by the server's clock, so that machines whose clocks differ agree. A part is a
 * member of a sorted set with the time of its last use as score, and a field of a hash with its cost.
 */
const SLIDING = `
local t = redis.call('TIME')
local serverMs = t[1] * 1000 + math.floor(t[2] / 1000)
local function forget(key, windowMs)
  for _, part in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', serverMs - windowMs)) do
    redis.call('HDEL', key .. ':cost', part)
    redis.call('ZREM', key, part)
  end
end
local function sum(key)
  local used = 0
  for _, cost in ipairs(redis.call('HVALS', key .. ':cost')) do used = used + cost end
  return used
end
local function add(key, windowMs, cost)
  local part = math.floor(serverMs / (windowMs / ${PARTS}))
  redis.call('ZADD', key, serverMs, part)
  redis.call('HINCRBY', key .. ':cost', part, cost)
  redis.call('PEXPIRE', key, windowMs * 2)
  redis.call('PEXPIRE', key .. ':cost', windowMs * 2)
end
`;

/** KEYS: blocks, then windows. ARGV: number of blocks; of each window whether it slides, length, cost, ceiling, time until it ends. */
const TAKE = `${SLIDING}
local blocks = tonumber(ARGV[1])
local wait = 0
for k = 1, blocks do wait = math.max(wait, redis.call('PTTL', KEYS[k])) end
local function each(run)
  for k = blocks + 1, #KEYS do
    local at = 2 + (k - blocks - 1) * 5
    run(KEYS[k], ARGV[at] == '1', tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]))
  end
end
each(function(key, slides, windowMs, cost, ceiling, leftMs)
  if slides then
    forget(key, windowMs)
    local over = sum(key) + cost - ceiling
    if over > 0 then
      for _, part in ipairs(redis.call('ZRANGE', key, 0, -1)) do
        over = over - redis.call('HGET', key .. ':cost', part)
        if over <= 0 then
          wait = math.max(wait, redis.call('ZSCORE', key, part) + windowMs - serverMs)
          break
        end
      end
    end
  elseif tonumber(redis.call('GET', key) or '0') + cost > ceiling then
    wait = math.max(wait, leftMs)
  end
end)
if wait > 0 then return wait end
each(function(key, slides, windowMs, cost, ceiling, leftMs)
  if slides then
    add(key, windowMs, cost)
  else
    redis.call('INCRBY', key, cost)
    redis.call('PEXPIRE', key, leftMs + windowMs)
  end
end)
return 0`;

/** KEYS: the window. ARGV: whether it slides, length, what the venue says is used, time until it ends. */
const OBSERVE = `${SLIDING}
local windowMs = tonumber(ARGV[2])
local used = tonumber(ARGV[3])
if ARGV[1] == '1' then
  forget(KEYS[1], windowMs)
  local more = used - sum(KEYS[1])
  if more > 0 then add(KEYS[1], windowMs, more) end
elseif used > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], used, 'PX', ARGV[4] + windowMs)
end
return 0`;

/** KEYS: the block. ARGV: its length. */
const BLOCK = `
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return 0`;

/**
 * Use of a venue's limits counted in one Redis for several processes. Everything of one request is counted in one step, or nothing.
 * Rejects where Redis does not answer in time; the limiter then lets only cancels through. Rejects at once where it cannot be reached.
 */
export async function openRedisRateCounters(options: RedisRateOptions): Promise<RedisRateCounters> {
  const { Redis } = await import('ioredis');
  const { clock, skewMs = () => 0 } = options;
  const redis = new Redis(options.url, {
    lazyConnect: true,
    // A request that waits for Redis to come back would be late: it is refused instead, and may be asked again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.timeoutMs ?? 500,
    connectTimeout: 5_000,
  });
  // Told by the commands that fail; without a listener it would be printed.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    const where = options.url.replace(/\/\/[^@/]*@/, '//');
    throw new Error(`expected a Redis server at ${where}, found none: ${String(error)}`);
  }
  // Braces keep all keys of one name on one node of a cluster.
  const prefix = `tradewright:rate:{${options.name}}`;
  const leftMs = (window: RateWindow): number => {
    const timeMs = clock.nowMs() + skewMs();
    return Math.ceil((Math.floor(timeMs / window.windowMs) + 1) * window.windowMs - timeMs);
  };
  const keyOf = (window: RateWindow): string => {
    const key = `${prefix}:${windowKey(window)}`;
    if (window.kind === 'sliding') return key;
    return `${key}:${Math.floor((clock.nowMs() + skewMs()) / window.windowMs)}`;
  };
  const blockOf = (scope: string): string => `${prefix}:block:${scope}`;
  const slides = (window: RateWindow): string => (window.kind === 'sliding' ? '1' : '0');
  return {
    async take(charges) {
      const blocks = [...new Set(charges.map(({ window }) => blockOf(window.scope)))];
      const counted = charges.filter(({ cost }) => cost > 0);
      const keys = [...blocks, ...counted.map(({ window }) => keyOf(window))];
      const parts = counted.flatMap(({ window, cost, ceiling }) => [
        slides(window),
        window.windowMs,
        cost,
        ceiling,
        leftMs(window),
      ]);
      return Number(await redis.eval(TAKE, keys.length, ...keys, blocks.length, ...parts));
    },
    async observe(window, used) {
      await redis.eval(OBSERVE, 1, keyOf(window), slides(window), window.windowMs, used, leftMs(window));
    },
    async block(scope, forMs) {
      if (forMs > 0) await redis.eval(BLOCK, 1, blockOf(scope), Math.ceil(forMs));
    },
    close: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
