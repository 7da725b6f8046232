import { z } from 'zod';
import { decimal } from '../../core/vocabulary/decimal.ts';
import type { OrderStatus } from '../../core/vocabulary/order.ts';
import type { VenueOrder } from '../../ports/exchange-gateway.ts';
import { fromUsdmOrder, type UsdmOrder, usdmSide, usdmTif, usdmType } from './usdm-gateway-orders.ts';
import { optionalAmount, orNull, type Report, timeMs, translate, venueId } from './wire-values.ts';

/**
 * A conditional order in answers. It has a life of its own: when its trigger fires, a normal order with another number takes over, and only
 * that one has fills.
 */
export const usdmAlgoOrder = z.object({
  algoId: venueId,
  clientAlgoId: z.string(),
  symbol: z.string(),
  orderType: z.string(),
  side: usdmSide,
  timeInForce: z.string(),
  /** Empty for an order that closes whatever position there is. */
  quantity: optionalAmount,
  algoStatus: z.string(),
  triggerPrice: optionalAmount,
  price: optionalAmount,
  reduceOnly: z.boolean(),
  activatePrice: optionalAmount,
  updateTime: timeMs,
  /** The normal order that took over; empty before. */
  actualOrderId: venueId.optional(),
});
export type UsdmAlgoOrder = z.output<typeof usdmAlgoOrder>;

/** TRIGGERING and later: what the order does next is told by the normal order that took over. */
const STATUSES: Readonly<Record<string, OrderStatus>> = {
  NEW: 'open',
  TRIGGERING: 'open',
  TRIGGERED: 'open',
  FINISHED: 'open',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
};

/** Its number, which must not be taken for that of a normal order. */
export function algoOrderId(algoId: string): string {
  return `algo-${algoId}`;
}

/** The number of the normal order that took over, or null. */
export function successorOf(row: UsdmAlgoOrder): string | null {
  return row.actualOrderId === undefined || row.actualOrderId === '' || row.actualOrderId === '0'
    ? null
    : row.actualOrderId;
}

/** A conditional order; `successor` is the normal order that took over, where there is one. */
export function fromUsdmAlgoOrder(row: UsdmAlgoOrder, successor: UsdmOrder | null, report: Report): VenueOrder {
  const own = {
    clientOrderId: row.clientAlgoId,
    type: usdmType(row.orderType, report),
    trigger: orNull((row.triggerPrice || row.activatePrice) ?? undefined),
  };
  if (successor) return { ...fromUsdmOrder(successor, report), ...own };
  // Finished without a successor that anybody knows: its fate is not told here.
  const status = row.algoStatus === 'FINISHED' ? 'unknown' : algoStatus(row.algoStatus, report);
  return {
    ...own,
    symbol: row.symbol,
    venueOrderId: algoOrderId(row.algoId),
    side: row.side,
    tif: usdmTif(row.timeInForce, report),
    status,
    quantity: row.quantity || '0',
    filledQuantity: '0',
    filledValue: '0',
    limit: orNull(row.price ?? undefined),
    reduceOnly: row.reduceOnly,
    updatedAtMs: row.updateTime,
    reason: '',
  };
}

function algoStatus(word: string, report: Report): OrderStatus {
  return translate(STATUSES, word, 'algo status', 'unknown', report);
}

/** `ALGO_UPDATE` of the account stream. */
export const algoUpdate = z.object({
  e: z.literal('ALGO_UPDATE'),
  T: timeMs,
  o: z.object({
    caid: z.string(),
    aid: venueId,
    o: z.string(),
    s: z.string(),
    S: usdmSide,
    f: z.string(),
    q: optionalAmount,
    X: z.string(),
    ai: venueId.optional(),
    aq: optionalAmount,
    ap: optionalAmount,
    tp: optionalAmount,
    p: optionalAmount,
    R: z.boolean(),
    rm: z.string().nullish(),
  }),
});

/**
 * The conditional order as the stream tells it. Null once a normal order has taken over: that order's own events say how it goes on, and
 * this one could only contradict them.
 */
export function fromAlgoUpdate(update: z.output<typeof algoUpdate>, report: Report): VenueOrder | null {
  const { o, T } = update;
  if (o.X === 'TRIGGERED' || o.X === 'FINISHED') return null;
  const filledQuantity = o.aq || '0';
  return {
    symbol: o.s,
    clientOrderId: o.caid,
    venueOrderId: algoOrderId(o.aid),
    side: o.S,
    type: usdmType(o.o, report),
    tif: usdmTif(o.f, report),
    status: algoStatus(o.X, report),
    quantity: o.q || '0',
    filledQuantity,
    filledValue: decimal(filledQuantity) === 0n ? '0' : null,
    limit: orNull(o.p ?? undefined),
    trigger: orNull(o.tp ?? undefined),
    reduceOnly: o.R,
    updatedAtMs: T,
    reason: o.rm ?? '',
  };
}

/** Answer to the cancel of a conditional order; the order itself must be asked for. */
export const algoCanceled = z.object({ algoId: venueId });
