import { parentPort, workerData } from 'node:worker_threads';
import { recordings } from './adapters/recording/recordings.ts';
import { systemClock } from './adapters/system/clock.ts';
import { serveFeed } from './adapters/threaded/feed-host.ts';
import type { FeedThreadData } from './adapters/threaded/messages.ts';
import { type ComposedFeed, composeVenues } from './compose-venues.ts';

// The thread of one live feed. It composes its venue itself, as sockets cannot be handed over.
const { queue, venue, local, redisUrl, tradingView } = workerData as FeedThreadData & ComposedFeed;
const clock = systemClock();
const venues = composeVenues({
  ...{ clock, local, redisUrl, recordings, tradingView },
  feedThread: null,
  resolve: (path) => path,
});
await serveFeed({
  ...{ port: parentPort!, queue, clock },
  open: () => venues.feed(venue),
  close: () => venues.close(),
});
