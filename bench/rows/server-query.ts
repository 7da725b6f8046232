import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fastify } from 'fastify';
import type { BenchRow } from '../row.ts';
import { openServed } from '../served-scene.ts';

const ROUND_S = 1;
const ROUNDS = 7;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/**
 * A small query through everything that the server has around it (limits, origin, key, scope, schema, metrics), beside Fastify with nothing
 * around the same object: both in this process, in turns, asked by another over ten connections.
 */
export const row: BenchRow = {
  name: 'server-query',
  unit: '× bare Fastify',
  target: 0.45,
  atLeast: true,
  async measure() {
    const scene = await openServed();
    const bare = fastify();
    const body = await (await fetch(`http://127.0.0.1:${scene.server.port}/api/indicators?indicator=sma`)).json();
    bare.get('/api/indicators', (_request, reply) => reply.send(body));
    await bare.listen({ host: '127.0.0.1', port: 0 });
    const ports = [scene.server.port, (bare.server.address() as AddressInfo).port] as const;
    const clients = spawn(process.execPath, [join(import.meta.dirname, '../query-clients.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: clients.stdout });
    const rateOf = async (port: number): Promise<number> => {
      clients.stdin.write(`${port} /api/indicators?indicator=sma ${ROUND_S}\n`);
      return Number((await once(lines, 'line'))[0]);
    };
    const ratios: number[] = [];
    const added: number[] = [];
    let best = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const [ours, theirs] = [await rateOf(ports[0]), await rateOf(ports[1])];
      // The first is for the compiler.
      if (round === 0) continue;
      ratios.push(ours / theirs);
      added.push(1e6 / ours - 1e6 / theirs);
      best = Math.max(best, ours);
    }
    clients.stdin.end();
    await bare.close();
    await scene.close();
    return {
      value: median(ratios),
      beside: [
        { name: 'server-query-added', value: median(added), unit: 'µs a request' },
        { name: 'server-query-rate', value: best, unit: 'requests/s' },
      ],
    };
  },
};
