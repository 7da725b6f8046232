import type { Json } from '../../core/vocabulary/json.ts';
import type { SymbolOrders } from './account-orders.ts';
import type { Endpoint } from './endpoint.ts';
import { findOrder } from './order-endpoints.ts';
import { orderJson, preventedJson, tradeJson } from './order-report.ts';
import { badCombination, mandatory, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import type { SpotExchange } from './spot-exchange.ts';
import { exchangeFilters, symbolFilters } from './symbol-listing.ts';
import { DAY_MS } from './ticker-statistics.ts';

/** Balances, and what an account has ordered and traded. */
export function accountEndpoints(exchange: SpotExchange): Endpoint[] {
  const query = { security: 'user-data' as const };
  const mine = (request: Request, account: number): SymbolOrders =>
    exchange.orders[account]!.of(exchange.market(request.symbolName()).symbol);
  return [
    {
      ...query,
      rest: ['GET /api/v3/account'],
      methods: ['account.status'],
      weight: 20,
      run: (request, account) => accountJson(exchange, account, request.flag('omitZeroBalances', false)),
    },
    {
      ...query,
      rest: ['GET /api/v3/account/commission'],
      methods: ['account.commission'],
      weight: 20,
      run: (request, account) => {
        const { symbol } = exchange.market(request.symbolName());
        const { fees, discountAsset } = exchange.feeTable;
        const none = { maker: fixed('0'), taker: fixed('0'), buyer: fixed('0'), seller: fixed('0') };
        return {
          symbol: symbol.name,
          standardCommission: { ...none, maker: fixed(fees.makerRate), taker: fixed(fees.takerRate) },
          specialCommission: none,
          taxCommission: none,
          discount: {
            enabledForAccount: exchange.orders[account]!.payInDiscountAsset,
            enabledForSymbol: discountAsset >= 0,
            discountAsset: fees.discountAsset,
            discount: fixed(fees.discount),
          },
        };
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/order'],
      methods: ['order.status'],
      weight: 4,
      run: (request, account) => {
        const orders = mine(request, account);
        const { id, clientId } = request.either('orderId', 'origClientOrderId');
        const order = findOrder(orders, id, clientId);
        if (order === null) throw new Refusal(-2013, 'Order does not exist.');
        return orderJson(order);
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/openOrders'],
      methods: ['openOrders.status'],
      weight: (request) => (request.has('symbol') ? 6 : 80),
      run: (request, account) => {
        const lists = request.has('symbol') ? [mine(request, account)] : exchange.orders[account]!.every();
        return lists.flatMap((o) => [...o.open].map(orderJson));
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/allOrders'],
      methods: ['allOrders'],
      weight: 20,
      run: (request, account) => {
        const { orders } = mine(request, account);
        const orderId = request.integer('orderId');
        const { start, end } = request.period(DAY_MS);
        const limit = request.limit(500, 1000);
        const rows = orders.filter(
          (o) =>
            (orderId === null || o.orderId >= orderId) &&
            (start === null || o.timeMs >= start) &&
            (end === null || o.timeMs <= end),
        );
        const oldest = orderId !== null || start !== null;
        return (oldest ? rows.slice(0, limit) : rows.slice(-limit)).map(orderJson);
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/myTrades'],
      methods: ['myTrades'],
      weight: (request) => (request.has('orderId') ? 5 : 20),
      run: (request, account) => myTrades(exchange, mine(request, account), request),
    },
    {
      ...query,
      rest: ['GET /api/v3/myPreventedMatches'],
      methods: ['myPreventedMatches'],
      weight: (request) => (request.has('preventedMatchId') ? 2 : 20),
      run: (request, account) => {
        const { prevented } = mine(request, account);
        const id = request.integer('preventedMatchId');
        const orderId = request.integer('orderId');
        const from = request.integer('fromPreventedMatchId') ?? 0;
        const limit = request.limit(500, 1000);
        if (id === null && orderId === null) throw mandatory('preventedMatchId');
        if (id !== null && orderId !== null) throw badCombination();
        return prevented
          .filter((m) =>
            id === null ? m.id >= from && (m.maker.orderId === orderId || m.taker.orderId === orderId) : m.id === id,
          )
          .slice(0, limit)
          .map(preventedJson);
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/myAllocations'],
      methods: ['myAllocations'],
      weight: 20,
      // Allocations come from smart order routing, of which there is none here.
      run: (request, account) => {
        mine(request, account);
        return [];
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/order/amendments'],
      methods: ['order.amendments'],
      weight: 4,
      run: (request, account) => {
        const order = mine(request, account).byId(request.needInteger('orderId'));
        if (order === null) throw new Refusal(-2013, 'Order does not exist.');
        const from = request.integer('fromExecutionId') ?? 0;
        return order.amendments
          .filter((a) => a.executionId >= from)
          .slice(0, request.limit(500, 1000))
          .map((a) => ({
            symbol: order.symbol.name,
            orderId: order.orderId,
            executionId: a.executionId,
            origClientOrderId: a.oldClientOrderId,
            newClientOrderId: a.newClientOrderId,
            origQty: order.symbol.quantityText(a.oldLots),
            newQty: order.symbol.quantityText(a.newLots),
            time: a.timeMs,
          }));
      },
    },
    {
      ...query,
      rest: ['GET /api/v3/myFilters'],
      methods: ['myFilters'],
      weight: 40,
      run: (request) => ({
        exchangeFilters: exchangeFilters(exchange.limits),
        symbolFilters: symbolFilters(exchange.market(request.symbolName()).symbol),
        assetFilters: [],
      }),
    },
  ];
}

const fixed = (text: string): string => Number(text).toFixed(8);

function accountJson(exchange: SpotExchange, account: number, omitZero: boolean): Json {
  const { fees } = exchange.feeTable;
  const { free, locked } = exchange.balances[account]!;
  const points = (rate: string): number => Math.round(Number(rate) * 10_000);
  return {
    makerCommission: points(fees.makerRate),
    takerCommission: points(fees.takerRate),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: fixed(fees.makerRate),
      taker: fixed(fees.takerRate),
      buyer: fixed('0'),
      seller: fixed('0'),
    },
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: exchange.orders[account]!.updateTimeMs,
    accountType: 'SPOT',
    balances: exchange.names.flatMap((asset, i) =>
      omitZero && free[i] === 0 && locked[i] === 0
        ? []
        : [{ asset, free: exchange.amountText(i, free[i]!), locked: exchange.amountText(i, locked[i]!) }],
    ),
    permissions: ['SPOT'],
    uid: exchange.surroundings.accounts[account]!.uid,
  };
}

function myTrades(exchange: SpotExchange, orders: SymbolOrders, request: Request): Json {
  const orderId = request.integer('orderId');
  const fromId = request.integer('fromId');
  const { start, end } = request.period(DAY_MS);
  const limit = request.limit(500, 1000);
  const bounded = start !== null || end !== null;
  if (bounded && (orderId !== null || fromId !== null)) throw badCombination();
  const rows = orders.fills.filter(
    (f) =>
      (orderId === null || f.order.orderId === orderId) &&
      (fromId === null || f.tradeId >= fromId) &&
      (start === null || f.timeMs >= start) &&
      (end === null || f.timeMs <= end),
  );
  const oldest = fromId !== null || start !== null;
  return (oldest ? rows.slice(0, limit) : rows.slice(-limit)).map((f) => tradeJson(f, exchange));
}
