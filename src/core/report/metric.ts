/** Why a figure has no value. A figure without a value says so; it is never NaN, infinite or a stand-in number. */
export type Reason =
  | 'too-short'
  | 'no-data'
  | 'no-trades'
  | 'no-wins'
  | 'no-losses'
  | 'no-profit'
  | 'no-drawdown'
  | 'no-benchmark'
  | 'no-initial-stop'
  | 'zero-variance'
  | 'zero-tail'
  | 'ruined'
  | 'not-measured'
  | 'no-convergence'
  | 'out-of-range';

/** A number, or the reason why there is none. What every statistic of this folder returns. */
export type Figure = number | Reason;

/** `money` is in the account's currency; `ratio` is a plain quotient; `percent` holds a fraction (0.12 is 12 %). */
export type MetricUnit = 'ratio' | 'percent' | 'money' | 'count' | 'days' | 'ms' | 'bps' | 'time' | 'probability' | 'R';

/** One line of a report. `value` is null exactly where `reason` says why; `label` carries the convention. */
export interface Metric {
  readonly name: string;
  readonly label: string;
  readonly value: number | null;
  readonly unit: MetricUnit;
  /** How it is computed where usage differs: calendar, risk-free rate, sample or population. */
  readonly convention?: string;
  /** How many observations stand behind it. */
  readonly n?: number;
  readonly reason?: Reason;
}

/** Builds a {@link Metric}: label `Sharpe (365 d, rf 0 %)` from title `Sharpe` and convention `365 d, rf 0 %`. */
export function metric(
  name: string,
  title: string,
  unit: MetricUnit,
  figure: Figure,
  extra: { readonly convention?: string | undefined; readonly n?: number | undefined } = {},
): Metric {
  const defined = settle(figure);
  return {
    name,
    label: extra.convention === undefined ? title : `${title} (${extra.convention})`,
    value: typeof defined === 'number' ? defined : null,
    unit,
    ...(extra.convention === undefined ? {} : { convention: extra.convention }),
    ...(extra.n === undefined ? {} : { n: extra.n }),
    ...(typeof defined === 'number' ? {} : { reason: defined }),
  };
}

/** A finite figure as it is; one that left the range of doubles becomes `'out-of-range'`. */
export function settle(figure: Figure): Figure {
  return typeof figure !== 'number' || Number.isFinite(figure) ? figure : 'out-of-range';
}

/** Applies `f` to the figure's number, or passes its reason on. */
export function mapFigure(figure: Figure, f: (value: number) => Figure): Figure {
  return typeof figure === 'number' ? settle(f(figure)) : figure;
}

/** `a / b`, with `whenZero` where `b` is 0. The first reason wins where one of them has no value. */
export function quotient(a: Figure, b: Figure, whenZero: Reason): Figure {
  if (typeof a !== 'number') return a;
  if (typeof b !== 'number') return b;
  return b === 0 ? whenZero : settle(a / b);
}
