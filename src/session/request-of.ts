import type { Engine } from '../core/engine/engine.ts';
import { clientOrderId } from '../core/execution/client-order-id.ts';
import { REQUEST } from '../core/execution/outbox.ts';
import { hashText } from '../core/vocabulary/hash.ts';
import { FLAG, ORDER_TYPES, ROLE, TIMES_IN_FORCE } from '../core/vocabulary/order.ts';
import type { OrderPlacement } from '../ports/exchange-gateway.ts';
import type { VenueRequest } from './venue-side.ts';

/** All that the engine put into its outbox since, as it is asked of an exchange; the outbox is empty afterwards. */
export function takeOutbox(engine: Engine): VenueRequest[] {
  const { outbox, capabilities } = engine.state;
  const requests = Array.from({ length: outbox.count }, (_, k) => requestOf(engine, k));
  outbox.count = 0;
  return capabilities.legs === 'paired' ? paired(engine, requests) : requests;
}

/** A stop and the target of the same bracket that follows it are one pair. */
function paired({ state }: Engine, requests: readonly VenueRequest[]): VenueRequest[] {
  const { role, group, flags } = state.orders.column;
  const isLeg = (request: VenueRequest | undefined, of: number): request is VenueRequest =>
    request?.kind === 'place' && role[request.row] === of && (flags[request.row]! & FLAG.emulated) === 0;
  const isPair = (stop: VenueRequest | undefined, target: VenueRequest | undefined): boolean =>
    isLeg(stop, ROLE.stop) && isLeg(target, ROLE.target) && group[stop.row] === group[target.row];
  return requests.map((request, k) => {
    const [before, after] = [requests[k - 1], requests[k + 1]];
    if (isPair(request, after)) return { ...request, pair: after!.order };
    return isPair(before, request) ? { ...request, pair: before!.order } : request;
  });
}

/** A cancel that was lost on its way, asked once more: nobody's decision. */
export function cancelAgain({ state }: Engine, row: number): VenueRequest {
  const { instrument, intent } = state.orders.column;
  const { symbol } = state.instruments[instrument[row]!]!;
  return {
    ...{ kind: 'cancel', row, order: clientOrderId(state.session, row), symbol, placement: null, pair: null },
    ...{ verdict: { code: 'approved', again: true }, reservation: null, intent: intent[row]!, reduces: true },
  };
}

/** What the engine put into its outbox at `k`, as it is asked of an exchange. */
function requestOf(engine: Engine, k: number): VenueRequest {
  const { state, risk } = engine;
  const { outbox, orders, instruments } = state;
  const kind = outbox.kind[k]!;
  const row = outbox.row[k]!;
  const c = orders.column;
  const instrument = instruments[c.instrument[row]!]!;
  const isPlaced = kind === REQUEST.place || kind === REQUEST.placeNative;
  const openLots = c.lots[row]! - c.filledLots[row]!;
  const price = state.price[instrument.index]!;
  const limits = risk.inForce.of(c.strategy[row]!, instrument.index);
  return {
    kind: isPlaced ? 'place' : kind === REQUEST.cancel ? 'cancel' : 'amend',
    row,
    order: clientOrderId(state.session, row),
    symbol: instrument.symbol,
    placement: isPlaced ? placementOf(engine, row) : null,
    pair: null,
    reduces: !isPlaced || (c.flags[row]! & FLAG.reduceOnly) !== 0 || isExit(c.role[row]!),
    verdict: { code: 'approved', limits: hashText(JSON.stringify(limits.definition)).slice(0, 16) },
    reservation: {
      quantity: instrument.quantityText(openLots),
      value: Number.isNaN(price) ? null : instrument.valueAt(price, openLots),
    },
    intent: c.intent[row]!,
  };
}

const isExit = (role: number): boolean => role !== ROLE.entry && role !== ROLE.manual;

function placementOf({ state, seats }: Engine, row: number): OrderPlacement {
  const c = state.orders.column;
  const instrument = state.instruments[c.instrument[row]!]!;
  const flags = c.flags[row]!;
  // What the engine watched for the venue is sent, once triggered, as what it comes down to.
  const isEmulated = (flags & FLAG.emulated) !== 0;
  const limit = c.limitTicks[row]!;
  const trigger = isEmulated ? 0 : c.triggerTicks[row]!;
  const trail = isEmulated ? 0 : c.trailFraction[row]!;
  const expireAtMs = c.expireAtMs[row]!;
  return {
    clientOrderId: clientOrderId(state.session, row),
    symbol: instrument.symbol,
    side: c.side[row]! > 0 ? 'buy' : 'sell',
    type: isEmulated ? (limit > 0 ? 'limit' : 'market') : ORDER_TYPES[c.type[row]!]!,
    tif: TIMES_IN_FORCE[c.tif[row]!]!,
    quantity: instrument.quantityText(c.lots[row]!),
    ...(limit > 0 ? { limit: instrument.priceText(limit) } : {}),
    ...(trigger > 0 ? { trigger: instrument.priceText(trigger) } : {}),
    ...(trail > 0 ? { trail: String(trail) } : {}),
    ...(expireAtMs > 0 ? { expireAtMs } : {}),
    ...((flags & FLAG.postOnly) !== 0 ? { postOnly: true } : {}),
    // The venue sees the account's net: with several strategies on it, one's exit may be another's entry.
    ...((flags & FLAG.reduceOnly) !== 0 && state.capabilities.reduceOnly && seats.length === 1
      ? { reduceOnly: true }
      : {}),
  };
}
