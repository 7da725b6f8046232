import type { CredentialFacts } from '../vocabulary/credential.ts';
import { DAY_MS, formatTime, type TimeMs } from '../vocabulary/time.ts';

export type ObjectionCode =
  | 'cannot-trade'
  | 'expired'
  | 'may-withdraw'
  | 'withdrawal-unknown'
  | 'any-address'
  | 'address-unknown'
  | 'expires-soon';

/** Why a key should not trade real money. */
export interface Objection {
  readonly code: ObjectionCode;
  readonly message: string;
  /** What must be said, word for word, to trade with it nevertheless; null where nothing helps. */
  readonly words: string | null;
}

const SOON_MS = 7 * DAY_MS;

/**
 * Objections to real orders under a key. A stolen key that may only trade, from one address, is worth little; one that may withdraw is worth
 * the account. What the venue does not tell counts as the worse case, and may be taken upon oneself in words.
 */
export function objectionsTo(facts: CredentialFacts, nowMs: TimeMs): readonly Objection[] {
  const found: Objection[] = [];
  const object = (code: ObjectionCode, message: string, words: string | null): void =>
    void found.push({ code, message, words });
  if (!facts.canTrade) object('cannot-trade', 'the key may not place orders', null);
  const { expiresAtMs } = facts;
  if (expiresAtMs !== null && expiresAtMs <= nowMs)
    object('expired', `the key's right to trade ended at ${formatTime(expiresAtMs)}`, null);
  else if (expiresAtMs !== null && expiresAtMs - nowMs < SOON_MS)
    object(
      'expires-soon',
      `the key's right to trade ends at ${formatTime(expiresAtMs)}`,
      'this key expires within a week',
    );
  if (facts.canWithdraw === true) object('may-withdraw', 'the key may withdraw funds', 'this key may withdraw');
  else if (facts.canWithdraw === null)
    object(
      'withdrawal-unknown',
      'the venue does not tell whether the key may withdraw funds',
      'I have seen that this key may not withdraw',
    );
  if (facts.ipRestricted === false)
    object('any-address', 'the key works from any address', 'this key works from any address');
  else if (facts.ipRestricted === null)
    object(
      'address-unknown',
      'the venue does not tell whether the key is bound to an address',
      'I have seen that this key is bound to my address',
    );
  return found;
}

/** Objections that stand when these words have been said. Case and spaces at the ends do not matter; every word does. */
export function standingObjections(objections: readonly Objection[], said: readonly string[]): readonly Objection[] {
  const plain = (text: string): string => text.trim().toLowerCase();
  const heard = new Set(said.map(plain));
  return objections.filter(({ words }) => words === null || !heard.has(plain(words)));
}
