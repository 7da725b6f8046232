/** Sums of a few decimal prices that are equal differ by no more of themselves in float64; steps of prices are far larger. */
export const ROUNDING = 1e-12;

/**
 * Whether a sum of prices rose (1), fell (−1) or stayed (0). Without room for rounding, 59.57 + 59.24 + 59.29 would be less than
 * 59.52 + 59.13 + 59.45, and a bar that did not move a fall with all its volume.
 */
export function priceDirection(sum: number, before: number): 1 | -1 | 0 {
  const change = sum - before;
  if (Math.abs(change) <= ROUNDING * Math.abs(before)) return 0;
  return change > 0 ? 1 : -1;
}
