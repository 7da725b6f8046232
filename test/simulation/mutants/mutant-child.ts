import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { BUG_ZOO, type Mutant } from './bug-zoo.ts';

/**
 * Runs worlds with one bug of the zoo in the code, until one of them is violated. Says `caught <seed>: <violation>`, or `survived`.
 * Arguments: number of the bug, first seed, how many.
 */
const [bug, first, count] = process.argv.slice(2).map(Number) as [number, number, number];
const mutant = BUG_ZOO[bug]!;

/** The module with the bug in it. */
function mutated({ file, changes, more = '' }: Mutant, source: string): string {
  let text = source;
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${file}: expected once, and not: ${JSON.stringify(from)}`);
    text = text.replace(from, () => to);
  }
  return `${text}\n${more}\n`;
}

let isLoaded = false;
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.startsWith('file:') || !fileURLToPath(url).endsWith(`/${mutant.file}`)) return loaded;
    isLoaded = true;
    return { ...loaded, source: mutated(mutant, readFileSync(fileURLToPath(url), 'utf8')) };
  },
});

const { World } = await import('../world.ts');
if (!isLoaded) throw new Error(`${mutant.file} is no part of the simulation`);
let said = 'survived';
for (let seed = first; seed < first + count; seed++) {
  const { violations } = await new World(seed).run();
  if (violations.length === 0) continue;
  said = `caught ${seed}: ${violations[0]}`;
  break;
}
process.stdout.write(`${said}\n`);
process.exit(0);
