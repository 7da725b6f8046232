import type { FeedRequest, FeedSink } from '../../ports/market-feed.ts';

/** Who listens to one topic. */
export interface Listener {
  readonly id: number;
  readonly request: FeedRequest;
  readonly sink: FeedSink;
}

/** What the conversations of the feed work with. */
export interface Listening {
  /** As it is now. */
  listeners(): readonly Listener[];
  countGap(): void;
}
