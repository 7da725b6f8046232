import type { Random } from '../core/vocabulary/random.ts';
import { barClose, barOpen, type TimeframeSpec, type TimeMs } from '../core/vocabulary/time.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { BarHistory, FeedGap } from '../ports/market-feed.ts';
import { VenueError } from '../ports/venue-error.ts';
import { backoffMs } from './backoff.ts';

/** After a bar's end the history is asked for it this much later, where no bar after it was seen first. */
const GRACE_MS = 1_500;
const RETRY = { firstMs: 500, longestMs: 15_000 };
/** Questions that bring no bar nearer; then it counts as lost. */
const LARGEST_ATTEMPTS = 10;
/** Answers without the bar that make sure that there is none: nothing was traded in it. */
const SURE_ANSWERS = 3;

export interface ClosedBarsOptions {
  readonly symbol: string;
  readonly spec: TimeframeSpec;
  readonly history: BarHistory;
  readonly clock: Clock;
  readonly random: Random;
  /** The venue's time as well as it is known. */
  readonly venueNowMs: () => TimeMs;
  readonly closed: (openTimeMs: TimeMs, open: number, high: number, low: number, close: number, volume: number) => void;
  readonly gap: (gap: FeedGap) => void;
}

/**
 * Closed bars for streams that push a forming bar and never say that it is final: its last push may lack the last trades. A closed bar is
 * therefore always the one of the history, asked for when its time is over; and that is how bars missed in an interruption come, too.
 */
export class ClosedBars {
  readonly #options: ClosedBarsOptions;
  /** Opening of the next bar to close; NaN before the first forming one. */
  #wantedMs = Number.NaN;
  #newestMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;
  #isAsking = false;
  #isEnded = false;
  #missedSinceMs: number | null = null;

  constructor(options: ClosedBarsOptions) {
    this.#options = options;
  }

  /** A forming bar was pushed. True where it may be told: every bar before it is closed, and it is not itself. */
  forming(openTimeMs: TimeMs): boolean {
    if (Number.isNaN(this.#wantedMs)) this.#want(openTimeMs);
    if (openTimeMs > this.#newestMs) this.#newestMs = openTimeMs;
    if (openTimeMs > this.#wantedMs) void this.#ask();
    return openTimeMs === this.#wantedMs;
  }

  /** The stream was interrupted and is back: what closed in between is fetched, then told as recovered. */
  resumed(sinceMs: TimeMs): void {
    if (Number.isNaN(this.#wantedMs)) return;
    this.#missedSinceMs ??= sinceMs;
    void this.#ask();
  }

  end(): void {
    this.#isEnded = true;
    this.#timer?.cancel();
  }

  #want(openTimeMs: TimeMs): void {
    this.#wantedMs = openTimeMs;
    this.#timer?.cancel();
    if (this.#isEnded) return;
    const delayMs = barClose(this.#options.spec, openTimeMs) - this.#options.venueNowMs() + GRACE_MS;
    this.#timer = this.#options.clock.after(Math.max(0, delayMs), () => void this.#ask());
  }

  /** Fetches and tells every bar that has ended. Never rejects; one at a time. */
  async #ask(): Promise<void> {
    if (this.#isAsking || this.#isEnded) return;
    this.#isAsking = true;
    let attempts = 0;
    let answers = 0;
    while (!this.#isEnded) {
      const endMs = this.#endOfPast();
      if (this.#wantedMs >= endMs) break;
      const told = await this.#fetch(endMs);
      attempts = told === 0 || told === null ? attempts + 1 : 0;
      answers = told === null ? answers : told === 0 ? answers + 1 : 0;
      if (answers >= SURE_ANSWERS) this.#wantedMs = endMs;
      else if (attempts >= LARGEST_ATTEMPTS) this.#giveUp(endMs);
      else if (attempts > 0) {
        const pauseMs = RETRY.firstMs + backoffMs(attempts, RETRY, this.#options.random);
        await new Promise<void>((resolve) => void this.#options.clock.after(pauseMs, resolve));
        continue;
      }
      attempts = 0;
      answers = 0;
    }
    this.#isAsking = false;
    if (this.#isEnded) return;
    if (this.#missedSinceMs !== null) {
      const [fromMs, toMs] = [this.#missedSinceMs, this.#options.clock.nowMs()];
      this.#missedSinceMs = null;
      this.#options.gap({ outcome: 'recovered', fromMs, toMs, reason: 'the bars that closed meanwhile were fetched' });
    }
    this.#want(this.#wantedMs);
  }

  /** Where the past ends: at the opening of the newest bar that was pushed, or that the clock is in. */
  #endOfPast(): TimeMs {
    return Math.max(this.#newestMs, barOpen(this.#options.spec, this.#options.venueNowMs()));
  }

  /** How many bars came; null where the venue gave no answer. */
  async #fetch(endMs: TimeMs): Promise<number | null> {
    const { history, symbol, spec } = this.#options;
    try {
      const bars = await history.bars(symbol, spec.text, this.#wantedMs, endMs);
      let told = 0;
      for (let i = 0; i < bars.openTimeMs.length && !this.#isEnded; i++) {
        const openTimeMs = bars.openTimeMs[i]!;
        if (openTimeMs < this.#wantedMs) continue;
        this.#wantedMs = barClose(spec, openTimeMs);
        told++;
        const row = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, bars.volume[i]!] as const;
        this.#options.closed(openTimeMs, ...row);
      }
      return told;
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      // Asked again; what never comes is told as a gap.
      return null;
    }
  }

  #giveUp(endMs: TimeMs): void {
    const { spec, symbol } = this.#options;
    const reason = `no ${spec.text} bars of ${symbol} came in ${LARGEST_ATTEMPTS} attempts`;
    this.#options.gap({ outcome: 'lost', fromMs: this.#wantedMs, toMs: endMs, reason });
    this.#wantedMs = endMs;
  }
}
