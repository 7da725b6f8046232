import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** PostgreSQL's own programs, the newest version of a Debian machine. */
const PROGRAM = globSync('/usr/lib/postgresql/*/bin/postgres').sort().at(-1) ?? null;

/** For `{ skip }`: a message where there is no PostgreSQL on this machine. */
export const postgresMissing: string | false =
  PROGRAM === null ? 'PostgreSQL absent (apt-get install postgresql)' : false;

/** Longest that the others outlive the first process. */
const GONE_MS = 60_000;

let shared: Promise<PostgresServer> | null = null;

/** URL of a database of the one server of this test run: real PostgreSQL, in a folder of its own, gone with the process. */
export async function postgresUrl(): Promise<string> {
  shared ??= PostgresServer.open();
  return (await shared).url;
}

const running = new Set<PostgresServer>();
process.on('exit', () => {
  for (const server of running) server.remove();
});

/** A PostgreSQL server of its own port, in a folder that is gone with the process. */
export class PostgresServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tradewright-postgres-'));
  readonly #data = join(this.#folder, 'data');
  #process: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    mkdirSync(this.#data);
    chmodSync(this.#folder, 0o755);
    if (isRoot) chownSync(this.#data, idOf('-u'), idOf('-g'));
    const [program, args] = command(
      ...['initdb', '-D', this.#data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    );
    const made = spawnSync(program, args, { encoding: 'utf8', cwd: this.#folder });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.stdout}`);
  }

  static async open(): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort());
    running.add(server);
    await server.start();
    return server;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts it again, with what it had committed. */
  async start(): Promise<void> {
    const settings = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'unix_socket_directories='];
    const [program, args] = command(
      ...['postgres', '-D', this.#data, '-h', '127.0.0.1', '-p', String(this.port)],
      ...settings.flatMap((each) => ['-c', each]),
    );
    const server = spawn(program, args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = server;
    await ready(server);
    server.unref();
    (server.stderr as unknown as { unref(): void }).unref();
  }

  /** Stops all of its processes in the middle of what they do. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  goOn(): void {
    this.#signal('SIGCONT');
  }

  /** The first process before the others, so that it starts none meanwhile; each of those is a group of its own. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process!.pid!;
    process.kill(pid, signal);
    for (const child of childrenOf(pid)) signalUnlessGone(child, signal);
  }

  async kill(): Promise<void> {
    const server = this.#process;
    if (server === null) return;
    this.#process = null;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.ref();
    // Those that it has started end by themselves once they see that it is gone; stopped ones would not.
    const others = childrenOf(server.pid!);
    process.kill(server.pid!, 'SIGKILL');
    await gone;
    // While one of them is there, its memory is in use, and no server can be started on the folder.
    const endMs = performance.now() + GONE_MS;
    while (others.some((pid) => existsSync(`/proc/${pid}`))) {
      if (performance.now() > endMs) throw new Error(`processes of PostgreSQL outlive it: ${others.join(', ')}`);
      await pause(10);
    }
  }

  async close(): Promise<void> {
    await this.kill();
    this.remove();
  }

  /** Waits until it is gone, so that nothing writes into the folder any more. */
  remove(): void {
    running.delete(this);
    if (this.#process !== null) {
      this.goOn();
      const [program, args] = command('pg_ctl', 'stop', '-D', this.#data, '-m', 'immediate', '-s');
      spawnSync(program, args, { cwd: this.#folder });
      this.#process = null;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** PostgreSQL refuses to run as root. */
const isRoot = process.getuid?.() === 0;

function command(program: string, ...args: string[]): [string, string[]] {
  const as = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig=QUIT'] : [];
  const [first, ...rest] = [...as, join(dirname(PROGRAM!), program), ...args];
  return [first!, rest];
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

/** A process that served a connection ends with it, also between the listing and the signal. */
function signalUnlessGone(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
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
