import { WebSocket } from 'ws';
import { startExchangeProcess } from '../local-exchange-child.ts';
import type { BenchRow } from '../row.ts';

const CLIENTS = 100;
const WARM_UP = 1_000;
const TRADES = 10_000;

/** Answers when every client has got `count` messages more. */
function received(clients: readonly WebSocket[], count: number): Promise<void> {
  return Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          let left = count;
          const onMessage = (): void => {
            if (--left > 0) return;
            client.off('message', onMessage);
            resolve();
          };
          client.on('message', onMessage);
          client.once('close', (code) => reject(new Error(`a client was cut with ${code}`)));
        }),
    ),
  ).then(() => {});
}

/**
 * Messages that a local exchange delivers in a second: trades of its real spot product, each to 100 WebSocket clients of another process, who
 * all take every message apart.
 */
export const row: BenchRow = {
  name: 'local-exchange-fan-out',
  unit: 'messages/s',
  target: 100_000,
  atLeast: true,
  measure: async () => {
    const exchange = await startExchangeProcess();
    const clients: WebSocket[] = [];
    try {
      for (let k = 0; k < CLIENTS; k++) {
        const client = new WebSocket(`ws://127.0.0.1:${exchange.port}/ws/btcusdt@trade`);
        clients.push(client);
        await new Promise<void>((resolve, reject) => {
          client.once('open', resolve);
          client.once('error', reject);
        });
      }
      const round = async (trades: number): Promise<number> => {
        const all = received(clients, trades);
        const start = performance.now();
        exchange.trade(trades);
        await all;
        return performance.now() - start;
      };
      await round(WARM_UP);
      const elapsed = await round(TRADES);
      return { value: ((CLIENTS * TRADES) / elapsed) * 1000 };
    } finally {
      for (const client of clients) client.terminate();
      await exchange.close();
    }
  },
};
