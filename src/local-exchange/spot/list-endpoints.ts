import type { Json } from '../../core/vocabulary/json.ts';
import type { Endpoint } from './endpoint.ts';
import type { ListDesk } from './list-desk.ts';
import { type ListDrafts, readOco, readOldOco, readOto, readOtoco } from './list-draft.ts';
import { canceledListJson, placedListJson } from './list-report.ts';
import type { OrderDesk } from './order-desk.ts';
import { readResponseType } from './order-draft.ts';
import { isListOpen, listOrders, type OrderList } from './order-list.ts';
import { listJson } from './order-report.ts';
import { badCombination, cancelRejected, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import type { SpotExchange } from './spot-exchange.ts';
import type { SpotSymbol } from './spot-symbol.ts';
import { DAY_MS } from './ticker-statistics.ts';

type Reader = (request: Request, symbol: SpotSymbol, madeUpId: () => string) => ListDrafts;

/** Placing, canceling and querying order lists. */
export function listEndpoints(exchange: SpotExchange, desk: OrderDesk, lists: ListDesk): Endpoint[] {
  const placement = (rest: string, method: string, orders: number, read: Reader, fromWorking = false): Endpoint => ({
    security: 'trade',
    weight: 1,
    freeOnSuccess: true,
    rest: [rest],
    methods: [method],
    orders,
    run: (request, account) => place(exchange, desk, lists, request, account, read, fromWorking),
  });
  const query = { security: 'user-data' as const };
  return [
    placement('POST /api/v3/orderList/oco', 'orderList.place.oco', 2, readOco),
    placement('POST /api/v3/order/oco', 'orderList.place', 2, readOldOco),
    placement('POST /api/v3/orderList/oto', 'orderList.place.oto', 2, (r, s, id) => readOto(r, s, id, false)),
    placement('POST /api/v3/orderList/otoco', 'orderList.place.otoco', 3, (r, s, id) => readOtoco(r, s, id, false)),
    placement('POST /api/v3/orderList/opo', 'orderList.place.opo', 2, (r, s, id) => readOto(r, s, id, true), true),
    placement(
      'POST /api/v3/orderList/opoco',
      'orderList.place.opoco',
      3,
      (r, s, id) => readOtoco(r, s, id, true),
      true,
    ),
    {
      security: 'trade',
      weight: 1,
      freeOnSuccess: true,
      rest: ['DELETE /api/v3/orderList'],
      methods: ['orderList.cancel'],
      run: (request, account) => {
        const { symbol } = exchange.market(request.symbolName());
        const { id, clientId } = request.either('orderListId', 'listClientOrderId');
        const cancelId = request.clientId('newClientOrderId') ?? exchange.madeUpId();
        const list = findList(exchange, account, id, clientId);
        if (list === null || list.symbol !== symbol || !isListOpen(list))
          throw cancelRejected('Unknown order list sent.');
        return desk.command(() => canceledListJson(list, lists.cancel(list, cancelId), cancelId));
      },
    },
    {
      ...query,
      weight: 4,
      rest: ['GET /api/v3/orderList'],
      methods: ['orderList.status'],
      run: (request, account) => {
        const { id, clientId } = request.either('orderListId', 'origClientOrderId');
        const list = findList(exchange, account, id, clientId);
        if (list === null) throw new Refusal(-2013, 'Order list does not exist.');
        return listJson(list);
      },
    },
    {
      ...query,
      weight: 20,
      rest: ['GET /api/v3/allOrderList'],
      methods: ['allOrderLists'],
      run: (request, account) => allLists(exchange.orders[account]!.lists, request),
    },
    {
      ...query,
      weight: 6,
      rest: ['GET /api/v3/openOrderList'],
      methods: ['openOrderLists.status'],
      run: (_request, account) => exchange.orders[account]!.lists.filter(isListOpen).map(listJson),
    },
  ];
}

function findList(
  exchange: SpotExchange,
  account: number,
  id: number | null,
  clientId: string | null,
): OrderList | null {
  const { lists } = exchange.orders[account]!;
  const found = id === null ? lists.findLast((l) => l.clientId === clientId) : lists.find((l) => l.id === id);
  return found ?? null;
}

function allLists(lists: readonly OrderList[], request: Request): Json {
  const fromId = request.integer('fromId');
  const { start, end } = request.period(DAY_MS);
  const limit = request.limit(500, 1000);
  if (fromId !== null && (start !== null || end !== null)) throw badCombination();
  const rows = lists.filter(
    (l) =>
      (fromId === null || l.id >= fromId) && (start === null || l.timeMs >= start) && (end === null || l.timeMs <= end),
  );
  const oldest = fromId !== null || start !== null;
  return (oldest ? rows.slice(0, limit) : rows.slice(-limit)).map(listJson);
}

function place(
  exchange: SpotExchange,
  desk: OrderDesk,
  lists: ListDesk,
  request: Request,
  account: number,
  read: Reader,
  fromWorking: boolean,
): Json {
  const { symbol } = exchange.market(request.symbolName());
  const clientId = request.clientId('listClientOrderId') ?? exchange.madeUpId();
  const { working, rest } = read(request, symbol, exchange.madeUpId);
  const kind = readResponseType(request, null);
  return desk.command(() => {
    const list =
      working === null
        ? lists.placeOco(account, clientId, rest)
        : lists.placeOto(account, clientId, working, rest, fromWorking);
    return placedListJson(list, listOrders(list), kind, exchange);
  });
}
