import { parseDecimal } from '../../core/vocabulary/decimal.ts';
import { type InstrumentDefinition, instrumentSchema } from '../../core/vocabulary/instrument.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { Call } from '../world.ts';

/** Rules by which a venue rejects orders, as people know them. */
const RULES = {
  tick: 'price step',
  lot: 'quantity step',
  minQuantity: 'least quantity',
  maxQuantity: 'largest quantity',
  minNotional: 'least value',
} as const;

/**
 * Warns where a venue has other rules now than those that a session began with and goes on with: the orders that do not fit them are
 * rejected, stops and closes among them, and the reasons of the venue do not say that it is for that.
 */
export async function warnOfChangedRules(
  feed: MarketFeed,
  symbols: readonly string[],
  begun: readonly InstrumentDefinition[],
  call: Call,
): Promise<void> {
  for (const [k, symbol] of symbols.entries()) {
    const change = await changeOf(feed, symbol, begun[k]!);
    if (change !== null)
      call.warn({
        code: 'rules-changed',
        message: `${symbol} at ${feed.venue}: ${change}`,
        hint: 'The session keeps the rules that it began with, and the venue rejects what does not fit its own. To go on by them, close what is held (tradewright kill --level flatten asks for the rules of now) and begin another session.',
      });
  }
}

/** What has changed, in words; null for nothing. */
async function changeOf(feed: MarketFeed, symbol: string, before: InstrumentDefinition): Promise<string | null> {
  let found: InstrumentDefinition | undefined;
  try {
    [found] = await feed.instruments([symbol]);
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    if (error.code !== 'symbol-unknown') return `its rules of now are not known: ${error.message}`;
  }
  if (found === undefined) return 'the venue does not list it any more';
  const [was, is] = [instrumentSchema.parse(before), instrumentSchema.parse(found)];
  const changes = (Object.keys(RULES) as (keyof typeof RULES)[])
    .filter((rule) => parseDecimal(was[rule] ?? '0') !== parseDecimal(is[rule] ?? '0'))
    .map((rule) => `${RULES[rule]} ${was[rule] ?? 'none'} is ${is[rule] ?? 'none'} now`);
  return changes.length === 0 ? null : changes.join(', ');
}
