import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Instrument } from '../vocabulary/instrument.ts';
import type { Size } from '../vocabulary/intent.ts';
import { REFUSAL } from '../vocabulary/refusal.ts';
import { order, PERPETUAL, risk, SPOT, verdict, view } from './scene.test.ts';
import { SizingContext, sizeToLots } from './sizing.ts';

const INVERSE = new Instrument({
  id: 'TEST:BTCUSD',
  kind: 'inverse-perpetual',
  base: 'BTC',
  quote: 'USD',
  tick: '0.5',
  lot: '1',
  contractSize: '100',
});

/** 10,000 of equity, price 100, lots of 0.01: a lot is worth 1. */
function context(change: Partial<SizingContext> = {}): SizingContext {
  return Object.assign(new SizingContext(), {
    instrument: SPOT,
    price: 100,
    strategyEquity: 10_000,
    freeCapital: 10_000,
    ...change,
  });
}

const cases: readonly [string, Size, Partial<SizingContext>, number][] = [
  ['qty as text, rounded down', { qty: '1.239' }, {}, 123],
  ['qty as text with more digits than a double has', { qty: '1.23999999999999999' }, {}, 123],
  ['qty 0.29, which is 28.999999999999996 lots in doubles', { qty: 0.29 }, {}, 29],
  ['qty as bigint', { qty: 3n }, {}, 300],
  ['qty needs no price', { qty: 1 }, { price: Number.NaN }, 100],
  ['qty below a lot', { qty: 0.009 }, {}, 0],
  ['negative qty', { qty: '-1' }, {}, 0],
  ['qty that is no decimal', { qty: 'much' }, {}, -REFUSAL['valuation-missing']],
  ['qty beyond exact integers', { qty: 1e15 }, {}, -REFUSAL['size-above-maximum']],
  ['qty as text beyond exact integers', { qty: '1e15' }, {}, -REFUSAL['size-above-maximum']],

  ['notional 250', { notional: 250 }, {}, 250],
  ['notional as text just below 250', { notional: '249.999999999999999999' }, {}, 249],
  ['notional at price 3: 33.33 units', { notional: 100 }, { price: 3 }, 3333],
  ['notional of inverse contracts of 100 USD', { notional: '1050' }, { instrument: INVERSE, price: 50_000 }, 10],
  ['notional without price', { notional: 250 }, { price: Number.NaN }, -REFUSAL['no-reference-price']],

  ['half the equity', { pctEquity: 0.5 }, {}, 5000],
  // 10,000 / (100 × 1.001) = 99.9000999 units
  ['all of it, paid with a fee of 0.1 %', { pctEquity: 1 }, { takerFeeRate: 0.001 }, 9990],
  ['all of it on margin is not clipped', { pctEquity: 1 }, { takerFeeRate: 0.001, physical: false }, 10_000],
  ['a sale is not clipped', { pctEquity: 1 }, { takerFeeRate: 0.001, side: -1 }, 10_000],
  ['twice by leverage', { pctEquity: 1 }, { leverage: 2, physical: false, instrument: PERPETUAL }, 20_000],
  ['more than what is free', { pctEquity: 1 }, { freeCapital: 1234.56 }, 1234],
  ['nothing free', { pctEquity: 1 }, { freeCapital: 0 }, 0],
  ['no equity', { pctEquity: 1 }, { strategyEquity: -1 }, 0],
  ['unknown equity', { pctEquity: 1 }, { strategyEquity: Number.NaN }, -REFUSAL['valuation-missing']],
  // 10,000 USD at 50,000 USD/BTC: a contract of 100 USD is 0.002 BTC
  ['inverse', { pctEquity: 1 }, { instrument: INVERSE, price: 50_000, settleRate: 50_000, physical: false }, 100],

  // 1 % of 10,000 = 100; 5 a unit: 20 units
  ['risk of 1 %, stop at 95', { riskPct: 0.01 }, { stopPrice: 95 }, 2000],
  // 5 + 0.001 × (100 + 95) = 5.195 a unit: 19.249… units
  ['risk of 1 %, stop at 95, fees of 0.1 % twice', { riskPct: 0.01 }, { stopPrice: 95, takerFeeRate: 0.001 }, 1924],
  ['risk of 1 %, short, stop at 104', { riskPct: 0.01 }, { stopPrice: 104, side: -1 }, 2500],
  ['risk without stop', { riskPct: 0.01 }, {}, -REFUSAL['stop-required']],
  ['risk with the stop above', { riskPct: 0.01 }, { stopPrice: 101 }, -REFUSAL['stop-on-wrong-side']],
  ['risk with the stop at the price', { riskPct: 0.01 }, { stopPrice: 100 }, -REFUSAL['stop-on-wrong-side']],
  // long: 100 × (1/40,000 − 1/50,000) = 0.0005 BTC a contract; 0.02 BTC: 40 contracts
  [
    'risk of an inverse long is not linear',
    { riskPct: 0.02 },
    { instrument: INVERSE, price: 50_000, stopPrice: 40_000, strategyEquity: 1 },
    40,
  ],

  // 2 % of 10,000 = 200; an ATR of 4: 50 units
  ['one ATR of 4 moves 2 %', { atrPct: 0.02, atr: 4 }, {}, 5000],
  ['the same for a short', { atrPct: 0.02, atr: 4 }, { side: -1 }, 5000],
  ['an ATR without value yet', { atrPct: 0.02, atr: Number.NaN }, {}, -REFUSAL['valuation-missing']],
  ['an ATR of 0', { atrPct: 0.02, atr: 0 }, {}, -REFUSAL['valuation-missing']],

  // 0.6 − 0.4 / 1 = 0.2
  ['Kelly, 60 % at even odds', { kelly: { winRate: 0.6, payoff: 1 } }, {}, 2000],
  ['half Kelly', { kelly: { winRate: 0.6, payoff: 1, fraction: 0.5 } }, {}, 1000],
  ['Kelly without an edge', { kelly: { winRate: 0.4, payoff: 1 } }, {}, 0],
  ['Kelly at zero edge', { kelly: { winRate: 0.5, payoff: 1 } }, {}, 0],
  ['Kelly never above the equity', { kelly: { winRate: 0.9, payoff: 9, fraction: 3 } }, {}, 10_000],
  ['Kelly of no statistics', { kelly: { winRate: Number.NaN, payoff: 1 } }, {}, -REFUSAL['valuation-missing']],
  ['Kelly without payoff', { kelly: { winRate: 0.6, payoff: 0 } }, {}, -REFUSAL['valuation-missing']],

  ['volatility of 40 %, target 10 %', { volTarget: { target: 0.1, vol: 0.4 } }, {}, 2500],
  ['a volatility of 0', { volTarget: { target: 0.1, vol: 0 } }, {}, -REFUSAL['valuation-missing']],
  ['a price of 0', { pctEquity: 1 }, { price: 0 }, -REFUSAL['no-reference-price']],
  ['no volatility yet', { volTarget: { target: 0.1, vol: Number.NaN } }, {}, -REFUSAL['valuation-missing']],
];

