import type { TimeMs } from '../../../core/vocabulary/time.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import { SLOT } from '../frames/tables.ts';
import type { StreamTaker, StreamWorld } from './stream-taker.ts';

/** Best bid and ask, newest only: one that is older than the last told is dropped. Spot says no time, so that of receiving stands in. */
export class QuoteTaker implements StreamTaker {
  readonly isInStep = true;
  readonly #world: StreamWorld;
  #lastId = -1;

  constructor(world: StreamWorld) {
    this.#world = world;
  }

  frame({ scanner }: FrameDecoder, receivedMs: TimeMs): void {
    const n = scanner.numbers;
    const id = n[SLOT.id]!;
    if (id <= this.#lastId) return;
    this.#lastId = id;
    const bid = n[SLOT.bid]!;
    const ask = n[SLOT.ask]!;
    const { audience } = this.#world;
    // A side without orders is zero.
    if (bid >= ask && ask > 0) {
      audience.anomaly('crossed-book', `bookTicker ${id}: bid ${bid}, ask ${ask}`);
      return;
    }
    const eventMs = n[SLOT.eventTime]!;
    const timeMs = Number.isNaN(eventMs) ? receivedMs : eventMs;
    audience.quote(timeMs, receivedMs, id, bid, n[SLOT.bidQuantity]!, ask, n[SLOT.askQuantity]!);
  }

  /** What came in between is superseded, and gone. */
  resumed(sinceMs: TimeMs | null): void {
    if (sinceMs === null) return;
    const { audience, countGap, clock } = this.#world;
    countGap();
    const reason = 'the connection was lost; quotes in between are gone';
    audience.gap({ outcome: 'lost', fromMs: sinceMs, toMs: clock.nowMs(), reason });
  }

  interrupted(): void {}

  close(): void {}
}
