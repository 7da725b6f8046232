import { parseArgs } from 'node:util';
import { RareEvents } from '../test/simulation/rare-events.ts';
import { storyOf } from '../test/simulation/story.ts';
import { World } from '../test/simulation/world.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    log: { type: 'boolean' },
  },
});
const first = Number(flags.seed);
const count = Number(flags.count);
const rare = new RareEvents();
let failed = 0;
const began = performance.now();
for (let seed = first; seed < first + count; seed++) {
  const world = new World(seed);
  const t = performance.now();
  const result = await world.run();
  rare.add(result.rare);
  if (count <= 5) console.log(seed, result.hash, result.lives, result.orders, (performance.now() - t).toFixed(0), 'ms');
  if (result.violations.length > 0) {
    failed++;
    console.log(
      `seed ${seed} (${world.mix.product}): ${result.violations.slice(0, 5).join('\n    ')}\n  npm run simulate -- --seed ${seed}`,
    );
  }
}
if (flags.log) {
  const world = new World(first);
  await world.run();
  console.log(storyOf(world));
}
console.log(
  [...rare.counts]
    .sort()
    .map(([n, c]) => `${c}\t${n}`)
    .join('\n'),
);
console.log(`${count} seeds, ${failed} violated, ${(count / ((performance.now() - began) / 1000)).toFixed(1)} seeds/s`);
