import { decimal } from '../../../src/core/vocabulary/decimal.ts';
import type { Json } from '../../../src/core/vocabulary/json.ts';
import type { TimeInForce } from '../../../src/core/vocabulary/order.ts';
import type { PlaceOnFloor, TradingFloor } from '../trading-floor.ts';
import { orderAnswer, orderIdOf, tradeAnswer, typeOf } from './mexc-answers.ts';
import { klines } from './mexc-klines.ts';
import { Refused } from './mexc-refusal.ts';

export interface RouteCall {
  readonly floor: TradingFloor;
  readonly params: ReadonlyMap<string, string>;
  readonly account: number;
  readonly nowMs: number;
  /** Listen keys that live, by key. */
  readonly listenKeys: Map<string, number>;
}

export interface Route {
  readonly isSigned: boolean;
  handle(call: RouteCall): Json;
}

const digits = (step: string): number => (step.includes('.') ? step.length - step.indexOf('.') - 1 : 0);

function symbolOf({ floor, params }: RouteCall): string {
  const symbol = params.get('symbol') ?? '';
  if (!floor.symbols.some((s) => s.symbol === symbol)) throw new Refused(10007, 'bad symbol');
  return symbol;
}

function exchangeInfo({ floor, params, nowMs }: RouteCall): Json {
  const wanted = params.get('symbols')?.split(',') ?? (params.has('symbol') ? [params.get('symbol')!] : null);
  const symbols = floor.symbols.filter((s) => wanted === null || wanted.includes(s.symbol));
  return {
    timezone: 'CST',
    serverTime: nowMs,
    rateLimits: [],
    exchangeFilters: [],
    symbols: symbols.map((s) => ({
      symbol: s.symbol,
      status: '1',
      baseAsset: s.base,
      baseAssetPrecision: digits(s.lot),
      quoteAsset: s.quote,
      quotePrecision: digits(s.tick),
      quoteAssetPrecision: digits(s.tick),
      baseCommissionPrecision: digits(s.lot),
      quoteCommissionPrecision: digits(s.tick),
      orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'],
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      quoteAmountPrecision: '1',
      baseSizePrecision: s.lot,
      permissions: ['SPOT'],
      filters: [],
      maxQuoteAmount: '2000000',
      makerCommission: '0',
      takerCommission: '0.0005',
      quoteAmountPrecisionMarket: '1',
      maxQuoteAmountMarket: '100000',
      fullName: s.base,
      tradeSideType: '1',
    })),
  };
}

function findOrder(call: RouteCall): TradingFloor['orders'][number] {
  const symbol = symbolOf(call);
  const id = call.params.get('orderId');
  const clientId = call.params.get('origClientOrderId');
  if (!id && !clientId) throw new Refused(700004, 'Mandatory parameter was not sent: orderId or origClientOrderId');
  const order = call.floor.orders.findLast(
    (o) =>
      o.account === call.account && o.symbol === symbol && (id ? orderIdOf(o) === id : o.clientOrderId === clientId),
  );
  if (!order) throw new Refused(-2011, 'Unknown order sent.');
  return order;
}

const TIFS: Readonly<Record<string, TimeInForce>> = {
  LIMIT: 'gtc',
  LIMIT_MAKER: 'gtc',
  IMMEDIATE_OR_CANCEL: 'ioc',
  FILL_OR_KILL: 'fok',
  MARKET: 'ioc',
};

function draftOf(call: RouteCall): PlaceOnFloor {
  const { params, floor } = call;
  const symbol = symbolOf(call);
  const type = params.get('type') ?? '';
  const tif = TIFS[type];
  const side = params.get('side');
  if (tif === undefined) throw new Refused(30041, 'order type not allowed');
  if (side !== 'BUY' && side !== 'SELL') throw new Refused(33333, 'side');
  const isMarket = type === 'MARKET';
  const quantity = params.get('quantity') ?? null;
  const budget = isMarket && side === 'BUY' ? (params.get('quoteOrderQty') ?? null) : null;
  // The strict reading of contradictory pages: a market buy says what to spend.
  if (isMarket && side === 'BUY' && budget === null) throw new Refused(44444, 'quoteOrderQty is null');
  if (budget === null && quantity === null) throw new Refused(44444, 'quantity is null');
  const limit = isMarket ? null : (params.get('price') ?? null);
  if (!isMarket && limit === null) throw new Refused(44444, 'price is null');
  if (!floor.fits(symbol, limit, budget === null ? quantity : null))
    throw new Refused(10095, 'amount scale is invalid');
  if (limit !== null && quantity !== null && decimal(limit) * decimal(quantity) < decimal('1') * decimal('1'))
    throw new Refused(30002, 'The minimum transaction volume cannot be less than:1USDT');
  const clientOrderId = params.get('newClientOrderId') ?? '';
  if (clientOrderId !== '' && !/^[0-9A-Za-z_-]{1,32}$/.test(clientOrderId))
    throw new Refused(33333, 'newClientOrderId');
  return {
    symbol,
    clientOrderId,
    side: side === 'BUY' ? 1 : -1,
    type: isMarket ? 'market' : 'limit',
    tif,
    postOnly: type === 'LIMIT_MAKER',
    limit,
    quantity: budget === null ? quantity : null,
    budget,
  };
}

const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  'insufficient-balance': [30004, 'Insufficient position'],
  'fill-or-kill-not-fillable': [30025, 'no opponent'],
};

