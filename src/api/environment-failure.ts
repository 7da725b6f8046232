import type { Environment } from '../ports/secret-vault.ts';
import type { VenueFacts } from '../ports/venues.ts';
import { Failure } from './failures.ts';

/** A venue that has no accounts in an environment. */
export function environmentFailure({ title, environments }: VenueFacts, found: Environment): Failure {
  if (environments.length === 0)
    return new Failure('venue-refused', `${title} does not trade`, { hint: 'tradewright venues lists those that do.' });
  const [first] = environments;
  return new Failure('venue-refused', `${title} has no ${found} accounts: expected ${environments.join(' or ')}`, {
    hint: found === 'testnet' ? 'Try out orders at the local exchange: tradewright exchange.' : `Give --env ${first}.`,
    details: { field: 'env', found, expected: environments },
  });
}
