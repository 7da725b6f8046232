import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { narrate } from '../../src/core/engine/narrate.ts';
import { eventsHash, stateHash } from '../../src/core/engine/state-hash.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { CommandOutcome } from '../../src/core/vocabulary/commands.ts';
import { EVENT } from '../../src/core/vocabulary/events.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { SessionCore } from '../../src/session/session-core.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { restoreSnapshot, takeSnapshot } from '../../src/session/session-snapshot.ts';
import { SimulatedSide } from '../../src/session/simulated-side.ts';
import { audit } from './auditor.ts';
import { randomInputs } from './random-inputs.ts';
import { sessionOf, sessionShape } from './random-session.ts';

/** Change it to look elsewhere; a failure prints seed and path, so that it can be found again. */
const seed = Number(process.env['TRADEWRIGHT_PROPERTY_SEED'] ?? 20_260_101);
const numRuns = Number(process.env['TRADEWRIGHT_PROPERTY_RUNS'] ?? 100);

/** What a session is in the end, as far as anybody can see. */
interface End {
  readonly core: SessionCore;
  readonly outcomes: readonly (CommandOutcome | null)[];
}

function play(core: SessionCore, inputs: Iterable<SessionInput>, heard: (input: SessionInput) => void = () => {}): End {
  const outcomes: (CommandOutcome | null)[] = [];
  for (const input of inputs) {
    heard(input);
    outcomes.push(core.take(input));
    assert.deepEqual(core.takeRequests(), []);
  }
  return { core, outcomes };
}

function sameEnd(found: End, expected: End, from: number, how: string): void {
  assert.equal(found.core.hash(), expected.core.hash(), `${how}: state`);
  assert.deepEqual(story(found.core), story(expected.core), `${how}: what happened`);
  assert.equal(eventsHash(found.core.engine), eventsHash(expected.core.engine), `${how}: events`);
  assert.deepEqual(found.outcomes, expected.outcomes.slice(from), `${how}: what became of commands`);
  assert.deepEqual(takeSnapshot(found.core), takeSnapshot(expected.core), `${how}: snapshot`);
}

function story({ engine }: SessionCore): unknown[] {
  const names = engine.seats.map((seat) => seat.strategy.def.id);
  return Array.from({ length: engine.state.log.count }, (_, seq) => narrate(engine.state, names, seq));
}

function auditOf(core: SessionCore): string[] {
  const { engine, side, config, lastMs } = core;
  assert.ok(side instanceof SimulatedSide);
  return [...audit({ engine, venue: side.venue, config }), ...expired(core, lastMs), ...calledWhileStopped(core)];
}

/** What strategies have logged, which only their handlers do, when they did not run. */
function calledWhileStopped({ engine: { state } }: SessionCore): string[] {
  const { type, strategy, ref } = state.log.column;
  const stopped = new Set<number>();
  const found: string[] = [];
  for (let seq = 0; seq < state.log.count; seq++) {
    const [what, whose] = [type[seq]!, strategy[seq]!];
    if (what === EVENT['strategy-started']) stopped.delete(whose);
    else if (what === EVENT['strategy-stopped'] || what === EVENT['strategy-failed']) stopped.add(whose);
    // All are told of the start, also those that a kill has paused before it.
    else if (what === EVENT['message-logged'] && stopped.has(whose) && state.texts[ref[seq]!] !== 'onStart')
      found.push(`event ${seq}: strategy ${whose} does not run, and says ${state.texts[ref[seq]!]}`);
  }
  return found;
}

/** What is left of instruments that have expired. */
function expired({ engine: { state, desk } }: SessionCore, lastMs: number): string[] {
  const n = state.instruments.length;
  return Array.from({ length: state.book.positions.count }, (_, slot) => slot)
    .filter((slot) => state.instruments[slot % n]!.expiryMs <= lastMs)
    .flatMap((slot) => [
      ...desk.rowsOf(slot).map((row) => `order ${row} is open, its instrument has expired`),
      ...(state.book.positions.column.lots[slot] === 0 ? [] : [`slot ${slot} is held, its instrument has expired`]),
    ]);
}

