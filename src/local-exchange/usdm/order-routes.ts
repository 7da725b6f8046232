import type { Json } from '../../core/vocabulary/json.ts';
import type { Params } from '../product.ts';
import { type BoundEndpoint, signed } from './endpoint.ts';
import type { ExchangeState } from './exchange-state.ts';
import { isOpen, orderJson, queriedOrderJson, type UsdmOrder } from './order.ts';
import { amendOrder, cancelOrder } from './order-changes.ts';
import { readContract, readLimit, readLots, readOrder, readSide } from './order-entry.ts';
import { placeOrder } from './order-placement.ts';
import type { ParameterReader } from './parameters.ts';
import { Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** How long an order can be asked for after its last change: unfilled ones that ended, and all. */
const UNFILLED_KEPT_MS = 3 * DAY_MS;
const KEPT_MS = 90 * DAY_MS;
const NO_ID = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!";

const order = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  weight: number | ((p: Params) => number),
  socket?: string,
) => ({
  method,
  path: `/fapi/v1/${path}`,
  security: method === 'GET' ? ('user-data' as const) : ('trade' as const),
  weight,
  ...(socket === undefined ? {} : { socket }),
});

/** Places an order as asked for and answers it by `newOrderRespType`. */
export function place(
  state: ExchangeState,
  read: ParameterReader,
  account: UsdmAccount,
  dryRun = false,
): Json | Refusal {
  const request = readOrder(state, account, read);
  if (request instanceof Refusal) return request;
  const placed = placeOrder(state, account, request, dryRun);
  if (placed instanceof Refusal) return placed;
  return orderJson(placed, read.text('newOrderRespType') !== 'RESULT');
}

/** The account's order that `orderId` or `origClientOrderId` names. The newest, where a client's id has been used more than once. */
export function findOrder(
  state: ExchangeState,
  read: ParameterReader,
  account: UsdmAccount,
  notFound: -2011 | -2013,
): UsdmOrder | Refusal {
  const contract = readContract(state, read);
  const id = read.integer('orderId');
  const clientId = read.text('origClientOrderId');
  if (read.refusal || contract === null) return read.refusal ?? refuse(-1121);
  if (id === null && clientId === null) return new Refusal(-1102, NO_ID);
  const own = state.ordersOf.get(account.account.index) ?? [];
  const found = own.findLast((o) => o.contract === contract && (id === null ? o.clientId === clientId : o.id === id));
  return found ?? refuse(notFound);
}

/** Whether an order can still be asked for. */
export function isRemembered(order: UsdmOrder, nowMs: number): boolean {
  if (isOpen(order)) return true;
  const isUnfilled = order.filledLots === 0;
  return nowMs - order.updatedMs < (isUnfilled ? UNFILLED_KEPT_MS : KEPT_MS);
}

export function modify(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const found = findOrder(state, read, account, -2013);
  if (found instanceof Refusal) return found;
  const side = readSide(read);
  const lots = readLots(read, found.contract, false);
  const { ticks, priceMatch } = readLimit(state, read, found.contract, side);
  if (read.refusal) return read.refusal;
  if (side !== found.side) return refuse(-1117);
  const refusal = amendOrder(state, found, ticks, lots, priceMatch);
  if (refusal !== null) return refusal;
  const answer = orderJson(found);
  return { ...answer, pair: found.contract.symbol, cumBase: answer['executedQty'] ?? '0' };
}

export function cancel(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const found = findOrder(state, read, account, -2011);
  if (found instanceof Refusal) return found;
  return cancelOrder(state, found) ?? orderJson(found);
}

