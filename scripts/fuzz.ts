import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/core/vocabulary/random.ts';
import { mutate } from '../test/fuzz/mutate.ts';
import type { FuzzTarget } from '../test/fuzz/target.ts';

/**
 * Feeds broken frames to every reader of frames in `test/fuzz/targets/`, a million in all by default. Says its seed, so that a failure can
 * be made again with `--seed` and `--only`. Fails where a reader throws, is wrong, takes too long over one frame, or lets memory grow.
 */
const { values: flags } = parseArgs({
  options: { count: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const count = Number(flags.count ?? 1_000_000);
const seed = Number(flags.seed ?? Date.now() % 2 ** 32);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('expected whole numbers for --count and --seed\n');
  process.exit(2);
}

const folder = join(import.meta.dirname, '../test/fuzz/targets');
const files = globSync('*.ts', { cwd: folder }).sort();
const targets = await Promise.all(
  files.map(async (file) => ((await import(join(folder, file))) as { readonly target: FuzzTarget }).target),
);
const wanted = targets.filter((t) => flags.only === undefined || t.name.includes(flags.only));
if (wanted.length === 0) {
  process.stderr.write(`no target matches "${flags.only}"; there are ${targets.map((t) => t.name).join(', ')}\n`);
  process.exit(2);
}

/** One frame; a pause of the whole machine is far shorter. */
const LONGEST_FRAME_MS = 2_000;
/** Growth of the heap over a target that is no mere delay of collection. */
const MOST_GROWTH_BYTES = 200 * 2 ** 20;
/** Of ten frames so many are broken ones of a recording, where there is one; the others are of samples. */
const FROM_RECORDED = 5;

function run(target: FuzzTarget, frames: number): string {
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
    const frame = i % 16 === 0 ? pick() : mutate(pick(), pick(), random);
    const start = performance.now();
    try {
      if (target.feed(frame)) taken++;
    } catch (error) {
      const shown = Buffer.from(frame).toString('base64');
      throw new Error(`${target.name}: frame ${i} of seed ${seed} (base64 ${shown})`, { cause: error });
    }
    const took = performance.now() - start;
    if (took > LONGEST_FRAME_MS) throw new Error(`${target.name}: frame ${i} of seed ${seed} took ${took.toFixed(0)} ms`);
  }
  const grown = process.memoryUsage().heapUsed - heapBefore;
  if (grown > MOST_GROWTH_BYTES) throw new Error(`${target.name}: the heap grew by ${grown} bytes, seed ${seed}`);
  const seconds = (performance.now() - began) / 1000;
  return `${target.name}: ${frames} frames, ${taken} taken, ${seconds.toFixed(1)} s`;
}

console.log(`seed ${seed}`);
for (const target of wanted) console.log(run(target, Math.ceil(count / wanted.length)));
