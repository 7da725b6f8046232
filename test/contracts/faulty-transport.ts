import {
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  type Socket,
  type SocketDialer,
  type SocketHandlers,
  type SocketOptions,
  TransportError,
} from '../../src/ports/transport.ts';

/** What becomes of one request that would change something. */
export type RequestFault =
  /** The venue does it; the connection breaks before the answer. */
  | 'acknowledgement-lost'
  /** The venue does it; the answer comes after the caller has given up. */
  | 'late-reply'
  /** 503 of somebody in between, before the venue or after it. */
  | 'unavailable-before'
  | 'unavailable-after'
  /** 200 with a page in it. */
  | 'unreadable-reply'
  | 'no-connection'
  | 'rate-limited'
  | 'banned';

const encoder = new TextEncoder();

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers, body: encoder.encode(body) };
}

/** An HTTP client whose next requests go wrong as a test says. */
export class FaultyHttp implements HttpClient {
  readonly requests: HttpRequest[] = [];
  readonly #inner: HttpClient;
  #next: { readonly fault: RequestFault; readonly matches: (request: HttpRequest) => boolean } | null = null;

  constructor(inner: HttpClient) {
    this.#inner = inner;
  }

  /** The next request that matches meets the fault; by default one that changes something. */
  fail(fault: RequestFault, matches = (request: HttpRequest): boolean => request.method !== 'GET'): void {
    this.#next = { fault, matches };
  }

  /** Takes back a fault that has met no request yet. */
  heal(): void {
    this.#next = null;
  }

  async send(request: HttpRequest): Promise<HttpAnswer> {
    this.requests.push(request);
    const next = this.#next;
    if (!next?.matches(request)) return this.#inner.send(request);
    this.#next = null;
    switch (next.fault) {
      case 'no-connection':
        throw new TransportError('refused', 'connection refused', false);
      case 'unavailable-before':
        return answer(503, '{"code":-1000,"msg":"Service Unavailable."}');
      case 'rate-limited':
        return answer(429, '{"code":-1003,"msg":"Too many requests."}', { 'retry-after': '1' });
      case 'banned':
        return answer(418, '{"code":-1003,"msg":"Way too many requests; IP banned."}', { 'retry-after': '1' });
      default:
    }
    await this.#inner.send(request);
    switch (next.fault) {
      case 'acknowledgement-lost':
        throw new TransportError('reset', 'connection reset by peer', true);
      case 'late-reply':
        throw new TransportError('timeout', 'no answer in time', true);
      case 'unreadable-reply':
        return answer(200, '<html>welcome</html>');
      default:
        return answer(503, '<html>Service Unavailable</html>');
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** What becomes of the frames of account streams. */
export type StreamFault = 'none' | 'stalled' | 'duplicated' | 'reversed';

interface OpenStream {
  readonly socket: Socket;
  readonly handlers: SocketHandlers;
}

/** A dialer whose connections go wrong as a test says. Pings go through untouched, which is what makes a stall silent. */
export class FaultyDialer implements SocketDialer {
  fault: StreamFault = 'none';
  /** Changes the next frame for which it gives another text. */
  rewrite: ((text: string) => string) | null = null;
  attempts = 0;
  /** False where the venue cannot be reached by new connections. */
  answers = true;
  readonly #open = new Set<OpenStream>();
  readonly #held: (() => void)[] = [];
  readonly #inner: SocketDialer;

  constructor(inner: SocketDialer) {
    this.#inner = inner;
  }

  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket {
    this.attempts++;
    // A stall is one connection's: the next one works.
    let isStalled = false;
    const stream: OpenStream = {
      handlers,
      socket: this.#inner.open(url, options, {
        opened: () => handlers.opened(),
        pong: () => handlers.pong(),
        message: (bytes, isText) => {
          // A binary frame as text of one character a byte.
          const encoding = isText ? 'utf8' : 'latin1';
          const text = Buffer.from(bytes).toString(encoding);
          const changed = this.rewrite?.(text) ?? text;
          if (changed !== text) this.rewrite = null;
          const copy = new Uint8Array(Buffer.from(changed, encoding));
          const deliver = (): void => handlers.message(copy, isText);
          if (this.fault === 'stalled') isStalled = true;
          if (isStalled) return;
          if (this.fault === 'reversed') {
            this.#held.push(deliver);
            return;
          }
          deliver();
          if (this.fault === 'duplicated') deliver();
        },
        closed: (code, reason, error) => {
          this.#open.delete(stream);
          handlers.closed(code, reason, error);
        },
      }),
    };
    this.#open.add(stream);
    return stream.socket;
  }

  /** Frames held by `reversed`, newest first, and none any more. */
  release(): void {
    this.fault = 'none';
    for (const deliver of this.#held.splice(0).reverse()) deliver();
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** A frame that the venue never sent, on every open connection. */
  inject(body: unknown): void {
    const bytes = encoder.encode(typeof body === 'string' ? body : JSON.stringify(body));
    for (const { handlers } of [...this.#open]) handlers.message(bytes, true);
  }

  /** Every connection breaks. */
  drop(): void {
    for (const { socket } of [...this.#open]) socket.kill();
  }
}
