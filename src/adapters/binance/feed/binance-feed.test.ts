import { marketFeedContract } from '../../../../test/contracts/market-feed.ts';
import { openBinanceWorld } from '../../../../test/simulated-world/binance-world.ts';

for (const product of ['spot', 'usdm'] as const)
  marketFeedContract({ name: `Binance ${product}`, open: (seed) => openBinanceWorld(product, seed) });
