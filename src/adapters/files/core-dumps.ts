import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The soft and the hard limit of core dumps in `/proc/<pid>/limits`. */
const LIMIT = /^Max core file size\s+(\S+)\s+(\S+)/m;

/**
 * Takes from this process the right to leave its memory on the disk when it crashes, for good: core dumps, by `prlimit` of util-linux, as
 * Node has no call for it; and the environment in Node's own crash reports. False where core dumps could not be ended; on systems other
 * than Linux nothing is done about them.
 */
export async function endCoreDumps(): Promise<boolean> {
  process.report.excludeEnv = true;
  if (process.platform !== 'linux' || areEnded()) return true;
  await new Promise<void>((resolve) => {
    // Whether it worked is read from the limit itself.
    execFile('prlimit', ['--pid', String(process.pid), '--core=0:0'], () => resolve());
  });
  return areEnded();
}

function areEnded(): boolean {
  const [, soft] = LIMIT.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === '0';
}
