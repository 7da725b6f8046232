import type { OrderTerms } from '../../core/exchange/margin-market.ts';
import type { BookOrder, SelfTradeMode } from '../../core/exchange/matching-book.ts';
import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { MAX_NOTIONAL_QUANTA } from './contract.ts';
import type { ExchangeState } from './exchange-state.ts';
import { announce } from './fills.ts';
import type { Market } from './market.ts';
import type { OrderRequest, SelfTradePrevention, UsdmOrder } from './order.ts';
import { isOpen } from './order.ts';
import { canOnlyReduce, closableLots, reducibleLots } from './reduce-only.ts';
import { Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

export const MAX_OPEN_ORDERS = 200;
/** How far above the mark price a MARKET buy is reckoned when its margin is claimed. */
const MARKET_CUSHION = 0.0005;

const SELF_TRADE_MODES: Readonly<Record<SelfTradePrevention, SelfTradeMode>> = {
  NONE: 'none',
  EXPIRE_TAKER: 'cancel-newest',
  EXPIRE_MAKER: 'cancel-oldest',
  EXPIRE_BOTH: 'cancel-both',
};

/** Self-trade prevention works with GTC, IOC and GTD only. */
function selfTradeMode(request: OrderRequest): SelfTradeMode {
  return request.timeInForce === 'FOK' || request.timeInForce === 'GTX' ? 'none' : SELF_TRADE_MODES[request.selfTrade];
}

/**
 * Places an order: checks it against the account and the market, matches it, and lets everything follow that follows. With `dryRun` only
 * the checks are made, and the order answered is one that does not exist.
 */
export function placeOrder(
  state: ExchangeState,
  account: UsdmAccount,
  request: OrderRequest,
  dryRun = false,
): UsdmOrder | Refusal {
  const { contract } = request;
  const market = state.market(contract);
  const refusal = refusalOf(state, account, market, request);
  if (refusal !== null) return refusal;
  const isReducing = canOnlyReduce(request);
  const ticks = request.type === 'MARKET' ? takeLimit(market, request.side) : request.ticks;
  const bookLots = isReducing ? Math.min(request.lots, reducibleLots(state, account, contract, request)) : request.lots;
  if (bookLots === 0) return refuse(closableLots(account, contract, request) === 0 ? -2022 : -4118);
  if (request.timeInForce === 'FOK' && bookLots < request.lots) return refuse(-5021);
  const terms = termsOf(account, market, request, isReducing);
  if (terms instanceof Refusal) return terms;
  const order = newOrder(state, account, request, dryRun ? 0 : state.nextOrderId());
  if (dryRun) return order;

  state.addOrder(order);
  order.priority = state.nextPriority();
  order.restingLots = bookLots;
  state.shrinkReason = 'taker-rest';
  const placed: BookOrder = {
    id: order.id,
    account: account.account.index,
    side: request.side,
    ticks,
    lots: bookLots,
    tif:
      request.type === 'MARKET' || request.timeInForce === 'IOC'
        ? 'ioc'
        : request.timeInForce === 'FOK'
          ? 'fok'
          : 'gtc',
    postOnly: request.timeInForce === 'GTX',
    displayLots: 0,
    reserveTicks: 0,
    selfTrade: selfTradeMode(request),
  };
  const code = market.trading.place(placed, terms);
  if (code !== VENUE_REFUSAL.accepted) {
    state.orders.delete(order.id);
    state.openOrders.delete(order.id);
    state.ordersOf.get(order.account)!.pop();
    return refusalOfVenue(code);
  }
  announce(state, order);
  market.mustReview = true;
  market.touch(order.side, order.ticks);
  if (order.goodTillMs > 0 && isOpen(order)) {
    order.cancelTimer = state.around.at(order.goodTillMs, () => {
      order.cancelTimer = null;
      state.shrinkReason = 'good-till';
      market.trading.cancel(order.id);
      state.settle(market);
    });
  }
  state.settle(market);
  return order;
}

/** What keeps an order out whatever the book holds. */
function refusalOf(state: ExchangeState, account: UsdmAccount, market: Market, request: OrderRequest): Refusal | null {
  const { contract, side } = request;
  const isLegOk = account.isHedged ? request.positionSide !== 'BOTH' : request.positionSide === 'BOTH';
  if (!isLegOk) return refuse(-4061);
  const open = state.openOrdersOf(account.account.index);
  if (open.some((o) => o.contract === contract && o.clientId === request.clientId)) return refuse(-4116);
  if (open.filter((o) => o.contract === contract).length >= MAX_OPEN_ORDERS) return refuse(-2025);
  const { mark } = market.mark;
  if (request.type === 'MARKET') {
    if (mark === 0) return refuse(-2020);
    const limit = takeLimit(market, side);
    const best = market.book.bestTicks(-side);
    if (best !== 0 && side * best > side * limit) return refuse(-4131);
  } else if (mark > 0) {
    const { multiplierUp, multiplierDown, multiplierDecimals } = contract.options;
    const price = contract.instrument.price(request.ticks);
    const most = mark * Number(multiplierUp);
    const least = mark * Number(multiplierDown);
    if (side > 0 && price > most)
      return refuse(-4016, most.toFixed(Math.min(multiplierDecimals, contract.pricePrecision)));
    if (side < 0 && price < least)
      return refuse(-4024, least.toFixed(Math.min(multiplierDecimals, contract.pricePrecision)));
  }
  const valued = request.type === 'MARKET' ? mark : contract.instrument.price(request.ticks);
  const notional = contract.instrument.valueAt(valued, request.lots);
  if (!canOnlyReduce(request) && !request.origin.closePosition && notional < Number(contract.options.minNotional)) {
    return refuse(-4164, contract.options.minNotional);
  }
  return null;
}

/** Limit up to which a MARKET order takes: mark × (1 ± marketTakeBound). */
function takeLimit(market: Market, side: number): number {
  const { contract, mark } = market;
  const limit = mark.mark * (1 + side * Number(contract.options.marketTakeBound));
  return Math.max(1, contract.instrument.ticks(limit, side > 0 ? 'floor' : 'ceil'));
}

/** What an order claims: its cost at the limit, and the loss at which it would open. Reducing orders claim nothing. */
function termsOf(
  account: UsdmAccount,
  market: Market,
  request: OrderRequest,
  isReducing: boolean,
): OrderTerms | Refusal {
  const { contract, side, lots } = request;
  const { instrument } = contract;
  const position = account.positionIndex(contract, request.positionSide);
  if (isReducing) return { position, claimTicks: 0 };
  const { mark } = market.mark;
  const reckoned = side > 0 ? mark * (1 + MARKET_CUSHION) : mark;
  const claimTicks = request.type === 'MARKET' ? instrument.ticks(reckoned, 'ceil') : request.ticks;
  const price = instrument.price(claimTicks);
  const held = account.margin.positions[position]!;
  const staked = held.notionalQuanta + (side > 0 ? held.buyQuanta : held.sellQuanta);
  // Beyond it, sums of money would leave the exact range.
  if (staked + instrument.valueAt(price, lots) * 1e8 > MAX_NOTIONAL_QUANTA) return refuse(-2027);
  const openLoss =
    mark === 0 ? 0 : Math.max(0, side * (instrument.valueAt(price, lots) - instrument.valueAt(mark, lots)));
  // A MARKET order is reckoned above the mark to have a cushion, not a loss.
  const extraQuanta = request.type === 'MARKET' ? 0 : instrument.quanta(openLoss, 'ceil');
  return { position, claimTicks, extraQuanta };
}

function newOrder(state: ExchangeState, account: UsdmAccount, request: OrderRequest, id: number): UsdmOrder {
  const now = state.nowMs;
  return {
    ...request,
    id,
    account: account.account.index,
    createdMs: now,
    updatedMs: now,
    status: 'NEW',
    filledLots: 0,
    filledTickLots: 0,
    restingLots: 0,
    priority: 0,
    expiry: '0',
    isAnnounced: false,
    isAmending: false,
    amendments: [],
    cancelTimer: null,
  };
}

/** A refusal of the core as the protocol words it. */
export function refusalOfVenue(code: number): Refusal {
  switch (code) {
    case VENUE_REFUSAL['leverage-above-tier']:
      return refuse(-2027);
    case VENUE_REFUSAL['post-only-would-cross']:
      return refuse(-5022);
    case VENUE_REFUSAL['fill-or-kill-not-fillable']:
      return refuse(-5021);
    case VENUE_REFUSAL['unknown-order']:
      return refuse(-2011);
    default:
      return refuse(-2019);
  }
}
