import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';

const SCRIPT = join(import.meta.dirname, '../scripts/run-tests.ts');
const PASSES = "test('good', () => {});";

describe('scripts/run-tests.ts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-run-tests-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs test files of these bodies. */
  const run = (name: string, bodies: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) => {
    for (const [file, body] of Object.entries(bodies)) {
      const path = join(folder, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `import { test } from 'node:test';\n${body}\n`);
    }
    const { CI: _ci, ...env } = process.env;
    return spawnSync(process.execPath, [SCRIPT, join(folder, name, '**/*.test.ts')], {
      ...{ encoding: 'utf8', env: { ...env, ...more } },
    });
  };

  test('files that share a process, files that have their own -> all are run, exit code 0', () => {
    const skips = "test('not here', { skip: 'chromium absent' }, () => {});";
    const { status, stdout } = run('good', {
      ...{ 'src/a.test.ts': PASSES, 'test/b.test.ts': PASSES },
      ...{ 'test/e2e/c.test.ts': PASSES, 'test/ui/d.test.ts': skips },
    });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /▶ 2 files in one process/);
    assert.match(stdout, /4 files, 3 tests passed, 0 failed, 1 skipped/);
  });

  test('one fails, one is killed, one ends early with 0, one cannot be loaded -> each is told at the end, exit code 1', () => {
    const { status, stdout } = run('bad', {
      'src/fails.test.ts': "test('bad', () => { throw new Error('so it is'); });",
      'test/e2e/passes.test.ts': PASSES,
      'test/e2e/killed.test.ts':
        "test('bad before', () => { throw new Error(); }); test('killed', () => process.kill(process.pid, 'SIGKILL'));",
      'test/e2e/early.test.ts': "test('early', () => process.exit(0));",
      'test/e2e/broken.test.ts': 'throw new Error("not loaded");',
    });
    assert.equal(status, 1, stdout);
    const end = stdout.slice(stdout.indexOf('✖ 5 failed'));
    assert.match(end, /src\/fails\.test\.ts:2 bad\n {6}so it is/);
    assert.match(end, /killed\.test\.ts:2 bad before/);
    assert.match(end, /killed\.test\.ts: the process ended with SIGKILL/);
    assert.match(end, /early\.test\.ts: the process ended with exit code 0/);
    assert.match(end, /broken\.test\.ts.*\n {6}not loaded/);
    assert.match(end, /5 files, 1 tests passed, 5 failed/);
  });

  test('a file that throws after it has named tests -> told, exit code 1: the tests it did not come to are missing', () => {
    const { status, stdout } = run('halfway', {
      'src/good.test.ts': PASSES,
      'src/halfway.test.ts': `${PASSES}\nthrow new TypeError('no such row');\ntest('never named', () => {});`,
    });
    assert.equal(status, 1, stdout);
    assert.match(stdout, /halfway\.test\.ts.*\n {6}TypeError: no such row/);
    assert.match(stdout, /2 files, 2 tests passed, 1 failed/);
  });

  test('no file -> exit code 1', () => {
    assert.equal(run('none', {}).status, 1);
  });
});
