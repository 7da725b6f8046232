import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_LIMITS, PERPETUAL, type Prices, play, type Scenario, STOCK } from '../../../test/scenario.ts';
import { type FeeAsset, type FeeSchedule, feeSchedule, RATE_PER_BPS } from '../exchange/fees.ts';
import { ACCOUNT } from '../portfolio/ledger.ts';
import { Backtest } from './backtest.ts';
import { costSection, tripsOf } from './trade-sections.ts';

const why = 'test';
const QUANTA = 100_000_000;
const QUIET: Prices = [100, 100, 100, 100];
const quiet = (hours: number): Prices[] => Array.from({ length: hours }, () => QUIET);
/** 0.1 % for everybody, paid in what the schedule says. */
const schedule = (fields: Partial<FeeSchedule> = {}): FeeSchedule =>
  feeSchedule({
    tiers: [{ fromTradedQuanta: 0, makerRate: 10 * RATE_PER_BPS, takerRate: 10 * RATE_PER_BPS }],
    ...fields,
  });
const COIN = { ...STOCK, lot: '0.001' };

describe('fee tiers', () => {
  const tiers = [
    { fromTradedQuanta: 0, makerRate: 5 * RATE_PER_BPS, takerRate: 10 * RATE_PER_BPS },
    { fromTradedQuanta: 1_000 * QUANTA, makerRate: 0, takerRate: 4 * RATE_PER_BPS },
    { fromTradedQuanta: 2_000 * QUANTA, makerRate: -RATE_PER_BPS, takerRate: 2 * RATE_PER_BPS },
  ];
  /** Buys 15 at once, 1 an hour later, then 1 on each of the next days: at the open, and by a limit that price comes down to. */
  const scenario: Scenario = {
    bars: [...quiet(24), ...quiet(24), [100, 100, 99, 100], ...quiet(24 * 31)],
    costs: { fees: feeSchedule({ tiers }) },
    strategies: [
      {
        0: (c) => c.buy({ size: { qty: 15 }, why }),
        1: (c) => c.buy({ size: { qty: 1 }, why }),
        22: (c) => c.buy({ size: { qty: 1 }, why }),
        23: (c) => c.buy({ size: { qty: 4 }, why }),
        47: (c) => c.buy({ size: { qty: 1 }, limit: 99, why }),
        791: (c) => c.position.close(why),
      },
    ],
  };

  // Day 1 trades 1500 + 100 + 100 = 1700, all in the first tier: 1.5, 0.1, 0.1. Day 2 knows of 1700, the second tier: 400 × 0.04 % =
  // 0.16. Day 3 knows of 2100, the third: a rebate of 99 × 0.01 % = 0.0099. On day 34 (hour 792) all of that is more than 30 days
  // old: 22 × 100 × 0.1 % = 2.2.
  test('value traded on earlier days -> the tier from the next UTC day on, gone again after 30 days', () => {
    const played = play(scenario);
    assert.deepEqual(played.fills, [
      'entry buy 15 @ 100 1:00 taker, fee 1.5',
      'entry buy 1 @ 100 2:00 taker, fee 0.1',
      'entry buy 1 @ 100 23:00 taker, fee 0.1',
      'entry buy 4 @ 100 24:00 taker, fee 0.16',
      'entry buy 1 @ 99 48:20 maker, fee -0.0099',
      'exit sell 22 @ 100 792:00 taker, fee 2.2',
    ]);
    // 2199 paid, 2200 received, fees 1.5 + 0.1 + 0.1 + 0.16 − 0.0099 + 2.2.
    assert.equal(played.equity.toFixed(8), (10_000 + 1 - 4.0501).toFixed(8));
  });

  test('a reset run -> the first tier again', () => {
    const { backtest, fills } = play(scenario);
    backtest.run();
    assert.equal(backtest.engine.state.fills.column.fee[0], 1.5 * QUANTA);
    assert.equal(backtest.engine.state.fills.count, fills.length);
  });
});

