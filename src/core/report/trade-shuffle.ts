import { Random } from '../vocabulary/random.ts';
import type { Reason } from './metric.ts';
import { quantileOfSorted } from './statistics.ts';

export interface ShuffleOptions {
  readonly initialEquity: number;
  readonly seed: number;
  readonly runs?: number;
  /** `'shuffle'`: the same trades in another order. `'resample'`: drawn with replacement, so that the end differs too. */
  readonly method?: 'shuffle' | 'resample';
  readonly quantiles?: readonly number[];
}

export interface ShuffleResult {
  readonly quantiles: readonly number[];
  /** Per quantile, equity after 0 … n trades. */
  readonly fan: readonly Float64Array[];
  /** Per quantile, the maximum drawdown (≤ 0; the lowest quantile is the deepest). */
  readonly maxDrawdown: readonly number[];
  readonly finalEquity: readonly number[];
  /** Share of runs whose maximum drawdown was deeper than the original's: near ½ is ordinary luck of order. */
  readonly originalDrawdownRank: number;
  /** Share of runs that ended at or below zero, or touched it. */
  readonly ruin: number;
  readonly runs: number;
}

/** Monte Carlo over the order (or the choice) of trades, given their net profits in time order. Same seed, same result. */
export function shuffleTrades(profits: ArrayLike<number>, options: ShuffleOptions): ShuffleResult | Reason {
  const n = profits.length;
  if (n < 2) return 'too-short';
  const { initialEquity, runs = 1000, method = 'shuffle', quantiles = [0.05, 0.25, 0.5, 0.75, 0.95] } = options;
  const random = new Random(options.seed);
  const order = Float64Array.from(profits);
  const paths = Array.from({ length: n + 1 }, () => new Float64Array(runs));
  const deepest = new Float64Array(runs);
  const original = pathDrawdown(profits, initialEquity);
  let deeper = 0;
  let ruined = 0;
  for (let run = 0; run < runs; run++) {
    if (method === 'shuffle') fisherYates(order, random);
    else for (let i = 0; i < n; i++) order[i] = profits[random.integer(n)]!;
    let equity = initialEquity;
    let lowest = equity;
    paths[0]![run] = equity;
    for (let i = 0; i < n; i++) {
      equity += order[i]!;
      if (equity < lowest) lowest = equity;
      paths[i + 1]![run] = equity;
    }
    deepest[run] = pathDrawdown(order, initialEquity);
    if (deepest[run]! < original) deeper++;
    if (lowest <= 0) ruined++;
  }
  const at = (values: Float64Array): number[] => {
    values.sort();
    return quantiles.map((q) => Number(quantileOfSorted(values, q)));
  };
  const byTrade = paths.map(at);
  return {
    quantiles,
    fan: quantiles.map((_, q) => Float64Array.from(byTrade, (row) => row[q]!)),
    maxDrawdown: at(deepest),
    finalEquity: byTrade[n]!,
    originalDrawdownRank: deeper / runs,
    ruin: ruined / runs,
    runs,
  };
}

/** In-place uniform permutation (Fisher & Yates, Durstenfeld's form). */
function fisherYates(values: Float64Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = values[i]!;
    values[i] = values[j]!;
    values[j] = held;
  }
}

function pathDrawdown(profits: ArrayLike<number>, initialEquity: number): number {
  let equity = initialEquity;
  let peak = equity;
  let deepest = 0;
  for (let i = 0; i < profits.length; i++) {
    equity += profits[i]!;
    if (equity > peak) peak = equity;
    else if (peak > 0 && equity / peak - 1 < deepest) deepest = equity / peak - 1;
  }
  return deepest;
}
