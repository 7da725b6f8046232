import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsHash } from '../engine/state-hash.ts';
import { Backtest, type BacktestConfig } from '../research/backtest.ts';
import { runChecks } from '../research/checks/run-checks.ts';
import { generateMarket } from '../research/synthetic-market.ts';
import { civilToMs } from '../vocabulary/time.ts';
import { builtInStrategies, builtInStrategy } from './catalogue.ts';
import type { AnyStrategy } from './define-strategy.ts';
import { resolveParams } from './params.ts';

const market = generateMarket({ minuteDays: 0 });
const short = generateMarket({ minuteDays: 0, toMs: civilToMs(2024, 4, 10) });

function configOf(strategy: AnyStrategy, { instruments }: typeof market, account: 'cash' | 'margin'): BacktestConfig {
  return {
    feeds: instruments.map((i) => ({ instrument: i.definition, timeframe: '1h', bars: i.hourly })),
    strategies: [{ strategy }],
    cash: 10_000,
    account,
  };
}

/** Strategies that run into a known fault of the checks or of the engine's reset; each goes when its fault does. */
const KNOWN_FAULTS: Readonly<Record<string, string>> = {
  grid: 'the look-ahead check cuts the history inside the bar in which an order was made on a fill',
  pairs: 'a reset engine does not reset indicators that are stepped: those on other bars, and custom ones',
};

describe('built-in strategies', () => {
  test('catalogue: ids -> different, found by builtInStrategy; what is none -> null', () => {
    const ids = builtInStrategies.map((s) => s.def.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const s of builtInStrategies) assert.equal(builtInStrategy(s.def.id), s);
    assert.equal(builtInStrategy('sma-crosss'), null);
  });

  for (const strategy of builtInStrategies) {
    const { id, about, failsWhen, params } = strategy.def;

    test(`${id}: description -> says what it does and when it loses; numbers have ranges that hold their defaults`, () => {
      assert.ok((about ?? '').length > 60 && (failsWhen ?? '').length > 60);
      assert.ok(Object.keys(resolveParams(params, {}, id)).length === Object.keys(params).length);
      for (const [name, spec] of Object.entries(
        params as Record<string, { kind: string; range: { min?: number; max?: number } }>,
      ))
        if (['int', 'num', 'pct'].includes(spec.kind))
          assert.ok(spec.range.min !== undefined && spec.range.max !== undefined, `${name} has no range`);
    });

    for (const account of ['cash', 'margin'] as const)
      test(`${id}: two years of the synthetic market, ${account} account -> no failure, trades, the same hash twice`, () => {
        const config = configOf(strategy, market, account);
        const backtest = new Backtest(config).run();
        const { fills, intents, orders, clock } = backtest.engine.state;
        const hash = eventsHash(backtest.engine);
        assert.equal(eventsHash(new Backtest(config).run().engine), hash);
        assert.ok(clock[1]! > 0);
        if (id === 'always-flat') assert.equal(orders.count, 0);
        else assert.ok(fills.count > 0);
        // Every order of a decision carries the numbers that decided it.
        for (let i = 0; i < intents.count; i++) assert.match(intents.why[i]!, /\d/);
      });

    const fault = KNOWN_FAULTS[id];
    test(
      `${id}: checks on 100 days -> no look-ahead, replay equal, warm-up enough, deterministic`,
      fault ? { todo: fault } : {},
      () => {
        const results = runChecks(configOf(strategy, short, 'margin'), 6);
        assert.deepEqual(
          results.filter((r) => r.status !== 'passed'),
          [],
        );
      },
    );
  }
});
