import { allocateBars, BAR_FIELDS, type BarColumns } from '../vocabulary/market-data.ts';
import { formatTime } from '../vocabulary/time.ts';
import { type DataFinding, FINDING_SEVERITY } from './finding.ts';

export interface TidyBars {
  readonly bars: BarColumns;
  /** For each bar its row in the set as given; null where nothing moved. */
  readonly rows: Int32Array | null;
  readonly findings: readonly DataFinding[];
  /** Rows left out because the bar before them says exactly the same. */
  readonly merged: number;
}

/** True where row `a` of `x` and row `b` of `y` hold the same six numbers. */
export function sameBar(x: BarColumns, a: number, y: BarColumns, b: number): boolean {
  return (
    x.openTimeMs[a] === y.openTimeMs[b] &&
    x.open[a] === y.open[b] &&
    x.high[a] === y.high[b] &&
    x.low[a] === y.low[b] &&
    x.close[a] === y.close[b] &&
    x.volume[a] === y.volume[b]
  );
}

function isSorted(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if (times[i]! < times[i - 1]!) return false;
  return true;
}

function finding(code: 'bar-duplicate' | 'bars-sorted', row: number, timeMs: number, text: string[]): DataFinding {
  const [found = '', expected = '', hint = ''] = text;
  return { code, severity: FINDING_SEVERITY[code], row, timeMs, found, expected, hint };
}

/**
 * Makes a set ready for the guard: with `sort`, rows are put in time order (stably; said in a `bars-sorted` finding); rows that
 * repeat their predecessor exactly are merged, each with a `bar-duplicate` finding. Nothing else is changed or left out.
 */
export function tidyBars(bars: BarColumns, options: { readonly sort?: boolean } = {}): TidyBars {
  const count = bars.openTimeMs.length;
  const findings: DataFinding[] = [];
  let order: Int32Array | null = null;
  if (options.sort && !isSorted(bars.openTimeMs)) {
    const times = bars.openTimeMs;
    order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
    const first = order.findIndex((row, i) => row !== i);
    findings.push(
      finding('bars-sorted', order[first]!, times[order[first]!]!, [
        'rows out of time order',
        'rows oldest first',
        'They were sorted, as asked.',
      ]),
    );
  }
  const rows = new Int32Array(count);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = order === null ? i : order[i]!;
    if (kept > 0 && sameBar(bars, row, bars, rows[kept - 1]!)) {
      const timeMs = bars.openTimeMs[row]!;
      const found = `the bar of row ${rows[kept - 1]! + 1} again`;
      findings.push(
        finding('bar-duplicate', row, timeMs, [
          Number.isFinite(timeMs) ? `${found} (${formatTime(timeMs)})` : found,
          'one bar for each time',
          'The two agree exactly and were merged.',
        ]),
      );
    } else rows[kept++] = row;
  }
  const merged = count - kept;
  if (order === null && merged === 0) return { bars, rows: null, findings, merged };
  const tidy = allocateBars(kept);
  for (const field of BAR_FIELDS) {
    const from = bars[field];
    const to = tidy[field];
    for (let i = 0; i < kept; i++) to[i] = from[rows[i]!]!;
  }
  return { bars: tidy, rows: rows.subarray(0, kept), findings, merged };
}
