import { Random } from '../../src/core/vocabulary/random.ts';
import type { Clock, Timer } from '../../src/ports/clock.ts';
import {
  type Socket,
  type SocketDialer,
  type SocketHandlers,
  type SocketOptions,
  TransportError,
} from '../../src/ports/transport.ts';
import type { SimulatedSocketServer } from './socket-server.ts';

const encoder = new TextEncoder();

export interface SimulatedNetwork {
  readonly clock: Clock;
  readonly seed?: number;
  /** One way, uniform between the two. */
  readonly latencyMs?: readonly [least: number, most: number];
}

/** WebSockets without a network. Within one connection nothing overtakes, as TCP has it. */
export class SimulatedDialer implements SocketDialer {
  /** Every connection that the server accepted, gone ones included. */
  readonly links: SimulatedLink[] = [];
  /** When each attempt began, by {@link Clock.elapsedMs}. */
  readonly attemptsMs: number[] = [];
  server: SimulatedSocketServer;
  readonly clock: Clock;
  readonly random: Random;
  readonly #latencyMs: readonly [number, number];

  constructor(server: SimulatedSocketServer, network: SimulatedNetwork) {
    this.server = server;
    this.clock = network.clock;
    this.random = new Random(network.seed ?? 1);
    this.#latencyMs = network.latencyMs ?? [5, 30];
  }

  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket {
    this.attemptsMs.push(this.clock.elapsedMs());
    return new SimulatedLink(this, url, options, handlers).socket;
  }

  latency(): number {
    const [least, most] = this.#latencyMs;
    return least + this.random.uniform() * (most - least);
  }

  /** Connections that are open at this moment, as the client sees it. */
  get openLinks(): readonly SimulatedLink[] {
    return this.links.filter((link) => link.isOpen);
  }
}

/** One connection, seen from the server. */
export class SimulatedLink {
  readonly url: string;
  /** Free for the server. */
  readonly notes = new Map<string, unknown>();
  readonly socket: Socket;
  /** True: no byte passes in either direction any more and nobody is told. */
  isFrozen = false;
  /** False: protocol pings are not answered. */
  answersPings = true;
  readonly #dialer: SimulatedDialer;
  readonly #options: SocketOptions;
  readonly #handlers: SocketHandlers;
  readonly #connectTimer: Timer;
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  #accepted = false;
  #downAtMs = 0;
  #upAtMs = 0;

  constructor(dialer: SimulatedDialer, url: string, options: SocketOptions, handlers: SocketHandlers) {
    this.#dialer = dialer;
    this.url = url;
    this.#options = options;
    this.#handlers = handlers;
    this.socket = this.#client();
    this.#connectTimer = dialer.clock.after(options.connectTimeoutMs, () =>
      this.#end(1006, '', new TransportError('timeout', `no answer from ${url} in time`, false)),
    );
    this.#up(() => this.#dialed());
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  send(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data.slice();
    this.#down(() => {
      if (this.#state !== 'open') return;
      if (bytes.byteLength > this.#options.largestFrameBytes) {
        this.#end(1009, '', new TransportError('too-large', `a frame of ${bytes.byteLength} bytes`, true));
      } else this.#handlers.message(bytes, typeof data === 'string');
    });
  }

  ping(): void {
    this.#down(() => {
      if (this.#state === 'open') this.#handlers.pong();
    });
  }

  close(code = 1000, reason = ''): void {
    this.#down(() => this.#end(code, reason, null));
  }

  /** The connection breaks. */
  reset(): void {
    this.#down(() => this.#end(1006, '', new TransportError('reset', 'connection reset by peer', true)));
  }

  #client(): Socket {
    return {
      send: (data) => {
        if (this.#state !== 'open') return false;
        const kept = typeof data === 'string' ? data : data.slice();
        this.#up(() => this.#dialer.server.received?.(this, kept));
        return true;
      },
      ping: () => {
        if (this.#state !== 'open') return;
        this.#up(() => {
          if (this.answersPings) this.ping();
        });
      },
      close: (code = 1000, reason = '') => {
        if (this.#state === 'connecting') this.#drop();
        else if (this.#state === 'open') {
          this.#state = 'closing';
          this.#up(() => this.#down(() => this.#end(code, reason, null)));
          this.#dialer.clock.after(2_000, () => this.#drop());
        }
      },
      kill: () => this.#drop(),
      bufferedBytes: 0,
    };
  }

  /** By the client, which is told after its turn. */
  #drop(): void {
    if (this.#state === 'closed') return;
    const error = new TransportError('reset', 'dropped by this side', this.#state !== 'connecting');
    this.#state = 'closing';
    this.#dialer.clock.after(0, () => this.#end(1006, '', error));
  }

  #dialed(): void {
    if (this.#state !== 'connecting') return;
    const { server } = this.#dialer;
    const outcome = server.dialed?.(this.url, this.#options.headers ?? {}) ?? 'accept';
    if (outcome === 'no-answer') return;
    if (outcome !== 'accept') {
      this.#down(() => this.#end(1006, '', new TransportError(outcome, `${outcome}: ${this.url}`, false)));
      return;
    }
    this.#accepted = true;
    this.#dialer.links.push(this);
    this.#down(() => {
      if (this.#state !== 'connecting') return;
      this.#state = 'open';
      this.#connectTimer.cancel();
      this.#handlers.opened();
    });
    server.accepted?.(this);
  }

  #end(code: number, reason: string, error: TransportError | null): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#connectTimer.cancel();
    this.#handlers.closed(code, reason, error);
    if (this.#accepted) this.#up(() => this.#dialer.server.left?.(this));
  }

  /** To the server, behind everything sent before. */
  #up(run: () => void): void {
    const { clock } = this.#dialer;
    this.#upAtMs = Math.max(this.#upAtMs, clock.elapsedMs() + this.#dialer.latency());
    clock.after(this.#upAtMs - clock.elapsedMs(), () => {
      if (!this.isFrozen) run();
    });
  }

  /** To the client, behind everything sent before. */
  #down(run: () => void): void {
    const { clock } = this.#dialer;
    this.#downAtMs = Math.max(this.#downAtMs, clock.elapsedMs() + this.#dialer.latency());
    clock.after(this.#downAtMs - clock.elapsedMs(), () => {
      if (!this.isFrozen) run();
    });
  }
}
