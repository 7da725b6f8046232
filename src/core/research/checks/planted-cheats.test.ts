import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hourly, NO_LIMITS } from '../../../../test/scenario.ts';
import { eventsHash } from '../../engine/state-hash.ts';
import type { Bars } from '../../indicators/bars.ts';
import { custom } from '../../indicators/custom.ts';
import { defineIndicator } from '../../indicators/indicator.ts';
import { Series } from '../../indicators/series.ts';
import { ta } from '../../indicators/ta.ts';
import { bars } from '../../strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../strategy/define-strategy.ts';
import { Random } from '../../vocabulary/random.ts';
import { Backtest, type BacktestConfig } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { lookAheadCheck } from './look-ahead.ts';
import { repeatCheck } from './repeat.ts';
import { runChecks } from './run-checks.ts';
import { traceRun } from './trace.ts';
import { warmUpCheck } from './warm-up.ts';

const DEFINITION = { id: 'TEST:X', base: 'X', quote: 'USD', tick: '0.01', lot: '0.001' } as const;

/** A walk of `count` hours. */
function walk(count: number, seed = 5) {
  const random = new Random(seed);
  let price = 100;
  return hourly(
    Array.from({ length: count }, () => {
      const open = price;
      price = Math.max(5, Math.round((price + random.normal()) * 100) / 100);
      return [open, Math.max(open, price) + 0.5, Math.min(open, price) - 0.5, price] as const;
    }),
  );
}

function config(strategy: AnyStrategy, count = 700): BacktestConfig {
  return {
    feeds: [{ instrument: DEFINITION, timeframe: '1h', bars: walk(count) }],
    strategies: [{ strategy }],
    cash: 10_000,
    limits: NO_LIMITS,
  };
}

const named = (results: readonly CheckResult[], name: CheckResult['name']): CheckResult =>
  results.find((r) => r.name === name)!;
const look = (strategy: AnyStrategy, cuts?: number, count?: number): CheckResult => {
  const c = config(strategy, count);
  return lookAheadCheck(c, traceRun(c), cuts, traceRun({ ...c, streamed: true }));
};

/** Close of the bar `ahead` of the last closed one, which a strategy can only get at through the internals. */
const peek = (feed: Bars, ahead: number): number => Series.columnOf(feed.close)[feed.index + ahead]!;
const size = { pctEquity: 0.5 } as const;
const why = 'test';

/** Buys and sells by `signal`. */
function follower(id: string, signal: (main: Bars) => boolean, ahead = 0): AnyStrategy {
  return defineStrategy({
    id,
    params: {},
    data: { main: bars() },
    indicators: () => ({}),
    onBar({ data, position, buy }) {
      if (signal(data.main) && !position.isOpen) buy({ size, why });
      else if (position.isOpen && peek(data.main, ahead) < data.main.close.at(1)) position.close(why);
    },
  });
}

