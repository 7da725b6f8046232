// One row in a process of its own; prints its results as JSON. Started by `run.ts`.
import { inlineLongChains } from '../src/v8-inlining.ts';
import { type BenchRow, resultsOf } from './row.ts';

// As the program does.
inlineLongChains();

const { row } = (await import(`./rows/${process.argv[2]}.ts`)) as { row: BenchRow };
console.log(JSON.stringify(resultsOf(row, await row.measure())));
