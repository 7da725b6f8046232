import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** Who may import whom: folder → folders (or packages). Longest matching folder decides. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core/vocabulary': ['zod'],
  'src/core/market': ['src/core/vocabulary'],
  'src/core/indicators': ['src/core/vocabulary'],
  'src/core/risk': ['src/core/vocabulary', 'zod'],
  'src/core/execution': ['src/core/vocabulary'],
  'src/core/exchange': ['src/core/vocabulary'],
  'src/core/portfolio': ['src/core/vocabulary'],
  'src/core/report': ['src/core/vocabulary', 'zod'],
  'src/core/promotion': ['src/core/vocabulary', 'zod'],
  'src/core/alerts': ['src/core/vocabulary', 'zod'],
  'src/core/strategy': ['src/core/vocabulary', 'src/core/indicators'],
  'src/core/engine': [
    'src/core/vocabulary',
    'src/core/market',
    'src/core/indicators',
    'src/core/strategy',
    'src/core/risk',
    'src/core/execution',
    'src/core/portfolio',
  ],
  'src/core/research': ['src/core'],
  'src/ports': ['src/core/vocabulary', 'src/core/market', 'src/core/alerts'],
  'src/connectivity': ['src/ports', 'src/core/vocabulary', 'node:'],
  'src/local-exchange': [
    'src/ports',
    'src/core/vocabulary',
    'src/core/exchange',
    'src/core/market',
    'src/core/research/synthetic-market.ts',
    'node:',
    'package',
  ],
  'src/disk': ['node:'],
  'src/durability': ['src/ports', 'src/core/vocabulary', 'src/core/alerts', 'src/disk', 'node:'],
  'src/bus': ['src/ports', 'src/core/vocabulary'],
  'src/adapters': [
    'src/ports',
    'src/bus',
    'src/connectivity',
    'src/disk',
    'src/durability',
    'src/core/vocabulary',
    'src/core/market',
    'src/core/alerts',
    'node:',
    'package',
  ],
  'src/session': ['src/ports', 'src/core'],
  // It must work when everything else does not: the ports, and what an instrument and an order id are.
  'src/kill': ['src/ports', 'src/core/vocabulary', 'src/core/execution/client-order-id.ts', 'zod'],
  'src/api/handlers': ['src/api', 'src/ports', 'src/core', 'src/session', 'src/kill', 'node:'],
  'src/api/http': ['src/api', 'src/ports', 'src/core/vocabulary', 'node:', 'package'],
  'src/api/mcp': ['src/api', 'src/ports', 'src/core/vocabulary', 'node:', 'package'],
  'src/api/websocket': ['src/api', 'src/ports', 'src/core/vocabulary', 'node:', 'package'],
  'src/api/topics': ['src/api', 'src/ports', 'src/core/vocabulary', 'node:crypto', 'rfc6902'],
  /** For browsers, too. */
  'src/api/client': [
    'src/api/operations',
    'src/api/browser-session.ts',
    'src/api/failures.ts',
    'src/api/field-shape.ts',
    'src/api/operation.ts',
    'src/api/upload.ts',
    'src/api/websocket/frames.ts',
    'src/core/vocabulary',
    'zod',
    'rfc6902',
  ],
  // What a run came to is a document, and nothing but its shape.
  'src/api': ['src/ports', 'src/core/vocabulary', 'src/core/report/report.ts', 'zod'],
  /** A client like any other: the table, its schemas, and packages of browsers. */
  'web/src': [
    'src/api/client',
    'src/api/dry-run.ts',
    'src/api/field-shape.ts',
    'src/core/vocabulary',
    'src/core/market/roll-up-rules.ts',
    'package',
  ],
  'src/cli': [
    'src/api',
    'src/compose.ts',
    'src/config.ts',
    'src/core/vocabulary',
    'src/core/report',
    'node:',
    'package',
  ],
};

/** What may not stand in the core, with what to use instead. */
const BANNED: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bDate\.now\b|\bnew Date\b|\bDate\(/, instead: 'event time: inputs carry it' },
  { pattern: /\bMath\.random\b/, instead: 'vocabulary/random.ts, seeded and handed in' },
  { pattern: /\basync\b|\bawait\b|\bPromise\b/, instead: 'inputs and requests: the shell waits' },
  { pattern: /\bIntl\b|toLocale/, instead: 'vocabulary/time.ts and decimal.ts' },
  { pattern: /\*\*(?!\/)|\bMath\.pow\b/, instead: 'multiplication or powerOfTen: ** differs between V8 versions' },
  { pattern: /\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b/, instead: 'timers are requests' },
  { pattern: /\bconsole\.|\bprocess\.|\bfetch\(/, instead: 'events; the shell logs' },
];
const DRAWERS = /(^|[-/])(util|utils|helper|helpers|manager|service|common|base|impl|misc)(?=[-./]|$)/;

const sources = globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: root }).filter(
  (f) => !f.endsWith('.test.ts'),
);

