import { CircuitBreaker } from '../../connectivity/circuit-breaker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RequestLimits } from '../../ports/request-limits.ts';
import { connected, connectRedis, redisPlace } from './connection.ts';

const PREFIX = 'tradewright:requests:';
/** A request waits no longer than this for what counts it. */
const TIMEOUT_MS = 100;
const CONNECT_MS = 500;
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 15_000;

/**
 * KEYS: the bucket. ARGV: capacity, tokens a millisecond. Answers whether one was taken, and what is left in thousandths. By the server's clock, which is
 * one for all; a full bucket need not be remembered.
 */
const TAKE = `
local t = redis.call('TIME')
local nowMs = t[1] * 1000 + t[2] / 1000
local capacity = tonumber(ARGV[1])
local perMs = tonumber(ARGV[2])
local found = redis.call('HMGET', KEYS[1], 't', 'at')
local tokens = tonumber(found[1]) or capacity
local atMs = tonumber(found[2]) or nowMs
tokens = math.min(capacity, tokens + math.max(0, nowMs - atMs) * perMs)
local taken = 0
if tokens >= 1 then
  tokens = tokens - 1
  taken = 1
end
redis.call('HSET', KEYS[1], 't', string.format('%.6f', tokens), 'at', string.format('%.3f', math.max(nowMs, atMs)))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / perMs) + 1000)
return {taken, math.floor(tokens * 1000)}`;

export interface RedisRequestLimitsOptions {
  /** `redis://…`, `rediss://…`, the path of a socket, or `redis-cluster://…`. */
  readonly url: string;
  readonly clock: Clock;
  /** What counts while Redis is away. */
  readonly near: RequestLimits;
  /** Told once when Redis is given up, and once when it is there again. */
  readonly tell: (text: string) => void;
}

/** Buckets in one Redis for all servers. While it does not answer each server counts for itself: more is let through then, and never nothing. */
export async function openRedisRequestLimits(options: RedisRequestLimitsOptions): Promise<RequestLimits> {
  const { url, clock, near, tell } = options;
  const place = redisPlace(url);
  const redis = await connectRedis(place, { timeoutMs: TIMEOUT_MS });
  const breaker = new CircuitBreaker({ clock, failures: 3, openMs: FIRST_OPEN_MS, longestOpenMs: LONGEST_OPEN_MS });
  let isGivenUp = false;
  let connecting: Promise<void> | null = null;
  /** One wait for all that ask meanwhile. */
  const ready = (): Promise<void> => {
    connecting ??= connected(redis, CONNECT_MS).finally(() => {
      connecting = null;
    });
    return connecting;
  };
  return {
    async take(name, size) {
      if (breaker.admit() > 0) return near.take(name, size);
      try {
        if (redis.status !== 'ready') await ready();
        const perMs = size.perSecond / 1000;
        const [taken, thousandths] = (await redis.eval(TAKE, 1, `${PREFIX}${name}`, size.capacity, perMs)) as [
          number,
          number,
        ];
        breaker.succeeded();
        if (isGivenUp) tell(`${place.shown}: requests are counted together again`);
        isGivenUp = false;
        return {
          isAllowed: taken === 1,
          remaining: Math.floor(thousandths / 1000),
          retryAfterMs: taken === 1 ? 0 : (1 - thousandths / 1000) / perMs,
        };
      } catch (error) {
        breaker.failed();
        if (!isGivenUp && breaker.state === 'open') {
          isGivenUp = true;
          const text = error instanceof Error ? error.message : String(error);
          tell(`${place.shown}: does not answer (${text}); each server counts its requests alone`);
        }
        return near.take(name, size);
      }
    },
    async close() {
      redis.disconnect();
      await near.close();
    },
  };
}
