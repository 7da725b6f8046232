import type { Random } from '../core/vocabulary/random.ts';
import type { Listing } from './listing.ts';
import type { HouseLevel } from './product.ts';

export interface QuoteShape {
  /** Levels a side. */
  readonly levels: number;
  /** Mean quantity of the best level, in lots. */
  readonly lots: number;
}

/** Distance between levels, as a share of the price; at least a tick. */
const LEVEL_SPACING = 2e-5;

/**
 * Levels from the best price outwards: on tick and lot, sizes and distances drawn, deeper levels larger. Bids end above zero, so there
 * may be fewer of them.
 */
export function quoteSide(
  listing: Listing,
  side: 'bid' | 'ask',
  bestTicks: number,
  shape: QuoteShape,
  random: Random,
): HouseLevel[] {
  const direction = side === 'bid' ? -1 : 1;
  const spacing = Math.max(1, Math.round(bestTicks * LEVEL_SPACING));
  const levels: HouseLevel[] = [];
  let ticks = bestTicks;
  for (let k = 0; k < shape.levels && ticks > 0; k++) {
    const lots = Math.max(1, Math.round(shape.lots * (0.5 + random.uniform()) * (1 + 0.15 * k)));
    levels.push({ price: listing.price.text(ticks), quantity: listing.quantity.text(lots) });
    ticks += direction * (1 + random.integer(2 * spacing - 1));
  }
  return levels;
}
