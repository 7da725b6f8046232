import { backoffMs } from '../../../connectivity/backoff.ts';
import { barClose, barOpen, SECOND_MS, type TimeframeSpec, type TimeMs } from '../../../core/vocabulary/time.ts';
import type { Timer } from '../../../ports/clock.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { MexcAccess } from '../access.ts';
import type { MexcBarHistory } from '../bar-history.ts';
import type { Push } from '../push-decoder.ts';
import { isAligned } from '../timeframes.ts';
import { eventTimeOf, figure, type Lane, type LaneOutput } from './lane.ts';

/** After a bar's end REST is asked for it this much later, where no push of the next bar came first. */
const GRACE_MS = 1_500;
const RETRY = { firstMs: 500, longestMs: 15_000 };
/** Questions without an answer that brings a bar nearer; then it counts as lost. */
const LARGEST_ATTEMPTS = 6;
const SURE_ANSWERS = 3;

/**
 * `kline`. MEXC pushes the forming bar about once a second and never says that it closed, so its last push may lack the last trades. A
 * closed bar is therefore always the one of `GET /api/v3/klines`, asked for when its time is over; and that is also how missed ones come.
 */
export class BarLane implements Lane {
  readonly #output: LaneOutput;
  readonly #spec: TimeframeSpec;
  readonly #symbol: string;
  readonly #access: MexcAccess;
  readonly #history: MexcBarHistory;
  /** Opening of the next closed bar to tell; NaN before the first push. */
  #wantedMs = Number.NaN;
  #newestMs = Number.NaN;
  #timer: Timer | null = null;
  #isAsking = false;
  #isClosed = false;
  /** Interruption whose bars are still being fetched. */
  #missedSinceMs: number | null = null;

  constructor(
    output: LaneOutput,
    spec: TimeframeSpec,
    symbol: string,
    access: MexcAccess,
    history: MexcBarHistory,
  ) {
    this.#output = output;
    this.#spec = spec;
    this.#symbol = symbol;
    this.#access = access;
    this.#history = history;
  }

  push(push: Push, receivedTimeMs: number): void {
    const { body } = push;
    // Window times are seconds, unlike every other time of the protocol.
    const openTimeMs = body.integer('windowStart') * SECOND_MS;
    const open = figure(body.text('openingPrice'));
    const high = figure(body.text('highestPrice'));
    const low = figure(body.text('lowestPrice'));
    const close = figure(body.text('closingPrice'));
    const volume = figure(body.text('volume'));
    if (!(low > 0 && low <= open && low <= close && high >= open && high >= close && volume >= 0)) {
      this.#output.anomaly('out-of-range', `${push.channel}: open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`);
      return;
    }
    if (!(openTimeMs > 0) || !isAligned(this.#spec, openTimeMs)) {
      this.#output.anomaly('out-of-range', `${push.channel}: no ${this.#spec.text} bar opens at ${openTimeMs} ms`);
      return;
    }
    if (Number.isNaN(this.#wantedMs)) this.#want(openTimeMs);
    if (openTimeMs < this.#wantedMs) return;
    if (!(openTimeMs <= this.#newestMs)) this.#newestMs = openTimeMs;
    if (openTimeMs > this.#wantedMs) {
      // The bars before this one go first.
      void this.#ask();
      return;
    }
    const eventTimeMs = eventTimeOf(push, receivedTimeMs);
    for (const { id, sink } of this.#output.subscribers)
      sink.bar(id, eventTimeMs, receivedTimeMs, openTimeMs, open, high, low, close, volume, false);
    return;
  }

  resumed(sinceMs: number): void {
    if (Number.isNaN(this.#wantedMs)) return;
    this.#missedSinceMs ??= sinceMs;
    void this.#ask();
  }

  interrupted(): void {}

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  /** The next bar to tell, and when to ask for it at the latest. */
  #want(openTimeMs: TimeMs): void {
    this.#wantedMs = openTimeMs;
    this.#askLater(barClose(this.#spec, openTimeMs) - this.#access.nowMs() + GRACE_MS);
  }

  #askLater(delayMs: number): void {
    this.#timer?.cancel();
    if (!this.#isClosed) this.#timer = this.#access.options.clock.after(Math.max(0, delayMs), () => void this.#ask());
  }

  /** Fetches and tells every bar that has ended. Never rejects; one at a time. */
  async #ask(): Promise<void> {
    if (this.#isAsking || this.#isClosed || Number.isNaN(this.#wantedMs)) return;
    this.#isAsking = true;
    let attempts = 0;
    let answers = 0;
    while (!this.#isClosed) {
      const endMs = this.#endOfPast();
      if (this.#wantedMs >= endMs) break;
      const told = await this.#fetch(endMs);
      attempts = told === 0 || told === null ? attempts + 1 : 0;
      answers = told === null ? answers : told === 0 ? answers + 1 : 0;
      // A venue that says again and again that there is no such bar had no trades in it; one that says nothing leaves a hole.
      if (answers >= SURE_ANSWERS) this.#wantedMs = endMs;
      else if (attempts >= LARGEST_ATTEMPTS) this.#giveUp(endMs);
      else if (attempts > 0) {
        await this.#pause(backoffMs(attempts, RETRY, this.#access.options.random) + RETRY.firstMs);
        continue;
      }
      attempts = 0;
      answers = 0;
    }
    this.#isAsking = false;
    if (this.#isClosed) return;
    if (this.#missedSinceMs !== null) {
      const fromMs = this.#missedSinceMs;
      this.#missedSinceMs = null;
      this.#output.gap({ outcome: 'recovered', fromMs, toMs: this.#access.options.clock.nowMs(), reason: 'closed bars were fetched' });
    }
    this.#want(this.#wantedMs);
  }

  /** Where the past ends: at the opening of the newest bar that was pushed, or that the clock is in. */
  #endOfPast(): TimeMs {
    const byClockMs = barOpen(this.#spec, this.#access.nowMs());
    return this.#newestMs > byClockMs ? this.#newestMs : byClockMs;
  }

  /** How many bars came; null where the venue gave no answer. */
  async #fetch(endMs: TimeMs): Promise<number | null> {
    let told = 0;
    try {
      const bars = await this.#history.bars(this.#symbol, this.#spec.text, this.#wantedMs, endMs);
      for (let i = 0; i < bars.openTimeMs.length && !this.#isClosed; i++) {
        const openTimeMs = bars.openTimeMs[i]!;
        if (openTimeMs < this.#wantedMs) continue;
        this.#wantedMs = barClose(this.#spec, openTimeMs);
        told++;
        const nowMs = this.#access.options.clock.nowMs();
        for (const { id, sink } of this.#output.subscribers)
          sink.bar(id, this.#wantedMs, nowMs, openTimeMs, bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, bars.volume[i]!, true);
      }
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      return told > 0 ? told : null;
    }
    return told;
  }

  #giveUp(endMs: TimeMs): void {
    const reason = `MEXC gave no ${this.#spec.text} bars of ${this.#symbol} in ${LARGEST_ATTEMPTS} attempts`;
    this.#output.gap({ outcome: 'lost', fromMs: this.#wantedMs, toMs: endMs, reason });
    this.#wantedMs = endMs;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#access.options.clock.after(delayMs, resolve);
    });
  }
}
