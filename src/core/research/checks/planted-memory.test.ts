import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { config, follower, named, size, why } from '../../../../test/fixtures/checked-strategies.ts';
import { eventsHash } from '../../engine/state-hash.ts';
import { bars } from '../../strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../strategy/define-strategy.ts';
import { Backtest } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { repeatCheck } from './repeat.ts';
import { runChecks } from './run-checks.ts';

describe('determinism check', () => {
  const counting = (id: string, count: () => number): AnyStrategy =>
    defineStrategy({
      id,
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      state: () => 0,
      onBar(c) {
        c.state++;
        const n = id === 'honest' ? c.state : count();
        if (n % 13 === 0 && !c.position.isOpen) c.buy({ size, why });
        else if (n % 13 === 6 && c.position.isOpen) c.position.close(why);
      },
    });

  test('a counter outside the state -> failed; inside -> passed', () => {
    let calls = 0;
    const run = (s: AnyStrategy): CheckResult => repeatCheck(new Backtest(config(s)).run());
    assert.equal(run(counting('cheat', () => ++calls)).status, 'failed');
    assert.equal(run(counting('honest', () => 0)).status, 'passed');
  });

  test('a cache that outlives the run and is filled on the way -> failed', () => {
    const cache = new Map<string, number>();
    const cheat = follower('cache', (m) => {
      const first = cache.get('highest') ?? 0;
      if (m.close.value > first) cache.set('highest', m.close.value);
      return m.close.value > first;
    });
    assert.equal(repeatCheck(new Backtest(config(cheat)).run()).status, 'failed');
  });

  test('prices kept by the run that is told -> all later ones agree, and not with it: failed', () => {
    const prices = new Map<number, number>();
    const cheat = follower('remembers', (m) => {
      prices.set(m.time, m.close.value);
      return (prices.get(m.time + 3_600_000) ?? m.close.at(1)) > m.close.value;
    });
    const c = config(cheat);
    const told = eventsHash(new Backtest(c).run().engine);
    assert.equal(named(runChecks(c, 4, told), 'determinism').status, 'failed');
    const honest = config(follower('honest', (m) => m.close.value > m.close.at(1)));
    assert.equal(
      named(runChecks(honest, 4, eventsHash(new Backtest(honest).run().engine)), 'determinism').status,
      'passed',
    );
  });

  describe('what is remembered outside the state, and lost when a session is begun again', () => {
    // An interface would be no JSON to the compiler.
    type Memory = { highest: number };
    /** Buys above the highest close so far, which `memoryOf` remembers. */
    const breakout = (
      id: string,
      memoryOf: (state: Memory) => Memory,
      more: { state?: () => Memory; onStart?: () => void } = {},
    ): AnyStrategy =>
      defineStrategy({
        id,
        params: {},
        data: { main: bars() },
        indicators: () => ({}),
        state: (): Memory => more.state?.() ?? { highest: 0 },
        onStart: more.onStart ?? (() => {}),
        onBar({ data, position, buy, state }) {
          const memory = memoryOf(state);
          if (data.main.close.value > memory.highest && !position.isOpen) buy({ size, why });
          else if (position.isOpen && data.main.index % 5 === 0) position.close(why);
          memory.highest = Math.max(memory.highest, data.main.close.value);
        },
      });
    const verdict = (strategy: AnyStrategy): CheckResult =>
      named(runChecks(config(strategy), 4, eventsHash(new Backtest(config(strategy)).run().engine)), 'determinism');
    const forgotten = /put aside and taken up again/;

    test('a WeakMap by the state -> failed; the state -> passed', () => {
      const memories = new WeakMap<object, Memory>();
      const kept = (state: Memory): Memory => {
        if (!memories.has(state)) memories.set(state, { highest: 0 });
        return memories.get(state)!;
      };
      const { status, text, detail } = verdict(breakout('by-state', kept));
      assert.equal(status, 'failed');
      assert.match(text, forgotten);
      assert.match(detail!, /no map by an object of the state/);
      assert.equal(verdict(breakout('honest', (state) => state)).status, 'passed');
    });

    test('a variable of the module that every run sets back, by onStart or with its state -> failed', () => {
      const memory = { highest: 0 };
      const setBack = (): void => {
        memory.highest = 0;
      };
      const state = (): Memory => {
        setBack();
        return { highest: 0 };
      };
      for (const more of [{ onStart: setBack }, { state }]) {
        const { status, text } = verdict(breakout('module', () => memory, more));
        assert.equal(status, 'failed');
        assert.match(text, forgotten);
      }
    });

    test('one object in two places of the state, and one that a variable holds -> failed', () => {
      const twice = (): Memory & { one: Memory; other: Memory } => {
        const one = { highest: 0 };
        return { highest: 0, one, other: one };
      };
      const both = (state: Memory): Memory => {
        const { one, other } = state as ReturnType<typeof twice>;
        return {
          get highest() {
            return one.highest;
          },
          set highest(value) {
            other.highest = value;
          },
        };
      };
      assert.match(verdict(breakout('twice', both, { state: twice })).text, forgotten);
      let held: Memory = { highest: 0 };
      const made = (): Memory => {
        held = { highest: 0 };
        return held;
      };
      assert.match(verdict(breakout('held', () => held, { state: made })).text, forgotten);
    });

    test('throws where its memory is gone -> failed with what it threw, not a crash', () => {
      const memories = new WeakMap<object, Memory>();
      const state = (): Memory => {
        const made = { highest: 0 };
        memories.set(made, { highest: 0 });
        return made;
      };
      const { status, detail } = verdict(breakout('throws', (of) => memories.get(of)!, { state }));
      assert.equal(status, 'failed');
      assert.match(detail!, /TypeError.*highest/);
    });

    test('a cache of what is only computed, and room that is written before it is read -> passed', () => {
      const roots = new Map<number, number>();
      const room = { highest: 0 };
      const honest = (state: Memory): Memory => {
        const root = roots.get(state.highest) ?? Math.sqrt(state.highest);
        roots.set(state.highest, root);
        room.highest = root;
        return room.highest >= 0 ? state : room;
      };
      assert.equal(verdict(breakout('caches', honest)).status, 'passed');
    });
  });

  test('no intent at all -> not run', () => {
    const idle = defineStrategy({ id: 'idle', params: {}, data: { main: bars() }, indicators: () => ({}) });
    const results = runChecks(config(idle));
    assert.deepEqual(
      results.filter((r) => r.status === 'passed'),
      [],
    );
  });

  test('the clock of the machine decides -> two processes differ; the bars decide -> they agree', () => {
    const script = join(import.meta.dirname, '../../../../test/fixtures/clocked-run.ts');
    const hash = (rule: string, epoch: string): string => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [script, rule, epoch], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return stdout.trim();
    };
    assert.match(hash('bars', '0'), /^[0-9a-f]{32}$/);
    assert.equal(hash('bars', '0'), hash('bars', '1'));
    assert.notEqual(hash('clock', '0'), hash('clock', '1'));
  });
});
