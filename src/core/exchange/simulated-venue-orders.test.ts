import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, HOUR_MS, NO_LIMITS, play, type Scenario, START_MS } from '../../../test/scenario.ts';
import { makerTakerFees } from './fees.ts';
import { toRate } from './rate.ts';

const QUIET = [100, 101, 99, 100, 1000] as const;
const why = 'scenario';
const free = makerTakerFees(0, 0);

function expect(name: string, scenario: Scenario, fills: readonly string[], orders?: readonly string[]): void {
  test(name, () => {
    const played = play(scenario);
    assert.deepEqual(played.fills, fills);
    if (orders) assert.deepEqual(played.orders, orders);
    played.backtest.engine.state.book.ledger.verify();
  });
}

describe('simulated venue: time in force', () => {
  const at = (tif: 'ioc' | 'fok' | 'day' | { gtd: number }, limit: number, bar = 0): Scenario['strategies'][0] => ({
    [bar]: (c: Desk) => void c.buy({ size: { qty: 10 }, limit, tif, why }),
  });
  expect(
    'immediate-or-cancel: open above the limit -> canceled, though the low reaches it later',
    { bars: [QUIET, [100, 101, 98, 100]], strategies: [at('ioc', 99)] },
    [],
    ['entry: canceled'],
  );
  expect(
    'immediate-or-cancel: open at the limit -> takes',
    { bars: [QUIET, [100, 101, 98, 100]], strategies: [at('ioc', 100)] },
    ['entry buy 10 @ 100 1:00 taker'],
    ['entry: filled'],
  );
  expect(
    'immediate-or-cancel, rule through: open at the limit exactly -> decided there and then',
    {
      bars: [QUIET, [100, 101, 98, 100]],
      strategies: [at('ioc', 100)],
      fills: { market: 'next-open', path: 'pessimistic', limit: 'through' },
    },
    ['entry buy 10 @ 100 1:00 taker'],
    ['entry: filled'],
  );
  expect(
    'immediate-or-cancel: the bar has room for 4 of 10 -> fills 4, cancels 6',
    {
      bars: [QUIET, [100, 101, 98, 100, 40], QUIET],
      strategies: [at('ioc', 100)],
      costs: { fees: free, participation: 0.1 },
    },
    ['entry buy 4 @ 100 1:00 taker'],
    ['entry: canceled'],
  );
  expect(
    'fill-or-kill: the bar has room for 4 of 10 -> nothing',
    {
      bars: [QUIET, [100, 101, 98, 100, 40], QUIET],
      strategies: [at('fok', 100)],
      costs: { fees: free, participation: 0.1 },
    },
    [],
    ['entry: canceled'],
  );
  expect(
    'fill-or-kill: the bar has room for 10 -> fills all',
    {
      bars: [QUIET, [100, 101, 98, 100, 100], QUIET],
      strategies: [at('fok', 100)],
      costs: { fees: free, participation: 0.1 },
    },
    ['entry buy 10 @ 100 1:00 taker'],
    ['entry: filled'],
  );
  const twoHours = START_MS + 2 * HOUR_MS;
  expect(
    'good till 2:00: reached at 1:40 -> fills',
    { bars: [QUIET, [100, 101, 98, 100], QUIET], strategies: [at({ gtd: twoHours }, 98)] },
    ['entry buy 10 @ 98 1:40 maker'],
  );
  expect(
    'good till 2:00: reached after 2:00 -> expired at 2:00',
    { bars: [QUIET, QUIET, [98, 101, 97, 100]], strategies: [at({ gtd: twoHours }, 98)] },
    [],
    ['entry: expired'],
  );
  expect(
    'good till 1:30: the bar reaches the price at 1:40 -> expired inside the bar',
    { bars: [QUIET, [100, 101, 98, 100], QUIET], strategies: [at({ gtd: START_MS + 1.5 * HOUR_MS }, 98)] },
    [],
    ['entry: expired'],
  );
  const quietDay = Array.from({ length: 24 }, () => QUIET);
  expect(
    'day order: the price comes on the next UTC day -> expired at midnight',
    { bars: [...quietDay, [98, 101, 97, 100]], strategies: [at('day', 98)] },
    [],
    ['entry: expired'],
  );
  expect(
    'day order: the price comes in the last hour of the day -> fills',
    { bars: [...quietDay.slice(1), [98, 101, 97, 100]], strategies: [at('day', 98)] },
    ['entry buy 10 @ 98 23:00 maker'],
  );
});

