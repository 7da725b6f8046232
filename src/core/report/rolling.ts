import type { PairedReturns } from './benchmark.ts';
import type { Figure } from './metric.ts';

/** A statistic over every window of `window` returns: element i covers returns [i, i + window). Empty where the column is shorter. */
export function rolling(returns: Float64Array, window: number, statistic: (part: Float64Array) => Figure): Figure[] {
  const out: Figure[] = [];
  for (let end = window; end <= returns.length; end++) out.push(statistic(returns.subarray(end - window, end)));
  return out;
}

/** {@link rolling} over two columns together. */
export function rollingPair<T>(pair: PairedReturns, window: number, statistic: (part: PairedReturns) => T): T[] {
  const out: T[] = [];
  for (let end = window; end <= pair.returns.length; end++) {
    out.push(
      statistic({
        returns: pair.returns.subarray(end - window, end),
        factor: pair.factor.subarray(end - window, end),
      }),
    );
  }
  return out;
}
