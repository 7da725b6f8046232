import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { recover, replayJournal } from '../../src/session/replay-journal.ts';
import { SessionCore } from '../../src/session/session-core.ts';
import { takeSnapshot } from '../../src/session/session-snapshot.ts';
import { part, recordingOf, SessionScene } from '../session/session-scene.ts';
import { randomCommand } from './random-inputs.ts';
import { sessionOf, sessionShape } from './random-session.ts';
import { Dice } from './random-trader.ts';

/** Change it to look elsewhere; a failure prints seed and path, so that it can be found again. */
const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);
const numRuns = Number(process.env['TRADEWRIGHT_PROPERTY_RUNS'] ?? 20);

const shapes = fc.record({
  session: sessionShape,
  /** Rows of the recording between two ends of the process. */
  life: fc.integer({ min: 10, max: 80 }),
  snapshotEvery: fc.integer({ min: 1, max: 60 }),
});
const sealed = <T>(body: () => T): T => body();

/** There is no trade of nothing. */
const traded = (b: BarColumns): BarColumns => ({ ...b, volume: b.volume.map((volume) => volume || 1) });

describe('journals of random sessions', () => {
  test(`ended or broken off at random, gone on with -> its journal gives the same, from the first record and from a snapshot (seed ${seed})`, async () => {
    let lives = 0;
    let compared = 0;
    let restored = 0;
    await fc.assert(
      fc.asyncProperty(shapes, async ({ session: shape, life, snapshotEvery }) => {
        const { config, columns } = sessionOf(shape);
        const fresh = (): SessionCore => new SessionCore(config, 'test');
        const scene = new SessionScene();
        const dice = new Dice([...new Random(shape.around.seed).state]);
        const hours = columns[0]!.close.length;
        let core = fresh();
        for (let from = 0; from < hours; from += life) {
          const recording = recordingOf(
            config.feeds.map(({ instrument }, k) => [
              instrument,
              part(traded(columns[k]!), from, Math.min(hours, from + life)),
            ]),
          );
          await scene.run('s', core, recording, {
            snapshotEvery,
            ...(dice.chance(0.5) ? { reason: 'dice' } : {}),
            between(session) {
              if (!dice.chance(shape.around.commands / 4)) return;
              const nowMs = Math.max(core.lastMs, columns[0]!.openTimeMs[0]!);
              session.command(randomCommand(dice, core, nowMs), { actor: 'ann' });
            },
          });
          lives++;
          const ended = core;
          const found = await recover(fresh, scene.journals, 's', sealed);
          if (found.fromSeq > 1) restored++;
          assert.equal(found.core.hash(), ended.hash(), `from record ${found.fromSeq}`);
          assert.deepEqual(takeSnapshot(found.core), takeSnapshot(ended), `from record ${found.fromSeq}`);
          core = found.core;
        }
        const whole = fresh();
        const replayed = await replayJournal(whole, scene.journals.read('s'), sealed);
        compared += replayed.compared;
        assert.equal(whole.hash(), core.hash(), 'from the first record');
        assert.deepEqual(takeSnapshot(whole), takeSnapshot(core), 'from the first record');
      }),
      { seed, numRuns },
    );
    assert.ok(lives > numRuns && compared > numRuns && restored > numRuns / 2, `${lives} ${compared} ${restored}`);
  });
});
