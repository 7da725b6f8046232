import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Instrument } from '../vocabulary/instrument.ts';
import { type FeeSchedule, feeSchedule, makerTakerFees } from './fees.ts';
import { type BookOrder, MatchingBook, SELF_TRADE_MODES } from './matching-book.ts';
import { SpotAccount } from './spot-account.ts';
import { ScheduledCommission } from './spot-commission.ts';
import { SpotMarket } from './spot-market.ts';
import { VENUE_REFUSAL, VENUE_REFUSALS } from './venue-refusal.ts';

const BASE = 0;
const QUOTE = 1;
const THIRD = 2;

const order = (id: number, account: number, side: number, ticks: number, lots: number): BookOrder => ({
  id,
  account,
  side,
  ticks,
  lots,
  tif: 'gtc',
  postOnly: false,
  displayLots: 0,
  reserveTicks: 0,
});

function market(
  instrument: Instrument,
  fees: FeeSchedule,
  clients: number,
  baseQuantaPerLot: number,
  book = new MatchingBook(),
) {
  const accounts = Array.from({ length: clients }, () => new SpotAccount(3));
  const collected = new Float64Array(3);
  const pair = { baseAsset: BASE, quoteAsset: QUOTE, thirdAsset: THIRD, baseQuantaPerLot };
  return {
    accounts,
    collected,
    market: new SpotMarket(instrument, pair, new ScheduledCommission(pair, fees), book, accounts, collected),
  };
}

