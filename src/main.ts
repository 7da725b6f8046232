import { isMainThread, workerData } from 'node:worker_threads';
import type { Background } from './cli/background.ts';
import { endWithLauncher } from './cli/lost-launcher.ts';
import { outliveReaders } from './cli/lost-reader.ts';
import { findOwnImports } from './own-imports.ts';
import { tuneCompiler } from './v8-compiler.ts';

/**
 * Commands that go over bars. Their thread is started before anything else is read, as loading the engine takes longer than reading the line; and
 * V8 compiles for them as {@link tuneCompiler} says.
 */
const RUNS_STRATEGIES: readonly (string | undefined)[] = ['demo', 'backtest', 'check', 'strategies'];

findOwnImports(new URL('./', import.meta.url).href);
if (isMainThread) tuneCompiler(RUNS_STRATEGIES.includes(process.argv[2]) ? 'run' : 'session');

async function main(argv: readonly string[]): Promise<void> {
  const { startBackground } = await import('./cli/background.ts');
  const start = (): Background => startBackground(new URL(import.meta.url));
  // A server that is to do it has threads of its own.
  const isHere = !argv.some((word) => word.startsWith('--server')) && !process.env['TRADEWRIGHT_SERVER'];
  let background: Background | null = isHere && RUNS_STRATEGIES.includes(argv[0]) ? start() : null;
  const { runCli } = await import('./cli/cli.ts');
  process.exitCode = await runCli(argv, () => {
    background ??= start();
    return background;
  });
  await background?.worker.terminate();
}

if (isMainThread) {
  outliveReaders();
  endWithLauncher();
  await main(process.argv.slice(2));
} else if ('reading' in workerData) (await import('./cli/reading-thread.ts')).serveReadings();
else (await import('./cli/thread.ts')).serveJobs();
