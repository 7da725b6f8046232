import type { Engine } from '../engine/engine.ts';
import type { SessionState } from '../engine/session-state.ts';
import { clientOrderId } from '../execution/client-order-id.ts';
import type { TripFill } from '../report/round-trips.ts';
import type { Instrument } from '../vocabulary/instrument.ts';
import { ORDER_ROLES } from '../vocabulary/order.ts';

/** A fill as round trips are made of; null where it has moved no position, as a buy whose fee left less than a lot of it. */
export function tripFill({ state, desk }: Engine, fill: number): TripFill | null {
  const f = state.fills.column;
  const moved = state.fills.moved(fill);
  if (moved === 0) return null;
  const row = f.order[fill]!;
  const instrument = state.instruments[state.instrumentOf[f.slot[fill]!]!]!;
  const intent = state.orders.column.intent[row]!;
  const stop = desk.stopOf(row);
  return {
    timeMs: f.timeMs[fill]!,
    side: f.side[fill]! > 0 ? 1 : -1,
    quantity: instrument.quantity(moved),
    price: instrument.price(f.ticks[fill]!),
    fee: tripFee(state, instrument, fill),
    role: ORDER_ROLES[state.orders.column.role[row]!]!,
    orderId: clientOrderId(state.session, row),
    why: intent >= 0 ? state.intents.why[intent]! : '',
    ...(stop > 0 ? { stop: instrument.price(stop) } : {}),
  };
}

/**
 * What a fill cost its round trip, in the settle asset. Where the fee came out of what was bought: the price of everything that did not
 * become position, with what it left below a lot.
 */
function tripFee(state: SessionState, instrument: Instrument, fill: number): number {
  const f = state.fills.column;
  if (state.fills.moved(fill) === f.lots[fill])
    return isBaseFee(state, instrument, fill) ? 0 : instrument.money(state.fills.feeWorth(fill));
  return (
    instrument.money(f.value[fill]!) - instrument.valueAt(instrument.price(f.ticks[fill]!), state.fills.moved(fill))
  );
}

function isBaseFee(state: SessionState, instrument: Instrument, fill: number): boolean {
  const asset = state.fills.feeAsset(fill);
  return asset >= 0 && instrument.physical && state.assets[asset]!.code === instrument.base;
}