describe('simulated venue: participation', () => {
  const tenPercent = { fees: free, participation: 0.1 };
  expect(
    'market buy of 10, room for 4 a bar -> carried over three bars',
    {
      bars: [QUIET, [100, 101, 99, 100, 40], [102, 103, 101, 102, 40], [104, 105, 103, 104, 40]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
      costs: tenPercent,
    },
    ['entry buy 4 @ 100 1:00 taker', 'entry buy 4 @ 102 2:00 taker', 'entry buy 2 @ 104 3:00 taker'],
  );
  expect(
    'market buy at the close: the cap of the very bar holds',
    {
      bars: [
        [100, 101, 99, 100, 40],
        [102, 103, 101, 102, 1000],
      ],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
      costs: tenPercent,
      fills: { market: 'close', path: 'pessimistic', limit: 'touch' },
    },
    ['entry buy 4 @ 100 1:00 taker', 'entry buy 6 @ 102 1:00 taker'],
  );
  expect(
    'two orders in one bar -> share its room, older first',
    {
      bars: [QUIET, [100, 101, 99, 100, 60], [100, 101, 99, 100, 0]],
      strategies: [
        {
          0: (c) => {
            c.buy({ size: { qty: 4 }, why });
            c.buy({ size: { qty: 4 }, limit: 100, why });
          },
        },
      ],
      costs: tenPercent,
    },
    ['entry buy 4 @ 100 1:00 taker', 'entry buy 2 @ 100 1:00 maker'],
  );
  expect(
    'a bar without volume -> fills nothing under a cap',
    {
      bars: [QUIET, [100, 101, 99, 100, 0], [103, 104, 102, 103, 1000]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
      costs: tenPercent,
    },
    ['entry buy 10 @ 103 2:00 taker'],
  );
  expect(
    'entry in two parts with a stop -> the stop covers what has filled so far, then all of it',
    {
      bars: [QUIET, [100, 101, 99, 100, 40], [100, 101, 99, 100, 1000], [90, 91, 89, 90, 1000]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, why }) }],
      costs: tenPercent,
    },
    ['entry buy 4 @ 100 1:00 taker', 'entry buy 6 @ 100 2:00 taker', 'stop sell 10 @ 90 3:00 taker'],
  );
  expect(
    'stop hit while the entry still works -> the rest of the entry is withdrawn, nothing stays unprotected',
    {
      bars: [QUIET, [100, 101, 99, 100, 40], [94, 95, 93, 94, 1000], [94, 95, 93, 94, 1000]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, limit: 100, stop: { price: 95 }, why }) }],
      costs: tenPercent,
    },
    // The entry is the older order: at the open it fills 6 more before the stop sells all 10 there.
    ['entry buy 4 @ 100 1:00 maker', 'entry buy 6 @ 94 2:00 taker', 'stop sell 10 @ 94 2:00 taker'],
  );
  expect(
    'stop hit inside a bar whose room is used up for the entry -> no lot is left without a stop',
    {
      bars: [QUIET, [100, 101, 94, 96, 80], [100, 101, 96, 98, 1000], [98, 99, 90, 91, 1000]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 12 }, limit: 100, stop: { price: 95 }, why }) }],
      costs: tenPercent,
    },
    // Bar 1: 8 fill at the open, the room is gone, the stop at 95 cannot trade. Bar 2: the other 4 fill at the open.
    ['entry buy 8 @ 100 1:00 maker', 'entry buy 4 @ 100 2:00 maker', 'stop sell 12 @ 95 3:07 taker'],
  );
  expect(
    'target hit while the entry still works -> the rest of the entry is withdrawn, nothing fills without a stop',
    {
      bars: [QUIET, [100, 101, 99, 100, 40], [104, 106, 103, 105, 1000], [104, 105, 90, 91, 1000]],
      strategies: [
        { 0: (c) => c.buy({ size: { qty: 10 }, limit: 100, stop: { price: 95 }, target: { price: 105 }, why }) },
      ],
      costs: tenPercent,
    },
    ['entry buy 4 @ 100 1:00 maker', 'target sell 4 @ 105 2:33 maker'],
    ['entry: canceled', 'stop: canceled', 'target: filled'],
  );
  expect(
    'target fills in part -> the stop covers only what is left',
    {
      bars: [QUIET, QUIET, [104, 105, 103, 104, 60], [90, 91, 89, 90, 1000]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, target: { price: 105 }, why }) }],
      costs: tenPercent,
    },
    ['entry buy 10 @ 100 1:00 taker', 'target sell 6 @ 105 2:40 maker', 'stop sell 4 @ 90 3:00 taker'],
    ['entry: filled', 'stop: filled', 'target: canceled'],
  );
});

