/**
 * Latency between a trader and the venue.
 *
 * ASSUMPTIONS
 * 1. A message takes a fixed time plus a jitter, uniform in [0, jitter). Real latency has a long tail and grows when markets are
 *    busy, which is when it hurts; a fixed time set to the tail is the cautious choice.
 * 2. Messages of one direction never overtake each other (one TCP connection): a message that would, arrives with its forerunner.
 * 3. Orders and reports draw from one seeded generator: same seed and same order of messages, same times.
 * 4. Times are kept to a microsecond.
 */
import { Random } from '../vocabulary/random.ts';

export type LatencyModel = {
  /** From sending an order (or cancel) to its arrival at the venue. */
  readonly orderMs: number;
  readonly orderJitterMs: number;
  /** From something happening at the venue to the trader knowing it. */
  readonly reportMs: number;
  readonly reportJitterMs: number;
};

export const NO_LATENCY: LatencyModel = { orderMs: 0, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 };

/** A connection with the delays of a {@link LatencyModel}. */
export class LatencyLine {
  readonly #model: LatencyModel;
  readonly #random: Random;
  #lastOrderMs = Number.NEGATIVE_INFINITY;
  #lastReportMs = Number.NEGATIVE_INFINITY;

  constructor(model: LatencyModel, seed: number) {
    this.#model = model;
    this.#random = new Random(seed);
  }

  /** Time at which an order sent at `sentMs` is at the venue. */
  orderArrivalMs(sentMs: number): number {
    const arrival = sentMs + this.#model.orderMs + this.#jitter(this.#model.orderJitterMs);
    this.#lastOrderMs = Math.max(this.#lastOrderMs, arrival);
    return this.#lastOrderMs;
  }

  /** Time at which the trader knows of what happened at `happenedMs`. */
  reportArrivalMs(happenedMs: number): number {
    const arrival = happenedMs + this.#model.reportMs + this.#jitter(this.#model.reportJitterMs);
    this.#lastReportMs = Math.max(this.#lastReportMs, arrival);
    return this.#lastReportMs;
  }

  /** Times that lie before every message are null: JSON knows no −Infinity. */
  snapshot(): LatencyState {
    return {
      random: [...this.#random.state],
      lastOrderMs: Number.isFinite(this.#lastOrderMs) ? this.#lastOrderMs : null,
      lastReportMs: Number.isFinite(this.#lastReportMs) ? this.#lastReportMs : null,
    };
  }

  restore(state: LatencyState): void {
    this.#random.state.set(state.random);
    this.#lastOrderMs = state.lastOrderMs ?? Number.NEGATIVE_INFINITY;
    this.#lastReportMs = state.lastReportMs ?? Number.NEGATIVE_INFINITY;
  }

  #jitter(widthMs: number): number {
    return widthMs === 0 ? 0 : Math.floor(this.#random.uniform() * widthMs * 1000) / 1000;
  }
}

export type LatencyState = {
  readonly random: readonly number[];
  readonly lastOrderMs: number | null;
  readonly lastReportMs: number | null;
};
