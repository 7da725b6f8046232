import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Desk, NO_LIMITS, PERPETUAL, type Played, play, type Script } from '../../../test/scenario.ts';
import { BINANCE_SPOT, PLAIN, SIMULATED, type VenueCapabilities } from '../execution/capabilities.ts';

const QUIET = [100, 101, 99, 100] as const;
const why = 'scenario';

/** A flat market at 100 with 10,000 behind it, of which all may be at stake and no more. */
function run(script: Script, capabilities: VenueCapabilities = SIMULATED): Played {
  return play({
    instrument: PERPETUAL,
    account: 'margin',
    bars: [QUIET, QUIET, QUIET, QUIET, QUIET],
    limits: { ...NO_LIMITS, grossExposurePct: 100 },
    capabilities,
    strategies: [script],
  });
}

const refusals = ({ events }: Played): string[] => events.flatMap((e) => (e.type === 'order-refused' ? [e.code] : []));
const buy10 = (c: Desk): void => void c.buy({ size: { qty: 10 }, limit: 90, why });

describe('what an order may become counts while the venue has not said', () => {
  for (const capabilities of [SIMULATED, BINANCE_SPOT, PLAIN]) {
    test(`10 amended to 60, and 50 more at once, ${capabilities.name} -> the 50 are refused, as 110 would be too many`, () => {
      const p = run(
        {
          0: buy10,
          1: (c) => {
            c.orders[0]!.amend({ qty: 60 });
            c.buy({ size: { qty: 50 }, limit: 91, why });
          },
        },
        capabilities,
      );
      assert.deepEqual(refusals(p), ['gross-exposure-limit']);
    });

    test(`10 amended to 60, and 40 more at once, ${capabilities.name} -> both`, () => {
      const p = run(
        {
          0: buy10,
          1: (c) => {
            c.orders[0]!.amend({ qty: 60 });
            c.buy({ size: { qty: 40 }, limit: 91, why });
          },
        },
        capabilities,
      );
      assert.deepEqual(refusals(p), []);
      assert.equal(p.backtest.engine.desk.open.lotsOf(0, 1), 100);
    });

    test(`60 amended to 10, ${capabilities.name} -> 90 more are let through once that is confirmed, and not before`, () => {
      const p = run(
        {
          0: (c) => void c.buy({ size: { qty: 60 }, limit: 90, why }),
          1: (c) => {
            c.orders[0]!.amend({ qty: 10 });
            c.buy({ size: { qty: 90 }, limit: 91, why });
          },
          2: (c) => void c.buy({ size: { qty: 90 }, limit: 91, why }),
        },
        capabilities,
      );
      assert.deepEqual(refusals(p), ['gross-exposure-limit']);
      assert.equal(p.backtest.engine.desk.open.lotsOf(0, 1), 100);
    });

    test(`amended to 60 and canceled at once, ${capabilities.name} -> nothing of it counts once it has ended`, () => {
      const p = run(
        {
          0: buy10,
          1: (c) => {
            c.orders[0]!.amend({ qty: 60 });
            c.orders[0]!.cancel(why);
          },
          2: (c) => void c.buy({ size: { qty: 100 }, limit: 91, why }),
        },
        capabilities,
      );
      assert.deepEqual(refusals(p), []);
      assert.equal(p.backtest.engine.desk.open.lotsOf(0, 1), 100);
    });
  }

  test('amended to 60, then to 20 -> the 60 count until both are answered', () => {
    const p = run({
      0: buy10,
      1: (c) => {
        c.orders[0]!.amend({ qty: 60 });
        c.orders[0]!.amend({ qty: 20 });
        c.buy({ size: { qty: 50 }, limit: 91, why });
      },
      2: (c) => void c.buy({ size: { qty: 80 }, limit: 91, why }),
    });
    assert.deepEqual(refusals(p), ['gross-exposure-limit']);
    assert.equal(p.backtest.engine.desk.open.lotsOf(0, 1), 100);
  });
});
