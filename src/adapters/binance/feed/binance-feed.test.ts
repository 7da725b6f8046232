import { marketFeedContract } from '../../../../test/contracts/market-feed.ts';
import { BinanceMarket } from '../../../../test/simulated-world/binance-market.ts';
import { SimulatedClock } from '../../../../test/simulated-world/clock.ts';
import { SimulatedDialer } from '../../../../test/simulated-world/dialer.ts';
import { SimulatedHttp } from '../../../../test/simulated-world/http.ts';
import { Random } from '../../../core/vocabulary/random.ts';
import type { FeedChannel } from '../../../ports/market-feed.ts';
import { BinanceFeed } from './binance-feed.ts';

const STREAMS: Readonly<Record<FeedChannel, RegExp>> = {
  trades: /@(trade|aggTrade)$/,
  quotes: /@bookTicker$/,
  bars: /@kline_/,
  depth: /@depth/,
  mark: /@markPrice/,
};
const LEVELS = 20;

for (const product of ['spot', 'usdm'] as const)
  marketFeedContract({
    name: `Binance ${product}`,
    open(seed) {
      const clock = new SimulatedClock();
      const market = new BinanceMarket(clock, product, seed);
      const network = { clock, seed };
      const dialer = new SimulatedDialer(market, network);
      const http = new SimulatedHttp((request) => market.answer(request), network);
      const feed = new BinanceFeed({ product, http, dialer, clock, random: new Random(seed), bookLevels: LEVELS });
      const best = (side: ReadonlyMap<number, number>, sign: number) =>
        [...side]
          .sort((a, b) => sign * (a[0] - b[0]))
          .slice(0, LEVELS)
          .map(([tick, quantity]) => [tick / 100, quantity] as const);
      return {
        ...{ clock, feed, symbol: market.symbol },
        trades: () =>
          market.trades.map(({ id, timeMs, price, quantity, buyerIsMaker }) => ({
            ...{ id, timeMs, price: Number(price), quantity: Number(quantity), takerSide: buyerIsMaker ? -1 : 1 },
          })),
        bars: () =>
          market.closedBars.map(({ openMs, open, high, low, close, volume }) => ({
            ...{ openMs, open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume },
          })),
        book: () => ({ updateId: market.updateId, bids: best(market.bids, -1), asks: best(market.asks, 1) }),
        reset: () => market.resetAll(),
        freeze: () => market.freezeAll(),
        rotate: () => market.shout('{"e":"serverShutdown","E":1795200000000}'),
        fate: (fate, channel, frames) => market.fate(fate, STREAMS[channel], frames),
        garbage: () => market.shout('{"stream":"btcusdt@trade","data":{"e":"trade",'),
        addField: () => {
          market.extra = { zz: 'new' };
        },
        setQuiet: (isQuiet) => {
          market.isQuiet = isQuiet;
        },
        setRestDown: (isDown) => {
          market.isRestDown = isDown;
        },
      };
    },
  });
