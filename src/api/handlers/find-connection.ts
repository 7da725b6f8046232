import type { ConnectionInfo, SecretVault } from '../../ports/secret-vault.ts';
import { accountsOf } from '../../ports/stand-in-venue.ts';
import { Failure } from '../failures.ts';

/** The connection of a label or an id that can be used. Rejects with {@link Failure} `account-unknown` or `account-revoked`. */
export async function findConnection(vault: SecretVault, name: string): Promise<ConnectionInfo> {
  const all = await accountsOf(vault);
  const named = all.filter(({ label, id }) => label === name || id === name);
  const [usable, other] = named.filter(isUsable);
  const known = all.filter(isUsable).map(({ label }) => label);
  if (usable === undefined) {
    if (named.length > 0) throw new Failure('account-revoked', `account ${name} was revoked; its keys are gone`);
    const there = known.length === 0 ? 'none yet' : known.join(', ');
    throw new Failure('account-unknown', `there is no account ${name}; there are: ${there}`, {
      ...(known.length === 0 ? { hint: 'Add one with tradewright account add.' } : {}),
      details: { expected: known },
    });
  }
  if (other === undefined) return usable;
  throw new Failure('account-unknown', `several accounts are called ${name}`, {
    hint: `Name one by its id: ${named
      .filter(isUsable)
      .map((each) => `${each.id} (${each.venue} ${each.environment})`)
      .join(', ')}.`,
  });
}

/** Accounts whose keys are kept. */
export async function usableAccounts(vault: Pick<SecretVault, 'list'>): Promise<readonly ConnectionInfo[]> {
  return (await accountsOf(vault)).filter(isUsable);
}

export function isUsable({ revokedAtMs }: ConnectionInfo): boolean {
  return revokedAtMs === null;
}
