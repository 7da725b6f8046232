import { defineIndicator, factor, type Kernel } from '../indicator.ts';

class DojiByChange implements Kernel {
  readonly #share: number;

  constructor(percent: number) {
    this.#share = percent / 100;
  }

  next(open: number, close: number): number {
    return Math.abs(close - open) <= this.#share * open ? 1 : 0;
  }
}

/**
 * Doji judged by the candle alone: the close is within a percentage of the open. Neutral, so 1 rather than ±100; the doji that
 * is judged against earlier candles is `cdl-doji`.
 */
export const dojiByChange = defineIndicator({
  name: 'doji-by-change',
  title: 'Doji by change of price',
  group: 'pattern',
  inputs: ['open', 'close'],
  outputs: ['value'],
  params: { percent: factor(0.1, 0, 100, 'largest change from open to close, in percent of the open') },
  unit: 'flag',
  formula: '1 where |close − open| ≤ percent/100 · open, else 0',
  source: 'Skender.Stock.Indicators, Doji',
  warmup: () => 0,
  create: (p) => new DojiByChange(p.percent),
});

class MarubozuByBody implements Kernel {
  readonly #share: number;

  constructor(percent: number) {
    this.#share = percent / 100;
  }

  next(open: number, high: number, low: number, close: number): number {
    const range = high - low;
    // A candle without any range has no body either.
    if (!(range > 0 && Math.abs(close - open) / range >= this.#share)) return 0;
    return close > open ? 100 : close < open ? -100 : 0;
  }
}

/** Marubozu judged by the candle alone: the body is most of the range. */
export const marubozuByBody = defineIndicator({
  name: 'marubozu-by-body',
  title: 'Marubozu by share of the body',
  group: 'pattern',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params: { percent: factor(95, 0, 100, 'smallest body, in percent of the high–low range') },
  unit: 'flag',
  formula: '±100 where |close − open| / (high − low) ≥ percent/100, sign by colour, else 0',
  source: 'Skender.Stock.Indicators, Marubozu',
  warmup: () => 0,
  create: (p) => new MarubozuByBody(p.percent),
});
