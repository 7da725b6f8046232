import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './row.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
/** Longer than any target: a command that hangs is a result too. */
const PATIENCE_MS = 60_000;

/** Best wall time, in seconds, of a command in a home folder of its own each time: from starting the process to its end. */
export function measureCommand(args: readonly string[], repetitions: number): Measurement {
  if (!existsSync(MAIN)) return { value: null, note: 'src/main.ts does not exist' };
  let best = Number.POSITIVE_INFINITY;
  let first = 0;
  for (let k = 0; k < repetitions; k++) {
    const home = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
    const start = performance.now();
    const child = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: home,
      env: { ...process.env, TRADEWRIGHT_HOME: join(home, 'home') },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    });
    const seconds = (performance.now() - start) / 1000;
    rmSync(home, { recursive: true, force: true });
    if (child.status !== 0)
      return {
        value: null,
        note: child.error ? child.error.message : `exit code ${child.status}: ${child.stderr.trim().slice(0, 200)}`,
      };
    if (k === 0) first = seconds;
    best = Math.min(best, seconds);
  }
  return { value: best, note: `first ${first.toFixed(2)} s` };
}
