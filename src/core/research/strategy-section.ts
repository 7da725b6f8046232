import type { Report } from '../report/report.ts';
import type { Backtest } from './backtest.ts';
import type { OwnedTrip } from './trade-sections.ts';

/**
 * What each of several strategies did, from its own positions and fills; nothing for one alone, of which everything else tells. Amounts are
 * in the account's currency at the last prices.
 */
export function strategySection(backtest: Backtest, trips: readonly OwnedTrip[]): Report['byStrategy'] {
  const { state, seats } = backtest.engine;
  if (seats.length === 1) return undefined;
  const n = state.instruments.length;
  const fees = seats.map(() => 0);
  const { slot } = state.fills.column;
  for (let i = 0; i < state.fills.count; i++) {
    const instrument = state.instruments[slot[i]! % n]!;
    const paid = instrument.money(state.fills.feeWorth(i)) * state.book.settleRate(instrument.index, state.price);
    fees[Math.floor(slot[i]! / n)]! += paid;
  }
  return seats.map(({ index, allocation, strategy: { def } }) => {
    const own = trips.filter(({ strategy }) => strategy === index);
    const open = own.filter(({ trip }) => trip.open).length;
    const amounts = { profit: state.strategyProfit(index), fees: fees[index]! };
    return { strategy: def.id, share: allocation, trades: own.length - open, open, ...amounts };
  });
}
