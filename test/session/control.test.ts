import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryJournals } from '../../src/adapters/memory/journals.ts';
import { memoryCommandBox, memoryLatches } from '../../src/adapters/memory/session-control.ts';
import { narrate } from '../../src/core/engine/narrate.ts';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Command, CommandOutcome, SessionCommand } from '../../src/core/vocabulary/commands.ts';
import { HOUR_MS } from '../../src/core/vocabulary/time.ts';
import { LatchError } from '../../src/ports/latches.ts';
import type { MarketFeed } from '../../src/ports/market-feed.ts';
import { ControlLoop } from '../../src/session/control-loop.ts';
import { replayJournal } from '../../src/session/replay-journal.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionConfig } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { viewOf } from '../../src/session/session-view.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { configOf, INSTRUMENTS, newCore } from './session-scene.ts';

const instrument = INSTRUMENTS[0]!.definition;
const BY = { actor: 'ann', reason: 'drill' };
const why = 'test';
const BUY: SessionCommand = {
  ...{ type: 'place-order', reason: 'by hand', strategy: 'idle', instrument: instrument.id, side: 'buy' },
  entry: { size: { qty: 1 }, stop: { pct: 0.1 }, why },
};

const idle = defineStrategy({
  id: 'idle',
  params: {},
  data: { main: bars('1h') },
  indicators: () => ({}),
  state: () => ({ calls: 0 }),
  onBar: (c) => void c.state.calls++,
});

/** A home with its latches, commands and journals, in which sessions are started and killed. */
class Home {
  readonly clock = new SimulatedClock();
  readonly latches = memoryLatches(this.clock);
  readonly box = memoryCommandBox(this.clock);
  readonly journals = memoryJournals({ clock: this.clock });
  isBroken = false;
  #hour = 0;

  async start(more: Partial<SessionConfig> = {}) {
    const core = newCore(configOf(idle as never, 'bars', [instrument], more));
    const list = (await this.journals.list()).journals;
    const journal = await this.journals.open('s', { about: null });
    if (list.length > 0) await replayJournal(core, this.journals.read('s'), (body) => body());
    const feed = { venue: 'X', subscribe: () => 7, health: () => ({ clockSkewMs: null }) } as unknown as MarketFeed;
    const { clock } = this;
    const session = new Session(core, {
      ...{ journal, feed, history: null, clock, version: 'test', sealed: (body) => body() },
    });
    const places = async () => {
      if (this.isBroken) throw new LatchError('unavailable', 'gone');
      return { latches: this.latches, box: this.box };
    };
    const flush = () => Promise.resolve();
    const control = new ControlLoop({ session, name: 's', account: 'paper:s', places, clock, flush });
    await control.begin();
    control.start();
    await session.start();
    const end = async (): Promise<void> => {
      const ended = control.end();
      await clock.advance(1_000);
      await ended;
      const closed = journal.close();
      await clock.advance(1_000);
      await closed;
    };
    return { core, session, control, end };
  }

  /** A bar of an hour at 100. */
  async bar(session: Session): Promise<void> {
    const openMs = this.#hour++ * HOUR_MS;
    session.bar(7, openMs, openMs, openMs, 100, 100, 100, 100, 1_000_000, true);
    await this.clock.advance(1);
  }

  async give(command: SessionCommand, waitMs = 500): Promise<CommandOutcome | null> {
    const { id } = await this.box.put({ session: 's', command, ...BY });
    await this.clock.advance(waitMs);
    return (await this.box.view(id))!.outcome;
  }

  async commands(): Promise<(Command & { readonly actor: string | undefined })[]> {
    const found: (Command & { readonly actor: string | undefined })[] = [];
    for await (const { kind, payload } of this.journals.read('s')) {
      const input = payload as unknown as SessionInput;
      if (kind === 'input' && input.type === 'command-given') found.push({ ...input.command, actor: input.actor });
    }
    return found;
  }
}

const stateOf = (session: Session) => session.core.engine.risk.state.states.state('system');
const timesOf = ({ core: { engine } }: Session, type: string): readonly number[] =>
  Array.from({ length: engine.state.log.count }, (_, k) => narrate(engine.state, ['idle'], k))
    .filter((event) => event.type === type)
    .map(({ at }) => at);
