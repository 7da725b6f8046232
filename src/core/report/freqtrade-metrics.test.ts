/**
 * The tables of freqtrade's metrics from our functions: its CAGR counts years of 365 days, its drawdown is that of the closed trades'
 * profits on top of a starting balance, deepest in money or relative to the peak.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { DAY_MS } from '../vocabulary/time.ts';
import { drawdowns } from './drawdown.ts';
import { annualGrowth } from './growth.ts';

const FILE = 'reference/freqtrade_tables.json';
const STARTING_BALANCE = 1_000;

interface Table<Row> {
  readonly rows: readonly Row[];
}
interface Tables {
  readonly metrics: {
    readonly test_calculate_cagr: readonly Table<
      readonly [start: number, end: number, days: number, expected: number]
    >[];
    readonly test_calculate_max_drawdown_abs: readonly Table<
      readonly [
        profits: readonly number[],
        relative: boolean,
        highDay: number,
        lowDay: number,
        money: number,
        share: number,
      ]
    >[];
  };
}

describe('freqtrade metrics', { skip: dataMissing(FILE) }, () => {
  if (dataMissing(FILE)) return;
  const { metrics } = readSharedJson<Tables>(FILE);
  for (const { rows } of metrics.test_calculate_cagr)
    for (const [start, end, days, expected] of rows)
      test(`CAGR: ${start} to ${end} in ${days} days -> ${expected}`, () => {
        assert.equal(Number(Number(annualGrowth(end / start, days / 365)).toFixed(4)), expected);
      });

  for (const { rows } of metrics.test_calculate_max_drawdown_abs)
    for (const [profits, relative, highDay, lowDay, money, share] of rows)
      test(`drawdown: ${profits.join(' ')}, ${relative ? 'relative' : 'in money'} -> ${money}, ${share}`, () => {
        let balance = STARTING_BALANCE;
        const equity = Float64Array.from(profits, (profit) => (balance += profit));
        const timeMs = equity.map((_, day) => day * DAY_MS);
        const all = drawdowns({ timeMs, equity, initialEquity: STARTING_BALANCE });
        const [worst] = [...all].sort((a, b) => (relative ? a.depth - b.depth : a.depthMoney - b.depthMoney));
        assert.deepEqual(
          [worst?.peakMs, worst?.troughMs, -worst!.depthMoney, Number((-worst!.depth).toFixed(6))],
          [highDay * DAY_MS, lowDay * DAY_MS, money, share],
        );
      });
});
