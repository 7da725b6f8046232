import type { Clock, Timer } from '../ports/clock.ts';
import type { RateBudget } from '../ports/venues.ts';
import { localRateCounters } from './local-rate-counters.ts';
import { type RateCharge, type RateCosts, type RateCounters, type RateWindow, windowKey } from './rate-window.ts';

/** Who goes first, and how much of the own use is kept free of those behind: cancels may use all of it, orders 90 %, reads 80 %. */
export const RATE_LANES = ['cancel', 'order', 'read'] as const;
export type RateLane = (typeof RATE_LANES)[number];
const LANE_SHARE: Readonly<Record<RateLane, number>> = { cancel: 1, order: 0.9, read: 0.8 };

export interface RateLimiterOptions {
  readonly clock: Clock;
  readonly windows: readonly RateWindow[];
  /** Own part of each published limit; 0.8 by default. */
  readonly share?: number;
  /** Waiting requests; more are refused. 256 by default. */
  readonly queueLimit?: number;
  /** In this process by default. */
  readonly counters?: RateCounters;
}

/** `taken`: go. Otherwise the request must not be sent; `retryInMs` is when asking again may help, null where it never will. */
export type RateAnswer =
  | { readonly taken: true }
  | { readonly taken: false; readonly reason: string; readonly retryInMs: number | null };

interface Waiting {
  readonly costs: RateCosts;
  readonly lane: RateLane;
  readonly untilMs: number;
  /** Null once it is answered. */
  answer: ((answer: RateAnswer) => void) | null;
  timer: Timer | null;
}

const TAKEN: RateAnswer = { taken: true };

