import type { Json } from '../../../src/core/vocabulary/json.ts';
import type { FloorFill, FloorOrder } from '../trading-floor.ts';

/** OKX's words for what the floor knows. Every number is text. */
export const ordIdOf = (order: FloorOrder): string => `31226986535637${4_000 + order.number}`;

function ordTypeOf(order: FloorOrder): string {
  if (order.type === 'market') return 'market';
  if (order.postOnly) return 'post_only';
  return order.tif === 'ioc' || order.tif === 'fok' ? order.tif : 'limit';
}

function stateOf(order: FloorOrder): string {
  if (order.status !== 'open') return order.status;
  return order.filledQuantity === '0' ? 'live' : 'partially_filled';
}

function averageOf(order: FloorOrder): string {
  return order.filledQuantity === '0' ? '' : String(Number(order.filledValue) / Number(order.filledQuantity));
}

/** An order of queries and pushes; `fill` is the one that this push tells of. */
export function orderAnswer(order: FloorOrder, fill: FloorFill | null = null): Json {
  return {
    instType: 'SPOT',
    instId: order.symbol,
    ordId: ordIdOf(order),
    clOrdId: order.clientOrderId,
    tag: '',
    px: order.type === 'market' ? '' : order.limit,
    sz: order.quantity,
    tgtCcy: order.type === 'market' ? 'base_ccy' : '',
    ordType: ordTypeOf(order),
    side: order.side > 0 ? 'buy' : 'sell',
    posSide: 'net',
    tdMode: 'cash',
    accFillSz: order.filledQuantity,
    fillPx: fill?.price ?? '',
    fillSz: fill?.quantity ?? '0',
    fillTime: fill === null ? '' : String(fill.timeMs),
    tradeId: fill === null ? '' : String(fill.tradeNumber),
    execType: fill === null ? '' : fill.isMaker ? 'M' : 'T',
    fillFee: fill === null ? '0' : feeOf(fill),
    fillFeeCcy: fill?.feeAsset ?? '',
    avgPx: averageOf(order),
    state: stateOf(order),
    lever: '',
    fee: fill === null ? '0' : feeOf(fill),
    feeCcy: fill?.feeAsset ?? '',
    rebate: '0',
    rebateCcy: '',
    pnl: '0',
    source: '',
    category: 'normal',
    reduceOnly: 'false',
    cTime: String(order.createdMs),
    uTime: String(order.updatedMs),
  };
}

/** Negative is charged. */
const feeOf = (fill: FloorFill): string => (fill.fee === '0' ? '0' : `-${fill.fee}`);

export function fillAnswer(fill: FloorFill): Json {
  return {
    instType: 'SPOT',
    instId: fill.order.symbol,
    tradeId: String(fill.tradeNumber),
    ordId: ordIdOf(fill.order),
    clOrdId: fill.order.clientOrderId,
    billId: `9${fill.tradeNumber}`,
    fillPx: fill.price,
    fillSz: fill.quantity,
    side: fill.order.side > 0 ? 'buy' : 'sell',
    posSide: 'net',
    execType: fill.isMaker ? 'M' : 'T',
    fee: feeOf(fill),
    feeCcy: fill.feeAsset,
    ts: String(fill.timeMs),
    fillTime: String(fill.timeMs),
  };
}

export function balanceDetail(asset: string, free: string, locked: string, nowMs: number): Json {
  const all = String(Math.round((Number(free) + Number(locked)) * 1e8) / 1e8);
  return {
    ccy: asset,
    cashBal: all,
    eq: all,
    availBal: free,
    availEq: '',
    frozenBal: locked,
    ordFrozen: locked,
    uTime: String(nowMs),
  };
}
