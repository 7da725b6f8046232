import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { strategyFiles } from './strategy-files.ts';

test('code hash: loaded again, and by another file before -> that of the file with all that it imports', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-strategies-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write('rule.ts', 'export const rule = 1;\n');
  write('other.ts', "export { rule } from './rule.ts';\n");
  const a = write('a.ts', "import { rule } from './rule.ts';\nexport default rule;\n");
  const b = write('b.ts', "import { rule } from './other.ts';\nexport default rule;\n");
  const alone = write('alone.ts', 'export default 2;\n');
  const files = strategyFiles({}, 'file:///nowhere/');
  try {
    const first = await files.load(a);
    assert.deepEqual([first.exported, (await files.load(a)).codeHash], [1, first.codeHash]);
    const second = await files.load(b);
    assert.notEqual(second.codeHash, first.codeHash);
    const hashes = await Promise.all([alone, b, a].map(async (path) => (await files.load(path)).codeHash));
    assert.deepEqual(hashes.slice(1), [second.codeHash, first.codeHash]);
    assert.equal(new Set(hashes).size, 3);
    // What a program says that loads only the one.
    assert.match(first.codeHash, /^[0-9a-f]{64}$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
