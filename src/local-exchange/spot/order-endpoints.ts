import type { Json } from '../../core/vocabulary/json.ts';
import type { SymbolOrders } from './account-orders.ts';
import { stepsOf } from './decimal-text.ts';
import type { Endpoint } from './endpoint.ts';
import type { ListDesk } from './list-desk.ts';
import { canceledListJson } from './list-report.ts';
import { checkNew, checkPlaceable } from './order-checks.ts';
import type { OrderDesk } from './order-desk.ts';
import { readOrder, readResponseType } from './order-draft.ts';
import { contingency, isListOpen, listOrders } from './order-list.ts';
import { amendedJson, canceledJson, type JsonObject, placedJson } from './order-report.ts';
import { amendRejected, cancelRejected, filterFailure, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import type { SpotExchange } from './spot-exchange.ts';
import { isOpen, type OrderDraft, type SpotOrder } from './spot-order.ts';
import type { SpotSymbol } from './spot-symbol.ts';

const CANCEL_RESTRICTIONS = ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED'] as const;
const REPLACE_MODES = ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const;

/** Placing, testing, canceling, replacing and amending single orders. */
export function orderEndpoints(exchange: SpotExchange, desk: OrderDesk, lists: ListDesk): Endpoint[] {
  const trade = { security: 'trade' as const, weight: 1, freeOnSuccess: true };
  const symbolOf = (request: Request): SpotSymbol => exchange.market(request.symbolName()).symbol;
  const place = (request: Request, account: number, draft: OrderDraft): JsonObject => {
    const kind = readResponseType(request, draft.type);
    return placedJson(desk.place(account, draft), kind, exchange);
  };
  return [
    {
      ...trade,
      rest: ['POST /api/v3/order'],
      methods: ['order.place'],
      orders: 1,
      run: (request, account) => {
        const draft = readOrder(request, symbolOf(request), exchange.madeUpId);
        return desk.command(() => place(request, account, draft));
      },
    },
    {
      security: 'trade',
      rest: ['POST /api/v3/order/test'],
      methods: ['order.test'],
      weight: (request) => (request.text('computeCommissionRates') === 'true' ? 20 : 1),
      run: (request, account) => testOrder(exchange, request, account, symbolOf(request)),
    },
    {
      ...trade,
      rest: ['DELETE /api/v3/order'],
      methods: ['order.cancel'],
      run: (request, account) => {
        const mine = exchange.orders[account]!.of(symbolOf(request));
        return desk.command(() =>
          cancelOne(request, mine, desk, lists, exchange.madeUpId, 'orderId', 'origClientOrderId', 'newClientOrderId'),
        );
      },
    },
    {
      ...trade,
      rest: ['DELETE /api/v3/openOrders'],
      methods: ['openOrders.cancelAll'],
      run: (request, account) => {
        const mine = exchange.orders[account]!.of(symbolOf(request));
        if (mine.open.size === 0) throw cancelRejected('Unknown order sent.');
        return desk.command(() => cancelAll(mine, desk, lists, exchange.madeUpId));
      },
    },
    {
      ...trade,
      rest: ['POST /api/v3/order/cancelReplace'],
      methods: ['order.cancelReplace'],
      orders: 1,
      run: (request, account) => {
        const mode = request.needChoice('cancelReplaceMode', REPLACE_MODES);
        request.choice('orderRateLimitExceededMode', ['DO_NOTHING', 'CANCEL_ONLY']);
        const draft = readOrder(request, symbolOf(request), exchange.madeUpId);
        const mine = exchange.orders[account]!.of(draft.symbol);
        request.either('cancelOrderId', 'cancelOrigClientOrderId');
        checkReplacement(exchange, account, draft);
        return desk.command(() =>
          replace(
            mode,
            () =>
              cancelOne(
                request,
                mine,
                desk,
                lists,
                exchange.madeUpId,
                'cancelOrderId',
                'cancelOrigClientOrderId',
                'cancelNewClientOrderId',
              ),
            () => place(request, account, draft),
          ),
        );
      },
    },
    {
      security: 'trade',
      rest: ['PUT /api/v3/order/amend/keepPriority'],
      methods: ['order.amend.keepPriority'],
      weight: 4,
      run: (request, account) => {
        const symbol = symbolOf(request);
        const mine = exchange.orders[account]!.of(symbol);
        return desk.command(() => amend(request, symbol, mine, lists, exchange));
      },
    },
    {
      ...trade,
      rest: ['POST /api/v3/sor/order', 'POST /api/v3/sor/order/test'],
      methods: ['sor.order.place', 'sor.order.test'],
      run: () => {
        throw new Refusal(-1013, 'This symbol does not support smart order routing.');
      },
    },
  ];
}

/** The order that a request names, open or not; refuses where both its names are given and do not belong together. */
export function findOrder(mine: SymbolOrders, id: number | null, clientId: string | null): SpotOrder | null {
  if (id === null) return clientId === null ? null : mine.byClientId(clientId);
  const order = mine.byId(id);
  if (order !== null && clientId !== null && order.clientOrderId !== clientId) {
    throw new Refusal(-2039, 'Client order ID is not correct for this order ID.');
  }
  return order;
}

function cancelOne(
  request: Request,
  mine: SymbolOrders,
  desk: OrderDesk,
  lists: ListDesk,
  madeUpId: () => string,
  idName: string,
  clientIdName: string,
  cancelIdName: string,
): JsonObject {
  const { id, clientId } = request.either(idName, clientIdName);
  const cancelId = request.clientId(cancelIdName) ?? madeUpId();
  const restriction = request.choice(
    'cancelRestrictions',
    CANCEL_RESTRICTIONS,
    () => new Refusal(-1145, '`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.'),
  );
  const order = findOrder(mine, id, clientId);
  if (order === null || !isOpen(order)) throw cancelRejected('Unknown order sent.');
  if (
    (restriction === 'ONLY_NEW' && order.status !== 'NEW') ||
    (restriction === 'ONLY_PARTIALLY_FILLED' && order.status !== 'PARTIALLY_FILLED')
  ) {
    throw cancelRejected('Order was not canceled due to cancel restrictions.');
  }
  if (order.list !== null && isListOpen(order.list)) {
    return canceledListJson(order.list, lists.cancel(order.list, cancelId), cancelId);
  }
  desk.cancel(order, cancelId);
  return canceledJson(order, cancelId);
}

function cancelAll(mine: SymbolOrders, desk: OrderDesk, lists: ListDesk, madeUpId: () => string): Json {
  const answers: Json[] = [];
  for (const order of [...mine.open]) {
    const { list } = order;
    const cancelId = madeUpId();
    if (list === null || !isListOpen(list)) {
      if (!isOpen(order)) continue;
      desk.cancel(order, cancelId);
      answers.push(canceledJson(order, cancelId));
    } else {
      answers.push(canceledListJson(list, lists.cancel(list, cancelId), cancelId));
    }
  }
  return answers;
}

/** Filters are looked at before anything is canceled; what the matching engine says is said after. */
function checkReplacement(exchange: SpotExchange, account: number, draft: OrderDraft): void {
  try {
    checkPlaceable(exchange, account, draft, draft.lots, false);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === -1013) throw error;
  }
}

