/**
 * Indices that keep a line's shape with at most about `count` points: of every bucket the lowest and the highest value, and both
 * ends. All indices where there are few enough.
 */
export function thin(values: readonly number[], count: number): number[] {
  const n = values.length;
  if (n <= count) return Array.from({ length: n }, (_, i) => i);
  const buckets = Math.max(1, Math.floor((count - 2) / 2));
  const keep = new Set<number>([0, n - 1]);
  for (let b = 0; b < buckets; b++) {
    const from = Math.floor((b * n) / buckets);
    const to = Math.floor(((b + 1) * n) / buckets);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (values[i]! < values[low]!) low = i;
      if (values[i]! > values[high]!) high = i;
    }
    keep.add(low).add(high);
  }
  return [...keep].sort((a, b) => a - b);
}

/** The values at `indices`. */
export function pick<T>(values: readonly T[], indices: readonly number[]): T[] {
  return indices.map((i) => values[i]!);
}