describe('look-ahead check', () => {
  test('buys when the next bar closes higher -> failed; when the last did -> passed', () => {
    const cheat = look(follower('cheat', (m) => peek(m, 1) > m.close.value));
    assert.equal(cheat.status, 'failed');
    assert.match(cheat.detail!, /buy|nothing/);
    assert.equal(look(follower('honest', (m) => peek(m, 0) > m.close.at(1))).status, 'passed');
  });

  test('looks ahead at one bar in a hundred -> failed all the same', () => {
    const rarely = follower('rarely', (m) =>
      m.index % 100 === 50 ? peek(m, 1) > m.close.value : m.close.value > m.close.at(1),
    );
    for (const cuts of [1, 2, 8]) assert.equal(look(rarely, cuts, 2000).status, 'failed', `${cuts} cuts`);
  });

  test('only the size, the stop or the target knows the future -> failed', () => {
    const by = (id: string, ahead: number, kind: 'size' | 'stop' | 'target'): AnyStrategy =>
      defineStrategy({
        id,
        params: {},
        data: { main: bars() },
        indicators: () => ({}),
        onBar({ data, position, buy, price }) {
          const up = peek(data.main, ahead) > data.main.close.at(1);
          if (position.isOpen) {
            if (data.main.index % 7 === 0) position.close(why);
          } else
            buy({
              size: { qty: kind === 'size' && up ? 2 : 1 },
              ...(kind === 'target' ? { target: { pct: up ? 0.05 : 0.02 } } : {}),
              ...(kind === 'stop' ? { limit: price, stop: { price: up ? price * 0.9 : price * 0.8 } } : {}),
              why,
            });
        },
      });
    for (const kind of ['size', 'stop', 'target'] as const) {
      assert.equal(look(by('cheat', 1, kind)).status, 'failed', kind);
      assert.equal(look(by('honest', 0, kind)).status, 'passed', kind);
    }
  });

  test('reads the forming bar of a higher timeframe -> failed; its closed one -> passed', () => {
    const higher = (id: string, ahead: number): AnyStrategy =>
      defineStrategy({
        id,
        params: {},
        data: { main: bars(), slow: bars('4h') },
        indicators: () => ({}),
        onBar({ data, position, buy }) {
          if (data.slow.index < 0) return;
          const up = peek(data.slow, ahead) > data.main.close.value;
          if (up && !position.isOpen) buy({ size, why });
          else if (!up && position.isOpen) position.close(why);
        },
      });
    assert.equal(look(higher('cheat', 1)).status, 'failed');
    assert.equal(look(higher('honest', 0)).status, 'passed');
  });

  test('an indicator of one’s own reads the next bar, though nothing trades on it -> failed; the last one -> passed', () => {
    const own = (id: string, ahead: number): AnyStrategy =>
      defineStrategy({
        id,
        params: {},
        data: { main: bars() },
        indicators: ({ data }) => ({
          next: custom('next', { lookback: 0, init: () => null, next: (_, b) => peek(b, ahead) ?? Number.NaN })(
            data.main,
          ),
        }),
        onBar() {},
      });
    assert.equal(look(own('cheat', 1)).status, 'failed');
    assert.equal(look(own('honest', 0)).status, 'passed');
  });

  test('throws where the future is missing -> failed, not a crash', () => {
    const cheat = follower('throws', (m) => {
      if (peek(m, 1) === undefined && m.index < 650) throw new Error('no next bar');
      return peek(m, 1) > m.close.value;
    });
    const c = config(cheat);
    const result = lookAheadCheck(c, traceRun(c));
    assert.equal(result.status, 'failed');
    assert.match(result.detail!, /no next bar/);
  });

  test('positions closed because the data end -> no false alarm', () => {
    const c = { ...config(follower('honest', (m) => m.close.value > m.close.at(1))), closeAtEnd: true };
    assert.equal(lookAheadCheck(c, traceRun(c), 8, traceRun({ ...c, streamed: true })).status, 'passed');
  });

  test('reacts to a fill at the next open -> no false alarm', () => {
    const reacts = defineStrategy({
      id: 'reacts',
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      onBar({ data, position, buy }) {
        if (!position.isOpen && data.main.close.value > data.main.close.at(1)) buy({ size, why });
      },
      onFill({ position, price, sell }, fill) {
        if (fill.side === 'buy' && position.isOpen)
          sell({ size: { qty: position.qty }, limit: price * 1.01, reduceOnly: true, why: 'on the fill' });
      },
    });
    assert.equal(look(reacts, 20).status, 'passed');
  });

  test('nothing to compare -> not run', () => {
    const idle = defineStrategy({ id: 'idle', params: {}, data: { main: bars() }, indicators: () => ({}) });
    assert.equal(look(idle).status, 'not-run');
    assert.equal(
      look(
        follower('honest', () => true),
        8,
        1,
      ).status,
      'not-run',
    );
  });
});

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

describe('warm-up check', () => {
  const warm = (strategy: AnyStrategy, count = 1500): CheckResult => {
    const c = config(strategy, count);
    return warmUpCheck(c, traceRun(c));
  };
  const withIndicator = (id: string, make: (main: Bars) => Series): AnyStrategy =>
    defineStrategy({
      id,
      params: {},
      data: { main: bars() },
      indicators: ({ data }) => ({ line: make(data.main) }),
      onBar() {},
    });
  /** An average that remembers for hundreds of bars, declared with this look-back. */
  const slow = (lookback: number) =>
    custom('slow', {
      lookback,
      init: () => ({ y: Number.NaN }),
      next: (s, b) => {
        s.y = Number.isNaN(s.y) ? b.close.value : s.y + 0.01 * (b.close.value - s.y);
        return s.y;
      },
    });
  /** The same as an indicator that claims to need one bar. */
  const claims = (settle: number) =>
    defineIndicator({
      name: `claims-${settle}`,
      title: 'Claims',
      group: 'average',
      inputs: ['value'],
      outputs: ['value'],
      params: {},
      unit: 'input',
      formula: 'y += 0.01 (x − y)',
      source: 'test',
      warmup: () => 0,
      settle: () => settle,
      create: () => {
        let y = Number.NaN;
        return {
          next(x: number) {
            y = Number.isNaN(y) ? x : y + 0.01 * (x - y);
            return y;
          },
        };
      },
    });

  test('look-back of an own indicator too short -> failed; long enough -> passed', () => {
    assert.equal(warm(withIndicator('short', slow(5))).status, 'failed');
    assert.equal(warm(withIndicator('long', slow(600)), 3000).status, 'passed');
  });

  test('too short, on a history so long that the differing bars are few of all -> failed', () => {
    assert.equal(warm(withIndicator('short', slow(5)), 30_000).status, 'failed');
  });

  test('an indicator that declares less than it needs -> failed; enough -> passed', () => {
    const of = (settle: number) => (main: Bars) => main.node(claims(settle), [main.close], {}).outputs[0]!;
    assert.equal(warm(withIndicator('claims', of(1))).status, 'failed');
    assert.equal(warm(withIndicator('settles', of(600)), 3000).status, 'passed');
  });

  test('the built-in averages -> passed', () => {
    assert.equal(warm(withIndicator('sma', (m) => ta.sma(m.close, 50))).status, 'passed');
    assert.equal(
      warm(
        withIndicator('ema', (m) => ta.ema(m.close, 20)),
        3000,
      ).status,
      'passed',
    );
  });

  test('no indicator, or a history shorter than two warm-ups -> not run or a warning', () => {
    assert.equal(warm(follower('none', () => true)).status, 'not-run');
    assert.equal(
      warm(
        withIndicator('sma', (m) => ta.sma(m.close, 480)),
        500,
      ).status,
      'warning',
    );
  });
});

