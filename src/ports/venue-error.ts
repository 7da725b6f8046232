/**
 * Every way in which a venue can say no, as a closed union; an adapter maps each code of its venue to one of these. `proof`: the venue
 * certainly did not carry the request out. `retryable`: a read may be asked again later; an order is never sent again by itself.
 */
export const VENUE_ERRORS = {
  'unknown-order': { proof: true, retryable: false },
  'duplicate-order': { proof: true, retryable: false },
  'insufficient-balance': { proof: true, retryable: false },
  'filter-violated': { proof: true, retryable: false },
  'post-only-would-take': { proof: true, retryable: false },
  'would-trigger-immediately': { proof: true, retryable: false },
  'reduce-only-rejected': { proof: true, retryable: false },
  'market-closed': { proof: true, retryable: true },
  'trading-not-permitted': { proof: true, retryable: false },
  'symbol-unknown': { proof: true, retryable: false },
  'too-many-orders': { proof: true, retryable: true },
  'order-refused': { proof: true, retryable: false },
  'request-invalid': { proof: true, retryable: false },
  'signature-invalid': { proof: true, retryable: false },
  'clock-skewed': { proof: true, retryable: true },
  'key-invalid': { proof: true, retryable: false },
  'ip-not-allowed': { proof: true, retryable: false },
  'rate-limited': { proof: true, retryable: true },
  banned: { proof: true, retryable: true },
  unsupported: { proof: true, retryable: false },
  /** Never left this machine: the circuit breaker is open, our own limiter refused, or no connection was made. */
  'not-sent': { proof: true, retryable: true },
  unavailable: { proof: false, retryable: true },
  timeout: { proof: false, retryable: true },
  /** An answer that this adapter cannot read or does not know. */
  'answer-unreadable': { proof: false, retryable: false },
} as const satisfies Record<string, { readonly proof: boolean; readonly retryable: boolean }>;

export type VenueErrorCode = keyof typeof VENUE_ERRORS;

/** A venue, or the way to it, failed a request. */
export class VenueError extends Error {
  override readonly name = 'VenueError';
  readonly code: VenueErrorCode;
  readonly venue: string;
  /** What the venue itself said, never with a key or signature in it. */
  readonly venueCode: string | null;
  /** When asking again is allowed, in ms from now; null where the venue does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: VenueErrorCode,
    venue: string,
    message: string,
    options: { readonly venueCode?: string; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.venue = venue;
    this.venueCode = options.venueCode ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  /** Whether it is certain that the request was not carried out. */
  get isProof(): boolean {
    return VENUE_ERRORS[this.code].proof;
  }

  get isRetryable(): boolean {
    return VENUE_ERRORS[this.code].retryable;
  }
}
