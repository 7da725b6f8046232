import type { TimeMs } from '../../../core/vocabulary/time.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import { SLOT } from '../frames/tables.ts';
import type { StreamTaker, StreamWorld } from './stream-taker.ts';

/** Mark and index price with the funding to come, newest only. */
export class MarkTaker implements StreamTaker {
  readonly isInStep = true;
  readonly #world: StreamWorld;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(world: StreamWorld) {
    this.#world = world;
  }

  frame({ scanner }: FrameDecoder, receivedMs: TimeMs): void {
    const n = scanner.numbers;
    const eventMs = n[SLOT.eventTime]!;
    if (eventMs <= this.#lastMs) return;
    this.#lastMs = eventMs;
    this.#world.audience.mark(
      eventMs,
      receivedMs,
      n[SLOT.mark]!,
      n[SLOT.index]!,
      n[SLOT.fundingRate]!,
      n[SLOT.nextFundingTime]!,
    );
  }

  /** What came in between is superseded, and gone. */
  resumed(sinceMs: TimeMs | null): void {
    if (sinceMs === null) return;
    const { audience, countGap, clock } = this.#world;
    countGap();
    const reason = 'the connection was lost; mark prices in between are gone';
    audience.gap({ outcome: 'lost', fromMs: sinceMs, toMs: clock.nowMs(), reason });
  }

  interrupted(): void {}

  close(): void {}
}
