import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, test } from 'node:test';
import { Failure } from '../src/api/failures.ts';
import { keysLine } from '../src/cli/key-table.ts';
import { type KeyHooks, listenToKeys } from '../src/cli/keys.ts';
import { styleFor } from '../src/cli/style.ts';

/** A terminal’s input, as far as keys need it. */
class Terminal extends EventEmitter {
  isRaw = false;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
  type(text: string): void {
    this.emit('data', Buffer.from(text));
  }
}

function scene(execute: KeyHooks['execute']) {
  const terminal = new Terminal();
  const done: string[] = [];
  const notes: string[] = [];
  const keys = listenToKeys(terminal as unknown as NodeJS.ReadStream, styleFor(false), {
    execute: (id, given) => {
      done.push(`${id} ${JSON.stringify(given)}`);
      return execute(id, given);
    },
    session: () => 'demo-1',
    note: (text) => void notes.push(text),
    end: () => void done.push('end'),
    interrupt: () => void done.push('interrupt'),
  });
  return { terminal, keys, done, notes };
}

describe('single keys at a server’s terminal', () => {
  test('p, q, Ctrl-C, others -> their operation on the session, the end, the signal, nothing', async () => {
    const { terminal, keys, done, notes } = scene(async () => ({ session: 'demo-1', strategy: 'x' }));
    terminal.type('pzZ');
    terminal.type('q\u0003');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(done, [
      'pause {"session":"demo-1","reason":"a key at the server’s terminal"}',
      'end',
      'interrupt',
    ]);
    assert.match(notes[0]!, /demo-1/);
    assert.equal(terminal.isRaw, true);
    keys.end();
    terminal.type('p');
    assert.deepEqual([terminal.isRaw, done.length], [false, 3]);
  });

  test('kill -> not on one key, not with another between, only on two', () => {
    const { terminal, done, notes } = scene(() => new Promise(() => {}));
    terminal.type('k');
    assert.match(notes[0]!, /k once more within 2 s: kill/);
    terminal.type('sk');
    assert.deepEqual(done, ['status {"session":"demo-1"}']);
    terminal.type('k');
    assert.match(done[1]!, /^kill .*"level":"flatten"/);
    terminal.type('k');
    assert.equal(done.length, 2, 'a third press begins anew');
  });

  test('an operation that fails -> its failure as words, and keys still work', async () => {
    const { terminal, done, notes } = scene(() => Promise.reject(new Failure('session-unknown', 'no session runs')));
    terminal.type('r');
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(notes[0]!, /session-unknown/);
    terminal.type('s');
    assert.equal(done.length, 2);
  });

  test('the line of keys -> names each of them', () => {
    assert.equal(keysLine(), ' s status   f fills   p pause   r resume   kk kill   q end');
  });
});
