import { measureCommand } from '../cli-row.ts';
import type { BenchRow } from '../row.ts';

/** What `npm start` runs once everything is installed: the demonstration, in an empty home. */
export const row: BenchRow = { name: 'npm-start', unit: 's', target: 10, measure: () => measureCommand(['demo'], 3) };
