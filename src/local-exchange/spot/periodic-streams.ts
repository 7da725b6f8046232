import type { Json } from '../../core/vocabulary/json.ts';
import { INTERVALS, type Interval } from '../intervals.ts';
import type { TradeBar } from './bar-history.ts';
import { fixedText } from './decimal-text.ts';
import { drainChanges, levelsText } from './depth-log.ts';
import type { SpotExchange } from './spot-exchange.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { miniTickerEvent, STREAM_WINDOWS, tickerEvent, windowTickerEvent } from './ticker-statistics.ts';
import { parseZone } from './time-zone.ts';

/** A stream that speaks at a pace, while somebody listens. */
export type PeriodicStream = {
  readonly everyMs: number;
  /** Publishes what there is to say now, if anything. */
  send(publish: (data: Json) => void): void;
  stop(): void;
};

const SECOND_MS = 1000;

/** The stream of a name, not yet running; null where there is none. */
export function periodicStream(exchange: SpotExchange, name: string): PeriodicStream | null {
  if (name === '!miniTicker@arr') return everybody(exchange, (m, now) => miniTickerEvent(m, now));
  const array = /^!ticker_(1h|4h|1d)@arr$/.exec(name);
  if (array !== null) return everybody(exchange, (m, now) => windowTickerEvent(m, array[1]!, now));
  const at = name.indexOf('@');
  const symbol = name.slice(0, at);
  const market = exchange.findMarket(symbol.toUpperCase());
  if (at < 0 || market === undefined || symbol !== symbol.toLowerCase()) return null;
  const kind = name.slice(at + 1);
  const now = (): number => exchange.nowMs();
  if (kind === 'miniTicker') return onTrades(market, () => miniTickerEvent(market, now()));
  if (kind === 'ticker') return onChange(market, SECOND_MS, () => tickerEvent(market, now()));
  if (kind === 'avgPrice') return averagePrice(market, now);
  if (kind === 'referencePrice') return referencePrice(market, now);
  if (kind.startsWith('ticker_') && Object.hasOwn(STREAM_WINDOWS, kind.slice(7))) {
    return onTrades(market, () => windowTickerEvent(market, kind.slice(7), now()));
  }
  const depth = /^depth(5|10|20)?(@100ms|@1000ms)?$/.exec(kind);
  if (depth !== null) {
    const everyMs = depth[2] === '@100ms' ? 100 : SECOND_MS;
    return depth[1] === undefined ? depthChanges(market, everyMs, now) : depthLevels(market, everyMs, Number(depth[1]));
  }
  const kline = /^kline_([0-9]{1,2}[smhdwM])(?:@([+-][0-9]{2}:[0-9]{2}))?$/.exec(kind);
  const interval = INTERVALS.find((i) => i === kline?.[1]);
  if (kline !== null && interval !== undefined) {
    const zoneMs = kline[2] === undefined ? 0 : parseZone(kline[2]);
    return zoneMs === null ? null : klines(market, interval, zoneMs, now);
  }
  return null;
}

const nothing = (): void => {};

/** Says something about a symbol whenever trades have come since it last spoke. */
function onTrades(market: SymbolMarket, make: () => Json): PeriodicStream {
  let told = 0;
  const send = (publish: (data: Json) => void): void => {
    if (market.tape.nextId === told) return;
    told = market.tape.nextId;
    publish(make());
  };
  return { everyMs: SECOND_MS, send, stop: nothing };
}

/** Says something whenever the book has changed since. */
function onChange(market: SymbolMarket, everyMs: number, make: () => Json): PeriodicStream {
  let told = 0;
  const send = (publish: (data: Json) => void): void => {
    if (market.depth.updateId === told) return;
    told = market.depth.updateId;
    publish(make());
  };
  return { everyMs, send, stop: nothing };
}

