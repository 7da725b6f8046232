/**
 * Interest on borrowed money (spot margin).
 *
 * ASSUMPTIONS
 * 1. `hourly` (Binance): each hour begun costs 1/24 of the daily rate
 *    (https://www.binance.com/en/support/faq/detail/360030157812).
 * 2. `four-hourly` (Kraken): the rate is due once on opening and once for each four hours begun after
 *    (https://support.kraken.com/articles/206161568).
 * 3. Interest of one term is simple: it is not itself borrowed. Who pays it out of what stands behind a loan borrows it from then on (`borrowed.ts`).
 * 4. The rate stands still while the loan does. Venues change it hourly.
 * 5. Rounded up to the quantum.
 */
import { assertNever } from '../vocabulary/assert.ts';
import { multiply, multiplyDivide } from '../vocabulary/integer.ts';
import { RATE_SCALE } from './rate.ts';

export const INTEREST_RULES = ['hourly', 'four-hourly'] as const;
export type InterestRule = (typeof INTEREST_RULES)[number];

const HOUR_MS = 3_600_000;

/**
 * Interest in quanta on a loan held for `heldMs`.
 *
 * @param rate in units of 1e-8: per day for `hourly`, per four hours (and for opening) for `four-hourly`
 */
export function marginInterest(rule: InterestRule, borrowedQuanta: number, rate: number, heldMs: number): number {
  switch (rule) {
    case 'hourly': {
      const hours = Math.ceil(heldMs / HOUR_MS);
      return multiplyDivide(borrowedQuanta, multiply(rate, hours, 'rate × hours'), RATE_SCALE * 24, 'ceil');
    }
    case 'four-hourly': {
      const terms = 1 + Math.ceil(heldMs / (4 * HOUR_MS));
      return multiplyDivide(borrowedQuanta, multiply(rate, terms, 'rate × terms'), RATE_SCALE, 'ceil');
    }
    default:
      return assertNever(rule, 'interest rule');
  }
}
