import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FLAG, OrderDraft, TIF, TYPE } from '../vocabulary/order.ts';
import {
  BINANCE_SPOT,
  BINANCE_USDM,
  CAPABILITY_PROFILES,
  emulations,
  PLAIN,
  placingOf,
  SIMULATED,
} from './capabilities.ts';

function draft(fields: Partial<OrderDraft>): OrderDraft {
  return Object.assign(new OrderDraft(), { lots: 1, ...fields });
}

describe('venue capabilities', () => {
  test('simulated venue: everything rests there -> nothing is emulated', () => {
    assert.deepEqual(emulations(SIMULATED), []);
    for (const type of Object.values(TYPE))
      assert.equal(placingOf(SIMULATED, draft({ type, limitTicks: 1 })), 'native');
  });

  test('a venue of market and limit orders: conditional types are emulated, immediate and maker-only ones cannot be placed', () => {
    assert.equal(placingOf(PLAIN, draft({ type: TYPE.limit, limitTicks: 5 })), 'native');
    assert.equal(placingOf(PLAIN, draft({ type: TYPE['stop-market'], triggerTicks: 5 })), 'emulated');
    assert.equal(placingOf(PLAIN, draft({ type: TYPE['trailing-stop'], triggerTicks: 5 })), 'emulated');
    assert.equal(placingOf(PLAIN, draft({ type: TYPE.limit, tif: TIF.fok })), 'unsupported');
    assert.equal(placingOf(PLAIN, draft({ type: TYPE.limit, flags: FLAG.postOnly })), 'unsupported');
    assert.equal(placingOf({ ...PLAIN, orderTypes: ['limit'] }, draft({ type: TYPE['stop-market'] })), 'unsupported');
  });

  test('what is emulated: one sentence for each thing that the profile lacks', () => {
    const topics = (lines: readonly string[]): string[] => lines.map((line) => line.split(':')[0]!);
    assert.deepEqual(topics(emulations(BINANCE_SPOT)), ['good till date', 'reduce only', 'amend']);
    assert.deepEqual(topics(emulations(BINANCE_USDM)), ['stops and targets of an entry']);
    assert.deepEqual(topics(emulations(PLAIN)), [
      'stop-market, stop-limit, take-profit-market, take-profit-limit, trailing-stop',
      'stops and targets of an entry',
      'good till date',
      'reduce only',
      'amend',
      'post only',
      'fok',
    ]);
  });

  test('profiles are found by their own names', () => {
    for (const [name, profile] of Object.entries(CAPABILITY_PROFILES)) assert.equal(profile.name, name);
  });
});
