import type { BarColumns } from '../core/vocabulary/market-data.ts';
import { Random } from '../core/vocabulary/random.ts';
import type { Listing } from './listing.ts';
import type { OutsideEvent } from './market-source.ts';

export interface BarPathOptions {
  readonly listing: Listing;
  readonly bars: BarColumns;
  /** Length of a bar. */
  readonly barMs: number;
  /** Trades a bar is turned into, at least 4. Default 12. */
  readonly tradesEachBar?: number;
  readonly seed: number;
}

/**
 * Bars as trades: each bar becomes a path that begins at its open, visits its high and its low, ends at its close, stays within them
 * and trades its volume, all on tick and lot. Which extreme comes first is drawn, likelier the one nearer the open. The same seed
 * gives the same path.
 *
 * ASSUMPTIONS. Trades are spread evenly over the bar. A bar of fewer lots than trades gets fewer trades; one with less than a lot for each
 * of its four points trades one lot at each, which is more than its volume. A bar without volume trades nothing and moves
 * the quotes only.
 */
export function* barPath(options: BarPathOptions): Generator<OutsideEvent> {
  const { listing, bars, barMs, seed, tradesEachBar = 12 } = options;
  if (!Number.isInteger(tradesEachBar) || tradesEachBar < 4)
    throw new RangeError(`expected at least 4 trades a bar, found ${tradesEachBar}`);
  const random = new Random(seed);
  const { symbol, price, quantity } = listing;
  let last = 0;
  for (let i = 0; i < bars.openTimeMs.length; i++) {
    const corners = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!].map((p) => price.steps(p));
    const [open, high, low, close] = corners as [number, number, number, number];
    const total = quantity.steps(bars.volume[i]!);
    const lowFirst = random.uniform() * Math.max(1, high - low) > open - low;
    const points = lowFirst ? [open, low, high, close] : [open, high, low, close];
    const openMs = bars.openTimeMs[i]!;
    const ticks = walk(points, total >= tradesEachBar ? tradesEachBar : 4, low, high, random);
    const lots = total === 0 ? null : splitLots(Math.max(total, ticks.length), ticks.length, random);
    for (let k = 0; k < ticks.length; k++) {
      const at = ticks[k]!;
      const timeMs = openMs + Math.floor((k * barMs) / ticks.length);
      if (lots === null) {
        const half = price.step / 2;
        yield { kind: 'quote', timeMs, symbol, bid: at * price.step - half, ask: at * price.step + half };
        continue;
      }
      const isBuy = at === last ? random.uniform() < 0.5 : at > last;
      last = at;
      yield {
        kind: 'trade',
        timeMs,
        symbol,
        price: at * price.step,
        quantity: lots[k]! * quantity.step,
        takerSide: isBuy ? 'buy' : 'sell',
      };
    }
  }
}

/** Ticks through the four points, with the rest of `count` spread over the three legs and moved a little off the straight line. */
function walk(points: readonly number[], count: number, low: number, high: number, random: Random): number[] {
  const ticks: number[] = [points[0]!];
  const inner = count - 4;
  for (let leg = 0; leg < 3; leg++) {
    const from = points[leg]!;
    const to = points[leg + 1]!;
    const between = Math.floor(((leg + 1) * inner) / 3) - Math.floor((leg * inner) / 3);
    for (let k = 1; k <= between; k++) {
      const straight = from + ((to - from) * k) / (between + 1);
      const wobble = (random.uniform() - 0.5) * 0.3 * Math.abs(to - from);
      ticks.push(Math.min(high, Math.max(low, Math.round(straight + wobble))));
    }
    ticks.push(to);
  }
  return ticks;
}

/** `total` lots over `count` trades, each at least one, uneven as drawn; the sum is exact. */
function splitLots(total: number, count: number, random: Random): number[] {
  const weights = Array.from({ length: count }, () => 0.2 + random.uniform());
  const sum = weights.reduce((a, b) => a + b, 0);
  const spare = total - count;
  let given = 0;
  let weight = 0;
  return weights.map((w, k) => {
    weight += w;
    const upTo = k === count - 1 ? spare : Math.floor((spare * weight) / sum);
    const lots = 1 + upTo - given;
    given = upTo;
    return lots;
  });
}