describe('simulated venue: protective legs and the position they protect', () => {
  const margin = { account: 'margin' } as const;
  expect(
    'part of the position sold by hand -> the stop sells only the rest, and no short opens',
    {
      ...margin,
      bars: [QUIET, QUIET, QUIET, [90, 91, 89, 90]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, why }),
          1: (c) => c.sell({ size: { qty: 4 }, reduceOnly: true, why }),
        },
      ],
    },
    ['entry buy 10 @ 100 1:00 taker', 'entry sell 4 @ 100 2:00 taker', 'stop sell 6 @ 90 3:00 taker'],
  );
  expect(
    'part sold by hand on a cash account -> the stop still works for the rest',
    {
      bars: [QUIET, QUIET, QUIET, [90, 91, 89, 90]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, why }),
          1: (c) => c.sell({ size: { qty: 4 }, reduceOnly: true, why }),
        },
      ],
    },
    ['entry buy 10 @ 100 1:00 taker', 'entry sell 4 @ 100 2:00 taker', 'stop sell 6 @ 90 3:00 taker'],
  );
  expect(
    'an entry that turns a short into a long -> its stop covers the long only',
    {
      ...margin,
      bars: [QUIET, QUIET, QUIET, [90, 91, 89, 90]],
      strategies: [
        {
          0: (c) => c.sell({ size: { qty: 5 }, why }),
          1: (c) => c.buy({ size: { qty: 8 }, stop: { price: 95 }, why }),
        },
      ],
    },
    ['entry sell 5 @ 100 1:00 taker', 'entry buy 8 @ 100 2:00 taker', 'stop sell 3 @ 90 3:00 taker'],
  );
  expect(
    'position closed by hand -> its stop and target are withdrawn',
    {
      ...margin,
      bars: [QUIET, QUIET, QUIET, [90, 110, 89, 90]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, target: { price: 105 }, why }),
          1: (c) => c.position.close(why),
        },
      ],
    },
    ['entry buy 10 @ 100 1:00 taker', 'exit sell 10 @ 100 2:00 taker'],
    ['entry: filled', 'stop: canceled', 'target: canceled', 'exit: filled'],
  );
  expect(
    'stop and a close decided before, both at one gapping open -> sold once, no short opens',
    {
      ...margin,
      bars: [QUIET, QUIET, [90, 91, 89, 90], [90, 91, 89, 90]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, why }),
          1: (c) => c.position.close(why),
        },
      ],
    },
    ['entry buy 10 @ 100 1:00 taker', 'stop sell 10 @ 90 2:00 taker'],
    ['entry: filled', 'stop: filled', 'exit: canceled'],
  );
  expect(
    'two entries with stops, part sold by hand -> the newest keeps its stop, the oldest gives up',
    {
      ...margin,
      bars: [QUIET, QUIET, QUIET, QUIET, [90, 91, 89, 90]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, stop: { price: 95 }, why }),
          1: (c) => c.buy({ size: { qty: 10 }, stop: { price: 94 }, why }),
          2: (c) => c.sell({ size: { qty: 12 }, reduceOnly: true, why }),
        },
      ],
    },
    [
      'entry buy 10 @ 100 1:00 taker',
      'entry buy 10 @ 100 2:00 taker',
      'entry sell 12 @ 100 3:00 taker',
      'stop sell 8 @ 90 4:00 taker',
    ],
  );
  expect(
    'stop distance in percent -> measured from the fill, not from the price decided at',
    {
      bars: [QUIET, [110, 111, 109, 110], [110, 111, 100, 101]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, stop: { pct: 0.05 }, why }) }],
    },
    // 5 % below 110 is 104.5; 110 → 100, 104.5 is 11/20 of the leg: minute 11.
    ['entry buy 1 @ 110 1:00 taker', 'stop sell 1 @ 104.5 2:11 taker'],
  );
});

