import type { TimeMs } from '../../core/vocabulary/time.ts';
import { type Kline, KlineSet } from './kline-series.ts';

/** One match, as everybody sees it. */
export interface PublicTrade {
  readonly id: number;
  readonly ticks: number;
  readonly lots: number;
  readonly timeMs: TimeMs;
  readonly isBuyerMaker: boolean;
}

/** Trades of one price and side within 100 ms. */
export interface AggregateTrade {
  readonly id: number;
  readonly ticks: number;
  lots: number;
  readonly firstId: number;
  lastId: number;
  /** Of the first trade. */
  readonly timeMs: TimeMs;
  readonly isBuyerMaker: boolean;
}

/** The last 24 hours, in whole minutes. Prices in ticks, volumes in lots and ticks × lots. */
export interface DayStatistics {
  readonly openMs: TimeMs;
  readonly closeMs: TimeMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly lastLots: number;
  readonly lots: number;
  readonly tickLots: number;
  readonly trades: number;
  readonly firstId: number;
  readonly lastId: number;
}

/** Milliseconds over which trades are put together. */
export const AGGREGATE_MS = 100;
const TRADES_KEPT = 20_000;
const DAY_MINUTES = 1440;

/** What has been traded in one symbol: trades, aggregate trades, bars. */
export class Tape {
  readonly trades: PublicTrade[] = [];
  readonly aggregates: AggregateTrade[] = [];
  readonly klines = new KlineSet();
  #nextTradeId = 1;
  #nextAggregateId = 1;

  get last(): PublicTrade | null {
    return this.trades.at(-1) ?? null;
  }

  add(timeMs: TimeMs, ticks: number, lots: number, isBuyerMaker: boolean): PublicTrade {
    const trade = { id: this.#nextTradeId++, ticks, lots, timeMs, isBuyerMaker };
    keep(this.trades, trade);
    const open = this.aggregates.at(-1);
    const isSame =
      open?.ticks === ticks &&
      open.isBuyerMaker === isBuyerMaker &&
      Math.floor(open.timeMs / AGGREGATE_MS) === Math.floor(timeMs / AGGREGATE_MS);
    if (open !== undefined && isSame) {
      open.lots += lots;
      open.lastId = trade.id;
    } else {
      const { id } = trade;
      keep(this.aggregates, {
        id: this.#nextAggregateId++,
        ticks,
        lots,
        firstId: id,
        lastId: id,
        timeMs,
        isBuyerMaker,
      });
    }
    this.klines.trade(timeMs, ticks, lots, !isBuyerMaker, trade.id);
    return trade;
  }

  /** An id that no public trade has: of a fill beside the book. */
  takeId(): number {
    return this.#nextTradeId++;
  }

  /** Null before the first trade. */
  day(nowMs: TimeMs): DayStatistics | null {
    const minutes = this.klines.series('1m');
    minutes.roll(nowMs);
    const bars = minutes.bars.slice(-DAY_MINUTES);
    const first = bars[0];
    const last = bars.at(-1);
    if (first === undefined || last === undefined) return null;
    let high = first.high;
    let low = first.low;
    const sum = { lots: 0, tickLots: 0, trades: 0, firstId: -1, lastId: -1 };
    for (const bar of bars) {
      high = Math.max(high, bar.high);
      low = Math.min(low, bar.low);
      addTo(sum, bar);
    }
    return {
      ...sum,
      openMs: first.openMs,
      closeMs: nowMs,
      open: first.open,
      high,
      low,
      close: last.close,
      lastLots: this.last?.lots ?? 0,
    };
  }
}

function addTo(
  sum: { lots: number; tickLots: number; trades: number; firstId: number; lastId: number },
  bar: Kline,
): void {
  sum.lots += bar.lots;
  sum.tickLots += bar.tickLots;
  sum.trades += bar.trades;
  if (bar.trades === 0) return;
  if (sum.firstId < 0) sum.firstId = bar.firstTradeId;
  sum.lastId = bar.lastTradeId;
}

function keep<T>(rows: T[], row: T): void {
  rows.push(row);
  if (rows.length > 2 * TRADES_KEPT) rows.splice(0, rows.length - TRADES_KEPT);
}
