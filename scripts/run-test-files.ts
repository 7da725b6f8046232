import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import type { Server } from 'node:net';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { EXPECTED_SKIPS } from '../test/expected-skips.ts';

/** What became of the files that one process ran. */
export interface FilesResult {
  /** False where it did not come to its end. */
  readonly isWhole: boolean;
  readonly passed: number;
  readonly skipped: number;
  /** Place, name and first line of the error. */
  readonly failures: readonly string[];
  readonly unexpectedSkips: readonly string[];
  /** Milliseconds of the clock by file, a shared suite's own counted for itself. */
  readonly times: Readonly<Record<string, number>>;
}

// Nearly every process loads most of the program, those that tests start as well.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] = directory;

/** `run-test-files.ts <where the result goes> <file>…`: runs test files one after another in this process; `scripts/run-tests.ts` starts it. */
const [resultPath, ...files] = process.argv.slice(2);
if (resultPath === undefined) throw new Error('expected the path of the result and test files');
const failures: string[] = [];
const unexpectedSkips: string[] = [];
const times: Record<string, number> = {};
let [passed, skipped, lastMs] = [0, 0, performance.now()];

const timed = (file = '?'): string => {
  const [nowMs, name] = [performance.now(), relative(process.cwd(), file)];
  times[name] = (times[name] ?? 0) + nowMs - lastMs;
  lastMs = nowMs;
  return name;
};

const keep = (isWhole: boolean): void => {
  const result: FilesResult = { isWhole, passed, skipped, failures, unexpectedSkips, times };
  writeFileSync(resultPath, JSON.stringify(result));
};

/** Files that threw while their tests were named. The runner says so only of files that had named none: it would pass the rest in silence. */
async function brokenFiles(): Promise<string[]> {
  const broken: string[] = [];
  for (const file of files) {
    const place = relative(process.cwd(), file);
    // A module is evaluated once: this answers what became of it.
    const thrown: unknown = await import(pathToFileURL(file).href).then(
      () => null,
      (error: unknown) => error,
    );
    if (thrown === null || failures.some((line) => line.startsWith(`${place}:1 ${file}\n`))) continue;
    const said = thrown instanceof Error ? (thrown.stack ?? thrown.message) : `threw ${JSON.stringify(thrown)}`;
    broken.push(`${place}:1 ${file}\n      ${said.split('\n')[0]}`);
  }
  return broken;
}

const stream = run({ files, isolation: 'none', concurrency: 1 });
stream.on('test:fail', ({ name, file, line, details }) => {
  const place = timed(file);
  // Of a suite that fails with its tests, those say more.
  const { failureType, cause } = details.error as { readonly failureType?: string; readonly cause?: unknown };
  if (failureType === 'subtestsFailed' && details.type === 'suite') return;
  const { message: said } = cause instanceof Error ? cause : details.error;
  failures.push(`${place}:${line ?? 0} ${name}\n      ${said.split('\n')[0]}`);
  keep(false);
});
stream.on('test:pass', ({ name, file, skip, details }) => {
  timed(file);
  if (details.type === 'suite') return;
  if (skip === undefined || skip === false) {
    passed++;
    return;
  }
  skipped++;
  const reason = String(skip);
  if (!EXPECTED_SKIPS.some((e) => e.test.test(name) || e.test.test(reason))) unexpectedSkips.push(`${name}: ${reason}`);
});
stream.on('end', () => {
  void brokenFiles().then((broken) => {
    failures.push(...broken);
    keep(true);
    process.exitCode = failures.length > 0 ? 1 : 0;
  });
});
stream.compose(new spec()).pipe(process.stdout);

/** Servers that were made to listen, and from where. */
const listened = new Map<Server, string>();
subscribe('tracing:net.server.listen:asyncStart', (message) => {
  const { server } = message as { readonly server: Server };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 40;
  const lines = new Error().stack?.split('\n') ?? [];
  Error.stackTraceLimit = stackTraceLimit;
  listened.set(
    server,
    lines.filter((line) => line.includes(process.cwd()) && !line.includes('node_modules')).join('\n'),
  );
  server.once('close', () => listened.delete(server));
});

/** The runner ends when nothing is open any more. What tests have left open is told and ended, once all of them are over for so long. */
const LEFT_OPEN_MS = 30_000;
let under = 0;
let completedMs = Number.POSITIVE_INFINITY;
stream.on('test:enqueue', () => void under++);
stream.on('test:complete', () => {
  under--;
  completedMs = performance.now();
});
setInterval(() => {
  if (under !== 0 || performance.now() - completedMs < LEFT_OPEN_MS) return;
  keep(true);
  const left = process.getActiveResourcesInfo().filter((each) => each !== 'Timeout');
  const open = [...listened].filter(([server]) => server.listening);
  const servers = open.map(([server, from]) => `${JSON.stringify(server.address())}, from\n${from}`);
  process.stdout.write(`\n${[`left open after the last test: ${left.join(', ')}`, ...servers].join('\n')}\n`, () =>
    process.exit(failures.length > 0 ? 1 : 0),
  );
}, 5_000).unref();
