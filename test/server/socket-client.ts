import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ServerScene } from './server-scene.ts';

// biome-ignore lint/suspicious/noExplicitAny: each frame its own
type Told = any;

/** A client that speaks the protocol frame by frame, without the library of it. */
export class RawClient {
  readonly socket: WebSocket;
  readonly frames: Told[] = [];
  /** Code and reason, when it has been closed. */
  readonly closed: Promise<readonly [number, string]>;
  /** Status and body, where the server made no socket of the request. */
  readonly refused: Promise<readonly [number, Told]>;
  #waiting: { readonly fits: (frame: Told) => boolean; readonly found: (frame: Told) => void }[] = [];

  /** `certificate`: of the server, where it has one of its own; its name is not looked at. */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}, certificate?: string) {
    this.socket = new WebSocket(url, {
      headers,
      ...(certificate === undefined ? {} : { ca: certificate, checkServerIdentity: () => undefined }),
    });
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close').then(([code, reason]) => [code as number, String(reason)]);
    this.refused = once(this.socket, 'unexpected-response').then(async ([, response]) => {
      const parts: Buffer[] = [];
      for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
      return [(response as { statusCode: number }).statusCode, JSON.parse(Buffer.concat(parts).toString())];
    });
    this.refused.catch(() => {});
    this.socket.on('message', (message) => {
      const frame: Told = JSON.parse((message as Buffer).toString());
      this.frames.push(frame);
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const waiter of waiting)
        if (waiter.fits(frame)) waiter.found(frame);
        else this.#waiting.push(waiter);
    });
  }

  static async open(scene: ServerScene, authorization?: string): Promise<RawClient> {
    const headers = authorization === undefined ? {} : { authorization };
    const client = new RawClient(`${scene.url.replace('http', 'ws')}/ws`, headers);
    await once(client.socket, 'open');
    return client;
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The first frame of its kind that came, or will. */
  frame(k: string, fits: (frame: Told) => boolean = () => true): Promise<Told> {
    const all = (frame: Told): boolean => frame.k === k && fits(frame);
    const there = this.frames.find(all);
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((found) => this.#waiting.push({ fits: all, found }));
  }

  /** Its answer: `result`, `problem` or `subscribed`. */
  answer(id: string): Promise<Told> {
    const kinds = ['result', 'problem', 'subscribed', 'unsubscribed'];
    const all = (frame: Told): boolean => kinds.includes(frame.k) && frame.id === id;
    const there = this.frames.find(all);
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((found) => this.#waiting.push({ fits: all, found }));
  }

  close(): void {
    this.socket.terminate();
  }
}
