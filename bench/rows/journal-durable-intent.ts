import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { JournaledIntent } from '../../src/ports/journal.ts';
import type { BenchRow } from '../row.ts';

const INTENTS = 1_000;
const WARM_UP = 100;
/** What SQLite's log grows by for a commit that fits a page: the page and its header. */
const FRAME_BYTES = 4_096 + 24;

const intent: Omit<JournaledIntent, 'clientOrderId'> = {
  request: 'place',
  intent: 7,
  order: { symbol: 'BTCUSDT', side: 'buy', type: 'limit', tif: 'gtc', quantity: '0.010', limit: '61837.10' },
  verdict: { approved: true, limits: 'c1' },
  reservation: { USDT: '618.371' },
  epoch: 1,
  validUntilMs: 1_795_200_002_000,
};

function middle(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** One intent until it is on the disk, beside as many bytes written to a plain file and synced, in turns on the same disk. */
export const row: BenchRow = {
  name: 'journal-durable-intent',
  unit: 'x of a bare write and fdatasync',
  target: 2,
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'tradewright-bench-'));
    const journals = sqliteJournals({ clock: systemClock(), folder, homePath: join(folder, 'home.sqlite') });
    const file = openSync(join(folder, 'bare'), 'w');
    try {
      const journal = await journals.open('bench');
      const page = Buffer.alloc(FRAME_BYTES, 7);
      const [durable, bare]: [number[], number[]] = [[], []];
      for (let k = 0; k < WARM_UP + INTENTS; k++) {
        const startMs = performance.now();
        await journal.commit([{ kind: 'intent', atMs: k, payload: { ...intent, clientOrderId: `bench${k}` } }]);
        const committedMs = performance.now();
        writeSync(file, page);
        fdatasyncSync(file);
        const syncedMs = performance.now();
        if (k < WARM_UP) continue;
        durable.push(committedMs - startMs);
        bare.push(syncedMs - committedMs);
      }
      await journal.close();
      const [durableMs, bareMs] = [middle(durable), middle(bare)];
      return {
        value: durableMs / bareMs,
        note: `medians of ${INTENTS}, in turns`,
        beside: [
          { name: 'journal-durable-intent-p50', value: durableMs * 1_000, unit: 'us' },
          { name: 'bare-fdatasync-p50', value: bareMs * 1_000, unit: 'us' },
          { name: 'journal-durable-intent-p99', value: durable[Math.floor(INTENTS * 0.99)]! * 1_000, unit: 'us' },
        ],
      };
    } finally {
      closeSync(file);
      await journals.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
