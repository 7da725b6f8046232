import type { Report } from '../report/report.ts';
import { Hash128 } from '../vocabulary/hash.ts';
import { BAR_FIELDS, type BarColumns } from '../vocabulary/market-data.ts';
import { barClose, formatTime, timeframe } from '../vocabulary/time.ts';
import type { BacktestFeed } from './backtest.ts';

/** Where a feed's bars came from and what is known of their quality. */
export interface DataOrigin {
  readonly source: string;
  readonly synthetic: boolean;
  readonly gaps: number;
  readonly missingBars: number;
  readonly regimes?: readonly { readonly label: string; readonly fromMs: number; readonly toMs: number }[];
}

/** Most bars of the price chart: more cannot be told apart on a page. */
const PRICE_BARS = 2000;

/** Hash of bars, times included: names the data in reports and counts tries. */
export function hashBars(bars: BarColumns): string {
  const hash = new Hash128();
  for (const field of BAR_FIELDS) hash.column(bars[field]);
  return hash.digest();
}

export function dataSection(feed: BacktestFeed, origin: DataOrigin): Report['data'][number] {
  const { bars } = feed;
  const count = bars.close.length;
  return {
    instrument: feed.instrument.id,
    timeframe: feed.timeframe,
    source: origin.source,
    synthetic: origin.synthetic,
    hash: hashBars(bars),
    bars: count,
    from: count > 0 ? formatTime(bars.openTimeMs[0]!) : '',
    to: count > 0 ? formatTime(barClose(timeframe(feed.timeframe), bars.openTimeMs[count - 1]!)) : '',
    gaps: origin.gaps,
    missingBars: origin.missingBars,
  };
}

/** The price chart's bars: groups of equal size, so that their highs and lows are real ones. */
export function priceSection(feed: BacktestFeed): Report['price'] {
  const { bars } = feed;
  const count = bars.close.length;
  const size = Math.max(1, Math.ceil(count / PRICE_BARS));
  const price: Report['price'] = {
    instrument: feed.instrument.id,
    timeframe: feed.timeframe,
    timeMs: [],
    open: [],
    high: [],
    low: [],
    close: [],
  };
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    let high = Number.NEGATIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) {
      if (bars.high[i]! > high) high = bars.high[i]!;
      if (bars.low[i]! < low) low = bars.low[i]!;
    }
    price.timeMs.push(bars.openTimeMs[from]!);
    price.open.push(bars.open[from]!);
    price.high.push(high);
    price.low.push(low);
    price.close.push(bars.close[to - 1]!);
  }
  return price;
}
