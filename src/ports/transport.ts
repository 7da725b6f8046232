/** One HTTP exchange. Bodies are bytes or text as they stand; encoding and signing are the caller's. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, query included, percent-encoded. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** From the start of connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** An answer, whatever its status. Header names are lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends requests over pooled, kept-alive connections. Rejects with {@link TransportError} only; a status is never an error. */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends every connection; later calls are refused. */
  close(): Promise<void>;
}

export const TRANSPORT_FAULTS = [
  'name-unresolved',
  'address-refused',
  'refused',
  'certificate',
  'timeout',
  'reset',
  'too-large',
  'protocol',
  'closed',
] as const;
export type TransportFault = (typeof TRANSPORT_FAULTS)[number];

/**
 * The wire failed. `mayHaveArrived` is false only where it is certain that not one byte of the request left (no name, no connection, a
 * refused certificate): the one case in which an order is proven not to exist.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly fault: TransportFault;
  readonly mayHaveArrived: boolean;

  constructor(fault: TransportFault, message: string, mayHaveArrived: boolean, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** What a socket tells its owner. After `closed` nothing more comes. Handlers must not throw. */
export interface SocketHandlers {
  opened(): void;
  /** A whole frame. `bytes` belongs to the socket: copy what must outlive the call. */
  message(bytes: Uint8Array, isText: boolean): void;
  /** The peer answered a {@link Socket.ping}, or sent a ping of its own (answered for you). */
  pong(): void;
  /** Told exactly once, also where it never opened. `error` is null after an orderly close. */
  closed(code: number, reason: string, error: TransportError | null): void;
}

/** One WebSocket connection. */
export interface Socket {
  /** False where the connection is not open; nothing is queued for later. */
  send(data: string | Uint8Array): boolean;
  ping(): void;
  /** Orderly close; {@link kill} follows by itself where the peer does not answer. */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once. */
  kill(): void;
  /** Bytes handed over that have not left yet. */
  readonly bufferedBytes: number;
}

export interface SocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Until `opened`. */
  readonly connectTimeoutMs: number;
  /** Larger frames end the connection. */
  readonly largestFrameBytes: number;
}

/** Opens WebSocket connections. Never throws: what goes wrong is told through `closed`. */
export interface SocketDialer {
  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket;
}
