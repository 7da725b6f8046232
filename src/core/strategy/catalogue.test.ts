import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsHash } from '../engine/state-hash.ts';
import { Backtest, type BacktestConfig } from '../research/backtest.ts';
import type { CheckResult } from '../research/checks/check.ts';
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

    let results: readonly CheckResult[] | null = null;
    for (const name of ['look-ahead', 'warm-up', 'determinism', 'replay'])
      test(`${id}: ${name} check on 100 days -> no fault`, () => {
        results ??= runChecks(configOf(strategy, short, 'margin'), 6);
        const result = results.find((r) => r.name === name);
        // A check may find nothing to compare (no indicator, no order in the time); it must never find a fault.
        assert.ok(
          result && ['passed', 'warning', 'not-run'].includes(result.status),
          `${result?.text} ${result?.detail ?? ''}`,
        );
      });
  }
});
