import { type AlgoOrder, type AlgoStatus, isMarketAlgo, tellAlgo } from './algo-order.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Market } from './market.ts';
import { isOpen, type OrderRequest } from './order.ts';
import { placeOrder } from './order-placement.ts';
import { matchedTicks } from './price-match.ts';
import { closableLots } from './reduce-only.ts';
import { Refusal, refuse } from './refusals.ts';

/** Price that a conditional order watches; 0 where there is none yet. */
export function watchedPrice(market: Market, workingType: string): number {
  if (workingType === 'MARK_PRICE') return market.mark.mark;
  return market.contract.instrument.price(market.tape.last?.ticks ?? 0);
}

/** Whether a stop or take-profit order fires at a price. */
export function isReached(order: Pick<AlgoOrder, 'type' | 'side'>, trigger: number, price: number): boolean {
  const firesAbove = order.type.startsWith('STOP') ? order.side > 0 : order.side < 0;
  return firesAbove ? price >= trigger : price <= trigger;
}

/** Fires what the present prices fire. Tells whether there was anything. */
export function fireTriggers(state: ExchangeState, market: Market): boolean {
  if (state.openAlgoOrders.size === 0) return false;
  const fired: AlgoOrder[] = [];
  for (const order of state.openAlgoOrders.values()) {
    if (order.contract === market.contract && mustFire(market, order)) fired.push(order);
  }
  for (const order of fired) if (order.status === 'NEW') fire(state, market, order);
  return fired.length > 0;
}

function mustFire(market: Market, order: AlgoOrder): boolean {
  const price = watchedPrice(market, order.workingType);
  if (price === 0) return false;
  const { instrument } = market.contract;
  const isDue =
    order.type === 'TRAILING_STOP_MARKET'
      ? hasTurned(order, price, instrument.price(order.activateTicks))
      : isReached(order, instrument.price(order.triggerTicks), price);
  return isDue && !(order.priceProtect && isProtected(market));
}

/** A trailing order follows the price to its best, and fires where the price has come back by the callback rate from there. */
function hasTurned(order: AlgoOrder, price: number, activation: number): boolean {
  const { side } = order;
  if (order.extreme === 0 || side * price < side * order.extreme) order.extreme = price;
  if (activation === 0 || side * order.extreme <= side * activation) order.isActive = true;
  const callback = Number(order.callbackRate) / 100;
  // Compared with a grain of tolerance: 100 × (1 − 0.01) is a double below 99.
  const turn = order.extreme * (1 + side * callback);
  return order.isActive && side * price >= side * turn - 1e-9 * turn;
}

function isProtected(market: Market): boolean {
  const last = watchedPrice(market, 'CONTRACT_PRICE');
  const { mark } = market.mark;
  return mark > 0 && last > 0 && Math.abs(mark - last) / mark > Number(market.contract.options.triggerProtect);
}

function fire(state: ExchangeState, market: Market, order: AlgoOrder): void {
  order.triggeredMs = state.nowMs;
  change(state, order, 'TRIGGERING');
  const request = requestOf(state, market, order);
  if (request === null) {
    // Nothing is left to close: the exchange takes the order back.
    end(state, order, 'EXPIRED');
    return;
  }
  const placed = request instanceof Refusal ? request : placeOrder(state, state.accountOf(order), request);
  if (placed instanceof Refusal) {
    order.rejection = placed.msg;
    end(state, order, 'REJECTED');
    return;
  }
  order.orderId = placed.id;
  change(state, order, 'TRIGGERED');
  if (isOpen(placed)) return;
  end(state, order, 'FINISHED');
}

/** The order that a conditional one becomes; null where it should close a position that is not there. */
function requestOf(state: ExchangeState, market: Market, order: AlgoOrder): OrderRequest | Refusal | null {
  const { contract } = order;
  const lots = order.closePosition ? closableLots(state.accountOf(order), contract, order) : order.lots;
  if (lots === 0) return null;
  const isMarket = isMarketAlgo(order.type);
  const ticks = isMarket
    ? 0
    : order.priceMatch === 'NONE'
      ? order.ticks
      : matchedTicks(market, order.side, order.priceMatch);
  if (!isMarket && ticks === 0) return refuse(-5041);
  return {
    contract,
    side: order.side,
    positionSide: order.positionSide,
    type: isMarket ? 'MARKET' : 'LIMIT',
    timeInForce: isMarket ? 'GTC' : order.timeInForce,
    ticks,
    lots,
    reduceOnly: order.reduceOnly || (order.closePosition && order.positionSide === 'BOTH'),
    clientId: order.clientId,
    priceMatch: order.priceMatch,
    selfTrade: order.selfTrade,
    goodTillMs: order.goodTillMs,
    origin: {
      type: order.type,
      closePosition: order.closePosition,
      stopPrice: contract.priceText(order.triggerTicks),
      workingType: order.workingType,
      priceProtect: order.priceProtect,
      isLiquidation: false,
    },
  };
}

/** Moves triggered orders whose order has ended to FINISHED. */
export function finishTriggered(state: ExchangeState): void {
  for (const order of state.openAlgoOrders.values()) {
    if (order.status !== 'TRIGGERED') continue;
    const placed = state.orders.get(order.orderId);
    if (placed === undefined || !isOpen(placed)) end(state, order, 'FINISHED');
  }
}

export function cancelAlgo(state: ExchangeState, order: AlgoOrder): Refusal | null {
  if (order.status !== 'NEW') return refuse(-2011);
  end(state, order, 'CANCELED');
  return null;
}

function change(state: ExchangeState, order: AlgoOrder, status: AlgoStatus): void {
  order.status = status;
  order.updatedMs = state.nowMs;
  tellAlgo(state, order);
}

function end(state: ExchangeState, order: AlgoOrder, status: AlgoStatus): void {
  state.openAlgoOrders.delete(order.id);
  change(state, order, status);
}
