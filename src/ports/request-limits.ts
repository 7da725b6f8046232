/** What a bucket says of one request. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** Whole requests that are left. */
  readonly remaining: number;
  /** Until the next one is allowed; 0 where this one was. */
  readonly retryAfterMs: number;
}

/** How much a bucket holds, requests at once, and what flows into it. */
export interface BucketSize {
  readonly capacity: number;
  readonly perSecond: number;
}

/** A token bucket for each name, counted together by whoever shares the place. Never rejects: a place that is away is replaced by this process's own count. */
export interface RequestLimits {
  take(name: string, size: BucketSize): Promise<Allowance>;
  close(): Promise<void>;
}
