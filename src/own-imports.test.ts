import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { oneLanguage, ownImport } from './own-imports.ts';

const ROOT = 'file:///opt/x/src/';
const MAIN = `${ROOT}main.ts`;

describe('own imports', () => {
  test('between two files of the program -> the address that is written, with what kind of module it is', () => {
    const found = ownImport('./cli/cli.ts', MAIN, ROOT);
    assert.deepEqual(found, { url: `${ROOT}cli/cli.ts`, format: 'module-typescript' });
    const up = ownImport('../../core/a.js', `${ROOT}api/handlers/b.js`, ROOT);
    assert.deepEqual(up, { url: `${ROOT}core/a.js`, format: 'module' });
  });

  test('packages, modules of Node, other kinds, and files elsewhere on either side -> left to Node', () => {
    for (const specifier of [
      'zod',
      'node:fs',
      '/opt/x/src/a.ts',
      'file:///opt/x/src/a.ts',
      './a.json',
      './a',
      './a.cjs',
    ])
      assert.equal(ownImport(specifier, MAIN, ROOT), null, specifier);
    assert.equal(ownImport('../package.ts', MAIN, ROOT), null, 'leads out');
    assert.equal(ownImport('./b.ts', 'file:///home/me/strategies/a.ts', ROOT), null, 'comes from elsewhere');
    assert.equal(ownImport('./b.ts', undefined, ROOT), null, 'the first file');
  });

  test('zod in a process of its own, as the program loads it -> one language, and all else as before', () => {
    const script = `
      import { findOwnImports } from ${JSON.stringify(new URL('./own-imports.ts', import.meta.url).href)};
      import { registerHooks } from 'node:module';
      const files = [];
      registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
      findOwnImports(${JSON.stringify(ROOT)});
      const { z } = await import('zod');
      const { error } = z.object({ a: z.number() }).safeParse({ a: 'x' });
      console.log(JSON.stringify({ languages: files.filter((url) => url.includes('/locales/')), says: error.issues[0].message }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(stderr, '');
    const { languages, says } = JSON.parse(stdout) as { readonly languages: readonly string[]; readonly says: string };
    assert.deepEqual(
      languages.map((url) => url.slice(url.lastIndexOf('/') + 1)),
      ['en.js'],
    );
    assert.match(says, /expected number, received string/);
  });

  test('the languages that somebody else lists, or another file of zod -> left to Node', () => {
    const zod = 'file:///opt/x/node_modules/zod/v4';
    assert.equal(oneLanguage('../locales/index.js', `${zod}/core/index.js`), `${zod}/locales/en.js`);
    assert.equal(oneLanguage('../locales/index.js', 'file:///home/me/app/words.js'), null);
    assert.equal(oneLanguage('../locales/de.js', `${zod}/classic/external.js`), null);
    assert.equal(oneLanguage('zod', undefined), null);
  });

  test('every import between files of the program -> leads where Node finds it by itself', () => {
    const folder = realpathSync(import.meta.dirname);
    const root = pathToFileURL(`${folder}/`).href;
    let count = 0;
    for (const name of globSync('**/*.ts', { cwd: folder })) {
      const file = join(folder, name);
      const importer = pathToFileURL(file).href;
      for (const [, specifier] of readFileSync(file, 'utf8').matchAll(
        /\bfrom '(\.[^'\n]+)'|\bimport\('(\.[^'\n]+)'\)/g,
      )) {
        if (specifier === undefined) continue;
        const own = ownImport(specifier, importer, root);
        if (own === null) continue;
        count++;
        const path = fileURLToPath(own.url);
        // What is not there stands in a text.
        if (existsSync(path)) assert.equal(path, createRequire(file).resolve(specifier), `${name}: ${specifier}`);
      }
    }
    assert.ok(count > 1_000, `${count} imports`);
  });
});
