import { rootCertificates } from 'node:tls';
import type { ClientOptions, RawData, WebSocket } from 'ws';
import { type Socket, type SocketDialer, type SocketHandlers, TransportError } from '../../ports/transport.ts';
import { transportError } from './transport-fault.ts';

/** Trust beyond the machine's own, for a venue on this machine. */
export interface TlsOptions {
  /** Certificates in PEM form. */
  readonly ca?: string | readonly string[];
}

/** How long the peer has to answer an orderly close. */
const CLOSE_LIMIT_MS = 2_000;
/** What a close frame holds besides its code, in bytes. */
const LONGEST_REASON = 123;
const TEXT = { binary: false, compress: false } as const;
const BINARY = { binary: true, compress: false } as const;

/** Real WebSocket connections. Compression is off: it costs more time than it saves at the sizes of market data. */
export async function openSocketDialer(tls: TlsOptions = {}): Promise<SocketDialer> {
  const ws = await import('ws');
  // `closeTimeout` is younger than the types of ws.
  const fixed: ClientOptions & { readonly closeTimeout: number } = {
    ...(tls.ca === undefined ? {} : { ca: [...rootCertificates, ...[tls.ca].flat()] }),
    perMessageDeflate: false,
    followRedirects: false,
    closeTimeout: CLOSE_LIMIT_MS,
  };
  return {
    open(url, options, handlers) {
      let socket: WebSocket;
      try {
        socket = new ws.WebSocket(url, {
          ...fixed,
          ...(options.headers === undefined ? {} : { headers: options.headers }),
          maxPayload: options.largestFrameBytes,
        });
      } catch {
        // Its text repeats the address, which may hold a key.
        return neverOpened(handlers, new TransportError('protocol', 'expected a ws: or wss: address', false));
      }
      return dialed(ws.WebSocket.OPEN, socket, options.connectTimeoutMs, handlers);
    },
  };
}

function dialed(open: number, socket: WebSocket, connectTimeoutMs: number, handlers: SocketHandlers): Socket {
  let fault: TransportError | null = null;
  let wasOpen = false;
  const connectTimer = setTimeout(() => {
    fault = new TransportError('timeout', `no connection within ${connectTimeoutMs} ms`, false);
    socket.terminate();
  }, connectTimeoutMs).unref();
  socket.on('open', () => {
    wasOpen = true;
    clearTimeout(connectTimer);
    handlers.opened();
  });
  // The default of ws gives every message as one Buffer, a view of what was read where the message came in one piece.
  socket.on('message', (data: RawData, isBinary: boolean) => handlers.message(data as Buffer, !isBinary));
  socket.on('pong', () => handlers.pong());
  socket.on('ping', () => handlers.pong());
  socket.on('error', (error) => {
    fault ??= transportError(error, wasOpen);
  });
  socket.on('close', (code, reason) => {
    clearTimeout(connectTimer);
    if (code === 1006) fault ??= new TransportError('reset', 'the connection ended without a close frame', wasOpen);
    handlers.closed(code, reason.toString('utf8'), fault);
  });
  return {
    send(data) {
      if (socket.readyState !== open) return false;
      socket.send(data, typeof data === 'string' ? TEXT : BINARY);
      return true;
    },
    ping() {
      if (socket.readyState === open) socket.ping();
    },
    close: (code = 1000, reason = '') => socket.close(code, Buffer.from(reason).subarray(0, LONGEST_REASON)),
    kill: () => socket.terminate(),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
  };
}

/** For an address that is none: told after the caller's turn, as any other failure. */
function neverOpened(handlers: SocketHandlers, error: TransportError): Socket {
  setImmediate(() => handlers.closed(1006, '', error));
  return { send: () => false, ping: () => {}, close: () => {}, kill: () => {}, bufferedBytes: 0 };
}
