import type { Json } from '../../../src/core/vocabulary/json.ts';
import { timeframe } from '../../../src/core/vocabulary/time.ts';
import { pastBars } from '../past-bars.ts';
import type { FloorOrder, TradingFloor } from '../trading-floor.ts';
import { balanceDetail, fillAnswer, orderAnswer, ordIdOf } from './okx-answers.ts';

export interface RouteCall {
  readonly floor: TradingFloor;
  readonly query: URLSearchParams;
  /** The body's objects: batch routes take several. */
  readonly items: readonly Readonly<Record<string, string>>[];
  readonly account: number;
  readonly nowMs: number;
}

/** A refusal of a whole request. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 200) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface Route {
  readonly isSigned: boolean;
  /** The envelope's `data`; items that failed carry their own code. */
  handle(call: RouteCall): Json[];
}

/** OKX's spelling of bars; its days of `1D` are Hong Kong's, of `1Dutc` UTC's. */
export function barSpec(bar: string): ReturnType<typeof timeframe> {
  const match = /^(\d+)([mHDWM])(utc)?$/.exec(bar);
  if (!match) throw new Refused('51000', 'Parameter bar error');
  const unit = { m: 'm', H: 'h', D: 'd', W: 'w', M: 'mo' }[match[2]!]!;
  return timeframe(`${match[1]}${unit}`);
}

function candles({ floor, query, nowMs }: RouteCall): Json[] {
  const spec = barSpec(query.get('bar') ?? '1m');
  const after = Number(query.get('after') ?? Number.POSITIVE_INFINITY);
  const before = Number(query.get('before') ?? Number.NEGATIVE_INFINITY);
  const limit = Math.min(300, Number(query.get('limit') ?? 100));
  const bars = pastBars(floor, instIdOf(floor, query.get('instId')), spec, nowMs);
  const inside = bars.filter((b) => b.openTimeMs < after && b.openTimeMs > before);
  const newestFirst = inside.toReversed().slice(0, limit);
  return newestFirst.map((b) => candleRow(b, b === bars.at(-1)));
}

export function candleRow(bar: ReturnType<typeof pastBars>[number], isForming: boolean): Json {
  const { open, high, low, close, volume, value } = bar;
  return [String(bar.openTimeMs), open, high, low, close, volume, value, value, isForming ? '0' : '1'];
}

function instIdOf(floor: TradingFloor, instId: string | null | undefined): string {
  if (!floor.symbols.some((s) => s.symbol === instId)) throw new Refused('51001', "Instrument ID doesn't exist");
  return instId!;
}

function instruments({ floor, query }: RouteCall): Json[] {
  if (query.get('instType') !== 'SPOT') return [];
  return floor.symbols.map((s) => ({
    instType: 'SPOT',
    instId: s.symbol,
    baseCcy: s.base,
    quoteCcy: s.quote,
    settleCcy: '',
    ctVal: '',
    ctMult: '',
    ctValCcy: '',
    ctType: '',
    lever: '',
    tickSz: s.tick,
    lotSz: s.lot,
    minSz: s.lot,
    maxLmtSz: '9999999999',
    maxMktSz: '1000000',
    state: 'live',
    listTime: '1548133413000',
    expTime: '',
    uly: '',
    instFamily: '',
  }));
}

const rows = (levels: readonly { price: string; quantity: string }[]): Json =>
  levels.map((l) => [l.price, l.quantity, '0', '1']);

export function bookOf(floor: TradingFloor, instId: string, depth: number, nowMs: number, prevSeqId: number): Json {
  const book = floor.book(instId, depth);
  return { asks: rows(book.asks), bids: rows(book.bids), ts: String(nowMs), seqId: book.version, prevSeqId };
}

function findOrder(
  call: RouteCall,
  item: { instId?: string; ordId?: string; clOrdId?: string },
): FloorOrder | undefined {
  const { floor, account } = call;
  const { instId, ordId, clOrdId } = item;
  return floor.orders.findLast(
    (o) => o.account === account && o.symbol === instId && (ordId ? ordIdOf(o) === ordId : o.clientOrderId === clOrdId),
  );
}

/** What one item of an order route answers. */
function item(fields: Readonly<Record<string, string>>, sCode: string, sMsg: string, nowMs: number): Json {
  return { ordId: '', clOrdId: '', tag: '', ...fields, ts: String(nowMs), sCode, sMsg };
}

const REFUSALS: Readonly<Record<string, readonly [sCode: string, sMsg: string]>> = {
  'insufficient-balance': ['51008', 'Order failed. Insufficient account balance.'],
};

function place(call: RouteCall): Json[] {
  const { floor, account, nowMs } = call;
  return call.items.map(({ instId = '', side, ordType, sz = '', px, clOrdId = '', tgtCcy }) => {
    const refuse = (sCode: string, sMsg: string): Json => item({ clOrdId }, sCode, sMsg, nowMs);
    if (!floor.symbols.some((s) => s.symbol === instId)) return refuse('51001', "Instrument ID doesn't exist");
    if (!/^[0-9A-Za-z]{0,32}$/.test(clOrdId)) return refuse('51000', 'Parameter clOrdId error');
    const own = floor.openOrders(account).some((o) => clOrdId !== '' && o.clientOrderId === clOrdId);
    if (own) return refuse('51016', 'Client order ID already exists.');
    const isMarket = ordType === 'market';
    const byQuote = isMarket && side === 'buy' && tgtCcy !== 'base_ccy';
    if (!floor.fits(instId, isMarket ? null : (px ?? '0'), null)) return refuse('51000', 'Parameter px error');
    if (!byQuote && !floor.fits(instId, null, sz))
      return refuse('51121', 'Order quantity must be a multiple of the lot size.');
    const placed = floor.place(account, {
      symbol: instId,
      clientOrderId: clOrdId,
      side: side === 'buy' ? 1 : -1,
      type: isMarket ? 'market' : 'limit',
      tif: ordType === 'ioc' || ordType === 'fok' ? ordType : 'gtc',
      postOnly: ordType === 'post_only',
      limit: isMarket ? null : px!,
      quantity: byQuote ? null : sz,
      budget: byQuote ? sz : null,
    });
    if (typeof placed !== 'string') return item({ ordId: ordIdOf(placed), clOrdId }, '0', '', nowMs);
    return refuse(...(REFUSALS[placed] ?? ['51000', placed]));
  });
}

