import { Worker } from 'node:worker_threads';
import { allocateQueue, QueueReader } from '../../src/connectivity/shared-queue.ts';
import { quantile } from '../measure.ts';
import type { BenchRow, Measurement } from '../row.ts';

const PER_SECOND = 1_000;
const RECORDS = 4_000;
const WARM_UP = 500;
const FAST_RECORDS = 2_000_000;

type Waiting = 'sleeping' | 'looking';

interface Run {
  readonly microseconds: Float64Array;
  /** Processor time of the reading thread and the writing one, per second of the run. */
  readonly load: number;
  readonly seconds: number;
}

/** Reads what the other thread hands over; `sleeping` as the product does, `looking` in every turn of the loop. */
async function run(records: number, perSecond: number, waiting: Waiting): Promise<Run> {
  const queue = allocateQueue(1 << 22);
  const reader = new QueueReader(queue);
  const worker = new Worker(new URL('../feed-thread-child.ts', import.meta.url), {
    workerData: { queue, records, perSecond },
  });
  const microseconds = new Float64Array(records);
  await reader.ready(10_000);
  const started = process.cpuUsage();
  const startMs = performance.now();
  let seen = 0;
  while (!reader.isDone) {
    for (let length = reader.next(); length >= 0; length = reader.next())
      microseconds[seen++] = Number(process.hrtime.bigint()) / 1000 - reader.floats[(reader.offset >> 3) + 2]!;
    if (waiting === 'sleeping') await reader.ready(1_000);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(started);
  await worker.terminate();
  if (seen !== records) throw new Error(`${seen} records came of ${records}`);
  return { microseconds: microseconds.slice(WARM_UP).sort(), load: (user + system) / 1e6 / seconds, seconds };
}

async function measure(): Promise<Measurement> {
  const sleeping = await run(RECORDS, PER_SECOND, 'sleeping');
  const looking = await run(RECORDS, PER_SECOND, 'looking');
  const fast = await run(FAST_RECORDS, 0, 'sleeping');
  const name = 'feed-thread-hop';
  return {
    value: quantile(sleeping.microseconds, 0.5),
    note: `${PER_SECOND} trades a second, from written in one thread to read in the other, woken by Atomics.waitAsync`,
    beside: [
      { name: `${name}: p99`, value: quantile(sleeping.microseconds, 0.99), unit: 'us' },
      {
        name: `${name}: processors in use`,
        value: sleeping.load,
        unit: 'cores',
        note: 'the writer’s own waiting among it',
      },
      { name: `${name}: looking in every turn`, value: quantile(looking.microseconds, 0.5), unit: 'us p50' },
      { name: `${name}: looking in every turn, p99`, value: quantile(looking.microseconds, 0.99), unit: 'us' },
      { name: `${name}: looking in every turn, processors in use`, value: looking.load, unit: 'cores' },
      { name: `${name}: trades as fast as they go`, value: (fast.seconds * 1e9) / FAST_RECORDS, unit: 'ns/trade' },
    ],
  };
}

export const row: BenchRow = { name: 'feed-thread-hop', unit: 'us p50', target: 100, measure };
