import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { type HttpAnswer, type HttpClient, type HttpRequest, TransportError } from '../../ports/transport.ts';
import { guardedConnector } from './guarded-connector.ts';
import { transportError } from './transport-fault.ts';

export interface HttpClientOptions {
  /** Certificates in PEM form to trust beyond the machine's own. */
  readonly ca?: string | readonly string[];
  /** Connections to one origin; 16 by default. */
  readonly connections?: number;
  /** Larger answers are an error; 64 MiB by default. */
  readonly largestAnswerBytes?: number;
  /** So much of an answer is kept and the rest never read, instead of an error. */
  readonly keptAnswerBytes?: number;
  /** For addresses that strangers name: nothing but the public Internet and these networks is connected to. */
  readonly allowedNetworks?: readonly string[];
}

/** An idle connection is kept for so long; venues close theirs after a minute or more. */
const KEEP_ALIVE_MS = 30_000;
const LARGEST_BYTES = 67_108_864;

/** Real HTTP over pooled, kept-alive connections. Redirects are answers like any other, and nothing is ever sent twice. */
export async function openHttpClient(options: HttpClientOptions = {}): Promise<HttpClient> {
  const { Agent, buildConnector } = await import('undici');
  const trust = options.ca === undefined ? {} : { ca: [...rootCertificates, ...[options.ca].flat()] };
  const { allowedNetworks } = options;
  const agent = new Agent({
    connections: options.connections ?? 16,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // One limit for the whole exchange is kept here.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: allowedNetworks === undefined ? trust : guardedConnector(buildConnector, trust, allowedNetworks),
  });
  let isClosed = false;
  return {
    send: (request) => {
      if (isClosed) return Promise.reject(new TransportError('closed', 'the client is closed', false));
      return new Promise((resolve, reject) => {
        const exchange = new Exchange(request, options, resolve, reject);
        exchange.begin(agent);
      });
    },
    close: async () => {
      isClosed = true;
      await agent.destroy();
    },
  };
}

/** One request. `#hasStarted` turns true before its first byte is written: until then it is certain that nothing arrived. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #largestBytes: number;
  readonly #keptBytes: number;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #hasStarted = false;
  #isOver = false;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: Record<string, string> = {};

  constructor(
    request: HttpRequest,
    options: HttpClientOptions,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#request = request;
    this.#largestBytes = options.largestAnswerBytes ?? LARGEST_BYTES;
    this.#keptBytes = options.keptAnswerBytes ?? Number.POSITIVE_INFINITY;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(
      () => this.#give('timeout', `no answer within ${request.timeoutMs} ms`),
      request.timeoutMs,
    ).unref();
  }

  begin(agent: Dispatcher): void {
    const { url, method, headers, body } = this.#request;
    try {
      const { origin, pathname, search } = new URL(url);
      // Taken from the text itself where that is possible: what was signed must not be written anew.
      const path = url.startsWith(`${origin}/`) ? url.slice(origin.length) : `${pathname}${search}`;
      agent.dispatch({ origin, path, method, ...(headers === undefined ? {} : { headers }), body: body ?? null }, this);
    } catch (error) {
      this.#fail(new TransportError('protocol', String(error), this.#hasStarted));
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('given up before it was sent'));
    else this.#hasStarted = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#headers = {};
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes + chunk.byteLength > this.#keptBytes) {
      this.#chunks.push(chunk.subarray(0, this.#keptBytes - this.#bytes));
      this.#bytes = this.#keptBytes;
      this.onResponseEnd();
      this.#controller?.abort(new Error('enough was read'));
      return;
    }
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#largestBytes) this.#give('too-large', `an answer of more than ${this.#largestBytes} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#over();
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#bytes);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(transportError(error, this.#hasStarted));
  }

  #give(fault: 'timeout' | 'too-large', message: string): void {
    this.#fail(new TransportError(fault, message, this.#hasStarted));
    this.#controller?.abort(new Error(message));
  }

  #fail(error: TransportError): void {
    if (this.#isOver) return;
    this.#over();
    this.#reject(error);
  }

  #over(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
