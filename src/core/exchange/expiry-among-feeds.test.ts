import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  checkPlayed,
  type Desk,
  future,
  hour,
  hourlyFeed,
  PERPETUAL,
  playMarket,
  scripted,
} from '../../../test/scenario.ts';
import { bars } from '../strategy/data.ts';
import { barsFromRows } from '../vocabulary/market-data.ts';

const QUIET = [100, 101, 99, 100] as const;
const why = 'scenario';
const long10 = { 0: (c: Desk) => void c.buy({ size: { qty: 10 }, why }) };
const bought = 'entry buy 10 @ 100 1:00 taker';

describe('simulated venue: expiry among other bars', () => {
  const at = (prices: readonly (readonly [hour: number, price: number])[]) =>
    barsFromRows(prices.map(([h, p]) => [hour(h), p, p, p, p, 1e6]));

  test('no bar reaches it, the next one is after it -> the last close before, at expiry; what waited expires', () => {
    const prices = at([
      [0, 100],
      [1, 101],
      [5, 120],
      [6, 120],
    ]);
    const script = { ...long10, 1: (c: Desk) => void c.buy({ size: { qty: 5 }, why }) };
    const p = playMarket(
      [{ instrument: future(3.5), timeframe: '1h', bars: prices }],
      [{ strategy: scripted(script) }],
    );
    checkPlayed(p, ['entry buy 10 @ 101 1:00 taker', 'settlement sell 10 @ 101 3:30 taker'], 1_000);
    assert.deepEqual(p.orders, ['entry: filled', 'entry: expired', 'settlement: filled']);
  });

  test('the data of the future end early, another goes on -> settled at its last close as soon as a bar opens after it', () => {
    const rows = [QUIET, QUIET, QUIET, QUIET, QUIET, QUIET];
    const p = playMarket(
      [hourlyFeed(future(4), [QUIET, [100, 102, 100, 102]]), hourlyFeed({ ...PERPETUAL, id: 'TEST:OTHER' }, rows)],
      [{ strategy: scripted(long10) }],
    );
    checkPlayed(p, [bought, 'settlement sell 10 @ 102 4:00 taker'], 1_020);
  });

  const several = {
    data: { other: bars(null, 'OTHER'), abc: bars(null, 'ABC3'), xyz: bars(null, 'XYZ3') },
  };
  const on = (c: Desk, name: string): ReturnType<Desk['on']> => c.on(name as never);

  test('two that expire together, and a bar of another that closes then -> each at the close of its own last bar', () => {
    const script = {
      0: (c: Desk) => {
        on(c, 'abc').buy({ size: { qty: 10 }, why });
        on(c, 'xyz').sell({ size: { qty: 5 }, why });
      },
    };
    const p = playMarket(
      [
        hourlyFeed({ ...PERPETUAL, id: 'TEST:OTHER' }, [QUIET, QUIET, QUIET, QUIET]),
        hourlyFeed(future(3), [QUIET, QUIET, [100, 104, 99, 103]]),
        hourlyFeed(future(3, 'TEST:XYZ3'), [QUIET, QUIET, [100, 101, 96, 97]]),
      ],
      [{ strategy: scripted(script, 'both', several) }],
    );
    checkPlayed(
      p,
      [
        bought,
        'entry sell 5 @ 100 1:00 taker',
        'settlement sell 10 @ 103 3:00 taker',
        'settlement buy 5 @ 97 3:00 taker',
      ],
      1_000 + 30 + 15,
    );
  });

  test('who goes on to the next contract when the first is settled -> has it at the next open', () => {
    const onFill = (c: Desk, { role }: { readonly role: string }): void => {
      if (role === 'settlement') on(c, 'xyz').buy({ size: { qty: 10 }, why });
    };
    const p = playMarket(
      [
        hourlyFeed(future(3), [QUIET, QUIET, [100, 104, 99, 103]]),
        hourlyFeed(future(9, 'TEST:XYZ3'), [QUIET, QUIET, QUIET, [105, 107, 105, 106], QUIET]),
      ],
      [
        {
          strategy: scripted({ 0: (c) => on(c, 'abc').buy({ size: { qty: 10 }, why }) }, 'rolls', {
            data: { abc: bars(null, 'ABC3'), xyz: bars(null, 'XYZ3') },
            onFill,
          }),
        },
      ],
    );
    checkPlayed(p, [bought, 'settlement sell 10 @ 103 3:00 taker', 'entry buy 10 @ 105 3:00 taker'], 1_000 + 30 - 50);
  });

  test('the last bar of all reaches over it -> settled when the run closes what is open', () => {
    const prices = at([
      [0, 100],
      [1, 101],
    ]);
    const other = hourlyFeed({ ...PERPETUAL, id: 'TEST:OTHER' }, [QUIET, QUIET, QUIET]);
    const strategies = [{ strategy: scripted(long10) }];
    const feeds = [{ instrument: future(2.5), timeframe: '1h', bars: prices }, other];
    checkPlayed(playMarket(feeds, strategies, { closeAtEnd: true }), [
      'entry buy 10 @ 101 1:00 taker',
      'settlement sell 10 @ 101 2:30 taker',
    ]);
  });
});
