import type { Json } from '../../core/vocabulary/json.ts';
import { INTERVALS, type Interval } from '../intervals.ts';
import type { ExchangeState } from './exchange-state.ts';
import { klineEvent } from './kline-json.ts';
import type { LevelChange, Market } from './market.ts';
import { sideText, type UsdmOrder } from './order.ts';
import { AGGREGATE_MS } from './tape.ts';
import { markText, rateText } from './texts.ts';
import { miniTickerEvent, tickerEvent } from './tickers.ts';

/** A stream that sends at whole multiples of an interval, while somebody listens. */
export interface Feed {
  readonly everyMs: number;
  /** What to send now; null for nothing. */
  take(nowMs: number): readonly Json[] | null;
  /** Told of every change of the book, and of forced closings. */
  changed?(market: Market, changes: readonly LevelChange[]): void;
  forced?(market: Market, order: UsdmOrder): void;
}

/** `take` of a stream that sends one event at a time, or nothing where it is null. */
function single(everyMs: number, make: (nowMs: number) => Json): Feed {
  return {
    everyMs,
    take: (nowMs) => {
      const event = make(nowMs);
      return event === null ? null : [event];
    },
  };
}

/** Aggregate trades whose 100 ms are over. */
function aggregateTrades(market: Market): Feed {
  const { tape, contract } = market;
  let told = tape.aggregates.at(-1)?.id ?? 0;
  return {
    everyMs: AGGREGATE_MS,
    take(nowMs) {
      const events: Json[] = [];
      for (const trade of tape.aggregates.slice(-1000)) {
        if (trade.id <= told || Math.floor(trade.timeMs / AGGREGATE_MS) === Math.floor(nowMs / AGGREGATE_MS)) continue;
        told = trade.id;
        events.push({
          e: 'aggTrade',
          E: nowMs,
          s: market.symbol,
          a: trade.id,
          p: contract.marketPrice(trade.ticks),
          q: contract.marketQuantity(trade.lots),
          nq: contract.marketQuantity(trade.lots),
          f: trade.firstId,
          l: trade.lastId,
          T: trade.timeMs,
          m: trade.isBuyerMaker,
        });
      }
      return events;
    },
  };
}

/** The running bar whenever it has changed, and each bar once more when it has closed. */
function klines(
  market: Market,
  interval: Interval,
  wrap: (k: { readonly [key: string]: Json }, nowMs: number) => Json,
): Feed {
  const series = market.tape.klines.series(interval);
  let openMs = -1;
  let trades = -1;
  return {
    everyMs: 250,
    take(nowMs) {
      series.roll(nowMs);
      const bar = series.last;
      if (bar === null) return null;
      const events: Json[] = [];
      if (openMs >= 0 && openMs !== bar.openMs) {
        const closed = series.bars.findLast((b) => b.openMs === openMs);
        if (closed !== undefined) events.push(wrap(klineEvent(market.contract, closed, interval, true), nowMs));
      }
      if (openMs !== bar.openMs || trades !== bar.trades) {
        events.push(wrap(klineEvent(market.contract, bar, interval, false), nowMs));
      }
      openMs = bar.openMs;
      trades = bar.trades;
      return events;
    },
  };
}

function markPriceEvent(market: Market, nowMs: number): Json {
  const { mark } = market;
  if (mark.mark === 0) return null;
  return {
    e: 'markPriceUpdate',
    E: nowMs,
    s: market.symbol,
    p: markText(mark.mark),
    ap: markText(mark.mark),
    i: markText(mark.index),
    P: markText(mark.index),
    r: rateText(mark.estimatedRate(nowMs)),
    T: mark.nextFundingMs(nowMs),
  };
}

/** Tickers of symbols that have traded since the last time. */
function changedOnly(
  markets: readonly Market[],
  make: (market: Market, nowMs: number) => Json,
): (nowMs: number) => Json[] {
  const told = new Map<Market, number>();
  return (nowMs) => {
    const events: Json[] = [];
    for (const market of markets) {
      const id = market.tape.last?.id ?? 0;
      if (id === (told.get(market) ?? 0)) continue;
      told.set(market, id);
      const event = make(market, nowMs);
      if (event !== null) events.push(event);
    }
    return events;
  };
}

/** One array of all that changed, or nothing. */
function arrayOf(everyMs: number, make: (nowMs: number) => Json[]): Feed {
  return single(everyMs, (nowMs) => {
    const events = make(nowMs);
    return events.length === 0 ? null : events;
  });
}

function depthEvent(
  market: Market,
  from: number,
  to: number,
  previous: number,
  bids: Json,
  asks: Json,
  nowMs: number,
): Json {
  return {
    e: 'depthUpdate',
    E: nowMs,
    T: market.quotesMs,
    s: market.symbol,
    U: from,
    u: to,
    pu: previous,
    b: bids,
    a: asks,
  };
}

/** Changed levels with their new quantities; nothing where none has changed. Ranges of ids follow on each other without a gap. */
function depthDifferences(market: Market, everyMs: number): Feed {
  const { contract } = market;
  const pending = { [1]: new Map<number, number>(), [-1]: new Map<number, number>() };
  let previous = market.updateId;
  const textOf = (levels: Map<number, number>): Json =>
    [...levels].map(([ticks, lots]) => [contract.marketPrice(ticks), contract.marketQuantity(lots)]);
  return {
    everyMs,
    changed(changedMarket, changes) {
      if (changedMarket !== market) return;
      for (const { side, ticks, lots } of changes) pending[side].set(ticks, lots);
    },
    take(nowMs) {
      if (pending[1].size + pending[-1].size === 0) return null;
      const event = depthEvent(
        market,
        previous + 1,
        market.updateId,
        previous,
        textOf(pending[1]),
        textOf(pending[-1]),
        nowMs,
      );
      previous = market.updateId;
      pending[1].clear();
      pending[-1].clear();
      return [event];
    },
  };
}

