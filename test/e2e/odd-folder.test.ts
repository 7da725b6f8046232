import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './command-line.ts';

test('installed in a folder whose name has signs that addresses read otherwise -> the program is found there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-odd-'));
  try {
    const installed = join(folder, 'Größe (1) #2 50%25', 'node_modules', 'tradewright');
    cpSync(join(ROOT, 'bin'), join(installed, 'bin'), { recursive: true });
    mkdirSync(join(installed, 'dist'));
    writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(installed, 'dist', 'main.js'), "console.log('the program');\n");
    const ran = spawnSync(process.execPath, [join(installed, 'bin', 'tradewright.js')], { encoding: 'utf8' });
    assert.deepEqual([ran.stdout, ran.status], ['the program\n', 0], ran.stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
