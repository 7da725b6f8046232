import type { Instrument } from '../../core/vocabulary/instrument.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { QuoteRows } from './market-record.ts';
import type { OrderStory } from './recorded-orders.ts';

/** A quote that is older than this says nothing of the moment. */
const FRESH_MS = 5_000;

/**
 * What crossing the spread cost orders that took, in quanta, 0 or more: half the spread of the newest quote for every lot. 0 for fills of
 * which no fresh quote is known.
 */
export function spreadCost(
  recorded: ReadonlyMap<string, readonly OrderStory[]>,
  quotes: QuoteRows,
  instruments: readonly Instrument[],
): number {
  let cost = 0;
  for (const { tookOnArrival, instrument: index, fills } of quotes.count === 0 ? [] : [...recorded.values()].flat()) {
    if (!tookOnArrival) continue;
    const instrument = instruments[index]!;
    for (const { timeMs, ticks, lots } of fills) {
      const half = halfSpread(quotes, index, timeMs) / instrument.price(1);
      cost += half * Math.abs(instrument.value(ticks + 1, lots) - instrument.value(ticks, lots));
    }
  }
  return Math.round(cost);
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