describe('fees in base', () => {
  const buy =
    (qty: number): Scenario['strategies'][number][number] =>
    (c) =>
      c.buy({ size: { qty }, why });
  const costs = { fees: schedule({ payIn: 'base' }) };

  // | hour | trade        | fee            | owned after  | position | below a lot |
  // | 1    | buy 1.234    | 0.001234 ABC   | 1.232766     | 1.232    | 0.000766    |
  // | 2    | buy 1.234    | 0.001234 ABC   | 2.465532     | 2.465    | 0.000532    |
  // | 3    | sell 2.465   | 0.2465 USD     | 0.000532     | 0        | 0.000532    |
  // Money: 10,000 − 246.8 + 246.5 − 0.2465 = 9999.4535, and 0.000532 at 100.
  test('two buys and a close -> the position is what is left of them, the close sells it, dust stays', () => {
    const held: number[] = [];
    const played = play({
      bars: quiet(5),
      instrument: COIN,
      costs,
      strategies: [
        {
          0: buy(1.234),
          1: (c) => {
            held.push(c.position.qty);
            c.buy({ size: { qty: 1.234 }, why });
          },
          2: (c) => {
            held.push(c.position.qty);
            c.position.close(why);
          },
          3: (c) => void held.push(c.position.qty),
        },
      ],
    });
    assert.deepEqual(played.fills, [
      'entry buy 1.234 @ 100 1:00 taker, fee 0.001234 ABC',
      'entry buy 1.234 @ 100 2:00 taker, fee 0.001234 ABC',
      'exit sell 2.465 @ 100 3:00 taker, fee 0.2465',
    ]);
    assert.deepEqual(held, [1.232, 2.465, 0]);
    const { state } = played.backtest.engine;
    assert.equal(state.book.ledger.of(1, ACCOUNT.wallet), 53_200);
    assert.equal(state.book.ledger.of(1, ACCOUNT.fees), 246_800);
    assert.equal(state.book.ledger.of(0, ACCOUNT.wallet), 999_945_350_000);
    assert.equal(played.equity.toFixed(8), '9999.50670000');
    const filled = played.events.filter((e) => e.type === 'order-filled');
    assert.deepEqual(
      filled.map((e) => [e.fee, e.feeAsset]),
      [
        ['0.001234', 'ABC'],
        ['0.001234', 'ABC'],
        ['0.2465', 'USD'],
      ],
    );
  });

  // Fees 0.1234 + 0.1234 in ABC and 0.2465 in USD; nothing earned before them.
  test('the costs of that -> one line an asset, valued when they were paid; the trip is closed', () => {
    const { backtest } = play({
      bars: quiet(5),
      instrument: COIN,
      costs,
      strategies: [{ 0: buy(1.234), 1: buy(1.234), 2: (c) => c.position.close(why) }],
    });
    const { lines, totals } = costSection(backtest);
    const rounded = lines.map(({ label, amount }) => [label, Number(amount.toFixed(8)) + 0]);
    assert.deepEqual(rounded, [
      ['gross profit', 0],
      ['fees in ABC', -0.2468],
      ['fees in USD', -0.2465],
      ['slippage', 0],
      ['funding', 0],
      ['net profit', -0.4933],
    ]);
    assert.equal(totals.fees.toFixed(8), '0.49330000');
    // 2 × 123.4 bought, though only 246.5 of it became position, and that sold.
    assert.equal(totals.traded?.toFixed(8), '493.30000000');
    const trips = tripsOf(backtest).map(({ trip }) => [trip.open, trip.quantity, Number(trip.profit.toFixed(8))]);
    // The trip pays for everything that did not become position: 246.8 − 246.5, and 0.2465.
    assert.deepEqual(trips, [[false, 2.465, -0.5465]]);
  });

  test('a stop beside the buy -> it protects what was received', () => {
    const played = play({
      bars: [QUIET, QUIET, [100, 100, 80, 80], QUIET],
      instrument: COIN,
      costs,
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1.234 }, stop: { pct: 0.1 }, why }) }],
    });
    assert.match(played.fills[1]!, /^stop sell 1\.232 @ 90 /);
    assert.deepEqual(played.orders, ['entry: filled', 'stop: filled']);
  });

  test('buys of one lot -> the first leaves less than a lot and no position, the second completes one', () => {
    const held: number[] = [];
    const played = play({
      bars: quiet(6),
      instrument: COIN,
      costs,
      strategies: [
        {
          0: buy(0.001),
          1: (c) => {
            held.push(c.position.qty);
            c.position.close(why);
          },
          2: buy(0.001),
          3: (c) => {
            held.push(c.position.qty);
            c.position.close(why);
          },
          4: (c) => void held.push(c.position.qty),
        },
      ],
    });
    assert.deepEqual(held, [0, 0.001, 0]);
    assert.deepEqual(
      played.fills.map((line) => line.split(' ').slice(0, 3).join(' ')),
      ['entry buy 0.001', 'entry buy 0.001', 'exit sell 0.001'],
    );
    // 2 × 0.000999 − 0.001.
    assert.equal(played.backtest.engine.state.book.ledger.of(1, ACCOUNT.wallet), 99_800);
  });

  test('all of the cash -> can be spent, as the fee needs none of it', () => {
    const played = play({
      bars: quiet(3),
      instrument: COIN,
      costs,
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, why }) }],
    });
    assert.deepEqual(played.fills, ['entry buy 100 @ 100 1:00 taker, fee 0.1 ABC']);
  });
});

