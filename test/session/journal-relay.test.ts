import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { memoryEventBus } from '../../src/adapters/memory/event-bus.ts';
import { openSqliteState } from '../../src/adapters/sqlite/state-database.ts';
import { eventLines } from '../../src/api/handlers/event-lines.ts';
import { narrate } from '../../src/core/engine/narrate.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { storedRelayPositions } from '../../src/durability/stored-relay-positions.ts';
import { BusError, type BusEvent, type EventBus } from '../../src/ports/event-bus.ts';
import { JournalError } from '../../src/ports/journal.ts';
import { JournalRelay } from '../../src/session/journal-relay.ts';
import type { SessionCore } from '../../src/session/session-core.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

const [first] = INSTRUMENTS;
const busy = defineStrategy({
  id: 'busy',
  params: {},
  data: { main: bars('1h') },
  indicators: () => ({}),
  onBar(c) {
    if (c.position.isOpen) c.position.close('held');
    else c.buy({ size: { pctEquity: 0.1 }, stop: { pct: 0.01 }, why: 'flat' });
  },
});

/** A bus that other processes would share, and that takes nothing while it is told to. */
class FailingBus implements EventBus {
  readonly #inner = memoryEventBus({ kept: 100_000 });
  readonly place = 'somewhere';
  readonly isShared = true;
  isDown = false;
  /** Takes the events, and loses the answer. */
  losesAnswer = false;
  readonly published: BusEvent[] = [];

  async publish(events: readonly BusEvent[]): Promise<void> {
    if (this.isDown) throw new BusError('unavailable', 'the bus is away');
    this.published.push(...events);
    await this.#inner.publish(events);
    if (!this.losesAnswer) return;
    this.losesAnswer = false;
    throw new BusError('unavailable', 'the answer was lost');
  }
  subscribe: EventBus['subscribe'] = (...given) => this.#inner.subscribe(...given);
  history: EventBus['history'] = (...given) => this.#inner.history(...given);
  ping: EventBus['ping'] = () => this.#inner.ping();
  close: EventBus['close'] = () => this.#inner.close();
}

/** Core of a session over `hours` of the market, and the same some hours earlier. */
async function coreOf(hours: number): Promise<SessionCore> {
  const core = newCore(configOf(busy as never, 'bars', [first!.definition]));
  await new SessionScene().run('s', core, recordingOf([[first!.definition, part(first!.bars, 0, hours)]]), {});
  return core;
}

/** Lets time pass in small steps: a database answers between two turns of the loop. */
async function pass(clock: SimulatedClock, ms: number): Promise<void> {
  for (let k = 0; k < 40; k++) await clock.advance(ms / 40);
}

