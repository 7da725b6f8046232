import { barsFromTrades } from '../../src/core/market/trade-bars.ts';
import type { TradeColumns } from '../../src/core/vocabulary/market-data.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { bestMs, nsEach } from '../measure.ts';
import type { BenchRow } from '../row.ts';

const TRADES = 2_000_000;

/** Trades about half a second apart, a cent up or down each. */
function syntheticTrades(): TradeColumns {
  const random = new Random(11);
  const trades = {
    timeMs: new Float64Array(TRADES),
    price: new Float64Array(TRADES),
    quantity: new Float64Array(TRADES),
    side: new Int8Array(TRADES),
  };
  let timeMs = Date.UTC(2022, 0, 1);
  let cents = 3_000_000;
  for (let i = 0; i < TRADES; i++) {
    timeMs += random.integer(1000);
    cents += random.integer(3) - 1;
    trades.timeMs[i] = timeMs;
    trades.price[i] = cents / 100;
    trades.quantity[i] = (1 + random.integer(1000)) / 1000;
    trades.side[i] = random.integer(2) * 2 - 1;
  }
  return trades;
}

/** Two million trades to one-minute bars. */
export const row: BenchRow = {
  name: 'trades-to-1m',
  unit: 'ns/trade',
  target: 15,
  measure: () => {
    const trades = syntheticTrades();
    return {
      value: nsEach(
        bestMs(() => void barsFromTrades(trades, { by: 'time', timeframe: '1m' }), 10),
        TRADES,
      ),
    };
  },
};