describe('spot market', () => {
  // exchange-core, ITFeesExchange.java: a lot is 1,000,000 satoshi, a price step 10,000 litoshi a lot; fees 1,900 and 700 a lot.
  const xbtLtc = new Instrument({ id: 'CORE:XBT_LTC', base: 'XBT', quote: 'LTC', tick: '0.0001', lot: '1' });
  const perLot = feeSchedule({
    tiers: [{ fromTradedQuanta: 0, makerRate: 0, takerRate: 0 }],
    perLotMakerQuanta: 700,
    perLotTakerQuanta: 1_900,
  });

  test('spot market: bid of 30 at 11,400 with exactly its value -> refused for its fee; with the fee accepted; canceled, all is back', () => {
    const { accounts, market: m } = market(xbtLtc, perLot, 1, 1_000_000);
    accounts[0]!.deposit(QUOTE, 3_420_000_000 + 1_900 * 30 - 1);
    const bid = { ...order(203, 0, 1, 11_400, 30), reserveTicks: 11_400 };
    assert.equal(VENUE_REFUSALS[m.place(bid)], 'insufficient-balance');
    accounts[0]!.deposit(QUOTE, 1);
    assert.equal(VENUE_REFUSALS[m.place(bid)], 'accepted');
    assert.equal(accounts[0]!.free[QUOTE], 0);
    m.cancel(203);
    assert.equal(accounts[0]!.free[QUOTE], 3_420_000_000 + 1_900 * 30);
  });

  test('spot market: 1,731 bid at 11,500 (reserve 11,553), 1,000 sold at 11,493 IOC -> maker and taker as exchange-core has them', () => {
    const { accounts, collected, market: m } = market(xbtLtc, perLot, 2, 1_000_000);
    const ltc = 200_000_000_000;
    accounts[0]!.deposit(QUOTE, ltc);
    accounts[1]!.deposit(BASE, 2_000_000_000);
    m.place({ ...order(101, 0, 1, 11_500, 1_731), reserveTicks: 11_553 });
    assert.equal(accounts[0]!.free[QUOTE], ltc - (11_553 * 10_000 + 1_900) * 1_731);
    m.place({ ...order(102, 1, -1, 11_493, 1_000), tif: 'ioc' });
    const rest = (11_553 * 10_000 + 1_900) * 731;
    assert.equal(accounts[0]!.free[QUOTE], ltc - (11_500 * 10_000 + 700) * 1_000 - rest);
    assert.equal(accounts[0]!.free[BASE], 1_000_000_000);
    assert.equal(accounts[1]!.free[QUOTE], (11_500 * 10_000 - 1_900) * 1_000);
    assert.equal(accounts[1]!.free[BASE], 1_000_000_000);
    assert.equal(collected[QUOTE], (700 + 1_900) * 1_000);
  });

  // exchange-core, risk.feature "move orders UP and DOWN".
  test('spot market: bid of reserve 18,500 moved about and sold into at 17,500 -> the difference to the reserve returns', () => {
    const ethXbt = new Instrument({ id: 'CORE:ETH_XBT', base: 'ETH', quote: 'XBT', tick: '0.0000001', lot: '1' });
    const { accounts, market: m } = market(ethXbt, makerTakerFees(0, 0), 2, 100_000);
    accounts[0]!.deposit(BASE, 100_000_000);
    accounts[1]!.deposit(QUOTE, 94_000_000);
    assert.equal(VENUE_REFUSALS[m.place(order(202, 0, -1, 30_000, 1_001))], 'insufficient-balance');
    m.place(order(202, 0, -1, 30_000, 1_000));
    m.move(202, 20_000);
    const bid = order(203, 1, 1, 18_000, 500);
    assert.equal(VENUE_REFUSALS[m.place({ ...bid, reserveTicks: 19_000 })], 'insufficient-balance');
    m.place({ ...bid, reserveTicks: 18_500 });
    assert.equal(VENUE_REFUSALS[m.move(203, 18_501)], 'price-above-reserve');
    assert.equal(accounts[1]!.free[QUOTE], 1_500_000);
    assert.equal(VENUE_REFUSALS[m.move(203, 17_500)], 'accepted');
    m.move(202, 16_900);
    assert.deepEqual([accounts[0]!.free[BASE], accounts[0]!.free[QUOTE]], [0, 87_500_000]);
    assert.deepEqual([accounts[1]!.free[BASE], accounts[1]!.free[QUOTE]], [50_000_000, 6_500_000]);
    m.cancel(202);
    assert.equal(accounts[0]!.free[BASE], 50_000_000);
  });

  test('spot market: a bid without reserve moved above its limit, a market bid without reserve -> refused', () => {
    const { accounts, market: m } = market(xbtLtc, makerTakerFees(0, 0), 1, 1);
    accounts[0]!.deposit(QUOTE, 1e9);
    m.place(order(1, 0, 1, 100, 1));
    assert.equal(VENUE_REFUSALS[m.move(1, 101)], 'price-above-reserve');
    assert.equal(VENUE_REFUSALS[m.place(order(2, 0, 1, 0, 1))], 'invalid-price');
  });

  // Prices of 0.01 × lots of 0.0001 in quanta of 0.0001: values of fills are rounded, which locks must survive.
  const coarse = new Instrument({ id: 'TEST:AB', base: 'A', quote: 'B', tick: '0.01', lot: '0.0001' }, 0, 4);
  test('spot market: three fills whose rounded values exceed the lock of an empty account -> the venue pays the two quanta', () => {
    // 90 lots at 105 are 94.5 → 94 quanta; 30 are 31.5 → 32, three times 96.
    const { accounts, collected, market: m } = market(coarse, makerTakerFees(0, 0), 2, 1);
    accounts[0]!.deposit(QUOTE, 94);
    accounts[1]!.deposit(BASE, 90);
    m.place(order(1, 0, 1, 105, 90));
    for (const id of [2, 3, 4]) m.place(order(id, 1, -1, 105, 30));
    assert.deepEqual([accounts[0]!.free[QUOTE], accounts[0]!.free[BASE], accounts[1]!.free[QUOTE]], [0, 90, 96]);
    assert.equal(collected[QUOTE], -2);
  });

  test('spot market: the same with fees in base -> what is forgiven is missing in quote, the fees in base are whole', () => {
    const fees = feeSchedule({ tiers: [{ fromTradedQuanta: 0, makerRate: 1_000_000, takerRate: 0 }], payIn: 'base' });
    const { accounts, collected, market: m } = market(coarse, fees, 2, 100);
    accounts[0]!.deposit(QUOTE, 94);
    accounts[1]!.deposit(BASE, 9_000);
    m.place(order(1, 0, 1, 105, 90));
    for (const id of [2, 3, 4]) m.place(order(id, 1, -1, 105, 30));
    assert.deepEqual([collected[BASE], collected[QUOTE]], [90, -2]);
    assert.deepEqual([accounts[0]!.free[BASE], accounts[1]!.free[QUOTE]], [8_910, 96]);
  });

  const command = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('place' as const),
        account: fc.nat(2),
        side: fc.constantFrom(1, -1),
        ticks: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 95, max: 105 }) },
          { weight: 1, arbitrary: fc.constant(0) },
        ),
        lots: fc.integer({ min: 1, max: 300 }),
        tif: fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const, 'fok' as const),
        postOnly: fc.nat(9).map((n) => n === 0),
        displayLots: fc.constantFrom(0, 0, 40),
        reserveTicks: fc.constantFrom(0, 106),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), id: fc.nat(60) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('reduce' as const),
        id: fc.nat(60),
        lots: fc.integer({ min: 1, max: 90 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('move' as const),
        id: fc.nat(60),
        ticks: fc.integer({ min: 95, max: 105 }),
      }),
    },
  );
  const rates = [{ fromTradedQuanta: 0, makerRate: -10_000, takerRate: 123_456 }];
  const schedules: readonly (readonly [string, FeeSchedule])[] = [
    ['rebate and taker fee', feeSchedule({ tiers: rates })],
    ['fee in base', feeSchedule({ tiers: rates, payIn: 'base' })],
    ['fee in a third asset', feeSchedule({ tiers: rates, payIn: 'third', thirdPerSettleRate: 30_000_000 })],
    [
      'flat, per lot and minimum',
      feeSchedule({ tiers: rates, perOrderQuanta: 3, perLotTakerQuanta: 1, minimumQuanta: 20 }),
    ],
  ];
  for (const [name, fees] of schedules) {
    test(`spot market: random commands, ${name} -> nothing lost or made, nothing negative, free again when all is canceled`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...SELF_TRADE_MODES),
          fc.array(command, { maxLength: 80, size: 'max' }),
          (mode, commands) => {
            const { accounts, collected, market: m } = market(coarse, fees, 3, 1, new MatchingBook(mode));
            for (const account of accounts)
              for (const asset of [BASE, QUOTE, THIRD]) account.deposit(asset, asset === THIRD ? 50 : 2_000);
            for (const [id, c] of commands.entries()) {
              if (c.kind === 'place') {
                const { kind: _kind, ...placed } = c;
                m.place({ id, ...placed });
              } else if (c.kind === 'cancel') m.cancel(c.id);
              else if (c.kind === 'reduce') m.reduce(c.id, c.lots);
              else m.move(c.id, c.ticks);
              for (const [asset, total] of [
                [BASE, 6_000],
                [QUOTE, 6_000],
                [THIRD, 150],
              ] as const) {
                let sum = collected[asset]!;
                for (const account of accounts) {
                  assert.ok(account.free[asset]! >= 0 && account.locked[asset]! >= 0);
                  sum += account.free[asset]! + account.locked[asset]!;
                }
                assert.equal(sum, total, `asset ${asset}`);
              }
            }
            for (const id of commands.keys()) m.cancel(id);
            for (const account of accounts) assert.deepEqual([...account.locked], [0, 0, 0]);
          },
        ),
        { numRuns: 200 },
      );
    });
  }

  test('spot market: funds locked before, and a market bid with its cover -> only what is missing is locked, the rest returns', () => {
    const { accounts, market: m } = market(coarse, makerTakerFees(0, 0), 2, 1);
    accounts[0]!.deposit(QUOTE, 1_000);
    accounts[1]!.deposit(BASE, 10_000);
    m.place(order(1, 1, -1, 100, 500));
    assert.equal(accounts[0]!.lock(2, QUOTE, 300), VENUE_REFUSAL.accepted);
    assert.equal(m.place({ ...order(2, 0, 1, 0, 500), tif: 'ioc' }, 520), VENUE_REFUSAL.accepted);
    assert.deepEqual([accounts[0]!.free[QUOTE], accounts[0]!.locked[QUOTE], accounts[0]!.free[BASE]], [500, 0, 500]);
    assert.equal(m.place({ ...order(3, 0, 1, 0, 500), tif: 'ioc' }, 501), VENUE_REFUSAL['insufficient-balance']);
    assert.deepEqual([m.charges.valueQuanta[0], m.charges.takerQuanta[0]], [500, 0]);
  });

  test('spot market: the same id twice -> refused, the first stays', () => {
    const { accounts, market: m } = market(xbtLtc, makerTakerFees(0, 0), 1, 1);
    accounts[0]!.deposit(BASE, 10);
    m.place(order(1, 0, -1, 100, 4));
    assert.equal(m.place(order(1, 0, -1, 100, 4)), VENUE_REFUSAL['duplicate-order']);
    assert.equal(accounts[0]!.locked[BASE], 4);
  });
});