describe('all checks', () => {
  test('an honest strategy with an indicator -> all passed, and the run is left as it was', () => {
    const honest = defineStrategy({
      id: 'honest',
      params: {},
      data: { main: bars(), slow: bars('4h') },
      indicators: ({ data }) => ({ cross: ta.cross(ta.sma(data.main.close, 5), ta.sma(data.main.close, 20)) }),
      onBar({ ind, position, buy }) {
        if (ind.cross.up && !position.isOpen) buy({ size, stop: { pct: 0.05 }, target: { r: 2 }, why });
        else if (ind.cross.down && position.isOpen) position.close(why);
      },
    });
    const c = config(honest, 1500);
    assert.deepEqual(
      runChecks(c).map((r) => `${r.name}: ${r.status}`),
      ['look-ahead: passed', 'replay: passed', 'warm-up: passed', 'determinism: passed'],
    );
    assert.equal(eventsHash(new Backtest(c).run().engine), eventsHash(new Backtest(c).run().engine));
  });

  test('asked to stop -> within a chunk of bars; what had ended is told, what had not has not run', () => {
    const crossing = defineStrategy({
      id: 'crossing',
      params: {},
      data: { main: bars() },
      indicators: ({ data }) => ({ mean: ta.sma(data.main.close, 20) }),
      onBar({ ind, position, buy, price }) {
        if (price > ind.mean.value && !position.isOpen) buy({ size, why });
        else if (price < ind.mean.value && position.isOpen) position.close(why);
      },
    });
    const c = config(crossing, 5000);
    const statuses = (most: number): string[] => {
      let asked = 0;
      let told = -1;
      const results = runChecks(c, 4, null, (done, total) => {
        assert.ok(done >= told && done <= total);
        told = done;
        return ++asked <= most;
      });
      // A run that is told no behind its last bar has ended, and the next one asks again.
      assert.ok(asked <= most + 2, `asked ${asked} times`);
      return results.map((r) => `${r.name}: ${r.status}`);
    };
    assert.deepEqual(
      statuses(0),
      ['look-ahead', 'replay', 'warm-up', 'determinism'].map((name) => `${name}: not-run`),
    );
    assert.deepEqual(statuses(30), [
      'look-ahead: passed',
      'replay: passed',
      'warm-up: not-run',
      'determinism: not-run',
    ]);
  });

  test('a shifted column -> also the replay bar by bar differs', () => {
    const results = runChecks(config(follower('cheat', (m) => peek(m, 1) > m.close.value)));
    assert.equal(named(results, 'replay').status, 'failed');
    assert.equal(named(results, 'look-ahead').status, 'failed');
  });
});

describe('look-ahead check: honest strategies whose end is not the end of the data', () => {
  const entry = ({ data, price }: { data: { main: Bars }; price: number }) =>
    data.main.index % 20 === 3 ? { size: { qty: 3 }, limit: (price * 1.01).toFixed(2), why } : null;
  const honest = (id: string, more: object): AnyStrategy =>
    defineStrategy({ id, params: {}, data: { main: bars() }, indicators: () => ({}), ...more });

  test('an order that is worked when the history is cut -> passed', () => {
    for (const work of [{ iceberg: { visible: '1' } }, { twap: { slices: 3, everyMs: 3_600_000 } }])
      assert.equal(
        look(
          honest('worker', {
            onBar(c: Parameters<typeof entry>[0] & { buy: (entry: object) => void }) {
              const asked = entry(c);
              if (asked) c.buy({ ...asked, work });
            },
          }),
          60,
        ).status,
        'passed',
      );
  });

  test('onStop that trades -> passed', () => {
    const result = look(
      honest('closer', {
        onBar(c: Parameters<typeof entry>[0] & { buy: (entry: object) => void }) {
          const asked = entry(c);
          if (asked) c.buy(asked);
        },
        onStop: ({ position }: { position: { close: (why: string) => void } }) => position.close('the end'),
      }),
      60,
    );
    assert.equal(result.status, 'passed', result.detail);
  });
});
