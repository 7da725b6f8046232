import type { VenueAccount } from './venue-account.ts';
import type { VenueOrders } from './venue-orders.ts';
import type { Rejection } from './venue-report.ts';

/**
 * The simulated venue itself takes orders of an instrument off, and says so of each, the oldest first, as `kind`: those that are there at
 * `atMs`, by default also those on their way, and of them those that `isMeant`.
 */
export function withdrawOrders(
  instrument: number,
  orders: VenueOrders,
  account: VenueAccount,
  kind: number,
  reason: Rejection,
  atMs = Number.POSITIVE_INFINITY,
  isMeant: (row: number) => boolean = () => true,
): void {
  for (const row of Array.from(orders.rowsOf(instrument).subarray(0, orders.countOf(instrument)))) {
    if (orders.arrivesMs(row) > atMs || !isMeant(row)) continue;
    orders.remove(row, instrument);
    account.release(row);
    orders.say(kind, row, reason);
  }
}
