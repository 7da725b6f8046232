import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Instrument } from '../vocabulary/instrument.ts';
import { feeSchedule, makerTakerFees } from './fees.ts';
import { MarginAccount } from './margin-account.ts';
import { MarginMarket } from './margin-market.ts';
import type { MarginPositionOptions } from './margin-position.ts';
import { type BookOrder, MatchingBook, SELF_TRADE_MODES } from './matching-book.ts';
import { VENUE_REFUSALS } from './venue-refusal.ts';

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

function clients(instrument: Instrument, deposits: readonly number[], options: MarginPositionOptions) {
  const accounts = deposits.map((quanta) => {
    const account = new MarginAccount();
    account.deposit(quanta);
    return account;
  });
  return { accounts, positions: accounts.map((account) => account.addPosition(instrument, options)) };
}

describe('margin market', () => {
  // exchange-core, ITFeesMargin.java: margin 5,000 a lot bought, 6,000 a lot sold; fees 3 and 2 a lot.
  const usdJpy = new Instrument({
    id: 'CORE:USD_JPY',
    kind: 'linear-perpetual',
    base: 'USD',
    quote: 'JPY',
    tick: '0.0000001',
    lot: '1',
  });
  const perLot = feeSchedule({
    tiers: [{ fromTradedQuanta: 0, makerRate: 0, takerRate: 0 }],
    perLotMakerQuanta: 2,
    perLotTakerQuanta: 3,
  });
  const marginPerLot = { buyQuanta: 5_000, sellQuanta: 6_000 };

  for (const [name, side, first, second, size] of [
    ['ask of 40', -1, 240_000, 150_000, 40],
    ['bid of 50', 1, 250_000, 200_000, 50],
  ] as const) {
    test(`margin market: ${name} with exactly its margin, 30 taken -> fees out of cash, the rest still pending`, () => {
      const { accounts, positions } = clients(usdJpy, [first, second], { mode: 'cross', leverage: 1, marginPerLot });
      const m = new MarginMarket(usdJpy, perLot, new MatchingBook(), accounts, positions);
      assert.equal(VENUE_REFUSALS[m.place(order(100, 0, side, 10_770, size + 1))], 'insufficient-margin');
      assert.equal(VENUE_REFUSALS[m.place(order(101, 0, side, 10_770, size))], 'accepted');
      assert.equal(VENUE_REFUSALS[m.place({ ...order(102, 1, -side, 10_770, 30), tif: 'ioc' })], 'accepted');
      assert.deepEqual(
        accounts.map((a) => a.cashQuanta),
        [first - 2 * 30, second - 3 * 30],
      );
      const [maker, taker] = accounts.map((a) => a.positions[0]!);
      assert.deepEqual([maker!.lots, taker!.lots], [30 * side, -30 * side]);
      assert.deepEqual([maker!.buyLots + maker!.sellLots, taker!.buyLots + taker!.sellLots], [size - 30, 0]);
      assert.equal(m.collectedQuanta, 5 * 30);
      m.cancel(101);
      assert.equal(maker!.buyLots + maker!.sellLots, 0);
    });
  }

  test('margin market: an order moved to where its margin does not fit -> refused, the order and its claim stay', () => {
    const btc = new Instrument(
      { id: 'TEST:BTC', kind: 'linear-perpetual', base: 'BTC', quote: 'USDT', tick: '1', lot: '1' },
      0,
      2,
    );
    const { accounts, positions } = clients(btc, [1_000], { mode: 'cross', leverage: 10 });
    const m = new MarginMarket(btc, makerTakerFees(0, 0), new MatchingBook(), accounts, positions);
    m.place(order(1, 0, 1, 90, 1));
    assert.equal(accounts[0]!.availableQuanta(), 100);
    assert.equal(VENUE_REFUSALS[m.move(1, 101)], 'insufficient-margin');
    assert.equal(accounts[0]!.availableQuanta(), 100);
    assert.equal(m.book.order(1)!.ticks, 90);
    assert.equal(VENUE_REFUSALS[m.move(1, 100)], 'accepted');
    assert.equal(accounts[0]!.availableQuanta(), 0);
    assert.equal(VENUE_REFUSALS[m.place(order(2, 0, 1, 0, 1))], 'invalid-price');
  });

  test('margin market: a refused move, then a cancel beside another order -> exactly the other claim is left', () => {
    const btc = new Instrument(
      { id: 'TEST:BTC', kind: 'linear-perpetual', base: 'BTC', quote: 'USDT', tick: '1', lot: '1' },
      0,
      2,
    );
    const { accounts, positions } = clients(btc, [1_400], { mode: 'cross', leverage: 10 });
    const m = new MarginMarket(btc, makerTakerFees(0, 0), new MatchingBook(), accounts, positions);
    m.place(order(1, 0, 1, 90, 1));
    m.place(order(2, 0, 1, 50, 1));
    assert.equal(accounts[0]!.availableQuanta(), 0);
    assert.equal(VENUE_REFUSALS[m.move(1, 100)], 'insufficient-margin');
    m.cancel(1);
    assert.equal(accounts[0]!.availableQuanta(), 900);
  });

  test('margin market: a market maker without margin, terms of an order -> claims, extra money and fees as said', () => {
    const btc = new Instrument(
      { id: 'TEST:BTC', kind: 'linear-perpetual', base: 'BTC', quote: 'USDT', tick: '1', lot: '1' },
      0,
      2,
    );
    const client = new MarginAccount();
    client.deposit(10_000);
    const long = client.addPosition(btc, { mode: 'cross', leverage: 10, leg: 1 });
    client.addPosition(btc, { mode: 'cross', leverage: 10, leg: -1 });
    const told: unknown[][] = [];
    const m = new MarginMarket(btc, makerTakerFees(0, 1_000_000), new MatchingBook(), [null, client], [-1, 0], {
      marksByTrades: false,
      watcher: {
        filled: (...fill) => told.push(fill),
        shrunk: (...shrunk) => told.push(shrunk),
      },
    });
    m.place(order(1, 0, -1, 100, 5));
    // 5 lots of 100.00 at 10x claim 5,000 quanta; 5,001 more must be free.
    assert.equal(
      VENUE_REFUSALS[m.place(order(2, 1, 1, 100, 5), { position: long, extraQuanta: 5_001 })],
      'insufficient-margin',
    );
    assert.equal(VENUE_REFUSALS[m.place(order(3, 1, 1, 100, 5), { position: long, extraQuanta: 5_000 })], 'accepted');
    // The taker pays 1 % of 50,000 quanta; the maker has no account here.
    assert.deepEqual(told, [
      [1, 0, true, 100, 5, 0, 0, 0],
      [3, 1, false, 100, 5, 0, 500, 0],
    ]);
    assert.equal(client.positions[long]!.lots, 5);
    // A closing order claims nothing, whatever is left; a forced one pays its own rate of 50 %, as far as there is something.
    m.place(order(4, 0, 1, 90, 5));
    told.length = 0;
    m.place({ ...order(5, 1, -1, 90, 5), tif: 'ioc' }, { position: long, claimTicks: 0, liquidationRate: 50_000_000 });
    assert.deepEqual(told[1], [5, 1, false, 90, 5, 0, 10_000 - 500 - 5_000, -5_000]);
    assert.deepEqual([m.collectedQuanta, m.liquidationFeesQuanta, client.cashQuanta], [500, 4_500, 0]);
  });

  test('margin market: an order given another price and size, or its place in the queue -> claim and queue follow', () => {
    const btc = new Instrument(
      { id: 'TEST:BTC', kind: 'linear-perpetual', base: 'BTC', quote: 'USDT', tick: '1', lot: '1' },
      0,
      2,
    );
    const { accounts, positions } = clients(btc, [1_000, 1_000], { mode: 'cross', leverage: 10 });
    const m = new MarginMarket(btc, makerTakerFees(0, 0), new MatchingBook(), accounts, positions);
    m.place(order(1, 0, 1, 50, 1));
    m.place(order(2, 1, 1, 50, 1));
    assert.equal(VENUE_REFUSALS[m.amend(1, 50, 1, true)], 'accepted');
    assert.deepEqual(
      m.book.snapshot().map((o) => o.id),
      [2, 1],
    );
    assert.equal(VENUE_REFUSALS[m.amend(1, 60, 2)], 'insufficient-margin');
    assert.equal(accounts[0]!.availableQuanta(), 500);
    assert.equal(VENUE_REFUSALS[m.amend(1, 25, 4)], 'accepted');
    assert.equal(accounts[0]!.availableQuanta(), 0);
    m.cancel(1);
    assert.equal(accounts[0]!.availableQuanta(), 1_000);
  });

  const linear = new Instrument(
    { id: 'TEST:L', kind: 'linear-perpetual', base: 'A', quote: 'B', tick: '0.01', lot: '0.1' },
    0,
    4,
  );
  const inverse = new Instrument(
    { id: 'TEST:I', kind: 'inverse-perpetual', base: 'A', quote: 'B', tick: '0.01', lot: '1' },
    0,
    6,
  );
  const command = fc.oneof(
    {
      weight: 7,
      arbitrary: fc.record({
        kind: fc.constant('place' as const),
        account: fc.nat(2),
        side: fc.constantFrom(1, -1),
        ticks: fc.integer({ min: 90, max: 110 }),
        lots: fc.integer({ min: 1, max: 60 }),
        tif: fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const, 'fok' as const),
        displayLots: fc.constantFrom(0, 0, 7),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), id: fc.nat(60) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('reduce' as const),
        id: fc.nat(60),
        lots: fc.integer({ min: 1, max: 20 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('move' as const),
        id: fc.nat(60),
        ticks: fc.integer({ min: 90, max: 110 }),
      }),
    },
  );
  for (const instrument of [linear, inverse]) {
    for (const mode of ['cross', 'isolated'] as const) {
      test(`margin market: ${instrument.kind}, ${mode}, random commands of three -> positions sum to zero, money is conserved`, () => {
        fc.assert(
          fc.property(
            fc.constantFrom(...SELF_TRADE_MODES),
            fc.array(command, { maxLength: 80, size: 'max' }),
            (stp, commands) => {
              const deposit = instrument.inverse ? 40_000_000 : 400_000;
              const { accounts, positions } = clients(instrument, [deposit, deposit, deposit], { mode, leverage: 10 });
              const m = new MarginMarket(
                instrument,
                makerTakerFees(-5_000, 60_000),
                new MatchingBook(stp),
                accounts,
                positions,
              );
              for (const [id, c] of commands.entries()) {
                if (c.kind === 'place') {
                  const { kind: _kind, ...placed } = c;
                  m.place({ id, postOnly: false, reserveTicks: 0, ...placed });
                } else if (c.kind === 'cancel') m.cancel(c.id);
                else if (c.kind === 'reduce') m.reduce(c.id, c.lots);
                else m.move(c.id, c.ticks);
                const all = accounts.map((a) => a.positions[0]!);
                assert.equal(
                  all.reduce((sum, p) => sum + p.lots, 0),
                  0,
                );
                // What was realised is what was paid in and out, less what stands in the open positions.
                const owned = accounts.reduce(
                  (sum, a) => sum + a.cashQuanta + a.positions[0]!.marginQuanta - a.insuranceQuanta,
                  0,
                );
                const entries = all.reduce((sum, p) => sum + p.entryQuanta, 0);
                const realised = owned + m.collectedQuanta - 3 * deposit;
                assert.equal(instrument.inverse ? realised + entries : realised - entries, 0);
                for (const [k, account] of accounts.entries()) {
                  const resting = commands.map((_, i) => m.book.order(i)).filter((o) => o?.account === k);
                  const lots = (side: number): number =>
                    resting.reduce((sum, o) => sum + (o!.side === side ? o!.leftLots : 0), 0);
                  const p = account.positions[0]!;
                  assert.deepEqual([p.buyLots, p.sellLots], [lots(1), lots(-1)]);
                }
              }
            },
          ),
          { numRuns: 150 },
        );
      });
    }
  }
});
