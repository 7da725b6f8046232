import type { SpotOrder } from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';

export type ListStatusType = 'RESPONSE' | 'EXEC_STARTED' | 'UPDATED' | 'ALL_DONE';
export type ListOrderStatus = 'EXECUTING' | 'ALL_DONE' | 'REJECT';

/**
 * Orders that depend on each other. `working` is the first order of an OTO, null in an OCO. `rest` are the two orders of an OCO, or what
 * waits for the working order: one order, or a pair that acts as an OCO once it is placed.
 */
export type OrderList = {
  readonly id: number;
  readonly account: number;
  readonly symbol: SpotSymbol;
  readonly clientId: string;
  readonly working: SpotOrder | null;
  readonly rest: readonly SpotOrder[];
  /** Whether the pending quantity is what the working order receives (OPO). */
  readonly pendingFromWorking: boolean;
  statusType: ListStatusType;
  orderStatus: ListOrderStatus;
  readonly timeMs: number;
  updateTimeMs: number;
};

/** What Binance calls it: an OTOCO is an OTO to it. */
export const contingency = (list: OrderList): 'OCO' | 'OTO' => (list.working === null ? 'OCO' : 'OTO');
export const listOrders = (list: OrderList): readonly SpotOrder[] =>
  list.working === null ? list.rest : [list.working, ...list.rest];
export const isListOpen = (list: OrderList): boolean => list.orderStatus === 'EXECUTING';
/** Whether an order is one of a pair of which only one may execute. */
export const pairOf = (order: SpotOrder): SpotOrder | null => {
  const { list } = order;
  if (list === null || list.rest.length !== 2 || order === list.working) return null;
  return list.rest[0] === order ? list.rest[1]! : list.rest[0]!;
};
