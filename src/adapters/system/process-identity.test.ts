import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { isProcessGone, processIdentity } from './process-identity.ts';

const SCRIPT = `
const { processIdentity } = await import(${JSON.stringify(new URL('./process-identity.ts', import.meta.url).href)});
console.log(processIdentity());
setInterval(() => {}, 1000);`;

describe('process identity', () => {
  test('of this process -> not gone; of nobody we know -> not known to be gone', () => {
    const mine = processIdentity();
    assert.equal(processIdentity(), mine);
    assert.equal(isProcessGone(mine), false);
    for (const other of [
      '',
      'a',
      'host 1 2',
      mine.replace(/^\S+/, 'elsewhere'),
      mine.replace(/\S+ \S+$/, 'boot pid:[1]'),
    ])
      assert.equal(isProcessGone(other), false, other);
  });

  test('of a process that was killed -> gone; of one that took its number -> still gone', {
    skip: process.platform !== 'linux' && 'processes are told on Linux only',
  }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const identity = text.toString().trim();
    assert.match(identity, new RegExp(` ${child.pid} `));
    assert.equal(isProcessGone(identity), false);
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    assert.equal(isProcessGone(identity), true);
    const [host, , , ...numbering] = identity.split(' ');
    assert.equal(isProcessGone([host, process.pid, '1', ...numbering].join(' ')), true);
  });
});
