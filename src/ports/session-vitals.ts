import type { TimeMs } from '../core/vocabulary/time.ts';
import type { VenueBudget } from './venues.ts';

/** Figures of a session that runs: what each means, and whether it only grows. Names of conditions and, with `tradewright_session_`, of metrics. */
export const VITALS = {
  equity: 'Value of the account at the last prices, account currency',
  cash: 'Cash, account currency',
  profit: 'Equity less cash paid in, account currency',
  fees: 'Fees so far, account currency',
  exposure: 'Value of all positions, long and short added, account currency',
  drawdown: 'Fall from the highest equity, as a fraction of it',
  max_drawdown: 'Largest such fall so far',
  positions: 'Positions that are open',
  open_orders: 'Orders that are open',
  fill_rate: 'Orders with a fill, of those that were placed',
  reject_rate: 'Orders that the venue rejected, of those that were placed',
  orders_placed_total: 'Orders placed',
  orders_filled_total: 'Orders with at least one fill',
  orders_rejected_total: 'Orders rejected by the venue',
  orders_refused_total: 'Orders refused by risk',
  fills_total: 'Fills',
  inputs_total: 'Inputs taken',
  kills: 'Kills that hold it',
  feed_age_seconds: 'Since the last data, of the symbol that has waited longest',
  feeds_not_live: 'Subscriptions that are not live',
  feed_messages_per_second: 'Messages a second over the last minute',
  feed_gaps_total: 'Holes in the data that were not filled',
  feed_missing_bars_total: 'Bars that did not come though time passed',
  feed_anomalies_total: 'Messages of the feed that could not be read or were out of range',
  feed_reconnects_total: 'Connections made anew',
  feed_queued_bytes: 'Handed over by the feed’s thread and not yet taken',
  journal_seconds: 'How long the last wait for the journal to be durable took',
  event_loop_delay_seconds: 'How late the loop of the session was lately, 99 of 100 times less',
} as const;
export type VitalName = keyof typeof VITALS;

/** Figures of a session that runs, by name; null where one has no value now. */
export type VitalFigures = Readonly<Record<string, number | null>>;

/** What a session does again and again by itself: values what it holds, asks the venue for funding rates and for its open orders, lets strategies decide by the clock. */
export const TIMED_WORKS = ['price-updates', 'funding-rates', 'order-monitor', 'strategy'] as const;

/** One of them. Times are the machine's, of strategies the market's. */
export interface TimedWork {
  readonly work: (typeof TIMED_WORKS)[number];
  readonly everyMs: number;
  readonly nextMs: TimeMs | null;
  /** When it was done well last; null where it was not since the session was started. */
  readonly lastMs: TimeMs | null;
  /** Why it was not done when it was tried last; null where it was. */
  readonly problem: string | null;
}

/** How a session does, as whoever runs it last told. */
export interface SessionVitals {
  readonly session: string;
  readonly strategy: string;
  readonly venue: string;
  readonly atMs: TimeMs;
  readonly figures: VitalFigures;
  /** Used share of each limit, 0 … 1 and above. */
  readonly limits: VitalFigures;
  /** Orders refused by code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly timed: readonly TimedWork[];
  /** Limits of the venues that the process of the session asks. */
  readonly budgets: readonly VenueBudget[];
  /** From the placing of an order to the venue’s first word of it: orders by upper end of the class, as in {@link LATENCY_BOUNDS_S}; and the sum, seconds. */
  readonly orderLatency: { readonly counts: readonly number[]; readonly count: number; readonly sum: number };
}

/** Upper ends of the classes of latency, seconds. */
export const LATENCY_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] as const;

/** Who tells nothing for so long has fallen silent. */
export const SILENT_MS = 15_000;

/** The place where sessions of a home tell how they do. Rejects with LatchError (`ports/latches.ts`). */
export interface VitalsBoard {
  put(vitals: SessionVitals): Promise<void>;
  /** A session has ended in good order, and tells nothing more. */
  remove(session: string): Promise<void>;
  /** What was told since. */
  since(atMs: TimeMs): Promise<readonly SessionVitals[]>;
}
