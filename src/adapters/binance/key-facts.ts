import { z } from 'zod';
import type { CredentialFacts } from '../../ports/exchange-gateway.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { BinanceRest } from './rest-client.ts';
import { timeMs } from './wire-values.ts';

/** `GET /sapi/v1/account/apiRestrictions`: what the key itself may do, which no account endpoint tells. */
const restrictions = z.object({
  ipRestrict: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableSpotAndMarginTrading: z.boolean().optional(),
  enableFutures: z.boolean().optional(),
  tradingAuthorityExpirationTime: timeMs.optional(),
});

/**
 * What the key may do. Where the endpoint does not exist, as on the test networks, or answers something else, the facts are null: not known,
 * which is not the same as harmless. `rest` must speak to the spot host; null where there is none.
 */
export async function keyFacts(
  rest: BinanceRest | null,
  trades: 'enableSpotAndMarginTrading' | 'enableFutures',
  accountCanTrade: boolean,
): Promise<CredentialFacts> {
  const unknown = { canTrade: accountCanTrade, canWithdraw: null, ipRestricted: null, expiresAtMs: null };
  if (rest === null) return unknown;
  try {
    const found = await rest.read({ path: '/sapi/v1/account/apiRestrictions', weight: 1 }, restrictions);
    return {
      canTrade: accountCanTrade && (found[trades] ?? true),
      canWithdraw: found.enableWithdrawals,
      ipRestricted: found.ipRestrict,
      expiresAtMs: found.tradingAuthorityExpirationTime ?? null,
    };
  } catch (error) {
    if (error instanceof VenueError && error.code === 'answer-unreadable') return unknown;
    throw error;
  }
}
