import type { Json } from '../../vocabulary/json.ts';

/** A child order that an algorithm wants to send now. One instance each is reused. */
export interface Child {
  lots: number;
  /** Ticks of its limit; 0 for a market order. */
  limitTicks: number;
}

/**
 * How a large order is worked: a small state machine that says what to send next and hears what became of it. It knows no clock, no
 * prices and no venue; quantities are lots. Of the whole, what children did not fill stays unfilled: it is never sent twice.
 */
export interface Algorithm {
  /** Writes the next child that is due at event time `nowMs` to `child`; false where nothing is due. Call until false. */
  next(nowMs: number, child: Child): boolean;
  /** The child that {@link next} gave last was refused: it will never leave. */
  refused(lots: number): void;
  /** A child has ended, with this many lots of it filled. */
  ended(lots: number, filledLots: number): void;
  /** Whether nothing more will be sent. */
  readonly isSpent: boolean;
  /** Event time at which {@link next} may have something without anything having been heard; infinity where never. */
  readonly nextMs: number;
  snapshot(): Json;
}
