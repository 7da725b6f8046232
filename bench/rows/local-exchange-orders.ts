import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { startExchangeProcess } from '../local-exchange-child.ts';
import type { BenchRow } from '../row.ts';

const CONNECTIONS = 32;
const WARM_UP = 4_000;
const ORDERS = 20_000;

/** Sends requests one after another on each connection, the next when the last is answered. Rejects at the first that is no 200. */
async function sendAll(port: number, requests: readonly string[]): Promise<number> {
  let next = 0;
  const sockets: Socket[] = [];
  const run = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const send = (): void => {
        if (next >= requests.length) resolve();
        else socket.write(requests[next++]!);
      };
      socket.on('error', reject);
      socket.on('data', (bytes) => {
        answer += bytes.toString('latin1');
        const head = answer.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
        if (answer.length < head + 4 + length) return;
        if (!answer.startsWith('HTTP/1.1 200')) reject(new Error(`an order was refused: ${answer}`));
        answer = '';
        send();
      });
      send();
    });
  for (let k = 0; k < CONNECTIONS; k++) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    sockets.push(socket);
  }
  const start = performance.now();
  await Promise.all(sockets.map(run));
  const elapsed = performance.now() - start;
  for (const socket of sockets) socket.destroy();
  return elapsed;
}

/**
 * Resting limit orders that a local exchange of its own process accepts in a second over REST: 32 kept connections, one order at a time on
 * each, HMAC verified, balances locked, book updated. Requests are signed before the clock starts.
 */
export const row: BenchRow = {
  name: 'local-exchange-orders',
  unit: 'orders/s',
  target: 5_000,
  atLeast: true,
  measure: async () => {
    const exchange = await startExchangeProcess();
    try {
      const { port, apiKey, secret } = exchange;
      const request = (k: number): string => {
        const price = (40_000 + (k % 500)).toFixed(2);
        const query = `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=${price}&newOrderRespType=ACK&newClientOrderId=b${k}&recvWindow=60000&timestamp=${Date.now()}`;
        const signature = createHmac('sha256', secret).update(query).digest('hex');
        return `POST /api/v3/order?${query}&signature=${signature} HTTP/1.1\r\nHost: localhost\r\nX-MBX-APIKEY: ${apiKey}\r\nContent-Length: 0\r\n\r\n`;
      };
      const requests = (from: number, count: number): string[] =>
        Array.from({ length: count }, (_, k) => request(from + k));
      await sendAll(port, requests(0, WARM_UP));
      const elapsed = await sendAll(port, requests(WARM_UP, ORDERS));
      return { value: (ORDERS / elapsed) * 1000 };
    } finally {
      await exchange.close();
    }
  },
};
