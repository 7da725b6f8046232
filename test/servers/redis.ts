import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../stand-ins/loopback.ts';
import { freePort } from './free-port.ts';

const isThere = spawnSync('redis-server', ['--version']).status === 0;

/** For `{ skip }`: a message where there is no Redis on this machine. */
export const redisMissing: string | false = isThere ? false : 'redis-server absent: only CI installs one';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/** A Redis server of its own port, in a folder that is gone with the process. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | null = null;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
    this.#folder = mkdtempSync(join(tmpdir(), 'tradewright-redis-'));
  }

  /** `args`: what `redis-server` is told beside. */
  static async open(...args: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), args);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with what it had written to its disk: nothing, unless its arguments say otherwise. */
  async start(): Promise<void> {
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      this.#folder,
      ...this.#args,
    ];
    const server = spawn('redis-server', args, { stdio: 'ignore' });
    this.#process = server;
    running.add(server);
    server.unref();
    await until(() => this.#answers(), `redis-server on port ${this.port}`);
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const server = this.#process;
    if (server === null) return;
    this.#process = null;
    running.delete(server);
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.ref();
    server.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Whether it answers, and has read what it had. */
  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      const settle = (is: boolean): void => {
        socket.destroy();
        resolve(is);
      };
      // One that asks for a password first answers as well; one that still reads its file says -LOADING.
      socket.on('data', (bytes) => settle(/^(?:\+PONG|-NOAUTH)/.test(bytes.toString())));
      socket.on('error', () => settle(false));
    });
  }
}

/** A cluster of three servers, without replicas. */
export async function redisCluster(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const servers: RedisServer[] = [];
  for (let k = 0; k < 3; k++) {
    const clusterPort = String(await freePort());
    servers.push(await RedisServer.open('--cluster-enabled', 'yes', '--cluster-port', clusterPort));
  }
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  const made = spawnSync(
    'redis-cli',
    ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`the cluster could not be made: ${made.stderr}${made.stdout}`);
  // Each has to hear of the others before it answers.
  for (const { port } of servers)
    await until(async () => {
      const { stdout } = spawnSync('redis-cli', ['-p', String(port), 'cluster', 'info'], { encoding: 'utf8' });
      return stdout.includes('cluster_state:ok');
    }, `the server on port ${port} to know its cluster`);
  return {
    url: `redis-cluster://${addresses.join(',')}`,
    async close() {
      for (const server of servers) await server.close();
    },
  };
}