function cancel(call: RouteCall): Json[] {
  return call.items.map((wanted) => {
    const order = findOrder(call, wanted);
    if (order?.status !== 'open')
      return item(
        { ...wanted },
        '51400',
        'Cancellation failed as the order has been filled, canceled or does not exist.',
        call.nowMs,
      );
    call.floor.cancel(order);
    return item({ ordId: ordIdOf(order), clOrdId: order.clientOrderId }, '0', '', call.nowMs);
  });
}

function amend(call: RouteCall): Json[] {
  return call.items.map((wanted) => {
    const order = findOrder(call, wanted);
    if (order?.status !== 'open') return item({}, '51503', 'Order does not exist.', call.nowMs);
    const done = call.floor.amend(order, wanted['newPx'] ?? null, wanted['newSz'] ?? null);
    return item(
      { ordId: ordIdOf(order), clOrdId: order.clientOrderId },
      done === 'accepted' ? '0' : '51000',
      done,
      call.nowMs,
    );
  });
}

function oneOrder(call: RouteCall): Json[] {
  const { query, floor } = call;
  const wanted = {
    instId: instIdOf(floor, query.get('instId')),
    ordId: query.get('ordId') ?? '',
    clOrdId: query.get('clOrdId') ?? '',
  };
  const order = findOrder(call, wanted);
  if (!order) throw new Refused('51603', 'Order does not exist.');
  return [orderAnswer(order)];
}

function ordersPending({ floor, account, query }: RouteCall): Json[] {
  const after = query.get('after');
  const newestFirst = floor.openOrders(account, query.get('instId') ?? undefined).toReversed();
  const from = after === null ? 0 : newestFirst.findIndex((o) => ordIdOf(o) === after) + 1;
  return newestFirst.slice(from, from + Number(query.get('limit') ?? 100)).map((o) => orderAnswer(o));
}

function fills({ floor, account, query }: RouteCall): Json[] {
  const begin = Number(query.get('begin') ?? 0);
  const end = Number(query.get('end') ?? Number.POSITIVE_INFINITY);
  const instId = query.get('instId');
  return floor.fills
    .filter((f) => f.order.account === account && (instId === null || f.order.symbol === instId))
    .filter((f) => f.timeMs >= begin && f.timeMs <= end)
    .reverse()
    .slice(0, Number(query.get('limit') ?? 100))
    .map(fillAnswer);
}

export function balanceData(floor: TradingFloor, account: number, assets: readonly string[], nowMs: number): Json {
  const details = assets.map((asset) => {
    const { free, locked } = floor.balance(account, asset);
    return balanceDetail(asset, free, locked, nowMs);
  });
  return { adjEq: '', totalEq: '', uTime: String(nowMs), details };
}

const open = (handle: Route['handle']): Route => ({ isSigned: false, handle });
const signed = (handle: Route['handle']): Route => ({ isSigned: true, handle });

export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /api/v5/public/time': open(({ nowMs }) => [{ ts: String(nowMs) }]),
  'GET /api/v5/public/instruments': open(instruments),
  'GET /api/v5/market/candles': open(candles),
  'GET /api/v5/market/history-candles': open(candles),
  'GET /api/v5/market/books': open(({ floor, query, nowMs }) => [
    bookOf(floor, instIdOf(floor, query.get('instId')), Number(query.get('sz') ?? 1), nowMs, -1),
  ]),
  'GET /api/v5/market/trades': open(({ floor, query }) => {
    const instId = instIdOf(floor, query.get('instId'));
    const found = floor.trades.filter((t) => t.symbol === instId).toReversed();
    return found.slice(0, Number(query.get('limit') ?? 100)).map((t) => ({
      instId,
      tradeId: String(t.number),
      px: t.price,
      sz: t.quantity,
      side: t.takerSide > 0 ? 'buy' : 'sell',
      ts: String(t.timeMs),
    }));
  }),
  'GET /api/v5/asset/currencies': signed(() => []),
  'GET /api/v5/account/config': signed(() => [
    { acctLv: '1', posMode: 'net_mode', uid: '1', perm: 'read_only,trade', ip: '' },
  ]),
  'GET /api/v5/account/balance': signed(({ floor, account, nowMs }) => [
    balanceData(floor, account, floor.assets, nowMs),
  ]),
  'GET /api/v5/account/positions': signed(() => []),
  'POST /api/v5/trade/order': signed(place),
  'POST /api/v5/trade/batch-orders': signed(place),
  'POST /api/v5/trade/cancel-order': signed(cancel),
  'POST /api/v5/trade/cancel-batch-orders': signed(cancel),
  'POST /api/v5/trade/amend-order': signed(amend),
  'GET /api/v5/trade/order': signed(oneOrder),
  'GET /api/v5/trade/orders-pending': signed(ordersPending),
  'GET /api/v5/trade/fills': signed(fills),
  'GET /api/v5/trade/fills-history': signed(fills),
};
