import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WatchUpdate } from '../../api/operations/venues.ts';
import { styleFor } from '../style.ts';
import { renderWatch, sparkline } from './venues.ts';

describe('watch screen', () => {
  test('sparkline: numbers -> blocks from the least to the greatest; all the same -> the middle; none -> nothing', () => {
    assert.equal(sparkline([1, 2, 3, 4, 5, 6, 7, 8]), '▁▂▃▄▅▆▇█');
    assert.equal(sparkline([10, 0, 10]), '█▁█');
    assert.equal(sparkline([5, 5]), '▄▄');
    assert.equal(sparkline([]), '');
  });

  const bar = {
    ...{ timeframe: '1m', openTime: '2024-01-01T00:00:00Z', open: 60_000.1, high: 60_010, low: 59_990, close: 60_005 },
    ...{ volume: 0.1 + 0.2, closed: false, whole: true, closes: Array.from({ length: 30 }, (_, k) => 60_000 + k) },
  };
  const update: WatchUpdate = {
    ...{ venue: 'BINANCE', time: '2024-01-01T00:00:30Z', clockSkewMs: null, rows: 0, connections: [], thread: null },
    symbols: [
      {
        ...{ symbol: 'BTCUSDT', state: 'live', ageMs: 100, rate: 5, gaps: 0, corrected: 0 },
        ...{ last: null, bid: null, ask: null, mark: null, book: null },
        bars: [bar, { ...bar, timeframe: '1h', whole: false, closes: [] }],
      },
    ],
  };
  const scene = { style: styleFor(false), homePath: '', version: '', given: {} };

  test('several timeframes -> a row each, at most 30 blocks, a word on what is not whole', () => {
    const text = renderWatch(update, scene);
    const rows = text.split('\n').filter((line) => / 1[mh]/.test(line));
    assert.equal(rows.length, 2);
    assert.match(rows[0]!, /BTCUSDT {2}1m +60000\.1 +60010 +59990 +0\.3 {2}[▁-█]{30}$/);
    assert.match(rows[1]!, / 1h ~ .* {2}▄$/);
    assert.match(text, /not the whole bar/);
    assert.ok(text.split('\n').every((line) => line.length <= 100));
    assert.ok(!text.includes('thread'));
  });

  test('a thread that waited or ended, bars that were corrected -> said', () => {
    const thread = { restarts: 2, lastFault: 'out of memory', retryInMs: 1_500, waits: 3, waitedMs: 1_234 };
    const symbols = update.symbols.map((line) => ({ ...line, corrected: 2 }));
    const text = renderWatch({ ...update, thread, symbols }, scene);
    assert.match(text, /feed thread waited 3×, 1,234 ms/);
    assert.match(text, /feed thread ended: out of memory; started again 2×/);
    assert.match(text, /next start in 2 s/);
    assert.match(text, /BTCUSDT: 2 bars of the venue otherwise than its trades made/);
  });

  for (const [what, bid, ask, said] of [
    ['three quarters of it bid', 3, 1, 'bids ahead by 50'],
    ['three quarters of it asked', 1, 3, 'asks ahead by 50'],
    ['as much on both sides', 2, 2, 'bids ahead by 0'],
  ] as const)
    test(`a book, ${what} -> a heading that says so, best levels first`, () => {
      const side = (price: number, quantity: number) => [{ price, quantity }];
      const book = { bids: side(60_000, bid), asks: side(60_001, ask) };
      const text = renderWatch({ ...update, symbols: update.symbols.map((line) => ({ ...line, book })) }, scene);
      assert.ok(text.includes(said), text);
      assert.match(text, new RegExp(`BTCUSDT +${bid} +60000 +60001 +${ask}$`, 'm'));
    });

  test('an empty book -> a heading without a lean', () => {
    const symbols = update.symbols.map((line) => ({ ...line, book: { bids: [], asks: [] } }));
    assert.ok(!renderWatch({ ...update, symbols }, scene).includes('ahead'));
  });
});
