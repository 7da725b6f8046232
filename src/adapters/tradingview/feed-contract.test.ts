import { type FeedWorld, marketFeedContract } from '../../../test/contracts/market-feed.ts';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import { SimulatedDialer } from '../../../test/simulated-world/dialer.ts';
import { SimulatedHttp } from '../../../test/simulated-world/http.ts';
import { barAt, priceAt } from '../../../test/stand-ins/tradingview/prices.ts';
import { SimulatedTradingView } from '../../../test/stand-ins/tradingview/simulated.ts';
import { Random } from '../../core/vocabulary/random.ts';
import { TradingViewFeed } from './feed.ts';

const SYMBOL = 'BINANCE:BTCUSDT';
const MINUTE_MS = 60_000;
const NO_TRADES = 'TradingView has no trades';

function open(seed: number): FeedWorld {
  const clock = new SimulatedClock();
  const beganMs = clock.nowMs();
  const server = new SimulatedTradingView(clock);
  const dialer = new SimulatedDialer(server, { clock, seed });
  const http = new SimulatedHttp(() => ({ status: 404, headers: {}, body: new Uint8Array() }), { clock });
  const feed = new TradingViewFeed({ dialer, http, clock, random: new Random(seed), acceptsTerms: true });
  const { venue } = server;
  return {
    clock,
    feed,
    symbol: SYMBOL,
    trades: () => [],
    bars() {
      const closed = [];
      const firstMs = Math.floor(beganMs / MINUTE_MS) * MINUTE_MS;
      for (let at = firstMs; at + MINUTE_MS <= clock.nowMs(); at += MINUTE_MS) {
        closed.push(barAt(SYMBOL, at, MINUTE_MS, Number.POSITIVE_INFINITY));
      }
      return closed;
    },
    book() {
      const price = priceAt(SYMBOL, clock.nowMs());
      return { updateId: 0, bids: [[price - 0.01, 1.5]], asks: [[price + 0.01, 0.5]] };
    },
    reset: () => {
      for (const link of dialer.openLinks) link.reset();
    },
    freeze: () => {
      for (const link of dialer.openLinks) link.isFrozen = true;
    },
    rotate() {},
    fate(fate, channel, frames) {
      let left = frames;
      const wanted = channel === 'bars' ? /^\{"m":"(?:du|timescale_update)"/ : /^\{"m":"qsd"/;
      venue.fate = (packet) => {
        if (!wanted.test(packet) || left === 0) return [0];
        left--;
        return fate === 'lose' ? [] : fate === 'double' ? [0, 0] : [700];
      };
    },
    garbage: () => {
      for (const client of venue.clients) client.raw('~m~5~m~{"m":');
    },
    addField() {},
    setRestDown() {},
    setQuiet() {},
  };
}

marketFeedContract({
  name: 'TradingView, on a stand-in',
  open,
  gaps: {
    'instruments: all, one, none such -> rules that the engine takes, or an error': 'TradingView lists no symbols',
    'trades in a break, and none after it -> they are told all the same': NO_TRADES,
    'planned replacement of connections -> nothing twice, nothing missing, no gap': 'TradingView announces none',
    'a field that is new -> told once, and trades go on': NO_TRADES,
    'a break while past data cannot be had -> told as lost, and the feed goes on': NO_TRADES,
    'two subscriptions to one thing, one of them ended -> each has its own id, the other goes on': NO_TRADES,
  },
});
