import { Agent, request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { type HttpAnswer, type HttpClient, type SocketDialer, TransportError } from '../../src/ports/transport.ts';

/** HTTP to servers of this process. */
export function loopbackHttp(): HttpClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: ({ method, url, headers, body, timeoutMs }) =>
      new Promise<HttpAnswer>((resolve, reject) => {
        const sent = httpRequest(url, { method, headers: { ...headers }, agent, timeout: timeoutMs }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => reject(new TransportError('reset', error.message, true)));
          response.on('end', () => {
            const entries = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
            const status = response.statusCode ?? 0;
            resolve({ status, headers: Object.fromEntries(entries), body: new Uint8Array(Buffer.concat(chunks)) });
          });
        });
        sent.on('timeout', () => sent.destroy(new Error('timeout')));
        sent.on('error', (error: NodeJS.ErrnoException) => {
          const isRefused = error.code === 'ECONNREFUSED';
          const fault = error.message === 'timeout' ? 'timeout' : isRefused ? 'refused' : 'reset';
          reject(new TransportError(fault, error.message, !isRefused));
        });
        sent.end(body);
      }),
    close: () => {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

/** WebSockets to servers of this process. */
export const loopbackDialer: SocketDialer = {
  open(url, { headers, connectTimeoutMs, largestFrameBytes }, handlers) {
    const socket = new WebSocket(url, {
      headers: { ...headers },
      handshakeTimeout: connectTimeoutMs,
      maxPayload: largestFrameBytes,
    });
    let error: TransportError | null = null;
    socket.on('open', () => handlers.opened());
    socket.on('message', (data, isBinary) => handlers.message(new Uint8Array(data as Buffer), !isBinary));
    socket.on('pong', () => handlers.pong());
    socket.on('error', (cause) => {
      error = new TransportError('reset', cause.message, true);
    });
    socket.on('close', (code, reason) => handlers.closed(code, String(reason), error));
    return {
      send: (data) => {
        if (socket.readyState !== WebSocket.OPEN) return false;
        socket.send(data);
        return true;
      },
      ping: () => {
        if (socket.readyState === WebSocket.OPEN) socket.ping();
      },
      close: (code, reason) => socket.close(code, reason),
      kill: () => socket.terminate(),
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
    };
  },
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Waits for something that comes over real sockets. */
export async function until(isTrue: () => boolean, what: string, longestMs = 5_000): Promise<void> {
  for (let waitedMs = 0; !isTrue(); waitedMs += 5) {
    if (waitedMs > longestMs) throw new Error(`waited ${longestMs} ms for ${what}`);
    await pause(5);
  }
}
