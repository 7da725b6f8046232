import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from './assert.ts';
import { Instrument, type InstrumentDefinition, instrumentSchema } from './instrument.ts';

function make(tick: string, lot = '1', more: Partial<InstrumentDefinition> = {}, scale?: number): Instrument {
  return new Instrument({ id: 'TEST:X', base: 'X', quote: 'USD', tick, lot, ...more }, 0, scale);
}

describe('instrument: from doubles to ticks', () => {
  test('prices that doubles cannot hold -> the tick a person means, whatever the rounding', () => {
    // Each is a whole number of ticks in decimals, and not in doubles: 4.35 / 0.01 is 434.99999999999994.
    const rows: readonly (readonly [number, string, number])[] = [
      [0.3, '0.10', 3],
      [0.1 + 0.2, '0.10', 3],
      [4.35, '0.01', 435],
      [1.1 * 3, '0.01', 330],
      [8.2, '0.1', 82],
      [1.0005, '0.0001', 10_005],
      [64_999.99, '0.01', 6_499_999],
      [1e-8, '0.00000001', 1],
      [2, '0.25', 8],
      [1230, '10', 123],
    ];
    for (const [price, tick, ticks] of rows)
      for (const rounding of ['floor', 'ceil', 'half-even', 'trunc'] as const)
        assert.equal(make(tick).ticks(price, rounding), ticks, `${price} at ${tick}, ${rounding}`);
  });

  test('prices between ticks -> rounded as said', () => {
    const quarter = make('0.25');
    assert.deepEqual(
      [quarter.ticks(1.99, 'floor'), quarter.ticks(1.99, 'ceil'), quarter.ticks(1.99, 'half-even')],
      [7, 8, 8],
    );
    const tens = make('10');
    assert.deepEqual(
      [tens.ticks(1234, 'floor'), tens.ticks(1234, 'ceil'), tens.ticks(1236, 'half-even')],
      [123, 124, 124],
    );
    assert.equal(tens.price(123), 1230);
    assert.equal(tens.priceText(123), '1230');
  });

  test('a tie between two ticks -> half-even takes the even one', () => {
    const whole = make('1');
    assert.deepEqual(
      [0.5, 1.5, 2.5, 3.5].map((p) => whole.ticks(p, 'half-even') + 0),
      [0, 2, 2, 4],
    );
    assert.deepEqual(
      [-0.5, -1.5, -2.5].map((p) => whole.ticks(p, 'half-even') + 0),
      [0, -2, -2],
    );
  });

  test('any tick of any common step -> price is the nearest double, and comes back as that tick', () => {
    const steps = ['0.00000001', '0.0001', '0.01', '0.05', '0.25', '0.5', '1', '5', '10', '0.0025'];
    fc.assert(
      fc.property(fc.constantFrom(...steps), fc.integer({ min: 1, max: 1e9 }), (tick, ticks) => {
        const instrument = make(tick);
        const price = instrument.price(ticks);
        assert.equal(price, Number(instrument.priceText(ticks)), 'nearest double of the decimal text');
        for (const rounding of ['floor', 'ceil', 'half-even', 'trunc'] as const)
          assert.equal(instrument.ticks(price, rounding), ticks);
      }),
      { numRuns: 3000 },
    );
  });

  test('no number -> stop', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 1e300])
      assert.throws(() => make('0.01').ticks(wrong, 'floor'), InvariantError);
  });
});

describe('instrument: value', () => {
  test('spot: 3 ticks of 0.01 × 7 lots of 0.001 -> 0.00021 in quanta of 1e-8', () => {
    assert.equal(make('0.01', '0.001').value(3, 7), 21_000);
  });

  test('price 1e-8 × quantity 1e12 -> 10,000, exact', () => {
    const meme = make('0.00000001', '1');
    assert.equal(meme.value(1, 1e12), 10_000 * 1e8);
    assert.equal(meme.moneyText(meme.value(1, 1e12)), '10000');
  });

  test('a value that money cannot count -> stop, not a wrong digit', () => {
    assert.throws(() => make('0.01', '1').value(9e9, 9e9), InvariantError);
    assert.throws(() => make('0.01', '1').value(1e7, 1e9), InvariantError, '1e14 USD in 1e-8');
    assert.equal(make('0.01', '1', {}, 2).value(1e6, 1e9), 1e15, 'fewer digits of money fit more of it');
  });

  test('value: any ticks and lots -> half-even of the exact product', () => {
    const instrument = make('0.0001', '0.0000001', {}, 8);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: -1e9, max: 1e9 }), (ticks, lots) => {
        // 1e-4 × 1e-7 = 1e-11: a thousand to a quantum of 1e-8.
        const exact = BigInt(ticks) * BigInt(lots);
        let quanta = exact / 1000n;
        const rest = exact - quanta * 1000n;
        const twice = (rest < 0n ? -rest : rest) * 2n;
        if (twice > 1000n || (twice === 1000n && quanta % 2n !== 0n)) quanta += exact < 0n ? -1n : 1n;
        assert.equal(BigInt(instrument.value(ticks, lots)), quanta);
      }),
      { numRuns: 3000 },
    );
  });

  test('lotsWorth: any ticks and money -> the most lots whose exact value is no more', () => {
    const made = [
      make('0.01', '0.001'),
      make('0.00000001', '0.00000001', {}, 6),
      make('0.5', '1', { kind: 'inverse-perpetual', contractSize: '100' }),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...made),
        fc.integer({ min: 1, max: 1e7 }),
        fc.integer({ min: 0, max: 9e5 }),
        (i, ticks, quanta) => {
          const lots = i.lotsWorth(ticks, quanta);
          assert.ok(lots === 0 || i.value(ticks, lots) <= quanta);
          // One more is worth more, or its value is a half of a quantum more at the most and rounds down.
          assert.ok(i.value(ticks, lots + 1) >= quanta);
        },
      ),
    );
  });

  test('inverse: 10 contracts of 100 USD at 50,000 -> 0.02 coins', () => {
    const inverse = make('0.5', '1', { kind: 'inverse-perpetual', base: 'BTC', contractSize: '100' });
    assert.equal(inverse.settle, 'BTC');
    assert.equal(inverse.value(100_000, 10), 2_000_000);
    assert.equal(inverse.value(120_000, 10), 1_666_667, '0.016666… to the quantum');
    assert.equal(inverse.valueAt(50_000, 10), 0.02);
  });

  test('linear with contract size 0.001 -> quantity × size × price', () => {
    const linear = make('0.1', '1', { kind: 'linear-perpetual', contractSize: '0.001' });
    assert.equal(linear.money(linear.value(500_000, 3)), 150);
  });
});

describe('instrument: definition', () => {
  test('wrong fields -> refused with what was expected', () => {
    const parse = (more: object) =>
      instrumentSchema.safeParse({ id: 'TEST:X', base: 'X', quote: 'USD', tick: '0.01', lot: '1', ...more });
    assert.equal(parse({}).success, true);
    assert.match(parse({ tick: '0' }).error!.issues[0]!.message, /positive decimal/);
    assert.match(parse({ lot: '-1' }).error!.issues[0]!.message, /positive decimal/);
    assert.match(parse({ id: 'BTCUSDT' }).error!.issues[0]!.message, /VENUE:SYMBOL/);
  });

  test('limits of quantity -> lots within them', () => {
    const x = make('0.01', '0.05', { minQuantity: '0.12', maxQuantity: '1.02' });
    assert.equal(x.minLots, 3);
    assert.equal(x.maxLots, 20);
    assert.equal(x.quantityText(x.minLots), '0.15');
  });
});
