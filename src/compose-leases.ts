import { isProcessGone, processIdentity } from './adapters/system/process-identity.ts';
import { acquireLease, LEASE_TERMS } from './durability/held-lease.ts';
import type { Clock } from './ports/clock.ts';
import type { AccountLeases } from './ports/lease.ts';
import type { StatePlace } from './state-place.ts';

/** Leases of accounts where the state of this installation lies: all programs that share it contend for them. */
export function accountLeases(place: Pick<StatePlace, 'leases'>, clock: Clock): AccountLeases {
  return {
    validityMs: LEASE_TERMS.validityMs,
    async acquire(account, onLost) {
      const store = await place.leases();
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
