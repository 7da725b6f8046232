import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../test/servers/free-port.ts';
import type { BenchRow } from '../row.ts';
import { openServed } from '../served-scene.ts';

const SECONDS = 5;
const PER_SECOND = 1_000;
/** A session stops who asks for more than 2,000 orders in one instant of its market, which is a second here. */
const MOST_PER_SECOND = 1_800;
/** What an account may do at most in a moment; with limits so wide every rule is still asked. */
const WIDE = {
  ...{ strategyOpenOrders: null, accountOpenOrders: null, messageOrders: null, duplicateOrders: null },
  ...{ repeatedEntryFills: null, portfolioHeatPct: null },
};
const STRATEGY = `import { bars, defineStrategy } from 'tradewright';
export default defineStrategy({ id: 'idle', params: {}, data: { main: bars() }, indicators: () => ({}), onBar() {} });
`;
const ORDER = { ...{ symbol: 'BTCUSDT', side: 'BUY', quantity: '0.001', timeInForce: 'IOC' }, session: 'bench' };

const gone = (): never => {
  throw new Error('the clients have ended: what they were refused stands above');
};

/**
 * An order from the socket to its answer: limits of requests, origin, key, schema, the deed that is done once, the command's box, risk, the session's
 * journal on the disk and the simulated venue of a paper session. A thousand a second from another process over sixteen connections; beside it nearly as many
 * as a session lets one ask for. Limits of requests and of the account are raised, as they would refuse nearly all of it.
 */
export const row: BenchRow = {
  name: 'place-order',
  unit: 'ms, p50',
  target: 3,
  async measure() {
    const port = await freePort();
    // Where threads of the server look for the exchange.
    process.env['TRADEWRIGHT_LOCAL'] = `http://127.0.0.1:${port}`;
    const scene = await openServed();
    const { world } = scene;
    const stop = new AbortController();
    const priced = Promise.withResolvers<number>();
    const begin = async (id: 'exchange' | 'paper', given: object) => {
      const begun = Promise.withResolvers<void>();
      const ended = world.isolate(id, given as never, {
        ...{ actor: 'bench', stop: stop.signal, isKept: true, warn() {}, progress() {} },
        update(told) {
          begun.resolve();
          // Once a bar has closed: before it there is no price to judge an order by.
          const { bars = 0, feed } = told as { bars?: number; feed?: { price: number | null }[] };
          if (bars > 0 && typeof feed?.[0]?.price === 'number') priced.resolve(feed[0].price);
        },
      });
      await Promise.race([begun.promise, ended]);
      return { ended };
    };
    const strategy = join(scene.home, 'idle.ts');
    writeFileSync(strategy, STRATEGY);
    const ended = [
      await begin('exchange', { port }),
      await begin('paper', {
        ...{ strategy, venue: 'local', symbols: ['BTCUSDT'], timeframe: '1s', session: 'bench', cash: 1e9 },
      }),
    ];
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${scene.server.port}/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify(body),
      });
    const confirm = 'account:paper:bench';
    const set = await post('risk/limits', { values: WIDE, session: 'bench', confirm, reason: 'bench' });
    if (!set.ok) throw new Error(await set.text());
    // Below the market, so that it is canceled with the next trade.
    const order = { ...ORDER, price: ((await priced.promise) * 0.9).toFixed(0) };
    const clients = spawn(
      process.execPath,
      [join(import.meta.dirname, '../order-clients.ts'), String(scene.server.port), JSON.stringify(order)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: clients.stdout });
    const line = async (): Promise<string> =>
      String((await Promise.race([once(lines, 'line'), once(lines, 'close').then(gone)]))[0]);
    const place = async (seconds: number, perSecond: number) => {
      clients.stdin.write(`${seconds} ${perSecond}\n`);
      return JSON.parse(await line()) as { rate: number; p50: number; p99: number };
    };
    await line();
    // The first are for the compiler.
    await place(2, PER_SECOND);
    const most = await place(SECONDS, MOST_PER_SECOND);
    const steady = await place(SECONDS, PER_SECOND);
    clients.stdin.end();
    stop.abort();
    await Promise.allSettled(ended.map((each) => each.ended));
    await scene.close();
    return {
      value: steady.p50,
      note: 'limits of requests and of the account raised',
      beside: [
        { name: 'place-order-p99', value: steady.p99, unit: 'ms' },
        { name: 'place-order-steady', value: steady.rate, unit: 'orders/s' },
        { name: 'place-order-rate', value: most.rate, unit: 'orders/s', target: PER_SECOND, atLeast: true },
        { name: 'place-order-rate-p50', value: most.p50, unit: 'ms' },
      ],
    };
  },
};
