import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../core/vocabulary/time.ts';
import type { AccountSink } from '../../ports/exchange-gateway.ts';
import type { OrderNames } from './order-names.ts';
import type { BinanceRest } from './rest-client.ts';
import { spotSide, spotWords } from './spot-gateway-orders.ts';
import type { AccountFrame, AccountRoute } from './user-data.ts';
import { amount, eventName, optionalAmount, orNull, readAs, timeMs, venueId } from './wire-values.ts';

const frameSchema = z.object({
  subscriptionId: z.int().optional(),
  event: z.object({ e: z.string() }).loose().optional(),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  status: z.int().optional(),
  error: z.object({ code: z.int(), msg: z.string() }).optional(),
});

/**
 * Spot's account events come over the WebSocket API: a signed request subscribes the connection, whatever kind of key signs (protocol
 * section 16; listen keys ended 2026-02-20). `url`: `wss://ws-api.binance.com:443/ws-api/v3`.
 */
export function spotAccountRoute(url: string, rest: Pick<BinanceRest, 'signedParameters'>): AccountRoute {
  return {
    messagesPerSecond: 5,
    pingEveryMs: 15 * SECOND_MS,
    // The server pings every 20 s.
    frameLimitMs: MINUTE_MS,
    url: () => url,
    shownUrl: (shown) => shown,
    subscription: (connectionId) =>
      JSON.stringify({
        id: `account${connectionId}`,
        method: 'userDataStream.subscribe.signature',
        params: rest.signedParameters(),
      }),
    read: readSpotFrame,
  };
}

function readSpotFrame(body: unknown): AccountFrame {
  const frame = readAs(frameSchema, body);
  if (frame.event !== undefined) {
    if (frame.event.e === 'serverShutdown') return { kind: 'leaving', detail: 'the server will shut down' };
    if (frame.event.e === 'eventStreamTerminated') return { kind: 'ended', detail: 'event stream terminated' };
    return { kind: 'event', event: frame.event };
  }
  if (frame.status === 200) return { kind: 'subscribed' };
  const said = frame.error === undefined ? `status ${frame.status}` : `code ${frame.error.code}: ${frame.error.msg}`;
  // Without an id it answers no request of ours: the venue dropped the key's session.
  return frame.id === null ? { kind: 'ended', detail: said } : { kind: 'refused', detail: said };
}

const executionReport = z.object({
  e: z.literal('executionReport'),
  s: z.string(),
  c: z.string(),
  C: z.string(),
  S: spotSide,
  o: z.string(),
  f: z.string(),
  q: amount,
  p: amount,
  P: amount,
  x: z.string(),
  X: z.string(),
  r: z.string(),
  i: venueId,
  l: amount,
  z: amount,
  L: amount,
  n: optionalAmount,
  N: z.string().nullish(),
  T: timeMs,
  t: venueId,
  m: z.boolean(),
  Z: amount,
  d: z.int().optional(),
  eR: z.string().optional(),
});

const accountPosition = z.object({
  e: z.literal('outboundAccountPosition'),
  u: timeMs,
  B: z.array(z.object({ a: z.string(), f: amount, l: amount })),
});

const EXECUTIONS = new Set(['NEW', 'CANCELED', 'REPLACED', 'REJECTED', 'TRADE', 'EXPIRED', 'TRADE_PREVENTION']);

export interface SpotEventContext {
  readonly sink: AccountSink;
  readonly names: OrderNames;
  readonly saw: (clientOrderId: string) => void;
  /** Balances changed in a way that tells no totals. */
  readonly askBalances: () => void;
}

/** Tells the sink what a spot event says. Throws where it cannot be read. */
export function tellSpotEvent(event: unknown, context: SpotEventContext): void {
  const { e } = readAs(eventName, event);
  const { sink } = context;
  switch (e) {
    case 'executionReport':
      tellExecution(readAs(executionReport, event), context);
      break;
    case 'outboundAccountPosition': {
      const { u, B } = readAs(accountPosition, event);
      for (const { a, f, l } of B) sink.balance({ asset: a, free: f, locked: l }, u);
      break;
    }
    case 'balanceUpdate':
    case 'externalLockUpdate':
      context.askBalances();
      break;
    case 'listStatus':
      // The legs of a list report as orders.
      break;
    default:
      sink.anomaly('schema-drift', `account event ${JSON.stringify(e)} is not known`);
  }
}

function tellExecution(report: z.output<typeof executionReport>, { sink, names, saw }: SpotEventContext): void {
  const unknownWord = (detail: string): void =>
    sink.anomaly('unknown-enum', `${report.s} order ${report.i}: ${detail}`);
  if (!EXECUTIONS.has(report.x)) unknownWord(`execution type ${JSON.stringify(report.x)} is not known`);
  // A cancel has an id of its own in `c`; the order's is in `C`.
  const clientOrderId = report.x === 'CANCELED' && report.C !== '' ? report.C : report.c;
  const ids = { symbol: report.s, clientOrderId, venueOrderId: report.i, side: report.S };
  names.learn(report.s, report.i, clientOrderId);
  saw(clientOrderId);
  if (report.x === 'TRADE')
    sink.fill({
      ...ids,
      tradeId: report.t,
      quantity: report.l,
      price: report.L,
      fee: orNull(report.n ?? undefined) ?? '0',
      feeAsset: report.N ?? '',
      isMaker: report.m,
      tradedAtMs: report.T,
    });
  const words = { type: report.o, status: report.X, timeInForce: report.f, isTrailing: report.d !== undefined };
  sink.order({
    ...ids,
    ...spotWords(words, unknownWord),
    quantity: report.q,
    filledQuantity: report.z,
    filledValue: report.Z,
    limit: orNull(report.p),
    trigger: orNull(report.P),
    reduceOnly: false,
    updatedAtMs: report.T,
    reason: report.r === 'NONE' ? (report.eR ?? '') : report.r,
  });
}