describe('simulated venue: slippage and fees', () => {
  const buyThenSell: Scenario['strategies'][0] = {
    0: (c) => void c.buy({ size: { qty: 10 }, why }),
    1: (c) => c.position.close(why),
  };
  expect(
    'slippage of 3 ticks -> a buy pays 0.03 more, a sell gets 0.03 less',
    {
      bars: [QUIET, QUIET, QUIET],
      strategies: [buyThenSell],
      costs: { fees: free, slippage: { kind: 'ticks', amount: 3, clampToRange: false } },
    },
    ['entry buy 10 @ 100.03 1:00 taker', 'exit sell 10 @ 99.97 2:00 taker'],
  );
  expect(
    'slippage of 5 basis points -> 0.05 of 100',
    {
      bars: [QUIET, QUIET, QUIET],
      strategies: [buyThenSell],
      costs: { fees: free, slippage: { kind: 'basis-points', amount: toRate(0.0005), clampToRange: false } },
    },
    ['entry buy 10 @ 100.05 1:00 taker', 'exit sell 10 @ 99.95 2:00 taker'],
  );
  expect(
    'square-root impact, 1 % for a whole bar, order of 1 % of it -> a tenth of 1 %',
    {
      bars: [QUIET, QUIET, QUIET],
      strategies: [buyThenSell],
      costs: { fees: free, slippage: { kind: 'square-root', amount: toRate(0.01), clampToRange: false } },
    },
    ['entry buy 10 @ 100.1 1:00 taker', 'exit sell 10 @ 99.9 2:00 taker'],
  );
  expect(
    'slippage clamped to the bar -> never beyond its low and high',
    {
      bars: [QUIET, [100, 100.02, 99, 100], QUIET],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
      costs: { fees: free, slippage: { kind: 'ticks', amount: 3, clampToRange: true } },
    },
    ['entry buy 10 @ 100.02 1:00 taker'],
  );
  expect(
    'limit orders -> never slip',
    {
      bars: [QUIET, [100, 101, 98, 100], QUIET],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, limit: 99, why }) }],
      costs: { fees: free, slippage: { kind: 'ticks', amount: 3, clampToRange: false } },
    },
    ['entry buy 10 @ 99 1:33 maker'],
  );
  const makerFree = { fees: makerTakerFees(toRate(0.0002), toRate(0.001)) };
  expect(
    'fees: market 0.1 %, resting limit 0.02 %, limit that the open jumped over 0.1 %',
    {
      bars: [QUIET, QUIET, [100, 102, 99, 100], [105, 106, 104, 105]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, why }),
          1: (c) => c.sell({ size: { qty: 5 }, limit: 102, reduceOnly: true, why }),
          2: (c) => c.sell({ size: { qty: 5 }, limit: 104, reduceOnly: true, why }),
        },
      ],
      costs: makerFree,
    },
    [
      'entry buy 10 @ 100 1:00 taker, fee 1',
      // 5 × 102 × 0.0002; long, pessimistic: 100 → 99 → 102.
      'entry sell 5 @ 102 2:40 maker, fee 0.102',
      // 5 × 105 × 0.001: the better price was taken.
      'entry sell 5 @ 105 3:00 taker, fee 0.525',
    ],
  );
});

