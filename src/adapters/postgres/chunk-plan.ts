import { rowsWithin } from '../../core/market/bar-series.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';

/** Most bars in one row of the database: 196 kB, small enough to be rewritten for one bar and large enough to be read fast. */
export const CHUNK_ROWS = 4_096;

/** Rows [from, to) of the new bars. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export interface ChunkPlan {
  /** Chunks to delete, by the time of their first bar. */
  readonly remove: readonly TimeMs[];
  /** Chunks to write; together with those that stay they hold every new bar once. */
  readonly write: readonly RowRange[];
}

/**
 * What to rewrite so that chunks over `before` become chunks over `after`: chunks whose bars are the same stay. `chunkRows` says how many
 * rows of `before` each stored chunk holds, in order. A chunk that is not full is filled up when new bars follow it.
 */
export function planChunks(chunkRows: readonly number[], before: BarColumns, after: BarColumns): ChunkPlan {
  const remove: TimeMs[] = [];
  const write: RowRange[] = [];
  const total = after.openTimeMs.length;
  /** Rows of `after` before this one are in chunks that stay or are written. */
  let done = 0;
  let kept = null as { readonly from: number; readonly rows: number; readonly firstMs: TimeMs } | null;
  const writeUpTo = (end: number): void => {
    if (end === done) return;
    let from = done;
    if (kept !== null && kept.rows < CHUNK_ROWS) {
      from = kept.from;
      remove.push(kept.firstMs);
    }
    write.push(...split(from, end, end === total));
    done = end;
    kept = null;
  };
  let row = 0;
  for (const rows of chunkRows) {
    const firstMs = before.openTimeMs[row]!;
    const [from, to] = rowsWithin(after.openTimeMs, firstMs, nextAfter(before.openTimeMs[row + rows - 1]!));
    if (to - from === rows && isSame(before, row, after, from, rows)) {
      writeUpTo(from);
      kept = { from, rows, firstMs };
      done = to;
    } else remove.push(firstMs);
    row += rows;
  }
  writeUpTo(total);
  return { remove, write };
}

/** Full chunks where more will follow them, else even ones. */
function split(from: number, to: number, isEnd: boolean): RowRange[] {
  const count = Math.ceil((to - from) / CHUNK_ROWS);
  const size = isEnd ? CHUNK_ROWS : Math.ceil((to - from) / count);
  return Array.from({ length: count }, (_, k) => ({ from: from + k * size, to: Math.min(to, from + (k + 1) * size) }));
}

function nextAfter(timeMs: TimeMs): TimeMs {
  return timeMs + Math.max(2 ** -10, Math.abs(timeMs) * Number.EPSILON);
}

function isSame(a: BarColumns, aFrom: number, b: BarColumns, bFrom: number, rows: number): boolean {
  for (const field of BAR_FIELDS) {
    const left = a[field];
    const right = b[field];
    for (let i = 0; i < rows; i++) if (!Object.is(left[aFrom + i], right[bFrom + i])) return false;
  }
  return true;
}
