import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Faults } from '../faults.ts';
import { MexcVenue } from './mexc-venue.ts';

/** STAND-IN: {@link MexcVenue} behind HTTP and WebSocket on a port of this machine. */
export interface MexcStandIn {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  readonly streamUrl: string;
  readonly venue: MexcVenue;
  readonly faults: Faults;
  close(): Promise<void>;
}

export async function startMexcStandIn(options: { readonly beatMs?: number } = {}): Promise<MexcStandIn> {
  const venue = await MexcVenue.open(systemClock(), options.beatMs);
  const faults = new Faults('{"code":429,"msg":"Too many requests"}');

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => answer(request, body, response));
  });

  function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const [method, target] = [request.method ?? 'GET', request.url ?? '/'];
    const carryOut = (): ReturnType<MexcVenue['answer']> =>
      venue.answer(method, target, body, request.headers['x-mexc-apikey'] as string | undefined);
    if (faults.apply(faults.take(method, target.split('?')[0]!), response, carryOut)) return;
    const { status, json } = carryOut();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
  }

  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    const account = venue.accountOf(request.url ?? '/');
    if (account === undefined) {
      socket.send('Invalid listen key');
      socket.close();
      return;
    }
    const listener = venue.streams.accept(socket, account);
    socket.on('close', () => venue.streams.left(listener));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => venue.streams.received(listener, (data as Buffer).toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    streamUrl: `ws://127.0.0.1:${port}/ws`,
    venue,
    faults,
    close: () =>
      new Promise<void>((resolve) => {
        venue.streams.close();
        faults.close();
        sockets.close();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
