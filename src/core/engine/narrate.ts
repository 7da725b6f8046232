import { clientOrderId } from '../execution/client-order-id.ts';
import { type Cause, type DomainEvent, EVENT_TYPES, EVENT_VERSION } from '../vocabulary/events.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { ORDER_ROLES, ORDER_TYPES, TIMES_IN_FORCE } from '../vocabulary/order.ts';
import { REFUSALS } from '../vocabulary/refusal.ts';
import type { SessionState } from './session-state.ts';

/** Names of a session's strategies, by index. */
export type StrategyNames = readonly string[];

/** Turns row `seq` of the event log into the event that leaves the engine. */
export function narrate(s: SessionState, names: StrategyNames, seq: number): DomainEvent {
  const c = s.log.column;
  const cause = c.cause[seq]!;
  const strategy = c.strategy[seq]!;
  const instrument = c.instrument[seq]!;
  const type = EVENT_TYPES[c.type[seq]!]!;
  const causedBy: Cause = cause < 0 ? { input: -1 - cause } : { event: cause };
  const envelope = {
    v: EVENT_VERSION,
    seq,
    at: c.at[seq]!,
    type,
    causedBy,
    input: c.input[seq]!,
    ...(strategy >= 0 ? { strategy: names[strategy] ?? String(strategy) } : {}),
    ...(instrument >= 0 ? { instrument: s.instruments[instrument]!.id } : {}),
  };
  return { ...envelope, ...payload(s, type, seq, instrument >= 0 ? s.instruments[instrument]! : null) } as DomainEvent;
}

function payload(s: SessionState, type: DomainEvent['type'], seq: number, instrument: Instrument | null): object {
  const c = s.log.column;
  const ref = c.ref[seq]!;
  const a = c.a[seq]!;
  const b = c.b[seq]!;
  const order = (): string => clientOrderId(s.session, ref);
  switch (type) {
    case 'strategy-started':
      return {};
    case 'strategy-stopped':
      return { reason: s.texts[ref] };
    case 'strategy-failed':
    case 'message-logged':
      return { message: s.texts[ref] };
    case 'alert-raised':
      return { message: s.texts[ref], level: (['info', 'warn', 'page'] as const)[a] };
    case 'signal-generated': {
      const tag = s.intents.tags.get(ref);
      return {
        intent: ref,
        action: s.intents.action(ref),
        why: s.intents.why[ref],
        ...(tag === undefined ? {} : { tag }),
      };
    }
    case 'order-refused':
      return {
        intent: ref,
        code: REFUSALS[a],
        side: b < 0 ? 'sell' : 'buy',
        quantity: instrument!.quantityText(Math.abs(b)),
      };
    case 'order-placed':
      return placed(s, ref, a, instrument!);
    case 'order-accepted':
    case 'order-triggered':
    case 'position-liquidated':
    case 'position-settled':
      return { order: order() };
    case 'order-rejected':
      return { order: order(), reason: s.texts[a] };
    case 'order-amended':
      return {
        order: order(),
        quantity: instrument!.quantityText(b),
        ...(a > 0 ? { price: instrument!.priceText(a) } : {}),
      };
    case 'order-canceled':
    case 'order-expired':
    case 'order-completed':
      return { order: order(), filledQuantity: instrument!.quantityText(s.orders.column.filledLots[ref]!) };
    case 'order-filled':
      return filled(s, ref, instrument!);
    case 'position-opened':
    case 'position-changed':
    case 'position-closed':
      return {
        quantity: instrument!.quantityText(a),
        averagePrice: null,
        realizedProfit: instrument!.moneyText(s.fills.column.realized[ref]!),
        fill: ref,
      };
    case 'funding-paid':
    case 'interest-charged':
      return { amount: instrument!.moneyText(a), rate: b };
    case 'drawdown-threshold-reached':
      return { drawdown: a, limit: b };
    case 'risk-limit-exceeded':
      return { limit: s.texts[ref], used: a, allowed: b };
    case 'trading-state-changed':
    case 'limits-changed':
      return JSON.parse(s.texts[ref]!) as object;
    case 'data-anomaly-detected':
      return { code: 'report-out-of-place', detail: s.texts[ref] };
    case 'balance-updated':
      return { asset: '', total: '0', reason: '' };
  }
}

function placed(s: SessionState, row: number, lots: number, instrument: Instrument): object {
  const c = s.orders.column;
  return {
    order: clientOrderId(s.session, row),
    intent: c.intent[row],
    side: c.side[row]! > 0 ? 'buy' : 'sell',
    orderType: ORDER_TYPES[c.type[row]!],
    role: ORDER_ROLES[c.role[row]!],
    tif: TIMES_IN_FORCE[c.tif[row]!],
    quantity: instrument.quantityText(lots),
    ...(c.placedLimitTicks[row]! > 0 ? { limit: instrument.priceText(c.placedLimitTicks[row]!) } : {}),
    ...(c.placedTriggerTicks[row]! > 0 ? { trigger: instrument.priceText(c.placedTriggerTicks[row]!) } : {}),
  };
}

function filled(s: SessionState, fill: number, instrument: Instrument): object {
  const f = s.fills.column;
  const row = f.order[fill]!;
  return {
    order: clientOrderId(s.session, row),
    fill,
    side: f.side[fill]! > 0 ? 'buy' : 'sell',
    role: ORDER_ROLES[s.orders.column.role[row]!],
    quantity: instrument.quantityText(f.lots[fill]!),
    price: instrument.priceText(f.ticks[fill]!),
    fee: s.feeText(instrument, s.fills.feeAsset(fill), f.fee[fill]!),
    feeAsset: s.feeCode(instrument, s.fills.feeAsset(fill)),
    liquidity: f.maker[fill] === 1 ? 'maker' : 'taker',
  };
}

/** The chain of causes of an event, itself first, back to the input that began it. */
export function causes(s: SessionState, seq: number): readonly number[] {
  const chain: number[] = [];
  for (let at = seq; at >= 0; at = s.log.column.cause[at]!) chain.push(at);
  return chain;
}
