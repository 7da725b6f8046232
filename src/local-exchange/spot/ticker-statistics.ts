import type { Json } from '../../core/vocabulary/json.ts';
import type { TradeBar } from './bar-history.ts';
import { fixedText } from './decimal-text.ts';
import type { SymbolMarket } from './symbol-market.ts';

export const DAY_MS = 86_400_000;
export const TICKER_TYPES = ['FULL', 'MINI'] as const;
export type TickerType = (typeof TICKER_TYPES)[number];

/** What a ticker says about a window of time. */
export type TickerWindow = { readonly bar: TradeBar; readonly openMs: number; readonly closeMs: number };

/** Statistics from the minute of `openMs` on; a window without trades repeats the last price with no volume. */
export function tickerWindow(market: SymbolMarket, openMs: number, closeMs: number): TickerWindow {
  const floored = Math.floor(openMs / 60_000) * 60_000;
  const last = market.lastTicks;
  const bar = market.history.window(floored, closeMs) ?? {
    openMs: floored,
    closeMs,
    open: last,
    high: last,
    low: last,
    close: last,
    lots: 0,
    valueQuanta: 0,
    count: 0,
    takerBuyLots: 0,
    takerBuyQuanta: 0,
    first: -1,
    last: -1,
  };
  return { bar, openMs: floored, closeMs };
}

/** Texts of the figures that the tickers of REST and of the streams share. */
function figures(market: SymbolMarket, { bar }: TickerWindow) {
  const { symbol } = market;
  const change = bar.close - bar.open;
  return {
    change: symbol.priceText(change),
    percent: (bar.open > 0 ? (100 * change) / bar.open : 0).toFixed(3),
    average: fixedText(
      bar.lots > 0 ? symbol.price(bar.valueQuanta / (bar.lots * symbol.quantaPerTickLot)) : symbol.price(bar.close),
    ),
    open: symbol.priceText(bar.open),
    high: symbol.priceText(bar.high),
    low: symbol.priceText(bar.low),
    close: symbol.priceText(bar.close),
    volume: symbol.quantityText(bar.lots),
    quoteVolume: symbol.quoteText(bar.valueQuanta),
  };
}

/** Best price and size of each side, as text; zeros where a side is empty. */
export function bestTexts(market: SymbolMarket): { bid: [string, string]; ask: [string, string] } {
  const { book, symbol } = market;
  const best = (side: number): [string, string] => {
    const ticks = book.bestTicks(side);
    return [symbol.priceText(ticks), symbol.quantityText(ticks === 0 ? 0 : book.lotsAt(side, ticks))];
  };
  return { bid: best(1), ask: best(-1) };
}

/** Row of `ticker` and `ticker/tradingDay`. */
export function windowTicker(market: SymbolMarket, window: TickerWindow, type: TickerType): Record<string, Json> {
  const f = figures(market, window);
  const changes =
    type === 'MINI' ? {} : { priceChange: f.change, priceChangePercent: f.percent, weightedAvgPrice: f.average };
  return {
    symbol: market.symbol.name,
    ...changes,
    openPrice: f.open,
    highPrice: f.high,
    lowPrice: f.low,
    lastPrice: f.close,
    volume: f.volume,
    quoteVolume: f.quoteVolume,
    openTime: window.openMs,
    closeTime: window.closeMs,
    firstId: window.bar.first,
    lastId: window.bar.last,
    count: window.bar.count,
  };
}

/** Row of `ticker/24hr`. */
export function dayTicker(market: SymbolMarket, nowMs: number, type: TickerType): Json {
  const window = tickerWindow(market, nowMs - DAY_MS, nowMs);
  const row = windowTicker(market, window, type);
  if (type === 'MINI') return row;
  const best = bestTexts(market);
  const before = market.history.closeBefore(window.openMs);
  return {
    ...row,
    prevClosePrice: market.symbol.priceText(before > 0 ? before : window.bar.open),
    lastQty: market.symbol.quantityText(market.lastLots),
    bidPrice: best.bid[0],
    bidQty: best.bid[1],
    askPrice: best.ask[0],
    askQty: best.ask[1],
  };
}

/** `24hrMiniTicker`. */
export function miniTickerEvent(market: SymbolMarket, nowMs: number): Json {
  const f = figures(market, tickerWindow(market, nowMs - DAY_MS, nowMs));
  return {
    e: '24hrMiniTicker',
    E: nowMs,
    s: market.symbol.name,
    c: f.close,
    o: f.open,
    h: f.high,
    l: f.low,
    v: f.volume,
    q: f.quoteVolume,
  };
}

/** `24hrTicker`. */
export function tickerEvent(market: SymbolMarket, nowMs: number): Json {
  const window = tickerWindow(market, nowMs - DAY_MS, nowMs);
  const f = figures(market, window);
  const best = bestTexts(market);
  const before = market.history.closeBefore(window.openMs);
  return {
    e: '24hrTicker',
    E: nowMs,
    s: market.symbol.name,
    p: f.change,
    P: f.percent,
    w: f.average,
    x: market.symbol.priceText(before > 0 ? before : window.bar.open),
    c: f.close,
    Q: market.symbol.quantityText(market.lastLots),
    b: best.bid[0],
    B: best.bid[1],
    a: best.ask[0],
    A: best.ask[1],
    o: f.open,
    h: f.high,
    l: f.low,
    v: f.volume,
    q: f.quoteVolume,
    O: window.openMs,
    C: window.closeMs,
    F: window.bar.first,
    L: window.bar.last,
    n: window.bar.count,
  };
}

/** Windows of the rolling-window ticker streams. */
export const STREAM_WINDOWS: Readonly<Record<string, number>> = { '1h': 3_600_000, '4h': 14_400_000, '1d': DAY_MS };

/** `1hTicker`, `4hTicker`, `1dTicker`. */
export function windowTickerEvent(market: SymbolMarket, size: string, nowMs: number): Json {
  const window = tickerWindow(market, nowMs - STREAM_WINDOWS[size]!, nowMs);
  const f = figures(market, window);
  return {
    e: `${size}Ticker`,
    E: nowMs,
    s: market.symbol.name,
    p: f.change,
    P: f.percent,
    o: f.open,
    h: f.high,
    l: f.low,
    c: f.close,
    w: f.average,
    v: f.volume,
    q: f.quoteVolume,
    O: window.openMs,
    C: window.closeMs,
    F: window.bar.first,
    L: window.bar.last,
    n: window.bar.count,
  };
}
