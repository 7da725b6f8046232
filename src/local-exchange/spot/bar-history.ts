import { barClose, barOpen, type TimeMs } from '../../core/vocabulary/time.ts';
import { type Interval, intervalSpec } from '../intervals.ts';

/** What happened between two instants. Prices in ticks; `first` and `last` are trade ids, −1 where nothing traded. */
export type TradeBar = {
  openMs: TimeMs;
  closeMs: TimeMs;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  valueQuanta: number;
  count: number;
  takerBuyLots: number;
  takerBuyQuanta: number;
  first: number;
  last: number;
};

const MINUTE_MS = 60_000;

/** Bars of one length in which something traded, oldest first. */
class BaseBars {
  readonly bars: TradeBar[] = [];
  readonly stepMs: number;
  readonly #most: number;

  constructor(stepMs: number, most: number) {
    this.stepMs = stepMs;
    this.#most = most;
  }

  add(id: number, ticks: number, lots: number, valueQuanta: number, timeMs: TimeMs, takerBuys: boolean): void {
    const openMs = Math.floor(timeMs / this.stepMs) * this.stepMs;
    let bar = this.bars.at(-1);
    if (bar === undefined || bar.openMs < openMs) {
      if (this.bars.length === this.#most) this.bars.splice(0, this.#most >>> 1);
      bar = emptyBar(openMs, openMs + this.stepMs, ticks);
      this.bars.push(bar);
    }
    if (bar.count === 0) bar.first = id;
    bar.last = id;
    bar.high = Math.max(bar.high, ticks);
    bar.low = Math.min(bar.low, ticks);
    bar.close = ticks;
    bar.lots += lots;
    bar.valueQuanta += valueQuanta;
    bar.count++;
    if (takerBuys) {
      bar.takerBuyLots += lots;
      bar.takerBuyQuanta += valueQuanta;
    }
  }

  /** Index of the first bar that opens at or after a time. */
  from(timeMs: TimeMs): number {
    let low = 0;
    let high = this.bars.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.bars[middle]!.openMs < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function emptyBar(openMs: TimeMs, closeMs: TimeMs, ticks: number): TradeBar {
  return {
    openMs,
    closeMs,
    open: ticks,
    high: ticks,
    low: ticks,
    close: ticks,
    lots: 0,
    valueQuanta: 0,
    count: 0,
    takerBuyLots: 0,
    takerBuyQuanta: 0,
    first: -1,
    last: -1,
  };
}

function merge(into: TradeBar, bar: TradeBar): void {
  if (into.count === 0) {
    into.open = bar.open;
    into.high = bar.high;
    into.low = bar.low;
    into.first = bar.first;
  }
  into.high = Math.max(into.high, bar.high);
  into.low = Math.min(into.low, bar.low);
  into.close = bar.close;
  into.last = bar.last;
  into.lots += bar.lots;
  into.valueQuanta += bar.valueQuanta;
  into.count += bar.count;
  into.takerBuyLots += bar.takerBuyLots;
  into.takerBuyQuanta += bar.takerBuyQuanta;
}

/**
 * Klines of a symbol of every interval, made from its own trades: bars of a second (100,000 of them) and of a minute (600,000) are kept, longer
 * ones are rolled up when asked for. Where nothing traded a bar repeats the last price with no volume; there are none before the first trade.
 */
export class BarHistory {
  readonly #seconds = new BaseBars(1000, 100_000);
  readonly #minutes = new BaseBars(MINUTE_MS, 600_000);

  add(id: number, ticks: number, lots: number, valueQuanta: number, timeMs: TimeMs, takerBuys: boolean): void {
    this.#seconds.add(id, ticks, lots, valueQuanta, timeMs, takerBuys);
    this.#minutes.add(id, ticks, lots, valueQuanta, timeMs, takerBuys);
  }

  /** Open time of the bar that holds an instant; days begin at midnight of the zone. */
  openOf(interval: Interval, timeMs: TimeMs, zoneMs: number): TimeMs {
    return barOpen(intervalSpec(interval), timeMs, -zoneMs);
  }

  closeOf(interval: Interval, openMs: TimeMs, zoneMs: number): TimeMs {
    return barClose(intervalSpec(interval), openMs, -zoneMs);
  }

  /**
   * Bars that open from `startMs` to `endMs`, at most `limit` of them: the oldest where a start is given, else the newest. The one that
   * holds `nowMs` is the last that there is.
   */
  bars(
    interval: Interval,
    startMs: TimeMs | null,
    endMs: TimeMs | null,
    limit: number,
    zoneMs: number,
    nowMs: TimeMs,
  ): TradeBar[] {
    const source = interval === '1s' ? this.#seconds : this.#minutes;
    const earliest = source.bars[0];
    if (earliest === undefined) return [];
    const spec = intervalSpec(interval);
    const last = this.openOf(interval, Math.min(nowMs, endMs ?? nowMs), zoneMs);
    const longest = spec.ms === 0 ? 31 * 86_400_000 : spec.ms;
    const first = this.openOf(interval, earliest.openMs, zoneMs);
    let from =
      startMs === null ? this.openOf(interval, last - limit * longest, zoneMs) : this.#ceil(interval, startMs, zoneMs);
    if (from < first) from = first;
    const bars: TradeBar[] = [];
    let row = source.from(from);
    let price = row > 0 ? source.bars[row - 1]!.close : earliest.open;
    for (let open = from; open <= last; ) {
      if (startMs !== null && bars.length === limit) break;
      const close = this.closeOf(interval, open, zoneMs);
      const bar = emptyBar(open, close, price);
      for (; row < source.bars.length && source.bars[row]!.openMs < close; row++) merge(bar, source.bars[row]!);
      price = bar.close;
      bars.push(bar);
      open = close;
    }
    return startMs === null ? bars.slice(-limit) : bars;
  }

  /** Everything that traded from the minute of `startMs` to `endMs`, as one bar; null where nothing did. */
  window(startMs: TimeMs, endMs: TimeMs): TradeBar | null {
    const source = this.#minutes;
    const open = Math.floor(startMs / MINUTE_MS) * MINUTE_MS;
    const bar = emptyBar(open, endMs, 0);
    for (let row = source.from(open); row < source.bars.length && source.bars[row]!.openMs <= endMs; row++) {
      merge(bar, source.bars[row]!);
    }
    return bar.count === 0 ? null : bar;
  }

  /** Last price before an instant's minute, or 0. */
  closeBefore(timeMs: TimeMs): number {
    const row = this.#minutes.from(Math.floor(timeMs / MINUTE_MS) * MINUTE_MS);
    return row > 0 ? this.#minutes.bars[row - 1]!.close : 0;
  }

  #ceil(interval: Interval, timeMs: TimeMs, zoneMs: number): TimeMs {
    const open = this.openOf(interval, timeMs, zoneMs);
    return open === timeMs ? open : this.closeOf(interval, open, zoneMs);
  }
}
