import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { type StandInOptions, TradingViewStandIn } from './stand-in.ts';

export interface ServedTradingView {
  readonly venue: TradingViewStandIn;
  readonly port: number;
  close(): Promise<void>;
}

/** The stand-in on a port of this machine, over TLS where a key and a certificate are given. Any path that holds `socket.io/websocket` will do. */
export async function serveTradingView(
  options: StandInOptions & { readonly tls?: { readonly key: string; readonly cert: string } } = {},
): Promise<ServedTradingView> {
  const venue = new TradingViewStandIn(systemClock(), options);
  const server: Server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    if (!request.url?.includes('socket.io/websocket')) {
      socket.close(1008);
      return;
    }
    const client = venue.join({ send: (text) => socket.send(text), close: () => socket.terminate() });
    socket.on('message', (data: Buffer) => client.received(data.toString('utf8')));
    socket.on('close', () => client.left());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    venue,
    port: (server.address() as AddressInfo).port,
    async close() {
      venue.close();
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => sockets.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