describe('simulated venue: latency', () => {
  const late = (ms: number) => ({
    fees: free,
    latency: { orderMs: ms, orderJitterMs: 0, reportMs: 0, reportJitterMs: 0 },
  });
  const minute = 60_000;
  expect(
    'market order 10 minutes late -> fills where the path then is',
    {
      bars: [QUIET, [100, 110, 90, 100]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, why }) }],
      costs: late(10 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    // 100 → 90 over the first 20 minutes: 95 at minute 10.
    ['entry buy 1 @ 95 1:10 taker'],
  );
  expect(
    'limit order 30 minutes late: the low was before -> not filled by what it missed, and it still rests',
    {
      bars: [QUIET, [100, 110, 90, 100], [100, 101, 94, 100]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 95, why }) }],
      costs: late(30 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    ['entry buy 1 @ 95 2:16 maker'],
  );
  expect(
    'limit order 10 minutes late: price is better by then -> takes the better price',
    {
      bars: [QUIET, [100, 110, 90, 100]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 97, why }) }],
      costs: late(10 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    ['entry buy 1 @ 95 1:10 taker'],
  );
  expect(
    'post-only order 10 minutes late: it would take by then -> rejected',
    {
      bars: [QUIET, [100, 110, 90, 100], QUIET],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 97, postOnly: true, why }) }],
      costs: late(10 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    [],
    ['entry: rejected'],
  );
  expect(
    'immediate-or-cancel 5 minutes late: the limit is reached at minute 10 -> canceled at minute 5',
    {
      bars: [QUIET, [100, 110, 90, 100]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 95, tif: 'ioc', why }) }],
      costs: late(5 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    [],
    ['entry: canceled'],
  );
  expect(
    'cancel 10 minutes late: the price comes at minute 5 -> filled before the cancel arrives',
    {
      bars: [QUIET, QUIET, [100, 110, 80, 100]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 1 }, limit: 95, why }),
          1: (c) => c.cancelAll(why),
        },
      ],
      costs: late(10 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    ['entry buy 1 @ 95 2:05 maker'],
    ['entry: filled'],
  );
  expect(
    'cancel 10 minutes late: the price comes at minute 15 -> canceled',
    {
      bars: [QUIET, QUIET, [100, 110, 80, 100]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 1 }, limit: 85, why }),
          1: (c) => c.cancelAll(why),
        },
      ],
      costs: late(10 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    [],
    ['entry: canceled'],
  );
  expect(
    'protective stop -> rests at the venue with no delay of its own',
    {
      bars: [QUIET, [100, 101, 80, 100]],
      strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, stop: { price: 89 }, why }) }],
      costs: late(10 * minute),
      fills: { market: 'next-open', path: 'olhc', limit: 'touch' },
    },
    // Bought at minute 10 at 90, stopped half a minute later.
    ['entry buy 1 @ 90 1:10 taker', 'stop sell 1 @ 89 1:11 taker'],
  );
  test('latency with jitter: two runs of one backtest -> the same fills', () => {
    const scenario: Scenario = {
      bars: [QUIET, [100, 110, 90, 100], [100, 110, 90, 100], [100, 110, 90, 100]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 1 }, why }),
          1: (c) => c.position.close(why),
          2: (c) => c.buy({ size: { qty: 1 }, why }),
        },
      ],
      costs: { fees: free, latency: { orderMs: 1000, orderJitterMs: 600_000, reportMs: 0, reportJitterMs: 0 } },
    };
    const { backtest, fills } = play(scenario);
    assert.equal(fills.length, 3);
    const times = backtest.engine.state.fills.column.timeMs.slice(0, 3);
    backtest.run();
    assert.deepEqual(backtest.engine.state.fills.column.timeMs.slice(0, 3), times);
  });
});

