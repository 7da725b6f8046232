import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Random } from '../src/core/vocabulary/random.ts';
import { mutate } from '../test/fuzz/mutate.ts';
import type { FuzzTarget } from '../test/fuzz/target.ts';

/**
 * Feeds broken frames to every reader of frames in `test/fuzz/targets/`, a million in all by default. Says its seed, so that a failure can
 * be made again with `--seed` and `--only`. Fails where a reader throws, is wrong, hangs over one frame, or lets memory grow.
 */
interface Task {
  readonly file: string;
  readonly seed: number;
  readonly frames: number;
  /** Frame that is being read, so that a hang can be seen from outside. */
  readonly at: Int32Array;
}

/** One frame takes microseconds; no pause of a machine is so long. */
const HANG_MS = 20_000;
const LOOK_EVERY_MS = 500;
/** Growth of the heap over a target that is no mere delay of collection. */
const MOST_GROWTH_BYTES = 200 * 2 ** 20;
/** Of ten frames so many come from a recording, where there is one; the others are samples. */
const FROM_RECORDED = 5;
/** One in so many frames is right as it is. */
const WHOLE_EVERY = 16;
const FOLDER = join(import.meta.dirname, '../test/fuzz/targets');

async function feedAll({ file, seed, frames, at }: Task): Promise<void> {
  const { target } = (await import(join(FOLDER, file))) as { readonly target: FuzzTarget };
  const random = new Random(seed);
  const recorded = target.recorded?.() ?? [];
  const pick = (): Uint8Array =>
    recorded.length > 0 && random.uniform() * 10 < FROM_RECORDED
      ? recorded[Math.floor(random.uniform() * recorded.length)]!
      : target.sample(random);
  const heapBefore = process.memoryUsage().heapUsed;
  const began = performance.now();
  let taken = 0;
  for (let i = 0; i < frames; i++) {
    const frame = i % WHOLE_EVERY === 0 ? pick() : mutate(pick(), pick(), random);
    Atomics.store(at, 0, i);
    try {
      if (target.feed(frame)) taken++;
    } catch (error) {
      const shown = Buffer.from(frame).toString('base64');
      throw new Error(`${target.name}: frame ${i} of seed ${seed} (base64 ${shown})`, { cause: error });
    }
  }
  const grown = process.memoryUsage().heapUsed - heapBefore;
  if (grown > MOST_GROWTH_BYTES) throw new Error(`${target.name}: the heap grew by ${grown} bytes, seed ${seed}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${target.name}: ${frames} frames, ${taken} taken, ${recorded.length} recorded to begin with, ${seconds} s`,
  );
}

/** In a thread, as a reader that hangs could not be stopped from within. */
function watch(task: Task): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.filename, { workerData: task });
    let last = -1;
    let movedMs = performance.now();
    const timer = setInterval(() => {
      const now = Atomics.load(task.at, 0);
      if (now !== last) movedMs = performance.now();
      last = now;
      if (performance.now() - movedMs < HANG_MS) return;
      void worker.terminate();
      reject(new Error(`${task.file}: hangs at frame ${now} of seed ${task.seed}`));
    }, LOOK_EVERY_MS);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(`${task.file}: ended with code ${code}`));
    });
  });
}

async function main(): Promise<number> {
  const { values: flags } = parseArgs({
    options: { count: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const count = Number(flags.count ?? 1_000_000);
  const seed = Number(flags.seed ?? Date.now() % 2 ** 32);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write('expected whole numbers for --count and --seed\n');
    return 2;
  }
  const files = globSync('*.ts', { cwd: FOLDER }).sort((a, b) => a.localeCompare(b));
  const wanted = files.filter((file) => flags.only === undefined || file.includes(flags.only));
  if (wanted.length === 0) {
    process.stderr.write(`no target matches "${flags.only}"; there are ${files.join(', ')}\n`);
    return 2;
  }
  console.log(`seed ${seed}`);
  const frames = Math.ceil(count / wanted.length);
  for (const file of wanted) await watch({ file, seed, frames, at: new Int32Array(new SharedArrayBuffer(4)) });
  return 0;
}

if (isMainThread) process.exitCode = await main();
else await feedAll(workerData as Task);
