import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orderFields } from './order-fields.ts';

describe('share of the equity', () => {
  for (const [given, expected] of [
    ['10%', 0.1],
    ['0.1', 0.1],
    [0.1, 0.1],
    ['50bps', 0.005],
    ['1%', 0.01],
    ['100%', 1],
  ] as const)
    test(`${given} -> ${expected}`, () => {
      assert.equal(orderFields.pctEquity.parse(given), expected);
      assert.equal(orderFields.riskPct.parse(given), expected);
    });

  for (const [given, message] of [
    ['1', /1%, or 100% where that is meant/],
    [1, /1%, or 100% where that is meant/],
    ['10', /10%, or 1000% where that is meant/],
    [2.5, /2\.5%, or 250% where that is meant/],
    ['300%', /100% at most/],
    ['0%', /above 0/],
    ['-5%', /above 0/],
    ['NaN', /above 0/],
    ['1e1', /above 0/],
  ] as const)
    test(`${JSON.stringify(given)} -> refused, as it may be meant otherwise or cannot be`, () => {
      for (const field of [orderFields.pctEquity, orderFields.riskPct]) {
        const { error } = field.safeParse(given);
        assert.match(error?.issues[0]?.message ?? 'taken', message);
      }
    });
});
