import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Desk,
  HOUR_MS,
  hourly,
  NO_LIMITS,
  PERPETUAL,
  type Played,
  START_MS,
  scene,
  scripted,
  describe as told,
} from '../../../test/scenario.ts';
import { Backtest } from '../research/backtest.ts';
import { makerTakerFees } from './fees.ts';
import { toRate } from './rate.ts';

const QUIET = [100, 101, 99, 100] as const;
const why = 'scenario';

/** 1,000 behind 100 pieces at 100, ten times levered, 1 % maintenance: liquidated at (100 × 100 − 1,000) / (100 × 0.99) = 90.909…, bankrupt at 90. */
const levered = { instrument: PERPETUAL, account: 'margin', leverage: 10, cash: 1_000 } as const;
const long100 = { 0: (c: Desk) => void c.buy({ size: { qty: 100 }, why }) };
const short100 = { 0: (c: Desk) => void c.sell({ size: { qty: 100 }, why }) };

const fundings = (p: Played): string[] =>
  p.events.flatMap((e) => (e.type === 'funding-paid' ? [`${e.strategy} ${e.amount}`] : []));

describe('simulated venue: liquidation', () => {
  const entry = 'entry buy 100 @ 100 1:00 taker';
  scene(
    'price falls through the liquidation price inside a bar -> closed there',
    { ...levered, bars: [QUIET, QUIET, [100, 101, 85, 86]], strategies: [long100] },
    // 100 → 85: 90.909 is 0.606 of the first leg. Down to the tick: 90.90.
    [entry, 'liquidation sell 100 @ 90.9 2:12 taker'],
    1_000 - 910,
  );
  scene(
    'low one tick above the liquidation price -> stands',
    { ...levered, bars: [QUIET, QUIET, [100, 101, 90.92, 95]], strategies: [long100] },
    [entry],
    500,
  );
  scene(
    'the open jumps below the liquidation price -> closed at the open, though nothing else rests',
    { ...levered, bars: [QUIET, QUIET, [90.5, 90.6, 85, 86]], strategies: [long100] },
    [entry, 'liquidation sell 100 @ 90.5 2:00 taker'],
    50,
  );
  scene(
    'the open jumps below the bankruptcy price -> the margin is gone, and no more than that',
    { ...levered, bars: [QUIET, QUIET, [80, 81, 79, 80]], strategies: [long100] },
    [entry, 'liquidation sell 100 @ 90 2:00 taker'],
    0,
  );
  scene(
    'bankrupt with a fee due -> the fee is not taken from money that is not there',
    {
      ...levered,
      cash: 1_010,
      costs: { fees: makerTakerFees(0, toRate(0.001)) },
      bars: [QUIET, QUIET, [80, 81, 79, 80]],
      strategies: [long100],
    },
    ['entry buy 100 @ 100 1:00 taker, fee 10', 'liquidation sell 100 @ 90 2:00 taker'],
    0,
  );
  scene(
    'a short: price rises through its liquidation price -> closed there',
    { ...levered, bars: [QUIET, QUIET, [100, 115, 99, 114]], strategies: [short100] },
    // (10,000 + 1,000) / (100 × 1.01) = 108.9108…, up to the tick.
    ['entry sell 100 @ 100 1:00 taker', 'liquidation buy 100 @ 108.92 2:11 taker'],
    1_000 - 892,
  );
  scene(
    'a short: the open jumps above the liquidation price -> closed at the open',
    { ...levered, bars: [QUIET, QUIET, [109.5, 115, 109, 114]], strategies: [short100] },
    ['entry sell 100 @ 100 1:00 taker', 'liquidation buy 100 @ 109.5 2:00 taker'],
    50,
  );
  scene(
    'a stop before the liquidation price on the path -> the stop',
    {
      ...levered,
      bars: [QUIET, QUIET, [100, 101, 85, 86]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, stop: { price: 92 }, why }) }],
    },
    [entry, 'stop sell 100 @ 92 2:10 taker'],
    200,
  );
  scene(
    'a stop behind the liquidation price -> liquidated first, and the stop is withdrawn',
    {
      ...levered,
      bars: [QUIET, QUIET, [100, 101, 85, 86], QUIET],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, stop: { price: 90.5 }, why }) }],
    },
    [entry, 'liquidation sell 100 @ 90.9 2:12 taker'],
    90,
    (p) => assert.deepEqual(p.orders, ['entry: filled', 'stop: canceled', 'liquidation: filled']),
  );
  scene(
    'stop and liquidation both jumped over by the open -> liquidated',
    {
      ...levered,
      bars: [QUIET, QUIET, [90.5, 91, 85, 86]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, stop: { price: 92 }, why }) }],
    },
    [entry, 'liquidation sell 100 @ 90.5 2:00 taker'],
  );
  scene(
    'liquidation pays the taker fee',
    {
      ...levered,
      cash: 1_010,
      costs: { fees: makerTakerFees(0, toRate(0.001)) },
      bars: [QUIET, QUIET, [100, 101, 85, 86]],
      strategies: [long100],
    },
    ['entry buy 100 @ 100 1:00 taker, fee 10', 'liquidation sell 100 @ 90.9 2:12 taker, fee 9.09'],
    1_010 - 10 - 910 - 9.09,
  );
  scene(
    'opened by a stop on the way up from a low beneath its liquidation price -> not liquidated by what came before it',
    {
      ...levered,
      leverage: 20,
      bars: [QUIET, [100, 110, 90, 108]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, trigger: 105, why }) }],
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    // Liquidated below (10,500 − 1,000) / 99 = 95.96; bought at 105 after the low of 90.
    ['entry buy 100 @ 105 1:35 taker'],
    1_300,
  );
  scene(
    'isolated: only the margin of the position is at stake -> liquidated with 9,000 left aside',
    {
      ...levered,
      cash: 10_000,
      marginMode: 'isolated',
      bars: [QUIET, QUIET, [100, 101, 85, 86]],
      strategies: [long100],
    },
    [entry, 'liquidation sell 100 @ 90.9 2:12 taker'],
    9_090,
  );
  scene(
    'cross: the whole account stands behind the position -> not liquidated',
    { ...levered, cash: 10_000, bars: [QUIET, QUIET, [100, 101, 85, 86]], strategies: [long100] },
    [entry],
    8_600,
  );
  scene(
    'more than the leverage allows -> rejected',
    { ...levered, bars: [QUIET, QUIET], strategies: [{ 0: (c) => c.buy({ size: { qty: 101 }, why }) }] },
    [],
    1_000,
  );
  scene(
    'two strategies long -> both are closed at one price, the fee in proportion',
    {
      ...levered,
      cash: 1_010,
      costs: { fees: makerTakerFees(0, toRate(0.001)) },
      bars: [QUIET, QUIET, [100, 101, 85, 86]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 75 }, why }) }, { 0: (c) => c.buy({ size: { qty: 25 }, why }) }],
    },
    [
      's0 entry buy 75 @ 100 1:00 taker, fee 7.5',
      's1 entry buy 25 @ 100 1:00 taker, fee 2.5',
      's0 liquidation sell 75 @ 90.9 2:12 taker, fee 6.8175',
      's1 liquidation sell 25 @ 90.9 2:12 taker, fee 2.2725',
    ],
    1_010 - 10 - 910 - 9.09,
  );
});

