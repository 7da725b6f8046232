import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { together, trader } from '../../../test/fixtures/checked-strategies.ts';
import { bars } from '../strategy/data.ts';
import { type AnyStrategy, defineStrategy, underId } from '../strategy/define-strategy.ts';
import type { BacktestConfig } from './backtest.ts';
import { runReport } from './run-report.ts';

const report = (strategies: readonly AnyStrategy[], more: Partial<BacktestConfig> = {}) =>
  runReport({
    ...together(strategies, 200),
    ...more,
    origins: [{ source: 'test', synthetic: false, gaps: 0, missingBars: 0 }],
    interval: false,
    tries: { count: 1 },
    ...{ runId: 'bt_1', createdAt: '2024-01-01T00:00:00Z', version: '0', node: '0' },
    ...{ recipe: {}, codeHashes: {}, checks: [], elapsed: () => 0 },
  }).report;

const silent = defineStrategy({ id: 'never', params: {}, data: { main: bars() }, indicators: () => ({}) });

describe('report of several strategies', () => {
  test('two, one of them twice under another id -> trades, profit and fees of each, which make the whole', () => {
    const often = trader('often', 3);
    const { byStrategy, costs, trades, counts } = report([often, trader('seldom', 50), underId(often, 'again')]);
    assert.deepEqual(
      byStrategy!.map(({ strategy }) => strategy),
      ['often', 'seldom', 'again'],
    );
    const sum = (of: 'trades' | 'open' | 'profit' | 'fees'): number =>
      byStrategy!.reduce((total, each) => total + each[of], 0);
    assert.equal(sum('trades') + sum('open'), counts!.trades);
    const line = (label: string): number => costs.find((each) => each.label === label)!.amount;
    assert.ok(Math.abs(sum('profit') - line('net profit')) < 1e-6, `${sum('profit')} of ${line('net profit')}`);
    assert.ok(Math.abs(sum('fees') + line('fees')) < 1e-6, `${sum('fees')} of ${line('fees')}`);
    for (const { strategy, ...told } of byStrategy!) {
      const own = trades.filter((trade) => trade.strategy === strategy);
      assert.equal(told.trades + told.open, own.length);
      assert.ok(Math.abs(told.profit - own.reduce((total, trade) => total + trade.profit, 0)) < 1e-6, strategy);
      assert.equal(told.share, 1 / 3);
    }
    assert.notEqual(byStrategy![0]!.profit, byStrategy![1]!.profit);
  });

  test('one alone -> no table of strategies', () => {
    assert.equal(report([trader('often', 3)]).byStrategy, undefined);
  });

  test('one of them never asks -> a warning that names it, and not the other', () => {
    const { checks } = report([trader('often', 3), silent]);
    assert.deepEqual(
      checks.filter(({ name }) => name === 'orders').map(({ text }) => text),
      ['no order was placed by never'],
    );
  });
});
