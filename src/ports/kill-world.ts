import type { Clock } from './clock.ts';
import type { Journals } from './journal.ts';
import type { LatchStore } from './latches.ts';
import type { LeaseStore, LeaseTerms } from './lease.ts';
import type { ConnectionKeys, SecretVault } from './secret-vault.ts';
import type { Venues } from './venues.ts';

/** What a kill needs from outside, all of it its own: connections, keys and clock are shared with nobody. Each call opens what is the caller's to close. */
export interface KillWorld {
  readonly clock: Clock;
  /** Names this process for whoever finds its leases. */
  readonly holder: string;
  readonly actor: string;
  readonly terms: LeaseTerms;
  journals(): Promise<Journals>;
  leases(): Promise<LeaseStore>;
  latches(): Promise<LatchStore>;
  /** Closed with the world; it may ask a person for the passphrase. */
  vault(): Promise<SecretVault>;
  /** Keys that were given in the environment; null where there are none. */
  keys(): ConnectionKeys | null;
  readonly venues: Pick<Venues, 'gateway' | 'feed'>;
}
