import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from './command-line.ts';

/** Runs the program as it is installed, with its home and the folder for temporary files in places of their own. */
function runIn(folder: string, more: Readonly<Record<string, string>> = {}) {
  const { NODE_COMPILE_CACHE: _cache, XDG_CACHE_HOME: _caches, ...inherited } = process.env;
  const [HOME, TMPDIR] = [join(folder, 'home'), join(folder, 'temporary')];
  for (const each of [HOME, TMPDIR]) mkdirSync(each, { recursive: true });
  const ran = spawnSync(process.execPath, [join(ROOT, 'bin/tradewright.js'), 'indicators', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...inherited, HOME, TMPDIR, ...more },
  });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(JSON.parse(ran.stdout).ok, true);
  return { home: HOME, temporary: readdirSync(TMPDIR) };
}

describe('compiled code that is kept', { skip: process.platform === 'win32' && 'other folders on Windows' }, () => {
  const inFolder = (name: string, body: (folder: string) => void): void => {
    test(name, () => {
      const folder = mkdtempSync(join(tmpdir(), 'tradewright-compiled-'));
      try {
        body(folder);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  };

  inFolder('home -> in a folder that only its user can read or write, and nothing where anybody can', (folder) => {
    const { home, temporary } = runIn(folder);
    const kept = join(home, '.cache/tradewright/compiled');
    assert.equal(statSync(kept).mode & 0o777, 0o700);
    assert.ok(readdirSync(kept).length > 0);
    assert.deepEqual(temporary, []);
  });

  inFolder('another place for caches -> there', (folder) => {
    const caches = join(folder, 'caches');
    const { home } = runIn(folder, { XDG_CACHE_HOME: caches });
    assert.ok(readdirSync(join(caches, 'tradewright/compiled')).length > 0);
    assert.equal(existsSync(join(home, '.cache')), false);
  });

  inFolder('a home where nothing can be kept -> runs all the same, and keeps nothing', (folder) => {
    mkdirSync(join(folder, 'home'));
    writeFileSync(join(folder, 'home/.cache'), 'a file');
    assert.deepEqual(runIn(folder).temporary, []);
  });
});
