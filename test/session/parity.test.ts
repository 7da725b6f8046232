import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CAUSES, type Cause, type Ladder } from '../../src/session/parity/ladder.ts';
import {
  configWith,
  costsOf,
  crossing,
  marketUntil,
  type Recorded,
  randomMarket,
  recordingOfMarket,
  recordSession,
  waiting,
} from './parity-scene.ts';

const MODEL = costsOf(0.001, 1, 0);
const BARS = 160;
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
function isAttributed(amounts: Amounts, cause: Cause, truth: number): number {
  assert.ok(Math.abs(truth) > 0.01, `the difference matters, ${truth}`);
  const off = Math.abs(amounts[cause] - truth) / Math.abs(truth);
  assert.ok(off <= WITHIN, `${cause} ${amounts[cause]}, true ${truth}, off by ${off}`);
  for (const other of [...CAUSES, 'unexplained'] as const)
    if (other !== cause) assert.ok(Math.abs(amounts[other]) <= WITHIN * Math.abs(truth), `${other} ${amounts[other]}`);
  return off;
}

const PLANTED = [
  ['latency of 200 ms', 'latency', costsOf(0.001, 1, 200)],
  ['one more tick of slippage', 'slippage', costsOf(0.001, 2, 0)],
  ['a fee of 0.12 % in place of 0.1 %', 'fees', costsOf(0.0012, 1, 0)],
] as const;
const SEEDS = [1, 3] as const;

