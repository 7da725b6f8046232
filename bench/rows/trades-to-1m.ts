import { barsFromTrades } from '../../src/core/market/trade-bars.ts';
import { bestMs, nsEach } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { syntheticTrades } from '../synthetic-trades.ts';

const TRADES = 2_000_000;

/** Two million trades to one-minute bars. */
export const row: BenchRow = {
  name: 'trades-to-1m',
  unit: 'ns/trade',
  target: 15,
  measure: () => {
    const trades = syntheticTrades(TRADES);
    return {
      value: nsEach(
        bestMs(() => void barsFromTrades(trades, { by: 'time', timeframe: '1m' }), 10),
        TRADES,
      ),
    };
  },
};
