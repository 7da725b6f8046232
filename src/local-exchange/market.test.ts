import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { openToyExchange, TOY_START_MS } from '../../test/fixtures/toy-exchange.ts';
import { type ToyProduct, toyProduct } from '../../test/fixtures/toy-product.ts';
import { barsFromRows } from '../core/vocabulary/market-data.ts';
import { Random } from '../core/vocabulary/random.ts';
import { ExchangeClock } from './clock.ts';
import { quoteSide } from './house-quotes.ts';
import { gridOf, type Listing } from './listing.ts';
import { startMarket } from './market-choice.ts';
import { mergeSources, type OutsideEvent, type OutsideTrade } from './market-source.ts';
import { barPath } from './market-source-bars.ts';
import { OutsideMarket } from './outside-market.ts';

const LISTING: Listing = { symbol: 'BTCUSDT', price: gridOf('0.05'), quantity: gridOf('0.001') };
const MINUTE = 60_000;

function openMarket(startMs = TOY_START_MS): { clock: ExchangeClock; toy: ToyProduct; market: OutsideMarket } {
  const clock = new ExchangeClock({ speed: 0, startMs });
  const toy = toyProduct('usdm', {
    nowMs: () => clock.nowMs(),
    at: (timeMs, run) => clock.at(timeMs, run),
    random: () => 0,
    publish: () => {},
    hasListeners: () => false,
    notify: () => {},
    accounts: [],
  });
  return { clock, toy, market: new OutsideMarket({ clock, products: [toy], seed: 5 }) };
}

function trade(timeMs: number, price: number, takerSide: 'buy' | 'sell' = 'buy', symbol = 'BTCUSDT'): OutsideTrade {
  return { kind: 'trade', timeMs, symbol, price, quantity: 0.5, takerSide };
}

