import type { Json } from '../../core/vocabulary/json.ts';
import type { Market } from './market.ts';
import type { DayStatistics } from './tape.ts';

/** The last 24 hours of a symbol as texts; null before its first trade. */
interface DayTexts {
  readonly priceChange: string;
  readonly priceChangePercent: string;
  readonly weightedAvgPrice: string;
  readonly lastPrice: string;
  readonly lastQty: string;
  readonly openPrice: string;
  readonly highPrice: string;
  readonly lowPrice: string;
  readonly volume: string;
  readonly quoteVolume: string;
}

function textsOf(market: Market, day: DayStatistics): DayTexts {
  const { contract } = market;
  const change = day.close - day.open;
  return {
    priceChange: contract.marketPrice(change),
    priceChangePercent: ((change / day.open) * 100).toFixed(3),
    weightedAvgPrice: contract.averageText(day.tickLots, day.lots) ?? '0',
    lastPrice: contract.marketPrice(day.close),
    lastQty: contract.marketQuantity(day.lastLots),
    openPrice: contract.marketPrice(day.open),
    highPrice: contract.marketPrice(day.high),
    lowPrice: contract.marketPrice(day.low),
    volume: contract.marketQuantity(day.lots),
    quoteVolume: contract.tickLotsText(day.tickLots),
  };
}

/** Row of `ticker/24hr`. The window is whole minutes; zeros before the first trade. */
export function dayTickerJson(market: Market, nowMs: number): Json {
  const day = market.tape.day(nowMs) ?? NOTHING;
  return {
    symbol: market.symbol,
    ...(day === NOTHING ? { ...textsOf(market, day), priceChangePercent: '0.000' } : textsOf(market, day)),
    openTime: day.openMs,
    closeTime: day.closeMs,
    firstId: day.firstId,
    lastId: day.lastId,
    count: day.trades,
  };
}

const NOTHING: DayStatistics = {
  openMs: 0,
  closeMs: 0,
  open: 0,
  high: 0,
  low: 0,
  close: 0,
  lastLots: 0,
  lots: 0,
  tickLots: 0,
  trades: 0,
  firstId: 0,
  lastId: 0,
};

/** `24hrTicker` event, or null before the first trade. */
export function tickerEvent(market: Market, nowMs: number): Json {
  const day = market.tape.day(nowMs);
  if (day === null) return null;
  const t = textsOf(market, day);
  return {
    e: '24hrTicker',
    E: nowMs,
    s: market.symbol,
    p: t.priceChange,
    P: t.priceChangePercent,
    w: t.weightedAvgPrice,
    c: t.lastPrice,
    Q: t.lastQty,
    o: t.openPrice,
    h: t.highPrice,
    l: t.lowPrice,
    v: t.volume,
    q: t.quoteVolume,
    O: day.openMs,
    C: day.closeMs,
    F: day.firstId,
    L: day.lastId,
    n: day.trades,
  };
}

/** `24hrMiniTicker` event, or null before the first trade. */
export function miniTickerEvent(market: Market, nowMs: number): Json {
  const day = market.tape.day(nowMs);
  if (day === null) return null;
  const t = textsOf(market, day);
  return {
    e: '24hrMiniTicker',
    E: nowMs,
    s: market.symbol,
    c: t.lastPrice,
    o: t.openPrice,
    h: t.highPrice,
    l: t.lowPrice,
    v: t.volume,
    q: t.quoteVolume,
  };
}
