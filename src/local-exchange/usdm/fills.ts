import type { MarginMarketWatcher } from '../../core/exchange/margin-market.ts';
import { multiplyDivide } from '../../core/vocabulary/integer.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Market } from './market.ts';
import { EXPIRY, isOpen, type UsdmOrder } from './order.ts';
import type { UsdmAccount } from './usdm-account.ts';
import { type ToldFill, tellAccount, tellOrder, tellTradeLite } from './user-events.ts';

/** Turns what a book did into trades, order states, income and events, while it does it. */
export function watchFills(state: ExchangeState, market: Market): MarginMarketWatcher {
  return {
    filled(id, _account, isMaker, ticks, lots, leftLots, feeQuanta, realisedQuanta) {
      const order = state.orders.get(id);
      const houseSide = order === undefined ? houseSideOf(market, id, ticks) : 0;
      if (isMaker) {
        const makerSide = order?.side ?? houseSide;
        market.tape.add(state.nowMs, ticks, lots, makerSide > 0);
        market.touch(makerSide, ticks);
        if (order === undefined && leftLots === 0) market.houseOrders[houseSide > 0 ? 1 : -1].delete(ticks);
      }
      if (order === undefined) return;
      market.mustReview = true;
      const tradeId = market.tape.last?.id ?? 0;
      settleFill(state, market, order, leftLots, { ticks, lots, tradeId, isMaker, feeQuanta, realisedQuanta });
    },
    shrunk(id, _lots, leftLots, isSelfTrade) {
      const order = state.orders.get(id);
      if (order === undefined) return;
      market.mustReview = true;
      market.touch(order.side, order.ticks);
      order.restingLots = leftLots;
      if (leftLots === 0) endOrder(state, order, isSelfTrade);
    },
  };
}

function houseSideOf(market: Market, id: number, ticks: number): 1 | -1 {
  return market.houseOrders[1].get(ticks) === id ? 1 : -1;
}

/** Tells of an order's acceptance or amendment, once and before its trades. */
export function announce(state: ExchangeState, order: UsdmOrder): void {
  if (order.isAnnounced) return;
  order.isAnnounced = true;
  tellOrder(state, order, order.isAmending ? 'AMENDMENT' : 'NEW');
  order.isAmending = false;
}

/** Books a fill whose money the account has already: order, trade, income, events. `leftLots` is what the book has left of it. */
export function settleFill(
  state: ExchangeState,
  market: Market,
  order: UsdmOrder,
  leftLots: number,
  fill: ToldFill,
): void {
  announce(state, order);
  const now = state.nowMs;
  const account = state.accountOf(order);
  const { contract } = order;
  const index = account.positionIndex(contract, order.positionSide);
  const { ticks, lots, tradeId, isMaker, feeQuanta, realisedQuanta } = fill;

  order.filledLots += lots;
  order.filledTickLots += ticks * lots;
  order.restingLots = leftLots;
  order.updatedMs = now;
  order.status = order.filledLots === order.lots ? 'FILLED' : 'PARTIALLY_FILLED';

  // The house is on the other side of all that clients do together.
  state.houseQuanta += order.side * contract.instrument.value(ticks, lots);
  market.houseLots -= order.side * lots;

  const record = account.records[index]!;
  const position = account.margin.positions[index]!;
  record.realisedQuanta += realisedQuanta;
  record.updatedMs = now;
  // What opened or turned the position leaves only the fee of its own lots to earn back.
  const held = Math.abs(position.lots);
  const isFresh = held > 0 && held <= lots && position.lots > 0 === order.side > 0;
  if (held === 0) record.costQuanta = 0;
  else if (isFresh) record.costQuanta = multiplyDivide(feeQuanta, held, lots, 'half-even');
  else record.costQuanta += feeQuanta - realisedQuanta;

  account.trades.push({ id: tradeId, order, ticks, lots, isMaker, feeQuanta, realisedQuanta, timeMs: now });
  const income = (type: string, quanta: number): void => {
    if (quanta === 0) return;
    const id = state.nextTransactionId();
    account.income.push({
      symbol: contract.symbol,
      type,
      quanta,
      timeMs: now,
      id,
      tradeId: `${tradeId}`,
      info: `${tradeId}`,
    });
  };
  income('REALIZED_PNL', realisedQuanta);
  income(order.origin.isLiquidation ? 'INSURANCE_CLEAR' : 'COMMISSION', -feeQuanta);

  bookCover(state, account, contract.symbol);
  tellTradeLite(state, order, fill);
  tellAccount(state, account, 'ORDER', [index]);
  tellOrder(state, order, order.origin.isLiquidation ? 'CALCULATED' : 'TRADE', fill);
  // A reduce-only order rests with no more than the position: what it was placed for beyond that ends with its last lot.
  if (leftLots === 0 && order.filledLots < order.lots && !order.origin.isLiquidation)
    expire(state, order, EXPIRY.reduceOnly);
  state.close(order);
}

/** Books what the insurance fund has paid for the account since the last look, so that income always sums to the wallet. */
export function bookCover(state: ExchangeState, account: UsdmAccount, symbol: string): void {
  const quanta = account.margin.insuranceQuanta - account.coveredQuanta;
  if (quanta === 0) return;
  account.coveredQuanta = account.margin.insuranceQuanta;
  const id = state.nextTransactionId();
  account.income.push({
    symbol,
    type: 'INSURANCE_CLEAR',
    quanta,
    timeMs: state.nowMs,
    id,
    tradeId: '',
    info: 'INSURANCE',
  });
}

/** Ends an order of which the book has nothing left, for the reason that the state names. */
function endOrder(state: ExchangeState, order: UsdmOrder, isSelfTrade: boolean): void {
  if (!isOpen(order)) return;
  announce(state, order);
  const isIoc = order.timeInForce === 'IOC' || order.type === 'MARKET';
  if (isSelfTrade) {
    order.status = 'EXPIRED_IN_MATCH';
    order.expiry = isIoc ? EXPIRY.iocRestSelfTrade : EXPIRY.selfTrade;
    finish(state, order, 'EXPIRED');
    return;
  }
  if (state.shrinkReason === 'cancel' || state.shrinkReason === 'liquidation') {
    order.status = 'CANCELED';
    if (state.shrinkReason === 'liquidation') order.expiry = EXPIRY.liquidation;
    finish(state, order, 'CANCELED');
    return;
  }
  const rest = order.type === 'MARKET' ? EXPIRY.marketRest : EXPIRY.iocRest;
  const reason = { 'reduce-only': EXPIRY.reduceOnly, 'good-till': EXPIRY.none, 'taker-rest': rest };
  expire(state, order, reason[state.shrinkReason]);
}

function expire(state: ExchangeState, order: UsdmOrder, reason: string): void {
  order.status = 'EXPIRED';
  order.expiry = reason;
  finish(state, order, 'EXPIRED');
}

function finish(state: ExchangeState, order: UsdmOrder, execution: 'EXPIRED' | 'CANCELED'): void {
  order.updatedMs = state.nowMs;
  order.restingLots = 0;
  tellOrder(state, order, execution);
  state.close(order);
}
