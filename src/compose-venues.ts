import { randomInt } from 'node:crypto';
import { closest } from './api/closest.ts';
import { Failure } from './api/failures.ts';
import type { RateLimiter } from './connectivity/rate-limiter.ts';
import type { RateCounters } from './connectivity/rate-window.ts';
import { Random } from './core/vocabulary/random.ts';
import type { Clock } from './ports/clock.ts';
import type { BarHistory, MarketFeed } from './ports/market-feed.ts';
import type { Recordings } from './ports/recording.ts';
import type { HttpClient, SocketDialer } from './ports/transport.ts';
import type { HistorySource, VenueFacts, Venues } from './ports/venues.ts';

/** What an adapter is given of the outside. */
interface Outside {
  readonly http: HttpClient;
  readonly dialer: SocketDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** Counters of a venue's limits that other programs count with; null where this one counts alone. */
  sharedCounters(venue: string): Promise<RateCounters | null>;
}

/** One venue: what is known of it, and how its adapters are opened. */
interface VenueRow {
  readonly facts: VenueFacts;
  history?(outside: Outside, source: HistorySource): Promise<BarHistory>;
  feed?(outside: Outside): Promise<MarketFeed>;
}

/** The two products of Binance, or of a local exchange that speaks its protocol at `origin`. */
function binance(product: 'spot' | 'usdm', facts: VenueFacts, local: string | null): VenueRow {
  // One limiter for everything that goes to one address.
  let shared: RateLimiter | null = null;
  const options = async (outside: Outside) => {
    const [{ RateLimiter }, { rateWindows }] = await Promise.all([
      import('./connectivity/rate-limiter.ts'),
      import('./adapters/binance/rate-limits.ts'),
    ]);
    const counters = local === null && shared === null ? await outside.sharedCounters(facts.id) : null;
    shared ??= new RateLimiter({
      ...{ clock: outside.clock, windows: rateWindows(product) },
      ...(counters === null ? {} : { counters }),
    });
    const there =
      local === null ? {} : { venue: facts.id, restOrigins: [local], streamOrigin: local.replace(/^http/, 'ws') };
    return { ...outside, product, limiter: shared, ...there };
  };
  return {
    facts,
    async history(outside, source) {
      if (source === 'archive') {
        const { BinanceArchiveHistory } = await import('./adapters/binance/history/archive-history.ts');
        return new BinanceArchiveHistory({ ...outside, product });
      }
      const { BinanceHistory } = await import('./adapters/binance/history/binance-history.ts');
      return new BinanceHistory(await options(outside));
    },
    async feed(outside) {
      const { BinanceFeed } = await import('./adapters/binance/feed/binance-feed.ts');
      return new BinanceFeed(await options(outside));
    },
  };
}

function rows(local: string): readonly VenueRow[] {
  const both = ['rest', 'archive'] as const;
  return [
    binance(
      'spot',
      {
        ...{ name: 'binance', id: 'BINANCE', title: 'Binance spot', history: both },
        ...{ feed: true, trading: true, note: null },
      },
      null,
    ),
    binance(
      'usdm',
      {
        ...{ name: 'binance-usdm', id: 'BINANCE-USDM', title: 'Binance USD-M perpetuals', history: both },
        ...{ feed: true, trading: true, note: null },
      },
      null,
    ),
    binance(
      'spot',
      {
        ...{ name: 'local', id: 'LOCAL', title: `local exchange at ${local}, spot`, history: ['rest'] },
        ...{
          feed: true,
          trading: true,
          note: 'start it with tradewright exchange; another address: TRADEWRIGHT_LOCAL',
        },
      },
      local,
    ),
    binance(
      'usdm',
      {
        ...{ name: 'local-usdm', id: 'LOCAL-USDM', title: `local exchange at ${local}, perpetuals`, history: ['rest'] },
        ...{ feed: true, trading: true, note: null },
      },
      local,
    ),
  ];
}

/** What the composition of venues is told. */
export interface VenueSetting {
  readonly clock: Clock;
  /** Address of a local exchange. */
  readonly local: string;
  /** Where limits are counted with other programs; null to count alone. */
  readonly redisUrl: string | null;
  readonly recordings: Recordings;
  /** Makes a path of the user's absolute. */
  resolve(path: string): string;
}

const REPLAY = 'replay:';

/** A recording as a venue: it feeds what was recorded, as fast as it was. */
function replay(name: string, { recordings, clock, resolve }: VenueSetting): VenueRow {
  const path = name.slice(REPLAY.length);
  const facts = { name, id: 'REPLAY', title: `recording ${path}`, history: [], feed: true, trading: false, note: null };
  return {
    facts,
    async feed() {
      const { openReplayFeed } = await import('./adapters/recording/replay-feed.ts');
      return openReplayFeed(resolve(path), recordings, clock);
    },
  };
}

/** The venues of this installation. */
export function composeVenues(setting: VenueSetting): Venues & { close(): Promise<void> } {
  const table = rows(setting.local);
  const closing: (() => Promise<void>)[] = [];
  let outside: Promise<Outside> | null = null;
  const open = async (): Promise<Outside> => {
    const [{ openHttpClient }, { openSocketDialer }] = await Promise.all([
      import('./adapters/system/http-client.ts'),
      import('./adapters/system/socket-dialer.ts'),
    ]);
    const [http, dialer] = await Promise.all([openHttpClient(), openSocketDialer()]);
    closing.push(() => http.close());
    const { clock, redisUrl } = setting;
    return {
      ...{ http, dialer, clock, random: new Random(randomInt(2 ** 32)) },
      async sharedCounters(venue) {
        if (redisUrl === null) return null;
        const counters = await openSharedCounters(redisUrl, venue, clock);
        closing.push(() => counters.close());
        return counters;
      },
    };
  };
  const find = (name: string): VenueRow => {
    if (name.startsWith(REPLAY)) return replay(name, setting);
    const row = table.find((each) => each.facts.name === name.toLowerCase());
    if (row) return row;
    const names = table.map((each) => each.facts.name);
    const near = closest(name, names);
    throw new Failure('venue-unknown', `there is no venue ${name}${near === null ? '' : `; did you mean ${near}?`}`, {
      details: { field: 'venue', found: name, expected: names },
    });
  };
  return {
    all: table.map((row) => row.facts),
    async history(name, source) {
      const row = find(name);
      if (row.history && row.facts.history.includes(source)) {
        outside ??= open();
        return row.history(await outside, source);
      }
      throw new Failure('venue-refused', `${row.facts.title} has no ${source} history`, {
        hint: row.facts.history.length === 0 ? 'Fetch from another venue.' : `Use --source ${row.facts.history[0]}.`,
        details: { field: 'source' },
      });
    },
    async feed(name) {
      const row = find(name);
      if (!row.feed) throw new Failure('venue-refused', `${row.facts.title} has no live feed`);
      outside ??= open();
      return row.feed(await outside);
    },
    async close() {
      for (const each of closing) await each();
    },
  };
}

async function openSharedCounters(url: string, venue: string, clock: Clock) {
  const { openRedisRateCounters } = await import('./adapters/redis/rate-counters.ts');
  try {
    return await openRedisRateCounters({ url, name: venue, clock });
  } catch (error) {
    throw new Failure('redis-unavailable', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
