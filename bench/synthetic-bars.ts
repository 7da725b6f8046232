import { allocateBars, type BarColumns } from '../src/core/vocabulary/market-data.ts';
import { Random } from '../src/core/vocabulary/random.ts';

const MINUTE_MS = 60_000;
const FIRST_MS = Date.UTC(2022, 0, 1);
/** Largest relative step between two prices of the walk; three steps make a bar. */
const STEP = 0.0006;

const cents = (price: number): number => Math.round(price * 100) / 100;

/**
 * One-minute bars of a seeded random walk in cents, the same on every machine: three uniform steps a bar, open = last close. A
 * yardstick for speed only: no strategy can earn anything on it.
 */
export function syntheticBars(count: number, seed = 7, startPrice = 30_000): BarColumns {
  const random = new Random(seed);
  const bars = allocateBars(count);
  let price = startPrice;
  for (let i = 0; i < count; i++) {
    bars.openTimeMs[i] = FIRST_MS + i * MINUTE_MS;
    const open = cents(price);
    let high = open;
    let low = open;
    for (let step = 0; step < 3; step++) {
      price *= 1 + (random.uniform() - 0.5) * 2 * STEP;
      if (price > high) high = price;
      if (price < low) low = price;
    }
    const close = cents(price);
    bars.open[i] = open;
    bars.high[i] = Math.max(cents(high), open, close);
    bars.low[i] = Math.min(cents(low), open, close);
    bars.close[i] = close;
    bars.volume[i] = cents(1 + random.uniform() * 99);
  }
  return bars;
}
