import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';

/** PostgreSQL's own programs, the newest version of a Debian machine. */
const PROGRAM = globSync('/usr/lib/postgresql/*/bin/postgres').sort().at(-1) ?? null;

/** For `{ skip }`: a message where there is no PostgreSQL on this machine. */
export const postgresMissing: string | false =
  PROGRAM === null ? 'PostgreSQL absent (apt-get install postgresql)' : false;

let started: Promise<string> | null = null;

/** URL of a database of the one server of this test run: real PostgreSQL, in a folder of its own, gone with the process. */
export function postgresUrl(): Promise<string> {
  started ??= start();
  return started;
}

async function start(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-postgres-'));
  const data = join(folder, 'data');
  const bin = dirname(PROGRAM!);
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig=QUIT'] : [];
  const command = (program: string, ...args: string[]): [string, string[]] => {
    const [first, ...rest] = [...as, join(bin, program), ...args];
    return [first!, rest];
  };
  mkdirSync(data);
  chmodSync(folder, 0o755);
  if (isRoot) chownSync(data, idOf('-u'), idOf('-g'));
  const made = spawnSync(
    ...command('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'),
    { encoding: 'utf8', cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.stdout}`);
  const port = await freePort();
  const settings = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'unix_socket_directories='];
  const server = spawn(
    ...command(
      'postgres',
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      ...settings.flatMap((each) => ['-c', each]),
    ),
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  process.on('exit', () => {
    // Waits until it is gone, so that nothing writes into the folder any more.
    spawnSync(...command('pg_ctl', 'stop', '-D', data, '-m', 'immediate', '-s'), { cwd: folder });
    rmSync(folder, { recursive: true, force: true });
  });
  await ready(server);
  server.unref();
  (server.stderr as unknown as { unref(): void }).unref();
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

function idOf(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000);
      if (said.includes('ready to accept connections')) resolve();
    });
    server.on('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
  });
}