function cancelAll(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = readContract(state, read);
  if (contract === null) return read.refusal ?? refuse(-1121);
  for (const each of state.openOrdersOf(account.account.index, contract)) cancelOrder(state, each);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

function countdown(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = readContract(state, read);
  const timeMs = read.neededInteger('countdownTime');
  if (read.refusal || contract === null) return read.refusal ?? refuse(-1121);
  account.countdowns.get(contract.symbol)?.();
  account.countdowns.delete(contract.symbol);
  if (timeMs > 0) {
    const stop = state.around.at(state.nowMs + timeMs, () => {
      account.countdowns.delete(contract.symbol);
      for (const each of state.openOrdersOf(account.account.index, contract)) cancelOrder(state, each);
    });
    account.countdowns.set(contract.symbol, stop);
  }
  return { symbol: contract.symbol, countdownTime: `${timeMs}` };
}

function query(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const found = findOrder(state, read, account, -2013);
  if (found instanceof Refusal) return found;
  return isRemembered(found, state.nowMs) ? queriedOrderJson(found) : refuse(-2013);
}

function openOrder(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const found = findOrder(state, read, account, -2013);
  if (found instanceof Refusal) return found;
  return isOpen(found) ? queriedOrderJson(found) : refuse(-2013);
}

function openOrders(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = read.has('symbol') ? readContract(state, read) : undefined;
  if (contract === null) return read.refusal ?? refuse(-1121);
  return state.openOrdersOf(account.account.index, contract).map(queriedOrderJson);
}

function allOrders(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = readContract(state, read);
  const id = read.integer('orderId');
  const times = read.times(WEEK_MS);
  const limit = read.limit(500, 1000);
  if (read.refusal || contract === null) return read.refusal ?? refuse(-1121);
  const now = state.nowMs;
  const start = times.start ?? (times.end === null ? now : times.end) - WEEK_MS;
  const found = (state.ordersOf.get(account.account.index) ?? []).filter(
    (o) =>
      o.contract === contract &&
      isRemembered(o, now) &&
      (id === null ? o.createdMs >= start && (times.end === null || o.createdMs <= times.end) : o.id >= id),
  );
  // From an id or a start on the oldest come first; else the newest are wanted.
  const isFromStart = id !== null || times.start !== null;
  return (isFromStart ? found.slice(0, limit) : found.slice(-limit)).map(queriedOrderJson);
}

function amendments(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const times = read.times();
  const limit = read.limit(50, 100);
  const found = findOrder(state, read, account, -2013);
  if (found instanceof Refusal) return found;
  const rows = found.amendments
    .map((a, i) => ({ a, count: i + 1 }))
    .filter(
      ({ a }) => (times.start === null || a.timeMs >= times.start) && (times.end === null || a.timeMs <= times.end),
    );
  return rows.slice(-limit).map(({ a, count }) => ({
    amendmentId: a.id,
    symbol: found.contract.symbol,
    pair: found.contract.symbol,
    orderId: found.id,
    clientOrderId: found.clientId,
    time: a.timeMs,
    amendment: {
      price: { before: a.priceBefore, after: a.priceAfter },
      origQty: { before: a.quantityBefore, after: a.quantityAfter },
      count,
    },
  }));
}

export const ORDER_ROUTES: readonly BoundEndpoint[] = [
  signed({ ...order('POST', 'order', 0, 'order.place'), orders: 1 }, (state, read, account) =>
    place(state, read, account),
  ),
  signed(order('POST', 'order/test', 0), (state, read, account) => place(state, read, account, true)),
  signed({ ...order('PUT', 'order', 0, 'order.modify'), orders: 1 }, modify),
  signed(order('DELETE', 'order', 1, 'order.cancel'), cancel),
  signed(order('GET', 'order', 1, 'order.status'), query),
  signed(order('GET', 'openOrder', 1), openOrder),
  signed(
    order('GET', 'openOrders', (p) => (p.has('symbol') ? 1 : 40)),
    openOrders,
  ),
  signed(order('GET', 'allOrders', 5), allOrders),
  signed(order('DELETE', 'allOpenOrders', 1), cancelAll),
  signed(order('POST', 'countdownCancelAll', 10), countdown),
  signed(order('GET', 'orderAmendment', 1), amendments),
];
