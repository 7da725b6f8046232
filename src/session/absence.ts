import type { TimeMs } from '../core/vocabulary/time.ts';

/** A venue may work at a request for so long after it came in (Binance: ten seconds). */
export const PROCESSING_MS = 10_000;
/** Beyond everything that is known. */
export const MARGIN_MS = 5_000;
/** Two answers that an order is not known count only so far apart: one replica of a venue may lag. */
export const LOOKUPS_APART_MS = 5_000;

/** What was seen of an order whose fate is unknown. Times are of the venue's clock. */
export interface AbsenceEvidence {
  /** When the venue refuses the request at the latest. */
  readonly validUntilMs: TimeMs;
  /** Answers, after the request had run out, that there is no such order; oldest first. */
  readonly notFoundAtMs: readonly TimeMs[];
  /** The newest complete list of open orders without it; null where there is none. */
  readonly notListedAtMs: TimeMs | null;
  /** The newest complete list of our trades since before it was sent, without one of its own; null where there is none. */
  readonly notTradedAtMs: TimeMs | null;
  /** Since when everything of the account has been told by its stream, or asked for; infinity where some of it has not. */
  readonly coveredSinceMs: TimeMs;
  readonly sentAtMs: TimeMs;
  /** The newest reading of the account that agrees with the books; null where there is none. */
  readonly accountAgreedAtMs: TimeMs | null;
}

/**
 * Whether it is proven that an order never reached the books of its venue; null where it is, else what is missing. All of it must hold:
 * the request has run out and nobody works at it any more; two lookups, far enough apart, know nothing; neither open orders nor trades
 * show it; the account's stream was whole, and what the account holds agrees with the books. Time alone proves nothing.
 */
export function absenceLacks(evidence: AbsenceEvidence): string | null {
  const overMs = evidence.validUntilMs + PROCESSING_MS + MARGIN_MS;
  const lookups = evidence.notFoundAtMs.filter((atMs) => atMs > overMs);
  const [first, last] = [lookups[0], lookups.at(-1)];
  if (first === undefined || last === undefined) return 'a lookup after the request has run out';
  if (last - first < LOOKUPS_APART_MS) return 'a second lookup, five seconds after the first';
  const isAfter = (atMs: TimeMs | null): boolean => atMs !== null && atMs > overMs;
  if (!isAfter(evidence.notListedAtMs)) return 'a list of open orders after the request has run out';
  if (!isAfter(evidence.notTradedAtMs)) return 'a list of trades after the request has run out';
  if (evidence.coveredSinceMs > evidence.sentAtMs) return 'an account stream without a hole since the request';
  if (!isAfter(evidence.accountAgreedAtMs)) return 'a reading of the account that agrees with the books';
  return null;
}
