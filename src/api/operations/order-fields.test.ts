import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orderFields } from './order-fields.ts';
import { capitalField } from './run-fields.ts';

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
      assert.equal(orderFields().pctEquity.parse(given), expected);
      assert.equal(orderFields().riskPct.parse(given), expected);
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
      for (const field of [orderFields().pctEquity, orderFields().riskPct]) {
        const { error } = field.safeParse(given);
        assert.match(error?.issues[0]?.message ?? 'taken', message);
      }
    });
});

describe('amount of an order', () => {
  for (const [given, expected] of [
    ['0.01', '0.01'],
    [0.01, '0.01'],
    [7.1e-7, '0.00000071'],
    [1e21, '1000000000000000000000'],
    ['0.000000000000000001', '0.000000000000000001'],
  ] as const)
    test(`${typeof given} ${given} -> ${expected}, to the last digit`, () => {
      assert.equal(orderFields().qty.parse(given), expected);
    });

  for (const [given, message] of [
    ['0.0000000000000000001', /at most 18 digits/],
    [1e-30, /at most 18 digits/],
    ['1e-3', /above 0/],
    ['1,5', /above 0/],
    [-0, /above 0/],
    [Number.NaN, /./],
    ['', /above 0/],
  ] as const)
    test(`${typeof given} ${given} -> refused`, () => {
      assert.match(orderFields().limit.safeParse(given).error?.issues[0]?.message ?? 'taken', message);
    });
});

describe('capital', () => {
  test('what the books can hold -> taken; more digits than they have, nothing, or too much -> refused with the reason', () => {
    for (const amount of [1000, 0.1, 1e-8, 1e12]) assert.equal(capitalField.parse(amount), amount);
    for (const [amount, message] of [
      [1e-30, /18 digits/],
      [0, /above 0/],
      [-5, /above 0/],
      [1e13, /at most 1e12/],
    ] as const)
      assert.match(capitalField.safeParse(amount).error?.issues[0]?.message ?? 'taken', message);
  });
});
