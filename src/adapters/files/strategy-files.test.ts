import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ForbiddenError } from '../../ports/strategy-files.ts';
import { digest, KeptCodeFolder } from './kept-code.ts';
import { strategyFiles } from './strategy-files.ts';

/** Those of the program: the hooks stay in a process in which other files are tested, too. */
const SOURCES = new URL('../../', import.meta.url).href;

/** A folder of a test, and how a file comes into it: answers its path. */
function ownFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-strategies-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return { folder, write };
}

test('code hash: loaded again, and by another file before -> that of the file with all that it imports', async () => {
  const { folder, write } = ownFolder();
  write('rule.ts', 'export const rule = 1;\n');
  write('other.ts', "export { rule } from './rule.ts';\n");
  const a = write('a.ts', "import { rule } from './rule.ts';\nexport default rule;\n");
  const b = write('b.ts', "import { rule } from './other.ts';\nexport default rule;\n");
  const alone = write('alone.ts', 'export default 2;\n');
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
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

test('what of Node a file reaches -> the modules that read or write, by what it imports, too; not those that compute', async () => {
  const { folder, write } = ownFolder();
  write('table.ts', "import { readFileSync } from 'fs';\nexport const table = readFileSync;\n");
  mkdirSync(join(folder, 'node_modules/ours'), { recursive: true });
  write('node_modules/ours/index.js', "exports.os = require('node:os');\n");
  const reads = write(
    'reads.ts',
    "import { randomInt } from 'node:crypto';\nimport { join } from 'node:path';\nimport 'ours';\nimport { table } from './table.ts';\nexport default [randomInt, join, table];\n",
  );
  const computes = write('computes.ts', "import { join } from 'node:path';\nexport default join;\n");
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
  try {
    assert.deepEqual((await files.load(reads)).outside, ['node:crypto', 'node:fs']);
    assert.deepEqual((await files.load(computes)).outside, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a module that a file asks for when it has been loaded -> refused with its line; what a package asks for -> its own affair', async () => {
  const { folder, write } = ownFolder();
  mkdirSync(join(folder, 'node_modules/lazy'), { recursive: true });
  write('node_modules/lazy/index.js', "exports.os = () => require('node:os').EOL;\n");
  const required = write('required.cjs', "\nexports.default = () => require('node:fs');\n");
  const imported = write('imported.mjs', "\n\nexport default () => import('./required.cjs');\n");
  const packaged = write('packaged.mjs', "import { os } from 'lazy';\nexport default os;\n");
  const early = write('early.mjs', "const { EOL } = await import('node:os');\nexport default EOL;\n");
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
  const refusal = (file: string, line: number) => (error: unknown) => {
    assert.ok(error instanceof ForbiddenError, String(error));
    assert.match(error.instead, /at the top of the file/);
    assert.deepEqual(files.placeOf(error), { file, line });
    return true;
  };
  try {
    const loaded = (await files.load(required)).exported as { default: () => unknown };
    assert.throws(() => loaded.default(), refusal(required, 2));
    const importing = (await files.load(imported)).exported as () => Promise<unknown>;
    await assert.rejects(() => files.sealed(importing), refusal(imported, 3));
    assert.equal(((await files.load(packaged)).exported as () => string)(), EOL);
    assert.equal((await files.load(early)).exported, EOL);
    assert.deepEqual((await files.load(early)).outside, ['node:os']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a module that is no strategy’s, loaded in the same process -> may ask for others at any time', async () => {
  const { folder, write } = ownFolder();
  const strategy = write('strategy.mjs', 'export default 1;\n');
  const other = write('other.mjs', "export default async () => (await import('node:os')).EOL;\n");
  try {
    await strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere')).load(strategy);
    const ask = ((await import(pathToFileURL(other).href)) as { default: () => Promise<string> }).default;
    assert.equal(await ask(), EOL);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a file that has changed, or what it imports -> loaded anew with its own hash; clock and timers stay with everybody else meanwhile', async () => {
  const { folder, write } = ownFolder();
  const rule = write('rule.ts', 'export const rule = 1;\n');
  const main = write('main.ts', "import { rule } from './rule.ts';\nexport default rule;\n");
  const clocked = write('clocked.ts', "import './rule.ts';\nexport default Date.now();\n");
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
  try {
    const first = await files.load(main);
    // Others go on while a module waits.
    write('rule.ts', "import { stat } from 'node:fs/promises';\nawait stat('/');\nexport const rule: number = 2;\n");
    let isLoading = true;
    let ticks = 0;
    const tick = (): void => {
      if (!isLoading) return;
      assert.ok(Date.now() > 0 && performance.now() > 0 && String(new Date()) !== '' && Math.random() < 1);
      ticks++;
      setImmediate(tick);
    };
    setImmediate(tick);
    const [second, third] = await Promise.all([files.load(main), files.load(rule)]);
    isLoading = false;
    assert.ok(ticks > 0);
    assert.deepEqual([first.exported, second.exported, third.exported], [1, 2, undefined]);
    assert.notEqual(second.codeHash, first.codeHash);
    assert.equal((await files.load(main)).codeHash, second.codeHash);
    await assert.rejects(files.load(clocked), { kind: 'forbidden', file: clocked, line: 2 });
    assert.ok(Date.now() > 0);
    assert.throws(() => files.sealed(() => Date.now()), { name: 'ForbiddenError' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a file in a folder with brackets, blanks and signs in its name -> what it throws is told with its line', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'tradewright-strategies-')), 'Größe (1) #2 50%');
  mkdirSync(folder);
  const path = join(folder, 'throws.ts');
  writeFileSync(path, "export default {\n  run: () => {\n    throw new Error('on line 3');\n  },\n};\n");
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
  try {
    const { run } = (await files.load(path)).exported as { readonly run: () => void };
    assert.throws(run, (error) => {
      assert.deepEqual(files.placeOf(error), { file: realpathSync(path), line: 3 });
      return true;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a file behind a link, as volumes of Kubernetes have them -> the hash of what it is; the link is put to another -> that one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-strategies-'));
  const version = (name: string, value: number): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'rule.ts'), `export const rule = ${value};\n`);
    writeFileSync(join(folder, name, 'main.ts'), "import { rule } from './rule.ts';\nexport default rule;\n");
  };
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
  try {
    version('..1', 1);
    version('..2', 2);
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/main.ts', join(folder, 'main.ts'));
    const plain = await files.load(join(folder, '..1', 'main.ts'));
    const first = await files.load(join(folder, 'main.ts'));
    assert.deepEqual([first.exported, first.codeHash], [1, plain.codeHash]);
    unlinkSync(join(folder, '..data'));
    symlinkSync('..2', join(folder, '..data'));
    const second = await files.load(join(folder, 'main.ts'));
    assert.equal(second.exported, 2);
    assert.notEqual(second.codeHash, first.codeHash);
    assert.equal((await files.load(join(folder, '..2', 'main.ts'))).codeHash, second.codeHash);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('modules in a package that says CommonJS, as npm init makes it -> modules; what is written as CommonJS stays so', async () => {
  const { folder, write } = ownFolder();
  write('package.json', '{ "type": "commonjs" }');
  write('rule.ts', '// One rule.\nexport const rule: number = 1;\n');
  write('plain.js', 'export const plain = 2;\n');
  write('old.cts', 'exports.old = 3;\n');
  write('older.js', "const text = 'export';\nexports.older = text.length;\n");
  const main = write(
    'main.ts',
    "import { rule } from './rule.ts';\nimport { plain } from './plain.js';\nimport old from './old.cts';\nimport older from './older.js';\nexport default [rule, plain, old.old, older.older];\n",
  );
  const files = strategyFiles({}, SOURCES, new KeptCodeFolder('/nowhere'));
  try {
    assert.deepEqual((await files.load(main)).exported, [1, 2, 3, 6]);
    write('rule.ts', 'export const rule: number = 4;\n');
    assert.deepEqual((await files.load(main)).exported, [4, 2, 3, 6]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('code that is kept: the file has changed, is broken, is gone with what it imports -> loaded as it was; what was tampered with is not', async () => {
  const changes: readonly ((write: (name: string, text: string) => string) => void)[] = [
    (write) => write('rule.ts', 'export const rule = 9;\n'),
    (write) => write('main.ts', 'export default {{;\n'),
    (write) => {
      for (const name of ['main.ts', 'rule.ts', 'node_modules/steps/main.js']) unlinkSync(write(name, ''));
    },
  ];
  for (const change of changes) {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tradewright-kept-')));
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    mkdirSync(join(folder, 'node_modules/steps'), { recursive: true });
    write('node_modules/steps/package.json', '{"name":"steps","main":"main.js"}');
    write('node_modules/steps/main.js', 'module.exports = { step: 5 };\n');
    write('rule.ts', "import steps from 'steps';\nexport const rule: number = 1 + steps.step;\n");
    const text = "import { sep } from 'node:path';\nimport { rule } from './rule.ts';\nexport default { rule, sep };\n";
    const main = write('main.ts', text);
    const keptCode = new KeptCodeFolder(join(folder, 'code'));
    try {
      const files = strategyFiles({}, SOURCES, keptCode);
      const first = await files.load(main);
      assert.equal(await files.loadKept(first.codeHash), null);
      files.keep(first);
      change(write);
      assert.deepEqual(await files.loadKept(first.codeHash), { ...first, exported: { rule: 6, sep } });
      assert.equal(await files.loadKept('0'.repeat(64)), null);
      const [name = ''] = readdirSync(join(folder, 'code'));
      const kept = readFileSync(join(folder, 'code', name), 'utf8');
      write(`code/${name}`, kept.replace('1 + steps', '2 + steps'));
      assert.equal(await files.loadKept(first.codeHash), null);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});

test('code that is kept reads the clock while it is loaded -> refused as from its file', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tradewright-kept-')));
  const path = join(folder, 'clocked.ts');
  const text = 'export default Date.now();\n';
  const keptCode = new KeptCodeFolder(join(folder, 'code'));
  const main = pathToFileURL(path).href;
  try {
    const codeHash = digest(text);
    keptCode.put(codeHash, { path, main, files: [{ url: main, format: 'module-typescript', text, imports: {} }] });
    await assert.rejects(strategyFiles({}, SOURCES, keptCode).loadKept(codeHash), /Date\.now\(\)/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
