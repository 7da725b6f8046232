import type { ExchangeState } from './exchange-state.ts';
import { bookCover } from './fills.ts';
import type { Market } from './market.ts';
import { tellAccount } from './user-events.ts';

/** Pays funding at every whole interval from now on, as long as the exchange's clock runs. */
export function scheduleFunding(state: ExchangeState, market: Market, told: (market: Market) => void): void {
  const timeMs = market.mark.nextFundingMs(state.nowMs);
  state.around.at(timeMs, () => {
    payFunding(state, market, timeMs);
    told(market);
    scheduleFunding(state, market, told);
  });
}

function payFunding(state: ExchangeState, market: Market, timeMs: number): void {
  market.followMark(timeMs);
  const row = market.mark.fund(timeMs);
  if (row === null) return;
  for (const account of state.accounts.values()) {
    for (const index of account.indexes(market.contract)) {
      const position = account.margin.positions[index]!;
      const payment = account.margin.fund(index, row.markPrice, row.rate);
      if (payment === 0) continue;
      state.houseQuanta -= payment;
      const id = state.nextTransactionId();
      account.income.push({
        symbol: market.symbol,
        type: 'FUNDING_FEE',
        quanta: payment,
        timeMs,
        id,
        tradeId: '',
        info: 'FUNDING_FEE',
      });
      bookCover(state, account, market.symbol);
      tellAccount(state, account, 'FUNDING_FEE', position.mode === 'isolated' ? [index] : [], payment);
    }
  }
  market.mustReview = true;
  state.settle(market);
}
