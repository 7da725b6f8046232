import { EVENT } from '../core/vocabulary/events.ts';
import type { FeedHealth } from '../ports/market-feed.ts';
import {
  LATENCY_BOUNDS_S,
  type SessionVitals,
  type TimedWork,
  type VitalFigures,
  type VitalName,
} from '../ports/session-vitals.ts';
import type { VenueBudget } from '../ports/venues.ts';
import { usageOf } from './limit-usage.ts';
import type { SessionCore } from './session-core.ts';
import { viewOf } from './session-view.ts';

/** How the process does that runs a session. */
export interface ProcessFigures {
  readonly journalMs: number;
  readonly eventLoopDelayMs: number;
}

/** What a running session keeps of itself beside its core. */
export interface VitalSource {
  readonly lastPrice: ArrayLike<number>;
  readonly gaps: number;
  readonly missingBars: number;
  readonly anomalies: number;
  timed(): readonly TimedWork[];
}

/** Counts the orders of a session as its events tell them, each event once. It looks at the core and changes nothing. */
export class OrderCounts {
  readonly #core: SessionCore;
  #seen = 0;
  readonly #filled = new Set<number>();
  /** Orders that the venue has said nothing of yet. */
  readonly #unanswered = new Set<number>();
  placed = 0;
  rejected = 0;
  readonly latency = { counts: LATENCY_BOUNDS_S.map(() => 0), count: 0, sum: 0 };

  constructor(core: SessionCore) {
    this.#core = core;
  }

  get filled(): number {
    return this.#filled.size;
  }

  take(): void {
    const { log, orders, fills } = this.#core.engine.state;
    const { type, ref, at } = log.column;
    for (; this.#seen < log.count; this.#seen++) {
      const what = type[this.#seen];
      const row = ref[this.#seen]!;
      const atMs = at[this.#seen]!;
      if (what === EVENT['order-placed']) {
        this.placed++;
        this.#unanswered.add(row);
      } else if (what === EVENT['order-filled']) {
        const order = fills.column.order[row]!;
        this.#filled.add(order);
        this.#answered(order, atMs - orders.column.createdAtMs[order]!);
      } else if (what === EVENT['order-accepted']) this.#answered(row, atMs - orders.column.createdAtMs[row]!);
      else if (what === EVENT['order-rejected']) {
        this.rejected++;
        this.#answered(row, atMs - orders.column.createdAtMs[row]!);
      }
    }
  }

  #answered(row: number, elapsedMs: number): void {
    if (!this.#unanswered.delete(row)) return;
    const seconds = Math.max(0, elapsedMs) / 1000;
    this.latency.count++;
    this.latency.sum += seconds;
    for (const [k, bound] of LATENCY_BOUNDS_S.entries()) if (seconds <= bound) this.latency.counts[k]!++;
  }
}

/** How a session does now. */
export function vitalsOf(
  facts: Pick<SessionVitals, 'session' | 'strategy' | 'venue' | 'atMs'>,
  core: SessionCore,
  source: VitalSource,
  health: FeedHealth,
  counts: OrderCounts,
  process: ProcessFigures,
  budgets: readonly VenueBudget[],
): SessionVitals {
  counts.take();
  const view = viewOf(core, source.lastPrice, 0);
  const { subscriptions, connections, thread } = health;
  const peak = core.engine.risk.state.peakEquity;
  const exposure = new Float64Array(2);
  core.engine.state.book.exposure(core.engine.state.price, exposure);
  const ages = subscriptions.map(({ ageMs }) => ageMs);
  const share = (part: number): number | null => (counts.placed === 0 ? null : part / counts.placed);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  const figures: Record<VitalName, number | null> = {
    ...{ equity: view.equity, cash: view.cash, profit: view.profit, fees: view.fees, exposure: exposure[0]! },
    drawdown: peak > 0 && Number.isFinite(peak) ? Math.max(0, 1 - view.equity / peak) : null,
    ...{ max_drawdown: view.drawdown, positions: view.positions.length, open_orders: view.openOrders.length },
    ...{ fill_rate: share(counts.filled), reject_rate: share(counts.rejected), orders_placed_total: counts.placed },
    ...{ orders_filled_total: counts.filled, orders_rejected_total: counts.rejected, fills_total: view.fills },
    orders_refused_total: sum(view.refusals.map(({ count }) => count)),
    ...{ inputs_total: core.inputs, kills: view.kills.length },
    feed_age_seconds: ages.length === 0 ? null : Math.max(...ages) / 1000,
    feeds_not_live: subscriptions.filter(({ state }) => state !== 'live').length,
    feed_messages_per_second: sum(subscriptions.map(({ rate }) => rate)),
    ...{ feed_gaps_total: source.gaps, feed_missing_bars_total: source.missingBars },
    feed_anomalies_total: source.anomalies,
    feed_reconnects_total: sum(connections.map(({ reconnects }) => reconnects)),
    feed_queued_bytes: thread?.queuedBytes ?? 0,
    journal_seconds: process.journalMs / 1000,
    event_loop_delay_seconds: process.eventLoopDelayMs / 1000,
  };
  const limits = usageOf(core).map(({ limit, used, allowed }): [string, number | null] => [
    limit,
    used === null || allowed === null || allowed <= 0 ? null : used / allowed,
  ]);
  return {
    ...facts,
    figures: finite(figures),
    limits: finite(Object.fromEntries(limits)),
    refusals: Object.fromEntries(view.refusals.map(({ code, count }) => [code, count])),
    ...{ timed: source.timed(), budgets },
    orderLatency: { ...counts.latency, counts: [...counts.latency.counts] },
  };
}

/** JSON knows no infinity. */
function finite(figures: VitalFigures): VitalFigures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, value !== null && Number.isFinite(value) ? value : null]),
  );
}
