import { z } from 'zod';
import type { AccountSink, VenueOrder } from '../../ports/exchange-gateway.ts';
import type { OrderNames } from './order-names.ts';
import { algoUpdate, fromAlgoUpdate } from './usdm-gateway-algo.ts';
import { EXPIRY_REASONS, usdmSide, usdmStatus, usdmTif, usdmType } from './usdm-gateway-orders.ts';
import { amount, eventName, optionalAmount, orNull, readAs, timeMs, translate, venueId } from './wire-values.ts';

const orderUpdate = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  o: z.object({
    s: z.string(),
    c: z.string(),
    S: usdmSide,
    o: z.string(),
    f: z.string(),
    q: amount,
    p: amount,
    ap: amount,
    sp: optionalAmount,
    x: z.string(),
    X: z.string(),
    i: venueId,
    l: amount,
    z: amount,
    L: amount,
    N: z.string().optional(),
    n: optionalAmount,
    T: timeMs,
    t: venueId,
    m: z.boolean(),
    R: z.boolean(),
    ot: z.string().optional(),
    er: z.union([z.string(), z.number()]).transform(String).optional(),
  }),
});

const accountUpdate = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  T: timeMs,
  a: z.object({
    m: z.string(),
    B: z.array(z.object({ a: z.string(), wb: amount, bc: amount })).default([]),
    P: z
      .array(
        z.object({
          s: z.string(),
          pa: amount,
          ep: amount,
          mt: z.string(),
          ps: z.string(),
        }),
      )
      .default([]),
  }),
});

const marginCall = z.object({
  E: timeMs,
  p: z.array(z.object({ s: z.string(), ps: z.string(), pa: amount, mm: amount })),
});

const EXECUTIONS = new Set(['NEW', 'TRADE', 'CANCELED', 'EXPIRED', 'AMENDMENT', 'CALCULATED']);
/** Told in full by other events, or of no concern to orders and positions. */
const SILENT = new Set([
  'TRADE_LITE',
  'ACCOUNT_CONFIG_UPDATE',
  'CONDITIONAL_ORDER_TRIGGER_REJECT',
  'STRATEGY_UPDATE',
  'GRID_UPDATE',
]);
export const POSITION_SIDES = { BOTH: 'net', LONG: 'long', SHORT: 'short' } as const;

export interface UsdmEventContext {
  readonly sink: AccountSink;
  readonly names: OrderNames;
  readonly saw: (clientOrderId: string) => void;
  /** Asset in which a symbol is settled, for fills that name no fee; empty where it is not known. */
  readonly marginAsset: (symbol: string) => string;
}

/** Tells the sink what a USD-M event says. Throws where it cannot be read. */
export function tellUsdmEvent(event: unknown, context: UsdmEventContext): void {
  const { e } = readAs(eventName, event);
  const { sink } = context;
  if (SILENT.has(e)) return;
  switch (e) {
    case 'ORDER_TRADE_UPDATE':
      tellOrder(readAs(orderUpdate, event).o, context);
      break;
    case 'ALGO_UPDATE':
      tellAlgo(readAs(algoUpdate, event), context);
      break;
    case 'ACCOUNT_UPDATE':
      tellAccount(readAs(accountUpdate, event), sink);
      break;
    case 'MARGIN_CALL': {
      const { E, p } = readAs(marginCall, event);
      for (const { s, ps, pa, mm } of p)
        sink.liquidation(s, `margin call, not liquidated yet: ${ps} ${pa}, maintenance margin ${mm}`, E);
      break;
    }
    default:
      sink.anomaly('schema-drift', `account event ${JSON.stringify(e)} is not known`);
  }
}

function tellOrder(o: z.output<typeof orderUpdate>['o'], { sink, names, saw, marginAsset }: UsdmEventContext): void {
  const unknownWord = (detail: string): void => sink.anomaly('unknown-enum', `${o.s} order ${o.i}: ${detail}`);
  if (!EXECUTIONS.has(o.x)) unknownWord(`execution type ${JSON.stringify(o.x)} is not known`);
  names.learn(o.s, o.i, o.c);
  // The order that a conditional one placed is known under that one's id, whatever it calls itself.
  const clientOrderId = names.of(o.s, o.i)!;
  saw(clientOrderId);
  const ids = { symbol: o.s, clientOrderId, venueOrderId: o.i, side: o.S };
  if (o.l !== '0')
    sink.fill({
      ...ids,
      tradeId: o.t,
      quantity: o.l,
      price: o.L,
      fee: o.n || '0',
      feeAsset: o.N ?? marginAsset(o.s),
      isMaker: o.m,
      tradedAtMs: o.T,
    });
  const er = translate(EXPIRY_REASONS, o.er ?? '0', 'expiry reason', '', unknownWord);
  const order: VenueOrder = {
    ...ids,
    type: usdmType(o.ot ?? o.o, unknownWord),
    tif: usdmTif(o.f, unknownWord),
    status: usdmStatus(o.X, unknownWord),
    quantity: o.q,
    filledQuantity: o.z,
    // The stream tells the average price only, which is rounded.
    filledValue: o.z === '0' ? '0' : null,
    limit: orNull(o.p),
    trigger: orNull(o.sp ?? undefined),
    reduceOnly: o.R,
    updatedAtMs: o.T,
    reason: er,
  };
  sink.order(order);
  const forced = FORCED.find(([prefix]) => o.c.startsWith(prefix))?.[1] ?? (isForced(o) ? 'liquidated' : null);
  if (forced !== null)
    sink.liquidation(
      o.s,
      `${forced}, ${o.c}: ${o.S} ${o.l === '0' ? o.q : o.l} at ${o.l === '0' ? o.p : o.L}, ${o.X}`,
      o.T,
    );
}

/** What the venue closes by orders of its own, by how it names them. */
const FORCED = [
  ['autoclose-', 'liquidated'],
  ['adl_autoclose', 'auto-deleveraged'],
  ['settlement_autoclose-', 'settled at delivery or delisting'],
] as const;

const isForced = ({ x, o }: { readonly x: string; readonly o: string }): boolean =>
  x === 'CALCULATED' || o === 'LIQUIDATION';

function tellAlgo(update: z.output<typeof algoUpdate>, { sink, names, saw }: UsdmEventContext): void {
  const { o } = update;
  if (o.ai !== undefined && o.ai !== '' && o.ai !== '0') names.relearn(o.s, o.ai, o.caid);
  saw(o.caid);
  const order = fromAlgoUpdate(update, (detail) =>
    sink.anomaly('unknown-enum', `${o.s} algo order ${o.aid}: ${detail}`),
  );
  if (order) sink.order(order);
}

function tellAccount({ T, a }: z.output<typeof accountUpdate>, sink: AccountSink): void {
  for (const { a: asset, wb } of a.B) sink.balance({ asset, free: wb, locked: '0' }, T);
  for (const p of a.P)
    sink.position(
      {
        symbol: p.s,
        positionSide: translate(POSITION_SIDES, p.ps, 'position side', 'net', (detail) =>
          sink.anomaly('unknown-enum', `${p.s}: ${detail}`),
        ),
        quantity: p.pa,
        entryPrice: p.ep,
        markPrice: null,
        liquidationPrice: null,
        leverage: null,
        isolated: p.mt === 'isolated',
      },
      T,
    );
  // With cross margin the venue names no symbol; several may be paid at once.
  if (a.m === 'FUNDING_FEE') for (const { a: asset, bc } of a.B) sink.funding(a.P[0]?.s ?? '', asset, bc, T);
}
