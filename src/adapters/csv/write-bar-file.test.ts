import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { BAR_FIELDS, barsFromRows } from '../../core/vocabulary/market-data.ts';
import { readBarFile } from './read-bar-file.ts';
import { barsToCsv, writeBarFile } from './write-bar-file.ts';

test('bar file writer: any bars, plain and gzip, both forms of time -> read back to the bit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-csv-'));
  const value = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
  const row = fc.tuple(value, value, value, value, value);
  try {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1 }),
        fc.constantFrom('ms', 'iso'),
        fc.constantFrom('a.csv', 'a.csv.gz'),
        (values, time, name) => {
          const bars = barsFromRows(values.map((each, i) => [1_700_000_000_000 + i * 60_000, ...each]));
          writeBarFile(join(folder, name), bars, { time });
          const read = readBarFile(join(folder, name));
          for (const field of BAR_FIELDS) assert.deepEqual([...read.bars[field]], [...bars[field]]);
        },
      ),
      { numRuns: 100 },
    );
    assert.ok(readdirSync(folder).every((name) => !name.endsWith('.tmp')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('bar file writer: two bars -> the text one expects', () => {
  const bars = barsFromRows([
    [0, 1, 2.5, 0.5, 1e-7, 0],
    [60_000, 1, 2, 0.5, 1, 3],
  ]);
  assert.equal(barsToCsv(bars), 'ts,open,high,low,close,volume\n0,1,2.5,0.5,1e-7,0\n60000,1,2,0.5,1,3\n');
  assert.match(barsToCsv(bars, { time: 'iso' }), /^time,.*\n1970-01-01T00:00:00Z,/);
});
