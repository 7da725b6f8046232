import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import { eventsHash } from '../../src/core/engine/state-hash.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { recover, replayJournal } from '../../src/session/replay-journal.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import { restoreSnapshot, takeSnapshot } from '../../src/session/session-snapshot.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

const [first, second] = INSTRUMENTS;
const why = 'test';
const sealed = <T>(body: () => T): T => body();

const busy = defineStrategy({
  id: 'busy',
  params: {},
  data: { main: bars('1h'), slow: bars('4h'), other: bars('1h', second!.definition.id) },
  indicators: ({ data }) => ({
    trend: ta.ema(data.slow.close, 5),
    apart: ta.correlation(data.main.close, data.other.close, 20),
  }),
  state: () => ({ bar: 0 }),
  onBar(c) {
    const n = c.state.bar++;
    if (n % 7 === 0 && !c.position.isOpen)
      c.buy({ size: { pctEquity: 0.2 }, stop: { pct: 0.006 }, target: { r: 1.5 }, why });
    if (n % 5 === 3) c.on('other').buy({ size: { pctEquity: 0.02 }, limit: c.on('other').price * 0.995, why });
    if (n % 31 === 30) c.cancelAll('a fresh start');
  },
});

const story = (core: SessionCore): unknown[] => {
  const { state } = core.engine;
  return Array.from({ length: state.log.count }, (_, k) => narrate(state, ['busy'], k));
};

describe('snapshots of a session', () => {
  for (const drivenBy of ['bars', 'trades'] as const)
    test(`driven by ${drivenBy}: from the newest one -> what the whole journal leads to, events and all`, async () => {
      const scene = new SessionScene();
      const definitions = [first!.definition, second!.definition];
      const config = configOf(busy, drivenBy, definitions);
      const recording = recordingOf([
        [first!.definition, part(first!.bars, 0, 400)],
        [second!.definition, part(second!.bars, 0, 400)],
      ]);
      await scene.run('s', newCore(config), recording, { reason: 'done', snapshotEvery: 150 });
      const whole = newCore(config);
      await replayJournal(whole, scene.journals.read('s'), sealed);
      const { core, fromSeq, records } = await recover(() => newCore(config), scene.journals, 's', sealed);
      assert.ok(fromSeq > 200 && records < 400, `${fromSeq} ${records}`);
      assert.equal(core.hash(), whole.hash());
      assert.equal(eventsHash(core.engine), eventsHash(whole.engine));
      assert.ok(core.engine.state.log.isWhole, 'so that the end of a session that goes on is verified, too');
      assert.deepEqual(story(core), story(whole));
      assert.deepEqual(takeSnapshot(core), takeSnapshot(whole));
    });

  test('of another version -> refused, and the journal is read whole', async () => {
    const scene = new SessionScene();
    const config = configOf(busy, 'bars', [first!.definition, second!.definition]);
    const core = newCore(config);
    assert.throws(() => restoreSnapshot(core, { v: 99 } as Json), { name: 'SnapshotError', code: 'version' });
    const journal = await scene.journals.open('v', { about: null });
    journal.append({ kind: 'note', atMs: 1, payload: { type: 'started', version: 'test' } });
    const saving = journal.saveSnapshot({ seq: 1, takenAtMs: 1, state: { v: 99 } });
    await scene.clock.advance(1_000);
    await saving;
    const { fromSeq } = await recover(() => newCore(config), scene.journals, 'v', sealed);
    assert.equal(fromSeq, 1);
  });
});
