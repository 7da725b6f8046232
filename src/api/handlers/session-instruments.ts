import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Timeframe } from '../../core/vocabulary/time.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { Failure } from '../failures.ts';
import { failureOf } from './failure-of.ts';
import type { SessionAbout } from './session-about.ts';

/** Rules of the symbols, in their order. A symbol that the venue does not have is said before anything is subscribed. */
export async function instrumentsOf(
  feed: MarketFeed,
  symbols: readonly string[],
): Promise<readonly InstrumentDefinition[]> {
  const all = await feed.instruments(symbols).catch((error: unknown) => {
    if (!(error instanceof VenueError) || error.code !== 'symbol-unknown') throw error;
    const { message, hint, details } = failureOf(error);
    throw new Failure('symbol-unknown', message, { hint, details: { ...details, field: 'symbols' }, cause: error });
  });
  const rules = new Map(all.map((rule) => [rule.id.slice(rule.id.indexOf(':') + 1), rule]));
  const unknown = symbols.filter((symbol) => !rules.has(symbol));
  if (unknown.length > 0)
    throw new Failure('symbol-unknown', `${feed.venue} has no ${unknown.join(', ')}`, {
      hint: 'Write the symbol as the venue does, e.g. BTCUSDT.',
      details: { field: 'symbols', found: unknown },
    });
  return symbols.map((symbol) => rules.get(symbol)!);
}

/** Throws {@link Failure} `venue-refused` where the venue has no such bars, before anything is subscribed. */
export function requireBars({ venue, channels, timeframes }: MarketFeed, timeframe: Timeframe): void {
  if (!channels.includes('bars') || timeframes === undefined || timeframes.includes(timeframe)) return;
  throw new Failure('venue-refused', `${venue} has no bars of ${timeframe}`, {
    hint: `It has ${timeframes.join(', ')}; a strategy may ask for longer ones of its own, which are made of these.`,
    details: { field: 'timeframe', found: timeframe, expected: timeframes },
  });
}

/** The symbols with the rules that the session began with; one that it did not begin with is left for the comparison to name. */
export function instrumentsAsBegun(
  began: SessionAbout,
  feed: MarketFeed,
  symbols: readonly string[],
): readonly InstrumentDefinition[] {
  const first = began.feeds[0]!.instrument;
  return symbols.map(
    (symbol) =>
      began.feeds.find(({ instrument }) => instrument.id.endsWith(`:${symbol}`))?.instrument ?? {
        ...first,
        id: `${feed.venue}:${symbol}`,
      },
  );
}
