import type { Instrument } from '../vocabulary/instrument.ts';
import type { OrderTable } from '../vocabulary/order-table.ts';
import type { BarPath } from './bar-path.ts';
import type { VenueBars } from './venue-bars.ts';
import type { VenueOrders } from './venue-orders.ts';
import type { VenueReport } from './venue-report.ts';

/** What the simulated venue shares with those who see to a part of its work. */
export interface VenueParts {
  readonly instruments: readonly Instrument[];
  readonly table: OrderTable;
  readonly orders: VenueOrders;
  readonly bars: VenueBars;
  readonly path: BarPath;
  readonly report: VenueReport;
  /** Whether orders bound to reduce are kept to it. */
  readonly reduceOnly: boolean;
}
