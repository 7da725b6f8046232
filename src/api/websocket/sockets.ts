import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Timer } from '../../ports/clock.ts';
import { Failure } from '../failures.ts';
import type { Client } from '../http/access.ts';
import { bucketName } from '../http/bucket-name.ts';
import type { Limit } from '../http/limit.ts';
import { guardOrigin } from '../http/origin.ts';
import { problemOf, statusOf } from '../http/problem.ts';
import { ClientSocket, type Exchange } from './client-socket.ts';

export const SOCKET_PATH = '/ws';
const LARGEST_FRAME_BYTES = 1_048_576;
/** Each socket is looked at every 2.5 s and hears a heartbeat every 5 s; a fifth of them at a time, so that many hold nobody up. */
const TURN_MS = 500;
const TURNS = 10;
const FAREWELL_MS = 2_000;

export interface SocketsOptions extends Exchange {
  readonly addresses: Limit;
  readonly hosts: readonly string[] | null;
  readonly isBehindProxy: boolean;
  /** A socket that was refused with a status, or has ended (101). */
  readonly onEnd: (end: { correlation: string; status: number; elapsedMs: number; client: string | null }) => void;
}

/** Where and from whom a request came. */
interface Asker {
  readonly address: string;
  readonly protocol: 'http' | 'https';
}

/** The WebSockets of a server, behind the same gate as its requests. */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #server: WebSocketServer;
  readonly #turns: readonly Set<ClientSocket>[] = Array.from({ length: TURNS / 2 }, () => new Set());
  #made = 0;
  #turn = 0;
  #timer: Timer;
  #isEnding = false;
  #onEmpty = (): void => {};

  private constructor(server: WebSocketServer, options: SocketsOptions) {
    this.#server = server;
    this.#options = options;
    this.#timer = options.clock.after(TURN_MS, () => this.#nextTurn());
  }

  static async open(options: SocketsOptions): Promise<Sockets> {
    const { WebSocketServer } = await import('ws');
    const settings = { noServer: true, maxPayload: LARGEST_FRAME_BYTES, perMessageDeflate: false } as const;
    return new Sockets(new WebSocketServer({ ...settings, clientTracking: false }), options);
  }

  get size(): number {
    return this.#turns.reduce((sum, { size }) => sum + size, 0);
  }

  get subscriptions(): number {
    return this.#turns.reduce((sum, turn) => sum + [...turn].reduce((own, s) => own + s.subscriptions, 0), 0);
  }

  /** Makes a socket of a request, or refuses it with a problem. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const correlation = randomUUID();
    const startMs = this.#options.clock.elapsedMs();
    socket.on('error', () => socket.destroy());
    const end = (status: number, client: string | null): void =>
      this.#options.onEnd({ correlation, status, elapsedMs: this.#options.clock.elapsedMs() - startMs, client });
    let asker: Asker;
    let client: Client | null;
    try {
      asker = this.#asker(request);
      client = await this.#admit(request, asker);
    } catch (error) {
      const failure = this.#options.desk.failureOf(error);
      if (failure.code === 'unexpected') this.#options.desk.onDefect(error, correlation);
      refuse(socket, failure, correlation);
      end(statusOf(failure), null);
      return;
    }
    // It has hung up meanwhile.
    if (socket.destroyed) return;
    this.#server.handleUpgrade(request, socket, head, (accepted) => {
      const own = new ClientSocket(accepted, this.#options, asker.address, client);
      const turn = this.#turns[this.#made++ % this.#turns.length]!;
      turn.add(own);
      accepted.on('close', () => {
        turn.delete(own);
        end(101, own.name);
        if (this.size === 0) this.#onEmpty();
      });
    });
  }

  /** Tells every client to go, and waits a little for them. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#timer.cancel();
    const all = this.#turns.flatMap((turn) => [...turn]);
    if (all.length > 0) {
      const empty = Promise.withResolvers<void>();
      this.#onEmpty = empty.resolve;
      for (const socket of all) socket.goAway();
      const timer = this.#options.clock.after(FAREWELL_MS, empty.resolve);
      await empty.promise;
      timer.cancel();
    }
    for (const socket of this.#turns.flatMap((turn) => [...turn])) socket.terminate();
  }

  #asker({ headers, socket }: IncomingMessage): Asker {
    const last = (name: string): string =>
      String(headers[name] ?? '')
        .split(',')
        .at(-1)!
        .trim();
    const isEncrypted = 'encrypted' in socket;
    const said = this.#options.isBehindProxy ? last('x-forwarded-proto') : '';
    return {
      // The proxy itself is believed, and nobody that it heard of.
      address: (this.#options.isBehindProxy && last('x-forwarded-for')) || (socket.remoteAddress ?? ''),
      protocol: said === 'https' || (said === '' && isEncrypted) ? 'https' : 'http',
    };
  }

  /** Who asks; null for who has to say so first. Rejects with {@link Failure}. */
  async #admit({ url = '', headers }: IncomingMessage, { address, protocol }: Asker): Promise<Client | null> {
    const { addresses, hosts, gate } = this.#options;
    if (!(await addresses.take(bucketName(address))).isAllowed)
      throw new Failure('rate-limited', 'the address asks more often than it may');
    guardOrigin({ headers, protocol }, hosts);
    const [path, query] = url.split('?');
    if (path !== SOCKET_PATH) throw new Failure('route-unknown', `WebSockets are at ${SOCKET_PATH}`);
    // Addresses are written into logs: whoever puts a key there shall learn so at once.
    if (query !== undefined) throw new Failure('input-invalid', `${SOCKET_PATH} takes nothing in its address`);
    const { authorization, cookie, origin } = headers;
    const client = await gate.find({ authorization, cookie }, address);
    if (this.#isEnding) throw new Failure('server-busy', 'the server ends');
    // Browsers always say which page asks for a socket; a cookie without it is not a browser's.
    if (client?.browser !== undefined && origin === undefined)
      throw new Failure('origin-refused', 'expected the header origin beside the cookie of a sign-in, found none');
    return client;
  }

  #nextTurn(): void {
    const { clock } = this.#options;
    const turn = this.#turns[this.#turn % this.#turns.length]!;
    const isBeat = this.#turn < this.#turns.length;
    this.#turn = (this.#turn + 1) % TURNS;
    const heartbeat = Buffer.from(JSON.stringify({ k: 'heartbeat', time: formatTime(clock.nowMs()) }));
    for (const socket of turn) {
      void socket.check();
      if (isBeat) socket.beat(heartbeat);
    }
    this.#timer = clock.after(TURN_MS, () => this.#nextTurn());
  }
}

function refuse(socket: Duplex, failure: Failure, correlation: string): void {
  const body = JSON.stringify(problemOf(failure, correlation));
  const status = statusOf(failure);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      'x-content-type-options: nosniff',
      'cache-control: no-store',
      `x-correlation-id: ${correlation}`,
      ...['', body],
    ].join('\r\n'),
  );
}