describe('simulated venue: several strategies on one account', () => {
  scene(
    'one long 10, one short 4 -> each keeps its own position, the account holds 6',
    {
      ...levered,
      bars: [QUIET, QUIET, QUIET, [110, 111, 109, 110]],
      strategies: [
        { 0: (c) => c.buy({ size: { qty: 10 }, why }), 1: (c) => c.position.close(why) },
        { 0: (c) => c.sell({ size: { qty: 4 }, why }) },
      ],
    },
    ['s0 entry buy 10 @ 100 1:00 taker', 's1 entry sell 4 @ 100 1:00 taker', 's0 exit sell 10 @ 100 2:00 taker'],
    // The short of 4 loses 10 each.
    960,
    (p) => {
      const { book } = p.backtest.engine.state;
      assert.deepEqual([...book.positions.column.lots], [0, -4]);
      assert.deepEqual([...book.netLots], [-4]);
      assert.deepEqual([...p.backtest.venue.account.netLots], [-4]);
    },
  );
  scene(
    'opposite positions -> the stop of one does not touch the other',
    {
      ...levered,
      bars: [QUIET, QUIET, [94, 95, 93, 94]],
      strategies: [
        { 0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, why }) },
        { 0: (c) => c.sell({ size: { qty: 10 }, stop: { price: 105 }, why }) },
      ],
    },
    ['s0 entry buy 10 @ 100 1:00 taker', 's1 entry sell 10 @ 100 1:00 taker', 's0 stop sell 10 @ 94 2:00 taker'],
    1_000,
    (p) => assert.deepEqual([...p.backtest.engine.state.book.positions.column.lots], [0, -10]),
  );
});

