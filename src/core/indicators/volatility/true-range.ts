import { defineIndicator, type Kernel } from '../indicator.ts';
import { choice } from './choice.ts';

/** Distance the price covered since the previous close: max(high, previous close) − min(low, previous close), without branches. */
export function trueRange(high: number, low: number, previousClose: number): number {
  return 0.5 * (high - low + Math.abs(high - previousClose) + Math.abs(low - previousClose));
}

export const FIRST_RANGE_ABOUT =
  'what the first bar, which has no previous close, counts as: 0 nothing (one bar more of warm-up), 1 its high − low';

/** True range bar by bar. */
export class TrueRange implements Kernel {
  readonly #first: boolean;
  readonly #previousClose = new Float64Array(1).fill(Number.NaN);

  constructor(firstRange: number) {
    this.#first = firstRange === 1;
  }

  next(high: number, low: number, close: number): number {
    const previous = this.#previousClose[0]!;
    this.#previousClose[0] = close;
    if (Number.isNaN(previous)) return this.#first ? high - low : Number.NaN;
    return trueRange(high, low, previous);
  }
}

/**
 * True range. TA-Lib and Skender give nothing for the first bar (the default here); StockCharts, Tulip and Wilder's tables
 * take its high − low.
 */
export const tr = defineIndicator({
  name: 'tr',
  title: 'True range',
  group: 'volatility',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: { firstRange: choice(0, 1, FIRST_RANGE_ABOUT) },
  unit: 'price',
  formula: 'max(high, previous close) − min(low, previous close)',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978; first bar as TA-Lib TRANGE',
  warmup: (p) => 1 - p.firstRange,
  settle: () => 1,
  create: (p) => new TrueRange(p.firstRange),
});
