import { Random } from '../../src/core/vocabulary/random.ts';
import type { HttpRequest } from '../../src/ports/transport.ts';
import type { SimulatedClock } from './clock.ts';
import type { SimulatedLink } from './dialer.ts';
import type { SimulatedReply } from './http.ts';
import type { SimulatedSocketServer } from './socket-server.ts';

const MINUTE_MS = 60_000;
const SYMBOL = 'BTCUSDT';
const NAME = SYMBOL.toLowerCase();
/** USD-M: which streams come over the public path; all others over the market path. */
const PUBLIC = /@(bookTicker|depth.*)$/;

interface Trade {
  readonly id: number;
  readonly timeMs: number;
  readonly price: string;
  readonly quantity: string;
  readonly buyerIsMaker: boolean;
}

interface Bar {
  readonly openMs: number;
  readonly open: string;
  high: string;
  low: string;
  close: string;
  volume: number;
}

/** What goes wrong with the next frames of every connection. */
export type FrameFate = 'lose' | 'double' | 'late';

/**
 * One symbol of a venue that speaks Binance's market streams and REST: a market that trades, with everything it did to compare with.
 * In simulated time and from a seed.
 */
export class BinanceMarket implements SimulatedSocketServer {
  readonly symbol = SYMBOL;
  readonly trades: Trade[] = [];
  readonly bars: Bar[] = [];
  readonly bids = new Map<number, number>();
  readonly asks = new Map<number, number>();
  updateId = 5_000_000;
  markFrames = 0;
  /** Between two trades. */
  everyMs = 250;
  isRestDown = false;
  isQuiet = false;
  /** Venue's clock minus ours. */
  aheadMs = 40;
  /** Extra fields of every trade frame, as when the venue adds one. */
  extra: Readonly<Record<string, unknown>> = {};
  readonly #clock: SimulatedClock;
  readonly #isUsdm: boolean;
  readonly #random: Random;
  readonly #links = new Map<SimulatedLink, Set<string>>();
  readonly #late = new Map<SimulatedLink, string[]>();
  readonly #fates: { readonly fate: FrameFate; readonly stream: RegExp; left: number }[] = [];
  #previousId = 4_999_900;
  #ticks = 6_000_000;

