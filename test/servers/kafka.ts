import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** Where `scripts/fetch-kafka.sh` puts it. */
const CACHE =
  process.env['TRADEWRIGHT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tradewright');
const JARS = join(CACHE, 'kafka-4.3.1');
const hasJava = spawnSync('java', ['-version']).status === 0;

/** For `{ skip }`: a message where there is no Kafka on this machine. */
export const kafkaMissing: string | false =
  hasJava && existsSync(JARS) ? false : 'Kafka absent (scripts/fetch-kafka.sh fetches it where Maven and Java are)';

/** A real broker of Apache Kafka, its own controller (KRaft), in a folder that is gone with the process. */
export class KafkaServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'tradewright-kafka-'));
  }

  static async open(): Promise<KafkaServer> {
    const server = new KafkaServer(await freePort());
    const { port } = server;
    const controller = await freePort();
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'log.dirs': join(server.#folder, 'data'),
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 1,
      'group.initial.rebalance.delay.ms': 0,
      // Who is started again after a kill waits until it has been forgotten.
      'broker.session.timeout.ms': 2_000,
      'broker.heartbeat.interval.ms': 500,
    };
    writeFileSync(
      server.#settings,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const made = spawnSync(
      'java',
      server.#java('kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAAAAAAAAAAAAAAQ', '-c', server.#settings),
      {
        encoding: 'utf8',
      },
    );
    if (made.status !== 0) throw new Error(`Kafka's folder could not be made: ${made.stderr}${made.stdout}`);
    await server.start();
    return server;
  }

  get url(): string {
    return `kafka://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = spawn('java', ['-Xmx256m', ...this.#java('kafka.Kafka', this.#settings)], {
      stdio: 'ignore',
      cwd: this.#folder,
    });
    this.#process = server;
    process.on('exit', () => {
      server.kill('SIGKILL');
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    });
    server.unref();
    for (let k = 0; k < 600 && server.exitCode === null; k++) {
      if (await this.#listens()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`Kafka does not listen; its exit code is ${server.exitCode}`);
  }

  /** As a power failure would end it. */
  async kill(): Promise<void> {
    const server = this.#process;
    if (server === null) return;
    this.#process = null;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.ref();
    server.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }

  get #settings(): string {
    return join(this.#folder, 'server.properties');
  }

  #java(...args: readonly string[]): string[] {
    return ['-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`, ...args];
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      const settle = (is: boolean): void => {
        socket.destroy();
        resolve(is);
      };
      socket.on('connect', () => settle(true)).on('error', () => settle(false));
    });
  }
}