/** The best levels, whenever the book has changed. */
function partialDepth(market: Market, levels: number, everyMs: number): Feed {
  const { contract, book } = market;
  let previous = 0;
  const textOf = (side: number): Json =>
    book.levels(side, levels).map(({ ticks, lots }) => [contract.marketPrice(ticks), contract.marketQuantity(lots)]);
  return single(everyMs, (nowMs) => {
    if (market.updateId === previous) return null;
    const event = depthEvent(market, previous + 1, market.updateId, previous, textOf(1), textOf(-1), nowMs);
    previous = market.updateId;
    return event;
  });
}

/** The largest forced closing of each symbol in the last second. */
function forcedClosings(only: Market | null): Feed {
  const largest = new Map<Market, UsdmOrder>();
  return {
    everyMs: 1000,
    forced(market, order) {
      if (only !== null && market !== only) return;
      const before = largest.get(market);
      if (before === undefined || order.lots >= before.lots) largest.set(market, order);
    },
    take(nowMs) {
      const events = [...largest.values()].map((order) => forceOrderEvent(order, nowMs));
      largest.clear();
      return events;
    },
  };
}

function forceOrderEvent(order: UsdmOrder, nowMs: number): Json {
  const { contract } = order;
  return {
    e: 'forceOrder',
    E: nowMs,
    o: {
      s: contract.symbol,
      S: sideText(order.side),
      o: 'LIMIT',
      f: 'IOC',
      q: contract.quantityText(order.lots),
      p: contract.priceText(order.ticks),
      ap: contract.averageText(order.filledTickLots, order.filledLots) ?? '0',
      X: order.status,
      l: contract.quantityText(order.filledLots),
      z: contract.quantityText(order.filledLots),
      T: order.updatedMs,
    },
  };
}

const DEPTH = /^depth(5|10|20)?(?:@(100|250|500)ms)?$/;
const KLINE = /^kline_(.+)$/;
const CONTINUOUS = /^([a-z0-9]+)_perpetual@continuousKline_(.+)$/;
const STREAMED: readonly string[] = INTERVALS.slice(1);

function isStreamed(interval: string | undefined): interval is Interval {
  return interval !== undefined && STREAMED.includes(interval);
}

/** The periodic stream of a name, or null. Streams of trades and best quotes are sent at once and are not here. */
export function feedOf(state: ExchangeState, name: string): (() => Feed) | null {
  const markets = [...state.markets.values()];
  switch (name) {
    case '!markPrice@arr':
      return () => arrayOf(3000, (now) => markets.map((m) => markPriceEvent(m, now)).filter((e) => e !== null));
    case '!markPrice@arr@1s':
      return () => arrayOf(1000, (now) => markets.map((m) => markPriceEvent(m, now)).filter((e) => e !== null));
    case '!miniTicker@arr':
      return () => arrayOf(1000, changedOnly(markets, miniTickerEvent));
    case '!ticker@arr':
      return () => arrayOf(1000, changedOnly(markets, tickerEvent));
    case '!forceOrder@arr':
      return () => forcedClosings(null);
    default:
      return symbolFeed(state, name);
  }
}

function symbolFeed(state: ExchangeState, name: string): (() => Feed) | null {
  const continuous = CONTINUOUS.exec(name);
  if (continuous) {
    const market = marketOf(state, continuous[1]!);
    const interval = continuous[2];
    if (market === null || !isStreamed(interval)) return null;
    return () =>
      klines(market, interval, (k, E) => ({ e: 'continuous_kline', E, ps: market.symbol, ct: 'PERPETUAL', k }));
  }
  const at = name.indexOf('@');
  const market = at < 0 ? null : marketOf(state, name.slice(0, at));
  if (market === null) return null;
  const kind = name.slice(at + 1);
  const depth = DEPTH.exec(kind);
  if (depth) {
    const everyMs = Number(depth[2] ?? 250);
    const levels = Number(depth[1] ?? 0);
    return () => (levels === 0 ? depthDifferences(market, everyMs) : partialDepth(market, levels, everyMs));
  }
  const interval = KLINE.exec(kind)?.[1];
  if (isStreamed(interval)) {
    return () =>
      klines(market, interval, (k, E) => ({ e: 'kline', E, s: market.symbol, k: { s: market.symbol, ...k } }));
  }
  switch (kind) {
    case 'aggTrade':
      return () => aggregateTrades(market);
    case 'markPrice':
      return () => single(3000, (now) => markPriceEvent(market, now));
    case 'markPrice@1s':
      return () => single(1000, (now) => markPriceEvent(market, now));
    case 'miniTicker':
      return () => eachChange(2000, changedOnly([market], miniTickerEvent));
    case 'ticker':
      return () => eachChange(2000, changedOnly([market], tickerEvent));
    case 'forceOrder':
      return () => forcedClosings(market);
    default:
      return null;
  }
}

function eachChange(everyMs: number, make: (nowMs: number) => Json[]): Feed {
  return { everyMs, take: make };
}

/** The market of a symbol in lower case. */
export function marketOf(state: ExchangeState, lowerSymbol: string): Market | null {
  if (lowerSymbol !== lowerSymbol.toLowerCase()) return null;
  return state.markets.get(lowerSymbol.toUpperCase()) ?? null;
}
