import { type AccountLease, LeaseError } from '../../ports/lease.ts';
import type { Call } from '../world.ts';

/** Lets others trade the account. Where that cannot be written, as on a full disk, the right runs out by itself, and what ended the session is told. */
export async function releaseLease(lease: AccountLease, call: Call): Promise<void> {
  try {
    await lease.release();
  } catch (error) {
    if (!(error instanceof LeaseError)) throw error;
    call.warn({
      code: 'lease-not-released',
      message: `the right to trade the account could not be given back: ${error.message}`,
      hint: 'It runs out by itself within seconds.',
    });
  }
}