const written = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('sessions of random strategies on random markets, with random commands', () => {
  test(`taken up from a snapshot at any input, and from a journal -> the same to the last event; the books agree (seed ${seed})`, () => {
    const did = { fills: 0, commands: 0, refused: 0, failures: 0, funded: 0 };
    fc.assert(
      fc.property(sessionShape, (shape) => {
        const { config, columns } = sessionOf(shape);
        const fresh = (): SessionCore => new SessionCore(config, 'test');
        const core = fresh();
        const inputs: SessionInput[] = [];
        const whole = play(core, randomInputs(core, columns, shape.around), (input) => inputs.push(input));
        assert.deepEqual(auditOf(core).slice(0, 5), []);
        did.fills += core.engine.state.fills.count;
        did.funded += [...core.engine.state.log.seqsOf(EVENT['funding-paid'])].length;
        did.failures += core.failure === null ? 0 : 1;
        for (const outcome of whole.outcomes) {
          if (outcome !== null) did.commands++;
          if (outcome?.done === false) did.refused++;
        }

        sameEnd(play(fresh(), inputs), whole, 0, 'taken again');
        const journal = inputs.map(written);
        const again = fresh();
        const cuts = new Set(shape.cuts.map((cut) => Math.floor(cut * inputs.length)));
        const outcomes: (CommandOutcome | null)[] = [];
        const snapshots: (readonly [at: number, snapshot: Json, hash: string])[] = [];
        for (const [at, input] of journal.entries()) {
          if (cuts.has(at)) snapshots.push([at, written(takeSnapshot(again)), again.hash()]);
          outcomes.push(again.take(input));
        }
        sameEnd({ core: again, outcomes }, whole, 0, 'by the journal, with snapshots');
        for (const [at, snapshot, hash] of snapshots) {
          const restored = fresh();
          restoreSnapshot(restored, snapshot);
          assert.equal(restored.hash(), hash, `restored after ${at} inputs: state`);
          assert.deepEqual(takeSnapshot(restored), snapshot, `restored after ${at} inputs: snapshot`);
          sameEnd(play(restored, journal.slice(at)), whole, at, `restored after ${at} of ${inputs.length} inputs`);
        }
      }),
      { seed, numRuns },
    );
    const { fills, commands, refused, failures, funded } = did;
    assert.ok(
      funded > numRuns / 10 &&
        fills > numRuns * 5 &&
        commands > numRuns * 5 &&
        refused > numRuns &&
        failures > numRuns / 10,
      `the dice do too little: ${JSON.stringify(did)}`,
    );
  });

  test(`without commands, driven by bars -> what a backtest decides (seed ${seed})`, () => {
    fc.assert(
      fc.property(sessionShape, (shape) => {
        const quiet = { ...shape.around, commands: 0, others: 0, past: 0, outages: 0, late: 0 };
        const { config, columns } = sessionOf({ ...shape, drivenBy: 'bars', throws: 0 });
        const { drivenBy: _, ...desk } = config;
        const backtest = new Backtest({
          ...desk,
          feeds: config.feeds.map((feed, k) => ({ ...feed, bars: columns[k]! })),
        }).run();
        const core = new SessionCore({ ...config, session: 'bt' }, 'test');
        play(core, randomInputs(core, columns, quiet));
        assert.equal(eventsHash(core.engine), eventsHash(backtest.engine), 'events');
        assert.equal(stateHash(core.engine), stateHash(backtest.engine), 'state');
      }),
      { seed, numRuns: Math.ceil(numRuns / 2) },
    );
  });

  test(`strategies that throw -> one beside them is told all that it is told alone (seed ${seed})`, () => {
    let told = 0;
    fc.assert(
      fc.property(sessionShape, (shape) => {
        const { config, columns } = sessionOf({ ...shape, throws: Math.max(shape.throws, 0.02) });
        const calls: string[] = [];
        const with_ = new SessionCore(
          { ...config, strategies: [...config.strategies, { strategy: listener(calls) }] },
          'test',
        );
        const inputs: SessionInput[] = [];
        play(with_, randomInputs(with_, columns, { ...shape.around, commands: 0 }), (input) => inputs.push(input));
        const alone: string[] = [];
        const heard = inputs.filter((input) => concerns(input, 'listener'));
        play(new SessionCore({ ...config, strategies: [{ strategy: listener(alone) }] }, 'test'), heard);
        assert.deepEqual(calls, alone);
        told += calls.length;
      }),
      { seed, numRuns: Math.ceil(numRuns / 2) },
    );
    assert.ok(told > numRuns * 10, `${told} calls`);
  });
});

/** Whether an input reaches a strategy, or all of them. */
function concerns(input: SessionInput, strategy: string): boolean {
  if (input.type === 'strategy-acted-late' || input.type === 'strategy-threw-late') return input.strategy === strategy;
  if (input.type !== 'command-given') return true;
  return !('strategy' in input.command) || input.command.strategy === strategy;
}

/** A strategy that trades nothing and notes every call; between instants, event time is that of the last report, of which others have their own. */
function listener(calls: string[]): AnyStrategy {
  const heard = (what: string) => (c: { readonly now: number; readonly price: number }) =>
    void calls.push(`${what} at ${c.now}: ${c.price}`);
  return defineStrategy({
    id: 'listener',
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    sources: { news: { about: 'anything' } },
    onStart: heard('onStart'),
    onBar: (c) => heard(`onBar, ${JSON.stringify(c.source('news'))} heard`)(c),
    onSource: (_, name, value) => void calls.push(`${name}: ${JSON.stringify(value)}`),
    onTimer: [
      { every: '30m', run: heard('timer of 30m') },
      { every: '4h', run: heard('timer of 4h') },
    ],
    onStop: () => void calls.push('onStop'),
  });
}
