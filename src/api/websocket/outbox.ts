import type { WebSocket } from 'ws';

/** More than this waits for no client; what has more to say takes its turn when there is room. */
const ROOM_BYTES = 64 * 1024;
/** Whoever makes more than this wait by calling is not heard until it has read. */
const MOST_WAITING_BYTES = 1_048_576;

/** What goes out on a socket, in the order in which there is room for it. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get hasRoom(): boolean {
    return this.#socket.bufferedAmount < ROOM_BYTES;
  }

  /** Sends in any case: an answer. */
  send(frame: object): void {
    this.pass(JSON.stringify(frame));
  }

  /** Sends a frame that is made already. */
  pass(payload: string | Buffer): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(payload, { binary: false }, this.#onWritten);
    if (socket.bufferedAmount > MOST_WAITING_BYTES && !socket.isPaused) socket.pause();
  }

  /** Calls once when there is room. */
  whenRoom(call: () => void): void {
    this.#waiting.add(call);
  }

  forget(call: () => void): void {
    this.#waiting.delete(call);
  }

  readonly #onWritten = (): void => {
    if (!this.hasRoom) return;
    if (this.#socket.isPaused) this.#socket.resume();
    for (const call of [...this.#waiting]) {
      if (!this.hasRoom) return;
      this.#waiting.delete(call);
      call();
    }
  };
}
