import { rateUp, toRate } from '../../core/exchange/rate.ts';
import type { ExchangeState } from './exchange-state.ts';
import { settleFill } from './fills.ts';
import type { Market } from './market.ts';
import type { UsdmOrder } from './order.ts';
import { cancelOrder } from './order-changes.ts';
import type { UsdmAccount } from './usdm-account.ts';
import { tellMarginCall } from './user-events.ts';

/** Maintenance over margin balance from which an account is warned. */
const WARNING_RATIO = 0.8;

/**
 * Forced closing.
 *
 * ASSUMPTIONS
 * 1. A position is due where its margin balance is not above its maintenance margin, at the mark price (isolated: the position's own;
 *    cross: the account's). Its open orders are cancelled first: of the symbol's leg where isolated, all cross ones else.
 * 2. It is closed whole and at once, not bracket by bracket: what the book gives at the bankruptcy price or better by an IOC order
 *    `autoclose-<n>`, the rest by the insurance fund at the bankruptcy price, off the book. Cross positions go one after the other, the
 *    largest loss first, until the account is safe.
 * 3. The fund passes what it takes over on to the house at the mark price; the difference is its gain or loss. It gets the liquidation fee
 *    of what was closed, as far as the position has that much left. What the account cannot pay, it pays.
 * 4. There is no auto-deleveraging: the fund may go below nothing, and `insuranceBalance` shows it.
 * 5. MARGIN_CALL is sent once when maintenance margin passes 80 % of the balance, and again only after a recovery.
 */
export function liquidateWhatMust(state: ExchangeState, account: UsdmAccount): void {
  const { margin } = account;
  for (const [index, position] of margin.positions.entries()) {
    if (position.lots === 0 || position.mode !== 'isolated' || !margin.mustLiquidate(index)) continue;
    const contract = account.contractOf(index);
    cancelFor(state, account, (o) => o.contract === contract && o.positionSide === account.sideOf(index));
    closeByForce(state, account, index);
  }
  if (margin.positions.some((p, index) => p.mode === 'cross' && margin.mustLiquidate(index))) {
    cancelFor(state, account, (o) => account.isCross(o.contract));
    for (;;) {
      const worst = worstCross(account);
      if (worst < 0 || !margin.mustLiquidate(worst)) break;
      closeByForce(state, account, worst);
    }
  }
  warn(state, account);
}

function cancelFor(state: ExchangeState, account: UsdmAccount, isMeant: (order: UsdmOrder) => boolean): void {
  for (const order of state.openOrdersOf(account.account.index))
    if (isMeant(order)) cancelOrder(state, order, 'liquidation');
}

function worstCross(account: UsdmAccount): number {
  let worst = -1;
  for (const [index, position] of account.margin.positions.entries()) {
    if (position.mode !== 'cross' || position.lots === 0) continue;
    if (worst < 0 || position.unrealisedQuanta < account.margin.positions[worst]!.unrealisedQuanta) worst = index;
  }
  return worst;
}

function closeByForce(state: ExchangeState, account: UsdmAccount, index: number): void {
  const contract = account.contractOf(index);
  const market = state.market(contract);
  const position = account.margin.positions[index]!;
  const side = position.lots > 0 ? -1 : 1;
  const lots = Math.abs(position.lots);
  const { instrument } = contract;
  const bankruptcy = account.margin.bankruptcyPrice(index) ?? (side < 0 ? 0 : instrument.price(contract.maxTicks));
  const bounded = Math.min(instrument.price(contract.maxTicks), Math.max(bankruptcy, instrument.price(1)));
  const limit = Math.max(1, instrument.ticks(bounded, side < 0 ? 'ceil' : 'floor'));
  const now = state.nowMs;
  const order: UsdmOrder = {
    contract,
    side,
    positionSide: account.sideOf(index),
    type: 'LIMIT',
    timeInForce: 'IOC',
    ticks: limit,
    lots,
    reduceOnly: false,
    clientId: `autoclose-${state.nextAutoClose()}`,
    priceMatch: 'NONE',
    selfTrade: 'NONE',
    goodTillMs: 0,
    origin: {
      type: 'LIMIT',
      closePosition: false,
      stopPrice: '0',
      workingType: 'CONTRACT_PRICE',
      priceProtect: false,
      isLiquidation: true,
    },
    id: state.nextOrderId(),
    account: account.account.index,
    createdMs: now,
    updatedMs: now,
    status: 'NEW',
    filledLots: 0,
    filledTickLots: 0,
    restingLots: 0,
    priority: state.nextPriority(),
    expiry: '0',
    isAnnounced: false,
    isAmending: false,
    amendments: [],
    cancelTimer: null,
  };
  state.addOrder(order);
  const rate = toRate(Number(contract.options.liquidationFee));
  const onBook = Math.min(lots, lotsAtOrBetter(market, -side, limit));
  if (onBook > 0) {
    market.trading.place(
      {
        id: order.id,
        account: order.account,
        side,
        ticks: limit,
        lots: onBook,
        tif: 'ioc',
        postOnly: false,
        displayLots: 0,
        reserveTicks: 0,
      },
      { position: index, claimTicks: 0, liquidationRate: rate },
    );
  }
  const left = lots - onBook;
  if (left > 0) takeOver(state, account, market, order, index, limit, left, rate);
  market.mustReview = true;
  state.forced({ market, order });
  state.settle(market);
}

/** The insurance fund takes what the book did not. */
function takeOver(
  state: ExchangeState,
  account: UsdmAccount,
  market: Market,
  order: UsdmOrder,
  index: number,
  ticks: number,
  lots: number,
  rate: number,
): void {
  const { instrument } = market.contract;
  const value = instrument.value(ticks, lots);
  const fee = Math.max(0, Math.min(rateUp(value, rate), account.margin.leftAfter(index, ticks, lots)));
  const realised = account.margin.fill(index, order.side, lots, ticks, fee);
  market.trading.liquidationFeesQuanta += fee;
  // The house buys at the mark what the fund got at the bankruptcy price: what lies between is the fund's.
  const atMark = instrument.value(instrument.ticks(market.mark.mark, 'half-even'), lots);
  const gain = order.side * (value - atMark);
  state.insuranceQuanta += gain;
  state.houseQuanta -= gain;
  settleFill(state, market, order, 0, {
    ticks,
    lots,
    tradeId: market.tape.takeId(),
    isMaker: false,
    feeQuanta: fee,
    realisedQuanta: realised,
  });
}

function lotsAtOrBetter(market: Market, side: number, ticks: number): number {
  let lots = 0;
  for (const level of market.book.levels(side)) {
    if (side * level.ticks < side * ticks) break;
    lots += level.lots;
  }
  return lots;
}

function warn(state: ExchangeState, account: UsdmAccount): void {
  const { margin, warned } = account;
  const called: number[] = [];
  for (const [index, position] of margin.positions.entries()) {
    const isClose = position.lots !== 0 && margin.marginRatio(index) >= WARNING_RATIO;
    if (!isClose) warned.delete(index);
    else if (!warned.has(index)) {
      warned.add(index);
      called.push(index);
    }
  }
  if (called.length > 0) tellMarginCall(state, account, called);
}
