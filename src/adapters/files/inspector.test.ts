import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspector } from './inspector.ts';

// As a package is installed: JavaScript, and declarations beside it.
for (const type of ['module', 'commonjs'])
  test(`types of a strategy against an installed package, in a package of type ${type} -> its declarations count`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tradewright-inspected-'));
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    try {
      mkdirSync(join(folder, 'installed'));
      write('package.json', JSON.stringify({ type }));
      write('installed/package.json', '{ "type": "module" }');
      write('installed/index.js', 'export const sides = ["buy"];\n');
      write('installed/index.d.ts', 'export declare const sides: readonly string[];\n');
      const modules = { tradewright: pathToFileURL(join(folder, 'installed/index.js')).href };
      const never = new AbortController().signal;
      const { checkTypes } = inspector(import.meta.url, folder, modules);
      const right = write('right.ts', "import { sides } from 'tradewright';\nexport default sides.length;\n");
      assert.deepEqual(await checkTypes(right, never), { status: 'passed', complaint: '' });
      const wrong = write('wrong.ts', "import { sides } from 'tradewright';\nexport default sides.size;\n");
      const { status, complaint } = await checkTypes(wrong, never);
      assert.equal(status, 'failed');
      assert.match(complaint, /wrong\.ts\(2,22\): error TS2339: Property 'size' does not exist/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