describe('journal relay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-relay-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let homes = 0;

  async function scene(core: SessionCore, home = `${homes++}.sqlite`) {
    const clock = new SimulatedClock();
    const bus = new FailingBus();
    const database = openSqliteState(join(folder, home), clock);
    const positions = storedRelayPositions(database);
    after(() => database.close());
    const said: string[] = [];
    let flushes = 0;
    const durable = { error: null as Error | null };
    const relay = (of = core): JournalRelay =>
      new JournalRelay({
        ...{ session: 's', begunAtMs: 1_700_000_000_000, core: of, bus, clock },
        positions: async () => positions,
        journal: {
          flush: async () => {
            flushes++;
            if (durable.error !== null) throw durable.error;
          },
        },
        tell: ({ isBehind, events }) => void said.push(isBehind ? `behind ${events}` : 'caught up'),
      });
    return { clock, bus, positions, said, relay, durable, flushes: () => flushes };
  }
  const seqs = (events: readonly BusEvent[]): number[] => events.map(({ seq }) => seq);
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

  test('an event from before the market told any time -> at the time at which the session began, also where it is listed', async () => {
    const core = newCore(configOf(busy as never, 'bars', [first!.definition]));
    const command = { type: 'kill', scope: 'system', level: 'halt', reason: 'before it began' } as const;
    core.take({ type: 'command-given', command, actor: 'ann' });
    const { bus, clock, relay } = await scene(core);
    const it = relay();
    it.start();
    assert.ok(await clock.advanceUntil(() => it.behind === 0, 5_000));
    assert.ok(bus.published.length > 0);
    for (const { atMs } of bus.published) assert.equal(atMs, 1_700_000_000_000);
    const listed = eventLines(core, 100, 0, 1_700_000_000_000);
    assert.deepEqual([...new Set(listed.map(({ time }) => time))], ['2023-11-14T22:13:20Z']);
    await it.end();
  });

  test('events of a session -> on the bus, each once, in order and whole, after their inputs are durable', async () => {
    const core = await coreOf(200);
    const { count } = core.engine.state.log;
    assert.ok(count > 600, `${count}`);
    const { bus, clock, relay, positions, flushes } = await scene(core);
    const it = relay();
    it.start();
    assert.ok(await clock.advanceUntil(() => it.behind === 0, 5_000));
    assert.deepEqual(seqs(bus.published), upTo(count));
    assert.equal(flushes(), Math.ceil(count / 200));
    const [one] = bus.published;
    assert.equal(one!.topic, 's@1700000000000');
    assert.deepEqual(bus.published.at(-1)!.data, narrate(core.engine.state, ['busy'], count - 1));
    await it.end();
    assert.deepEqual(
      (await positions.all()).map(({ bus, topic, next, behind }) => ({ bus, topic, next, behind })),
      [{ bus: 'somewhere', topic: 's@1700000000000', next: count, behind: 0 }],
    );
  });

  test('what is not durable -> is not told, and the journal’s own failure ends the relay', async () => {
    const { bus, clock, relay, durable, said } = await scene(await coreOf(20));
    durable.error = new JournalError('disk-full', { where: 'x', found: 'no room', expected: 'room', hint: '' });
    const it = relay();
    it.start();
    await pass(clock, 60_000);
    assert.deepEqual(bus.published, []);
    assert.equal(it.fault, durable.error);
    assert.deepEqual(said, [], 'the session tells it');
    await it.end();
  });

  test('a bus that is down -> told once, counted where a server reads it, and everything follows', async () => {
    const core = await coreOf(50);
    const { count } = core.engine.state.log;
    const { bus, clock, relay, said, positions } = await scene(core);
    bus.isDown = true;
    const it = relay();
    it.start();
    await pass(clock, 120_000);
    assert.deepEqual(said, [`behind ${count}`]);
    assert.deepEqual([(await positions.all())[0]!.next, (await positions.all())[0]!.behind], [0, count]);
    bus.isDown = false;
    assert.ok(await clock.advanceUntil(() => it.behind === 0, 11_000), 'tried again within ten seconds');
    await pass(clock, 500);
    assert.deepEqual(said, [`behind ${count}`, 'caught up']);
    assert.deepEqual(seqs(bus.published), upTo(count));
    assert.equal((await positions.all())[0]!.behind, 0);
    await it.end();
  });

  test('an answer that is lost -> given again, and heard once', async () => {
    const core = await coreOf(50);
    const { bus, clock, relay } = await scene(core);
    const heard: number[] = [];
    await bus.subscribe({ from: 'now' }, { name: 'hears', take: ({ seq }) => void heard.push(seq) });
    bus.losesAnswer = true;
    const it = relay();
    it.start();
    assert.ok(await clock.advanceUntil(() => it.behind === 0, 11_000));
    assert.ok(bus.published.length > heard.length);
    assert.deepEqual(heard, upTo(core.engine.state.log.count));
    await it.end();
  });

  test('a relay that ended without a word -> the next one begins where it is known to have been: nothing is missing', async () => {
    const [less, more] = [await coreOf(60), await coreOf(90)];
    const { bus, clock, relay, positions } = await scene(more);
    const heard: number[] = [];
    await bus.subscribe({ from: 'now' }, { name: 'hears', take: ({ seq }) => void heard.push(seq) });
    const dead = relay(less);
    dead.start();
    // Its first position is written with its first events, and then for two seconds none.
    await pass(clock, 1_000);
    assert.equal(dead.behind, 0);
    const known = await positions.next('somewhere', 's@1700000000000');
    assert.ok(known <= less.engine.state.log.count);
    const it = relay();
    it.start();
    assert.ok(await clock.advanceUntil(() => it.behind === 0, 5_000));
    assert.deepEqual(heard, upTo(more.engine.state.log.count));
    await it.end();
    assert.equal(await positions.next('somewhere', 's@1700000000000'), more.engine.state.log.count);
  });

  test('a position that is written slowly while the bus is down -> never in the place of a later one', async () => {
    const core = await coreOf(50);
    const { count } = core.engine.state.log;
    const { bus, clock, relay, positions } = await scene(core);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { keep } = positions;
    const slow: Promise<void>[] = [];
    positions.keep = (...given) => {
      if (slow.length > 0) return keep(...given);
      slow.push(answered.then(() => keep(...given)));
      return slow[0]!;
    };
    bus.isDown = true;
    const it = relay();
    it.start();
    assert.ok(await clock.advanceUntil(() => slow.length > 0, 5_000));
    bus.isDown = false;
    const ended = it.end();
    await pass(clock, 500);
    assert.equal(it.behind, 0);
    answer();
    await ended;
    await slow[0];
    assert.equal(await positions.next('somewhere', 's@1700000000000'), count);
  });

  test('ending while the bus does not answer -> within seconds, and the rest comes with the next start', async () => {
    const core = await coreOf(30);
    const { bus, clock, relay } = await scene(core);
    bus.publish = () => new Promise(() => undefined);
    const stuck = relay();
    stuck.start();
    await pass(clock, 100);
    let hasEnded = false;
    void stuck.end().then(() => {
      hasEnded = true;
    });
    assert.ok(await clock.advanceUntil(() => hasEnded, 3_200, 1));
  });
});
