import { parseArgs } from 'node:util';
import { runLiveKills } from '../test/kills/live-kills.ts';

/** From the start of the process until orders may leave, 99 of 100 times. */
const READY_MS = 10_000;

/**
 * Kills the real program again and again while it trades: `npm run kills -- --count 200 --seed 1`. Exit 1 where anything was lost or doubled, or where it
 * was not ready to trade in time, which a machine that does much else may bring about.
 */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const startMs = performance.now();
const { kills, orders, trades, readyMs } = await runLiveKills({
  count: Number(values.count),
  seed: Number(values.seed),
  told: (line) => console.log(line),
});
const quantileMs = (q: number): number =>
  readyMs[Math.min(readyMs.length - 1, Math.floor(q * readyMs.length))] ?? Number.NaN;
const at = (q: number): string => `${(quantileMs(q) / 1000).toFixed(2)} s`;
console.log(
  `${kills} kills, ${orders} orders, ${trades} trades: none lost, none doubled; ready p50 ${at(0.5)}, p99 ${at(0.99)}; ${((performance.now() - startMs) / 1000).toFixed(0)} s in all`,
);
if (!(quantileMs(0.99) <= READY_MS)) {
  console.log(`expected it to be ready within ${READY_MS / 1000} s 99 of 100 times`);
  process.exitCode = 1;
}
