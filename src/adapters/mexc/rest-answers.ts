import { z } from 'zod';
import { formatDecimal, numberToText, parseDecimal } from '../../core/vocabulary/decimal.ts';
import type { OrderStatus, OrderType, Side, TimeInForce } from '../../core/vocabulary/order.ts';
import type { VenueBalance, VenueFill, VenueOrder } from '../../ports/exchange-gateway.ts';
import type { HttpAnswer } from '../../ports/transport.ts';

/** Canonical decimal text. MEXC writes texts; plain numbers were seen on older routes. */
const amount = z.union([z.string(), z.number()]).transform((value, context) => {
  const parsed = parseDecimal(typeof value === 'number' ? numberToText(value) : value);
  if (parsed !== null) return formatDecimal(parsed);
  context.issues.push({ code: 'custom', input: value, message: `expected a decimal, found ${JSON.stringify(value)}` });
  return z.NEVER;
});

/** Ids are texts today (`C02__5059…`) and were numbers once. */
const id = z.union([z.string().min(1), z.number()]).transform(String);
const side = z.enum(['BUY', 'SELL']).transform((text): Side => (text === 'BUY' ? 'buy' : 'sell'));

/** What MEXC calls a type is our type and time in force together; it has no `timeInForce` of its own. */
const TYPES = {
  LIMIT: ['limit', 'gtc'],
  LIMIT_ORDER: ['limit', 'gtc'],
  LIMIT_MAKER: ['limit', 'gtc'],
  POST_ONLY: ['limit', 'gtc'],
  IMMEDIATE_OR_CANCEL: ['limit', 'ioc'],
  FILL_OR_KILL: ['limit', 'fok'],
  MARKET: ['market', 'ioc'],
} as const satisfies Record<string, readonly [OrderType, TimeInForce]>;

const STATUSES = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'filled',
  CANCELED: 'canceled',
  PARTIALLY_CANCELED: 'canceled',
} as const satisfies Record<string, OrderStatus>;

/** Where a word of the venue that is not known is told. */
export type Report = (detail: string) => void;

function wordOf<T>(words: Readonly<Record<string, T>>, word: string, what: string, fallback: T, report: Report): T {
  if (Object.hasOwn(words, word)) return words[word]!;
  report(`${what} ${JSON.stringify(word)} is not known`);
  return fallback;
}

/** An order of queries and, with `origClientOrderId`, of cancels. */
const orderAnswer = z.object({
  symbol: z.string().min(1),
  orderId: id,
  clientOrderId: z.string().nullish(),
  origClientOrderId: z.string().nullish(),
  price: amount.nullish(),
  origQty: amount,
  executedQty: amount,
  cummulativeQuoteQty: amount.nullish(),
  status: z.string(),
  type: z.string(),
  side,
  time: z.number().nullish(),
  updateTime: z.number().nullish(),
});

const placedAnswer = z.object({ orderId: id, transactTime: z.number().optional() });

const tradeAnswer = z.object({
  symbol: z.string().min(1),
  id,
  orderId: id,
  price: amount,
  qty: amount,
  commission: amount,
  commissionAsset: z.string(),
  time: z.number(),
  isBuyer: z.boolean(),
  isMaker: z.boolean(),
  clientOrderId: z.string().nullish(),
});

const accountAnswer = z.object({
  canTrade: z.boolean(),
  canWithdraw: z.boolean().optional(),
  balances: z.array(z.object({ asset: z.string().min(1), free: amount, locked: amount })),
});

const listenKeyAnswer = z.object({ listenKey: z.string().min(1) });

export function jsonOf(answer: HttpAnswer): unknown {
  return JSON.parse(Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength).toString('utf8'));
}

function venueOrder(parsed: z.output<typeof orderAnswer>, report: Report): VenueOrder {
  // `unknown` keeps an order open and makes whoever listens ask for it; one that is odd hides none of the others.
  const status = wordOf<OrderStatus>(STATUSES, parsed.status, 'status', 'unknown', report);
  const [type, tif] = wordOf<readonly [OrderType, TimeInForce]>(TYPES, parsed.type, 'type', TYPES.LIMIT, report);
  return {
    symbol: parsed.symbol,
    // A cancel answers with both: the first is the order's, the second the cancel request's own.
    clientOrderId: parsed.origClientOrderId || parsed.clientOrderId || '',
    venueOrderId: parsed.orderId,
    side: parsed.side,
    type,
    tif,
    // What is left of such an order is not canceled by anybody; it ends by its own terms.
    status: status === 'canceled' && (tif === 'ioc' || tif === 'fok') ? 'expired' : status,
    quantity: parsed.origQty,
    filledQuantity: parsed.executedQty,
    filledValue: parsed.cummulativeQuoteQty ?? null,
    limit: type === 'market' ? null : (parsed.price ?? null),
    trigger: null,
    reduceOnly: false,
    updatedAtMs: parsed.updateTime ?? parsed.time ?? 0,
    reason: '',
  };
}

export const readOrder =
  (report: Report) =>
  (answer: HttpAnswer): VenueOrder =>
    venueOrder(orderAnswer.parse(jsonOf(answer)), report);

export const readOrders =
  (report: Report) =>
  (answer: HttpAnswer): readonly VenueOrder[] =>
    z
      .array(orderAnswer)
      .parse(jsonOf(answer))
      .map((order) => venueOrder(order, report));

export const readPlaced = (answer: HttpAnswer): { readonly orderId: string; readonly atMs: number | null } => {
  const { orderId, transactTime } = placedAnswer.parse(jsonOf(answer));
  return { orderId, atMs: transactTime ?? null };
};

export const readFills = (answer: HttpAnswer): readonly VenueFill[] =>
  z
    .array(tradeAnswer)
    .parse(jsonOf(answer))
    .map((trade) => ({
      symbol: trade.symbol,
      tradeId: trade.id,
      clientOrderId: trade.clientOrderId ?? '',
      venueOrderId: trade.orderId,
      side: trade.isBuyer ? 'buy' : 'sell',
      quantity: trade.qty,
      price: trade.price,
      fee: trade.commission,
      feeAsset: trade.commissionAsset,
      isMaker: trade.isMaker,
      tradedAtMs: trade.time,
    }));

export const readAccount = (
  answer: HttpAnswer,
): { readonly canTrade: boolean; readonly canWithdraw: boolean | null; readonly balances: readonly VenueBalance[] } => {
  const { canTrade, canWithdraw, balances } = accountAnswer.parse(jsonOf(answer));
  return { canTrade, canWithdraw: canWithdraw ?? null, balances };
};

export const readListenKey = (answer: HttpAnswer): string => listenKeyAnswer.parse(jsonOf(answer)).listenKey;
