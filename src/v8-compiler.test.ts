import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';

/** Flags that a thread sets for a run over so many bars, in a process that was tuned for this in its first thread. */
function flagsOfThread(purpose: 'run' | 'session', bars: number): readonly string[] {
  const compiler = JSON.stringify(new URL('v8-compiler.ts', import.meta.url).href);
  const inThread = `
    import v8 from 'node:v8';
    import { syncBuiltinESMExports } from 'node:module';
    const flags = [];
    v8.setFlagsFromString = (flag) => flags.push(flag);
    syncBuiltinESMExports();
    const { expectBars } = await import(${compiler});
    expectBars(${bars});
    console.log(JSON.stringify(flags));`;
  const script = `
    import { Worker } from 'node:worker_threads';
    import { tuneCompiler } from ${compiler};
    tuneCompiler('${purpose}');
    new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(inThread)})));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as readonly string[];
}

const isTiering = (flag: string): boolean => flag.startsWith('--invocation-count-for-turbofan=');
const isInlining = (flag: string): boolean => flag.startsWith('--max-inlined-bytecode-size');

describe('what the compiler is told', () => {
  test('a long run in a thread of a command that runs -> long chains, and what lies outside them is compiled later still', () => {
    const flags = flagsOfThread('run', 1_000_000);
    assert.equal(flags.filter(isInlining).length, 3);
    assert.equal(flags.filter(isTiering).length, 1);
  });

  test('the same in a thread of a server -> long chains, and nothing else in it is compiled later', () => {
    const flags = flagsOfThread('session', 1_000_000);
    assert.equal(flags.filter(isInlining).length, 3);
    assert.deepEqual(flags.filter(isTiering), []);
  });

  test('a short run -> nothing', () => {
    assert.deepEqual(flagsOfThread('run', 999_999), []);
  });
});
