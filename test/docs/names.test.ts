import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Failure } from '../../src/api/failures.ts';
import { ROUTES } from '../../src/api/http/routes.ts';
import { SESSION_ROUTES } from '../../src/api/http/session-routes.ts';
import { UPLOAD_ROUTES } from '../../src/api/http/upload-routes.ts';
import { COMMAND_IDS, operationOf } from '../../src/api/operations/table.ts';
import { flagsOf, GLOBAL_FLAGS } from '../../src/cli/flags.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { SETTINGS } from '../../src/settings.ts';
import { blocksOf, pages, readPage, root, spansOf } from './pages.ts';
import { commandsOf } from './shell-lines.ts';

const checked = [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const spans = checked.flatMap((page) => spansOf(page).map((span) => [page, span] as const));

/** What is wrong with a command in a sentence, where its arguments may be left out or stand as `<name>`; null for nothing. */
function commandComplaint(words: readonly string[]): string | null {
  try {
    const { id, given } = parseCommandLine(words, false);
    const { error } = operationOf(id).input.safeParse(given);
    const wrong = error?.issues.find(({ path: [field] }) => {
      const value = given[String(field)];
      return value !== undefined && !(typeof value === 'string' && /^<.*>$/.test(value));
    });
    return wrong === undefined ? null : `${wrong.path.join('.')}: ${wrong.message}`;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'input-invalid' && /found (nothing|the end of the line)$/.test(error.message)
      ? null
      : error.message;
  }
}

/** Flags of Node and of Docker. */
const OF_OTHERS = ['inspect', 'profile'];

/** Whether the project has a file or folder whose path begins so: a reader fills in what stands behind it. */
const isThere = (path: string): boolean => globSync([path, `${path}*`], { cwd: root }).length > 0;

const PATHS = [...ROUTES, ...SESSION_ROUTES, ...UPLOAD_ROUTES].map(({ method, path }) => ({
  method: method as string,
  shape: new RegExp(`^${path.replaceAll(/\{\w+\}|:\w+/g, '[^/]+')}$`),
}));

/** Whether a server has a path, under the method where one is named. */
function isServed(method: string | undefined, path: string): boolean {
  return PATHS.some((route) => route.shape.test(path) && (method ?? route.method) === route.method);
}

describe('names in the documents', () => {
  test('every command in a sentence -> one that there is, with flags and values that it takes', () => {
    const wrong = spans.flatMap(([page, span]) =>
      commandsOf(span).flatMap(({ words }) => {
        const complaint = commandComplaint(words);
        return complaint === null ? [] : [`${page}: ${span}: ${complaint}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  test('every flag that begins a span -> a flag of some command or program', () => {
    const flags = COMMAND_IDS.flatMap((id) => flagsOf(operationOf(id)).flatMap(({ name }) => [name, `no-${name}`]));
    const known = new Set([...flags, ...GLOBAL_FLAGS.map(({ name }) => name)]);
    const programs = [...globSync('scripts/*.ts', { cwd: root }), 'src/kill-program.ts']
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join();
    const wrong = spans.flatMap(([page, span]) => {
      const name = /^--([a-z][a-z-]*)/.exec(span)?.[1];
      const isKnown = name === undefined || known.has(name) || programs.includes(`  ${name}: { type:`);
      return isKnown || OF_OTHERS.includes(name) ? [] : [`${page}: ${span}`];
    });
    assert.deepEqual(wrong, []);
  });

  test('every setting -> of the table of settings', () => {
    const known = new Set(SETTINGS.map(({ env }) => env));
    const named = checked.flatMap((page) =>
      [...readPage(page).matchAll(/TRADEWRIGHT_[A-Z_]*[A-Z]/g)].map(([name]) => [page, name] as const),
    );
    assert.deepEqual(
      named.filter(([, name]) => !known.has(name)),
      [],
    );
  });

  test('every path of the project, and every script of npm -> there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const wrong = spans.flatMap(([page, span]) => [
      ...[...span.matchAll(/(?<![\w./-])(?:src|test|scripts|deploy|bench|web|docs)\/[\w./*-]+/g)]
        .filter(([path]) => !isThere(path))
        .map(([path]) => `${page}: ${path}`),
      ...[...span.matchAll(/npm run ([\w:]+)/g)].flatMap(([, name]) => (name! in scripts ? [] : [`${page}: ${name}`])),
    ]);
    assert.deepEqual(wrong, []);
  });

  test('every library that the package brings -> named in the decisions, with its reason', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly [kind: string]: Readonly<Record<string, string>>;
    };
    const text = globSync('docs/decisions/*.md', { cwd: root }).map(readPage).join('\n');
    // Of libraries of one house the first has its whole name.
    const isNamed = (name: string): boolean =>
      [name, name.split('/').at(-1)].some((each) => text.includes(`\`${each}\``));
    const all = Object.keys({ ...dependencies, ...optionalDependencies });
    assert.deepEqual(
      all.filter((name) => !isNamed(name)),
      [],
    );
  });

  test('every path of the server -> served, under the method that is named', () => {
    // The local exchange has paths of Binance.
    const own = checked.filter((page) => !page.endsWith('/local-exchange.md'));
    const inSpans = own.flatMap((page) => spansOf(page).map((span) => [page, span] as const));
    const inBlocks = own.flatMap((page) =>
      blocksOf(page).flatMap(({ text }) => text.split('\n').map((line) => [page, line] as const)),
    );
    const wrong = [...inSpans, ...inBlocks].flatMap(([page, text]) => {
      const asRequest = /^(?:(GET|POST|PATCH|DELETE) +)?(\/api\/[\w/{}.-]+)/.exec(text);
      const asCall = /^(?:curl|\s+-).*127\.0\.0\.1:7330(\/api\/[\w/.-]+)/.exec(text);
      const sent = / -X (\w+) /.exec(text)?.[1] ?? (/ -d /.test(text) ? 'POST' : undefined);
      const [method, path] = asRequest === null ? [sent, asCall?.[1]] : [asRequest[1], asRequest[2]];
      return path === undefined || isServed(method, path) ? [] : [`${page}: ${text}`];
    });
    assert.deepEqual(wrong, []);
  });

  test('every block of JSON -> is some', () => {
    for (const { page, line, language, text } of checked.flatMap(blocksOf))
      if (language === 'json') assert.doesNotThrow(() => JSON.parse(text), `${page}:${line}`);
  });

  test('the checks themselves: what is not there -> found', () => {
    assert.match(commandComplaint(['order', 'by', 'BTCUSDT']) ?? '', /no command/);
    assert.match(commandComplaint(['kill', '--levle', 'pause']) ?? '', /levle/);
    assert.match(commandComplaint(['kill', '--level', 'paus']) ?? '', /level/);
    assert.equal(commandComplaint(['journal', 'verify', '<session>']), null);
    assert.equal(commandComplaint(['data', 'get']), null);
    assert.deepEqual(commandsOf('A=b npx tradewright ls | tradewright "x y" > f\ntradewright 0.1.0'), [
      { text: 'A=b npx tradewright ls | tradewright "x y" > f', words: ['ls'] },
      { text: 'A=b npx tradewright ls | tradewright "x y" > f', words: ['x y'] },
    ]);
    assert.deepEqual([isThere('src/api'), isThere('docs/decisions/0001'), isThere('src/ap1')], [true, true, false]);
    assert.deepEqual([isServed('GET', '/api/kill'), isServed('POST', '/api/kill')], [false, true]);
  });
});
