import { parseArgs } from 'node:util';
import { BUG_ZOO } from '../test/simulation/mutants/bug-zoo.ts';
import { hunt } from '../test/simulation/mutants/hunt.ts';

/**
 * Puts each bug of the zoo into the code, one at a time, and runs simulated worlds until one of them is violated. `--seed n --count k`: which
 * worlds; `--only text`: bugs whose name has it; `--jobs n`. Fails where one survives.
 */
const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});
const left = BUG_ZOO.filter(({ name }) => name.includes(flags.only));
let survived = 0;
let done = 0;
async function work(): Promise<void> {
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
    const { caught, ms } = await hunt(mutant, Number(flags.seed), Number(flags.count));
    done++;
    if (caught === null) survived++;
    const how = caught === null ? 'SURVIVED' : `caught by seed ${caught.seed}: ${caught.violation.slice(0, 160)}`;
    console.log(`${mutant.name} (${mutant.seen})\n  ${how}; ${(ms / 1000).toFixed(1)} s`);
  }
}
await Promise.all(Array.from({ length: Number(flags.jobs) }, work));
console.log(`${done} bugs, ${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;
