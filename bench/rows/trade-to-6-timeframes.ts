import { TradeRollUp } from '../../src/core/market/trade-roll-up.ts';
import { bestMs, nsEach } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { SIX_TIMEFRAMES, syntheticTrades } from '../synthetic-trades.ts';

const TRADES = 1_000_000;

/** Trades of one instrument, one at a time, to bars of six timeframes at once. */
export const row: BenchRow = {
  name: 'trade-to-6-timeframes',
  unit: 'ns/trade',
  target: 60,
  measure: () => {
    const { timeMs, price, quantity } = syntheticTrades(TRADES);
    let closed = 0;
    const run = (): void => {
      const rollUp = new TradeRollUp(1, SIX_TIMEFRAMES);
      closed = 0;
      for (let i = 0; i < TRADES; i++) closed += rollUp.next(0, timeMs[i]!, price[i]!, quantity[i]!);
    };
    return { value: nsEach(bestMs(run, 10), TRADES), note: `${SIX_TIMEFRAMES.join(' ')}; ${closed} bars closed` };
  },
};
