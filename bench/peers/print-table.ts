// Prints what the peers took, next to the better of our own two runs around them.
import { readFileSync } from 'node:fs';
import type { BenchResult } from '../row.ts';
import { tableOf } from '../table.ts';

interface PeerLine {
  readonly work: string;
  readonly name: string;
  readonly bars: number;
  readonly nsPerBar: number;
  readonly fills: number;
  readonly note: string;
}

const file = process.argv[2];
if (!file) throw new Error('expected the file of results');
const lines = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as PeerLine);
const ours = (work: string): number =>
  Math.min(...lines.filter((l) => l.name === 'tradewright' && l.work === work).map((l) => l.nsPerBar));
const results = lines
  .toSorted((a, b) => b.work.localeCompare(a.work))
  .map(
    (l): BenchResult => ({
      name: `${l.work}: ${l.name}`,
      value: l.nsPerBar,
      unit: 'ns/bar',
      target: null,
      met: null,
      note: `${(l.nsPerBar / ours(l.work)).toFixed(2)}× ours; ${l.bars} bars, ${l.fills} fills${l.note === '' ? '' : `; ${l.note}`}`,
    }),
  );
console.log(tableOf(results));
