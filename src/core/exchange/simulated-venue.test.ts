import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, play, type Scenario } from '../../../test/scenario.ts';

/** A quiet bar around 100. */
const QUIET = [100, 101, 99, 100] as const;
const why = 'scenario';

/** Plays a table of situations; every expectation can be checked by hand from the bars. */
function table(rows: readonly (readonly [name: string, scenario: Scenario, fills: readonly string[]])[]): void {
  for (const [name, scenario, fills] of rows)
    test(name, () => {
      const played = play(scenario);
      assert.deepEqual(played.fills, fills);
      played.backtest.engine.state.book.ledger.verify();
    });
}

describe('simulated venue: market orders', () => {
  table([
    [
      'market buy: decided at a close -> fills at the next open',
      {
        bars: [QUIET, [102, 103, 101, 102]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
      },
      ['entry buy 10 @ 102 1:00 taker'],
    ],
    [
      'market buy: rule close -> fills at the very close',
      {
        bars: [QUIET, [102, 103, 101, 102]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
        fills: { market: 'close', path: 'pessimistic', limit: 'touch' },
      },
      ['entry buy 10 @ 100 1:00 taker'],
    ],
    [
      'market buy: decided at the last bar -> never fills',
      { bars: [QUIET], strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }] },
      [],
    ],
    [
      'market buy: canceled in the same call -> nothing trades, rule close',
      {
        bars: [QUIET, QUIET],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }).cancel(why) }],
        fills: { market: 'close', path: 'pessimistic', limit: 'touch' },
      },
      [],
    ],
    [
      'market order on a fill inside a bar -> waits for the next open',
      {
        bars: [QUIET, [100, 101, 95, 100], [103, 104, 102, 103]],
        strategies: [
          {
            0: (c) => {
              c.buy({ size: { qty: 1 }, limit: 96, why });
            },
            1: (c) => c.position.close(why),
          },
        ],
      },
      ['entry buy 1 @ 96 1:36 maker', 'exit sell 1 @ 103 2:00 taker'],
    ],
    [
      'close at end: still open after the last bar -> closed at the last close',
      {
        bars: [QUIET, [102, 103, 101, 101.5]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 10 }, why }) }],
        closeAtEnd: true,
      },
      ['entry buy 10 @ 102 1:00 taker', 'exit sell 10 @ 101.5 2:00 taker'],
    ],
  ]);
});

describe('simulated venue: limit orders', () => {
  const buy99 = { 0: (c: Desk) => void c.buy({ size: { qty: 1 }, limit: 99, why }) };
  const sell = (limit: number) => ({
    0: (c: Desk) => void c.sell({ size: { qty: 1 }, limit, why }),
  });
  const through = { market: 'next-open', path: 'pessimistic', limit: 'through' } as const;
  table([
    [
      'buy limit: low touches it, rule touch -> fills at the limit as maker',
      { bars: [QUIET, [100, 101, 99, 100]], strategies: [buy99] },
      // Pessimistic for an order that waits below: high first, the low at the end of the second third.
      ['entry buy 1 @ 99 1:40 maker'],
    ],
    [
      'buy limit: low touches it, rule through -> does not fill',
      { bars: [QUIET, [100, 101, 99, 100]], strategies: [buy99], fills: through },
      [],
    ],
    [
      'buy limit: low one tick below, rule through -> fills at the limit',
      { bars: [QUIET, [100, 101, 98.99, 100]], strategies: [buy99], fills: through },
      ['entry buy 1 @ 99 1:39 maker'],
    ],
    [
      'buy limit: low one tick above -> does not fill',
      { bars: [QUIET, [100, 101, 99.01, 100]], strategies: [buy99] },
      [],
    ],
    [
      'buy limit: bar opens below -> fills at the better open, taking',
      { bars: [QUIET, [97, 101, 96, 100]], strategies: [buy99] },
      ['entry buy 1 @ 97 1:00 taker'],
    ],
    [
      'sell limit on margin: bar opens above -> fills at the better open, taking',
      { bars: [QUIET, [103, 104, 96, 100]], strategies: [sell(101.5)], account: 'margin' },
      ['entry sell 1 @ 103 1:00 taker'],
    ],
    [
      'sell limit on margin: high reaches it -> fills at the limit',
      { bars: [QUIET, [100, 102, 99, 100]], strategies: [sell(102)], account: 'margin' },
      ['entry sell 1 @ 102 1:40 maker'],
    ],
    [
      'post-only buy above the price -> rejected',
      {
        bars: [QUIET, QUIET],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 100, postOnly: true, why }) }],
      },
      [],
    ],
    [
      'post-only buy below the price -> rests and makes',
      {
        bars: [QUIET, [100, 101, 98, 100]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 99, postOnly: true, why }) }],
      },
      ['entry buy 1 @ 99 1:33 maker'],
    ],
    [
      'post-only buy jumped over by the open -> was resting, so it makes at its own price',
      {
        bars: [QUIET, [97, 101, 96, 100]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, limit: 99, postOnly: true, why }) }],
      },
      ['entry buy 1 @ 99 1:00 maker'],
    ],
  ]);
});

