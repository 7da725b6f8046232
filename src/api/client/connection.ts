import { CLOSED, type ClientFrame, HEARTBEAT_MS, type ServerFrame } from '../websocket/frames.ts';
import { ProblemError, unreachable } from './problem.ts';

/** What of a WebSocket is used: browsers and Node from 22 on have it. */
export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}
export type SocketConstructor = new (url: string) => SocketLike;

export interface ConnectionOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly WebSocket: SocketConstructor;
  /** So long nobody need answer before it is given up; 0 for the first loss. */
  readonly patienceMs: number;
  /** The server knows who asks, on a new socket. */
  readonly onOpen: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onLost: () => void;
  /** It will not be tried again. */
  readonly onGivenUp: (error: ProblemError) => void;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** So many heartbeats may be missing. */
const SILENT_MS = 3 * HEARTBEAT_MS;

/** A socket that is opened again and again until it is closed from here. */
export class Connection {
  readonly #options: ConnectionOptions;
  #socket: SocketLike | null = null;
  #isOpen = false;
  #isClosed = false;
  #pauseMs = FIRST_PAUSE_MS;
  #lostAtMs = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(frame: ClientFrame): void {
    if (this.#isOpen) this.#socket!.send(JSON.stringify(frame));
  }

  close(): void {
    this.#isClosed = true;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  #connect(): void {
    const { url, key, WebSocket } = this.#options;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
    this.#socket = socket;
    this.#watch();
    socket.onopen = () => {
      if (key !== undefined) socket.send(JSON.stringify({ k: 'auth', key } satisfies ClientFrame));
    };
    socket.onmessage = ({ data }: { readonly data: unknown }) => {
      if (socket !== this.#socket || this.#isClosed) return;
      this.#watch();
      this.#heard(JSON.parse(String(data)) as ServerFrame);
    };
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      if (socket === this.#socket) this.#closed(code, reason);
    };
  }

  #heard(frame: ServerFrame): void {
    const { key, onOpen, onFrame } = this.#options;
    if (frame.k === 'key-needed' && key === undefined) {
      this.#giveUp(new ProblemError('unauthenticated', 'the server hears nobody without a key', { status: 401 }));
      return;
    }
    // Before it has read the key, the server may greet a program of its own machine.
    if (frame.k === 'hello' && (key === undefined || frame.client !== 'local')) {
      this.#isOpen = true;
      this.#pauseMs = FIRST_PAUSE_MS;
      onOpen();
    } else onFrame(frame);
  }

  #closed(code: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#socket = null;
    if (this.#isClosed) return;
    if (this.#isOpen) this.#lostAtMs = performance.now();
    this.#isOpen = false;
    const { url, patienceMs, onLost } = this.#options;
    if (code === CLOSED.unauthenticated) {
      this.#giveUp(new ProblemError('unauthenticated', reason, { status: 401 }));
      return;
    }
    if (performance.now() - this.#lostAtMs >= patienceMs) {
      this.#giveUp(unreachable(url));
      return;
    }
    onLost();
    // Clients that were cut together do not come back together.
    const pauseMs = this.#pauseMs * (0.5 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#connect(), pauseMs);
  }

  #giveUp(error: ProblemError): void {
    this.close();
    this.#options.onGivenUp(error);
  }

  /** Where nothing is heard any more the socket is given up: its end may never be told. */
  #watch(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket!;
    this.#timer = setTimeout(() => {
      socket.close();
      if (socket === this.#socket) this.#closed(1006, 'the server is silent');
    }, SILENT_MS);
  }
}