for (const [name, size, change, expected] of cases)
  test(`sizing: ${name} -> ${expected}`, () => assert.equal(sizeToLots(size, context(change)), expected));

const amount = fc.oneof(
  fc.double({ min: -10, max: 10 }),
  fc.integer({ min: -1000, max: 100_000 }).map((n) => n / 1000),
);
const sizes: fc.Arbitrary<Size> = fc.oneof(
  amount.map((qty) => ({ qty })),
  amount.map((n) => ({ notional: n * 100 })),
  amount.map((pctEquity) => ({ pctEquity })),
  amount.map((riskPct) => ({ riskPct })),
  fc.record({ atrPct: amount, atr: amount }),
  fc.record({ winRate: amount, payoff: amount, fraction: amount }).map((kelly) => ({ kelly })),
  fc.record({ target: amount, vol: amount }).map((volTarget) => ({ volTarget })),
);
const contexts = fc
  .record({
    instrument: fc.constantFrom(SPOT, PERPETUAL, INVERSE),
    side: fc.constantFrom(1, -1),
    price: fc.oneof(
      fc.integer({ min: 1, max: 900_000 }).map((n) => n / 10),
      fc.constant(Number.NaN),
    ),
    stopPrice: fc.oneof(
      fc.integer({ min: 1, max: 900_000 }).map((n) => n / 10),
      fc.constant(Number.NaN),
    ),
    strategyEquity: fc.integer({ min: -100, max: 10_000_000 }).map((n) => n / 100),
    freeCapital: fc.integer({ min: -100, max: 10_000_000 }).map((n) => n / 100),
    leverage: fc.constantFrom(1, 3),
    takerFeeRate: fc.constantFrom(0, 0.001),
    physical: fc.boolean(),
  })
  .map((fields) => Object.assign(new SizingContext(), fields));

