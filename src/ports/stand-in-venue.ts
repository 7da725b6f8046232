import type { ConnectionInfo, SecretVault } from './secret-vault.ts';

/**
 * Secrets of channels and of providers lie in the vault beside those of accounts, as connections to what stands for a venue: `notify-slack`,
 * `provider-xai`.
 */
const STANDING = ['notify', 'provider'] as const;
export type Standing = (typeof STANDING)[number];

export const standInVenue = (of: Standing, kind: string): string => `${of}-${kind}`;
export const standsFor = (of: Standing, venue: string): boolean => venue.startsWith(`${of}-`);

/** Whether a connection is one to a venue. */
export const isAccount = ({ venue }: Pick<ConnectionInfo, 'venue'>): boolean =>
  !STANDING.some((of) => standsFor(of, venue));

/** Connections to venues, revoked ones too. */
export async function accountsOf(vault: Pick<SecretVault, 'list'>): Promise<readonly ConnectionInfo[]> {
  return (await vault.list()).filter(isAccount);
}
