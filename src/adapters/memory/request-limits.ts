import type { Clock } from '../../ports/clock.ts';
import type { Allowance, BucketSize, RequestLimits } from '../../ports/request-limits.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

/** More than any honest use has at once; beyond, those that have been idle longest are forgotten. */
const MOST_BUCKETS = 40_000;

/** Buckets of this process alone. */
export class MemoryRequestLimits implements RequestLimits {
  readonly #clock: Clock;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(name: string, size: BucketSize): Promise<Allowance> {
    return this.draw(name, size);
  }

  draw(name: string, { capacity, perSecond }: BucketSize): Allowance {
    const nowMs = this.#clock.elapsedMs();
    const perMs = perSecond / 1000;
    const bucket = this.#bucket(name, capacity, nowMs);
    bucket.tokens = Math.min(capacity, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * perMs);
    bucket.atMs = Math.max(bucket.atMs, nowMs);
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    return {
      isAllowed,
      remaining: Math.floor(bucket.tokens),
      retryAfterMs: isAllowed ? 0 : (1 - bucket.tokens) / perMs,
    };
  }

  async close(): Promise<void> {}

  #bucket(name: string, capacity: number, nowMs: number): Bucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = { tokens: capacity, atMs: nowMs };
      if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
    } else this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    return bucket;
  }
}
