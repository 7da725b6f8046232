import type { SelfTradeMode } from '../../core/exchange/matching-book.ts';
import type { OrderList } from './order-list.ts';
import type { SelfTradePrevention } from './spot-options.ts';
import type { SpotSymbol } from './spot-symbol.ts';

export const ORDER_TYPES = [
  'LIMIT',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
  'LIMIT_MAKER',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];
export const SIDES = ['BUY', 'SELL'] as const;
export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];
export const PEG_PRICES = ['PRIMARY_PEG', 'MARKET_PEG'] as const;
export type PegPrice = (typeof PEG_PRICES)[number];

export type OrderStatus =
  | 'NEW'
  | 'PENDING_NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'EXPIRED_IN_MATCH';

export type ExpiryReason =
  | 'REJECTED'
  | 'OCO_TRIGGER'
  | 'OTO_PHASE_ONE_EXPIRED'
  | 'UNFILLED_IOC_QUANTITY_EXPIRED'
  | 'UNFILLED_FOK_ORDER_EXPIRED'
  | 'INSUFFICIENT_LIQUIDITY';

/** An order as asked for: numbers in ticks, lots and quanta, 0 or null where not given. */
export type OrderDraft = {
  readonly symbol: SpotSymbol;
  /** 1 buy, −1 sell. */
  readonly side: number;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitTicks: number;
  readonly lots: number;
  /** MARKET by value: quote to spend or to receive. */
  readonly quoteQuanta: number;
  readonly stopTicks: number;
  /** Basis points. */
  readonly trailingDelta: number;
  readonly icebergLots: number;
  readonly clientOrderId: string;
  readonly strategyId: number | null;
  readonly strategyType: number | null;
  readonly selfTrade: SelfTradePrevention;
  readonly peg: { readonly price: PegPrice; readonly level: number } | null;
};

/** One fill of an order, as its FULL answer and myTrades list it. */
export type OrderFill = {
  readonly tradeId: number;
  readonly ticks: number;
  readonly lots: number;
  readonly valueQuanta: number;
  readonly feeAsset: number;
  readonly feeQuanta: number;
  readonly timeMs: number;
  readonly maker: boolean;
  readonly order: SpotOrder;
};

/** What self-trade prevention kept from trading. */
export type PreventedMatch = {
  readonly id: number;
  readonly symbol: SpotSymbol;
  readonly taker: SpotOrder;
  readonly maker: SpotOrder;
  readonly mode: SelfTradePrevention;
  readonly ticks: number;
  /** Lots that would have traded. */
  readonly lots: number;
  readonly makerLots: number;
  readonly takerLots: number;
  readonly timeMs: number;
};

export type Amendment = {
  readonly executionId: number;
  readonly oldClientOrderId: string;
  readonly newClientOrderId: string;
  readonly oldLots: number;
  readonly newLots: number;
  readonly timeMs: number;
};

export type RejectReason =
  | 'NONE'
  | 'INSUFFICIENT_BALANCES'
  | 'STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY'
  | 'WOULD_MATCH_IMMEDIATELY'
  | 'OCO_BAD_PRICES';

/** An order of a client through its whole life. */
export type SpotOrder = {
  readonly house: false;
  readonly draft: OrderDraft;
  readonly symbol: SpotSymbol;
  readonly account: number;
  readonly side: number;
  readonly orderId: number;
  /** Number under which book and locks know it while it is open; others have it later. */
  row: number;
  clientOrderId: string;
  list: OrderList | null;
  lots: number;
  /** Limit after pegging; 0 for market orders and pegs that have not been set. */
  ticks: number;
  peggedTicks: number;
  status: OrderStatus;
  executedLots: number;
  valueQuanta: number;
  preventedLots: number;
  lastPrevented: PreventedMatch | null;
  /** A stop that has not triggered, or the pending part of a list. */
  waiting: boolean;
  timeMs: number;
  updateTimeMs: number;
  /** −1 until it works on the book. */
  workingTimeMs: number;
  /** Trailing: when it began to follow, −1 before; and the best price since. */
  trailingTimeMs: number;
  extremeTicks: number;
  expiryReason: ExpiryReason | null;
  rejectReason: RejectReason;
  /** MARKET by value that takes all there is, which is not enough: it expires although all its lots trade. */
  short: boolean;
  readonly fills: OrderFill[];
  readonly preventedMatches: PreventedMatch[];
  readonly amendments: Amendment[];
};

/** An order of the house: it has no life of its own, only a place in the book. */
export type HouseOrder = {
  readonly house: true;
  readonly side: number;
  readonly ticks: number;
  readonly row: number;
  lots: number;
};

export const SELF_TRADE: Readonly<Record<SelfTradePrevention, SelfTradeMode>> = {
  NONE: 'none',
  EXPIRE_TAKER: 'cancel-newest',
  EXPIRE_MAKER: 'cancel-oldest',
  EXPIRE_BOTH: 'cancel-both',
  DECREMENT: 'decrement',
  // Within one account Binance's TRANSFER is DECREMENT; there are no trade groups here.
  TRANSFER: 'decrement',
};

export const isStop = (type: OrderType): boolean => type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT');
/** Whether an order names a price up to which it trades. */
export const hasLimit = (type: OrderType): boolean => type.startsWith('LIMIT') || type.endsWith('_LIMIT');
/** 1 where the stop condition is a price at or above the stop price, −1 where it is at or below. */
export const stopDirection = (type: OrderType, side: number): number => (type.startsWith('STOP_LOSS') ? side : -side);
export const isOpen = (order: SpotOrder): boolean =>
  order.status === 'NEW' || order.status === 'PARTIALLY_FILLED' || order.status === 'PENDING_NEW';
export const leftLots = (order: SpotOrder): number => order.lots - order.executedLots - order.preventedLots;
