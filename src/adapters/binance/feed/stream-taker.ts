import type { TimeMs } from '../../../core/vocabulary/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { FrameDecoder } from '../frames/frame-decoder.ts';
import type { MarketRest } from '../market-rest.ts';
import type { Audience } from './audience.ts';

/** What a stream's taker works with. */
export interface StreamWorld {
  readonly symbol: string;
  readonly audience: Audience;
  readonly rest: MarketRest;
  readonly clock: Clock;
  /** The venue's time as far as it is known, else ours. */
  readonly venueTimeMs: () => TimeMs;
  /** Data was missing, fetched later or not. */
  readonly countGap: () => void;
}

/** Makes of the frames of one stream what its listeners are promised: in order, once, and gaps said. */
export interface StreamTaker {
  /** A frame of the stream's kind, in the decoder's columns. */
  frame(decoder: FrameDecoder, receivedTimeMs: TimeMs): void;
  /** Carried again; `sinceMs` null the first time. */
  resumed(sinceMs: TimeMs | null): void;
  interrupted(): void;
  /** False while what was missed is being fetched, or the book is not the venue's. */
  readonly isInStep: boolean;
  close(): void;
}

/** A pause by the clock, for what has to be asked again a little later. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
