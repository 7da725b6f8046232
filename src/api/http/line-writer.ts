import type { ServerResponse } from 'node:http';

/** What may wait for a client that reads slowly. */
const MOST_WAITING_BYTES = 4 * 1_048_576;

export type LineFormat = 'ndjson' | 'sse';

/**
 * Lines to a client, an object each. One that reads slowly gets fewer: of updates that each say it all, the newest; those that must all arrive
 * wait, and where too many wait the client is given up.
 */
export class LineWriter {
  readonly #response: ServerResponse;
  readonly #format: LineFormat;
  readonly #mayLeaveOut: boolean;
  readonly #waiting: string[] = [];
  #waitingBytes = 0;
  #newest: string | null = null;
  #isBlocked = false;
  #seq = 0;

  constructor(response: ServerResponse, options: { readonly format: LineFormat; readonly mayLeaveOut: boolean }) {
    this.#response = response;
    this.#format = options.format;
    this.#mayLeaveOut = options.mayLeaveOut;
    response.on('drain', () => this.#drain());
  }

  /** Numbered, so that who reads sees what was left out. */
  update(data: unknown): void {
    const text = this.#text('update', { seq: this.#seq++, data });
    if (!this.#isBlocked) this.#send(text);
    else if (this.#mayLeaveOut) this.#newest = text;
    else this.#wait(text);
  }

  /** Progress is left out where it would have to wait. */
  progress(phase: string, done: number, total: number): void {
    if (!this.#isBlocked) this.#send(this.#text('progress', { phase, done, total }));
  }

  end(kind: 'result' | 'problem', last: object): void {
    const text = `${this.#waiting.join('')}${this.#newest ?? ''}${this.#text(kind, last)}`;
    if (!this.#response.destroyed) this.#response.end(text);
  }

  #text(kind: string, fields: object): string {
    const json = JSON.stringify({ k: kind, ...fields });
    return this.#format === 'ndjson' ? `${json}\n` : `event: ${kind}\ndata: ${json}\n\n`;
  }

  #send(text: string): void {
    this.#isBlocked = !this.#response.write(text);
  }

  #wait(text: string): void {
    this.#waiting.push(text);
    this.#waitingBytes += Buffer.byteLength(text);
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#response.destroy();
  }

  #drain(): void {
    this.#isBlocked = false;
    const text = `${this.#waiting.join('')}${this.#newest ?? ''}`;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#newest = null;
    if (text !== '') this.#send(text);
  }
}
