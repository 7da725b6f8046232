import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Deaths, everyDeath, runDeaths } from '../test/simulation/crash-matrix.ts';
import { RareEvents } from '../test/simulation/rare-events.ts';
import { storyOf } from '../test/simulation/story.ts';
import { type SeedResult, World } from '../test/simulation/world.ts';

/**
 * Live sessions in simulated worlds: `--seed n --count k` runs k worlds from seed n on and says how to run a failing one again; `--twice`
 * runs each two times and compares their hashes; `--story` tells what happened in one; `--deaths` lets a process die at every crossing
 * of its border, and the one after it at every one of its own (`--stride n`: at each n-th).
 */
type Task = { readonly seed: number } | Deaths;

interface Report {
  readonly task: Task;
  readonly result: SeedResult;
  readonly isSame: boolean;
}

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    stride: { type: 'string', default: '1' },
    twice: { type: 'boolean', default: false },
    story: { type: 'boolean', default: false },
    deaths: { type: 'boolean', default: false },
  },
});

const run = (task: Task): Promise<SeedResult> => ('first' in task ? runDeaths(task) : new World(task.seed).run());

async function work(tasks: readonly Task[], twice: boolean, report: (report: Report) => void): Promise<void> {
  for (const task of tasks) {
    const result = await run(task);
    report({ task, result, isSame: !twice || (await run(task)).hash === result.hash });
  }
}

function spread(tasks: readonly Task[], jobs: number, report: (report: Report) => void): Promise<unknown> {
  if (jobs === 1) return work(tasks, flags.twice, report);
  const parts = Array.from({ length: jobs }, (_, job) => tasks.filter((_task, k) => k % jobs === job));
  return Promise.all(
    parts.map(
      (part) =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(import.meta.filename, { workerData: { tasks: part, twice: flags.twice } });
          worker.on('message', report);
          worker.on('error', reject);
          worker.on('exit', () => resolve());
        }),
    ),
  );
}

async function main(): Promise<number> {
  const [first, count, jobs, stride] = [flags.seed, flags.count, flags.jobs, flags.stride].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (![first, count, jobs, stride].every((n) => Number.isSafeInteger(n) && n >= 0) || jobs < 1 || stride < 1) {
    process.stderr.write('expected whole numbers for --seed, --count, --jobs and --stride\n');
    return 2;
  }
  if (flags.story) {
    const world = new World(first);
    const { violations } = await world.run();
    console.log(storyOf(world), violations.map((each) => `\n${each}`).join(''));
    return violations.length === 0 ? 0 : 1;
  }
  const seeds = Array.from({ length: count }, (_, k) => ({ seed: first + k }));
  const tasks = flags.deaths
    ? [...(await everyDeath(first, 'spot', stride)), ...(await everyDeath(first, 'usdm', stride))]
    : seeds;
  const rare = new RareEvents();
  const began = performance.now();
  let violated = 0;
  let requests = 0;
  let lives = 0;
  await spread(tasks, Math.min(jobs, tasks.length), ({ task, result, isSame }) => {
    rare.add(result.rare);
    requests += result.orders;
    lives += result.lives;
    const found = [...result.violations, ...(isSame ? [] : ['the same seed twice, and not the same hash'])];
    if (found.length === 0) return;
    violated++;
    const again = 'first' in task ? JSON.stringify(task) : `npm run simulate -- --seed ${task.seed} --story`;
    console.log(`seed ${task.seed}: ${found.slice(0, 5).join('\n  ')}\n  again: ${again}`);
  });
  const seconds = (performance.now() - began) / 1000;
  for (const [name, times] of [...rare.counts].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`${times}\t${name}`);
  console.log(
    `${tasks.length} worlds, ${lives} processes, ${requests} requests carried out, ${violated} worlds violated, ${seconds.toFixed(1)} s`,
  );
  return violated === 0 ? 0 : 1;
}

if (isMainThread) process.exitCode = await main();
else {
  const { tasks, twice } = workerData as { readonly tasks: readonly Task[]; readonly twice: boolean };
  await work(tasks, twice, (report) => parentPort!.postMessage(report));
}
