import type { ConnectionInfo, SecretVault } from '../ports/secret-vault.ts';

const PREFIX = 'notify-';

/** Secrets of channels lie in the vault beside those of accounts, as connections to what stands for a venue. */
export const notifierVenue = (kind: string): string => `${PREFIX}${kind}`;
export const isNotifierVenue = (venue: string): boolean => venue.startsWith(PREFIX);

/** Connections to venues, without those of channels. */
export async function accountsOf(vault: SecretVault): Promise<readonly ConnectionInfo[]> {
  return (await vault.list()).filter(({ venue }) => !isNotifierVenue(venue));
}
