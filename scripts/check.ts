import { type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';

/** One stage of `npm test`. */
interface Stage {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

/** They run side by side, the longest first. */
const before: readonly Stage[] = [
  // One checker a project: each further one checks what it needs of the others once more. With four, the default, it is half as much work again.
  { name: 'types', command: bin('tsc'), args: ['-b', '--checkers', '1'] },
  { name: 'type-aware lint', command: bin('oxlint'), args: ['--type-aware'] },
  { name: 'format and lint', command: bin('biome'), args: ['check', '.'] },
  { name: 'dead code', command: bin('knip'), args: [] },
];
const tests: Stage = { name: 'tests', command: process.execPath, args: [join(root, 'scripts/run-tests.ts')] };

/** Those of them that are written in Go collect less often: a fifth less work, for a third of a gigabyte more each. */
const env = { ...process.env, GOGC: process.env['GOGC'] ?? '400' };

/** Runs a stage; its output is shown when it fails, or always where `loud`. */
function run(stage: Stage, loud: boolean): Promise<boolean> {
  const started = performance.now();
  return new Promise((resolve) => {
    const stdio: StdioOptions = loud ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(stage.command, stage.args, { cwd: root, env: loud ? process.env : env, stdio });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const passed = code === 0;
      if (!passed && !loud) console.log(output);
      console.log(`${passed ? '✓' : '✗'} ${stage.name} (${seconds} s)`);
      resolve(passed);
    });
  });
}

let passed = (await Promise.all(before.map((stage) => run(stage, false)))).every(Boolean);
if (passed) passed = await run(tests, true);
else console.log('the tests were not run: mend the above first');
process.exit(passed ? 0 : 1);
