import { parseArgs } from 'node:util';
import { runLiveKills } from '../test/kills/live-kills.ts';

/** Kills the real program again and again while it trades: `npm run kills -- --count 200 --seed 1`. Exit 1 where anything was lost or doubled. */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const startMs = performance.now();
const { kills, orders, trades, readyMs } = await runLiveKills({
  count: Number(values.count),
  seed: Number(values.seed),
  told: (line) => console.log(line),
});
const at = (q: number): string =>
  `${((readyMs[Math.min(readyMs.length - 1, Math.floor(q * readyMs.length))] ?? Number.NaN) / 1000).toFixed(2)} s`;
console.log(
  `${kills} kills, ${orders} orders, ${trades} trades: none lost, none doubled; ready p50 ${at(0.5)}, p99 ${at(0.99)}; ${((performance.now() - startMs) / 1000).toFixed(0)} s in all`,
);
