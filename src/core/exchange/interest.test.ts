import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { marginInterest } from './interest.ts';
import { toRate } from './rate.ts';

const FILE = 'reference/freqtrade_tables.json';
const HOUR_MS = 3_600_000;
const QUANTA = 1e8;

type Tables = {
  readonly interest: {
    readonly test_interest: readonly { readonly rows: readonly (readonly [string, number, number, number])[] }[];
  };
  readonly context: { readonly interest: { readonly borrowed: number } };
};

const RULES: Readonly<Record<string, 'hourly' | 'four-hourly'>> = { binance: 'hourly', kraken: 'four-hourly' };

describe('margin interest', () => {
  // 60 borrowed. Binance: 0.05 % a day for 1/24: 60 × 0.0005 / 24 = 0.00125. Kraken: at once and for each 4 h: 60 × 0.0005 × 2.
  test('margin interest: ten minutes at 0.05 % on 60 -> 0.00125 by the hour, 0.06 by four hours', () => {
    assert.equal(marginInterest('hourly', 60 * QUANTA, 50_000, HOUR_MS / 6), 125_000);
    assert.equal(marginInterest('four-hourly', 60 * QUANTA, 50_000, HOUR_MS / 6), 6_000_000);
  });

  describe('freqtrade table', { skip: dataMissing(FILE) }, () => {
    if (dataMissing(FILE)) return;
    const { interest, context } = readSharedJson<Tables>(FILE);
    for (const { rows } of interest.test_interest) {
      for (const [exchange, rate, hours, expected] of rows) {
        const rule = RULES[exchange];
        const skip = rule === undefined ? `no interest rule of ${exchange}` : false;
        test(`margin interest: ${exchange}, ${rate} for ${hours} h -> ${expected}`, { skip }, () => {
          const quanta = marginInterest(rule!, context.interest.borrowed * QUANTA, toRate(rate), hours * HOUR_MS);
          assert.equal(quanta / QUANTA, expected);
        });
      }
    }
  });

  // freqtrade's profit of a margin short: 30 coins borrowed at 0.05 % a day, sold at 2.0, bought back with their interest at 2.1
  // ten minutes later, 0.25 % fee: 59.85 − 30.000625 × 2.1 × 1.0025 = −3.30881578125.
  test('margin interest: short of 30 coins from 2.0 to 2.1 -> −3.30881578125', () => {
    const owed = 30 * QUANTA + marginInterest('hourly', 30 * QUANTA, 50_000, HOUR_MS / 6);
    assert.equal(owed, 30.000625 * QUANTA);
    assert.equal(Number((59.85 - (owed / QUANTA) * 2.1 * 1.0025).toFixed(11)), -3.30881578125);
  });

  test('margin interest: any loan -> grows with time and amount, in steps of begun terms', () => {
    const amount = fc.integer({ min: 1, max: 1e12 });
    fc.assert(
      fc.property(
        fc.constantFrom('hourly' as const, 'four-hourly' as const),
        amount,
        fc.nat(1_000),
        (rule, borrowed, hours) => {
          const rate = 12_345;
          const here = marginInterest(rule, borrowed, rate, hours * HOUR_MS);
          assert.ok(marginInterest(rule, borrowed, rate, hours * HOUR_MS + 1) >= here);
          assert.ok(marginInterest(rule, borrowed + 1, rate, hours * HOUR_MS) >= here);
          const exact =
            rule === 'hourly' ? (borrowed * hours * rate) / 24e8 : (borrowed * (1 + Math.ceil(hours / 4)) * rate) / 1e8;
          assert.ok(here >= exact - 1e-6 * exact && here <= exact + 1 + 1e-6 * exact);
        },
      ),
    );
  });
});
