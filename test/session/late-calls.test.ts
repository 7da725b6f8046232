import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ReplayFeed } from '../../src/adapters/recording/replay-feed.ts';
import { narrate } from '../../src/core/engine/narrate.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { DomainEvent } from '../../src/core/vocabulary/events.ts';
import { LateCallError } from '../../src/core/vocabulary/late-call.ts';
import { MarketReader } from '../../src/session/parity/market-record.ts';
import { runMarket } from '../../src/session/parity/run-market.ts';
import { replayJournal } from '../../src/session/replay-journal.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

const why = 'test';
const { definition, bars: all } = INSTRUMENTS[0]!;
const recording = (to: number, from = 0) => recordingOf([[definition, part(all, from, to)]]);

/** Buys with a near stop at its second bar; at its fourth begins a promise that adds to the position when the handler has returned. */
function lateStrategy(
  came: unknown[],
  handler: 'onBar' | 'onStop' = 'onBar',
  waiting: () => Promise<void> = () => Promise.resolve(),
): AnyStrategy {
  const begin = (c: { buy: (entry: { size: { pctEquity: number }; why: string }) => unknown }): void => {
    void waiting()
      .then(() => c.buy({ size: { pctEquity: 0.2 }, why: 'late' }))
      .catch((error: unknown) => came.push(error));
  };
  return defineStrategy({
    id: 'late',
    params: {},
    data: { main: bars('1h') },
    indicators: () => ({}),
    state: () => ({ calls: 0 }),
    onBar(c) {
      if (++c.state.calls === 2) c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.001 }, why });
      if (c.state.calls === 4 && handler === 'onBar') begin(c);
    },
    onStop(c) {
      if (handler === 'onStop') begin(c);
    },
  }) as never;
}

const eventsOf = ({ engine: { state } }: SessionCore): DomainEvent[] =>
  Array.from({ length: state.log.count }, (_, seq) => narrate(state, ['late'], seq));

async function inputsOf(scene: SessionScene, name: string): Promise<readonly SessionInput[]> {
  const found: SessionInput[] = [];
  for await (const { kind, payload } of scene.journals.read(name))
    if (kind === 'input') found.push(payload as unknown as SessionInput);
  return found;
}

