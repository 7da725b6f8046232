import { baseTimeframe } from '../../core/market/stream-timeframe.ts';
import { formatTime, type Timeframe } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FeedChannel, FeedHealth, FeedRequest, MarketFeed } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { shareLines } from './latest.ts';
import { pause } from './pause.ts';
import { WatchedBars } from './watched-bars.ts';
import { WatchedMarket } from './watched-market.ts';
import { fetchPast } from './watched-past.ts';

/** Between two updates: often enough to look alive, seldom enough to be read. */
const UPDATE_MS = 500;
/** Live bars and the venue's clock are waited for a little before past bars are asked for: what is fetched must reach up to them. */
const READY_MS = 100;
const READY_TRIES = 20;

export async function watch(input: Input<'watch'>, world: World, call: Call): Promise<Output<'watch'>> {
  const { clock } = world;
  const file = input.record ?? null;
  if (file !== null && world.files.exists(file))
    throw new Failure('file-exists', `${file} is there already`, {
      hint: 'Choose another name: a recording overwrites nothing.',
      details: { field: 'record', file },
    });
  const feed = await world.venues.feed(input.venue);
  const recorder = file === null ? null : await world.recordings.create(world.files.resolve(file), clock.nowMs());
  const startMs = clock.elapsedMs();
  const isReplay = input.venue.startsWith('replay:');
  try {
    const bars = barsOf(feed, input);
    const market = new WatchedMarket(input.symbols, bars, recorder);
    const rules = await rulesOf(feed, input.symbols);
    for (const request of requestsOf(feed, input, bars.base)) {
      const id = feed.subscribe(request, market);
      market.subscribed({ id, venue: feed.venue, request, instrument: rules.get(request.symbol) ?? null });
    }
    const past = pastOf(feed, bars, input, world, call);
    const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
    while (!call.stop.aborted && clock.elapsedMs() < endMs) {
      await pause(clock, Math.min(UPDATE_MS, endMs - clock.elapsedMs()), call.stop);
      passTime(feed, bars, clock);
      past.check();
      const update = view(feed, market, clock, recorder?.rows ?? 0);
      call.update(update);
      // What a recording says is not how things are.
      if (!isReplay) void shareLines(world.cache, input.venue, update.symbols, clock.nowMs());
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

/** One stream of bars a symbol, of the timeframe that all wanted ones are made of. */
function barsOf(feed: MarketFeed, input: Input<'watch'>): WatchedBars {
  const wanted = [...new Set(input.timeframe)];
  const offered = feed.channels.includes('bars') ? feed.timeframes : undefined;
  const base = baseTimeframe(wanted, offered);
  if (base === null)
    throw new Failure('venue-refused', `${feed.venue} has no bars that ${wanted.join(', ')} can be made of`, {
      hint: `It has ${offered?.join(', ')}.`,
      details: { field: 'timeframe', found: wanted },
    });
  return new WatchedBars(input.symbols, base, wanted);
}

function isReady({ clockSkewMs, subscriptions }: FeedHealth): boolean {
  return clockSkewMs !== null && subscriptions.every((s) => s.request.channel !== 'bars' || Number.isFinite(s.ageMs));
}

/** Without the venue's clock, as in a recording, time passes by its trades alone. */
function passTime(feed: MarketFeed, bars: WatchedBars, clock: Clock): void {
  if (feed.health().clockSkewMs !== null) bars.passed(venueTimeMs(feed, clock));
}

function venueTimeMs(feed: MarketFeed, clock: Clock): number {
  return clock.nowMs() + (feed.health().clockSkewMs ?? 0);
}

/**
 * Fetches past bars beside the live ones. What the venue refuses is warned of once: bars under way are partial then. `check` throws what
 * is no refusal.
 */
function pastOf(feed: MarketFeed, bars: WatchedBars, input: Input<'watch'>, world: World, call: Call) {
  let fault: unknown = null;
  const { clock } = world;
  const fetchAll = async (): Promise<void> => {
    const history = await world.venues.history(input.venue, 'rest');
    for (let k = 0; k < READY_TRIES && !isReady(feed.health()); k++) await pause(clock, READY_MS, call.stop);
    const past = { history, clock, venueTimeMs: () => venueTimeMs(feed, clock), stop: call.stop };
    for (const symbol of input.symbols) if (!call.stop.aborted) await fetchPast(past, symbol, bars);
  };
  fetchAll().catch((error: unknown) => {
    // A venue that has no history says nothing that the marks on partial bars do not.
    if (error instanceof Failure && error.code === 'venue-refused') return;
    if (error instanceof VenueError)
      call.warn({
        code: 'past-unavailable',
        message: `bars before now are not there: ${error.message}`,
        hint: 'Bars under way are partial until the next ones begin.',
      });
    else fault = error;
  });
  return {
    check(): void {
      if (fault !== null) throw fault;
    },
  };
}

/** What is watched: of the channels that the venue has, those that show something. */
function requestsOf(feed: MarketFeed, input: Input<'watch'>, base: Timeframe): readonly FeedRequest[] {
  const wanted: FeedChannel[] = ['trades', 'quotes', 'bars', 'mark', ...(input.depth ? ['depth' as const] : [])];
  const channels = wanted.filter((channel) => feed.channels.includes(channel));
  if (input.depth && !channels.includes('depth')) {
    throw new Failure('venue-refused', `${feed.venue} has no order books`, { hint: 'Watch without --depth.' });
  }
  return input.symbols.flatMap((symbol) =>
    channels.map((channel) => (channel === 'bars' ? { channel, symbol, timeframe: base } : { channel, symbol })),
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

function threadOf({ thread }: FeedHealth) {
  if (!thread) return null;
  const { restarts, lastFault, retryInMs, waits, waitedMs } = thread;
  return { restarts, lastFault, retryInMs, waits, waitedMs };
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
    thread: threadOf(health),
    rows,
  };
}
