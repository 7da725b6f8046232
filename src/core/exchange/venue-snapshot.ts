import { columnToText, textToColumn } from '../vocabulary/column-text.ts';
import type { Json } from '../vocabulary/json.ts';
import type { BarPath } from './bar-path.ts';
import type { ExpiryWatch } from './expiry-watch.ts';
import type { TierClockState } from './fees.ts';
import type { FillCosts } from './fill-costs.ts';
import type { LatencyState } from './latency.ts';
import type { MarginWatch } from './margin-watch.ts';
import type { MarketAtOpen } from './market-at-open.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueBars } from './venue-bars.ts';
import type { VenueOrders } from './venue-orders.ts';

const VENUE_SNAPSHOT_VERSION = 1;

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
  /** Instruments that are yet to expire; absent in snapshots of before they were settled. */
  readonly expiring?: readonly number[];
  /** Opens of the last bars; absent where no interest is charged. */
  readonly opened?: readonly (number | null)[];
}

/** What a venue is made of, as far as it is kept in a snapshot. */
export interface KeptParts {
  readonly orders: VenueOrders;
  readonly short: MarketAtOpen;
  readonly bars: VenueBars;
  readonly path: BarPath;
  readonly margin: MarginWatch;
  readonly expiry: ExpiryWatch;
  readonly account: VenueAccount;
  readonly costs: FillCosts;
}

export function snapshotOf(parts: KeptParts, trades: number, ended: boolean): Json {
  const { orders, short, bars, path, margin, expiry, account, costs } = parts;
  short.releaseAll();
  return {
    v: VENUE_SNAPSHOT_VERSION,
    orders: orders.snapshot(),
    bars: bars.columns.map((column) => columnToText(column)),
    timesMs: [path.openMs, path.closeMs],
    trades,
    ended,
    account: account.snapshot(),
    costs: costs.snapshot(),
    fees: costs.account?.snapshot() ?? null,
    funding: margin.snapshot(),
    expiring: expiry.snapshot(),
    ...(costs.interestRate === 0 ? {} : { opened: margin.opened() }),
  };
}

/** Throws RangeError for one of an unknown version. */
export function knownSnapshot(snapshot: Json): VenueSnapshot {
  const s = snapshot as unknown as VenueSnapshot;
  if (s.v !== VENUE_SNAPSHOT_VERSION)
    throw new RangeError(`expected a venue snapshot of version ${VENUE_SNAPSHOT_VERSION}, found ${String(s.v)}`);
  return s;
}

export function restoreParts(
  { orders, bars, path, margin, expiry, account, costs }: KeptParts,
  s: VenueSnapshot,
): void {
  orders.restore(s.orders);
  bars.restore(s.bars.map(textToColumn));
  path.openMs = s.timesMs[0]!;
  path.closeMs = s.timesMs[1]!;
  account.restore(s.account);
  costs.restore(s.costs);
  if (s.fees) costs.account?.restore(s.fees);
  margin.restore(s.funding);
  if (s.expiring) expiry.restore(s.expiring);
  if (s.opened) margin.restoreOpened(s.opened);
}

/** Back to before the first bar. */
export function resetParts({ orders, short, bars, path, margin, expiry, account, costs }: KeptParts): void {
  orders.clear();
  short.reset();
  path.reset();
  bars.reset();
  account.reset();
  costs.reset();
  margin.reset();
  expiry.reset();
}
