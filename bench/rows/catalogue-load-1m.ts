import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCatalogue } from '../../src/adapters/columns/catalogue.ts';
import type { BenchRow } from '../row.ts';
import { syntheticBars } from '../synthetic-bars.ts';

const BARS = 1_000_000;

/** A million bars from the catalogue on disk into memory, checked. The file is in the page cache, as after an import. */
export const row: BenchRow = {
  name: 'catalogue-load-1m',
  unit: 'ms',
  target: 50,
  measure: async () => {
    const home = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
    try {
      await openCatalogue(home).upsert('BENCH:AAAUSD', '1m', syntheticBars(BARS));
      let rows = 0;
      let value = Number.POSITIVE_INFINITY;
      for (let k = 0; k < 8; k++) {
        const start = performance.now();
        rows = (await openCatalogue(home).load('BENCH:AAAUSD', '1m'))?.bars.close.length ?? 0;
        // The first does not count: nothing is compiled yet.
        if (k > 0) value = Math.min(value, performance.now() - start);
      }
      return rows === BARS ? { value } : { value: null, note: `${rows} of ${BARS} bars were stored` };
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
};
