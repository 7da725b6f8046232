import type { TimeMs } from '../../core/vocabulary/time.ts';
import { VenueError } from '../../ports/venue-error.ts';

/** How a venue lists trades of ours, oldest first. */
export interface TradeList<T> {
  readonly venue: string;
  /** Most rows of one answer. */
  readonly pageSize: number;
  /** Longest time between both ends of {@link between}. */
  readonly windowMs: number;
  readonly idOf: (row: T) => string;
  readonly timeOf: (row: T) => TimeMs;
  /** From this trade on, itself included. */
  readonly from: (tradeId: string) => Promise<readonly T[]>;
  /** Both ends included. */
  readonly between: (fromMs: TimeMs, toMs: TimeMs) => Promise<readonly T[]>;
}

function next(tradeId: string): string {
  return String(BigInt(tradeId) + 1n);
}

/** Every trade after an id. Ids of one symbol only rise, so pages that begin behind the last one leave no gap and repeat nothing. */
async function tradesAfter<T>(list: TradeList<T>, tradeId: string): Promise<T[]> {
  const rows: T[] = [];
  for (let last = tradeId; ; ) {
    const page = await list.from(next(last));
    for (const row of page) {
      const id = list.idOf(row);
      if (BigInt(id) <= BigInt(last))
        throw new VenueError('answer-unreadable', list.venue, `trades after ${last} were asked for, ${id} was listed`);
      last = id;
      rows.push(row);
    }
    if (page.length < list.pageSize) return rows;
  }
}

/** Looking further back than this many windows costs more than reading every trade there is. */
const LARGEST_SEARCH = 60;

/**
 * Every trade since a trade (which is left out) or an instant. By time it looks window by window for the first one and goes on by id, as
 * several trades may share the millisecond at which a page ends.
 */
export async function allTrades<T>(
  list: TradeList<T>,
  since: { readonly tradeId: string } | { readonly timeMs: TimeMs },
  nowMs: TimeMs,
): Promise<readonly T[]> {
  if ('tradeId' in since) return tradesAfter(list, since.tradeId);
  const startMs = Math.max(0, Math.floor(since.timeMs));
  if (nowMs - startMs > LARGEST_SEARCH * list.windowMs)
    return (await tradesAfter(list, '-1')).filter((row) => list.timeOf(row) >= startMs);
  for (let fromMs = startMs; fromMs <= nowMs; fromMs += list.windowMs) {
    const page = await list.between(fromMs, fromMs + list.windowMs - 1);
    const last = page.at(-1);
    if (last !== undefined) return [...page, ...(await tradesAfter(list, list.idOf(last)))];
  }
  return [];
}