  constructor(clock: SimulatedClock, product: 'spot' | 'usdm', seed: number) {
    this.#clock = clock;
    this.#isUsdm = product === 'usdm';
    this.#random = new Random(seed);
    for (let k = 1; k <= 60; k++) {
      this.bids.set(this.#ticks - k, k / 1000);
      this.asks.set(this.#ticks + k, k / 1000);
    }
    this.#turn();
    this.#mark();
  }

  nowMs(): number {
    return Math.floor(this.#clock.nowMs() + this.aheadMs);
  }

  /** Closed bars, oldest first. */
  get closedBars(): readonly Bar[] {
    return this.bars.slice(0, -1);
  }

  /** The next frames of streams that match meet this fate, on every connection. */
  fate(fate: FrameFate, stream: RegExp, frames: number): void {
    this.#fates.push({ fate, stream, left: frames });
  }

  /** Raw text to every connection. */
  shout(text: string): void {
    for (const link of this.#links.keys()) link.send(text);
  }

  resetAll(): void {
    for (const link of this.#links.keys()) link.reset();
  }

  freezeAll(): void {
    for (const link of this.#links.keys()) link.isFrozen = true;
  }

  get openConnections(): number {
    return this.#links.size;
  }

  accepted(link: SimulatedLink): void {
    this.#links.set(link, new Set());
  }

  left(link: SimulatedLink): void {
    this.#links.delete(link);
  }

  received(link: SimulatedLink, data: string | Uint8Array): void {
    const { method, params, id } = JSON.parse(String(data)) as { method: string; params: string[]; id: number };
    const streams = this.#links.get(link);
    for (const name of params)
      if (method === 'SUBSCRIBE') streams?.add(name);
      else streams?.delete(name);
    link.send(JSON.stringify({ result: null, id }));
  }

  /** REST. */
  answer(request: HttpRequest): SimulatedReply {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/(api\/v3|fapi\/v1)\//, '');
    const number = (name: string, fallback: number): number => Number(url.searchParams.get(name) ?? fallback);
    if (this.isRestDown) return { status: 503, body: 'down' };
    const symbol = url.searchParams.get('symbol');
    if (symbol !== null && symbol !== SYMBOL) return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
    switch (path) {
      case 'time':
        return { status: 200, body: { serverTime: this.nowMs() } };
      case 'exchangeInfo':
        return { status: 200, body: this.#listing() };
      case 'depth':
        return { status: 200, body: this.#snapshot() };
      case 'klines': {
        const [from, to, limit] = [number('startTime', 0), number('endTime', Infinity), number('limit', 500)];
        const found = this.bars.filter(({ openMs }) => openMs >= from && openMs <= to).slice(0, limit);
        return { status: 200, body: found.map((bar) => this.#row(bar)) };
      }
      case 'historicalTrades':
      case 'aggTrades': {
        const from = number('fromId', 0);
        const found = this.trades.filter(({ id }) => id >= from).slice(0, number('limit', 500));
        return { status: 200, body: found.map((trade) => this.#pastTrade(trade)) };
      }
      default:
        return { status: 404, body: '' };
    }
  }

  #turn(): void {
    if (!this.isQuiet) {
      this.#trade();
      this.#change();
    }
    this.#clock.after(this.everyMs, () => this.#turn());
  }

  #mark(): void {
    const price = (this.#ticks / 100).toFixed(8);
    this.markFrames++;
    this.#send(`${NAME}@markPrice@1s`, {
      ...{ e: 'markPriceUpdate', E: this.nowMs(), s: SYMBOL, p: price, ap: price, i: price, P: price },
      ...{ r: '-0.00010000', T: 1_795_219_200_000 },
    });
    this.#clock.after(1000, () => this.#mark());
  }

  #trade(): void {
    const E = this.nowMs();
    const bid = Math.max(...this.bids.keys());
    const ask = Math.min(...this.asks.keys());
    const buyerIsMaker = this.#random.uniform() < 0.5;
    const trade: Trade = {
      ...{ id: 1000 + this.trades.length, timeMs: E, buyerIsMaker },
      price: ((buyerIsMaker ? bid : ask) / 100).toFixed(2),
      quantity: (0.001 + Math.floor(this.#random.uniform() * 900) / 1000).toFixed(3),
    };
    this.trades.push(trade);
    const fields = { p: trade.price, q: trade.quantity, T: E, m: buyerIsMaker, ...this.extra };
    if (this.#isUsdm)
      this.#send(`${NAME}@aggTrade`, { e: 'aggTrade', E, s: SYMBOL, a: trade.id, f: trade.id, l: trade.id, ...fields });
    else this.#send(`${NAME}@trade`, { e: 'trade', E, s: SYMBOL, t: trade.id, ...fields, M: true });
    this.#bar(trade);
  }

  #bar({ timeMs, price, quantity }: Trade): void {
    const openMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    for (let last = this.bars.at(-1); !last || last.openMs < openMs; last = this.bars.at(-1)) {
      if (last) this.#sendBar(last, true);
      const at = last?.close ?? price;
      const next = last ? last.openMs + MINUTE_MS : openMs;
      this.bars.push({ openMs: next, open: at, high: at, low: at, close: at, volume: 0 });
    }
    const bar = this.bars.at(-1)!;
    if (Number(price) > Number(bar.high)) bar.high = price;
    if (Number(price) < Number(bar.low)) bar.low = price;
    bar.close = price;
    bar.volume += Number(quantity);
    this.#sendBar(bar, false);
  }

  #sendBar(bar: Bar, x: boolean): void {
    this.#send(`${NAME}@kline_1m`, {
      ...{ e: 'kline', E: this.nowMs(), s: SYMBOL },
      k: {
        ...{ t: bar.openMs, T: bar.openMs + MINUTE_MS - 1, s: SYMBOL, i: '1m', f: 1, L: 2, o: bar.open, c: bar.close },
        ...{ h: bar.high, l: bar.low, v: bar.volume.toFixed(3), n: 2, x, q: '0', V: '0', Q: '0', B: '0' },
      },
    });
  }

  /** A few levels change, sometimes the best one: the market moves by a tick. */
  #change(): void {
    const b = new Map<number, number>();
    const a = new Map<number, number>();
    const set = (side: 'b' | 'a', tick: number, quantity: number): void => {
      (side === 'b' ? b : a).set(tick, quantity);
      const book = side === 'b' ? this.bids : this.asks;
      if (quantity === 0) book.delete(tick);
      else book.set(tick, quantity);
    };
    const size = (): number => (1 + Math.floor(this.#random.uniform() * 5000)) / 1000;
    const move = Math.floor(this.#random.uniform() * 3) - 1;
    if (move > 0) {
      set('a', this.#ticks + 1, 0);
      set('b', this.#ticks, size());
      set('a', this.#ticks + 61, size());
    } else if (move < 0) {
      set('b', this.#ticks - 1, 0);
      set('a', this.#ticks, size());
      set('b', this.#ticks - 61, size());
    }
    this.#ticks += move;
    set('b', this.#ticks - 1 - Math.floor(this.#random.uniform() * 10), size());
    set('a', this.#ticks + 1 + Math.floor(this.#random.uniform() * 10), size());
    // Numbers of USD-M are shared by all symbols, so that others lie in between.
    const U = this.updateId + 1 + (this.#isUsdm ? Math.floor(this.#random.uniform() * 20) : 0);
    const u = U + b.size + a.size - 1;
    const levels = (side: Map<number, number>) => [...side].map(([tick, q]) => [(tick / 100).toFixed(2), q.toFixed(3)]);
    const E = this.nowMs();
    this.#send(`${NAME}@depth@100ms`, {
      ...{ e: 'depthUpdate', E, ...(this.#isUsdm ? { T: E } : {}), s: SYMBOL, U, u },
      ...(this.#isUsdm ? { pu: this.#previousId } : {}),
      ...{ b: levels(b), a: levels(a) },
    });
    this.#previousId = u;
    this.updateId = u;
    const bid = Math.max(...this.bids.keys());
    const ask = Math.min(...this.asks.keys());
    this.#send(`${NAME}@bookTicker`, {
      ...(this.#isUsdm ? { e: 'bookTicker', u, E, T: E } : { u }),
      ...{ s: SYMBOL, b: (bid / 100).toFixed(2), B: this.bids.get(bid)!.toFixed(3) },
      ...{ a: (ask / 100).toFixed(2), A: this.asks.get(ask)!.toFixed(3) },
    });
  }

  #send(stream: string, data: object): void {
    const text = JSON.stringify({ stream, data });
    const fate = this.#fates.find((each) => each.left > 0 && each.stream.test(stream));
    if (fate) fate.left--;
    for (const [link, streams] of this.#links) {
      if (!streams.has(stream) || !this.#carries(link, stream)) continue;
      const late = this.#late.get(link) ?? [];
      if (fate?.fate === 'late') {
        this.#late.set(link, [...late, text]);
        continue;
      }
      if (fate?.fate !== 'lose') link.send(text);
      if (fate?.fate === 'double') link.send(text);
      for (const held of late) link.send(held);
      this.#late.delete(link);
    }
  }

  #carries(link: SimulatedLink, stream: string): boolean {
    return !this.#isUsdm || link.url.includes(PUBLIC.test(stream) ? '/public/stream' : '/market/stream');
  }

  #row({ openMs, open, high, low, close, volume }: Bar): unknown[] {
    return [openMs, open, high, low, close, volume.toFixed(3), openMs + MINUTE_MS - 1, '0', 2, '0', '0', '0'];
  }

  #pastTrade({ id, timeMs, price, quantity, buyerIsMaker }: Trade): object {
    if (this.#isUsdm) return { a: id, p: price, q: quantity, f: id, l: id, T: timeMs, m: buyerIsMaker };
    return { id, price, qty: quantity, quoteQty: '1', time: timeMs, isBuyerMaker: buyerIsMaker, isBestMatch: true };
  }

  #snapshot(): object {
    const levels = (side: Map<number, number>, sign: number) =>
      [...side].sort((a, b) => sign * (a[0] - b[0])).map(([tick, q]) => [(tick / 100).toFixed(2), q.toFixed(3)]);
    return { lastUpdateId: this.updateId, bids: levels(this.bids, -1), asks: levels(this.asks, 1) };
  }

  #listing(): object {
    const filters = [
      { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01000000' },
      { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '9000', stepSize: '0.00100000' },
      this.#isUsdm
        ? { filterType: 'MIN_NOTIONAL', notional: '5' }
        : { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true },
    ];
    const row = { symbol: SYMBOL, status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT', filters };
    const contract = { contractType: 'PERPETUAL', deliveryDate: 4_133_404_800_000, marginAsset: 'USDT' };
    return { rateLimits: [], symbols: [this.#isUsdm ? { ...row, ...contract } : row] };
  }
}
