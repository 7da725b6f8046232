import type { TimeMs } from '../../core/vocabulary/time.ts';
import { type ConnectionKeys, type SecretVault, VaultError } from '../../ports/secret-vault.ts';
import { type Standing, standInVenue, standsFor } from '../../ports/stand-in-venue.ts';
import type { Failure } from '../failures.ts';

/** A younger one may be of somebody who is just about to keep what it belongs to. */
const LEFT_AFTER_MS = 60_000;

interface About {
  readonly of: Standing;
  readonly kind: string;
  readonly label: string;
  /** That there is one of this label. */
  readonly taken: Failure;
  /** Whether there is: somebody was asked for the secret meanwhile, and may have taken his time. */
  readonly isTaken: () => Promise<boolean>;
}

/**
 * Keeps a secret in the vault, and then `keep`s what it belongs to, a channel or a provider, made of the secret's id: where that answers false or
 * throws, the secret is forgotten. Throws `taken` where another one of the label is kept, or is just being.
 */
export async function keepWithSecret<T>(
  vault: SecretVault,
  { of, kind, label, taken, isTaken }: About,
  keys: ConnectionKeys,
  nowMs: TimeMs,
  make: (secretId: string) => T,
  keep: (made: T) => Promise<boolean>,
): Promise<T> {
  if (await isTaken()) throw taken;
  // One that was not kept in the end, as the program was ended in between, may have left a secret.
  for (const { id, venue, label: known, revokedAtMs, createdAtMs } of await vault.list()) {
    if (!standsFor(of, venue) || known !== label || revokedAtMs !== null) continue;
    if (nowMs - createdAtMs < LEFT_AFTER_MS) throw taken;
    await vault.revoke(id);
  }
  const { id } = await vault.add({ venue: standInVenue(of, kind), environment: 'live', label }, keys).catch((error) => {
    throw error instanceof VaultError && error.code === 'label-taken' ? taken : error;
  });
  let isKept = false;
  try {
    const made = make(id);
    isKept = await keep(made);
    if (isKept) return made;
  } finally {
    if (!isKept) await vault.revoke(id);
  }
  throw taken;
}