describe('fees in an asset of their own', () => {
  const feeAsset: FeeAsset = { code: 'FEE', balance: '0.0004', price: 500, discountRate: 25_000_000 };
  const costs = { fees: schedule({ payIn: 'third' }), feeAsset };

  // 0.0004 FEE at 500 are 0.2 of the capital. Each buy of 1 at 100 owes 0.1, three quarters of it at 500: 0.00015 FEE. The sale of 2
  // owes 0.2, or 0.0003 FEE, of which 0.0001 are left: it pays 0.2 in quote. 10,000 − 0.2 − 200 + 200 − 0.2, and 0.0001 at 500.
  test('cash account: until it does not suffice, then quote and no discount', () => {
    const played = play({
      bars: quiet(5),
      costs,
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 1 }, why }),
          1: (c) => c.buy({ size: { qty: 1 }, why }),
          2: (c) => c.position.close(why),
        },
      ],
    });
    assert.deepEqual(played.fills, [
      'entry buy 1 @ 100 1:00 taker, fee 0.00015 FEE',
      'entry buy 1 @ 100 2:00 taker, fee 0.00015 FEE',
      'exit sell 2 @ 100 3:00 taker, fee 0.2',
    ]);
    assert.equal(played.equity.toFixed(8), '9999.65000000');
    const { book, feeAsset: index } = played.backtest.engine.state;
    assert.equal(book.ledger.of(index, ACCOUNT.wallet), 10_000);
    assert.equal(book.ledger.of(index, ACCOUNT.fees), 30_000);
    assert.equal(book.positions.column.fees[0], 0.35 * QUANTA);
    assert.deepEqual(
      costSection(played.backtest)
        .lines.slice(1, 3)
        .map(({ label, amount }) => [label, Number(amount.toFixed(8))]),
      [
        ['fees in FEE', -0.15],
        ['fees in USD', -0.2],
      ],
    );
  });

  // The capital is 10,000, of which 100 are the fee asset: bought and held, it is worth 10,000 throughout.
  test('nothing traded -> equity is the capital', () => {
    const played = play({
      bars: quiet(3),
      costs: { ...costs, feeAsset: { ...feeAsset, balance: '0.2' } },
      strategies: [{}],
    });
    assert.equal(played.equity, 10_000);
    assert.equal(played.backtest.engine.state.book.wallet[0], 9_900);
  });

  // Short 10 at 100: 1 owed, 0.0015 FEE of 0.002. The buy back owes 0.0015, 0.0005 are left: 1 in USD.
  test('margin account -> its margin pays only once the asset does not suffice', () => {
    const played = play({
      bars: quiet(4),
      instrument: PERPETUAL,
      account: 'margin',
      leverage: 10,
      costs: { ...costs, feeAsset: { ...feeAsset, balance: '0.002' } },
      strategies: [{ 0: (c) => c.sell({ size: { qty: 10 }, why }), 1: (c) => c.position.close(why) }],
    });
    assert.deepEqual(played.fills, [
      'entry sell 10 @ 100 1:00 taker, fee 0.0015 FEE',
      'exit buy 10 @ 100 2:00 taker, fee 1',
    ]);
    assert.equal(played.equity.toFixed(8), (10_000 - 0.75 - 1).toFixed(8));
  });
});

describe('fees that cannot be paid so', () => {
  const run = (scenario: Partial<Scenario>) => (): unknown => play({ bars: quiet(2), strategies: [{}], ...scenario });
  const feeAsset: FeeAsset = { code: 'FEE', balance: 1, price: 500, discountRate: 0 };

  test('in base on margin, with flat parts, without the asset, with one that is traded or too dear -> RangeError that says so', () => {
    const base = schedule({ payIn: 'base' });
    const third = schedule({ payIn: 'third' });
    const cases: [Partial<Scenario>, RegExp][] = [
      [{ costs: { fees: base }, account: 'margin' }, /need a cash account/],
      [{ costs: { fees: base }, instrument: PERPETUAL, account: 'margin' }, /TEST:ABCPERP is on margin/],
      [{ costs: { fees: { ...base, minimumQuanta: 1 } } }, /no flat, least or per-lot fee/],
      [{ costs: { fees: third } }, /need that asset/],
      [{ costs: { fees: third, feeAsset: { ...feeAsset, code: 'ABC' } } }, /ABC is what TEST:ABC trades/],
      [{ costs: { fees: third, feeAsset: { ...feeAsset, code: 'USD' } } }, /own currency/],
      [{ costs: { fees: third, feeAsset: { ...feeAsset, balance: 21 } } }, /cost more than the capital/],
      [{ costs: { fees: third, feeAsset: { ...feeAsset, price: 0 } } }, /price of FEE must be above 0/],
      [{ costs: { fees: third, feeAsset: { ...feeAsset, balance: -1 } } }, /must not be negative/],
      [{ costs: { fees: third, feeAsset: { ...feeAsset, discountRate: QUANTA } } }, /below 100 %/],
    ];
    for (const [scenario, message] of cases) assert.throws(run(scenario), message);
  });

  test('instruments that settle in two assets -> refused with the odd one out', () => {
    const bars = play({ bars: quiet(2), strategies: [{}] }).backtest.config.feeds[0]!.bars;
    const other = { ...STOCK, id: 'TEST:XYZEUR', base: 'XYZ', quote: 'EUR' };
    const feeds = [STOCK, other].map((instrument) => ({ instrument, timeframe: '1h', bars }));
    const config = {
      feeds,
      strategies: [],
      cash: 100,
      limits: NO_LIMITS,
      costs: { fees: schedule({ payIn: 'base' }) },
    };
    assert.throws(() => new Backtest(config), /TEST:XYZEUR settles in EUR, the account is in USD/);
  });
});
