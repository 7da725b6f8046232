import type { Clock } from '../ports/clock.ts';
import type { BookView, FeedSink, MarketFeed } from '../ports/market-feed.ts';
import { pass } from './pass.ts';

/** The best prices of a venue, with what is offered there. */
export interface Quote {
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

/** Best prices as they are now; null where nobody knows them: then nothing is sold into the dark. */
export interface Quotes {
  of(symbol: string): Promise<Quote | null>;
  close(): Promise<void>;
}

/** For the first word about a symbol. */
const PATIENCE_MS = 8_000;
const LOOK_MS = 50;

interface Watched {
  readonly ids: readonly number[];
  quote: Quote | null;
}

/** The best prices that a feed tells, by its books and its quotes, whichever speaks last; only while the feed itself is sure of them. */
export function feedQuotes(feed: MarketFeed, clock: Clock): Quotes {
  const watched = new Map<string, Watched>();
  const watch = (symbol: string): Watched => {
    const known = watched.get(symbol);
    if (known !== undefined) return known;
    const made: { ids: readonly number[]; quote: Quote | null } = { ids: [], quote: null };
    const sink = quoteSink((quote) => {
      made.quote = quote;
    });
    made.ids = (['depth', 'quotes'] as const)
      .filter((channel) => feed.channels.includes(channel))
      .map((channel) => feed.subscribe({ channel, symbol }, sink));
    watched.set(symbol, made);
    return made;
  };
  const isLive = ({ ids }: Watched): boolean =>
    feed.health().subscriptions.some(({ id, state }) => state === 'live' && ids.includes(id));
  return {
    async of(symbol) {
      const each = watch(symbol);
      const endMs = clock.elapsedMs() + PATIENCE_MS;
      while (each.quote === null || !isLive(each)) {
        if (clock.elapsedMs() >= endMs) return null;
        await pass(clock, LOOK_MS);
      }
      return each.quote;
    },
    close: () => feed.close(),
  };
}

const IGNORE = (): void => {};

function quoteSink(told: (quote: Quote) => void): FeedSink {
  const tell = (bid: number, bidQuantity: number, ask: number, askQuantity: number): void => {
    if (bid > 0 && ask > bid) told({ bid, bidQuantity, ask, askQuantity });
  };
  return {
    ...{ trade: IGNORE, bar: IGNORE, mark: IGNORE, gap: IGNORE, anomaly: IGNORE },
    quote: (_id, _event, _received, _update, ...prices) => tell(...prices),
    depth: (_id, _event, _received, { bids, asks }: BookView) => {
      if (bids.count > 0 && asks.count > 0) tell(bids.price[0]!, bids.quantity[0]!, asks.price[0]!, asks.quantity[0]!);
    },
  };
}
