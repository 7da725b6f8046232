import { baseTimeframe } from '../../core/market/stream-timeframe.ts';
import { type BarColumns, joinBars } from '../../core/vocabulary/market-data.ts';
import { barClose, barOpen, type Timeframe, type TimeMs, timeframe } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import { pause } from './pause.ts';
import { CLOSES, type WatchedBars } from './watched-bars.ts';

/** Pages of base bars asked for at most: of one-minute bars a week. */
const MOST_PAGES = 12;
/** The venue lists a bar a little after it has closed. */
const AGAIN_MS = 2_500;
const TRIES = 3;

/** What past bars are asked with. */
export interface Past {
  readonly history: BarHistory;
  readonly clock: Clock;
  readonly venueTimeMs: () => TimeMs;
  readonly stop: AbortSignal;
}

/**
 * Fetches what lies before the first live data of a symbol: base bars back to where the longest bar under way began, and the last closes of
 * every timeframe. Where that is too much, the long bars stay partial, and say so. Rejects with a VenueError.
 */
export async function fetchPast(past: Past, symbol: string, bars: WatchedBars): Promise<void> {
  const base = timeframe(bars.base);
  for (let k = 0; k < TRIES && !past.stop.aborted; k++) {
    const untilMs = barOpen(base, past.venueTimeMs());
    const opens = bars.timeframes.map((text) => barOpen(timeframe(text), untilMs));
    const fromMs = Math.min(...opens, untilMs - CLOSES * base.ms);
    const columns = await basePages(past, symbol, bars.base, fromMs, untilMs);
    if (columns === null || columns.close.length === 0) break;
    const endMs = barClose(base, columns.openTimeMs.at(-1)!);
    if (endMs < untilMs && k + 1 < TRIES) {
      await pause(past.clock, AGAIN_MS, past.stop);
      continue;
    }
    bars.prime(symbol, columns);
    break;
  }
  for (const text of bars.timeframes) {
    if (past.stop.aborted || !past.history.timeframes.includes(text)) continue;
    const spec = timeframe(text);
    const untilMs = barOpen(spec, past.venueTimeMs());
    const fromMs = untilMs - CLOSES * (spec.ms > 0 ? spec.ms : 31 * 86_400_000);
    bars.seedCloses(symbol, text, await past.history.bars(symbol, text, fromMs, untilMs));
  }
}

/** Null where there are too many. */
async function basePages(
  { history, stop }: Past,
  symbol: string,
  base: Timeframe,
  fromMs: TimeMs,
  toMs: TimeMs,
): Promise<BarColumns | null> {
  const { ms } = timeframe(base);
  if (baseTimeframe([base], history.timeframes) !== base) return null;
  if (ms > 0 && (toMs - fromMs) / ms > MOST_PAGES * history.largestPage) return null;
  const pages: BarColumns[] = [];
  for (let nextMs = fromMs; nextMs < toMs && !stop.aborted; ) {
    const page = await history.bars(symbol, base, nextMs, toMs);
    if (page.close.length === 0) break;
    pages.push(page);
    nextMs = barClose(timeframe(base), page.openTimeMs.at(-1)!);
  }
  return pages.length === 0 ? null : joinBars(pages);
}
