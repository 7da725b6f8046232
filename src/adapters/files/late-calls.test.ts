import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const url = (path: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href);
const PRELUDE = `import { setTimeout as after } from 'node:timers/promises';
import { hear, outliveLateCalls, turn } from ${url('late-calls.ts')};
import { LateCallError } from ${url('../../core/vocabulary/late-call.ts')};
outliveLateCalls();
outliveLateCalls();
`;

/** Runs code in a program of its own, which says that it came to its end. */
function run(code: string): { readonly status: number | null; readonly out: string; readonly err: string } {
  const args = ['--input-type=module', '--eval', `${PRELUDE}${code}\nawait after(20);\nconsole.log('to the end');`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, out: stdout.trim(), err: stderr };
}

/** The same in a thread; what it died of is printed. */
const inThread = (code: string): string =>
  `const { Worker } = await import('node:worker_threads');
const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(`${PRELUDE}${code}\nawait after(20);\nconsole.log('thread to the end');`)})));
worker.on('error', (error) => console.log('died of ' + error.message));
await new Promise((resolve) => worker.on('exit', resolve));`;

describe('errors that nobody catches', () => {
  const throwing: readonly (readonly [what: string, code: (error: string) => string])[] = [
    ['a promise', (error) => `void Promise.reject(${error});`],
    ['a timer', (error) => `setTimeout(() => { throw ${error}; }, 1);`],
    ['a microtask', (error) => `queueMicrotask(() => { throw ${error}; });`],
  ];
  for (const [what, code] of throwing) {
    for (const error of [
      "new LateCallError('buy')",
      "new Error('of it', { cause: new Error('and it', { cause: new LateCallError('buy') }) })",
    ])
      test(`${what} throws ${error} -> program and thread go on`, () => {
        assert.deepEqual(run(code(error)), { status: 0, out: 'to the end', err: '' });
        assert.equal(run(inThread(code(error))).out, 'thread to the end\nto the end');
      });

    test(`${what} throws anything else -> ends the program with its stack, and the thread, as ever`, () => {
      const plain = run(code("new TypeError('mine')"));
      assert.deepEqual([plain.status, plain.out], [1, '']);
      assert.match(plain.err, /TypeError: mine\n +at /);
      assert.equal(run(inThread(code("new TypeError('mine')"))).out, 'died of mine\nto the end');
      assert.equal(run(code("'no error at all'")).status, 1);
    });

    test(`${what} throws while somebody waits who answers for it -> told to them, once, and to nobody else`, () => {
      const { status, out } = run(`const mine = (error) => error.message === 'mine';
${code("new Error('mine')")}
const told = await Promise.all([turn(mine), turn(() => false)]);
const before = await turn(mine);
console.log(told.map((all) => all.map(String).join()).join('|'), before.length);`);
      assert.deepEqual([status, out], [0, 'Error: mine| 0\nto the end']);
    });
  }

  test('a turn -> timers without delay, what they begin, and immediates have happened', () => {
    const { out } = run(`const done = [];
setTimeout(() => { done.push('timer'); void (async () => { await null; await null; done.push('promise'); })(); }, 0);
setImmediate(() => done.push('immediate'));
await turn(() => false);
console.log(done.sort().join());`);
    assert.equal(out, 'immediate,promise,timer\nto the end');
  });

  test('a turn -> timers of a promise that takes longer than they do have happened', () => {
    const { out } = run(`const begin = async () => {
  const done = [];
  void Promise.resolve().then(() => {
    for (const endMs = performance.now() + 3; performance.now() < endMs; );
    for (let k = 0; k < 3; k++) setTimeout(() => done.push(k), 0);
  });
  await turn(() => false);
  return done.length;
};
const counts = [];
for (let k = 0; k < 20; k++) counts.push(await begin());
console.log(counts.join(''));`);
    assert.equal(out, `${'3'.repeat(20)}\nto the end`);
  });

  test('somebody hears of code that throws -> each of them is told and nothing ends; nobody does any more -> ends as ever', () => {
    const heard = run(`const told = [];
const stop = hear({ isOwn: () => true, tell: (error) => told.push('first ' + error.message) });
hear({ isOwn: (error) => error.message === 'mine', tell: (error) => told.push('second ' + error.message) });
setTimeout(() => { throw new Error('mine'); }, 0);
await after(5);
void Promise.reject(new Error('other'));
await after(5);
console.log(told.join());
stop();
void Promise.reject(new Error('other'));`);
    assert.deepEqual([heard.status, heard.out], [1, 'first mine,second mine,first other']);
    assert.match(heard.err, /Error: other/);
  });
});
