import type { Report } from '../report/report.ts';
import type { Backtest } from './backtest.ts';
import { SettleRates } from './settle-rates.ts';
import type { OwnedTrip } from './trade-sections.ts';

/**
 * What each of several strategies did, from its own positions and fills; nothing for one alone, of which everything else tells. Profit is in
 * the account's currency at the last prices, fees at those of their times, as in the costs of the whole.
 */
export function strategySection(backtest: Backtest, trips: readonly OwnedTrip[]): Report['byStrategy'] {
  const { state, seats } = backtest.engine;
  if (seats.length === 1) return undefined;
  const n = state.instruments.length;
  const fees = seats.map(() => 0);
  const { slot, timeMs } = state.fills.column;
  const rates = new SettleRates(backtest);
  for (let i = 0; i < state.fills.count; i++) {
    const instrument = state.instruments[slot[i]! % n]!;
    const paid = instrument.money(state.fills.feeWorth(i)) * rates.at(instrument.index, timeMs[i]!);
    fees[Math.floor(slot[i]! / n)]! += paid;
  }
  return seats.map(({ index, allocation, strategy: { def } }) => {
    const own = trips.filter(({ strategy }) => strategy === index);
    const open = own.filter(({ trip }) => trip.open).length;
    const amounts = { profit: state.strategyProfit(index), fees: fees[index]! };
    return { strategy: def.id, share: allocation, trades: own.length - open, open, ...amounts };
  });
}
