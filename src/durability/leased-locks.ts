import type { Clock, Timer } from '../ports/clock.ts';
import { LeaseError, type LeaseRow, type LeaseStore } from '../ports/lease.ts';
import type { SessionLock, SessionLocks } from '../ports/session-locks.ts';

/** Who has not renewed for so long runs nothing any more, by the clock of the store. */
export const LOCK_TTL_MS = 10_000;
const RENEW_MS = 2_500;
const TERMS = { ttlMs: LOCK_TTL_MS, validityMs: 0, clockErrorMs: 0 };

export interface LeasedLocksOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  /** Before the names of what is locked: `session`, `task`. */
  readonly kind: string;
  readonly holder: string;
  /** Whether the process of a holder is certainly not running any more (`isProcessGone`). */
  readonly isGone: (holder: string) => boolean;
}

/**
 * Locks as leases in a store that machines share. They tell who runs what, and keep two from beginning the same; what must never happen twice is kept
 * apart by the lease of the account and by the journal's fence, whose terms are stricter.
 */
export function leasedLocks({ store, clock, kind, holder, isGone }: LeasedLocksOptions): SessionLocks {
  const isRun = (row: LeaseRow, nowMs: number): boolean =>
    !row.isReleased && nowMs - row.renewedAtMs < row.terms.ttlMs && !isGone(row.holder);
  return {
    async take(session) {
      const name = `${kind} ${session}`;
      const { row, nowMs } = await store.view(name);
      if (row !== null && isRun(row, nowMs)) return null;
      const mine = await store.take(name, row, holder, TERMS);
      return mine === null ? null : new LeasedLock(store, clock, mine);
    },
    async isHeld(session) {
      const { row, nowMs } = await store.view(`${kind} ${session}`);
      return row !== null && isRun(row, nowMs);
    },
  };
}

/** Renewed until it is given back, or another has it. */
class LeasedLock implements SessionLock {
  readonly #store: LeaseStore;
  readonly #clock: Clock;
  #row: LeaseRow;
  #timer: Timer | null = null;
  #hasEnded = false;
  readonly #lost = new AbortController();
  readonly lost = this.#lost.signal;

  constructor(store: LeaseStore, clock: Clock, row: LeaseRow) {
    this.#store = store;
    this.#clock = clock;
    this.#row = row;
    this.#arm();
  }

  async release(): Promise<void> {
    this.#hasEnded = true;
    this.#timer?.cancel();
    // What cannot be given back ends by itself.
    await this.#store.release(this.#row).catch(() => undefined);
  }

  #arm(): void {
    if (this.#hasEnded) return;
    this.#timer = this.#clock.after(RENEW_MS, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    try {
      const row = await this.#store.renew(this.#row);
      if (row !== null) this.#row = row;
      else if (!this.#hasEnded) {
        this.#hasEnded = true;
        this.#lost.abort();
      }
    } catch (error) {
      if (!(error instanceof LeaseError)) throw error;
    }
    this.#arm();
  }
}
