import { type ClockSkew, VenueClock } from '../../connectivity/venue-clock.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CcxtExchange } from './exchange-shape.ts';

/** A venue's clock, followed by the exchange objects that stamp and sign with it. Without a time to ask for, ours. */
export class FollowedClock {
  readonly #clock: Clock;
  readonly #venueClock: VenueClock | null;

  constructor(venue: string, clock: Clock, exchange: CcxtExchange, ask: () => Promise<TimeMs>) {
    this.#clock = clock;
    this.#venueClock = exchange.has['fetchTime'] === true ? new VenueClock({ venue, clock, ask, samples: 3 }) : null;
  }

  /** Rejects with VenueError where the venue does not tell its time. */
  async start(): Promise<void> {
    await this.#venueClock?.start();
  }

  get skew(): ClockSkew | null {
    return this.#venueClock?.skew ?? null;
  }

  nowMs(): TimeMs {
    return this.#clock.nowMs() + (this.skew?.skewMs ?? 0);
  }

  /** As {@link nowMs}. Throws VenueError `clock-skewed` where it is not known well enough, as after a sleep. */
  stampMs(): TimeMs {
    return this.#venueClock?.stampMs() ?? this.#clock.nowMs();
  }

  /** The venue complained of a time stamp. A failure is kept in the clock; the next complaint measures again. */
  doubt(): void {
    this.#venueClock?.measure().catch(() => undefined);
  }

  /** ccxt subtracts `options.timeDifference` from its own clock when it stamps a request, and forgets to when it logs in to a stream. */
  leads(exchange: CcxtExchange): void {
    if (this.#venueClock === null) return;
    Object.defineProperty(exchange.options, 'timeDifference', {
      get: () => -Math.round(this.skew?.skewMs ?? 0),
      // ccxt's own measurement is not wanted.
      set() {},
      enumerable: true,
      configurable: true,
    });
    (exchange as { seconds?: () => number }).seconds = () => Math.floor(this.nowMs() / 1_000);
  }

  close(): void {
    this.#venueClock?.close();
  }
}
