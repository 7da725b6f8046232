import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket, SocketDialer } from '../src/ports/transport.ts';

const ORDER = JSON.stringify({
  symbol: 'BTCUSDT',
  orderId: 28,
  clientOrderId: 'bench0o1a0',
  transactTime: 1795200000123,
  price: '95000.00000000',
  origQty: '0.50000000',
  executedQty: '0.00000000',
  cummulativeQuoteQty: '0.00000000',
  status: 'NEW',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'BUY',
});
const ACCOUNT = JSON.stringify({ canTrade: true, balances: [] });

/** An HTTP server on loopback that answers as spot does, as fast as it can. */
export async function openLoopbackVenue(): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url!.split('?')[0]!;
    const body =
      path === '/api/v3/order'
        ? ORDER
        : path === '/api/v3/time'
          ? JSON.stringify({ serverTime: Date.now() })
          : path === '/api/v3/account'
            ? ACCOUNT
            : '';
    response.writeHead(body === '' ? 404 : 200, { 'content-type': 'application/json' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An account stream that is subscribed at once and never says anything. */
export const SILENT_DIALER: SocketDialer = {
  open: (_url, _options, handlers) => {
    let isOpen = true;
    const end = (): void => {
      if (isOpen) setImmediate(() => handlers.closed(1000, '', null));
      isOpen = false;
    };
    const socket: Socket = {
      send: (data) => {
        const { id } = JSON.parse(String(data)) as { id: string };
        setImmediate(() => handlers.message(Buffer.from(JSON.stringify({ id, status: 200, result: {} })), true));
        return true;
      },
      ping: () => setImmediate(() => handlers.pong()),
      close: end,
      kill: end,
      bufferedBytes: 0,
    };
    setImmediate(() => handlers.opened());
    return socket;
  },
};
