import { objectionsTo, standingObjections } from '../../core/risk/credential-objections.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { AccountSink } from '../../ports/exchange-gateway.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';

const IGNORE = (): void => {};
/** A check asks; what the account's stream tells meanwhile is of no interest. */
const DEAF: AccountSink = {
  ...{ order: IGNORE, fill: IGNORE, balance: IGNORE, position: IGNORE, funding: IGNORE },
  ...{ liquidation: IGNORE, resumed: IGNORE, anomaly: IGNORE },
};

export async function accountCheck(input: Input<'account-check'>, world: World): Promise<Output<'account-check'>> {
  const key = world.venueKey();
  if (key === null)
    throw new Failure('key-missing', `no key for ${input.venue}`, { details: { field: 'venue', found: input.venue } });
  const gateway = await world.venues.gateway(input.venue, key);
  try {
    const facts = await gateway.connect(DEAF);
    const objections = objectionsTo(facts, world.clock.nowMs());
    const standing = standingObjections(objections, input.accept);
    if (standing.length > 0)
      throw new Failure('key-unfit', `${gateway.venue}: ${standing.map((o) => o.message).join('; ')}`, {
        hint: hintOf(standing.flatMap(({ words }) => words ?? [])),
        details: { venue: gateway.venue, reasons: standing.map(({ code }) => code) },
      });
    const [balances, positions, open] = await Promise.all([
      gateway.balances(),
      gateway.positions(),
      gateway.openOrders(),
    ]);
    const skew = gateway.clockSkew;
    return {
      venue: gateway.venue,
      canTrade: facts.canTrade,
      canWithdraw: facts.canWithdraw,
      ipRestricted: facts.ipRestricted,
      expiresAt: facts.expiresAtMs === null ? null : formatTime(facts.expiresAtMs),
      clockSkewMs: skew?.skewMs ?? null,
      clockUncertaintyMs: skew?.uncertaintyMs ?? null,
      balances: balances.map(({ asset, free, locked }) => ({ asset, free, locked })),
      positions: positions.map(({ symbol, positionSide, quantity, entryPrice }) => ({
        ...{ symbol, side: positionSide, quantity, entryPrice },
      })),
      openOrders: open.length,
      accepted: objections.filter((each) => !standing.includes(each)).map(({ code, message }) => ({ code, message })),
    };
  } finally {
    await gateway.close();
  }
}

function hintOf(words: readonly string[]): string {
  const make = 'Make a key at the venue that may trade, may not withdraw and is bound to this address';
  if (words.length === 0) return `${make}.`;
  return `${make}; or take it upon yourself: ${words.map((text) => `--accept "${text}"`).join(' ')}`;
}
