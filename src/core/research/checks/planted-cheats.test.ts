import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { config, follower, named, peek, size, why } from '../../../../test/fixtures/checked-strategies.ts';
import { eventsHash } from '../../engine/state-hash.ts';
import type { Bars } from '../../indicators/bars.ts';
import { custom } from '../../indicators/custom.ts';
import { defineIndicator } from '../../indicators/indicator.ts';
import type { Series } from '../../indicators/series.ts';
import { ta } from '../../indicators/ta.ts';
import { bars } from '../../strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../strategy/define-strategy.ts';
import { Backtest } from '../backtest.ts';
import type { CheckResult } from './check.ts';
import { lookAheadCheck } from './look-ahead.ts';
import { runChecks } from './run-checks.ts';
import { traceRun } from './trace.ts';
import { warmUpCheck } from './warm-up.ts';

const look = (strategy: AnyStrategy, cuts?: number, count?: number): CheckResult => {
  const c = config(strategy, count);
  return lookAheadCheck(c, traceRun(c), cuts, traceRun({ ...c, streamed: true }));
};

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
