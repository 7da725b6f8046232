import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** Where `scripts/build-ferretdb.sh` puts it. */
const CACHE =
  process.env['TRADEWRIGHT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tradewright');
const PROGRAM = join(CACHE, 'ferretdb-v1.24.0');

/** For `{ skip }`: a message where FerretDB was not built on this machine. */
export const ferretdbMissing: string | false = existsSync(PROGRAM)
  ? false
  : 'FerretDB absent (scripts/build-ferretdb.sh builds it where Go is installed)';

let started: Promise<{ readonly host: string; readonly port: number }> | null = null;

/**
 * The one server of this test run that speaks MongoDB's protocol: FerretDB over SQLite, in a folder of its own, gone with the process. It
 * is not MongoDB: it has no transactions, and reads a whole collection to find a document.
 */
export function ferretdb(): Promise<{ readonly host: string; readonly port: number }> {
  started ??= start();
  return started;
}

async function start(): Promise<{ readonly host: string; readonly port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-ferretdb-'));
  const port = await freePort();
  const server = spawn(
    PROGRAM,
    [
      '--handler=sqlite',
      `--sqlite-url=file:${folder}/`,
      `--listen-addr=127.0.0.1:${port}`,
      '--debug-addr=-',
      `--state-dir=${folder}`,
      '--telemetry=disable',
      '--log-level=info',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  process.on('exit', () => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  });
  await ready(server);
  server.unref();
  (server.stderr as unknown as { unref(): void }).unref();
  return { host: '127.0.0.1', port };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000);
      if (/Listening on TCP/i.test(said)) resolve();
    });
    server.on('exit', (code) => reject(new Error(`FerretDB ended with ${code}: ${said}`)));
  });
}
