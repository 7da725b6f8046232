import { defineIndicator, factor, type Kernel, type ParameterRange } from '../indicator.ts';
import { Candles } from './candles.ts';

/** A rule on the last candles: +100 bullish, −100 bearish, 0 absent; ±80 where TA-Lib grades a weaker form so. */
type Rule = (k: Candles, penetration: number) => number;

/** One row of the table of patterns. */
export interface PatternRow {
  readonly name: string;
  readonly title: string;
  /** TA-Lib's function. */
  readonly talib: string;
  /** Index of the first value: candles before the judged one plus candles of the averages; TA-Lib's lookback. */
  readonly warmup: number;
  readonly formula: string;
  /** Default share of the first body that the last one must enter, where the pattern has that option. */
  readonly penetration?: number;
  readonly rule: Rule;
}

class PatternKernel implements Kernel {
  readonly #candles = new Candles();
  readonly #rule: Rule;
  readonly #penetration: number;
  #missing: number;

  constructor(row: PatternRow, penetration: number) {
    this.#rule = row.rule;
    this.#penetration = penetration;
    this.#missing = row.warmup;
  }

  next(open: number, high: number, low: number, close: number): number {
    this.#candles.push(open, high, low, close);
    if (this.#missing > 0) {
      this.#missing--;
      return Number.NaN;
    }
    return this.#rule(this.#candles, this.#penetration);
  }
}

/** The indicator of one row. */
export function pattern(row: PatternRow) {
  const params: { readonly penetration?: ParameterRange } =
    row.penetration === undefined
      ? {}
      : { penetration: factor(row.penetration, 0, 10, 'share of the first body that the last candle must enter') };
  return defineIndicator({
    name: row.name,
    title: row.title,
    group: 'pattern',
    inputs: ['open', 'high', 'low', 'close'],
    outputs: ['value'],
    params: params as Readonly<Record<string, ParameterRange>>,
    unit: 'flag',
    formula: row.formula,
    source: `TA-Lib ${row.talib}`,
    warmup: () => row.warmup,
    create: (p) => new PatternKernel(row, p['penetration'] ?? 0),
  });
}