const heldBy = (session: Session) =>
  session.core.engine.risk.state.ladder.held().map(({ scope, level, epoch }) => `${scope} ${level} ${epoch}`);

describe('control of a session', () => {
  test('command: an order -> taken as a journaled input, answered with its id; a replay does the same', async () => {
    const home = new Home();
    const { session, core, end } = await home.start();
    await home.bar(session);
    const outcome = await home.give(BUY);
    assert.ok(outcome?.done && outcome.order!.startsWith('test'), JSON.stringify(outcome));
    await home.bar(session);
    await home.bar(session);
    assert.equal(core.engine.state.book.netLots[0]! > 0, true);
    const { cash, equity, positions } = viewOf(core, [], 0);
    const held = Number(positions[0]!.quantity) * positions[0]!.price;
    assert.ok(held > 0 && Math.abs(cash + held - equity) < 1e-9, 'what is invested is no cash any more');
    await end();
    const [given] = await home.commands();
    assert.deepEqual([given!.type, given!.reason, given!.actor], ['place-order', 'by hand', 'ann']);
    const again = newCore(core.config);
    await replayJournal(again, home.journals.read('s'), (body) => body());
    assert.equal(again.hash(), core.hash());
  });

  for (const [how, orderMs, isConfirmed] of [
    ['at once', 0, true],
    ['an hour later', HOUR_MS, false],
  ] as const)
    test(`command: a venue that answers ${how} -> how the order stands, as rounded, and ${isConfirmed ? 'what became of it' : 'that nothing is confirmed'}`, async () => {
      const home = new Home();
      const latency = { orderMs, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 };
      const { session, end } = await home.start({ costs: { fees: makerTakerFees(0, 0), latency } });
      await home.bar(session);
      const entry = { size: { qty: 1 }, limit: 98.129, why };
      const placed = await home.give({ ...BUY, entry } as SessionCommand);
      assert.ok(placed?.done, JSON.stringify(placed));
      const order = placed.order!;
      const as = { order, type: 'limit', quantity: '1', filled: '0', limit: '98.12', trigger: null };
      assert.deepEqual(placed.standing, { ...as, status: 'open', isConfirmed: true });
      await home.bar(session);
      await home.bar(session);
      const all = await home.give({ type: 'cancel-all-orders', reason: why, instrument: 'TEST:NONE' });
      assert.equal(all?.done, false);
      const canceled = await home.give({ type: 'cancel-order', reason: why, order });
      assert.ok(canceled?.done, JSON.stringify(canceled));
      assert.deepEqual(canceled.standing, { ...as, status: isConfirmed ? 'canceled' : 'cancel-pending', isConfirmed });
      const rest = await home.give({ type: 'cancel-all-orders', reason: why });
      assert.deepEqual(rest, { done: true, canceled: isConfirmed ? 0 : 1, pending: isConfirmed ? 0 : 1 });
      await end();
    });

  test('command: an order of a session by trades, none of which was asked for yet -> accepted when it was placed, not before', async () => {
    const home = new Home();
    const { session, end } = await home.start({ drivenBy: 'trades' });
    await home.bar(session);
    await home.bar(session);
    const placed = await home.give({ ...BUY, entry: { size: { qty: 1 }, limit: 98, why } } as SessionCommand);
    assert.ok(placed?.done, JSON.stringify(placed));
    const [accepted] = timesOf(session, 'order-accepted');
    assert.ok(accepted! > 0);
    assert.equal(accepted, timesOf(session, 'order-placed')[0]);
    await end();
  });

  test('command: refused by risk, of an unknown name, not understood -> answered as data, the session goes on', async () => {
    const home = new Home();
    const { session, end } = await home.start();
    await home.bar(session);
    const code = async (command: SessionCommand): Promise<string> => {
      const outcome = await home.give(command);
      return outcome === null || outcome.done ? JSON.stringify(outcome) : outcome.code;
    };
    const huge = { ...BUY, entry: { size: { qty: 1_000_000 }, stop: { pct: 0.1 }, why } } as SessionCommand;
    assert.equal(await code(huge), 'order-value-limit');
    assert.equal(await code({ type: 'pause-strategy', reason: why, strategy: 'nobody' }), 'unknown-strategy');
    assert.equal(await code({ type: 'levitate', reason: why } as never), 'invalid');
    assert.equal(session.fault, null);
    assert.equal(await code({ type: 'pause-strategy', reason: why, strategy: 'idle' }), '{"done":true}');
    await home.bar(session);
    assert.deepEqual(session.core.engine.seats[0]!.context.state, { calls: 1 });
    await end();
  });

  test('command: other limits -> in force and told with who and why; laxer ones only confirmed; a replay has them', async () => {
    const home = new Home();
    const { session, core, end } = await home.start();
    await home.bar(session);
    const set = (limits: Record<string, number>, confirmed = false): SessionCommand => ({
      ...{ type: 'set-limits', scope: 'account', reason: 'quiet week', limits, confirmed },
    });
    assert.deepEqual(await home.give(set({ orderValuePct: 1 })), { done: true });
    const refused = await home.give({ ...BUY, entry: { size: { pctEquity: 0.02 }, stop: { pct: 0.1 }, why } });
    assert.equal(refused?.done === false && refused.code, 'order-value-limit');
    const outcomes = [set({ orderValuePct: 2 }), set({ orderValuePct: 0.5, positionPct: 101 }), set({ orderValue: 1 })];
    for (const [k, command] of outcomes.entries()) {
      const outcome = await home.give(command);
      assert.equal(outcome?.done === false && outcome.code, k < 2 ? 'not-confirmed' : 'limits-invalid');
      assert.equal(core.engine.risk.limits.definition.orderValuePct, 1, 'nothing half-done');
    }
    const again1 = await home.give(set({ orderValuePct: 1 }));
    assert.equal(again1?.done === false && again1.code, 'nothing-to-do');
    assert.deepEqual(await home.give(set({ orderValuePct: 2 }, true)), { done: true });
    const { state } = core.engine;
    const told = Array.from({ length: state.log.count }, (_, seq) => narrate(state, ['idle'], seq)).filter(
      (event) => event.type === 'limits-changed',
    );
    assert.deepEqual(
      told.map(({ scope, actor, reason, changes }) => [scope, actor, reason, changes]),
      [
        ['account', 'ann', 'quiet week', [{ limit: 'orderValuePct', before: 100, after: 1, isLooser: false }]],
        ['account', 'ann', 'quiet week', [{ limit: 'orderValuePct', before: 1, after: 2, isLooser: true }]],
      ],
    );
    await end();
    const again = newCore(core.config);
    await replayJournal(again, home.journals.read('s'), (body) => body());
    assert.equal(again.hash(), core.hash());
    assert.equal(again.engine.risk.limits.definition.orderValuePct, 2);
  });

  test('command: given while the session did not run -> refused as late; after its end -> withdrawn', async () => {
    const home = new Home();
    const { id: early } = await home.box.put({ session: 's', command: BUY, ...BY });
    const { id: taken } = await home.box.put({ session: 's', command: BUY, ...BY });
    await home.box.take(taken);
    const { session, end } = await home.start();
    await home.bar(session);
    const { id: last } = await home.box.put({ session: 's', command: BUY, ...BY });
    await end();
    const codes = await Promise.all(
      [early, taken, last].map(async (id) => {
        const { outcome } = (await home.box.view(id))!;
        return outcome === null || outcome.done ? 'done' : outcome.code;
      }),
    );
    assert.deepEqual(codes, ['late', 'session-ended', 'session-ended']);
    assert.deepEqual(await home.commands(), []);
  });

  test('stop-session -> the reason and who gave it, answered at the end', async () => {
    const home = new Home();
    const { control, end } = await home.start();
    const { id } = await home.box.put({ session: 's', command: { type: 'stop-session', reason: 'night' }, ...BY });
    await home.clock.advance(500);
    assert.equal(control.stopReason, 'night (ann)');
    assert.equal((await home.box.view(id))!.outcome, null);
    await end();
    assert.deepEqual((await home.box.view(id))!.outcome, { done: true });
  });

  test('latch: raised while it runs -> heeded within a moment, told once; re-armed -> free again', async () => {
    const home = new Home();
    const { session, end } = await home.start();
    await home.bar(session);
    await home.latches.raise('system', '', 'halt', BY);
    await home.clock.advance(2_000);
    assert.deepEqual([stateOf(session), heldBy(session)], ['halted', ['system halt 0']]);
    const refused = await home.give(BUY);
    assert.equal(refused?.done, false);
    await home.latches.rearm('system', '', 'reducing', BY);
    await home.clock.advance(2_000);
    assert.deepEqual([stateOf(session), heldBy(session)], ['reducing', []]);
    await end();
    assert.deepEqual(
      (await home.commands()).map(({ type, actor }) => [type, actor]),
      [
        ['kill', 'ann'],
        ['place-order', 'ann'],
        ['rearm', 'ann'],
      ],
    );
  });

  test('latch: there before the session starts -> its first input, before any bar; the next start changes nothing', async () => {
    const home = new Home();
    await home.latches.raise('strategy', 'idle', 'cancel-all', BY);
    await home.latches.raise('account', 'paper:another', 'flatten', BY);
    await home.latches.raise('strategy', 'another', 'flatten', BY);
    const first = await home.start();
    await home.bar(first.session);
    await home.bar(first.session);
    assert.deepEqual(first.core.engine.seats[0]!.context.state, { calls: 0 });
    await first.end();
    const before = await home.commands();
    assert.deepEqual(
      before.map(({ type }) => type),
      ['kill'],
    );
    const second = await home.start();
    assert.deepEqual(heldBy(second.session), ['strategy cancel-all 0']);
    await home.bar(second.session);
    await second.end();
    assert.deepEqual(await home.commands(), before);
  });

  test('latch: re-armed and killed again while nobody ran -> both are taken at the next start', async () => {
    const home = new Home();
    await home.latches.raise('account', 'paper:s', 'flatten', BY);
    await (await home.start()).end();
    await home.latches.rearm('account', 'paper:s', 'active', BY);
    await home.latches.raise('account', 'paper:s', 'pause', BY);
    const { session, end } = await home.start();
    assert.deepEqual(heldBy(session), ['account pause 1']);
    await end();
  });

  test('latches cannot be read at the start -> halted at once; while it runs -> after a while; readable again -> as they say', async () => {
    const home = new Home();
    home.isBroken = true;
    const { session, end } = await home.start();
    assert.deepEqual(heldBy(session), ['system halt -1']);
    await home.bar(session);
    home.isBroken = false;
    await home.clock.advance(500);
    assert.deepEqual([stateOf(session), heldBy(session)], ['active', []]);
    home.isBroken = true;
    await home.clock.advance(2_500);
    assert.equal(stateOf(session), 'active', 'a moment is forgiven');
    await home.clock.advance(2_000);
    assert.equal(stateOf(session), 'halted');
    home.isBroken = false;
    await home.latches.raise('system', '', 'reduce', BY);
    await home.clock.advance(500);
    assert.deepEqual([stateOf(session), heldBy(session)], ['reducing', ['system reduce 0']]);
    await end();
  });

  test('heed-latches: flatten -> answered once nothing is left; where a position cannot be closed yet, with what is', async () => {
    const home = new Home();
    const { session, core, end } = await home.start();
    await home.bar(session);
    await home.give(BUY);
    await home.bar(session);
    await home.bar(session);
    await home.latches.raise('account', 'paper:s', 'flatten', BY);
    const { id } = await home.box.put({ session: 's', command: { type: 'heed-latches', reason: why }, ...BY });
    await home.clock.advance(2_000);
    assert.equal((await home.box.view(id))!.outcome, null, 'filled by bars: not before the next one');
    const orders = core.engine.state.orders.count;
    await home.clock.advance(20_000);
    assert.deepEqual((await home.box.view(id))!.outcome, { done: true, left: { orders: 1, positions: 1 } });
    assert.equal(core.engine.state.orders.count, orders, 'asked again and again, ordered once');
    await home.bar(session);
    await home.bar(session);
    assert.deepEqual(await home.give({ type: 'heed-latches', reason: why }), {
      done: true,
      left: { orders: 0, positions: 0 },
    });
    assert.equal(core.engine.state.book.netLots[0], 0);
    await end();
  });
});
