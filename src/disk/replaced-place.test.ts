import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeWhole } from './atomic-write.ts';
import { NotReplacedError } from './replaced-place.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-replaced-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a file written over a link -> what it leads to is replaced, and the link stays', () => {
  const [file, link] = [join(folder, 'file'), join(folder, 'link')];
  writeFileSync(file, 'old');
  symlinkSync(file, link);
  writeWhole(link, 'new');
  assert.deepEqual([readFileSync(file, 'utf8'), lstatSync(link).isSymbolicLink()], ['new', true]);
});

test('a file written over a socket or a folder -> refused with its path; it stays what it is', {
  skip: process.platform === 'win32' && 'Windows has no sockets among its files',
}, async () => {
  const [socket, inner] = [join(folder, 'socket'), join(folder, 'inner')];
  const server = createServer().listen(socket);
  await once(server, 'listening');
  mkdirSync(inner);
  try {
    for (const [path, found] of [
      [socket, 'a device, a pipe or a socket'],
      [inner, 'a folder'],
    ] as const)
      assert.throws(
        () => writeWhole(path, 'new'),
        (error) => error instanceof NotReplacedError && error.file === path && error.found === found,
      );
    assert.ok(lstatSync(socket).isSocket());
    const left = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
    assert.deepEqual(left, []);
  } finally {
    server.close();
  }
});
