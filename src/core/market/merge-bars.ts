import { allocateBars, BAR_FIELDS, type BarColumns } from '../vocabulary/market-data.ts';
import { sameBar } from './tidy-bars.ts';

export type ConflictPolicy = 'replace' | 'keep' | 'refuse';

type Values = readonly [open: number, high: number, low: number, close: number, volume: number];

export interface MergedBars {
  /** The union by open time; the stored bars themselves where nothing changed. */
  readonly bars: BarColumns;
  readonly inserted: number;
  readonly unchanged: number;
  readonly conflicts: number;
  readonly conflictExamples: readonly { readonly timeMs: number; readonly stored: Values; readonly incoming: Values }[];
}

const EXAMPLES = 10;

function values(bars: BarColumns, i: number): Values {
  return [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, bars.volume[i]!];
}

function copyRun(from: BarColumns, start: number, end: number, to: BarColumns, at: number): void {
  for (const field of BAR_FIELDS) to[field].set(from[field].subarray(start, end), at);
}

/** Merges two sets whose times strictly rise. Where both have a time, equal bars count as unchanged, others by `policy`. */
export function mergeBars(stored: BarColumns, incoming: BarColumns, policy: ConflictPolicy): MergedBars {
  const a = stored.openTimeMs;
  const b = incoming.openTimeMs;
  const out = allocateBars(a.length + b.length);
  const conflictExamples: { timeMs: number; stored: Values; incoming: Values }[] = [];
  let i = 0;
  let j = 0;
  let n = 0;
  let unchanged = 0;
  let conflicts = 0;
  while (i < a.length && j < b.length) {
    const from = i;
    while (i < a.length && a[i]! < b[j]!) i++;
    if (i > from) {
      copyRun(stored, from, i, out, n);
      n += i - from;
      continue;
    }
    const start = j;
    while (j < b.length && b[j]! < a[i]!) j++;
    if (j > start) {
      copyRun(incoming, start, j, out, n);
      n += j - start;
      continue;
    }
    const same = i;
    while (i < a.length && j < b.length && sameBar(stored, i, incoming, j)) {
      i++;
      j++;
    }
    if (i > same) {
      copyRun(stored, same, i, out, n);
      n += i - same;
      unchanged += i - same;
      continue;
    }
    conflicts++;
    if (conflictExamples.length < EXAMPLES) {
      conflictExamples.push({ timeMs: a[i]!, stored: values(stored, i), incoming: values(incoming, j) });
    }
    if (policy === 'replace') copyRun(incoming, j, j + 1, out, n);
    else copyRun(stored, i, i + 1, out, n);
    n++;
    i++;
    j++;
  }
  copyRun(stored, i, a.length, out, n);
  n += a.length - i;
  copyRun(incoming, j, b.length, out, n);
  n += b.length - j;
  const inserted = b.length - unchanged - conflicts;
  const changed = inserted > 0 || (conflicts > 0 && policy === 'replace');
  const bars = changed ? cut(out, n) : stored;
  return { bars, inserted, unchanged, conflicts, conflictExamples };
}

function cut(bars: BarColumns, count: number): BarColumns {
  if (bars.openTimeMs.length === count) return bars;
  const out = allocateBars(count);
  copyRun(bars, 0, count, out, 0);
  return out;
}
