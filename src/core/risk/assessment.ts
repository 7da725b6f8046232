import { type OrderDraft, TYPE } from '../vocabulary/order.ts';
import type { CompiledLimits } from './limits.ts';
import type { RiskState } from './state.ts';
import type { RiskView } from './view.ts';

/** Order types (as bits) that carry a limit price, and that carry a trigger price. */
export const LIMIT_PRICED = (1 << TYPE.limit) | (1 << TYPE['stop-limit']) | (1 << TYPE['take-profit-limit']);
export const TRIGGERED =
  (1 << TYPE['stop-market']) |
  (1 << TYPE['stop-limit']) |
  (1 << TYPE['take-profit-market']) |
  (1 << TYPE['take-profit-limit']);
// The same as constants that the compiler knows: what a module exports it looks up at every use.
const PRICED_BY_LIMIT = LIMIT_PRICED;
const PRICED_BY_TRIGGER = TRIGGERED;

/**
 * Works out once what many rules need, into `state`:
 *
 * - the price at which the order works: its limit, else its trigger, else the last price; and the value of a lot there and
 *   at the last price;
 * - how many of its lots close the strategy's position and how many open one. Lots that other open orders on the same side
 *   already close are taken: the proof holds with all of them filled. A leg closes what its parent opens. An order with no
 *   opening lots is `reducing`, and so is what adds nothing to an order that stood there; one that flips a position is not;
 * - how far the position of strategy and account goes to the order's side with every open order filled, and how much farther with
 *   it; and what that adds to the worst |position|. An order that turns a position over meets its resting stops and targets: should
 *   they fill first, all of the order opens something.
 *
 * Only the added lots are valued at the order's price, the rest at the last price: a buy limit far below the market costs
 * what it costs there.
 */
export function assess(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): void {
  const buy = draft.side > 0;
  const { lots } = draft;

  let closable: number;
  if (draft.parent >= 0) closable = buy ? -view.parentLots : view.parentLots;
  else if (buy) closable = -view.strategyLots - view.strategyOpenBuyLots;
  else closable = view.strategyLots - view.strategyOpenSellLots;
  const closing = closable >= lots ? lots : closable > 0 ? closable : 0;
  state.closingLots = closing;
  state.openingLots = lots - closing;
  state.reducing = lots > 0 && (closing === lots || view.addsNothing);

  const bit = 1 << draft.type;
  const ticks = PRICED_BY_LIMIT & bit ? draft.limitTicks : PRICED_BY_TRIGGER & bit ? draft.triggerTicks : 0;
  const { instrument } = view;
  const price = ticks > 0 ? instrument.price(ticks) : view.price;
  const lotSize = instrument.lotQuantity * instrument.contractSize;
  state.orderPrice = price;
  // Of an inverse contract the quote value is fixed and the settled one moves; of all others they are the same.
  state.lotNotional = instrument.inverse ? lotSize : lotSize * price;
  if (!state.reducing) assessOpening(draft, view, limits, state);
}

/** The part that only orders which open something need; figures for people need it always. */
export function assessOpening(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): void {
  const buy = draft.side > 0;
  const { lots } = draft;
  const { orderPrice } = state;
  const { inverse, lotQuantity, contractSize } = view.instrument;
  const lotSize = lotQuantity * contractSize;
  const rate = view.settleRate;
  state.lotValue = (inverse ? lotSize / orderPrice : lotSize * orderPrice) * rate;
  state.referenceLotValue = (inverse ? lotSize / view.price : lotSize * view.price) * rate;
  const leverage = view.leverage < limits.leverage ? view.leverage : limits.leverage;
  state.leverage = leverage;
  state.capital = leverage * view.equity;

  const position = view.strategyLots;
  const legs = position !== 0 && position > 0 !== buy ? view.strategyLegLots : 0;
  state.legLots = legs;
  const strategyAhead = buy ? position + view.strategyOpenBuyLots + legs : view.strategyOpenSellLots + legs - position;
  state.strategySideLots = strategyAhead > 0 ? strategyAhead : 0;
  state.strategyAddedLots = (strategyAhead + lots > 0 ? strategyAhead + lots : 0) - state.strategySideLots;
  const net = view.netLots;
  const high = net + view.openBuyLots + (buy ? legs : 0);
  const low = net - view.openSellLots - (buy ? 0 : legs);
  state.accountAddedLots = (buy ? worst(high + lots, low) : worst(high, low - lots)) - worst(high, low);
  const accountAhead = buy ? high : -low;
  state.accountSideLots = accountAhead > 0 ? accountAhead : 0;
  state.accountSideAddedLots = (accountAhead + lots > 0 ? accountAhead + lots : 0) - state.accountSideLots;
}

/** The larger of |high| and |low|; no order filled lies between the two. */
function worst(high: number, low: number): number {
  const up = high < 0 ? -high : high;
  const down = low < 0 ? -low : low;
  return up > down ? up : down;
}
