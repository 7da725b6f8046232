import type { Clock, Timer } from '../ports/clock.ts';
import { LeaseError, type LeaseRow, type LeaseStore, type LeaseTerms } from '../ports/lease.ts';

/** Another may change the row between looking and taking. */
const TRIES = 20;

/** A lease that was taken away from whoever had it, and is kept until it is given back. */
export interface RevokedLease {
  /** Who had it; null where nobody did. */
  readonly from: LeaseRow | null;
  /** Lets the next holder take it without waiting: when nothing that was signed can reach the venue any more. */
  giveBack(): Promise<void>;
  /** Lets it run out by itself. */
  abandon(): void;
}

/**
 * Takes a lease away from its holder at once, without waiting for it: from then on the journal takes no intent of the old holder, and its
 * next renewal tells it that it has lost. What it had signed before runs out at the venue by itself. Rejects with {@link LeaseError}.
 */
export async function revokeLease(
  store: LeaseStore,
  clock: Clock,
  name: string,
  holder: string,
  terms: LeaseTerms,
): Promise<RevokedLease> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { row } = await store.view(name);
    const mine = await store.take(name, row, holder, terms);
    if (mine !== null) return kept(store, clock, mine, row?.isReleased === false ? row : null);
  }
  throw new LeaseError('unavailable', `${name}: others kept changing it`);
}

function kept(store: LeaseStore, clock: Clock, row: LeaseRow, from: LeaseRow | null): RevokedLease {
  let timer: Timer | null = null;
  const renew = (): void => {
    timer = clock.after(row.terms.ttlMs / 3, () => {
      // Whoever takes it from us finds the latch.
      store.renew(row).then(
        (renewed) => (renewed === null ? undefined : renew()),
        () => renew(),
      );
    });
  };
  renew();
  const end = (): void => timer?.cancel();
  return {
    from,
    abandon: end,
    async giveBack() {
      end();
      await store.release(row);
    },
  };
}
