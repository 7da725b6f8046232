import type { Instrument } from '../vocabulary/instrument.ts';
import { FLAG } from '../vocabulary/order.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import type { ToldOrders } from './told-orders.ts';
import type { VenueAccount } from './venue-account.ts';
import type { Rejection } from './venue-report.ts';

/** Why the simulated venue does not take an order; empty where it does, with what it may cost held. `last`: the last price. */
export function refusalOf(
  row: number,
  instrument: Instrument,
  last: number,
  table: OrderTable,
  account: VenueAccount,
  told: ToldOrders | null,
): Rejection {
  const c = table.column;
  if (told?.rejects(row)) return 'as-told';
  if (c.flags[row]! & FLAG.postOnly && !Number.isNaN(last)) {
    const limit = instrument.price(c.limitTicks[row]!);
    if (c.side[row]! > 0 ? limit >= last : limit <= last) return 'post-only-would-take';
  }
  return account.hold(row, c.lots[row]!, instrument, last) ? '' : 'insufficient-balance';
}
