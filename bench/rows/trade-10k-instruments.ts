import { TradeRollUp } from '../../src/core/market/trade-roll-up.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { bestMs, nsEach } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { SIX_TIMEFRAMES, syntheticTrades } from '../synthetic-trades.ts';

const TRADES = 1_000_000;
const INSTRUMENTS = 10_000;
/** So many times as fast as one instrument alone: some two thousand trades a second, one of each instrument every five. */
const CROWD = 1_000;

/** Trades of ten thousand instruments in any order, one at a time, to bars of six timeframes at once. */
export const row: BenchRow = {
  name: 'trade-10k-instruments',
  unit: 'ns/trade',
  target: 150,
  measure: () => {
    const { timeMs, price, quantity } = syntheticTrades(TRADES);
    const startMs = timeMs[0]!;
    for (let i = 0; i < TRADES; i++) timeMs[i] = startMs + (timeMs[i]! - startMs) / CROWD;
    const random = new Random(3);
    const instrument = Int32Array.from({ length: TRADES }, () => random.integer(INSTRUMENTS));
    const rollUp = new TradeRollUp(INSTRUMENTS, SIX_TIMEFRAMES);
    const spanMs = timeMs[TRADES - 1]! - startMs;
    let shiftMs = 0;
    const run = (): void => {
      for (let i = 0; i < TRADES; i++) rollUp.next(instrument[i]!, timeMs[i]! + shiftMs, price[i]!, quantity[i]!);
      // Time goes on from run to run, as with the same instruments all day.
      shiftMs += spanMs;
    };
    return {
      value: nsEach(bestMs(run, 10), TRADES),
      note: `${INSTRUMENTS} instruments, ${SIX_TIMEFRAMES.join(' ')}`,
      beside: [
        {
          name: 'trade-10k-instruments: bar state',
          value: rollUp.byteLength / 1e6,
          unit: 'MB',
          target: 10,
          note: 'bars under way and last closed, all columns',
        },
      ],
    };
  },
};
