import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunSummary } from '../../api/operations/research.ts';
import { styleFor } from '../style.ts';
import { renderRun } from './run.ts';

const scene = { style: styleFor(false), homePath: '', version: '', given: {} };

function costsTold(costs: RunSummary['costs']): string | undefined {
  const run: RunSummary = {
    ...{ run: 'bt_1', status: 'finished', strategy: [], data: [], conventions: [], metrics: [], checks: [] },
    ...{ cash: '10000', currency: 'USDT', finalEquity: '10000', interval: null, costs, trades: 2, fills: 4 },
    ...{ refusals: [], hashes: { inputs: '', events: '', state: '' }, files: [], gate: null },
    speed: { bars: 1, seconds: 0, barsPerSecond: 0 },
  };
  return /Costs +(\S+\s%)/.exec(renderRun(run, scene).text)?.[1]?.replace(/\s/, ' ');
}

describe('run, told', () => {
  test('a run that lost -> costs are what was paid, without the loss', () => {
    const costs = [
      { label: 'gross profit', amount: -400 },
      { label: 'fees', amount: -60 },
      { label: 'slippage', amount: -40 },
      { label: 'funding', amount: 0 },
      { label: 'net profit', amount: -500 },
    ];
    assert.equal(costsTold(costs), '−1.00 %');
  });

  test('funding received -> taken off what was paid, as in the total of the report', () => {
    const costs = [
      { label: 'gross profit', amount: 400 },
      { label: 'fees', amount: -60 },
      { label: 'slippage', amount: -40 },
      { label: 'funding', amount: 25 },
      { label: 'net profit', amount: 325 },
    ];
    assert.equal(costsTold(costs), '−0.75 %');
  });

  test('a run that won -> the same costs', () => {
    const costs = [
      { label: 'gross profit', amount: 400 },
      { label: 'fees', amount: -60 },
      { label: 'slippage', amount: -40 },
      { label: 'funding', amount: 0 },
      { label: 'net profit', amount: 300 },
    ];
    assert.equal(costsTold(costs), '−1.00 %');
  });
});
