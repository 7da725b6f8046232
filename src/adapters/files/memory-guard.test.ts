import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const MODULE = new URL('./memory-guard.ts', import.meta.url).href;
const SCRIPT = `
  const { guardMemory } = await import(${JSON.stringify(MODULE)});
  const { readFileSync } = await import('node:fs');
  const before = readFileSync('/proc/self/limits', 'utf8').match(/^Max core file size\\s+(\\S+)/m)[1];
  const ended = await guardMemory();
  const after = readFileSync('/proc/self/limits', 'utf8').match(/^Max core file size\\s+(\\S+)/m)[1];
  console.log(JSON.stringify({ before, ended, after, excludeEnv: process.report.excludeEnv }));`;

function inShell(limit: string, path: string): unknown {
  const run = spawnSync(
    '/bin/sh',
    ['-c', `ulimit -S -c ${limit} && exec "$0" --input-type=module --eval "$1"`, process.execPath, SCRIPT],
    { encoding: 'utf8', env: { ...process.env, PATH: path } },
  );
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

/** Whether this machine lets a process allow itself core dumps at all. */
const isAllowed = process.platform === 'linux' && spawnSync('/bin/sh', ['-c', 'ulimit -S -c unlimited']).status === 0;

test('core dumps: allowed -> ended where there is prlimit, told where there is none', {
  skip: isAllowed ? false : 'core dumps cannot be allowed here, so that nothing is to be ended',
}, () => {
  const { PATH: path = '' } = process.env;
  const found = spawnSync('/bin/sh', ['-c', 'command -v prlimit']).status === 0;
  const before = 'unlimited';
  assert.deepEqual(inShell(before, path), { before, ended: found, after: found ? '0' : before, excludeEnv: true });
  assert.deepEqual(inShell(before, ''), { before, ended: false, after: before, excludeEnv: true });
  assert.deepEqual(inShell('0', ''), { before: '0', ended: true, after: '0', excludeEnv: true });
});

test('debugger by signal: SIGUSR1 afterwards -> no debugger', {
  skip: process.platform === 'win32' ? 'signals are not told on Windows' : false,
}, () => {
  const opened = (first: string): string => {
    const script = `
      const { guardMemory } = await import(${JSON.stringify(MODULE)});
      const { url } = await import('node:inspector');
      ${first}
      process.kill(process.pid, 'SIGUSR1');
      for (let k = 0; k < 40 && url() === undefined; k++) await new Promise((resolve) => setTimeout(resolve, 25));
      console.log(url() === undefined ? 'closed' : 'open');
      process.exit(0);`;
    const run = spawnSync(process.execPath, ['--inspect-port=0', '--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    return run.stdout.trim();
  };
  assert.equal(opened('await guardMemory(); await guardMemory();'), 'closed');
  assert.equal(opened(''), 'open', 'what would happen otherwise');
});
