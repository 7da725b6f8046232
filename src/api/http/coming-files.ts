import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import { UploadError } from '../../ports/uploads.ts';

/** A client that sends nothing for so long is cut. */
const LONGEST_SILENCE_MS = 30_000;
const LONGEST_MS = 3_600_000;

/** Files on their way to the server. They take longer than requests may, and are cut by their own measure. */
export class ComingFiles {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #sockets = new Set<Socket>();

  constructor(clock: Clock, silenceMs: number = LONGEST_SILENCE_MS) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
  }

  has(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  /** Takes the rest of a body that nobody wants, for as long as a client may be silent: it hears what was wrong, and cannot go on for ever. */
  #drain(raw: IncomingMessage): void {
    const timer = this.#clock.after(this.#silenceMs, () => void raw.destroy());
    raw.once('close', () => timer.cancel());
    raw.resume();
  }

  /**
   * Parts of a body as they come. Throws {@link UploadError} `cut-off`; where the reader leaves early the rest is still taken from the socket, so that
   * the client hears why.
   */
  async *parts(raw: IncomingMessage): AsyncGenerator<Uint8Array> {
    const { socket } = raw;
    let bytes = 0;
    const cut = (): void => void raw.destroy(new UploadError('cut-off', `nothing more came after ${bytes} bytes`));
    const last = this.#clock.after(LONGEST_MS, cut);
    let silence = this.#clock.after(this.#silenceMs, cut);
    this.#sockets.add(socket);
    try {
      for await (const part of raw.iterator({ destroyOnReturn: false })) {
        silence.cancel();
        bytes += (part as Uint8Array).byteLength;
        yield part as Uint8Array;
        silence = this.#clock.after(this.#silenceMs, cut);
      }
    } catch (error) {
      if (error instanceof UploadError) throw error;
      throw new UploadError('cut-off', `the file broke off after ${bytes} bytes`, { cause: error });
    } finally {
      silence.cancel();
      last.cancel();
      this.#sockets.delete(socket);
      if (!raw.complete) this.#drain(raw);
    }
  }
}

/** Answers what is no request, or none in time. */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.destroy(error);
}
