import { processIdentity } from './adapters/system/process-identity.ts';
import { LEASE_TERMS } from './durability/held-lease.ts';
import type { Clock } from './ports/clock.ts';
import type { KillWorld } from './ports/kill-world.ts';
import type { AskSecret, ConnectionKeys, Vaults } from './ports/secret-vault.ts';
import type { Venues } from './ports/venues.ts';
import type { StatePlace } from './state-place.ts';

export interface KillParts {
  readonly clock: Clock;
  readonly state: StatePlace;
  readonly vaults: Pick<Vaults, 'open'>;
  readonly venues: Pick<Venues, 'gateway' | 'feed'>;
  readonly actor: string;
  readonly venueKeys: () => ConnectionKeys | null;
  readonly askSecret: AskSecret | null;
}

/** What a kill needs from outside; it opens its own connections with each call. */
export function killWorld({ clock, state, vaults, venues, actor, venueKeys, askSecret }: KillParts): KillWorld {
  return {
    ...{ clock, actor, venues, holder: processIdentity(), terms: LEASE_TERMS },
    journals: () => state.journals(),
    leases: () => state.leases(),
    latches: () => state.latches(),
    vault: () => vaults.open(askSecret),
    keys: venueKeys,
  };
}
