import type { Instrument } from '../../core/vocabulary/instrument.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { QuoteRows } from './market-record.ts';
import type { OrderStory } from './recorded-orders.ts';

/** A quote that is older than this says nothing of the moment. */
const FRESH_MS = 5_000;

/**
 * Which part of what orders that took paid beyond the model's prices at their arrival was half the spread, 0 to 1: never more of a fill than it
 * paid, and 0 where no quotes are known.
 */
export function spreadShare(
  modelled: ReadonlyMap<string, readonly OrderStory[]>,
  recorded: ReadonlyMap<string, readonly OrderStory[]>,
  quotes: QuoteRows,
  instruments: readonly Instrument[],
): number {
  if (quotes.count === 0) return 0;
  let [spread, all] = [0, 0];
  for (const [key, stories] of recorded)
    for (const [k, story] of stories.entries()) {
      const model = modelled.get(key)?.[k];
      if (!story.tookOnArrival || story.fills.length === 0 || !model || model.fills.length === 0) continue;
      const instrument = instruments[story.instrument]!;
      const worse = story.side * (averageTicks(story) - averageTicks(model)) * story.filledLots;
      all += worse;
      const half = halfSpread(quotes, instrument.index, story.fills[0]!.timeMs) / instrument.price(1);
      if (worse > 0) spread += Math.min(worse, half * story.filledLots);
    }
  return all > 0 ? Math.min(1, spread / all) : 0;
}

export function averageTicks({ fills }: Pick<OrderStory, 'fills'>): number {
  let [sum, lots] = [0, 0];
  for (const fill of fills) {
    sum += fill.ticks * fill.lots;
    lots += fill.lots;
  }
  return sum / lots;
}

/** Half the spread of the newest quote at a time; 0 where there is none that is fresh. A session has one feed an instrument. */
function halfSpread({ count, column }: QuoteRows, feed: number, timeMs: TimeMs): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column.timeMs[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  for (let row = low - 1; row >= 0 && timeMs - column.timeMs[row]! <= FRESH_MS; row--)
    if (column.feed[row] === feed) return (column.ask[row]! - column.bid[row]!) / 2;
  return 0;
}
