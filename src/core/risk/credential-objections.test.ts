import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY_MS } from '../vocabulary/time.ts';
import { objectionsTo, standingObjections } from './credential-objections.ts';

const NOW = Date.UTC(2026, 10, 1);
const KEPT = { canTrade: true, canWithdraw: false, ipRestricted: true, expiresAtMs: null };

describe('objections to a key', () => {
  for (const [what, facts, codes] of [
    ['may only trade, from one address', {}, []],
    ['may withdraw', { canWithdraw: true }, ['may-withdraw']],
    ['works from anywhere', { ipRestricted: false }, ['any-address']],
    ['nothing told', { canWithdraw: null, ipRestricted: null }, ['withdrawal-unknown', 'address-unknown']],
    ['may not trade', { canTrade: false }, ['cannot-trade']],
    ['ended at this very millisecond', { expiresAtMs: NOW }, ['expired']],
    ['ends a millisecond before a week', { expiresAtMs: NOW + 7 * DAY_MS - 1 }, ['expires-soon']],
    ['ends in a week', { expiresAtMs: NOW + 7 * DAY_MS }, []],
  ] as const)
    test(`${what} -> ${codes.join(', ') || 'none'}`, () => {
      const found = objectionsTo({ ...KEPT, ...facts }, NOW);
      assert.deepEqual(
        found.map(({ code }) => code),
        codes,
      );
    });

  test('words for one of two -> the other stands', () => {
    const found = objectionsTo({ ...KEPT, canWithdraw: true, ipRestricted: false }, NOW);
    const left = standingObjections(found, [' This key may withdraw ', 'yes']);
    assert.deepEqual(
      left.map(({ code }) => code),
      ['any-address'],
    );
    assert.deepEqual(standingObjections(left, ['this key works from any address']), []);
  });

  test('what no words help against -> stands whatever is said', () => {
    const found = objectionsTo({ ...KEPT, canTrade: false }, NOW);
    assert.deepEqual(standingObjections(found, ['null', '', 'the key may not place orders']), found);
  });
});
