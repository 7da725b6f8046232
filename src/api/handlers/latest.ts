import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Cache } from '../../ports/cache.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';

type WatchedLine = Output<'watch'>['symbols'][number];
type LatestLine = Output<'latest'>['symbols'][number];

/** What was known of an instrument at a time. */
interface Known<T> {
  readonly atMs: number;
  readonly is: T;
}

/** Puts what a program sees of a market where all programs that share a cache find it. Never rejects, and is not to be waited for. */
export async function shareLines(
  cache: Cache,
  venue: string,
  lines: readonly WatchedLine[],
  atMs: number,
): Promise<void> {
  const of = venue.toLowerCase();
  const known = (is: unknown): Json => ({ atMs, is }) as unknown as Json;
  // What a feed that is not live saw last is no news.
  const live = lines.filter(({ state }) => state === 'live');
  const quotes: Record<string, Json> = {};
  const books: Record<string, Json> = {};
  const bars: Record<string, Json> = {};
  for (const { symbol, bid, ask, last, mark, book, bars: forming } of live) {
    quotes[`${of}:${symbol}`] = known({ bid, ask, last, mark });
    if (book !== null) books[`${of}:${symbol}`] = known(book);
    for (const { closes: _closes, ...bar } of forming) bars[`${of}:${symbol}:${bar.timeframe}`] = known(bar);
  }
  for (const [kind, entries] of [
    ['quote', quotes],
    ['book', books],
    ['bar', bars],
  ] as const)
    if (Object.keys(entries).length > 0) await cache.set(kind, entries);
}

/** What any program that shares a cache with this one saw last of these instruments. */
export async function latest(input: Input<'latest'>, world: World): Promise<Output<'latest'>> {
  const { cache, clock } = world;
  const venue = input.venue.toLowerCase();
  const keys = input.symbols.map((symbol) => `${venue}:${symbol}`);
  const timeframes = [...new Set(input.timeframe)];
  const barKeys = keys.flatMap((key) => timeframes.map((timeframe) => `${key}:${timeframe}`));
  const [quotes, books, bars] = await Promise.all([
    cache.getAll('quote', keys),
    cache.getAll('book', keys),
    cache.getAll('bar', barKeys),
  ]);
  const nowMs = clock.nowMs();
  const symbols = input.symbols.flatMap((symbol, k) => {
    const quote = quotes[k] as unknown as Known<Pick<LatestLine, 'bid' | 'ask' | 'last' | 'mark'>> | undefined;
    if (quote === undefined) return [];
    const book = books[k] as unknown as Known<LatestLine['book']> | undefined;
    const own = bars.slice(k * timeframes.length, (k + 1) * timeframes.length);
    return [
      {
        ...{ symbol, time: formatTime(quote.atMs), ageMs: Math.max(0, Math.round(nowMs - quote.atMs)), ...quote.is },
        book: book?.is ?? null,
        bars: own.flatMap((bar) => (bar === undefined ? [] : (bar as unknown as Known<LatestLine['bars'][number]>).is)),
      },
    ];
  });
  const absent = input.symbols.filter((symbol) => !symbols.some((line) => line.symbol === symbol));
  return { venue, symbols, absent };
}
