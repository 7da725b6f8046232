import type { TimeMs } from './time.ts';

/** What a key may do. */
export interface CredentialFacts {
  readonly canTrade: boolean;
  /** Null: the venue does not say, which is not the same as no. */
  readonly canWithdraw: boolean | null;
  /** Null: the venue does not say. */
  readonly ipRestricted: boolean | null;
  readonly expiresAtMs: TimeMs | null;
}
