import type { Json } from '../../core/vocabulary/json.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Contract } from './contract.ts';

export type PositionSide = 'BOTH' | 'LONG' | 'SHORT';
/** A leg's place among the three positions that an account has in a symbol. */
export const POSITION_SIDES: readonly PositionSide[] = ['BOTH', 'LONG', 'SHORT'];

export const SELF_TRADE_PREVENTION = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'] as const;
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTION)[number];

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD';
export type OrderType = 'LIMIT' | 'MARKET';
export type OrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH';

/** Why an order expired (`er` of the order event). */
export const EXPIRY = {
  none: '0',
  selfTrade: '1',
  iocRest: '2',
  iocRestSelfTrade: '3',
  reduceOnly: '4',
  liquidation: '5',
  marketRest: '9',
} as const;

/** What a placement asks for, checked and in exact units. */
export interface OrderRequest {
  readonly contract: Contract;
  readonly side: 1 | -1;
  readonly positionSide: PositionSide;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** 0 for MARKET. */
  readonly ticks: number;
  readonly lots: number;
  readonly reduceOnly: boolean;
  readonly clientId: string;
  readonly priceMatch: string;
  readonly selfTrade: SelfTradePrevention;
  /** 0 unless GTD. */
  readonly goodTillMs: TimeMs;
  /** Of a conditional order that has fired; else as a plain order has them. */
  readonly origin: OrderOrigin;
}

export interface OrderOrigin {
  readonly type: string;
  readonly closePosition: boolean;
  /** `0` where there is none. */
  readonly stopPrice: string;
  readonly workingType: string;
  readonly priceProtect: boolean;
  /** Of a forced closing. */
  readonly isLiquidation: boolean;
}

export const PLAIN_ORDER: OrderOrigin = {
  type: '',
  closePosition: false,
  stopPrice: '0',
  workingType: 'CONTRACT_PRICE',
  priceProtect: false,
  isLiquidation: false,
};

export interface Amendment {
  readonly id: number;
  readonly timeMs: TimeMs;
  readonly priceBefore: string;
  readonly priceAfter: string;
  readonly quantityBefore: string;
  readonly quantityAfter: string;
}

/** An order of a client from its acceptance on. */
export interface UsdmOrder extends OrderRequest {
  readonly id: number;
  /** Index of its account. */
  readonly account: number;
  readonly createdMs: TimeMs;
  ticks: number;
  /** As asked for. */
  lots: number;
  priceMatch: string;
  selfTrade: SelfTradePrevention;
  status: OrderStatus;
  filledLots: number;
  /** Sum of ticks × lots of its fills. */
  filledTickLots: number;
  /** What rests in the book; a reduce-only order may rest with less than what is left of it. */
  restingLots: number;
  updatedMs: TimeMs;
  /** Place in the queue: later placed or moved orders have larger numbers. */
  priority: number;
  expiry: string;
  /** Whether its acceptance, or its last amendment, has been told. */
  isAnnounced: boolean;
  isAmending: boolean;
  readonly amendments: Amendment[];
  /** Takes back its GTD timer. */
  cancelTimer: (() => void) | null;
}

export function isOpen(order: UsdmOrder): boolean {
  return order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';
}

export function sideText(side: number): 'BUY' | 'SELL' {
  return side > 0 ? 'BUY' : 'SELL';
}

/** Type that answers and events show: a forced closing is LIQUIDATION in events only. */
export function originalType(order: UsdmOrder): string {
  return order.origin.type || order.type;
}

/** The order as placements, cancellations and queries answer it. `ack` shows it before anything has traded. */
export function orderJson(order: UsdmOrder, ack = false): { readonly [key: string]: Json } {
  const { contract } = order;
  const filled = ack ? 0 : order.filledLots;
  return {
    orderId: order.id,
    symbol: contract.symbol,
    status: ack ? 'NEW' : order.status,
    clientOrderId: order.clientId,
    price: contract.priceText(order.ticks),
    avgPrice: contract.averageText(order.filledTickLots, filled) ?? '0.00',
    origQty: contract.quantityText(order.lots),
    executedQty: contract.quantityText(filled),
    cumQty: contract.quantityText(filled),
    cumQuote: ack ? '0' : contract.tickLotsText(order.filledTickLots),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: order.origin.closePosition,
    side: sideText(order.side),
    positionSide: order.positionSide,
    stopPrice: order.origin.stopPrice,
    workingType: order.origin.workingType,
    priceProtect: order.origin.priceProtect,
    origType: originalType(order),
    priceMatch: order.priceMatch,
    selfTradePreventionMode: order.selfTrade,
    goodTillDate: order.goodTillMs,
    updateTime: order.updatedMs,
  };
}

/** The order as queries answer it: with its time, without `cumQty`. */
export function queriedOrderJson(order: UsdmOrder): Json {
  const { cumQty: _cumQty, ...fields } = orderJson(order);
  return { ...fields, time: order.createdMs };
}
