import type { KillLevel } from '../core/vocabulary/commands.ts';
import type { Environment } from '../ports/secret-vault.ts';
import type { GivenPosition } from './flattenings.ts';
import type { AccountKilled } from './kill-account.ts';

/** What a kill is about. */
export type KillPlace =
  /** Every account of a live session. */
  | { readonly kind: 'system' }
  /** By label or id: everything that it has open. */
  | { readonly kind: 'account'; readonly account: string }
  /** Their accounts are latched, their own orders go. */
  | { readonly kind: 'sessions'; readonly names: readonly string[] }
  /** The own orders of every session that runs it. */
  | { readonly kind: 'strategy'; readonly strategy: string }
  /** `VENUE:SYMBOL`: everything on its symbol, in every account of a session that trades it. */
  | { readonly kind: 'instrument'; readonly instrument: string };

export interface KillRequest {
  readonly level: KillLevel;
  readonly reason: string;
  readonly place: KillPlace;
  /** An account that is known by its keys in the environment alone: for when the vault cannot be read. */
  readonly direct?: { readonly venue: string; readonly environment: Environment };
  /** These symbols alone. */
  readonly symbols?: readonly string[];
  /** What is held, where no journal can tell: spot alone needs it. */
  readonly positions?: readonly GivenPosition[];
  /** As a fraction. */
  readonly collar: number;
  /** For canceling, and for closing, each. */
  readonly patienceMs: number;
  /** Only what adds risk is canceled; what reduces a position stays. */
  readonly sparesExits?: boolean;
  /** What the latch says, where it is not the level; null where it is written already. */
  readonly latchLevel?: KillLevel | null;
}

/** What the latch says now, or why it could not be written. */
export type LatchWritten =
  | { readonly written: true; readonly scope: string; readonly target: string; readonly level: KillLevel | null }
  | { readonly written: false; readonly why: string };

export interface KilledAccount extends AccountKilled {
  readonly account: string;
  readonly venue: string;
  readonly environment: Environment;
  readonly sessions: readonly string[];
}

/**
 * Who has the right to trade an account that only the latch holds: `renews` it, and so heeds the latch; `nobody`; `deposed`, as it did not renew it
 * and might wake up; or it could not be told.
 */
export interface HolderSeen {
  readonly account: string;
  readonly state: 'renews' | 'nobody' | 'deposed' | 'unknown';
  readonly holder: string | null;
}

export interface KillReport {
  readonly level: KillLevel;
  readonly latches: readonly LatchWritten[];
  readonly accounts: readonly KilledAccount[];
  /** Of levels below cancel-all, which need nothing of the venue. */
  readonly holders: readonly HolderSeen[];
  /** What could not be read or reached, and so was left out. */
  readonly faults: readonly string[];
  /** Whether every account that was meant is proven to be as the level demands. */
  readonly verified: boolean;
  /** Since the beginning; null where nothing was canceled. */
  readonly lastCancelMs: number | null;
  readonly elapsedMs: number;
}

/** What is meant is not there: nothing was done. */
export class KillPlaceUnknown extends Error {
  override readonly name = 'KillPlaceUnknown';
}