function everybody(exchange: SpotExchange, make: (market: SymbolMarket, nowMs: number) => Json): PeriodicStream {
  const told = exchange.markets.map(() => 0);
  const send = (publish: (data: Json) => void): void => {
    const changed = exchange.markets.filter((m, i) => m.tape.nextId !== told[i]);
    for (const market of changed) told[market.symbol.index] = market.tape.nextId;
    if (changed.length > 0) publish(changed.map((m) => make(m, exchange.nowMs())));
  };
  return { everyMs: SECOND_MS, send, stop: nothing };
}

function averagePrice(market: SymbolMarket, now: () => number): PeriodicStream {
  const { symbol } = market;
  const send = (publish: (data: Json) => void): void => {
    if (market.lastTicks === 0) return;
    publish({
      e: 'avgPrice',
      E: now(),
      s: symbol.name,
      i: `${symbol.averageMinutes}m`,
      w: fixedText(symbol.price(market.averageTicks(symbol.averageMinutes, now()))),
      T: market.tape.trade(market.tape.nextId - 1).timeMs,
    });
  };
  return { everyMs: SECOND_MS, send, stop: nothing };
}

function referencePrice(market: SymbolMarket, now: () => number): PeriodicStream {
  const { symbol } = market;
  const send = (publish: (data: Json) => void): void => {
    if (symbol.referenceTicks === 0) return;
    publish({ e: 'referencePrice', s: symbol.name, r: symbol.priceText(symbol.referenceTicks), t: now() });
  };
  return { everyMs: SECOND_MS, send, stop: nothing };
}

function depthLevels(market: SymbolMarket, everyMs: number, levels: number): PeriodicStream {
  return onChange(market, everyMs, () => ({
    lastUpdateId: market.depth.updateId,
    bids: levelsText(market.book, market.symbol, 1, levels),
    asks: levelsText(market.book, market.symbol, -1, levels),
  }));
}

function depthChanges(market: SymbolMarket, everyMs: number, now: () => number): PeriodicStream {
  const window = market.depth.open();
  const send = (publish: (data: Json) => void): void => {
    const last = market.depth.updateId;
    if (last === window.sentId) return;
    const first = window.sentId + 1;
    window.sentId = last;
    const { bids, asks } = drainChanges(window, market.book, market.symbol);
    publish({ e: 'depthUpdate', E: now(), s: market.symbol.name, U: first, u: last, b: bids, a: asks });
  };
  return { everyMs, send, stop: () => market.depth.close(window) };
}

/** Bars as they close, and the running one whenever something has traded in it. */
function klines(market: SymbolMarket, interval: Interval, zoneMs: number, now: () => number): PeriodicStream {
  const { history, symbol } = market;
  let openMs = history.openOf(interval, now(), zoneMs);
  let told = -1;
  const text = (bar: TradeBar, closed: boolean): Json => ({
    e: 'kline',
    E: now(),
    s: symbol.name,
    k: {
      t: bar.openMs,
      T: bar.closeMs - 1,
      s: symbol.name,
      i: interval,
      f: bar.first,
      L: bar.last,
      o: symbol.priceText(bar.open),
      c: symbol.priceText(bar.close),
      h: symbol.priceText(bar.high),
      l: symbol.priceText(bar.low),
      v: symbol.quantityText(bar.lots),
      n: bar.count,
      x: closed,
      q: symbol.quoteText(bar.valueQuanta),
      V: symbol.quantityText(bar.takerBuyLots),
      Q: symbol.quoteText(bar.takerBuyQuanta),
      B: '0',
    },
  });
  const send = (publish: (data: Json) => void): void => {
    const bars = history.bars(interval, openMs, null, 1000, zoneMs, now());
    const running = bars.pop();
    if (running === undefined) return;
    for (const bar of bars) publish(text(bar, true));
    if (running.openMs !== openMs) {
      openMs = running.openMs;
      told = -1;
    }
    if (running.count === told || (told === -1 && running.count === 0)) return;
    told = running.count;
    publish(text(running, false));
  };
  return { everyMs: interval === '1s' ? SECOND_MS : 2 * SECOND_MS, send, stop: nothing };
}
