import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MINUTE_MS, timeframe } from '../core/vocabulary/time.ts';
import type { GatewayCapabilities, VenueFill } from '../ports/exchange-gateway.ts';
import { readHalvedRange } from './halved-range.ts';
import { OwnTrades } from './own-trades.ts';
import { type BarRow, readPagedBars } from './paged-bars.ts';
import { changeRefusal, placementRefusal, SentIds } from './placement-check.ts';

describe('halved ranges', () => {
  test('whichever end a page is cut at -> everything, once', async () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (all, largestPage, cutsOldest) => {
        const ask = (from: number, to: number): Promise<number[]> => {
          const inside = all.filter((t) => t >= from && t <= to).sort((a, b) => (cutsOldest ? b - a : a - b));
          return Promise.resolve(inside.slice(0, largestPage));
        };
        const tooMany = (): Error => new Error('too many');
        // One event a millisecond fills a page of one: then nothing can be told.
        if (largestPage === 1 && all.some((t) => t <= 1_500)) return;
        const found = await readHalvedRange({ largestPage, ask, tooMany }, 0, 1_500);
        assert.deepEqual(
          [...found].sort((a, b) => a - b),
          all.filter((t) => t <= 1_500).sort((a, b) => a - b),
        );
      }),
    );
  });

  test('one millisecond that fills a page -> an error, never a part', async () => {
    const question = {
      largestPage: 3,
      ask: () => Promise.resolve([5, 5, 5]),
      tooMany: (atMs: number) => new RangeError(`at ${atMs}`),
    };
    await assert.rejects(readHalvedRange(question, 5, 5), /at 5/);
  });
});

describe('pages of bars', () => {
  const spec = timeframe('1m');
  const at = (k: number): BarRow => [k * MINUTE_MS, 1, 1, 1, 1, 1];

  test('gaps of any kind, a venue that cuts either end -> the earliest finished bars', async () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        minutes,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 6_000 }),
        async (all, page, from) => {
          const sorted = all.toSorted((a, b) => a - b);
          const nowMs = 5_000.5 * MINUTE_MS;
          const source = {
            largestPage: page,
            nowMs,
            hasDays: true,
            page: (asked: typeof spec, fromMs: number, toMs: number): Promise<BarRow[]> => {
              const opens = [...new Set(sorted.map((k) => Math.floor((k * MINUTE_MS) / asked.ms) * asked.ms))];
              const inside = opens.filter((t) => t >= fromMs && t < toMs).map((t): BarRow => [t, 1, 1, 1, 1, 1]);
              assert.ok(inside.length <= page, 'a window never holds more than a page');
              return Promise.resolve(inside.reverse());
            },
          };
          const bars = await readPagedBars(source, spec, from * MINUTE_MS, Number.POSITIVE_INFINITY);
          const expected = sorted.filter((k) => k >= from && (k + 1) * MINUTE_MS <= nowMs).slice(0, page);
          assert.deepEqual(
            [...bars.openTimeMs],
            expected.map((k) => at(k)[0]),
          );
        },
      ),
    );
  });
});

describe('own trades', () => {
  const fill = (tradeId: string, tradedAtMs: number): VenueFill => ({
    ...{ symbol: 'A', tradeId, clientOrderId: '', venueOrderId: `o${tradeId}`, side: 'buy', quantity: '1', price: '1' },
    ...{ fee: '0', feeAsset: 'B', isMaker: false, tradedAtMs },
  });
  const all = [fill('c', 300), fill('a', 100), fill('b', 200), fill('b2', 200)];
  const trades = new OwnTrades({
    venue: 'X',
    largestPage: 100,
    reachMs: 1_000,
    between: (_symbol, from, to) => Promise.resolve(all.filter((f) => f.tradedAtMs >= from && f.tradedAtMs <= to)),
  });

  test('since a time, since a trade, since one that is not known -> oldest first, under the client ids that are known', async () => {
    trades.know('oa', 'mine');
    const ids = async (since: Parameters<OwnTrades['since']>[1]): Promise<string[]> =>
      (await trades.since('A', since, 1_000)).map((f) => f.tradeId);
    assert.deepEqual(await ids({ timeMs: 150 }), ['b', 'b2', 'c']);
    assert.deepEqual(await ids({ tradeId: 'b' }), ['b2', 'c'], 'another trade of that millisecond included');
    assert.deepEqual(await ids({ tradeId: 'nobody' }), ['a', 'b', 'b2', 'c']);
    assert.deepEqual(await ids({ tradeId: 'c' }), []);
    assert.equal((await trades.since('A', { timeMs: 0 }, 1_000))[0]!.clientOrderId, 'mine');
  });
});

describe('placements before they are sent', () => {
  const capabilities: GatewayCapabilities = {
    orderTypes: ['market', 'limit'],
    timesInForce: ['gtc', 'ioc'],
    ...{ postOnly: true, reduceOnly: false, amend: false, hedge: false, positions: false },
    ...{ pairs: false, findEndedForMs: 0 },
  };
  const order = {
    clientOrderId: 'a1',
    symbol: 'A',
    side: 'buy',
    type: 'limit',
    tif: 'gtc',
    quantity: '1',
    limit: '2',
  } as const;
  const codeOf = (change: object): string | undefined =>
    placementRefusal({ ...order, ...change }, 'X', capabilities)?.code;

  test('senseless or not offered -> a refusal; else none', () => {
    assert.equal(codeOf({}), undefined);
    for (const bad of [
      { clientOrderId: 'a-1' },
      { quantity: '0' },
      { quantity: '1e3' },
      { limit: '-2' },
      { quantity: '.5' },
    ])
      assert.equal(codeOf(bad), 'request-invalid', JSON.stringify(bad));
    for (const absent of [
      { tif: 'fok' },
      { type: 'stop-market' },
      { reduceOnly: true },
      { postOnly: true, tif: 'ioc' },
      { positionSide: 'long' },
    ])
      assert.equal(codeOf(absent), 'unsupported', JSON.stringify(absent));
    assert.equal(changeRefusal({})?.code, 'request-invalid');
    assert.equal(changeRefusal({ limit: '1.5' }), null);
  });

  test('an id -> once, until it is released; the oldest are forgotten', () => {
    const ids = new SentIds(2);
    assert.deepEqual(
      [ids.take('a'), ids.take('a'), ids.take('b'), ids.take('c'), ids.take('a')],
      [true, false, true, true, true],
    );
    ids.release('c');
    assert.equal(ids.take('c'), true);
  });
});
