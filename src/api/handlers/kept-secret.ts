import type { ConnectionKeys, SecretVault } from '../../ports/secret-vault.ts';
import { type Standing, standInVenue, standsFor } from '../../ports/stand-in-venue.ts';

/** Keeps the secret of what is about to be, a channel or a provider; answers its id in the vault. */
export async function keepSecret(
  vault: SecretVault,
  of: Standing,
  { kind, label }: { readonly kind: string; readonly label: string },
  keys: ConnectionKeys,
): Promise<string> {
  // One that was not kept in the end, as the program was ended in between, may have left a secret.
  for (const { id, venue, label: known, revokedAtMs } of await vault.list())
    if (standsFor(of, venue) && known === label && revokedAtMs === null) await vault.revoke(id);
  return (await vault.add({ venue: standInVenue(of, kind), environment: 'live', label }, keys)).id;
}
