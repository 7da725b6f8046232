/** Milliseconds that `work` takes. */
export function timeMs(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Best of `repetitions` after `warmUps` runs that do not count, in milliseconds. */
export function bestMs(work: () => void, repetitions: number, warmUps = 2): number {
  return bestOfEachMs([work], repetitions, warmUps)[0]!;
}

/**
 * Best time of each piece of work, in milliseconds. They take turns, so that a noisy minute of the machine hits all alike and their
 * ratio stands.
 */
export function bestOfEachMs(works: readonly (() => void)[], repetitions: number, warmUps = 2): number[] {
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let k = 0; k < warmUps + repetitions; k++)
    for (const [i, work] of works.entries()) {
      const elapsed = timeMs(work);
      if (k >= warmUps) best[i] = Math.min(best[i]!, elapsed);
    }
  return best;
}

/** Nanoseconds per item of a time for `items` of them. */
export function nsEach(milliseconds: number, items: number): number {
  return (milliseconds * 1e6) / items;
}

/** A quantile of numbers in rising order: the value that so great a part of them does not exceed. */
export function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
