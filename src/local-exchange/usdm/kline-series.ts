import { barClose, barOpen, type TimeMs } from '../../core/vocabulary/time.ts';
import { INTERVALS, type Interval, intervalSpec } from '../intervals.ts';

/** One bar. Prices are in the caller's unit (ticks, or a mark price); volumes in lots and in ticks × lots. */
export interface Kline {
  readonly openMs: TimeMs;
  readonly closeMs: TimeMs;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  tickLots: number;
  trades: number;
  takerBuyLots: number;
  takerBuyTickLots: number;
  /** −1 where there is no trade. */
  firstTradeId: number;
  lastTradeId: number;
  /** Whether its prices are only the last bar's close; the first price replaces them. */
  isEmpty: boolean;
}

/** Bars kept: six hours of seconds, else about a fortnight of minutes. */
const KEPT = 21_600;

/**
 * Bars of one interval as trades make them. A time without trades is a flat bar at the last close, as on Binance; more than
 * {@link KEPT} of them in a row are skipped.
 */
export class KlineSeries {
  readonly interval: Interval;
  readonly bars: Kline[] = [];

  constructor(interval: Interval) {
    this.interval = interval;
  }

  /** The running bar, or null before the first price. */
  get last(): Kline | null {
    return this.bars.at(-1) ?? null;
  }

  /** Adds a price without volume: a mark or index price. */
  price(timeMs: TimeMs, price: number): void {
    this.#at(timeMs, price);
  }

  trade(timeMs: TimeMs, ticks: number, lots: number, isTakerBuy: boolean, id: number): void {
    const bar = this.#at(timeMs, ticks);
    bar.lots += lots;
    bar.tickLots += ticks * lots;
    bar.trades++;
    if (bar.firstTradeId < 0) bar.firstTradeId = id;
    bar.lastTradeId = id;
    if (!isTakerBuy) return;
    bar.takerBuyLots += lots;
    bar.takerBuyTickLots += ticks * lots;
  }

  /** Appends flat bars until the running one holds `timeMs`. */
  roll(timeMs: TimeMs): void {
    const last = this.last;
    if (last === null || timeMs < last.closeMs) return;
    const spec = intervalSpec(this.interval);
    const openMs = barOpen(spec, timeMs);
    let next = last.closeMs;
    if (spec.ms > 0 && (openMs - next) / spec.ms > KEPT) next = openMs - KEPT * spec.ms;
    for (; next <= openMs; next = barClose(spec, next)) this.#push(next, last.close);
    if (this.bars.length > 2 * KEPT) this.bars.splice(0, this.bars.length - KEPT);
  }

  #at(timeMs: TimeMs, price: number): Kline {
    this.roll(timeMs);
    const bar = this.last ?? this.#push(barOpen(intervalSpec(this.interval), timeMs), price);
    if (bar.isEmpty) {
      bar.isEmpty = false;
      bar.open = price;
      bar.high = price;
      bar.low = price;
    }
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    return bar;
  }

  #push(openMs: TimeMs, price: number): Kline {
    const bar: Kline = {
      openMs,
      closeMs: barClose(intervalSpec(this.interval), openMs),
      open: price,
      high: price,
      low: price,
      close: price,
      lots: 0,
      tickLots: 0,
      trades: 0,
      takerBuyLots: 0,
      takerBuyTickLots: 0,
      firstTradeId: -1,
      lastTradeId: -1,
      isEmpty: true,
    };
    this.bars.push(bar);
    return bar;
  }
}

/** The same prices in every interval. */
export class KlineSet {
  readonly #series = new Map<Interval, KlineSeries>(INTERVALS.map((i) => [i, new KlineSeries(i)]));

  series(interval: Interval): KlineSeries {
    return this.#series.get(interval)!;
  }

  price(timeMs: TimeMs, price: number): void {
    for (const series of this.#series.values()) series.price(timeMs, price);
  }

  trade(timeMs: TimeMs, ticks: number, lots: number, isTakerBuy: boolean, id: number): void {
    for (const series of this.#series.values()) series.trade(timeMs, ticks, lots, isTakerBuy, id);
  }
}