/** Cancels, then places, as far as the mode lets it; half a success is refused with what became of each half. */
function replace(mode: (typeof REPLACE_MODES)[number], cancel: () => JsonObject, place: () => JsonObject): Json {
  const cancelHalf = half(cancel);
  if (!cancelHalf.done && mode === 'STOP_ON_FAILURE') {
    throw new Refusal(-2022, 'Order cancel-replace failed.', 400, {
      cancelResult: 'FAILURE',
      newOrderResult: 'NOT_ATTEMPTED',
      cancelResponse: cancelHalf.answer,
      newOrderResponse: null,
    });
  }
  const newHalf = half(place);
  const data = {
    cancelResult: cancelHalf.done ? 'SUCCESS' : 'FAILURE',
    newOrderResult: newHalf.done ? 'SUCCESS' : 'FAILURE',
    cancelResponse: cancelHalf.answer,
    newOrderResponse: newHalf.answer,
  };
  if (cancelHalf.done && newHalf.done) return data;
  if (!cancelHalf.done && !newHalf.done) throw new Refusal(-2022, 'Order cancel-replace failed.', 400, data);
  throw new Refusal(-2021, 'Order cancel-replace partially failed.', 409, data);
}

function half(run: () => JsonObject): { done: boolean; answer: Json } {
  try {
    return { done: true, answer: run() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { done: false, answer: error.body() };
  }
}

function amend(
  request: Request,
  symbol: SpotSymbol,
  mine: SymbolOrders,
  lists: ListDesk,
  exchange: SpotExchange,
): Json {
  const { id, clientId } = request.either('orderId', 'origClientOrderId');
  const quantity = request.amount('newQty');
  if (quantity === null)
    throw new Refusal(-1102, "Mandatory parameter 'newQty' was not sent, was empty/null, or malformed.");
  const newClientId = request.clientId('newClientOrderId') ?? exchange.madeUpId();
  const lots = stepsOf(quantity, symbol.step);
  if (lots < symbol.minLots) throw filterFailure('LOT_SIZE');
  const order = findOrder(mine, id, clientId);
  if (order === null || !isOpen(order)) throw new Refusal(-2013, 'Order does not exist.');
  if (order.amendments.length >= symbol.maxAmends) throw amendRejected('Filter failure: MAX_NUM_ORDER_AMENDS');
  if (order.draft.quoteQuanta > 0 || order.lots === 0)
    throw amendRejected('Order amend is not supported for this order.');
  const before = order.clientOrderId;
  if (newClientId !== before && mine.isTaken(newClientId)) throw amendRejected('Duplicate order sent.');
  const executionId = lists.amend(order, lots, newClientId);
  const { list } = order;
  return {
    transactTime: order.updateTimeMs,
    executionId,
    amendedOrder: amendedJson(order, before),
    ...(list === null
      ? {}
      : {
          listStatus: {
            orderListId: list.id,
            contingencyType: contingency(list),
            listOrderStatus: list.orderStatus,
            listClientOrderId: list.clientId,
            symbol: symbol.name,
            orders: listOrders(list).map((o) => ({
              symbol: symbol.name,
              orderId: o.orderId,
              clientOrderId: o.clientOrderId,
            })),
          },
        }),
  };
}

/** Everything but the matching engine: filters and parameters. */
function testOrder(exchange: SpotExchange, request: Request, account: number, symbol: SpotSymbol): Json {
  const draft = readOrder(request, symbol, exchange.madeUpId);
  readResponseType(request, draft.type);
  checkNew(exchange, account, [draft], false);
  checkPlaceable(exchange, account, draft, draft.lots, false);
  if (!request.flag('computeCommissionRates', false)) return {};
  const { fees, discountAsset } = exchange.feeTable;
  const rate = (text: string): string => Number(text).toFixed(8);
  return {
    standardCommissionForOrder: { maker: rate(fees.makerRate), taker: rate(fees.takerRate) },
    specialCommissionForOrder: { maker: rate('0'), taker: rate('0') },
    taxCommissionForOrder: { maker: rate('0'), taker: rate('0') },
    discount: {
      enabledForAccount: exchange.orders[account]!.payInDiscountAsset,
      enabledForSymbol: discountAsset >= 0,
      discountAsset: fees.discountAsset,
      discount: rate(fees.discount),
    },
  };
}
