import { MexcAccess } from '../../../src/adapters/mexc/access.ts';
import { MexcFeed } from '../../../src/adapters/mexc/feed/feed.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { timeframe } from '../../../src/core/vocabulary/time.ts';
import { marketFeedContract } from '../../contracts/market-feed.ts';
import { SimulatedClock } from '../../simulated-world/clock.ts';
import { SimulatedDialer } from '../../simulated-world/dialer.ts';
import { SimulatedHttp } from '../../simulated-world/http.ts';
import { pastBars } from '../past-bars.ts';
import { loadSimulatedMexc } from './simulated-mexc.ts';

const SYMBOL = 'BTCUSDT';
const BEAT_MS = 230;
const simulate = await loadSimulatedMexc();
const NO_TRADES = 'MEXC gives past trades without ids, so that missed ones are lost';

marketFeedContract({
  name: 'MEXC',
  gaps: {
    'connections break again and again -> trades and closed bars are complete, the book is right': NO_TRADES,
    'trades in a break, and none after it -> they are told all the same': NO_TRADES,
    'a break that is longer than bars -> each missed close comes once, before anything later': NO_TRADES,
    'connections that fall silent -> seen as such, replaced, and nothing is missing': NO_TRADES,
    'frames lost while the connection stands -> fetched, or said to be lost; the book is made anew': NO_TRADES,
    'frames twice or late -> each thing once and in order':
      'MEXC numbers no trade, so that a late one cannot be put back in its place',
    'planned replacement of connections -> nothing twice, nothing missing, no gap': 'MEXC announces no replacement',
    'a field that is new -> told once, and trades go on':
      'MEXC sends protobuf, whose new fields are skipped by its own rule',
  },
  open(seed) {
    const clock = new SimulatedClock();
    const simulated = simulate(clock);
    const { venue } = simulated;
    const random = new Random(seed);
    let isQuiet = false;
    let mid = 50_000;
    const text = (price: number): string => (Math.round(price * 100) / 100).toString();
    const beat = (): void => {
      if (!isQuiet) {
        mid += Math.round((random.uniform() - 0.5) * 20);
        const levels = (sign: number) =>
          Array.from({ length: 12 }, (_, k) => ({
            price: text(mid + sign * (k + 1)),
            quantity: (1 + Math.floor(random.uniform() * 50) / 10).toString(),
          }));
        venue.floor.quote(SYMBOL, levels(-1), levels(1));
        venue.floor.trade(SYMBOL, random.uniform() < 0.5 ? 1 : -1, text(mid + 0.25), text(0.01 + random.uniform()));
      }
      clock.after(BEAT_MS, beat);
    };
    beat();
    const network = { clock, seed };
    const http = new SimulatedHttp((request) => simulated.reply(request), network);
    const dialer = new SimulatedDialer(simulated, network);
    const feed = new MexcFeed(new MexcAccess({ http, dialer, clock, random: new Random(seed) }));
    const rows = (levels: readonly { price: string; quantity: string }[]) =>
      levels.map((level) => [Number(level.price), Number(level.quantity)] as const);
    return {
      clock,
      feed,
      symbol: SYMBOL,
      trades: () =>
        venue.floor.trades.map(({ timeMs, price, quantity, takerSide }) => ({
          id: timeMs * 1_000,
          timeMs,
          price: Number(price),
          quantity: Number(quantity),
          takerSide,
        })),
      bars: () =>
        pastBars(venue.floor, SYMBOL, timeframe('1m'), venue.nowMs())
          .slice(0, -1)
          .map(({ openTimeMs, open, high, low, close, volume }) => ({
            openMs: openTimeMs,
            open: Number(open),
            high: Number(high),
            low: Number(low),
            close: Number(close),
            volume: Number(volume),
          })),
      book: () => {
        const { version, bids, asks } = venue.floor.book(SYMBOL, 100);
        return { updateId: version, bids: rows(bids), asks: rows(asks) };
      },
      reset: () => simulated.resetAll(),
      freeze: () => simulated.freezeAll(),
      rotate: () => undefined,
      fate: () => undefined,
      garbage: () => simulated.shout('{"channel":"spot@public'),
      addField: () => undefined,
      setRestDown: (isDown) => {
        simulated.isRestDown = isDown;
      },
      setQuiet: (quiet: boolean) => {
        isQuiet = quiet;
      },
    };
  },
});
