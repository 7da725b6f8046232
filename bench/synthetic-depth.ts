import { Random } from '../src/core/vocabulary/random.ts';

/** Single level changes of a book in order. Prices are at a cent; `side` is 1 for bids, −1 for asks. */
export interface DepthUpdates {
  readonly side: Int8Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
}

/**
 * Changes near a middle that wanders tick by tick from 30,000: most within some ticks of it, some hundreds away, four of ten removals,
 * and the level that the middle passes goes. Both sides settle at some hundred levels; they never cross.
 */
export function syntheticDepth(count: number, seed = 5): DepthUpdates {
  const random = new Random(seed);
  const updates = {
    side: new Int8Array(count),
    price: new Float64Array(count),
    quantity: new Float64Array(count),
  };
  let middle = 3_000_000;
  for (let i = 0; i < count; i++) {
    const isMove = random.integer(10) === 0;
    const side = random.integer(2) * 2 - 1;
    // The middle moves into this side: the level there goes, and nothing of it was nearer.
    if (isMove) middle -= side;
    const u = random.uniform();
    const away = isMove ? 0 : 1 + Math.floor(u * u * u * u * 800);
    updates.side[i] = side;
    updates.price[i] = (middle - side * away) / 100;
    updates.quantity[i] = isMove || random.integer(10) < 4 ? 0 : (1 + random.integer(100_000)) / 1_000;
  }
  return updates;
}
