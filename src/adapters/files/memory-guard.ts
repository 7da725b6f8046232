import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The soft and the hard limit of core dumps in `/proc/<pid>/limits`. */
const LIMIT = /^Max core file size\s+(\S+)\s+(\S+)/m;

const ignore = (): void => {};

/**
 * Before keys are held in memory: Node opens its debugger on SIGUSR1 no more; its crash reports leave out the environment; and this process
 * loses, for good, the right to leave a core dump, by `prlimit` of util-linux, as Node has no call for it. False where core dumps could not
 * be ended; on systems other than Linux nothing is done about them.
 */
export async function guardMemory(): Promise<boolean> {
  process.report.excludeEnv = true;
  // Whoever listens to the signal takes it from the debugger. Other systems than Windows have it.
  if (process.platform !== 'win32' && !process.listeners('SIGUSR1').includes(ignore)) process.on('SIGUSR1', ignore);
  if (process.platform !== 'linux' || hasNoCoreDumps()) return true;
  const { PATH = '' } = process.env;
  await new Promise<void>((resolve) => {
    // Whether it worked is read from the limit itself.
    execFile('prlimit', ['--pid', String(process.pid), '--core=0:0'], { env: { PATH } }, () => resolve());
  });
  return hasNoCoreDumps();
}

function hasNoCoreDumps(): boolean {
  const [, soft] = LIMIT.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === '0';
}
