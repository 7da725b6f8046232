// Writes the bars of the benchmark as raw little-endian doubles, a file a column, for peers in other languages.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BAR_FIELDS } from '../../src/core/vocabulary/market-data.ts';
import { MILLION } from '../engine-row.ts';
import { syntheticBars } from '../synthetic-bars.ts';

const folder = process.argv[2];
if (!folder) throw new Error('expected the folder to write to');
const bars = syntheticBars(MILLION);
for (const field of BAR_FIELDS) writeFileSync(join(folder, `${field}.f64`), new Uint8Array(bars[field].buffer));
