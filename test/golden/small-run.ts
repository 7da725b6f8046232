import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import { NO_LIMITS, type Played, type Prices, play } from '../scenario.ts';

/** Twenty bars: two quiet, a rise, a fall through the stop, a quiet end. Volume is small at bar 3, so that an entry fills in parts. */
const BARS: readonly Prices[] = [
  [100, 101, 99, 100, 1000],
  [100, 101, 99, 100, 1000],
  [100, 101, 99, 100, 1000],
  [100, 102, 99, 101, 40],
  [101, 103, 100, 102, 1000],
  [102, 104, 101, 103, 1000],
  [103, 105, 102, 104, 1000],
  [104, 106, 103, 105, 1000],
  [105, 106, 104, 105, 1000],
  [105, 106, 104, 105, 1000],
  [105, 105, 100, 101, 1000],
  [101, 102, 96, 97, 1000],
  [97, 98, 90, 91, 1000],
  [91, 93, 90, 92, 1000],
  [92, 94, 91, 93, 1000],
  [93, 95, 92, 94, 1000],
  [94, 96, 93, 95, 1000],
  [95, 97, 94, 96, 1000],
  [96, 98, 95, 97, 1000],
  [97, 99, 96, 98, 1000],
];

/** The run whose events are kept: a bracket filled in parts, a refusal, a cancel, a rejection, an amendment, a target, a stop. */
export function smallRun(): Played {
  return play({
    bars: BARS,
    cash: 10_000,
    costs: { fees: makerTakerFees(toRate(0.0002), toRate(0.001)), participation: 0.1 },
    limits: { ...NO_LIMITS, orderValuePct: 60 },
    strategies: [
      {
        1: (c) => {
          c.buy({ size: { qty: 90 }, why: 'far too large' });
          c.log('refused as it should be');
        },
        2: (c) =>
          void c.buy({
            size: { qty: 10 },
            stop: { pct: 0.04 },
            target: { price: 105 },
            why: 'bracket in parts',
            tag: 'a',
          }),
        7: (c) => void c.buy({ size: { qty: 5 }, limit: 95, why: 'too low, amended' }),
        8: (c) => c.orders[0]!.amend({ price: 101, qty: 6 }),
        9: (c) => void c.sell({ size: { qty: 1 }, limit: 104, postOnly: true, why: 'nothing to sell' }),
        10: (c) => c.position.moveStop({ price: 98 }),
        13: (c) => void c.buy({ size: { qty: 3 }, limit: 80, tif: { gtd: c.now + 3_600_000 }, why: 'lapses' }),
        14: (c) => void c.buy({ size: { qty: 2 }, limit: 81, why: 'withdrawn' }),
        15: (c) => {
          c.cancelAll('changed my mind');
          c.alert('warn', 'nothing left open');
        },
        16: (c) => void c.buy({ size: { qty: 1 }, limit: 98, postOnly: true, why: 'would take' }),
      },
    ],
  });
}
