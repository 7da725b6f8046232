import { maxDrawdownOfReturns, ulcerIndex } from './drawdown.ts';
import { power } from './growth.ts';
import { type Figure, mapFigure, quotient, settle } from './metric.ts';
import { annualReturn } from './returns.ts';
import { covariance, mean, standardDeviation } from './statistics.ts';

/** Annualised volatility: sample standard deviation (ddof 1) × √periods per year. */
export function volatility(returns: ArrayLike<number>, periodsPerYear: number): Figure {
  return mapFigure(standardDeviation(returns), (deviation) => deviation * Math.sqrt(periodsPerYear));
}

/** Returns less a rate per period. */
export function excessOver(returns: ArrayLike<number>, ratePerPeriod: number): ArrayLike<number> {
  return ratePerPeriod === 0 ? returns : Float64Array.from(returns, (r) => r - ratePerPeriod);
}

/**
 * Sharpe ratio (μ − r_f)/σ·√N with the sample deviation, 1994 revision (Sharpe, "The Sharpe Ratio", JPM 1994).
 * `riskFree` is a rate per period. `'zero-variance'` where the returns do not vary; `periodsPerYear` 1 gives the per-period ratio.
 */
export function sharpe(returns: ArrayLike<number>, periodsPerYear: number, riskFree = 0): Figure {
  if (returns.length < 2) return 'too-short';
  const excess = excessOver(returns, riskFree);
  return quotient(
    mapFigure(mean(excess), (m) => m * Math.sqrt(periodsPerYear)),
    standardDeviation(excess),
    'zero-variance',
  );
}

/** Downside deviation √(Σ min(r − target, 0)² / n)·√N over all n periods (Sortino & van der Meer 1991). */
export function downsideDeviation(returns: ArrayLike<number>, periodsPerYear: number, target = 0): Figure {
  if (returns.length === 0) return 'no-data';
  let squares = 0;
  for (let i = 0; i < returns.length; i++) {
    const below = returns[i]! - target;
    if (below < 0) squares += below * below;
  }
  return Math.sqrt(squares / returns.length) * Math.sqrt(periodsPerYear);
}

/** Sortino ratio (μ − target)·N ÷ downside deviation. `'no-losses'` where no return lies below the target. */
export function sortino(returns: ArrayLike<number>, periodsPerYear: number, target = 0): Figure {
  if (returns.length < 2) return 'too-short';
  return quotient(
    mapFigure(mean(returns), (m) => (m - target) * periodsPerYear),
    downsideDeviation(returns, periodsPerYear, target),
    'no-losses',
  );
}

/** Calmar ratio of a return column: annual return ÷ |maximum drawdown| over the whole column (also called MAR). */
export function calmar(returns: ArrayLike<number>, periodsPerYear: number): Figure {
  return returnOverDrawdown(annualReturn(returns, periodsPerYear), maxDrawdownOfReturns(returns));
}

/** A growth rate ÷ |drawdown|; `'no-drawdown'` where it never fell. */
export function returnOverDrawdown(growth: Figure, drawdown: Figure): Figure {
  return quotient(growth, mapFigure(drawdown, Math.abs), 'no-drawdown');
}

/** Martin ratio (Ulcer performance index): (growth − risk-free) ÷ Ulcer index, both per year. */
export function martin(growth: Figure, riskFreeAnnual: number, drawdownSeries: ArrayLike<number>): Figure {
  return quotient(
    mapFigure(growth, (g) => g - riskFreeAnnual),
    ulcerIndex(drawdownSeries),
    'no-drawdown',
  );
}

/** Omega: Σ gains above the threshold ÷ Σ shortfalls below it (Keating & Shadwick 2002). `threshold` per period. */
export function omega(returns: ArrayLike<number>, threshold = 0): Figure {
  if (returns.length < 2) return 'too-short';
  let gains = 0;
  let shortfalls = 0;
  for (let i = 0; i < returns.length; i++) {
    const over = returns[i]! - threshold;
    if (over > 0) gains += over;
    else shortfalls -= over;
  }
  return quotient(gains, shortfalls, 'no-losses');
}

/** The threshold per period of a required annual return, for {@link omega}; `'out-of-range'` at −100 % and below. */
export function thresholdOfAnnual(requiredAnnual: number, periodsPerYear: number): Figure {
  if (periodsPerYear === 1) return requiredAnnual;
  if (requiredAnnual <= -1) return 'out-of-range';
  return mapFigure(power(1 + requiredAnnual, 1 / periodsPerYear), (growth) => growth - 1);
}

/** Gain to pain: Σ returns ÷ |Σ negative returns| (Schwager). */
export function gainToPain(returns: ArrayLike<number>): Figure {
  if (returns.length === 0) return 'no-data';
  let total = 0;
  let pain = 0;
  for (let i = 0; i < returns.length; i++) {
    total += returns[i]!;
    if (returns[i]! < 0) pain -= returns[i]!;
  }
  return quotient(total, pain, 'no-losses');
}

/** R² of a straight line through the cumulative log returns: 1 is perfectly steady growth. `'ruined'` where a return is ≤ −100 %. */
export function stability(returns: ArrayLike<number>): Figure {
  const n = returns.length;
  if (n < 2) return 'too-short';
  const path = new Float64Array(n);
  let level = 0;
  for (let i = 0; i < n; i++) {
    if (returns[i]! <= -1) return 'ruined';
    level += Math.log1p(returns[i]!);
    path[i] = level;
  }
  const { xy, xx, yy } = covariance(
    path.map((_, i) => i),
    path,
  );
  return yy === 0 ? 'zero-variance' : settle((xy * xy) / (xx * yy));
}