describe('simulated venue: what cannot be paid', () => {
  expect(
    'market buy beyond the cash -> rejected',
    { bars: [QUIET, QUIET], strategies: [{ 0: (c) => c.buy({ size: { qty: 101 }, why }) }] },
    [],
    ['entry: rejected'],
  );
  expect(
    'market buy for all the cash: the open is higher -> rejected at the fill, whole',
    { bars: [QUIET, [101, 102, 100, 101]], strategies: [{ 0: (c) => c.buy({ size: { qty: 100 }, why }) }] },
    [],
    ['entry: rejected'],
  );
  expect(
    'second limit buy: the first has locked the cash -> rejected',
    {
      bars: [QUIET, [95, 96, 94, 95]],
      strategies: [
        {
          0: (c) => {
            c.buy({ size: { qty: 100 }, limit: 99, why });
            c.buy({ size: { qty: 2 }, limit: 98, why });
          },
        },
      ],
    },
    // 100 × 99 of 10,000 locked leaves 100: not enough for 2 × 98.
    ['entry buy 100 @ 95 1:00 taker'],
    ['entry: filled', 'entry: rejected'],
  );
  expect(
    'amended to more than can be paid -> the order stands as it was',
    {
      bars: [QUIET, QUIET, [98, 99, 97, 98]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, limit: 98, why }),
          1: (c) => c.orders[0]!.amend({ qty: 500 }),
        },
      ],
    },
    ['entry buy 10 @ 98 2:00 maker'],
    ['entry: filled'],
  );
  for (const kind of ['cash', 'margin'] as const)
    expect(
      `made smaller after it has filled in part, ${kind} -> what has filled need not be paid for again`,
      {
        account: kind,
        costs: { fees: makerTakerFees(0, 0), participation: 0.1 },
        bars: [QUIET, [100, 101, 99, 100, 500], [100, 101, 99, 100, 500]],
        strategies: [
          { 0: (c) => c.buy({ size: { qty: 90 }, limit: 99, why }), 1: (c) => c.orders[0]!.amend({ qty: 80 }) },
        ],
      },
      // 50 for 4,950 leave 5,050: 80 at 99 would be 7,920, the 30 that are left are 2,970.
      ['entry buy 50 @ 99 1:40 maker', 'entry buy 30 @ 99 2:20 maker'],
      ['entry: filled'],
    );
  test('amended beyond a limit of risk -> refused like a new order of that size, the order stands as it was', () => {
    const scenario = (qty: number): Scenario => ({
      bars: [QUIET, QUIET, [98, 99, 97, 98]],
      limits: { ...NO_LIMITS, orderValuePct: 10 },
      strategies: [
        {
          0: (c) => void c.buy({ size: { qty: 5 }, limit: 98, why }),
          1: (c) => c.orders[0]!.amend({ qty }),
        },
      ],
    });
    // 10 % of 10,000 are 10 pieces at 98.
    assert.deepEqual(play(scenario(10)).fills, ['entry buy 10 @ 98 2:00 maker']);
    const refused = play(scenario(11));
    assert.deepEqual(refused.fills, ['entry buy 5 @ 98 2:00 maker']);
    assert.ok(refused.events.some((e) => e.type === 'order-refused' && e.code === 'order-value-limit'));
  });
  expect(
    'amended price and quantity -> fills as amended',
    {
      bars: [QUIET, QUIET, [100, 101, 97, 100]],
      strategies: [
        {
          0: (c) => c.buy({ size: { qty: 10 }, limit: 90, why }),
          1: (c) => c.orders[0]!.amend({ qty: 5, price: 98 }),
        },
      ],
    },
    ['entry buy 5 @ 98 2:35 maker'],
    ['entry: filled'],
  );
});