describe('a session whose strategy acts when its handler has returned', () => {
  test('thrown where it acts, stopped before the next input, told as an event, protected; a replay ends alike', async () => {
    const came: unknown[] = [];
    const config = configOf(lateStrategy(came), 'trades', [definition]);
    const scene = new SessionScene();
    const core = newCore(config);
    const session = await scene.run('late', core, recording(300), { reason: 'over' });
    assert.equal(session.fault, null);
    assert.deepEqual(
      came.map((error) => error instanceof LateCallError && error.call),
      ['buy'],
    );
    assert.match(core.failure ?? '', /^strategy late: buy\(\) was called while none of its handlers was running/);
    // Nothing was asked for, and nobody asks it again.
    assert.equal((core.engine.seats[0]!.context.state as { calls: number }).calls, 4);
    const events = eventsOf(core);
    assert.deepEqual(
      events.filter(({ type }) => type === 'signal-generated').map((event) => 'why' in event && event.why),
      [why],
    );
    const failures = events.filter((event) => event.type === 'strategy-failed');
    assert.deepEqual(
      failures.map((event) => 'message' in event && event.message),
      [core.failure],
    );
    // The stop of what it held acted without it.
    assert.ok(events.some(({ type }) => type === 'position-closed'));
    assert.equal(core.engine.state.book.netLots[0], 0);
    const inputs = await inputsOf(scene, 'late');
    const at = inputs.findIndex(({ type }) => type === 'strategy-acted-late');
    assert.deepEqual(inputs[at], { type: 'strategy-acted-late', strategy: 'late', call: 'buy' });
    assert.equal(inputs.slice(0, at).filter(({ type }) => type === 'instant-ended').length, 4);
    assert.equal(inputs[at - 1]!.type, 'instant-ended');
    const again = newCore(config);
    const { compared } = await replayJournal(again, scene.journals.read('late'), (body) => body());
    assert.ok(compared > 0);
    assert.deepEqual([again.failure, again.hash(), again.inputs], [core.failure, core.hash(), core.inputs]);
  });

  test('goes on after a start -> stays stopped, and the fault is told once', async () => {
    const config = configOf(lateStrategy([]), 'trades', [definition]);
    const scene = new SessionScene();
    const first = newCore(config);
    await scene.run('late', first, recording(100), { reason: 'over' });
    const core = newCore(config);
    await replayJournal(core, scene.journals.read('late'), (body) => body());
    assert.equal(core.hash(), first.hash());
    const session = await scene.run('late', core, recording(200, 100), { reason: 'over' });
    assert.equal(session.fault, null);
    assert.equal(core.engine.seats[0]!.running, false);
    assert.equal(eventsOf(core).filter(({ type }) => type === 'strategy-failed').length, 1);
    const types = (await inputsOf(scene, 'late')).map(({ type }) => type);
    assert.equal(types.filter((type) => type === 'strategy-acted-late').length, 1);
  });

  test('killed before it was heeded -> heeded when the session goes on', async () => {
    const config = configOf(lateStrategy([]), 'trades', [definition]);
    const scene = new SessionScene();
    // Four bars and no input after them.
    await scene.run('late', newCore(config), recording(4));
    assert.ok((await inputsOf(scene, 'late')).every(({ type }) => type !== 'strategy-acted-late'));
    const core = newCore(config);
    await replayJournal(core, scene.journals.read('late'), (body) => body());
    assert.equal(core.failure, null);
    await scene.run('late', core, recording(10, 4), { reason: 'over' });
    assert.match(core.failure ?? '', /^strategy late: buy\(\) was called/);
    assert.equal((core.engine.seats[0]!.context.state as { calls: number }).calls, 4);
  });

  test('a promise of a strategy is rejected -> an input that stops it, once; the session goes on, and a replay ends alike', async () => {
    const scene = new SessionScene();
    let core: SessionCore;
    const rejected = new RangeError('nothing there');
    // As whoever loads its file hears of what nobody catches.
    const strategy = lateStrategy([], 'onBar', async () => {
      await Promise.resolve();
      core.engine.handlers.threwLate('late', rejected);
      await new Promise(() => {});
    });
    const config = configOf(strategy, 'trades', [definition]);
    core = newCore(config);
    const first = core;
    const session = await scene.run('late', core, recording(300), { reason: 'over' });
    assert.equal(session.fault, null);
    const message = 'strategy late: a promise or timer that a handler only began threw RangeError: nothing there';
    assert.equal(core.failure, message);
    assert.equal((core.engine.seats[0]!.context.state as { calls: number }).calls, 4);
    assert.equal(core.engine.state.book.netLots[0], 0, 'its stop acted without it');
    const inputs = await inputsOf(scene, 'late');
    assert.deepEqual(
      inputs.filter(({ type }) => type === 'strategy-threw-late'),
      [{ type: 'strategy-threw-late', strategy: 'late', threw: 'RangeError: nothing there' }],
    );
    core = newCore(config);
    await replayJournal(core, scene.journals.read('late'), (body) => body());
    assert.deepEqual([core.failure, core.hash(), core.inputs], [message, first.hash(), first.inputs]);
  });

  test('no input follows -> stopped when somebody looks', async () => {
    const { clock, journals } = new SessionScene();
    const core = newCore(configOf(lateStrategy([]), 'trades', [definition]));
    const journal = await journals.open('late', { about: null });
    const feed = new ReplayFeed('TEST', recording(4), clock, 0);
    const session = new Session(core, {
      ...{ journal, feed, history: null, clock, version: 'test', sealed: (body) => body() },
    });
    const advancing = clock.advance(60_000);
    await session.start();
    await feed.run();
    await advancing;
    assert.equal(core.failure, null);
    session.heedLateCalls();
    assert.equal(session.fault, null);
    assert.match(core.failure ?? '', /^strategy late: buy\(\) was called/);
    await feed.close();
  });

  test('begun in onStop -> told before the session has ended; a replay ends alike', async () => {
    const config = configOf(lateStrategy([], 'onStop'), 'trades', [definition]);
    const scene = new SessionScene();
    const core = newCore(config);
    await scene.run('late', core, recording(10), { reason: 'over' });
    assert.match(core.failure ?? '', /^strategy late: buy\(\) was called/);
    assert.deepEqual(
      (await inputsOf(scene, 'late')).slice(-2).map(({ type }) => type),
      ['session-stopped', 'strategy-acted-late'],
    );
    const again = newCore(config);
    await replayJournal(again, scene.journals.read('late'), (body) => body());
    assert.equal(again.hash(), core.hash());
  });

  test('begun in onStop, and heard of only when it is over -> not started again with the session', async () => {
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
    const config = configOf(lateStrategy([], 'onStop', later), 'trades', [definition]);
    const scene = new SessionScene();
    const first = newCore(config);
    await scene.run('late', first, recording(10), { reason: 'over' });
    assert.equal(first.failure, null);
    const core = newCore(config);
    await replayJournal(core, scene.journals.read('late'), (body) => body());
    await later();
    await later();
    await scene.run('late', core, recording(20, 10), { reason: 'over again' });
    assert.match(core.failure ?? '', /^strategy late: buy\(\) was called/);
    assert.equal(core.engine.seats[0]!.running, false);
    assert.equal((core.engine.seats[0]!.context.state as { calls: number }).calls, 10);
  });

  test('its market run again -> stopped at the same place', async () => {
    const config = configOf(lateStrategy([]), 'trades', [definition]);
    const scene = new SessionScene();
    const core = newCore(config);
    await scene.run('late', core, recording(100), { reason: 'over' });
    const reader = new MarketReader();
    for await (const record of scene.journals.read('late')) reader.take(record);
    const expected = runMarket(reader.record, { config, session: 'test', sealed: (body) => body() });
    assert.equal(expected.failure, core.failure);
    assert.equal((expected.engine.seats[0]!.context.state as { calls: number }).calls, 4);
  });
});
