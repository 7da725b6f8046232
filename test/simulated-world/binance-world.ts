import { BinanceFeed } from '../../src/adapters/binance/feed/binance-feed.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import type { FeedChannel } from '../../src/ports/market-feed.ts';
import type { FeedWorld } from '../contracts/market-feed.ts';
import { BinanceMarket } from './binance-market.ts';
import { SimulatedClock } from './clock.ts';
import { SimulatedDialer } from './dialer.ts';
import { SimulatedHttp } from './http.ts';

const STREAMS: Readonly<Record<FeedChannel, RegExp>> = {
  trades: /@(trade|aggTrade)$/,
  quotes: /@bookTicker$/,
  bars: /@kline_/,
  depth: /@depth/,
  mark: /@markPrice/,
};
const LEVELS = 20;

/** Binance's feed in front of a market that trades, in simulated time and from a seed. */
export function openBinanceWorld(
  product: 'spot' | 'usdm',
  seed: number,
): FeedWorld & { readonly clock: SimulatedClock } {
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
}
