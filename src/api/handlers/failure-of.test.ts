import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { textFiles } from '../../adapters/files/text-files.ts';
import { LeaseError } from '../../ports/lease.ts';
import { VenueError } from '../../ports/venue-error.ts';
import type { Failure } from '../failures.ts';
import { failureOf } from './failure-of.ts';

describe('a path that is not what was expected', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tradewright-paths-'));
    writeFileSync(join(folder, 'file'), '');
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [what, act, code, message] of [
    ['no file', (at: string) => readFileSync(join(at, 'none')), 'file-not-found', /there is no file .*none/],
    ['a folder', (at: string) => readFileSync(at), 'file-unreadable', /expected a file, found a folder/],
    [
      'a folder in the place of a text',
      (at: string) => textFiles(at).read('.'),
      'file-unreadable',
      /expected a file, found a folder: .*tradewright-paths-/,
    ],
    ['below a file', (at: string) => readFileSync(join(at, 'file', 'x')), 'file-not-found', /file\/x: ENOTDIR/],
    [
      'no folder to write into',
      (at: string) => writeFileSync(join(at, 'none', 'x.7.tmp'), ''),
      'file-not-found',
      /no folder .*none to write/,
    ],
    ['a name too long', (at: string) => readFileSync(join(at, 'x'.repeat(5_000))), 'file-not-found', /ENAMETOOLONG/],
  ] as const)
    test(`${what} -> said so, and no fault of the program`, () => {
      const failure = failureOf(caught(() => act(folder)));
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
    });

  test('a program or a socket that is not there -> nothing is said of files', () => {
    const error = Object.assign(new Error('connect ENOENT /x.sock'), {
      code: 'ENOENT',
      syscall: 'connect',
      address: '/x',
    });
    assert.equal(failureOf(error).code, 'unexpected');
  });
});

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

test('a full disk -> said so, with the file where the system names it', () => {
  const refused = (extra: object): Error =>
    Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28, ...extra });
  const write = failureOf(refused({ syscall: 'write' }));
  assert.deepEqual(
    [write.code, write.message],
    ['disk-full', 'the disk is full: there is no room for what was to be written'],
  );
  const folder = failureOf(refused({ syscall: 'mkdir', path: '/home/runs' }));
  assert.deepEqual([folder.code, folder.details['file']], ['disk-full', '/home/runs']);
});

test('a file that is not ours, to be read -> not told that it could not be written', () => {
  const refused = (syscall: string): Failure =>
    failureOf(Object.assign(new Error('EACCES'), { code: 'EACCES', syscall, path: '/home/copy.jsonl' }));
  assert.deepEqual(
    ['open', 'scandir', 'mkdir'].map((syscall) => refused(syscall).message),
    ['open', 'read', 'write'].map((verb) => `cannot ${verb} /home/copy.jsonl: EACCES`),
  );
  assert.match(refused('open').hint, /who owns it/);
  assert.match(refused('mkdir').hint, /another folder/);
});

test('a database that cannot be made in its folder -> no fault of the program', () => {
  const error = Object.assign(new Error('unable to open database file'), { code: 'ERR_SQLITE_ERROR', errcode: 14 });
  assert.equal(failureOf(error).code, 'home-not-writable');
});

test('a symbol that a venue does not have -> how to write one, as the message names none', () => {
  const failure = failureOf(new VenueError('symbol-unknown', 'LOCAL', 'LOCAL lists no NOPE'));
  assert.equal(failure.code, 'symbol-unknown');
  assert.match(failure.hint, /as the venue does: BTCUSDT/);
});

test('the place of rights to trade fails -> its place and what to do, and no fault of the program', () => {
  for (const [given, code] of [
    ['unavailable', 'journal-unavailable'],
    ['newer-version', 'journal-newer'],
  ] as const)
    assert.equal(failureOf(new LeaseError(given, 'home.sqlite: database or disk is full')).code, code);
});
