import type { BookOrder } from '../../core/exchange/matching-book.ts';
import type { House, HouseLevel } from '../product.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Market } from './market.ts';

/** How the world outside moves the market: quotes, trades and, where the source has one, mark and index price. */
export function houseOf(state: ExchangeState): House {
  return {
    quote(symbol, bids, asks) {
      const market = marketOf(state, symbol);
      const wanted = { [1]: levelsOf(market, bids), [-1]: levelsOf(market, asks) };
      state.shrinkReason = 'cancel';
      // What is gone or smaller first, so that a market that moves never meets the house's own old quotes.
      for (const side of [1, -1] as const) withdraw(market, side, wanted[side]);
      for (const side of [1, -1] as const) {
        for (const [ticks, lots] of wanted[side]) offer(state, market, side, ticks, lots);
      }
      state.settle(market);
    },
    trade(symbol, takerSide, price, quantity) {
      const market = marketOf(state, symbol);
      const side = takerSide === 'buy' ? 1 : -1;
      const ticks = market.contract.houseTicks(price);
      const lots = market.contract.houseLots(quantity);
      state.shrinkReason = 'cancel';
      const left = market.trading.takeFromOthers(houseOrder(state.nextHouseId(), side, ticks, lots));
      if (left > 0) market.tape.add(state.nowMs, ticks, left, side < 0);
      state.settle(market);
    },
    mark(symbol, markPrice, indexPrice) {
      const market = marketOf(state, symbol);
      market.mark.give(positive(markPrice), positive(indexPrice), state.nowMs);
      state.settle(market);
    },
  };
}

function marketOf(state: ExchangeState, symbol: string): Market {
  const market = state.markets.get(symbol);
  if (market === undefined) {
    throw new RangeError(`no perpetual ${symbol} is listed; there are ${[...state.markets.keys()].join(', ')}`);
  }
  return market;
}

function positive(price: string): number {
  const value = Number(price);
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`expected a positive price, found "${price}"`);
  return value;
}

function levelsOf(market: Market, levels: readonly HouseLevel[]): Map<number, number> {
  const wanted = new Map<number, number>();
  for (const { price, quantity } of levels) {
    const ticks = market.contract.houseTicks(price);
    wanted.set(ticks, (wanted.get(ticks) ?? 0) + market.contract.houseLots(quantity));
  }
  return wanted;
}

function withdraw(market: Market, side: 1 | -1, wanted: ReadonlyMap<number, number>): void {
  const own = market.houseOrders[side];
  for (const [ticks, id] of own) {
    const lots = wanted.get(ticks) ?? 0;
    const left = market.book.order(id)!.leftLots;
    if (lots === 0) {
      market.trading.cancel(id);
      own.delete(ticks);
    } else if (lots < left) market.trading.reduce(id, left - lots);
    else continue;
    market.touch(side, ticks);
  }
}

function offer(state: ExchangeState, market: Market, side: 1 | -1, ticks: number, lots: number): void {
  const own = market.houseOrders[side];
  const id = own.get(ticks);
  if (id !== undefined) {
    if (market.book.order(id)!.leftLots < lots) market.trading.amend(id, ticks, lots);
    market.touch(side, ticks);
    return;
  }
  const next = state.nextHouseId();
  // Where the source's own quotes cross, the newer one ends instead of trading with the older.
  market.trading.place({ ...houseOrder(next, side, ticks, lots), selfTrade: 'cancel-newest' });
  if (market.book.order(next) !== null) own.set(ticks, next);
  market.touch(side, ticks);
}

function houseOrder(id: number, side: 1 | -1, ticks: number, lots: number): BookOrder {
  return { id, account: 0, side, ticks, lots, tif: 'gtc', postOnly: false, displayLots: 0, reserveTicks: 0 };
}
