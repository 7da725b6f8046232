/** What a bucket says of one request. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** Whole requests that are left. */
  readonly remaining: number;
  /** Until the next one is allowed; 0 where this one was. */
  readonly retryAfterMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** More than any honest use has at once; beyond, those that have been idle longest are forgotten. */
const MOST_BUCKETS = 20_000;

/** A token bucket for each name: `capacity` requests at once, then `perSecond`. */
export class TokenBuckets {
  readonly capacity: number;
  readonly #perMs: number;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(capacity: number, perSecond: number) {
    this.capacity = capacity;
    this.#perMs = perSecond / 1000;
  }

  take(name: string, nowMs: number): Allowance {
    const bucket = this.#bucket(name, nowMs);
    bucket.tokens = Math.min(this.capacity, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * this.#perMs);
    bucket.atMs = Math.max(bucket.atMs, nowMs);
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    return {
      isAllowed,
      remaining: Math.floor(bucket.tokens),
      retryAfterMs: isAllowed ? 0 : (1 - bucket.tokens) / this.#perMs,
    };
  }

  #bucket(name: string, nowMs: number): Bucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = { tokens: this.capacity, atMs: nowMs };
      if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
    } else this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

/** Whose bucket an address draws from: itself, or of IPv6 the network of 64 bits, which one subscriber has all of. */
export function bucketName(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const whole = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after];
  return `${whole
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
