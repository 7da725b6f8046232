import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CAUSES, type Cause, type Ladder } from '../../src/session/parity/ladder.ts';
import {
  configWith,
  costsOf,
  crossing,
  randomMarket,
  recordingOfMarket,
  recordSession,
  waiting,
} from './parity-scene.ts';

const MODEL = costsOf(0.001, 1, 0);
const BARS = 400;
/** Most that an attribution may be off, of the true amount. */
const WITHIN = 0.05;

type Amounts = Readonly<Record<Cause | 'unexplained', number>>;

function amountsOf({ causes, scale }: Ladder): Amounts {
  return Object.fromEntries(Object.entries(causes).map(([cause, quanta]) => [cause, quanta / 10 ** scale])) as never;
}

function addsUp({ causes, expectedQuanta, recordedQuanta }: Ladder): void {
  const sum = Object.values(causes).reduce((total, quanta) => total + quanta, 0);
  assert.equal(sum, recordedQuanta - expectedQuanta, 'causes add up to the gap, to the last quantum');
}

/** The cause has the amount, no other has more than a twentieth of it. */
function isAttributed(amounts: Amounts, cause: Cause, truth: number, what: string): number {
  assert.ok(Math.abs(truth) > 0.01, `${what}: the difference matters, ${truth}`);
  const off = Math.abs(amounts[cause] - truth) / Math.abs(truth);
  assert.ok(off <= WITHIN, `${what}: ${cause} ${amounts[cause]}, true ${truth}, off by ${off}`);
  for (const other of [...CAUSES, 'unexplained'] as const)
    if (other !== cause)
      assert.ok(Math.abs(amounts[other]) <= WITHIN * Math.abs(truth), `${what}: ${other} ${amounts[other]}`);
  return off;
}

const PLANTED = [
  ['latency of 200 ms', 'latency', costsOf(0.001, 1, 200)],
  ['one more tick of slippage', 'slippage', costsOf(0.001, 2, 0)],
  ['a fee of 0.12 % in place of 0.1 %', 'fees', costsOf(0.0012, 1, 0)],
] as const;

describe('parity', () => {
  for (const drivenBy of ['trades', 'bars'] as const)
    for (const strategy of [crossing, waiting])
      for (const seed of [1, 2, 3]) {
        const name = `${strategy.def.id}, filled by ${drivenBy}, market ${seed}`;
        const market = randomMarket(seed, BARS);
        const record = (costs: typeof MODEL, dropped: readonly number[] = []) =>
          recordSession(configWith(strategy as never, costs, drivenBy), recordingOfMarket(market, dropped));

        test(`nothing planted: ${name} -> no gap, no divergence, every decision the same`, async () => {
          const plain = await record(MODEL);
          assert.ok(plain.core.engine.state.fills.count > 20, `${plain.core.engine.state.fills.count} fills`);
          const ladder = plain.certify({ reference: [market.bars] });
          assert.equal(ladder.divergence, null);
          assert.deepEqual(ladder.expected, ladder.recorded);
          assert.deepEqual(Object.values(ladder.causes), Array(CAUSES.length + 1).fill(0));
        });

        for (const [what, cause, costs] of PLANTED)
          test(`planted: ${what}, ${name} -> ${cause}, within 5 %`, async (t) => {
            const [plain, planted] = [await record(MODEL), await record(costs)];
            const ladder = planted.certify({ model: MODEL });
            addsUp(ladder);
            const off = isAttributed(amountsOf(ladder), cause, planted.profit - plain.profit, what);
            t.diagnostic(`off by ${(off * 100).toFixed(3)} % of ${(planted.profit - plain.profit).toFixed(4)}`);
          });
      }
});