describe('simulated venue: funding', () => {
  const at = (hours: readonly number[], rate: number) => ({
    timesMs: hours.map((h) => START_MS + h * HOUR_MS),
    rates: hours.map(() => rate),
  });
  const long10 = { 0: (c: Desk) => void c.buy({ size: { qty: 10 }, why }) };
  scene(
    'long of 10 at 100, 1 % at 2:00 and 3:00 -> pays 10, then 1 % of the then open of 110',
    {
      ...levered,
      bars: [QUIET, QUIET, QUIET, [110, 110, 110, 110]],
      strategies: [long10],
      funding: at([0, 1, 2, 3], 0.01),
    },
    ['entry buy 10 @ 100 1:00 taker'],
    1_000 + 100 - 10 - 11,
    (p) => assert.deepEqual(fundings(p), ['s0 -10', 's0 -11']),
  );
  scene(
    'funding inside a bar -> paid by the position held at the open',
    { ...levered, bars: [QUIET, QUIET, QUIET], strategies: [long10], funding: at([2.5], 0.01) },
    ['entry buy 10 @ 100 1:00 taker'],
    990,
    (p) => assert.equal(p.events.find((e) => e.type === 'funding-paid')?.at, START_MS + 2.5 * HOUR_MS),
  );
  scene(
    'negative rate -> the long receives',
    { ...levered, bars: [QUIET, QUIET, QUIET], strategies: [long10], funding: at([2], -0.01) },
    ['entry buy 10 @ 100 1:00 taker'],
    1_010,
  );
  scene(
    'one long 10, one short 4 -> the long pays 10, the short receives 4, the account pays 6',
    {
      ...levered,
      bars: [QUIET, QUIET, QUIET],
      strategies: [long10, { 0: (c) => c.sell({ size: { qty: 4 }, why }) }],
      funding: at([2], 0.01),
    },
    ['s0 entry buy 10 @ 100 1:00 taker', 's1 entry sell 4 @ 100 1:00 taker'],
    994,
    (p) => assert.deepEqual(fundings(p), ['s0 -10', 's1 4']),
  );
  scene(
    'flat at the funding time -> nothing',
    {
      ...levered,
      bars: [QUIET, QUIET, QUIET, QUIET],
      strategies: [{ ...long10, 1: (c: Desk) => c.position.close(why) }],
      funding: at([3], 0.01),
    },
    ['entry buy 10 @ 100 1:00 taker', 'exit sell 10 @ 100 2:00 taker'],
    1_000,
  );
});

describe('simulated venue: inverse perpetual', () => {
  const inverse = {
    instrument: {
      id: 'TEST:BTCUSD',
      kind: 'inverse-perpetual',
      base: 'BTC',
      quote: 'USD',
      tick: '0.5',
      lot: '1',
      contractSize: '100',
    },
    account: 'margin',
    cash: 1,
  } as const;
  const flat50 = [50_000, 50_000, 50_000, 50_000] as const;
  const flat60 = [60_000, 60_000, 60_000, 60_000] as const;
  scene(
    'long 10 contracts of 100 USD from 50,000 to 60,000 -> 1,000 × (1/50,000 − 1/60,000) BTC',
    {
      ...inverse,
      bars: [flat50, flat50, flat60],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }), 1: (c) => c.position.close(why) }],
    },
    ['entry buy 10 @ 50000 1:00 taker', 'exit sell 10 @ 60000 2:00 taker'],
    1.00333333,
  );
  scene(
    'short 10 contracts from 50,000 to 60,000 -> loses the same',
    {
      ...inverse,
      bars: [flat50, flat50, flat60],
      strategies: [{ 0: (c) => c.sell({ size: { qty: 10 }, why }), 1: (c) => c.position.close(why) }],
    },
    ['entry sell 10 @ 50000 1:00 taker', 'exit buy 10 @ 60000 2:00 taker'],
    0.99666667,
  );
});

describe('simulated venue: marks', () => {
  const bars = [QUIET, QUIET, QUIET, [100, 100, 50, 50], [50, 50, 49, 50], [50, 50, 49, 50], [50, 51, 40, 40]] as const;
  // Long at 100 and out again; nothing is held while the price halves; short at 50, and at that fill an order for more at 51.
  const script = {
    0: (c: Desk) => void c.buy({ size: { qty: 10 }, why }),
    1: (c: Desk) => c.position.close(why),
    4: (c: Desk) => void c.sell({ size: { qty: 50 }, why }),
  };
  const onFill = (c: Desk): void => {
    if (c.position.side === 'short' && c.position.qty === 50) c.sell({ size: { qty: 10 }, limit: 51, why });
  };

  for (const market of ['next-open', 'close'] as const)
    test(`price moved while nothing was held, ${market} -> what is opened is marked where it opens, not where the last position ended`, () => {
      const backtest = new Backtest({
        feeds: [{ instrument: PERPETUAL, timeframe: '1h', bars: hourly(bars) }],
        strategies: [{ strategy: scripted(script, 'marks', { onFill }) }],
        cash: 1_000,
        account: 'margin',
        leverage: 10,
        costs: { fees: makerTakerFees(0, 0) },
        limits: NO_LIMITS,
        warmUp: 'ready',
        fills: { market, path: 'pessimistic', limit: 'touch' },
      }).run();
      const { fills, orders, equity } = told(backtest);
      // At a mark of 100 the 50 pieces would have lost 2,500 of the 1,000 there are, and the order would be refused.
      assert.equal(orders.at(-1), 'entry: filled');
      assert.match(fills.at(-1)!, /^entry sell 10 @ 51 /);
      assert.equal(equity, 1_000 + 50 * 10 + 10 * 11);
    });
});
