import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { MAX_NOTIONAL_QUANTA } from './contract.ts';
import type { ExchangeState } from './exchange-state.ts';
import { announce } from './fills.ts';
import { isOpen, type UsdmOrder } from './order.ts';
import { refusalOfVenue } from './order-placement.ts';
import { canOnlyReduce, closableLots } from './reduce-only.ts';
import { type Refusal, refuse } from './refusals.ts';

export const MAX_AMENDMENTS = 10_000;

/** Cancels an open order. */
export function cancelOrder(
  state: ExchangeState,
  order: UsdmOrder,
  reason: 'cancel' | 'liquidation' = 'cancel',
): Refusal | null {
  if (!isOpen(order)) return refuse(-2011);
  const market = state.market(order.contract);
  state.shrinkReason = reason;
  market.trading.cancel(order.id);
  state.settle(market);
  return null;
}

/**
 * Gives a LIMIT order another price and quantity (what has filled included). It queues last, and trades at once where it crosses. Where
 * less is asked for than has filled, or a post-only order would take, it is cancelled; where it breaks a limit, it stays as it was.
 */
export function amendOrder(
  state: ExchangeState,
  order: UsdmOrder,
  ticks: number,
  lots: number,
  priceMatch: string,
): Refusal | null {
  if (!isOpen(order)) return refuse(-2013);
  if (order.amendments.length >= MAX_AMENDMENTS) return refuse(-5026);
  if (ticks === order.ticks && lots === order.lots) return refuse(-5027);
  if (lots <= order.filledLots) return cancelOrder(state, order);
  const market = state.market(order.contract);
  const { contract } = order;
  const account = state.accountOf(order);
  const isReducing = canOnlyReduce(order);
  const left = isReducing
    ? Math.min(lots - order.filledLots, closableLots(account, contract, order))
    : lots - order.filledLots;
  if (left === 0) return refuse(-2022);
  const { instrument } = contract;
  const { mark } = market.mark;
  const value = instrument.valueAt(instrument.price(ticks), left);
  const held = account.position(contract, order.positionSide);
  if (held.notionalQuanta + (order.side > 0 ? held.buyQuanta : held.sellQuanta) + value * 1e8 > MAX_NOTIONAL_QUANTA)
    return refuse(-2027);
  if (!isReducing && instrument.valueAt(instrument.price(ticks), lots) < Number(contract.options.minNotional)) {
    return refuse(-4164, contract.options.minNotional);
  }
  const openLoss = isReducing || mark === 0 ? 0 : Math.max(0, order.side * (value - instrument.valueAt(mark, left)));

  const before = { ticks: order.ticks, lots: order.lots, resting: order.restingLots, selfTrade: order.selfTrade };
  const time = state.nowMs;
  // Set first: the book may trade at once, and events show the order as amended, the amendment before its trades.
  order.ticks = ticks;
  order.lots = lots;
  order.restingLots = left;
  order.priceMatch = priceMatch;
  order.selfTrade = 'NONE';
  order.updatedMs = time;
  state.shrinkReason = 'cancel';
  order.isAnnounced = false;
  order.isAmending = true;
  const code = market.trading.amend(order.id, ticks, left, true, instrument.quanta(openLoss, 'ceil'));
  if (code !== VENUE_REFUSAL.accepted) {
    order.ticks = before.ticks;
    order.lots = before.lots;
    order.restingLots = before.resting;
    order.selfTrade = before.selfTrade;
    order.isAnnounced = true;
    order.isAmending = false;
    if (code === VENUE_REFUSAL['post-only-would-cross']) return cancelOrder(state, order);
    return refusalOfVenue(code);
  }
  announce(state, order);
  order.priority = state.nextPriority();
  order.amendments.push({
    id: state.nextAmendmentId(),
    timeMs: time,
    priceBefore: contract.priceText(before.ticks),
    priceAfter: contract.priceText(ticks),
    quantityBefore: contract.quantityText(before.lots),
    quantityAfter: contract.quantityText(lots),
  });
  market.mustReview = true;
  market.touch(order.side, before.ticks);
  market.touch(order.side, ticks);
  state.settle(market);
  return null;
}
