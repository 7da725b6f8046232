import { formatTime } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FeedChannel, FeedRequest, MarketFeed } from '../../ports/market-feed.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { pause } from './pause.ts';
import { WatchedMarket } from './watched-market.ts';

/** Between two updates: often enough to look alive, seldom enough to be read. */
const UPDATE_MS = 500;

export async function watch(input: Input<'watch'>, world: World, call: Call): Promise<Output<'watch'>> {
  const { clock } = world;
  const feed = await world.venues.feed(input.venue);
  const file = input.record ?? null;
  const recorder = file === null ? null : await world.recordings.create(world.files.resolve(file), clock.nowMs());
  const market = new WatchedMarket(input.symbols, recorder);
  const startMs = clock.elapsedMs();
  try {
    const rules = await rulesOf(feed, input.symbols);
    for (const request of requestsOf(feed, input)) {
      const id = feed.subscribe(request, market);
      market.subscribed({ id, venue: feed.venue, request, instrument: rules.get(request.symbol) ?? null });
    }
    const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
    while (!call.stop.aborted && clock.elapsedMs() < endMs) {
      await pause(clock, Math.min(UPDATE_MS, endMs - clock.elapsedMs()), call.stop);
      call.update(view(feed, market, clock, recorder?.rows ?? 0));
    }
    const health = feed.health();
    return {
      venue: feed.venue,
      seconds: (clock.elapsedMs() - startMs) / 1000,
      messages: health.subscriptions.reduce((sum, s) => sum + s.messages, 0),
      gaps: health.subscriptions.reduce((sum, s) => sum + s.gaps, 0),
      anomalies: market.anomalies(),
      recording: file === null ? null : { file, rows: recorder!.rows },
      symbols: market.lines(health),
    };
  } finally {
    await feed.close();
    await recorder?.close();
  }
}

/** What is watched: of the channels that the venue has, those that show something. */
function requestsOf(feed: MarketFeed, input: Input<'watch'>): readonly FeedRequest[] {
  const wanted: FeedChannel[] = ['trades', 'quotes', 'bars', 'mark', ...(input.depth ? ['depth' as const] : [])];
  const channels = wanted.filter((channel) => feed.channels.includes(channel));
  if (input.depth && !channels.includes('depth')) {
    throw new Failure('venue-refused', `${feed.venue} has no order books`, { hint: 'Watch without --depth.' });
  }
  return input.symbols.flatMap((symbol) =>
    channels.map((channel) =>
      channel === 'bars' ? { channel, symbol, timeframe: input.timeframe } : { channel, symbol },
    ),
  );
}

/** Rules of the symbols. A symbol that the venue does not have is said before anything is subscribed. */
async function rulesOf(feed: MarketFeed, symbols: readonly string[]) {
  const rules = new Map(
    (await feed.instruments(symbols)).map((definition) => [
      definition.id.slice(definition.id.indexOf(':') + 1),
      definition,
    ]),
  );
  const unknown = symbols.filter((symbol) => !rules.has(symbol));
  if (unknown.length > 0)
    throw new Failure('symbol-unknown', `${feed.venue} has no ${unknown.join(', ')}`, {
      hint: 'Write the symbol as the venue does, e.g. BTCUSDT.',
      details: { field: 'symbols', found: unknown },
    });
  return rules;
}

function view(feed: MarketFeed, market: WatchedMarket, clock: Clock, rows: number) {
  const health = feed.health();
  return {
    venue: feed.venue,
    time: formatTime(clock.nowMs()),
    symbols: market.lines(health),
    connections: health.connections.map(({ url, state, reconnects, retryInMs, lastFault }) => ({
      ...{ url, state, reconnects, retryInMs, lastFault },
    })),
    clockSkewMs: health.clockSkewMs,
    rows,
  };
}
