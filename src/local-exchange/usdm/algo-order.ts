import type { Json } from '../../core/vocabulary/json.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Contract } from './contract.ts';
import type { ExchangeState } from './exchange-state.ts';
import { type PositionSide, type SelfTradePrevention, sideText, type TimeInForce } from './order.ts';
import { decimalsText } from './texts.ts';

export const ALGO_TYPES = ['STOP', 'TAKE_PROFIT', 'STOP_MARKET', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'] as const;
export type AlgoType = (typeof ALGO_TYPES)[number];
export type AlgoStatus = 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'REJECTED' | 'EXPIRED';

/** A conditional order as asked for, checked. Lots and ticks are 0 where there are none. */
export interface AlgoRequest {
  readonly contract: Contract;
  readonly clientId: string;
  readonly type: AlgoType;
  readonly side: 1 | -1;
  readonly positionSide: PositionSide;
  readonly timeInForce: TimeInForce;
  readonly lots: number;
  /** Limit of STOP and TAKE_PROFIT. */
  readonly ticks: number;
  readonly triggerTicks: number;
  readonly workingType: 'CONTRACT_PRICE' | 'MARK_PRICE';
  readonly priceMatch: string;
  readonly closePosition: boolean;
  readonly priceProtect: boolean;
  readonly reduceOnly: boolean;
  /** 0 where trailing starts at once. */
  readonly activateTicks: number;
  /** Percent, as sent; empty for all but trailing orders. */
  readonly callbackRate: string;
  readonly selfTrade: SelfTradePrevention;
  readonly goodTillMs: TimeMs;
}

export interface AlgoOrder extends AlgoRequest {
  readonly id: number;
  readonly account: number;
  readonly createdMs: TimeMs;
  status: AlgoStatus;
  updatedMs: TimeMs;
  triggeredMs: TimeMs;
  /** Of a trailing order: best price since it was placed, and whether its activation price has been reached. */
  extreme: number;
  isActive: boolean;
  /** The order that it became, or 0. */
  orderId: number;
  rejection: string;
}

export function isMarketAlgo(type: AlgoType): boolean {
  return type.endsWith('_MARKET');
}

/** The order as its placement answers it. */
export function algoJson(order: AlgoOrder): { readonly [key: string]: Json } {
  const { contract } = order;
  return {
    algoId: order.id,
    clientAlgoId: order.clientId,
    algoType: 'CONDITIONAL',
    orderType: order.type,
    symbol: contract.symbol,
    side: sideText(order.side),
    positionSide: order.positionSide,
    timeInForce: order.timeInForce,
    quantity: contract.quantityText(order.lots),
    algoStatus: order.status,
    triggerPrice: contract.priceText(order.triggerTicks),
    price: contract.priceText(order.ticks),
    icebergQuantity: null,
    selfTradePreventionMode: order.selfTrade,
    workingType: order.workingType,
    priceMatch: order.priceMatch,
    closePosition: order.closePosition,
    priceProtect: order.priceProtect,
    reduceOnly: order.reduceOnly,
    activatePrice: order.type === 'TRAILING_STOP_MARKET' ? contract.priceText(order.activateTicks) : '',
    callbackRate: order.callbackRate,
    createTime: order.createdMs,
    updateTime: order.updatedMs,
    triggerTime: order.triggeredMs,
    goodTillDate: order.goodTillMs,
  };
}

/** The order as queries answer it: with what it became. */
export function queriedAlgoJson(state: ExchangeState, order: AlgoOrder): Json {
  const actual = state.orders.get(order.orderId);
  return {
    ...algoJson(order),
    actualOrderId: order.orderId === 0 ? '' : `${order.orderId}`,
    actualPrice: actual ? (order.contract.averageText(actual.filledTickLots, actual.filledLots) ?? '0') : '0',
    actualQty: actual ? order.contract.quantityText(actual.filledLots) : '0',
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
  };
}

/** ALGO_UPDATE. */
export function tellAlgo(state: ExchangeState, order: AlgoOrder): void {
  const { contract } = order;
  const now = state.nowMs;
  const actual = state.orders.get(order.orderId);
  state.around.notify(state.accountOf(order).account, {
    e: 'ALGO_UPDATE',
    T: now,
    E: now,
    o: {
      caid: order.clientId,
      aid: order.id,
      at: 'CONDITIONAL',
      o: order.type,
      s: contract.symbol,
      S: sideText(order.side),
      ps: order.positionSide,
      f: order.timeInForce,
      q: contract.quantityText(order.lots),
      X: order.status,
      ai: order.orderId === 0 ? '' : `${order.orderId}`,
      ap: actual ? (contract.averageText(actual.filledTickLots, actual.filledLots) ?? '0') : '0',
      aq: actual ? contract.quantityText(actual.filledLots) : '0',
      act: actual?.type ?? '0',
      tp: contract.priceText(order.triggerTicks),
      p: contract.priceText(order.ticks),
      V: order.selfTrade,
      wt: order.workingType,
      pm: order.priceMatch,
      cp: order.closePosition,
      pP: order.priceProtect,
      R: order.reduceOnly,
      tt: order.triggeredMs,
      gtd: order.goodTillMs,
      rm: order.rejection,
      ...(order.type === 'TRAILING_STOP_MARKET'
        ? { AP: contract.priceText(order.activateTicks), cr: order.callbackRate, hp: decimalsText(order.extreme) }
        : {}),
    },
  });
}