describe('simulated venue: stops', () => {
  const buyStop = (trigger: number, limit?: number): Scenario['strategies'][0] => ({
    0: (c) => void c.buy({ size: { qty: 1 }, trigger, ...(limit === undefined ? {} : { limit }), why }),
  });
  table([
    [
      'buy stop: high reaches the trigger -> market at the trigger',
      { bars: [QUIET, [100, 104, 99, 103]], strategies: [buyStop(102)] },
      // High first: up 100 → 104 over the first third, 102 is half of it. The low then hurts the new long.
      ['entry buy 1 @ 102 1:10 taker'],
    ],
    [
      'buy stop: bar opens beyond the trigger -> fills at the worse open',
      { bars: [QUIET, [105, 106, 104, 105]], strategies: [buyStop(102)] },
      ['entry buy 1 @ 105 1:00 taker'],
    ],
    [
      'buy stop: high one tick short -> rests',
      { bars: [QUIET, [100, 101.99, 99, 100]], strategies: [buyStop(102)] },
      [],
    ],
    [
      'stop-limit: triggered, limit not exceeded -> fills at the trigger as the market stands there',
      { bars: [QUIET, [100, 104, 99, 103]], strategies: [buyStop(102, 103)] },
      ['entry buy 1 @ 102 1:10 taker'],
    ],
    [
      'stop-limit: jumped over by the open -> triggers but does not chase',
      { bars: [QUIET, [105, 106, 104, 105]], strategies: [buyStop(102, 103)] },
      [],
    ],
    [
      'stop-limit: jumped over, price comes back later -> fills at the limit',
      { bars: [QUIET, [105, 106, 104, 105], [104, 105, 102, 104]], strategies: [buyStop(102, 103)] },
      ['entry buy 1 @ 103 2:33 maker'],
    ],
    [
      'market-if-touched buy: low reaches the trigger -> market at the trigger',
      { bars: [QUIET, [100, 101, 96, 100]], strategies: [buyStop(98)] },
      ['entry buy 1 @ 98 1:32 taker'],
    ],
    [
      'market-if-touched buy: opens below the trigger -> fills at the better open',
      { bars: [QUIET, [95, 101, 94, 100]], strategies: [buyStop(98)] },
      ['entry buy 1 @ 95 1:00 taker'],
    ],
    [
      'protective stop: bar opens below it -> fills at the worse open',
      {
        bars: [QUIET, QUIET, [90, 91, 89, 90]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, stop: { price: 95 }, why }) }],
      },
      ['entry buy 1 @ 100 1:00 taker', 'stop sell 1 @ 90 2:00 taker'],
    ],
    [
      'protective stop: same bar as the entry -> acts on the rest of that bar',
      {
        bars: [QUIET, [100, 101, 94, 96]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, stop: { price: 95 }, why }) }],
      },
      // Open to low: 100 → 94 over the first third; 95 is 5/6 of it.
      ['entry buy 1 @ 100 1:00 taker', 'stop sell 1 @ 95 1:16 taker'],
    ],
  ]);
});