describe('parity', () => {
  for (const [k, drivenBy] of (['trades', 'bars'] as const).entries())
    for (const strategy of [crossing, waiting]) {
      const seed = SEEDS[k]!;
      const name = `${strategy.def.id}, filled by ${drivenBy}, market ${seed}`;
      const market = randomMarket(seed, BARS);
      const record = (costs: typeof MODEL, dropped: readonly number[] = []) =>
        recordSession(configWith(strategy as never, costs, drivenBy), recordingOfMarket(market, dropped));
      let plain: Recorded;

      test(`nothing planted: ${name} -> no gap, no divergence, every decision the same`, async () => {
        plain = await record(MODEL);
        assert.ok(plain.core.engine.state.fills.count >= 8, `${plain.core.engine.state.fills.count} fills`);
        const ladder = plain.certify({ reference: [market.bars] });
        assert.equal(ladder.divergence, null);
        assert.deepEqual(ladder.expected, ladder.recorded);
        assert.deepEqual(Object.values(ladder.causes), Array(CAUSES.length + 1).fill(0));
      });

      for (const [what, cause, costs] of PLANTED)
        test(`planted: ${what}, ${name} -> ${cause}, within 5 %`, async (t) => {
          const planted = await record(costs);
          const ladder = planted.certify({ model: MODEL });
          addsUp(ladder);
          const off = isAttributed(amountsOf(ladder), cause, planted.profit - plain.profit);
          t.diagnostic(`off by ${(off * 100).toFixed(3)} % of ${(planted.profit - plain.profit).toFixed(4)}`);
        });

      test(`planted: one dropped bar, ${name} -> data, within 5 %, and the divergence with both sides`, async (t) => {
        // A bar that is closed by an entry.
        const [, , entry] = plain.certify({}).recorded.filter(({ action }) => action === 'buy');
        const at = market.bars.openTimeMs.findIndex((openMs) => openMs + 60_000 === entry!.atMs);
        const planted = await record(MODEL, [at]);
        const ladder = planted.certify({ reference: [market.bars] });
        addsUp(ladder);
        const off = isAttributed(amountsOf(ladder), 'data', planted.profit - plain.profit);
        t.diagnostic(`off by ${(off * 100).toFixed(3)} % of ${(planted.profit - plain.profit).toFixed(4)}`);
        const { faults, missing, late, different } = ladder.data;
        assert.deepEqual(faults, [{ feed: 0, openTimeMs: market.bars.openTimeMs[at], what: 'missing' }]);
        assert.deepEqual([missing, late, different], [1, 0, 0]);
        assert.equal(ladder.divergence?.cause, 'data');
        assert.equal(ladder.divergence.atMs, entry!.atMs);
        assert.equal(ladder.divergence.expected?.why, entry!.why);
      });

      test(`planted: latency, slippage, a fee and a dropped bar together, ${name} -> each its part`, async () => {
        const entries = plain.certify({}).recorded.filter(({ action }) => action === 'buy');
        const at = market.bars.openTimeMs.findIndex((openMs) => openMs + 60_000 === entries.at(-2)!.atMs);
        const truth: [Cause, Recorded][] = [
          ['data', await record(MODEL, [at])],
          ['latency', await record(costsOf(0.001, 1, 200), [at])],
          ['slippage', await record(costsOf(0.001, 2, 200), [at])],
          ['fees', await record(costsOf(0.0012, 2, 200), [at])],
        ];
        const ladder = truth.at(-1)![1].certify({ model: MODEL, reference: [market.bars] });
        addsUp(ladder);
        const amounts = amountsOf(ladder);
        let before = plain.profit;
        for (const [cause, { profit }] of truth) {
          const true_ = profit - before;
          before = profit;
          assert.ok(
            Math.abs(amounts[cause] - true_) <= WITHIN * Math.abs(true_),
            `${cause}: ${amounts[cause]}, true ${true_}`,
          );
        }
        for (const other of ['spread', 'queue', 'rejects', 'unexplained'] as const)
          assert.ok(Math.abs(amounts[other]) < 0.001, `${other}: ${amounts[other]}`);
      });
    }

  test('an order is on its way when the session ends, and the model has it there -> latency, nothing unexplained', async () => {
    const market = randomMarket(1, BARS);
    const late = costsOf(0.001, 1, 200);
    const whole = await recordSession(configWith(crossing as never, MODEL), recordingOfMarket(market));
    const { atMs } = whole
      .certify({})
      .recorded.filter(({ action }) => action === 'buy')
      .at(-1)!;
    const cut = recordingOfMarket(marketUntil(market, atMs + 150));
    const plain = await recordSession(configWith(crossing as never, MODEL), cut);
    const planted = await recordSession(configWith(crossing as never, late), cut);
    assert.equal(planted.core.engine.state.fills.count, plain.core.engine.state.fills.count - 1);
    const ladder = planted.certify({ model: MODEL });
    addsUp(ladder);
    isAttributed(amountsOf(ladder), 'latency', planted.profit - plain.profit);
  });

  test('a dropped bar, nobody to ask for it -> made of the trades that were kept, and data all the same', async () => {
    const market = randomMarket(1, BARS);
    const config = configWith(crossing as never, MODEL);
    const plain = await recordSession(config, recordingOfMarket(market));
    const { atMs } = plain.certify({}).recorded[4]!;
    const dropped = market.bars.openTimeMs.findIndex((openMs) => openMs + 60_000 === atMs);
    const planted = await recordSession(config, recordingOfMarket(market, [dropped]));
    const ladder = planted.certify({});
    assert.equal(ladder.data.missing, 1);
    isAttributed(amountsOf(ladder), 'data', planted.profit - plain.profit);
    assert.equal(ladder.divergence?.cause, 'data');
  });

  test('trades were not kept -> on those that orders waited for; none at all -> on bars; both say so', async () => {
    const market = randomMarket(3, BARS);
    const config = configWith(crossing as never, MODEL);
    const waited = await recordSession(config, recordingOfMarket(market), { keepsMarket: false });
    assert.equal(waited.market.kept, 'while-waiting');
    const ladder = waited.certify({});
    assert.equal(ladder.drivenBy, 'trades');
    assert.deepEqual(Object.values(ladder.causes), Array(CAUSES.length + 1).fill(0));
    const onBars = await recordSession({ ...config, drivenBy: 'bars' }, recordingOfMarket(market));
    assert.equal(onBars.market.kept, 'none');
    assert.equal(onBars.certify({}).drivenBy, 'bars');
  });
});
