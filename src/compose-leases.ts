import { isProcessGone, processIdentity } from './adapters/system/process-identity.ts';
import { acquireLease, LEASE_TERMS } from './durability/held-lease.ts';
import type { Clock } from './ports/clock.ts';
import type { AccountLeases } from './ports/lease.ts';

/** Leases of accounts in the home database: all programs of this installation contend for them. */
export function accountLeases(homePath: string, clock: Clock): AccountLeases {
  return {
    validityMs: LEASE_TERMS.validityMs,
    async acquire(account, onLost) {
      const { openSqliteLeaseStore } = await import('./adapters/sqlite/lease-store.ts');
      const store = openSqliteLeaseStore(homePath, clock);
      try {
        const outcome = await acquireLease({
          ...{ store, clock, name: account, holder: processIdentity(), isGone: isProcessGone, onLost },
        });
        if (!outcome.isGranted) {
          await store.close();
          return { heldBy: outcome.row };
        }
        const { lease } = outcome;
        return {
          lease: {
            name: lease.name,
            epoch: lease.epoch,
            get loss() {
              return lease.loss;
            },
            async release() {
              await lease.release();
              await store.close();
            },
          },
        };
      } catch (error) {
        await store.close();
        throw error;
      }
    },
  };
}
