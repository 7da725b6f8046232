import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Instrument, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { borrowedQuanta } from './borrowed.ts';
import { MarginAccount } from './margin-account.ts';
import type { MarginMode } from './margin-position.ts';

const definition = (kind: InstrumentDefinition['kind'], base: string): InstrumentDefinition => ({
  ...{ id: `TEST:${base}`, base, quote: 'USD', tick: '1', lot: '1' },
  ...(kind === undefined ? {} : { kind }),
});
/** Amounts in cents. */
const spot = new Instrument(definition('spot', 'AAA'), 0, 2);
const share = new Instrument(definition('equity', 'BBB'), 1, 2);
const contract = new Instrument(definition('linear-perpetual', 'CCC'), 2, 2);

/** An account with so many cents, which has bought (or sold, negative) these lots at 100 each, three times levered. */
function holding(mode: MarginMode, cents: number, lots: readonly number[]): MarginAccount {
  const account = new MarginAccount();
  for (const instrument of [spot, share, contract]) account.addPosition(instrument, { mode, leverage: 3 });
  account.deposit(cents);
  for (const [i, n] of lots.entries()) if (n !== 0) account.fill(i, Math.sign(n), Math.abs(n), 100, 0);
  return account;
}

const borrowed = ({ positions, cashQuanta }: MarginAccount, index: number, price = 100): number =>
  borrowedQuanta(positions, index, cashQuanta, price);

describe('borrowed', () => {
  test('a long beyond the cash -> what is beyond; within -> nothing; flat -> nothing', () => {
    // 10 × 100.00 with 600.00.
    assert.equal(borrowed(holding('cross', 60_000, [10]), 0), 40_000);
    assert.equal(borrowed(holding('cross', 100_000, [10]), 0), 0);
    assert.equal(borrowed(holding('cross', 60_000, []), 0), 0);
    // Price is nothing to it: what was paid was borrowed.
    assert.equal(borrowed(holding('cross', 60_000, [10]), 0, 300), 40_000);
  });

  test('two longs on one pool -> the loan by their entry values, in all what is beyond the cash', () => {
    // 500.00 + 1,000.00 with 600.00: 900.00 borrowed, a third and two thirds of it.
    const account = holding('cross', 60_000, [5, 10]);
    assert.deepEqual([borrowed(account, 0), borrowed(account, 1)], [30_000, 60_000]);
  });

  test('a short -> all that was sold, at its price; contracts -> nothing', () => {
    assert.equal(borrowed(holding('cross', 60_000, [-4]), 0, 120), 48_000);
    const both = holding('cross', 60_000, [-4, 0, 10]);
    assert.deepEqual([borrowed(both, 0), borrowed(both, 2)], [40_000, 0]);
    assert.equal(borrowed(holding('cross', 60_000, [0, 0, -10]), 2), 0);
  });

  test('isolated -> a long what is beyond its own margin, whatever the cash', () => {
    // A third of 1,000.00, rounded up: 333.34.
    const account = holding('isolated', 100_000, [10]);
    assert.equal(borrowed(account, 0), 100_000 - account.positions[0]!.marginQuanta);
    assert.equal(account.positions[0]!.marginQuanta, 33_334);
  });
});
