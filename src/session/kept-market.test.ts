import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KeptMarket, readBlock } from './kept-market.ts';

const row = fc.tuple(fc.nat(1), fc.nat(5_000), fc.double({ min: 0.01, max: 1e6, noNaN: true }));

describe('kept market', () => {
  test('trades and quotes through blocks -> the same again, in order, repeated ids once', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (rows, every) => {
        const kept = new KeptMarket(2);
        const [trades, quotes]: [unknown[], unknown[]] = [[], []];
        const read: [unknown[], unknown[]] = [[], []];
        const last = [-1, -1];
        const flush = (): void => {
          const block = kept.takeBlock();
          if (block !== null)
            readBlock(
              JSON.parse(JSON.stringify(block)),
              (...trade) => void read[0].push(trade),
              (...quote) => void read[1].push(quote),
            );
        };
        for (const [k, [feed, id, price]] of rows.entries()) {
          const timeMs = 1_700_000_000_000 + k * 7;
          kept.trade(feed, id, timeMs, price, price / 2);
          if (id > last[feed]!) trades.push([feed, id, timeMs, price, price / 2]);
          last[feed] = Math.max(last[feed]!, id);
          kept.quote(feed, timeMs, price, price + 1);
          quotes.push([feed, timeMs, price, price + 1]);
          if (k % every === 0) flush();
        }
        flush();
        assert.deepEqual(read, [trades, quotes]);
        assert.equal(kept.takeBlock(), null);
      }),
    );
  });
});