/** Code without comments. */
function codeOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** Code without comments and without the text of strings, which may hold a page's script or Markdown. */
function wordsOf(file: string): string {
  return codeOf(file).replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''");
}

/** Specifiers of a file's import and export statements, and of its dynamic imports. */
function importsOf(file: string): string[] {
  const statement =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]|(?:^|\n)\s*import\s*['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g;
  return [...codeOf(file).matchAll(statement)].map(([, from, bare, dynamic]) => {
    const specifier = (from ?? bare ?? dynamic)!;
    return specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier;
  });
}

/** Every file of ours that is loaded with this one: what it imports, and what that imports, until something is asked for by `import()`. */
function loadedWith(file: string): ReadonlySet<string> {
  const statement = /(?:^|\n)\s*(?:import|export)\b(?!\s+type\b)[^'"`;]*?\bfrom\s*['"](\.[^'"\n]+)['"]/g;
  const found = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const [, specifier] of codeOf(next).matchAll(statement))
      open.push(relative(root, join(root, dirname(next), specifier!)));
  }
  return found;
}

function ruleOf(file: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function complaints(file: string, imports: readonly string[]): string[] {
  const folder = ruleOf(file);
  if (!folder) return [];
  const own = folder === 'src/adapters' ? file.split('/').slice(0, 3).join('/') : folder;
  return imports
    .filter((target) => {
      if (target.startsWith(`${own}/`)) return false;
      const isPackage = !target.startsWith('src/') && !target.startsWith('node:') && !target.startsWith('..');
      return !MAY_IMPORT[folder]!.some((allowed) =>
        allowed === 'package'
          ? isPackage
          : target === allowed || target.startsWith(allowed.endsWith(':') ? allowed : `${allowed}/`),
      );
    })
    .map((target) => `${file} imports ${target}; ${folder} may import ${MAY_IMPORT[folder]!.join(', ')}`);
}

describe('architecture', () => {
  test('imports: every file -> only what its folder may know', () => {
    assert.deepEqual(
      sources.flatMap((f) => complaints(f, importsOf(f))),
      [],
    );
  });

  test('starts: commands which run no strategy and read no session -> load neither engine nor strategies', () => {
    const light = [
      ...['accounts', 'channels', 'data', 'deployments', 'give-command', 'jobs', 'kill', 'known-sessions', 'promotion'],
      ...['runs', 'schedules', 'serve', 'session-commands', 'sessions', 'users', 'venues', 'watchdog'],
    ];
    const heavy = ['src/core/engine/engine.ts', 'src/core/strategy/catalogue.ts', 'src/core/indicators/ta.ts'];
    const begun = ['src/main.ts', 'src/cli/cli.ts', 'src/compose.ts', 'src/api/handlers/handlers.ts'];
    const found = [...begun, ...light.map((name) => `src/api/handlers/${name}.ts`)].flatMap((file) => {
      const loaded = loadedWith(file);
      return heavy.filter((each) => loaded.has(each)).map((each) => `${file} loads ${each}`);
    });
    assert.deepEqual(found, []);
    // It is found where it is.
    const all = ['run', 'strategies'].flatMap((name) => [...loadedWith(`src/api/handlers/${name}.ts`)]);
    assert.deepEqual(
      heavy.filter((each) => !all.includes(each)),
      [],
    );
  });

  test('core: banned words -> none', () => {
    const found = sources
      .filter((f) => f.startsWith('src/core/'))
      .flatMap((f) => {
        const code = wordsOf(f);
        return BANNED.filter((b) => b.pattern.test(code)).map(
          (b) => `${f} has ${b.pattern.exec(code)![0]}; use ${b.instead}`,
        );
      });
    assert.deepEqual(found, []);
  });

  test('names: every file and folder -> no drawer', () => {
    assert.deepEqual(
      sources.filter((f) => DRAWERS.test(f)),
      [],
    );
  });

  test('size: every source file -> at most 400 lines', () => {
    const long = sources
      .map((f) => [f, readFileSync(join(root, f), 'utf8').split('\n').length] as const)
      .filter(([, n]) => n > 400);
    assert.deepEqual(long, []);
  });

  test('the checks themselves: planted violations -> each is found', () => {
    assert.equal(complaints('src/core/risk/x.ts', ['src/core/portfolio/ledger.ts']).length, 1, 'slice to slice');
    assert.equal(complaints('src/core/market/x.ts', ['node:fs']).length, 1, 'core to node');
    assert.equal(complaints('src/adapters/csv/x.ts', ['src/adapters/parquet/y.ts']).length, 1, 'adapter to adapter');
    assert.equal(complaints('src/adapters/csv/x.ts', ['src/core/engine/engine.ts']).length, 1, 'adapter to engine');
    const planted = [
      'Date.now()',
      'Math.random()',
      'async () => 1',
      '2 ** 3',
      'setTimeout(f, 1)',
      'new Intl.NumberFormat()',
    ];
    for (const code of planted)
      assert.ok(
        BANNED.some((b) => b.pattern.test(code)),
        code,
      );
    assert.ok(DRAWERS.test('src/core/order-utils.ts'));
  });
});
