import { type Figure, quotient } from './metric.ts';
import { quantileOfSorted, sorted } from './statistics.ts';

/** Historical value at risk: the return that only `share` of the periods fell below (0.05 for VaR 95). Usually negative. */
export function valueAtRisk(returns: ArrayLike<number>, share = 0.05): Figure {
  return quantileOfSorted(sorted(returns), share);
}

/**
 * Conditional value at risk (expected shortfall): mean of the returns at or below the VaR, the lowest ⌊(n − 1)·share⌋ + 1 of them.
 */
export function conditionalValueAtRisk(returns: ArrayLike<number>, share = 0.05): Figure {
  if (returns.length === 0) return 'no-data';
  const ascending = sorted(returns);
  const count = Math.floor((ascending.length - 1) * share) + 1;
  let total = 0;
  for (let i = 0; i < count; i++) total += ascending[i]!;
  return total / count;
}

/** Tail ratio: |95th percentile| ÷ |5th percentile| of the returns; below 1 the losses are the larger tail. */
export function tailRatio(returns: ArrayLike<number>): Figure {
  const ascending = sorted(returns);
  const right = quantileOfSorted(ascending, 0.95);
  const left = quantileOfSorted(ascending, 0.05);
  if (typeof right !== 'number' || typeof left !== 'number') return 'no-data';
  return quotient(Math.abs(right), Math.abs(left), 'zero-tail');
}
