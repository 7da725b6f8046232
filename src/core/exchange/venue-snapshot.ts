import type { Json } from '../vocabulary/json.ts';
import type { TierClockState } from './fees.ts';
import type { LatencyState } from './latency.ts';

export const VENUE_SNAPSHOT_VERSION = 1;

/** What decides a simulated venue's next steps, as plain JSON; the order table belongs to whoever keeps it. */
export interface VenueSnapshot {
  readonly v: number;
  readonly orders: readonly string[];
  readonly bars: readonly string[];
  readonly timesMs: readonly number[];
  readonly trades: number;
  readonly ended: boolean;
  readonly account: Json;
  readonly costs: LatencyState | null;
  /** Value traded so far, where the fee depends on it; absent in snapshots of before that. */
  readonly fees?: TierClockState | null;
  readonly funding: readonly (number | null)[];
}
