import type { Random } from '../../src/core/vocabulary/random.ts';

/** A reader of frames from outside, to be fed with broken ones. One file a target in `test/fuzz/targets/`, which exports `target`. */
export interface FuzzTarget {
  readonly name: string;
  /** A right frame, made anew each time. */
  sample(random: Random): Uint8Array;
  /** Frames that were recorded, where they are at hand. */
  recorded?(): readonly Uint8Array[];
  /**
   * Feeds one frame to a reader that lives on over many of them. Answers whether it was taken. Throws where the reader throws, or where
   * what it read is not what a plain reader makes of the same bytes.
   */
  feed(frame: Uint8Array): boolean;
}
