import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import { barClose, parseTimeframe, type TimeMs } from '../../core/vocabulary/time.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { MarketRecord } from '../../session/parity/market-record.ts';
import { Failure } from '../failures.ts';
import type { Input } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { loadData } from './load-data.ts';
import type { SessionAbout } from './session-about.ts';

export interface ReferenceBars {
  readonly origin: 'venue' | 'given' | 'kept-trades' | 'none';
  /** By feed; null where nobody knows better than the session. */
  readonly bars: readonly (BarColumns | null)[];
}

/** Bars as they were, to lay beside those that a session got: given ones, or what its venue has of the time. */
export async function referenceBars(
  input: Input<'parity'>,
  about: SessionAbout,
  market: MarketRecord,
  world: World,
  call: Call,
): Promise<ReferenceBars> {
  if (input.data.length > 0) return { origin: 'given', bars: await given(input, about, world, call) };
  const origin = market.kept === 'all' ? 'kept-trades' : 'none';
  const none: ReferenceBars = { origin, bars: about.feeds.map(() => null) };
  const facts = world.venues.all.find(({ name }) => name === about.venue.toLowerCase());
  const hasHistory = facts?.history.includes('rest') ?? false;
  if (!input.history || !hasHistory) return none;
  try {
    const history = await world.venues.history(about.venue, 'rest');
    const bars: (BarColumns | null)[] = [];
    for (const [feed, { instrument, timeframe }] of about.feeds.entries()) {
      const span = spanOf(market, feed);
      const symbol = instrument.id.slice(instrument.id.indexOf(':') + 1);
      const frame = parseTimeframe(timeframe)!;
      if (span === null || frame.ms <= 0) {
        bars.push(null);
        continue;
      }
      const pages: BarColumns[] = [];
      const [from, last] = span;
      for (let next = from; next <= last; ) {
        const page = await history.bars(symbol, frame.text, next, barClose(frame, last));
        if (page.close.length === 0) break;
        pages.push(page);
        next = barClose(frame, page.openTimeMs.at(-1)!);
      }
      bars.push(joined(pages));
    }
    return { origin: 'venue', bars };
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    call.warn({
      code: 'no-reference',
      message: `${about.venue} did not give its bars of the time: ${error.message}`,
      hint: 'Bars that the session did not get are told from its own trades; or give them with --data.',
    });
    return none;
  }
}

async function given(
  input: Input<'parity'>,
  { feeds }: SessionAbout,
  world: World,
  call: Call,
): Promise<(BarColumns | null)[]> {
  const ids = feeds.map(({ instrument }) => instrument.id);
  const { data } = input;
  if (data.length > feeds.length)
    throw new Failure('input-invalid', `data: ${data.length} sources for ${feeds.length} symbols of the session`, {
      hint: 'Give one for each symbol, in the order of the session.',
      details: { field: 'data', expected: ids },
    });
  const loaded = await loadData({ data, symbol: ids.slice(0, data.length), sort: false, seed: 1 }, world, call);
  return feeds.map(({ instrument, timeframe }, k) => {
    const found = loaded.find(({ feed }) => feed.instrument.id === instrument.id) ?? loaded[k];
    if (found === undefined) return null;
    if (found.feed.timeframe === timeframe) return found.feed.bars;
    throw new Failure(
      'input-invalid',
      `data: expected ${timeframe} bars as the session has, found ${found.feed.timeframe}`,
      {
        details: { field: 'data', expected: timeframe, found: found.feed.timeframe },
      },
    );
  });
}

/** Open times of the first and the last bar of a feed. */
function spanOf({ items }: MarketRecord, feed: number): readonly [TimeMs, TimeMs] | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const item of items)
    if (item.kind === 'instant' || item.kind === 'history')
      for (const [of, openMs] of item.bars)
        if (of === feed) [first, last] = [Math.min(first, openMs), Math.max(last, openMs)];
  return last < first ? null : [first, last];
}

function joined(pages: readonly BarColumns[]): BarColumns {
  const column = (name: keyof BarColumns): Float64Array =>
    Float64Array.from(pages.flatMap((page) => [...(page[name] as Float64Array)]));
  return {
    ...{ openTimeMs: column('openTimeMs'), open: column('open'), high: column('high'), low: column('low') },
    ...{ close: column('close'), volume: column('volume') },
  };
}
