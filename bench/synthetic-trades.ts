import type { TradeColumns } from '../src/core/vocabulary/market-data.ts';
import { Random } from '../src/core/vocabulary/random.ts';

export const SIX_TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

/** Trades about half a second apart, a cent up or down each. */
export function syntheticTrades(count: number): TradeColumns {
  const random = new Random(11);
  const trades = {
    timeMs: new Float64Array(count),
    price: new Float64Array(count),
    quantity: new Float64Array(count),
    side: new Int8Array(count),
  };
  let timeMs = Date.UTC(2022, 0, 1);
  let cents = 3_000_000;
  for (let i = 0; i < count; i++) {
    timeMs += random.integer(1000);
    cents += random.integer(3) - 1;
    trades.timeMs[i] = timeMs;
    trades.price[i] = cents / 100;
    trades.quantity[i] = (1 + random.integer(1000)) / 1000;
    trades.side[i] = random.integer(2) * 2 - 1;
  }
  return trades;
}
