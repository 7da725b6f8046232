// One row in a process of its own; prints its results as JSON; with `--load`, does no more than load it. Started by `run.ts`.
import { tuneCompiler } from '../src/v8-compiler.ts';
import { type BenchRow, resultsOf } from './row.ts';

// As a session does; rows of runs say so themselves.
tuneCompiler('session');

const [, , name, flag] = process.argv;
const { row } = (await import(`./rows/${name}.ts`)) as { row: BenchRow };
if (flag !== '--load') console.log(JSON.stringify(resultsOf(row, await row.measure())));
