import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { installForTests } from './install-for-tests.ts';
import type { FilesResult } from './run-test-files.ts';

/**
 * `run-tests.ts [--slowest] [<glob>…]`: runs the tests, all of them by default, in several processes at once. Files that start programs
 * have a process each, since they mostly wait; all others share a few. A person sees skips by name; under CI=true a skip that
 * `test/expected-skips.ts` does not name fails the run, so that nothing is silently left out.
 */
const STARTS_PROGRAMS = /(?:^|\/)test\/(?:e2e|ui|browser)\//;
/** They take longest, and so are begun first. */
const LONGEST = /\/(?:kill-program|live-kill|commands|stores-in-trouble|alerts)\.test\.ts$/;
/** Files that share a process, which loads most of the program for them. More would wait for one another's pauses while processors rest. */
const MOST_TOGETHER = 160;
/** For one process: a file that does not end must not hold up CI for ever. */
const LONGEST_MS = 45 * 60_000;
const LONGEST_LEFT_MS = 2_000;
const SLOWEST_SHOWN = 25;

interface Part {
  readonly title: string;
  readonly files: readonly string[];
}

interface Ended {
  readonly part: Part;
  readonly result: FilesResult | null;
  readonly isBad: boolean;
  /** How the process ended. */
  readonly end: string;
}

const root = join(import.meta.dirname, '..');
process.chdir(root);
const isCi = process.env['CI'] === 'true';
const { values, positionals } = parseArgs({ options: { slowest: { type: 'boolean' } }, allowPositionals: true });
if (isCi) installForTests(root);

const files = globSync(positionals.length > 0 ? positionals : ['{src,test}/**/*.test.ts']).map((file) => resolve(file));
const alone = files.filter((file) => STARTS_PROGRAMS.test(file));
const together = files.filter((file) => !STARTS_PROGRAMS.test(file));
const parts: Part[] = alone
  .sort((a, b) => Number(LONGEST.test(b)) - Number(LONGEST.test(a)))
  .map((file) => ({ title: relative(root, file), files: [file] }));
// Dealt out, as neighbours wait for the same things.
const shares = Math.ceil(together.length / MOST_TOGETHER);
for (let share = 0; share < shares; share++) {
  const dealt = together.filter((_, k) => k % shares === share);
  parts.splice(share, 0, { title: `${dealt.length} files in one process`, files: dealt });
}

const results = mkdtempSync(join(tmpdir(), 'tradewright-tests-'));
interface Running {
  readonly title: string;
  readonly pid: number;
  output: string;
}

const running = new Set<Running>();
process.on('exit', () => {
  for (const { pid } of running) endGroup(pid);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    for (const { title, output } of running) console.log(`\n▶ ${title} (interrupted)\n${output.trimEnd()}`);
    process.exit(1);
  });

/** With everything that the process has started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function runPart(part: Part, index: number): Promise<Ended> {
  const beganMs = performance.now();
  const resultPath = join(results, `${index}.json`);
  const isAlone = parts.length === 1;
  const child = spawn(process.execPath, [join(root, 'scripts/run-test-files.ts'), resultPath, ...part.files], {
    stdio: ['ignore', isAlone ? 'inherit' : 'pipe', isAlone ? 'inherit' : 'pipe'],
    detached: true,
  });
  const [spawned, exited, closed] = [once(child, 'spawn'), once(child, 'exit'), once(child, 'close')];
  await spawned;
  const self: Running = { title: part.title, pid: child.pid!, output: '' };
  running.add(self);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      self.output += text;
    });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(self.pid);
  }, LONGEST_MS);
  const [code, signal] = (await exited) as [number | null, string | null];
  clearTimeout(timer);
  // A program left behind would hold the output open; one in a group of its own still may.
  endGroup(self.pid);
  await Promise.race([closed, wait(LONGEST_LEFT_MS, undefined, { ref: false })]);
  running.delete(self);
  const seconds = (performance.now() - beganMs) / 1000;
  const result = resultOf(resultPath);
  const end = isLate ? `did not end within ${LONGEST_MS / 60_000} min` : `ended with ${signal ?? `exit code ${code}`}`;
  if (!isAlone) console.log(`\n▶ ${part.title} (${seconds.toFixed(1)} s)\n${self.output.trimEnd()}`);
  return { part, result, isBad: code !== 0, end };
}

function resultOf(path: string): FilesResult | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as FilesResult;
  } catch {
    return null;
  }
}

const ended: Ended[] = [];
let next = 0;
const worker = async (): Promise<void> => {
  while (next < parts.length) {
    const index = next++;
    ended.push(await runPart(parts[index]!, index));
  }
};
const beganMs = performance.now();
await Promise.all(Array.from({ length: availableParallelism() + 2 }, worker));
rmSync(results, { recursive: true, force: true });

const all = ended.flatMap(({ result }) => (result === null ? [] : [result]));
if (values.slowest === true) {
  const times = new Map<string, number>();
  for (const result of all)
    for (const [file, ms] of Object.entries(result.times)) times.set(file, (times.get(file) ?? 0) + ms);
  const slowest = [...times].sort(([, a], [, b]) => b - a).slice(0, SLOWEST_SHOWN);
  console.log(
    `\nslowest files:\n${slowest.map(([f, ms]) => `  ${(ms / 1000).toFixed(1).padStart(6)} s ${f}`).join('\n')}`,
  );
}
const skips = all.flatMap((result) => result.unexpectedSkips);
if (skips.length > 0)
  console.log(`\n${skips.length} skips that test/expected-skips.ts does not name:\n  ${skips.join('\n  ')}`);
const failures = ended.flatMap(({ part, result, isBad, end }) => {
  const told = result?.failures ?? [];
  const isUntold = result?.isWhole !== true || (isBad && told.length === 0);
  return isUntold ? [...told, `${part.title}: the process ${end}`] : told;
});
if (failures.length > 0) console.log(`\n✖ ${failures.length} failed:\n  ${failures.join('\n  ')}`);
const total = (count: (result: FilesResult) => number): number => all.reduce((sum, each) => sum + count(each), 0);
console.log(
  `\n${files.length} files, ${total((each) => each.passed)} tests passed, ${failures.length} failed, ${total((each) => each.skipped)} skipped, in ${((performance.now() - beganMs) / 1000).toFixed(0)} s`,
);
process.exitCode = failures.length > 0 || files.length === 0 || (isCi && skips.length > 0) ? 1 : 0;
