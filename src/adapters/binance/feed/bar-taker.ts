import {
  barClose,
  barOpen,
  formatTime,
  type Timeframe,
  type TimeframeSpec,
  type TimeMs,
  timeframe,
} from '../../../core/vocabulary/time.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import { SLOT } from '../frames/tables.ts';
import { pause, type StreamTaker, type StreamWorld } from './stream-taker.ts';

const MOST_PAGES = 50;
const TRIES = 5;
const TRY_AGAIN_MS = 500;
/** The last bar of a list is taken as final so long after its end. */
const SETTLE_MS = 2_000;

interface ClosedBar {
  readonly eventMs: TimeMs;
  readonly receivedMs: TimeMs;
  readonly openMs: TimeMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Bars: the forming one as it comes, closed ones once and in order. The stream says each close once, so a close that was missed shows by a
 * later bar; it, and whatever a lost connection left out, is fetched over REST before anything later is told.
 */
export class BarTaker implements StreamTaker {
  readonly #world: StreamWorld;
  readonly #timeframe: Timeframe;
  readonly #spec: TimeframeSpec;
  /** Open time of the closed bar to be told next; NaN before the first frame. */
  #nextMs = Number.NaN;
  #lastEventMs = Number.NEGATIVE_INFINITY;
  #isFilling = false;
  #isClosed = false;
  #pending: ClosedBar[] = [];
  #fetched = 0;
  readonly #missing: string[] = [];

  constructor(world: StreamWorld, text: Timeframe) {
    this.#world = world;
    this.#timeframe = text;
    this.#spec = timeframe(text);
  }

  get isInStep(): boolean {
    return !this.#isFilling;
  }

  frame({ scanner }: FrameDecoder, receivedMs: TimeMs): void {
    const n = scanner.numbers;
    const openMs = n[SLOT.openTime]!;
    const eventMs = n[SLOT.eventTime]!;
    const isFinal = n[SLOT.isClosed] === 1;
    if (openMs < this.#nextMs) return;
    if (Number.isNaN(this.#nextMs)) this.#nextMs = openMs;
    if (this.#isFilling || openMs > this.#nextMs) {
      if (isFinal)
        this.#pending.push({
          ...{ eventMs, receivedMs, openMs, open: n[SLOT.open]!, high: n[SLOT.high]!, low: n[SLOT.low]! },
          ...{ close: n[SLOT.close]!, volume: n[SLOT.volume]! },
        });
      this.#fill('the close of a bar did not come');
      return;
    }
    // After a rotation two connections tell the same bar, one a little later than the other.
    if (!isFinal && eventMs < this.#lastEventMs) return;
    this.#lastEventMs = eventMs;
    if (isFinal) this.#nextMs = barClose(this.#spec, openMs);
    this.#world.audience.bar(
      eventMs,
      receivedMs,
      openMs,
      n[SLOT.open]!,
      n[SLOT.high]!,
      n[SLOT.low]!,
      n[SLOT.close]!,
      n[SLOT.volume]!,
      isFinal,
    );
  }

  resumed(sinceMs: TimeMs | null): void {
    if (sinceMs === null || Number.isNaN(this.#nextMs)) return;
    if (barOpen(this.#spec, this.#world.venueTimeMs()) > this.#nextMs) this.#fill('the connection was lost');
  }

  interrupted(): void {}

  close(): void {
    this.#isClosed = true;
  }

  #fill(reason: string): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    void this.#fetch(reason);
  }

  async #fetch(reason: string): Promise<void> {
    const { audience, countGap } = this.#world;
    const fromMs = this.#nextMs;
    this.#fetched = 0;
    this.#missing.length = 0;
    const trouble = await this.#fetchPages();
    if (this.#isClosed) return;
    this.#drain(true);
    this.#isFilling = false;
    const toMs = this.#nextMs;
    if (trouble !== null || this.#missing.length > 0) {
      countGap();
      const detail = [reason, ...this.#missing, trouble].filter((text) => text !== null).join('; ');
      audience.gap({ outcome: 'lost', fromMs, toMs, reason: detail });
    } else if (this.#fetched > 0) {
      countGap();
      audience.gap({ outcome: 'recovered', fromMs, toMs, reason: `${reason}; ${this.#fetched} bars fetched` });
    }
  }

  async #fetchPages(): Promise<string | null> {
    const { rest, symbol, clock } = this.#world;
    let tries = 0;
    for (let page = 0; page < MOST_PAGES; page++) {
      const untilMs = this.#world.venueTimeMs();
      let rows: number;
      try {
        rows = this.#take(await rest.bars(symbol, this.#timeframe, this.#nextMs, Math.max(untilMs, this.#nextMs) + 1));
      } catch (error) {
        if (!(error instanceof VenueError)) throw error;
        return error.message;
      }
      if (this.#isClosed) return null;
      if (rows >= rest.market.barPage.limit) continue;
      const isBehind = barClose(this.#spec, this.#nextMs) + SETTLE_MS <= this.#world.venueTimeMs();
      if (!isBehind && !this.#pending.some((bar) => bar.openMs > this.#nextMs)) return null;
      if (++tries === TRIES) return 'the venue does not list them';
      await pause(clock, TRY_AGAIN_MS * tries);
      if (this.#isClosed) return null;
    }
    return `more than ${MOST_PAGES} pages of bars`;
  }

  /** Tells the closed bars of a page; answers how many rows it had. */
  #take({ bars, lastMs }: Awaited<ReturnType<StreamWorld['rest']['bars']>>): number {
    if (this.#isClosed) return 0;
    const rows = bars.openTimeMs.length;
    const receivedMs = this.#world.clock.nowMs();
    const venueMs = this.#world.venueTimeMs();
    for (let i = 0; i < rows; i++) {
      if (i === rows - 1 && lastMs[i]! + SETTLE_MS > venueMs) break;
      const openMs = bars.openTimeMs[i]!;
      if (openMs < this.#nextMs) continue;
      this.#fetched++;
      this.#deliver({
        ...{ eventMs: lastMs[i]! + 1, receivedMs, openMs, open: bars.open[i]!, high: bars.high[i]!, low: bars.low[i]! },
        ...{ close: bars.close[i]!, volume: bars.volume[i]! },
      });
    }
    this.#drain(false);
    return rows;
  }

  #drain(acrossHoles: boolean): void {
    const waiting = this.#pending.sort((a, b) => a.openMs - b.openMs);
    this.#pending = [];
    for (const bar of waiting) {
      if (bar.openMs < this.#nextMs) continue;
      if (bar.openMs === this.#nextMs || acrossHoles) this.#deliver(bar);
      else this.#pending.push(bar);
    }
  }

  #deliver(bar: ClosedBar): void {
    if (bar.openMs > this.#nextMs)
      this.#missing.push(`no bars from ${formatTime(this.#nextMs)} to ${formatTime(bar.openMs)}`);
    this.#nextMs = barClose(this.#spec, bar.openMs);
    this.#lastEventMs = Math.max(this.#lastEventMs, bar.eventMs);
    const { eventMs, receivedMs, openMs, open, high, low, close, volume } = bar;
    this.#world.audience.bar(eventMs, receivedMs, openMs, open, high, low, close, volume, true);
  }
}
