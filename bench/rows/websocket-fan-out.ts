import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchRow } from '../row.ts';
import { openServed } from '../served-scene.ts';

const CLIENTS = 100;
const PER_SECOND = 1_000;
const WARM_UP_S = 3;
const SECONDS = 8;
const BURST = 20_000;
/** About as long as an event of a session. */
const TEXT = 'a bar closed above the average of 20, and the strategy bought for half of its equity'.padEnd(150, '.');

const memoryMb = (): number => {
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 2 ** 20;
};

/**
 * A stream's update to each of a hundred clients of another process, a thousand updates a second, while one more client does not read. The stream is a
 * stand-in for a session's; hub, gate and sockets are the server's.
 */
export const row: BenchRow = {
  name: 'websocket-fan-out',
  unit: 'ms, p99',
  target: 50,
  async measure() {
    let tell = (_update: unknown): void => {};
    const scene = await openServed({
      isolate: (_id, _given, { update, stop }) => {
        tell = update;
        return new Promise((done) => stop.addEventListener('abort', () => done({}), { once: true }));
      },
    });
    const clients = spawn(
      process.execPath,
      [join(import.meta.dirname, '../socket-clients.ts'), String(scene.server.port), String(CLIENTS)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: clients.stdout });
    const line = async (): Promise<string> => String((await once(lines, 'line'))[0]);
    const received = async (count: number): Promise<void> => {
      const there = line();
      clients.stdin.write(`until ${count}\n`);
      await there;
    };
    await line();
    let n = 0;
    const burst = async (): Promise<number> => {
      const startMs = performance.now();
      for (let k = 0; k < BURST; k += 100) {
        for (let each = 0; each < 100; each++) tell({ n: n++, at: 0, text: TEXT });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await received(n);
      return ((BURST * CLIENTS) / (performance.now() - startMs)) * 1_000;
    };
    const steady = async (seconds: number): Promise<void> => {
      const [startMs, first] = [performance.now(), n];
      for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startMs) {
        const at = performance.timeOrigin + performance.now();
        for (const due = first + (elapsedMs * PER_SECOND) / 1_000; n < due; ) tell({ n: n++, at, text: TEXT });
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await received(n);
    };
    // Fills what is kept of a topic, so that it grows no more.
    await burst();
    const perSecond = Math.max(await burst(), await burst());
    await steady(WARM_UP_S);
    const beforeMb = memoryMb();
    const cpu = process.cpuUsage();
    await steady(SECONDS);
    const { user, system } = process.cpuUsage(cpu);
    const grownMb = memoryMb() - beforeMb;
    const last = line();
    clients.stdin.end();
    const told = JSON.parse(await last) as { missed: number; slowCode: number; p50: number; p99: number };
    await scene.close();
    return {
      value: told.p99,
      note: `p50 ${told.p50.toFixed(1)} ms; the client that does not read was closed with ${told.slowCode}; ${(((user + system) / 1e6 / SECONDS) * 100).toFixed()} % of a core`,
      beside: [
        { name: 'websocket-fan-out-missed', value: told.missed, unit: 'updates', target: 0 },
        { name: 'websocket-fan-out-memory', value: grownMb, unit: `MB in ${SECONDS} s`, target: 4 },
        { name: 'websocket-fan-out-peak', value: perSecond, unit: 'updates/s', target: 1_500_000, atLeast: true },
      ],
    };
  },
};
