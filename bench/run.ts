import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchResult } from './row.ts';
import { ROWS } from './rows.ts';
import { tableOf } from './table.ts';

const SCHEMA = 'tradewright.bench/1';

const { values: flags } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } });
const wanted = ROWS.filter((name) => flags.only === undefined || name.includes(flags.only));
if (wanted.length === 0) {
  process.stderr.write(`no row matches "${flags.only}"; there are ${ROWS.join(', ')}\n`);
  process.exit(2);
}

/** A process for each row: what one taught the compiler or left on the heap must not help or harm the next. */
function runRow(name: string, ...flags: readonly string[]): ReturnType<typeof spawnSync> & { readonly stdout: string } {
  return spawnSync(process.execPath, ['--expose-gc', join(import.meta.dirname, 'run-row.ts'), name, ...flags], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 24,
  });
}

const results: BenchResult[] = [];
let failures = 0;
for (const name of wanted) {
  process.stderr.write(`${name} …\n`);
  // What is measured is what an installed program runs, JavaScript: once loaded, types need no taking out. See keepCompiled() in bin/run-program.js.
  runRow(name, '--load');
  const child = runRow(name);
  if (child.status === 0) results.push(...(JSON.parse(child.stdout) as BenchResult[]));
  else {
    failures++;
    results.push({ name, value: null, unit: '', target: null, met: null, note: 'failed: see what it wrote to stderr' });
  }
}
console.log(flags.json ? JSON.stringify({ schema: SCHEMA, results }) : tableOf(results));
// A missed target is a finding, not a failure; a row that crashed is one.
process.exit(failures === 0 ? 0 : 1);