function placeOrder(call: RouteCall): Json {
  const draft = draftOf(call);
  const placed = call.floor.place(call.account, draft);
  if (typeof placed === 'string') throw new Refused(...(REFUSALS[placed] ?? [33333, placed]));
  return {
    symbol: placed.symbol,
    orderId: orderIdOf(placed),
    orderListId: -1,
    price: placed.limit,
    origQty: placed.quantity,
    type: typeOf(placed),
    side: placed.side > 0 ? 'BUY' : 'SELL',
    transactTime: call.nowMs,
  };
}

function cancelOrder(call: RouteCall): Json {
  const order = findOrder(call);
  if (order.status !== 'open') throw new Refused(-2011, 'Unknown order sent.');
  call.floor.cancel(order);
  return orderAnswer(order, true);
}

function depth(call: RouteCall): Json {
  const book = call.floor.book(symbolOf(call), Number(call.params.get('limit') ?? 100));
  const rows = (levels: typeof book.bids): Json => levels.map((l) => [l.price, l.quantity]);
  return { lastUpdateId: book.version, bids: rows(book.bids), asks: rows(book.asks), timestamp: call.nowMs };
}

function bookTicker(call: RouteCall): Json {
  const symbol = symbolOf(call);
  const { bids, asks } = call.floor.book(symbol, 1);
  const [bid, ask] = [bids[0], asks[0]];
  return {
    symbol,
    bidPrice: bid?.price ?? '',
    bidQty: bid?.quantity ?? '',
    askPrice: ask?.price ?? '',
    askQty: ask?.quantity ?? '',
  };
}

function myTrades({ floor, account, params, nowMs, ...call }: RouteCall): Json {
  const symbol = symbolOf({ floor, account, params, nowMs, ...call });
  const from = Number(params.get('startTime') ?? nowMs - 30 * 86_400_000);
  const to = Number(params.get('endTime') ?? nowMs);
  const limit = Math.min(100, Number(params.get('limit') ?? 100));
  const orderId = params.get('orderId');
  return floor.fills
    .filter((f) => f.order.account === account && f.order.symbol === symbol && f.timeMs >= from && f.timeMs <= to)
    .filter((f) => orderId === undefined || orderIdOf(f.order) === orderId)
    .reverse()
    .slice(0, limit)
    .map(tradeAnswer);
}

function account({ floor, account }: RouteCall): Json {
  const balances = floor.assets.map((asset) => ({ asset, ...floor.balance(account, asset) }));
  return {
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    updateTime: null,
    accountType: 'SPOT',
    balances: balances.filter((b) => b.free !== '0' || b.locked !== '0'),
    permissions: ['SPOT'],
  };
}

function listenKeyOf({ params, listenKeys }: RouteCall): string {
  const key = params.get('listenKey') ?? '';
  if (!listenKeys.has(key)) throw new Refused(400, 'Invalid listen key');
  return key;
}

const open = (handle: Route['handle']): Route => ({ isSigned: false, handle });
const signed = (handle: Route['handle']): Route => ({ isSigned: true, handle });

export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /api/v3/ping': open(() => ({})),
  'GET /api/v3/time': open(({ nowMs }) => ({ serverTime: nowMs })),
  'GET /api/v3/defaultSymbols': open(({ floor }) => ({
    code: 200,
    data: floor.symbols.map((s) => s.symbol),
    msg: null,
  })),
  'GET /api/v3/exchangeInfo': open(exchangeInfo),
  'GET /api/v3/depth': open(depth),
  'GET /api/v3/klines': open((call) => klines(call.floor, symbolOf(call), call.params, call.nowMs)),
  'GET /api/v3/ticker/bookTicker': open(bookTicker),
  'GET /api/v1/contract/detail': open(() => ({ success: true, code: 0, data: [] })),
  'GET /api/v3/capital/config/getall': signed(() => []),
  'GET /api/v3/account': signed(account),
  'POST /api/v3/order': signed(placeOrder),
  'POST /api/v3/order/test': signed((call) => {
    draftOf(call);
    return {};
  }),
  'GET /api/v3/order': signed((call) => orderAnswer(findOrder(call))),
  'DELETE /api/v3/order': signed(cancelOrder),
  'GET /api/v3/openOrders': signed((call) =>
    call.floor.openOrders(call.account, symbolOf(call)).map((order) => orderAnswer(order)),
  ),
  'GET /api/v3/allOrders': signed((call) => {
    const symbol = symbolOf(call);
    const own = call.floor.orders.filter((o) => o.account === call.account && o.symbol === symbol);
    return own.map((order) => orderAnswer(order));
  }),
  'DELETE /api/v3/openOrders': signed((call) => {
    const orders = call.floor.openOrders(call.account, symbolOf(call));
    for (const order of orders) call.floor.cancel(order);
    return orders.map((order) => orderAnswer(order, true));
  }),
  'GET /api/v3/myTrades': signed(myTrades),
  'GET /api/v3/tradeFee': signed(() => ({
    data: { makerCommission: 0, takerCommission: 0.0005 },
    code: 0,
    msg: 'success',
  })),
  'POST /api/v3/userDataStream': signed(({ listenKeys, account, nowMs }) => {
    const listenKey = `key${account}x${listenKeys.size}x${nowMs}`;
    listenKeys.set(listenKey, account);
    return { listenKey };
  }),
  'GET /api/v3/userDataStream': signed(({ listenKeys }) => ({ listenKey: [...listenKeys.keys()] })),
  'PUT /api/v3/userDataStream': signed((call) => ({ listenKey: listenKeyOf(call) })),
  'DELETE /api/v3/userDataStream': signed((call) => {
    const listenKey = listenKeyOf(call);
    call.listenKeys.delete(listenKey);
    return { listenKey };
  }),
};