test('sizing: anything at all -> whole lots from 0, or the negative number of a refusal', () => {
  fc.assert(
    fc.property(sizes, contexts, (size, c) => {
      const lots = sizeToLots(size, c);
      assert.ok(Number.isSafeInteger(lots), `${lots}`);
      assert.ok(lots >= -36);
    }),
    { numRuns: 5000 },
  );
});

test('sizing: notional, risk and paid equity -> never above the money given, and one lot more would be', () => {
  const near = 1 + 1e-8;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), contexts, (percent, c) => {
      c.instrument = SPOT;
      if (Number.isNaN(c.price) || c.strategyEquity <= 0) return;
      const worth = (lots: number) => (lots / 100) * c.price;

      const byNotional = sizeToLots({ notional: percent * 7 }, c);
      assert.ok(worth(byNotional) <= percent * 7 * near && worth(byNotional + 1) > percent * 7);
      assert.equal(sizeToLots({ notional: String(percent * 7) }, c), byNotional);

      const risked = sizeToLots({ riskPct: percent / 100 }, c);
      const loss = (lots: number) =>
        (lots / 100) * (Math.abs(c.price - c.stopPrice) + c.takerFeeRate * (c.price + c.stopPrice));
      if (risked >= 0) {
        const money = (percent / 100) * c.strategyEquity;
        assert.ok(loss(risked) <= money * near && loss(risked + 1) > money / near);
      }

      c.physical = true;
      c.side = 1;
      const paid = sizeToLots({ pctEquity: percent / 100 }, c);
      const cost = (lots: number) => worth(lots) * (1 / c.leverage + c.takerFeeRate);
      if (paid > 0) assert.ok(cost(paid) <= c.freeCapital * near);
      assert.ok(worth(paid) <= (percent / 100) * c.strategyEquity * c.leverage * near);
    }),
    { numRuns: 3000 },
  );
});

test('sizing: all of the equity with a fee -> passes the free-capital rule, one lot more does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 2000 }),
      fc.integer({ min: 20_000, max: 1_000_000 }),
      fc.integer({ min: 1, max: 100 }),
      (ticks, cents, feeBps) => {
        const money = cents / 100;
        const takerFeeRate = feeBps / 10_000;
        const price = SPOT.price(ticks);
        const account = { equity: money, strategyEquity: money, freeCapital: money };
        const lots = sizeToLots({ pctEquity: 1 }, context({ ...account, price, takerFeeRate }));
        const gate = risk();
        assert.equal(verdict(gate, order('market', { lots }), view({ ...account, price, takerFeeRate })), 'approved');
        assert.notEqual(
          verdict(gate, order('market', { lots: lots + 1 }), view({ ...account, price, takerFeeRate })),
          'approved',
        );
      },
    ),
  );
});