describe('bars as trades', () => {
  const bar = fc
    .record({
      prices: fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 4, maxLength: 4 }),
      lots: fc.integer({ min: 0, max: 5_000 }),
    })
    .map(({ prices, lots }) => {
      const [open, close] = [prices[0]!, prices[1]!];
      return { open, close, high: Math.max(...prices), low: Math.min(...prices), lots };
    });

  test('any bars -> begins at the open, ends at the close, touches high and low, stays within, trades the volume', () => {
    fc.assert(
      fc.property(
        fc.array(bar, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 4, max: 40 }),
        (list, seed, n) => {
          const rows = list.map((b, i) => [
            i * MINUTE,
            ...[b.open, b.high, b.low, b.close].map((p) => p * 0.05),
            b.lots * 0.001,
          ]);
          const options = { listing: LISTING, bars: barsFromRows(rows), barMs: MINUTE, tradesEachBar: n, seed };
          const events = [...barPath(options)];
          assert.deepEqual(events, [...barPath(options)], 'the same seed, the same path');
          for (const [i, b] of list.entries()) {
            const mine = events.filter((e) => Math.floor(e.timeMs / MINUTE) === i);
            if (b.lots === 0) {
              assert.ok(mine.every((e) => e.kind === 'quote'));
              continue;
            }
            const trades = mine as OutsideTrade[];
            const ticks = trades.map((t) => Math.round(t.price / 0.05));
            assert.deepEqual(
              [ticks[0], ticks.at(-1), Math.max(...ticks), Math.min(...ticks)],
              [b.open, b.close, b.high, b.low],
            );
            const lots = trades.map((t) => Math.round(t.quantity / 0.001));
            assert.ok(lots.every((l) => l >= 1));
            const sum = lots.reduce((a, c) => a + c, 0);
            assert.equal(sum, Math.max(b.lots, trades.length));
            assert.ok(trades.length === (b.lots >= n ? n : 4));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('times -> rise, first at the open, last before the close', () => {
    const bars = barsFromRows([[0, 10, 11, 9, 10.5, 1]]);
    const times = [...barPath({ listing: LISTING, bars, barMs: MINUTE, seed: 1 })].map((e) => e.timeMs);
    assert.equal(times[0], 0);
    assert.ok(times.at(-1)! < MINUTE);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  test('several symbols -> merged by time', () => {
    const merged = [...mergeSources([[trade(1, 1), trade(5, 1)], [trade(2, 2), trade(5, 2)], []])];
    assert.deepEqual(
      merged.map((e) => [e.timeMs, (e as OutsideTrade).price]),
      [
        [1, 1],
        [2, 2],
        [5, 1],
        [5, 2],
      ],
    );
  });
});

describe('house quotes', () => {
  test('levels -> best first, on tick and lot, strictly away from the price, never at zero', () => {
    const random = new Random(1);
    for (const best of [2, 30, 2_000_000]) {
      const bids = quoteSide(LISTING, 'bid', best, { levels: 20, lots: 3 }, random).map((l) => Number(l.price));
      const asks = quoteSide(LISTING, 'ask', best, { levels: 20, lots: 3 }, random);
      assert.ok(
        bids.length === Math.min(20, bids.length) && bids.every((p, i) => p > 0 && (i === 0 || p < bids[i - 1]!)),
      );
      assert.equal(asks.length, 20);
      assert.ok(asks.every((l, i) => i === 0 || Number(l.price) > Number(asks[i - 1]!.price)));
      assert.ok(
        asks.every(
          (l) => /^\d+(\.\d{1,2})?$/.test(l.price) && /^\d+(\.\d{1,3})?$/.test(l.quantity) && Number(l.quantity) > 0,
        ),
      );
    }
  });

  test('a tick of 0.05 -> texts are exact multiples', () => {
    assert.deepEqual(
      [gridOf('0.05').text(3), gridOf('0.05').text(2_000_001), gridOf('10').text(7)],
      ['0.15', '100000.05', '70'],
    );
  });
});

describe('outside market', () => {
  test('a recording -> trades at their distance in time, quotes a tick around, mark once a second', () => {
    const { clock, toy, market } = openMarket();
    const t0 = TOY_START_MS;
    market.play([trade(0, 100), trade(500, 100.05), trade(1_500, 99.98, 'sell')], { startMs: t0 });
    clock.step(499);
    assert.deepEqual(
      toy.trades.map((t) => t.timeMs - t0),
      [0],
    );
    clock.step(2_000);
    assert.deepEqual(
      toy.trades.map((t) => [t.timeMs - t0, t.side, t.price]),
      [
        [0, 'buy', '100'],
        [500, 'buy', '100.05'],
        [1_500, 'sell', '100'],
      ],
    );
    assert.deepEqual(
      toy.quotes.map((q) => [q.bid, q.ask, q.levels]),
      [
        ['99.95', '100', 40],
        ['100', '100.05', 40],
        ['100', '100.05', 40],
      ],
    );
    assert.deepEqual(
      toy.marks.map((m) => m.timeMs - t0),
      [0, 1_500],
    );
  });

  test('recorded trades, some without a side -> told from the price', () => {
    const { clock, toy, market } = openMarket();
    const trades = {
      timeMs: Float64Array.of(0, 1, 2, 3, 4),
      price: Float64Array.of(100, 101, 101, 99, 99),
      quantity: Float64Array.of(1, 1, 1, 1, 1),
      side: Int8Array.of(-1, 0, 0, 0, 1),
    };
    startMarket(market, { kind: 'trades', trades: { BTCUSDT: trades }, startMs: TOY_START_MS }, 1);
    clock.step(10);
    assert.deepEqual(
      toy.trades.map((t) => t.side),
      ['sell', 'buy', 'buy', 'sell', 'buy'],
    );
    assert.throws(() => startMarket(market, { kind: 'trades', trades: { NOPE: trades } }, 1), /NOPE/);
  });

  test('sizes between lots -> rounded so that the sum stays true', () => {
    const { clock, toy, market } = openMarket();
    const sizes = [0.0004, 0.0004, 0.0017, 0.0125, 0.003];
    market.play(
      sizes.map((quantity, k) => ({ ...trade(k, 100), quantity })),
      { startMs: TOY_START_MS },
    );
    clock.step(10);
    const lots = toy.trades.map((t) => Math.round(Number(t.quantity) * 1000));
    assert.equal(
      lots.reduce((a, b) => a + b, 0),
      18,
    );
    assert.ok(lots.every((l) => l >= 1));
  });

  test('ten times as fast -> a tenth of the time; the end is told', () => {
    const { clock, toy, market } = openMarket();
    let ended = 0;
    market.play([trade(0, 100), trade(1_000, 101)], { speed: 10 }, () => ended++);
    clock.step(99);
    assert.deepEqual([toy.trades.length, ended], [1, 0]);
    clock.step(1);
    assert.deepEqual([toy.trades.length, ended], [2, 1]);
  });

  test('in step with the minutes of the exchange -> what lies before the present is quoted, not traded', () => {
    const { clock, toy, market } = openMarket(TOY_START_MS + 20_000);
    market.play([trade(7 * MINUTE, 100), trade(7 * MINUTE + 10_000, 101), trade(7 * MINUTE + 30_000, 102)]);
    assert.deepEqual([toy.trades.length, toy.quotes.at(-1)?.bid], [0, '101']);
    clock.step(10_000);
    assert.deepEqual(
      toy.trades.map((t) => [t.price, t.timeMs]),
      [['102', TOY_START_MS + 30_000]],
    );
  });

  test('recorded quotes -> outward to the tick; unlisted symbols passed over; stopped -> nothing more', () => {
    const { clock, toy, market } = openMarket();
    const quote: OutsideEvent = { kind: 'quote', timeMs: 0, symbol: 'BTCUSDT', bid: 99.97, ask: 100.02 };
    market.play([quote, trade(1, 5, 'buy', 'NOPE'), trade(2, 100)], { startMs: TOY_START_MS });
    clock.step(1);
    assert.deepEqual([toy.quotes.at(-1)!.bid, toy.quotes.at(-1)!.ask], ['99.95', '100.05']);
    market.stop();
    clock.step(10);
    assert.equal(toy.trades.length, 0);
  });

  test('quiet -> nothing, or a book around a price; a symbol nobody lists -> a sentence', () => {
    const { toy, market } = openMarket();
    startMarket(market, { kind: 'quiet' }, 1);
    assert.equal(toy.quotes.length, 0);
    startMarket(market, { kind: 'quiet', book: { ETHUSDT: 2000 } }, 1);
    assert.deepEqual([toy.quotes[0]!.bid, toy.quotes[0]!.ask], ['1999.95', '2000.05']);
    assert.throws(() => startMarket(market, { kind: 'quiet', book: { NOPE: 1 } }, 1), /nobody lists NOPE/);
    const bars = { NOPE: { columns: barsFromRows([]), barMs: MINUTE } };
    assert.throws(() => startMarket(market, { kind: 'bars', bars }, 1), /NOPE/);
  });

  test('bars over the wire -> the trades of a stream stay within the bar', async () => {
    const columns = barsFromRows([[TOY_START_MS, 100, 104, 98, 101, 6]]);
    const toy = await openToyExchange({ market: { kind: 'bars', bars: { BTCUSDT: { columns, barMs: MINUTE } } } });
    try {
      const socket = await toy.socket('/ws/btcusdt@trade');
      await socket.settled();
      toy.exchange.clock.step(MINUTE);
      const prices: number[] = [];
      for (let k = 0; k < 12; k++) prices.push(Number((await socket.next()).p));
      assert.deepEqual([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)], [100, 104, 98, 101]);
    } finally {
      await toy.close();
    }
  });

  test('the embedded market -> trades both symbols, the same from the same seed', () => {
    const run = (): string[] => {
      const { clock, toy, market } = openMarket();
      startMarket(market, { kind: 'synthetic' }, 9);
      clock.step(10 * MINUTE);
      return toy.trades.map((t) => `${t.timeMs} ${t.symbol} ${t.price} ${t.quantity}`);
    };
    const first = run();
    assert.ok(first.some((t) => t.includes('BTCUSDT')) && first.some((t) => t.includes('ETHUSDT')));
    assert.deepEqual(run(), first);
  });
});