describe('simulated venue: stop and target inside one bar', () => {
  const bracket: Scenario['strategies'][0] = {
    0: (c) => void c.buy({ size: { qty: 1 }, stop: { price: 95 }, target: { price: 105 }, why }),
  };
  const both = [100, 106, 94, 100] as const;
  const nearHigh = [102, 106, 94, 100] as const;
  const run = (
    path: 'pessimistic' | 'optimistic' | 'ohlc' | 'olhc' | 'adaptive',
    last: typeof both | typeof nearHigh,
  ) => ({
    bars: [QUIET, QUIET, last],
    strategies: [bracket],
    fills: { market: 'next-open', path, limit: 'touch' } as const,
  });
  const entry = 'entry buy 1 @ 100 1:00 taker';
  table([
    ['long, pessimistic -> stop', run('pessimistic', both), [entry, 'stop sell 1 @ 95 2:16 taker']],
    ['long, optimistic -> target', run('optimistic', both), [entry, 'target sell 1 @ 105 2:16 maker']],
    ['long, ohlc -> target', run('ohlc', both), [entry, 'target sell 1 @ 105 2:16 maker']],
    ['long, olhc -> stop', run('olhc', both), [entry, 'stop sell 1 @ 95 2:16 taker']],
    [
      'long, adaptive, open nearer to the high -> target',
      run('adaptive', nearHigh),
      [entry, 'target sell 1 @ 105 2:15 maker'],
    ],
    [
      'short, pessimistic -> stop above, the high comes first',
      {
        bars: [QUIET, QUIET, both],
        strategies: [{ 0: (c) => c.sell({ size: { qty: 1 }, stop: { price: 105 }, target: { price: 95 }, why }) }],
        account: 'margin',
      },
      ['entry sell 1 @ 100 1:00 taker', 'stop buy 1 @ 105 2:16 taker'],
    ],
    [
      'stop filled -> the target of the bracket is gone and cannot open a position',
      {
        bars: [QUIET, QUIET, both, both],
        strategies: [bracket],
        account: 'margin',
      },
      [entry, 'stop sell 1 @ 95 2:16 taker'],
    ],
  ]);
});

describe('simulated venue: trailing stops', () => {
  table([
    [
      'trail by percent: follows the high, then falls back -> sells 5 % below it',
      {
        bars: [QUIET, QUIET, [100, 120, 100, 120], [120, 120, 110, 111]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, trail: { pct: 0.05 }, why }) }],
      },
      // High 120 → stop 114; next bar falls 120 → 110, 114 is 6/10 of the leg.
      ['entry buy 1 @ 100 1:00 taker', 'trail sell 1 @ 114 3:12 taker'],
    ],
    [
      'trail by ticks: rises and falls within one bar -> sells that far below the bar high',
      {
        bars: [QUIET, QUIET, [100, 110, 99, 100]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, trail: { ticks: 300 }, why }) }],
      },
      // 3.00 below: 100 → 99 (stop 98 after the 101 of bar 1), up to 110 (stop 107), down 110 → 100.
      ['entry buy 1 @ 100 1:00 taker', 'trail sell 1 @ 107 2:46 taker'],
    ],
    [
      'trail by ATR: distance is a multiple of the value given',
      {
        bars: [QUIET, QUIET, [100, 110, 99, 100]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, trail: { atr: 2, value: 2 }, why }) }],
      },
      ['entry buy 1 @ 100 1:00 taker', 'trail sell 1 @ 106 2:48 taker'],
    ],
    [
      'trail of a short: follows the low, rises back -> buys that far above it',
      {
        bars: [QUIET, QUIET, [100, 101, 90, 100]],
        strategies: [{ 0: (c) => c.sell({ size: { qty: 1 }, trail: { ticks: 300 }, why }) }],
        account: 'margin',
      },
      // Pessimistic for a short: high first (101, stop stays 102 from bar 1's low 99), down to 90 (stop 93), up 90 → 100.
      ['entry sell 1 @ 100 1:00 taker', 'trail buy 1 @ 93 2:46 taker'],
    ],
    [
      'trail: open jumps below the stop -> fills at the open',
      {
        bars: [QUIET, QUIET, [90, 91, 89, 90]],
        strategies: [{ 0: (c) => c.buy({ size: { qty: 1 }, trail: { pct: 0.05 }, why }) }],
      },
      ['entry buy 1 @ 100 1:00 taker', 'trail sell 1 @ 90 2:00 taker'],
    ],
  ]);
});