/** Keeps this program's requests within a venue's limits. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #share: number;
  readonly #queueLimit: number;
  readonly #counters: RateCounters;
  #windows: readonly RateWindow[];
  /** By lane, then by order of asking. */
  #queue: Waiting[] = [];
  /** End of each scope's block, by elapsed time. */
  readonly #blockedUntilMs = new Map<string, number>();
  #wake: Timer | null = null;
  #isServing = false;
  #serveAgain = false;
  /** Why the shared counters could not be reached last; null where they could. */
  countersFault: string | null = null;

  constructor(options: RateLimiterOptions) {
    const share = options.share ?? 0.8;
    if (!(share > 0 && share <= 1)) throw new RangeError(`expected a share in (0, 1], found ${share}`);
    this.#clock = options.clock;
    this.#windows = checked(options.windows);
    this.#share = share;
    this.#queueLimit = options.queueLimit ?? 256;
    this.#counters = options.counters ?? localRateCounters(options.clock);
  }

  /** Waits its turn, at most `longestWaitMs` (0: now or never). Never rejects. An unknown meter throws RangeError at once. */
  take(costs: RateCosts, lane: RateLane, longestWaitMs: number): Promise<RateAnswer> {
    for (const charge of this.#charges(costs, lane)) {
      if (charge.cost > charge.ceiling) {
        const { meter } = charge.window;
        const reason = `it costs ${charge.cost} of ${meter}, and ${lane} requests may use ${charge.ceiling} of the ${charge.window.limit} that the venue allows`;
        return Promise.resolve({ taken: false, reason, retryInMs: null });
      }
    }
    if (this.#queue.length >= this.#queueLimit) {
      const reason = `${this.#queue.length} requests are waiting for the venue's rate limits already`;
      return Promise.resolve({ taken: false, reason, retryInMs: 1_000 });
    }
    return new Promise((answer) => {
      const entry: Waiting = { costs, lane, untilMs: this.#clock.elapsedMs() + longestWaitMs, answer, timer: null };
      let at = this.#queue.length;
      while (at > 0 && RATE_LANES.indexOf(this.#queue[at - 1]!.lane) > RATE_LANES.indexOf(lane)) at--;
      this.#queue.splice(at, 0, entry);
      this.#serveSoon();
    });
  }

  /**
   * The venue's own count, from an answer's headers. Windows are named by meter and length; unknown ones are ignored. `sentTimeMs` is
   * when the request left: a count of a window that has ended since says nothing about the present one.
   */
  observe(meter: string, windowMs: number, used: number, sentTimeMs?: number): void {
    const window = this.#windows.find((each) => each.meter === meter && each.windowMs === windowMs);
    if (window === undefined || !Number.isFinite(used)) return;
    if (window.kind === 'aligned' && sentTimeMs !== undefined) {
      if (Math.floor(sentTimeMs / windowMs) !== Math.floor(this.#clock.nowMs() / windowMs)) return;
    }
    this.#note(this.#counters.observe(window, used));
  }

  /** The venue said stop: nothing of the scope leaves for so long. */
  block(scope: string, forMs: number): void {
    const untilMs = this.#clock.elapsedMs() + forMs;
    if (untilMs > (this.#blockedUntilMs.get(scope) ?? Number.NEGATIVE_INFINITY)) {
      this.#blockedUntilMs.set(scope, untilMs);
    }
    if (this.#counters.block !== undefined) this.#note(this.#counters.block(scope, forMs));
    this.#serveSoon();
  }

  /** How long a scope is still blocked, as far as this process knows; 0 where it is not. */
  blockedForMs(scope: string): number {
    return Math.max(0, (this.#blockedUntilMs.get(scope) ?? 0) - this.#clock.elapsedMs());
  }

  /** New limits from the venue, as in Binance's `rateLimits`. What is used stays counted. */
  adopt(windows: readonly RateWindow[]): void {
    this.#windows = checked(windows);
    this.#serveSoon();
  }

  /** What the scope of a meter is; null for an unknown one. */
  scopeOf(meter: string): string | null {
    return this.#windows.find((each) => each.meter === meter)?.scope ?? null;
  }

  /** How far each window is used. `used` is null where counters are shared and only taking finds out. */
  budgets(): readonly RateBudget[] {
    return this.#windows.map((window) => ({
      ...{ meter: window.meter, windowMs: window.windowMs, limit: window.limit },
      ...{ used: this.#counters.used?.(window) ?? null, blockedForMs: this.blockedForMs(window.scope) },
    }));
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Refuses everything that waits. */
  close(): void {
    this.#wake?.cancel();
    for (const entry of this.#queue) this.#refuse(entry, 'the connection to the venue is being closed', null);
    this.#queue = [];
  }

  #charges(costs: RateCosts, lane: RateLane): RateCharge[] {
    const charges: RateCharge[] = [];
    for (const meter in costs) {
      const cost = costs[meter]!;
      const before = charges.length;
      for (const window of this.#windows) {
        if (window.meter !== meter) continue;
        const ceiling = Math.max(1, Math.floor(window.limit * this.#share * LANE_SHARE[lane] + 1e-9));
        charges.push({ window, cost, ceiling });
      }
      if (charges.length === before) {
        const known = [...new Set(this.#windows.map((each) => each.meter))].join(', ');
        throw new RangeError(`expected a cost in one of ${known}, found ${meter}`);
      }
    }
    return charges;
  }

  #serveSoon(): void {
    if (this.#isServing) {
      this.#serveAgain = true;
      return;
    }
    // Rejects only for a defect of this file, which must come to light as an unhandled rejection.
    void this.#serve();
  }

  /** Takes for whoever is first. Whoever cannot go yet holds back those behind it that want the same. Runs at once where counters do. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    try {
      do {
        this.#serveAgain = false;
        this.#wake?.cancel();
        this.#wake = null;
        const held = new Set<string>();
        let soonestMs = Number.POSITIVE_INFINITY;
        for (const entry of [...this.#queue]) {
          if (entry.answer === null) continue;
          const charges = this.#charges(entry.costs, entry.lane);
          if (!charges.some(({ window }) => held.has(window.meter))) {
            let waitMs = this.#blockMs(charges);
            if (waitMs === 0) {
              const answer = this.#ask(charges, entry.lane);
              waitMs = typeof answer === 'number' ? answer : await answer;
            }
            if (waitMs === 0) {
              this.#settle(entry, TAKEN);
              continue;
            }
            this.#postpone(entry, waitMs);
            if (entry.answer === null) continue;
            soonestMs = Math.min(soonestMs, waitMs);
          } else this.#postpone(entry, 0);
          for (const { window } of charges) held.add(window.meter);
        }
        this.#queue = this.#queue.filter((each) => each.answer !== null);
        if (soonestMs < Number.POSITIVE_INFINITY) {
          this.#wake = this.#clock.after(soonestMs, () => this.#serveSoon());
        }
      } while (this.#serveAgain);
    } finally {
      this.#isServing = false;
    }
  }

  #blockMs(charges: readonly RateCharge[]): number {
    let blockedMs = 0;
    for (const { window } of charges) blockedMs = Math.max(blockedMs, this.blockedForMs(window.scope));
    return blockedMs;
  }

  /** Counters that cannot be reached stop everything but cancels: what reduces risk must get through. */
  #ask(charges: readonly RateCharge[], lane: RateLane): number | Promise<number> {
    const answer = this.#counters.take(charges);
    if (typeof answer === 'number') return answer;
    return answer.then(
      (waitMs) => {
        this.countersFault = null;
        return waitMs;
      },
      (error: unknown) => {
        this.countersFault = String(error);
        return lane === 'cancel' ? 0 : 1_000;
      },
    );
  }

  /** Leaves it in the queue with a timer for its end, or refuses it where its turn would come too late. */
  #postpone(entry: Waiting, waitMs: number): void {
    const leftMs = entry.untilMs - this.#clock.elapsedMs();
    if (waitMs > leftMs || leftMs <= 0) {
      const why = this.countersFault === null ? '' : ` (shared counters: ${this.countersFault})`;
      this.#refuse(
        entry,
        `the venue's rate limits leave no room in the next ${Math.max(0, Math.ceil(leftMs))} ms${why}`,
        waitMs,
      );
      return;
    }
    entry.timer ??= this.#clock.after(leftMs, () => {
      this.#refuse(entry, "the venue's rate limits left no room in time", 1_000);
      this.#serveSoon();
    });
  }

  #refuse(entry: Waiting, reason: string, retryInMs: number | null): void {
    this.#settle(entry, { taken: false, reason, retryInMs });
  }

  #settle(entry: Waiting, answer: RateAnswer): void {
    entry.timer?.cancel();
    entry.answer?.(answer);
    entry.answer = null;
  }

  #note(done: void | Promise<void>): void {
    done?.catch((error: unknown) => {
      this.countersFault = String(error);
    });
  }
}

function checked(windows: readonly RateWindow[]): readonly RateWindow[] {
  for (const window of windows) {
    if (!(window.limit > 0 && window.windowMs > 0)) {
      throw new RangeError(
        `expected a limit and a length above 0, found ${window.limit} in ${window.windowMs} ms for ${windowKey(window)}`,
      );
    }
  }
  return windows;
}
