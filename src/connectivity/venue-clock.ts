import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { VenueError } from '../ports/venue-error.ts';

export interface VenueClockOptions {
  readonly venue: string;
  readonly clock: Clock;
  /** Asks the venue for its time. Rejects with {@link VenueError}. */
  readonly ask: () => Promise<TimeMs>;
  /** Questions per measurement; 5 by default. */
  readonly samples?: number;
  /** Larger uncertainty refuses to stamp; 500 ms by default. */
  readonly largestUncertaintyMs?: number;
  /** Between measurements; 5 minutes by default. */
  readonly everyMs?: number;
}

export interface ClockSkew {
  /** Venue's clock minus ours. */
  readonly skewMs: number;
  readonly uncertaintyMs: number;
}

/** One question: the venue's time lay between its being asked and its being answered. */
export interface ClockSample {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly venueMs: TimeMs;
}

interface Measured {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly atMs: number;
  readonly wallMs: number;
}

/** Bound on how fast two clocks part: what NTP's clock discipline corrects at most, 500 parts in a million. */
const DRIFT = 0.0005;
/** Wall clock against elapsed time: a larger change since the measurement means a step, or a machine that slept. */
const STEP_MS = 1_000;
const AFTER_FAILURE_MS = 30_000;

/**
 * A venue's clock, measured from question and answer. It runs on the clock that never jumps, so that a step of the wall clock does not
 * spoil a time stamp; a measurement ages, and its uncertainty grows with age.
 */
export class VenueClock {
  readonly #options: VenueClockOptions;
  readonly #clock: Clock;
  #measured: Measured | null = null;
  #running: Promise<void> | null = null;
  #timer: Timer | null = null;
  #isClosed = false;
  /** Why the last measurement failed; null where it did not. */
  fault: string | null = null;

  constructor(options: VenueClockOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** Measures, and goes on measuring until {@link close}. Rejects with {@link VenueError} where the first one fails. */
  async start(): Promise<void> {
    await this.measure();
    this.#arm(this.#options.everyMs ?? 300_000);
  }

  /** Measures now, for instance after the venue complained of a time stamp. Calls while one runs share it. */
  measure(): Promise<void> {
    this.#running ??= this.#measure().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Null before the first measurement. */
  get skew(): ClockSkew | null {
    if (this.#measured === null) return null;
    const skewMs = this.#measured.offsetMs + this.#clock.elapsedMs() - this.#clock.nowMs();
    return { skewMs, uncertaintyMs: this.#uncertaintyMs(this.#measured) };
  }

  /** The venue's time for a signature, whole milliseconds. Throws {@link VenueError} `clock-skewed` where it is not known well enough. */
  stampMs(): TimeMs {
    const measured = this.#measured;
    if (measured === null) throw this.#refusal('was not measured yet');
    const limitMs = this.#options.largestUncertaintyMs ?? 500;
    const uncertaintyMs = this.#uncertaintyMs(measured);
    if (uncertaintyMs > limitMs) {
      const known = Number.isFinite(uncertaintyMs)
        ? `to ±${Math.ceil(uncertaintyMs)} ms only`
        : 'no more, as the clock of this machine jumped';
      throw this.#refusal(`is known ${known}, and signing needs ±${limitMs} ms`);
    }
    return Math.floor(this.#clock.elapsedMs() + measured.offsetMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  async #measure(): Promise<void> {
    const samples: ClockSample[] = [];
    try {
      for (let k = 0; k < (this.#options.samples ?? 5); k++) {
        const askedMs = this.#clock.elapsedMs();
        const venueMs = await this.#options.ask();
        if (!Number.isFinite(venueMs)) throw this.#unreadable(venueMs);
        samples.push({ askedMs, answeredMs: this.#clock.elapsedMs(), venueMs });
      }
    } catch (error) {
      this.fault = String(error);
      throw error;
    }
    const atMs = this.#clock.elapsedMs();
    this.#measured = { ...offsetOf(samples), atMs, wallMs: this.#clock.nowMs() };
    this.fault = null;
  }

  #uncertaintyMs(measured: Measured): number {
    const ageMs = this.#clock.elapsedMs() - measured.atMs;
    const stepMs = this.#clock.nowMs() - measured.wallMs - ageMs;
    // Elapsed time may have stood still while the machine slept: what was measured before says nothing then.
    if (Math.abs(stepMs) > STEP_MS) return Number.POSITIVE_INFINITY;
    return measured.uncertaintyMs + DRIFT * ageMs;
  }

  #arm(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = this.#clock.after(ms, () => {
      this.measure().then(
        () => this.#arm(this.#options.everyMs ?? 300_000),
        // Kept in `fault`; the uncertainty grows until signing is refused.
        () => this.#arm(AFTER_FAILURE_MS),
      );
    });
  }

  #refusal(why: string): VenueError {
    const { venue } = this.#options;
    // Whoever is refused may ask again soon: by then the clock is known, or the venue cannot be reached either.
    if (this.#running === null && !this.#isClosed) this.measure().catch(() => undefined);
    return new VenueError(
      'clock-skewed',
      venue,
      `the clock of ${venue} ${why}${this.fault === null ? '' : `: ${this.fault}`}`,
      {
        retryAfterMs: 1_000,
      },
    );
  }

  #unreadable(found: unknown): VenueError {
    const { venue } = this.#options;
    return new VenueError(
      'answer-unreadable',
      venue,
      `expected the time of ${venue} in milliseconds, found ${String(found)}`,
    );
  }
}

/**
 * Offset of the venue's clock from the one that samples were stamped with, and a bound on its error. Every sample bounds the offset from
 * both sides, as the venue read its clock (cut to whole milliseconds) between question and answer; where the bounds of all agree, the
 * truth lies in what they share (Marzullo's intersection, as in NTP, RFC 5905 section 11.2.1). Where they do not, the venue answers from
 * several clocks: then it is the middle of everything, with all of it as uncertainty.
 */
export function offsetOf(samples: readonly ClockSample[]): {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
} {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { askedMs, answeredMs, venueMs } of samples) {
    from = Math.max(from, venueMs - answeredMs);
    to = Math.min(to, venueMs + 1 - askedMs);
    least = Math.min(least, venueMs - answeredMs);
    most = Math.max(most, venueMs + 1 - askedMs);
  }
  const [low, high] = from <= to ? [from, to] : [least, most];
  return { offsetMs: (low + high) / 2, uncertaintyMs: (high - low) / 2 };
}
