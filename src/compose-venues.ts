import { randomInt } from 'node:crypto';
import { closest } from './api/closest.ts';
import { environmentFailure } from './api/environment-failure.ts';
import { Failure } from './api/failures.ts';
import type { RateLimiter } from './connectivity/rate-limiter.ts';
import { Random } from './core/vocabulary/random.ts';
import type { GatewayTo, VenueKey } from './ports/account.ts';
import type { Clock } from './ports/clock.ts';
import type { MarketFeed } from './ports/market-feed.ts';
import type { Recordings } from './ports/recording.ts';
import type { Environment } from './ports/secret-vault.ts';
import type { VenueBudget, VenueFacts, Venues } from './ports/venues.ts';
import { type TradingViewSetting, tradingView } from './tradingview-row.ts';
import { binance, ccxt, environmentsOf, mexc, type Outside, type VenueRow } from './venue-rows.ts';

const LOCAL_NOTE = 'start it with tradewright exchange; another address: TRADEWRIGHT_LOCAL';
const CCXT_NOTE = 'needs the package ccxt: npm install ccxt. Every other venue that it knows is ccxt:<its name there>';

function rows({ local, tradingView: setting }: VenueSetting): readonly VenueRow[] {
  const facts = (name: string, title: string, note: string | null = null): VenueRow['facts'] => ({
    ...{ name, id: name.toUpperCase(), title, history: name.startsWith('local') ? ['rest'] : ['rest', 'archive'] },
    ...{ feed: true, hasPassphrase: false, note },
  });
  return [
    binance('spot', facts('binance', 'Binance spot'), null),
    binance('usdm', facts('binance-usdm', 'Binance USD-M perpetuals'), null),
    mexc(),
    ccxt('okx', CCXT_NOTE),
    binance('spot', facts('local', `local exchange at ${local}, spot`, LOCAL_NOTE), local),
    binance('usdm', facts('local-usdm', `local exchange at ${local}, perpetuals`), local),
    tradingView(setting),
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
  readonly tradingView: TradingViewSetting;
  /** Entry of the thread that each feed runs in, see `feed-thread.ts`; null to run them in this one. */
  readonly feedThread: URL | null;
  /** Makes a path of the user's absolute. */
  resolve(path: string): string;
}

const REPLAY = 'replay:';
const CCXT = 'ccxt:';

/** A recording as a venue: it feeds what was recorded, as fast as it was. */
function replay(name: string, setting: VenueSetting): VenueRow {
  const path = name.slice(REPLAY.length);
  const facts = {
    ...{ name, id: 'REPLAY', title: `recording ${path}`, history: [] },
    ...{ feed: true, hasPassphrase: false, note: null },
  };
  return {
    gateways: {},
    facts,
    async feed() {
      const { openReplayFeed } = await import('./adapters/recording/replay-feed.ts');
      return openReplayFeed(setting.resolve(path), setting.recordings, setting.clock);
    },
  };
}

/** What a feed's thread is told, beside its queue: enough to compose the venue again there. */
export interface ComposedFeed extends Pick<VenueSetting, 'local' | 'redisUrl' | 'tradingView'> {
  readonly venue: string;
}

/** A feed in a thread of its own, which composes it anew there; see `feed-thread.ts`. */
async function inThread(entry: URL, clock: Clock, composed: ComposedFeed): Promise<MarketFeed> {
  const [{ Worker }, { ThreadedFeed }] = await Promise.all([
    import('node:worker_threads'),
    import('./adapters/threaded/threaded-feed.ts'),
  ]);
  return ThreadedFeed.open({
    ...{ clock, random: new Random(randomInt(2 ** 32)) },
    start: (data) => new Worker(entry, { workerData: { ...data, ...composed } }),
  });
}

/**
 * The venues of this installation. A feed in a thread of its own counts requests apart from history and orders here, unless Redis counts
 * them together; what the venue says of its limits keeps both right.
 */
export function composeVenues(setting: VenueSetting): Venues & { close(): Promise<void> } {
  const table = rows(setting);
  const closing: (() => Promise<void>)[] = [];
  const limiters: { venue: string; environment: Environment; limiter: RateLimiter }[] = [];
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
      onLimiter: (venue, environment, limiter) => void limiters.push({ venue, environment, limiter }),
      onClose: (close) => void closing.push(close),
    };
  };
  const find = (name: string): VenueRow => {
    if (name.startsWith(REPLAY)) return replay(name, setting);
    const lower = name.toLowerCase();
    const row = table.find((each) => each.facts.name === lower);
    if (row) return row;
    if (lower.startsWith(CCXT)) return ccxt(lower.slice(CCXT.length), null);
    const names = table.map((each) => each.facts.name);
    const near = closest(name, names);
    throw new Failure('venue-unknown', `there is no venue ${name}${near === null ? '' : `; did you mean ${near}?`}`, {
      details: { field: 'venue', found: name, expected: names },
    });
  };
  return {
    all: table.map(factsOf),
    facts: (name) => factsOf(find(name)),
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
      const { feedThread, clock, local, redisUrl, tradingView: account } = setting;
      // A recording is no venue that sends more than one can take.
      if (feedThread && !name.startsWith(REPLAY))
        return inThread(feedThread, clock, { venue: row.facts.name, local, redisUrl, tradingView: account });
      outside ??= open();
      return row.feed(await outside);
    },
    budgets: () =>
      fullest(
        limiters.flatMap(({ venue, environment, limiter }) =>
          limiter.budgets().map((each) => ({ venue, environment, ...each })),
        ),
      ),
    async gateway<E extends Environment>(name: string, key: VenueKey<E>): Promise<GatewayTo<E>> {
      const { facts, gateways } = find(name);
      const opener = gateways[key.environment];
      if (opener === undefined) throw environmentFailure(factsOf({ facts, gateways }), key.environment);
      outside ??= open();
      return opener(await outside, key);
    },
    async close() {
      for (const each of closing) await each();
    },
  };
}

/** Of several that count the same limit, each by itself, the one that has come furthest: the venue's word is in all of them. */
function fullest(all: readonly VenueBudget[]): readonly VenueBudget[] {
  const byLimit = new Map<string, VenueBudget>();
  for (const each of all) {
    const key = `${each.venue} ${each.environment} ${each.meter} ${each.windowMs}`;
    const known = byLimit.get(key);
    const blockedForMs = Math.max(each.blockedForMs, known?.blockedForMs ?? 0);
    byLimit.set(key, { ...(known !== undefined && (known.used ?? 0) > (each.used ?? 0) ? known : each), blockedForMs });
  }
  return [...byLimit.values()];
}

function factsOf({ facts, gateways }: Pick<VenueRow, 'facts' | 'gateways'>): VenueFacts {
  return { ...facts, environments: environmentsOf(gateways) };
}

async function openSharedCounters(url: string, venue: string, clock: Clock) {
  const { openRedisRateCounters } = await import('./adapters/redis/rate-counters.ts');
  try {
    return await openRedisRateCounters({ url, name: venue, clock });
  } catch (error) {
    throw new Failure('redis-unavailable', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
