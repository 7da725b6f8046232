import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type BarColumns, barsFromRows } from '../../core/vocabulary/market-data.ts';
import { CHUNK_ROWS, planChunks } from './chunk-plan.ts';

const bars = (times: readonly number[], close = 1): BarColumns =>
  barsFromRows(times.map((t) => [t, 1, 2, 0, close, 1]));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

/** What is stored after a plan was carried out: closes by time, and rows by chunk. */
function carriedOut(chunkRows: readonly number[], before: BarColumns, after: BarColumns) {
  const { remove, write } = planChunks(chunkRows, before, after);
  const chunks = new Map<number, readonly (readonly [number, number])[]>();
  let row = 0;
  for (const rows of chunkRows) {
    chunks.set(
      before.openTimeMs[row]!,
      upTo(rows).map((k) => [before.openTimeMs[row + k]!, before.close[row + k]!] as const),
    );
    row += rows;
  }
  for (const first of remove) assert.ok(chunks.delete(first), `removes a chunk that is there: ${first}`);
  for (const { from, to } of write) {
    assert.ok(to > from && to - from <= CHUNK_ROWS);
    assert.ok(!chunks.has(after.openTimeMs[from]!), 'writes where nothing is');
    chunks.set(
      after.openTimeMs[from]!,
      upTo(to - from).map((k) => [after.openTimeMs[from + k]!, after.close[from + k]!] as const),
    );
  }
  const ordered = [...chunks].sort(([a], [b]) => a - b).map(([, rows]) => rows);
  return { bars: ordered.flat(), rows: ordered.map((each) => each.length), write };
}

describe('chunk plan', () => {
  test('nothing stored -> full chunks and a rest', () => {
    const plan = planChunks([], bars([]), bars(upTo(CHUNK_ROWS * 2 + 5)));
    assert.deepEqual(
      plan.write.map(({ from, to }) => to - from),
      [CHUNK_ROWS, CHUNK_ROWS, 5],
    );
    assert.deepEqual(plan.remove, []);
  });

  test('one bar behind a chunk with room -> that chunk alone is written anew', () => {
    const before = bars(upTo(CHUNK_ROWS + 5));
    const plan = planChunks([CHUNK_ROWS, 5], before, bars(upTo(CHUNK_ROWS + 6)));
    assert.deepEqual(plan, { remove: [CHUNK_ROWS], write: [{ from: CHUNK_ROWS, to: CHUNK_ROWS + 6 }] });
  });

  test('one bar changed -> its chunk alone is written anew', () => {
    const before = bars(upTo(CHUNK_ROWS * 3));
    const after = bars(upTo(CHUNK_ROWS * 3));
    after.close[CHUNK_ROWS + 1] = 7;
    const plan = planChunks([CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS], before, after);
    assert.deepEqual(plan, { remove: [CHUNK_ROWS], write: [{ from: CHUNK_ROWS, to: 2 * CHUNK_ROWS }] });
  });

  test('any chunks, any bars added and changed -> exactly the new bars, once and in order', () => {
    const times = fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { maxLength: 120 });
    fc.assert(
      fc.property(times, times, fc.array(fc.integer({ min: 1, max: 30 })), (old, more, sizes) => {
        const before = bars(old.toSorted((a, b) => a - b));
        const chunkRows: number[] = [];
        let left = old.length;
        for (let k = 0; left > 0; k++) {
          chunkRows.push(Math.min(left, sizes[k] ?? 10));
          left -= chunkRows.at(-1)!;
        }
        const closes = new Map([...old.map((t) => [t, 1] as const), ...more.map((t) => [t, 2] as const)]);
        const union = [...closes].sort(([a], [b]) => a - b);
        const after = barsFromRows(union.map(([t, close]) => [t, 1, 2, 0, close, 1]));
        assert.deepEqual(carriedOut(chunkRows, before, after).bars, union);
      }),
    );
  });

  test('bars inserted again and again in the middle -> chunks stay few', () => {
    let stored = upTo(CHUNK_ROWS * 2).map((k) => k * 1_000);
    let rows: readonly number[] = [CHUNK_ROWS, CHUNK_ROWS];
    for (let k = 1; k <= 200; k++) {
      const next = [...stored, 4_000_000 + k].sort((a, b) => a - b);
      rows = carriedOut(rows, bars(stored), bars(next)).rows;
      stored = next;
    }
    assert.ok(rows.length <= 4, String(rows));
  });
});
