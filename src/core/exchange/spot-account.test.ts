import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SpotAccount } from './spot-account.ts';
import { VENUE_REFUSAL } from './venue-refusal.ts';

const BASE = 0;
const QUOTE = 1;

describe('spot account', () => {
  test('spot account: a buy of 2 lots at 100 with fee 1, filled at 99 and canceled -> pays 99 + 1, the rest is free again', () => {
    const account = new SpotAccount(2);
    account.deposit(QUOTE, 1_000);
    assert.equal(account.lock(7, QUOTE, 202), VENUE_REFUSAL.accepted);
    assert.deepEqual([account.free[QUOTE], account.locked[QUOTE]], [798, 202]);
    assert.equal(account.settle(7, QUOTE, 99, BASE, 1, QUOTE, 1), 0);
    assert.deepEqual([account.lockedBy(7), account.free[BASE]], [102, 1]);
    account.release(7);
    assert.deepEqual([account.free[QUOTE], account.locked[QUOTE]], [900, 0]);
  });

  test('spot account: a sell whose fee is in quote -> proceeds less fee', () => {
    const account = new SpotAccount(2);
    account.deposit(BASE, 10);
    account.lock(0, BASE, 10);
    assert.equal(account.settle(0, BASE, 4, QUOTE, 400, QUOTE, 3), 0);
    assert.deepEqual([account.free[QUOTE], account.locked[BASE]], [397, 6]);
  });

  test('spot account: paid what is not there -> owed, nothing can be locked; an order still pays out of its lock, a fee adds to what is owed', () => {
    const account = new SpotAccount(2);
    account.deposit(QUOTE, 100);
    account.lock(0, QUOTE, 100);
    account.pay(QUOTE, 30);
    assert.deepEqual(account.snapshot(), { free: [0, -30], locked: [0, 100], orders: [[0, QUOTE, 100]] });
    assert.equal(account.lock(1, QUOTE, 1), VENUE_REFUSAL['insufficient-balance']);
    assert.equal(account.settle(0, QUOTE, 100, BASE, 1, QUOTE, 2), 0);
    assert.deepEqual([account.free[QUOTE], account.locked[QUOTE]], [-32, 0]);
    assert.equal(account.settle(2, BASE, 1, QUOTE, 40, QUOTE, 1), 0);
    assert.equal(account.free[QUOTE], 7);
    account.pay(QUOTE, -3);
    assert.equal(account.free[QUOTE], 10);
  });

  test('spot account: a rebate -> received', () => {
    const account = new SpotAccount(2);
    account.deposit(QUOTE, 100);
    account.lock(0, QUOTE, 100);
    assert.equal(account.settle(0, QUOTE, 100, BASE, 1, QUOTE, -2), 0);
    assert.equal(account.free[QUOTE], 2);
  });

  test('spot account: more asked than is free -> refused, nothing changed', () => {
    const account = new SpotAccount(2);
    account.deposit(QUOTE, 100);
    assert.equal(account.lock(0, QUOTE, 101), VENUE_REFUSAL['insufficient-balance']);
    assert.equal(account.deposit(QUOTE, -101), VENUE_REFUSAL['insufficient-balance']);
    assert.deepEqual(account.snapshot(), { free: [0, 100], locked: [0, 0], orders: [] });
  });

  test('spot account: rounding asks for one more than locked and nothing is free -> forgiven and said', () => {
    const account = new SpotAccount(2);
    account.deposit(QUOTE, 100);
    account.lock(0, QUOTE, 100);
    assert.equal(account.settle(0, QUOTE, 101, BASE, 1, QUOTE, 0), 1);
    assert.equal(account.free[QUOTE], 0);
  });

  test('spot account: unlimited -> locks nothing, pays what it has not, owes it', () => {
    const house = new SpotAccount(2, true);
    assert.equal(house.lock(0, QUOTE, 1_000), VENUE_REFUSAL.accepted);
    assert.equal(house.settle(0, QUOTE, 100, BASE, 1, QUOTE, 0), 0);
    assert.deepEqual([...house.free, ...house.locked], [1, -100, 0, 0]);
  });

  test('spot account: any commands -> never negative, conserved but for what was said, equal after a restore', () => {
    const order = fc.nat(100);
    const quanta = fc.nat(500);
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('deposit' as const),
        asset: fc.nat(2),
        quanta: fc.integer({ min: -300, max: 500 }),
      }),
      fc.record({ kind: fc.constant('lock' as const), order, quanta }),
      fc.record({ kind: fc.constant('release' as const), order, quanta: fc.option(quanta, { nil: undefined }) }),
      fc.record({ kind: fc.constant('settle' as const), order, quanta, fee: fc.integer({ min: -5, max: 20 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        let account = new SpotAccount(3);
        const expected = [0, 0, 0];
        for (const s of steps) {
          // Each order always locks the same asset: even ones asset 0, odd ones asset 1.
          const pays = 'order' in s ? s.order % 2 : 0;
          if (s.kind === 'deposit') {
            if (account.deposit(s.asset, s.quanta) === VENUE_REFUSAL.accepted) expected[s.asset]! += s.quanta;
          } else if (s.kind === 'lock') account.lock(s.order, pays, s.quanta);
          else if (s.kind === 'release') account.release(s.order, s.quanta);
          else {
            const unpaid = Math.max(0, s.quanta - account.free[pays]! - account.lockedBy(s.order));
            const unpaidFee = Math.max(0, s.fee - account.free[2]! - s.quanta * 2);
            assert.equal(account.settle(s.order, pays, s.quanta, 2, s.quanta * 2, 2, s.fee), unpaid + unpaidFee);
            expected[pays]! -= s.quanta - unpaid;
            expected[2]! += s.quanta * 2 - s.fee + unpaidFee;
          }
          const copy = new SpotAccount(3);
          copy.restore(JSON.parse(JSON.stringify(account.snapshot())));
          assert.deepEqual(copy.snapshot(), account.snapshot());
          account = copy;
          let locked = 0;
          for (let o = 0; o <= 100; o++) locked += account.lockedBy(o);
          assert.equal(
            locked,
            account.locked.reduce((a, b) => a + b),
          );
          for (let a = 0; a < 3; a++) {
            assert.ok(account.free[a]! >= 0 && account.locked[a]! >= 0);
            assert.equal(account.free[a]! + account.locked[a]!, expected[a]);
          }
        }
      }),
    );
  });
});
