import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Dialect } from './dialects.ts';
import { textFrame } from './frame.ts';
import type { KeptConnection } from './kept-connections.ts';

/** Bytes a client may be behind before it is cut: it cannot keep up, and the exchange must not pay for it with memory. */
const LARGEST_BACKLOG_BYTES = 32 * 1024 * 1024;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;

export interface WireSocketOptions {
  readonly dialect: Dialect;
  /** Time of pings and of the connection's life. */
  readonly nowMs: () => number;
  /** Cut whoever sends more frames a second than the exchange allows. */
  readonly isStrict: boolean;
  /** Said before the connection is ended by the server. */
  readonly farewell: () => string;
  /** Told of a defect of this program met while a frame is answered. */
  readonly onDefect: (error: unknown) => void;
}

/** One accepted WebSocket: text in, whole frames out, keeping and ending of the connection. */
export class WireSocket implements KeptConnection {
  readonly dialect: Dialect;
  readonly openedMs: number;
  pingedMs: number;
  unansweredSinceMs: number | null = null;
  readonly #ws: WebSocket;
  readonly #raw: Duplex;
  readonly #o: WireSocketOptions;
  #second = 0;
  #framesInSecond = 0;

  constructor(ws: WebSocket, raw: Duplex, options: WireSocketOptions) {
    this.#ws = ws;
    this.#raw = raw;
    this.#o = options;
    this.dialect = options.dialect;
    this.openedMs = options.nowMs();
    this.pingedMs = this.openedMs;
    ws.on('pong', () => {
      this.unansweredSinceMs = null;
      this.#count();
    });
    ws.on('ping', () => this.#count());
    // A broken connection also says `close`, which is where it is let go of; without a listener the error would end the process.
    ws.on('error', () => this.kill());
  }

  onText(take: (text: string) => void): void {
    // Buffers, since that is the library's kind of binary unless told otherwise.
    this.#ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary || !this.#count()) return;
      try {
        take(data.toString('utf8'));
      } catch (error) {
        this.#o.onDefect(error);
      }
    });
  }

  onClose(run: () => void): void {
    this.#ws.once('close', run);
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  sendText(text: string): void {
    this.write(textFrame(text));
  }

  /** Writes frames that are whole already. The library never has a message half sent here: compression is off. */
  write(frames: Buffer): void {
    if (!this.isOpen) return;
    this.#raw.write(frames);
    if (this.#raw.writableLength > LARGEST_BACKLOG_BYTES) this.kill();
  }

  ping(payload: string): void {
    if (this.isOpen) this.#ws.ping(payload);
  }

  retire(): void {
    this.sendText(this.#o.farewell());
    this.#ws.close(GOING_AWAY);
  }

  kill(): void {
    this.#ws.terminate();
  }

  /** Ends it with a reason, as a breach of the rules. */
  refuse(reason: string): void {
    this.#ws.close(POLICY_VIOLATION, reason);
  }

  #count(): boolean {
    if (!this.#o.isStrict) return true;
    const second = Math.floor(this.#o.nowMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#framesInSecond = 0;
    }
    if (++this.#framesInSecond <= this.dialect.framesEachSecond) return true;
    this.refuse('Too many requests');
    return false;
  }
}
