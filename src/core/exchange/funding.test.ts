import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dataMissing, readShared } from '../../../test/shared-data.ts';
import { Instrument } from '../vocabulary/instrument.ts';
import { apportion, FundingClock, fundingPayment } from './funding.ts';

const linear = new Instrument({
  id: 'TEST:XRPUSDT',
  kind: 'linear-perpetual',
  base: 'XRP',
  quote: 'USDT',
  tick: '0.0001',
  lot: '0.1',
});
const inverse = new Instrument({
  ...linear.definition,
  id: 'TEST:XRPUSD',
  kind: 'inverse-perpetual',
  lot: '1',
  contractSize: '10',
});

const FUNDING = 'ohlcv/freqtrade/XRP_USDT_PERP_8h_funding.csv';
const MARK = 'ohlcv/freqtrade/XRP_USDT_PERP_8h_mark.csv.gz';
const HOUR_MS = 3_600_000;

function columns(path: string): number[][] {
  const lines = readShared(path).trim().split('\n').slice(1);
  return lines.map((line) => line.split(',').map(Number));
}

describe('funding', () => {
  // 1,000 XRP at 0.5 = 500 USDT. 0.01 % = 0.05, −0.03 % = −0.15. Inverse: 100 × 10 USD at 0.5 = 2,000 XRP × 0.01 % = 0.2 XRP.
  for (const [name, instrument, lots, rate, expected] of [
    ['long, positive rate', linear, 10_000, 0.0001, -0.05],
    ['short, positive rate', linear, -10_000, 0.0001, 0.05],
    ['long, negative rate', linear, 10_000, -0.0003, 0.15],
    ['short, negative rate', linear, -10_000, -0.0003, -0.15],
    ['inverse long, positive rate', inverse, 100, 0.0001, -0.2],
    ['flat', linear, 0, 0.0001, 0],
  ] as const) {
    test(`funding: ${name} -> ${expected}`, () => {
      assert.equal(fundingPayment(instrument, lots, 0.5, rate), Math.round(expected * 1e8));
    });
  }

  test('funding: any position -> what longs pay, shorts receive', () => {
    const rate = fc.double({ min: -0.01, max: 0.01, noNaN: true });
    const price = fc.double({ min: 0.01, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 1, max: 1e6 }), price, rate, (isInverse, lots, mark, r) => {
        const instrument = isInverse ? inverse : linear;
        const long = fundingPayment(instrument, lots, mark, r);
        assert.equal(long + fundingPayment(instrument, -lots, mark, r), 0);
        assert.equal(long + fundingPayment(instrument, lots, mark, -r), 0);
        assert.ok(r === 0 || long === 0 || long > 0 === r < 0);
      }),
    );
  });

  test('funding: an account of opposite strategies -> each pays for its own, exactly', () => {
    const out = new Float64Array(3);
    // 10 lots pay 100: 30 long pays 300, 20 short receives 200.
    apportion(-100, [30, -20, 0], out);
    assert.deepEqual([...out], [-300, 200, 0]);
    // 100 among three equals: the first gets the odd one.
    apportion(100, [1, 1, 1], out);
    assert.deepEqual([...out], [34, 33, 33]);
    // −33.33… each, rounded down to −34; the two quanta too much are given back, the first first.
    apportion(-100, [1, 1, 1], out);
    assert.deepEqual([...out], [-33, -33, -34]);
  });

  test('funding: any weights -> parts sum to the total, each within one quantum of its share', () => {
    const weights = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), weights, (total, w) => {
        const out = new Float64Array(w.length);
        apportion(total, w, out);
        const sum = w.reduce((a, b) => a + b, 0);
        if (sum === 0) {
          assert.ok(out.every((part) => part === 0));
          return;
        }
        assert.equal(
          out.reduce((a, b) => a + b),
          total,
        );
        for (const [i, part] of out.entries()) {
          const share = (total * w[i]!) / sum;
          assert.ok(Math.abs(part - share) <= 1 + 1e-9 * Math.abs(share), `${part} of ${share}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('funding: clock over bars -> each time once, in the bar that reaches it, also after a restore', () => {
    const clock = new FundingClock({ timesMs: Float64Array.of(10, 20, 21, 40), rates: new Float64Array(4) });
    clock.startAfter(10);
    const due = (timeMs: number): number[] => {
      const found: number[] = [];
      for (let i = clock.due(timeMs); i >= 0; i = clock.due(timeMs)) found.push(i);
      return found;
    };
    assert.deepEqual(due(15), []);
    assert.deepEqual(due(21), [1, 2]);
    const state = clock.snapshot();
    assert.deepEqual(due(100), [3]);
    clock.restore(state);
    assert.deepEqual(due(100), [3]);
  });

  test('funding: recorded rates and marks of XRP held by a long and a short of 100 -> the sum over the file', {
    skip: dataMissing(FUNDING) || dataMissing(MARK),
  }, () => {
    const rates = columns(FUNDING);
    const marks = new Map(columns(MARK).map(([time, open]) => [time!, open!]));
    const timesMs = Float64Array.from(rates, (row) => row[0]!);
    const clock = new FundingClock({ timesMs, rates: Float64Array.from(rates, (row) => row[1]!) });
    clock.startAfter(0);
    let long = 0;
    let short = 0;
    let expected = 0;
    let paid = 0;
    for (let i = clock.due(Infinity); i >= 0; i = clock.due(Infinity)) {
      // Venues stamp a few milliseconds late: the mark is that of the eight hours begun.
      const mark = marks.get(Math.floor(timesMs[i]! / (8 * HOUR_MS)) * 8 * HOUR_MS);
      if (mark === undefined) continue;
      const rate = rates[i]![1]!;
      long += fundingPayment(linear, 1_000, mark, rate);
      short += fundingPayment(linear, -1_000, mark, rate);
      expected -= 100 * mark * rate;
      paid++;
    }
    assert.ok(paid > 30, `${paid} payments`);
    assert.equal(long + short, 0);
    assert.ok(Math.abs(linear.money(long) - expected) <= 0.5e-8 * paid + 1e-12);
  });
});
