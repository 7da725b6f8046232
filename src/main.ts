import { enableCompileCache } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';
import type { Background } from './cli/background.ts';
import { inlineLongChains } from './v8-inlining.ts';

enableCompileCache();
if (isMainThread) inlineLongChains();

/** Commands whose thread is started before anything else is read: loading the engine takes longer than reading the line. */
const RUNS_STRATEGIES: readonly (string | undefined)[] = ['demo', 'backtest', 'check', 'strategies'];

/**
 * Whoever reads the output may have seen enough, as `head` does. What goes on until it is ended then ends in order; all else is done
 * already, and ends as it would have.
 */
function heedClosedOutput(): void {
  let isClosed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!isClosed && process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    isClosed = true;
  });
}

async function main(argv: readonly string[]): Promise<void> {
  heedClosedOutput();
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

if (isMainThread) await main(process.argv.slice(2));
else if ('reading' in workerData) (await import('./cli/reading-thread.ts')).serveReadings();
else (await import('./cli/thread.ts')).serveJobs();
