import type { TimeMs } from '../core/vocabulary/time.ts';

/** For how long a lease is good. The same for all who contend for it. */
export interface LeaseTerms {
  /** Without a renewal for so long the holder has stopped; 10 s by default. */
  readonly ttlMs: number;
  /** A request that was signed is refused by the venue after so long (its receive window); 2 s by default. */
  readonly validityMs: number;
  /** Furthest that two clocks that matter are apart; 1 s by default. */
  readonly clockErrorMs: number;
}

/** A lease as it stands. `epoch` rises with every new holder and never falls. */
export interface LeaseRow {
  readonly name: string;
  readonly epoch: number;
  readonly holder: string;
  /** How often it was renewed in this epoch. */
  readonly renewals: number;
  readonly renewedAtMs: TimeMs;
  readonly terms: LeaseTerms;
  readonly isReleased: boolean;
}

/** A row and the time of the store that holds it: for telling how old it is. Nobody takes over by this clock alone. */
export interface LeaseView {
  readonly row: LeaseRow | null;
  readonly nowMs: TimeMs;
}

export type LeaseErrorCode = 'unavailable' | 'newer-version';

/** The place that keeps leases, or the way to it, failed. What was asked for may have happened: ask for the row. */
export class LeaseError extends Error {
  override readonly name = 'LeaseError';
  readonly code: LeaseErrorCode;

  constructor(code: LeaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Leases as rows that change by compare-and-set. The store knows no rules of when one may be taken: {@link take} succeeds whenever the row
 * is still the one that was seen. Who may try and when, and when a holder must stop, is `src/durability/held-lease.ts`.
 * Times are of the store's clock. Rejects with {@link LeaseError}.
 */
export interface LeaseStore {
  view(name: string): Promise<LeaseView>;
  /** Makes `holder` the holder of the next epoch if the row is still `seen`, in epoch, renewals and release; null where it is not. */
  take(name: string, seen: LeaseRow | null, holder: string, terms: LeaseTerms): Promise<LeaseRow | null>;
  /** Renews where the row still is of this epoch and holder, and not released; null where it is not. */
  renew(row: LeaseRow): Promise<LeaseRow | null>;
  /** Says that the holder has stopped and nothing that it signed is on its way; false where it was not the holder any more. */
  release(row: LeaseRow): Promise<boolean>;
  close(): Promise<void>;
}

/** The right to trade an account, as long as it lasts. */
export interface AccountLease {
  readonly name: string;
  readonly epoch: number;
  /** Why it is no longer ours; null while it is. To be asked in the very turn in which something leaves. */
  readonly loss: string | null;
  /** Gives it back: only when nothing that was signed under it can still reach the venue. */
  release(): Promise<void>;
}

/** Who may trade which account: one process at a time, wherever it runs. */
export interface AccountLeases {
  /**
   * Takes the lease of an account; waits for a holder that has gone silent, and answers who holds it where one renews it. Rejects with
   * {@link LeaseError}.
   */
  acquire(
    account: string,
    onLost: (loss: string) => void,
  ): Promise<{ readonly lease: AccountLease } | { readonly heldBy: LeaseRow }>;
  /** For how long after its time stamp a request may be good: what was signed under a lost lease is dead after that. */
  readonly validityMs: number;
}
