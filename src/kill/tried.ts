import type { Clock } from '../ports/clock.ts';
import { JournalError } from '../ports/journal.ts';
import { LatchError } from '../ports/latches.ts';
import { LeaseError } from '../ports/lease.ts';
import { VaultError } from '../ports/secret-vault.ts';
import { VenueError } from '../ports/venue-error.ts';
import { within } from './pass.ts';

/** A database that answers answers within this. */
const PLACE_MS = 5_000;
/** A person who types a passphrase. */
export const PERSON_MS = 120_000;

/** What `work` answers; null, and a fault, where a place or a venue refuses or takes too long. */
export async function tried<T>(
  what: string,
  work: () => Promise<T>,
  clock: Clock,
  faults: string[],
  longestMs = PLACE_MS,
): Promise<T | null> {
  try {
    const value = await within(clock, longestMs, work());
    if (value === null) faults.push(`${what}: no answer within ${longestMs / 1000} s`);
    return value;
  } catch (error) {
    const isKnown = [JournalError, LatchError, LeaseError, VaultError, VenueError].some(
      (kind) => error instanceof kind,
    );
    // A file that is not there or not ours is such a refusal, too.
    if (!isKnown && !(error instanceof Error && ('code' in error || 'errcode' in error))) throw error;
    faults.push(`${what}: ${(error as Error).message}`);
    return null;
  }
}
