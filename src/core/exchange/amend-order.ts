import type { Instrument } from '../vocabulary/instrument.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueOrders } from './venue-orders.ts';
import type { Rejection } from './venue-report.ts';

/**
 * Gives a resting order other lots (what has filled included) and prices, 0 for none; it keeps its place. What cannot be paid leaves it
 * as it was. Answers why nothing was done, or ''. `last` is the instrument's last price.
 */
export function amendOrder(
  row: number,
  lots: number,
  limitTicks: number,
  triggerTicks: number,
  instrument: Instrument,
  last: number,
  table: OrderTable,
  orders: VenueOrders,
  account: VenueAccount,
): Rejection {
  const c = table.changing(row);
  const filled = orders.filled(row);
  if (!orders.has(row, instrument.index) || lots <= filled) return 'nothing-to-amend';
  const lotsBefore = c.lots[row]!;
  const limitBefore = c.limitTicks[row]!;
  const triggerBefore = c.triggerTicks[row]!;
  account.release(row);
  c.lots[row] = lots;
  c.limitTicks[row] = limitTicks;
  c.triggerTicks[row] = triggerTicks;
  if (!account.hold(row, lots - filled, instrument, last)) {
    c.lots[row] = lotsBefore;
    c.limitTicks[row] = limitBefore;
    c.triggerTicks[row] = triggerBefore;
    account.hold(row, lotsBefore - filled, instrument, last);
    return 'insufficient-balance';
  }
  orders.price(
    row,
    limitTicks > 0 ? instrument.price(limitTicks) : Number.NaN,
    triggerTicks > 0 ? instrument.price(triggerTicks) : Number.NaN,
  );
  return '';
}
