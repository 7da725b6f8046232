import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { operationOf } from '../../src/api/operations/table.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { type PlayOptions, play } from '../../src/core/research/play.ts';
import type { BarsSpec, UniverseSpec } from '../../src/core/strategy/data.ts';
import type { AnyStrategy } from '../../src/core/strategy/define-strategy.ts';
import { blocksOf, type CodeBlock, pages, root } from './pages.ts';
import { commandsOf } from './shell-lines.ts';

const folder = join(root, 'build/docs-blocks');
const blocks = pages.flatMap(blocksOf);
const ENTRIES: Readonly<Record<string, string>> = {
  tradewright: './src/index.ts',
  'tradewright/indicators': './src/core/indicators/index.ts',
  'tradewright/client': './src/api/client/client.ts',
  'tradewright/testing': './src/testing.ts',
};

/** Where a block is written: as its first line says (`// strategies/x.ts`), each page in a folder of its own. */
function fileOf(block: CodeBlock): string {
  const named = /^\/\/ (\S+\.ts)\b/.exec(block.text)?.[1];
  return join(folder, block.page.replace(/\W/g, '-'), named ?? `line-${block.line}.ts`);
}

const programs = blocks.filter((block) => block.language === 'ts');
const title = (block: CodeBlock): string => `${block.page}:${block.line}`;

function isStrategy(value: unknown): value is AnyStrategy {
  return typeof (value as AnyStrategy | null)?.def?.indicators === 'function';
}

/** Markets on which a strategy's feeds can be found, by symbol. */
function marketsFor({ def }: AnyStrategy): PlayOptions<unknown>['bars'] {
  const specs = Object.values(def.data as Readonly<Record<string, BarsSpec | UniverseSpec>>);
  const named = specs.flatMap((spec) => (spec.kind === 'bars' && spec.symbol !== undefined ? [spec.symbol] : []));
  const isWide = specs.some((spec) => spec.kind === 'universe');
  return isWide || named.length > 0
    ? Object.fromEntries(['TEST', 'OTHER', ...named].map((symbol) => [symbol, 'mixed' as const]))
    : 'mixed';
}

describe('code in the documents', () => {
  let unhook = (): void => {};

  before(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const block of programs) {
      mkdirSync(dirname(fileOf(block)), { recursive: true });
      writeFileSync(fileOf(block), block.text);
    }
    const hooks = registerHooks({
      resolve(specifier, context, next) {
        const entry = ENTRIES[specifier];
        return entry === undefined ? next(specifier, context) : next(pathToFileURL(join(root, entry)).href, context);
      },
    });
    unhook = () => hooks.deregister();
  });
  after(() => unhook());

  test('every ts block -> compiles under the strictest settings', () => {
    const settings = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        ...{ noEmit: true, composite: false, declaration: false, emitDeclarationOnly: false },
        ...{ lib: ['es2024'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
        paths: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, [join(root, path)]])),
      },
      include: [`${folder}/**/*.ts`],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    try {
      execFileSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      assert.fail((error as { stdout: string }).stdout);
    }
  });

  for (const block of programs.filter((b) => !/^\/\/ \S+\.test\.ts/.test(b.text)))
    test(`${title(block)}: runs, and its strategies on a small market -> no error`, async (t) => {
      t.mock.method(console, 'log', () => {});
      const exported: Record<string, unknown> = await import(pathToFileURL(fileOf(block)).href);
      for (const strategy of new Set(Object.values(exported).filter(isStrategy))) {
        const { equity } = play(strategy, { bars: marketsFor(strategy), account: 'margin' });
        assert.ok(
          equity.every((value) => value > 0),
          `${strategy.def.id}: equity stays above 0`,
        );
      }
    });

  for (const block of programs.filter((b) => /^\/\/ \S+\.test\.ts/.test(b.text)))
    test(`${title(block)}: as a test of the reader's -> passes, twice`, () => {
      const hook = join(folder, 'hook.mjs');
      const urls = Object.fromEntries(Object.entries(ENTRIES).map(([n, p]) => [n, pathToFileURL(join(root, p)).href]));
      writeFileSync(
        hook,
        `import { registerHooks } from 'node:module';\nconst urls = ${JSON.stringify(urls)};\nregisterHooks({ resolve: (name, context, next) => next(urls[name] ?? name, context) });\n`,
      );
      const { NODE_TEST_CONTEXT: _inner, ...env } = process.env;
      for (const flags of [['--test-update-snapshots'], []])
        try {
          execFileSync(
            process.execPath,
            ['--import', pathToFileURL(hook).href, '--test', '--test-isolation=none', ...flags, fileOf(block)],
            { encoding: 'utf8', stdio: 'pipe', env },
          );
        } catch (error) {
          assert.fail((error as { stdout: string }).stdout);
        }
    });

  // What the reference of commands has as text are forms, not commands.
  const isTyped = ({ language, page }: CodeBlock): boolean =>
    language === 'sh' || (language === 'text' && page !== 'docs/reference/cli.md');
  for (const block of blocks.filter(isTyped))
    for (const { words, text } of commandsOf(block.text))
      test(`${title(block)}: ${text} -> a command with flags that it takes`, () => {
        const { id, given } = parseCommandLine(words, false);
        const parsed = operationOf(id).input.safeParse(given);
        assert.ok(parsed.success, parsed.error?.message);
      });

  test('every fenced block -> of a language that this test knows', () => {
    const known = ['ts', 'sh', 'text', 'json', 'yaml', 'python', 'js', 'go', 'csv', 'sql'];
    assert.deepEqual(
      blocks.filter((b) => !known.includes(b.language)).map((b) => `${title(b)} ${b.language}`),
      [],
    );
  });
});
