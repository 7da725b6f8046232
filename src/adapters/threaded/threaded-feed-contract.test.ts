import { marketFeedContract } from '../../../test/contracts/market-feed.ts';
import { openThreadedWorld } from '../../../test/simulated-world/threaded-world.ts';

// The product with every channel.
marketFeedContract({ name: 'Binance usdm in a thread', open: (seed) => openThreadedWorld('usdm', seed) });
