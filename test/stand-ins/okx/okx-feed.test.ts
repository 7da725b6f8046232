import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openCcxtFeed } from '../../../src/adapters/ccxt/feed.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/vocabulary/time.ts';
import type { BarHistory, MarketFeed } from '../../../src/ports/market-feed.ts';
import { VenueError } from '../../../src/ports/venue-error.ts';
import { CCXT_ABSENT } from '../ccxt-present.ts';
import { pause, until } from '../loopback.ts';
import { RecordingFeed } from '../recording-feed.ts';
import { type OkxStandIn, startOkxStandIn } from './okx-stand-in.ts';

const SYMBOL = 'BTC-USDT';
let venue: OkxStandIn;
let feed: MarketFeed;
let history: BarHistory;
let sink: RecordingFeed;

function quote(at: number): void {
  venue.floor.quote(SYMBOL, [{ price: String(at - 1), quantity: '1' }], [{ price: String(at + 1), quantity: '1' }]);
}

const subscribed =
  (channel: string): (() => boolean) =>
  () =>
    venue.streams.requests.some((r) => r.includes(`"${channel}"`));
const state = (): string | undefined => feed.health().subscriptions[0]?.state;

/** A venue and a feed of it for each test of a suite. */
function venueForEach(): void {
  beforeEach(async () => {
    venue = await startOkxStandIn();
    quote(50_000);
    venue.floor.trade(SYMBOL, 1, '50000', '0.1');
    ({ feed, history } = await openCcxtFeed({
      exchange: 'okx',
      clock: systemClock(),
      random: new Random(5),
      urls: { rest: venue.origin, ws: venue.streamUrl },
      exchangeOptions: { fetchMarkets: { types: ['spot'] } },
      requestIntervalMs: 1,
    }));
    sink = new RecordingFeed();
  });
  afterEach(async () => {
    await feed.close();
    await venue.close();
  });
}

describe('OKX feed through ccxt', { skip: CCXT_ABSENT }, () => {
  venueForEach();

  test('trades: pushes -> each once under the venue number; the connection drops -> missed ones fetched first', async () => {
    feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    await until(subscribed('trades'), 'subscribed');
    await pause(20);
    venue.floor.trade(SYMBOL, -1, '50000', '0.5');
    await until(() => sink.trades.length === 1, 'a trade');
    assert.deepEqual([sink.trades[0]!.tradeId, sink.trades[0]!.side, sink.trades[0]!.quantity], [2, -1, 0.5]);
    venue.streams.requests.length = 0;
    venue.streams.dropAll();
    for (const quantity of ['0.1', '0.2']) venue.floor.trade(SYMBOL, 1, '50000', quantity);
    await until(subscribed('trades'), 'subscribed again');
    await pause(20);
    venue.floor.trade(SYMBOL, 1, '50000', '0.3');
    await until(() => sink.trades.length === 4, 'all trades');
    assert.deepEqual(
      sink.trades.map((t) => t.tradeId),
      [2, 3, 4, 5],
    );
    assert.deepEqual(
      sink.gaps.map((g) => g.outcome),
      ['recovered'],
    );
    assert.equal(feed.health().connections[0]!.reconnects, 1);
  });

  test('quotes and depth -> the market as it is', async () => {
    feed.subscribe({ channel: 'quotes', symbol: SYMBOL }, sink);
    feed.subscribe({ channel: 'depth', symbol: SYMBOL }, sink);
    await until(() => subscribed('bbo-tbt')() && subscribed('books')(), 'subscribed');
    await pause(20);
    quote(50_100);
    await until(() => sink.quotes.at(-1)?.bid === 50_099 && sink.books.at(-1)?.bids[0]?.[0] === 50_099, 'both');
    assert.deepEqual(sink.books.at(-1)!.asks, [[50_101, 1]]);
    assert.equal(sink.quotes.at(-1)!.ask, 50_101);
  });

  test('depth: an update is lost -> joined anew and told', async () => {
    feed.subscribe({ channel: 'depth', symbol: SYMBOL }, sink);
    await until(() => sink.books.length > 0, 'a book');
    venue.streams.depthToSwallow = 1;
    quote(50_200);
    quote(50_300);
    await until(() => sink.gaps.length > 0 && sink.books.at(-1)?.bids[0]?.[0] === 50_299, 'the book again');
    assert.equal(sink.gaps[0]!.outcome, 'lost');
  });

  test('bars: forming as they come, closed from the history', async () => {
    feed.subscribe({ channel: 'bars', symbol: SYMBOL, timeframe: '1m' }, sink);
    await until(() => sink.bars.length > 0, 'a forming bar');
    const { openTimeMs } = sink.bars[0]!;
    venue.floor.trade(SYMBOL, 1, '50000.5', '0.25');
    venue.skewMs = MINUTE_MS;
    await until(() => {
      venue.floor.trade(SYMBOL, 1, '50000.7', '0.01');
      return sink.bars.some((b) => !b.isClosed && b.openTimeMs > openTimeMs);
    }, 'the next bar');
    const closed = sink.bars.filter((b) => b.isClosed);
    assert.deepEqual(
      closed.map((b) => [b.openTimeMs, b.close]),
      [[openTimeMs, 50_000.5]],
    );
  });

  test('silence while pings are answered -> stale, then a new connection', async () => {
    feed.subscribe({ channel: 'trades', symbol: SYMBOL, silenceLimitMs: 150 }, sink);
    await until(subscribed('trades'), 'subscribed');
    await until(() => state() === 'stale', 'stale');
    venue.streams.requests.length = 0;
    await until(subscribed('trades'), 'subscribed again');
    await pause(20);
    venue.floor.trade(SYMBOL, 1, '50000', '0.5');
    await until(() => sink.trades.length === 1 && state() === 'live', 'live');
  });

  test('figures that are none -> anomalies; what ccxt itself cannot read -> a new connection', async () => {
    feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    await until(subscribed('trades'), 'subscribed');
    await pause(20);
    const trade = { instId: SYMBOL, tradeId: '900', px: '1', sz: '1', side: 'buy', ts: '1795200000000' };
    const send = (odd: object): void =>
      venue.streams.sendText(
        '/public',
        JSON.stringify({ arg: { channel: 'trades', instId: SYMBOL }, data: [{ ...trade, ...odd }] }),
      );
    for (const [k, odd] of [{ sz: '-1' }, { side: 'both' }, { ts: '' }].entries()) {
      send({ ...odd, tradeId: String(900 + k) });
      await until(() => sink.anomalies.length === k + 1, 'an anomaly');
    }
    venue.streams.sendText('/public', 'nonsense');
    venue.streams.requests.length = 0;
    send({ px: 'x' });
    await until(() => sink.anomalies.length === 4 && subscribed('trades')(), 'subscribed again');
    assert.deepEqual(
      sink.anomalies.map(([code]) => code),
      ['out-of-range', 'out-of-range', 'out-of-range', 'malformed'],
    );
    await pause(20);
    venue.floor.trade(SYMBOL, 1, '50000', '0.5');
    await until(() => sink.trades.length === 1, 'the trade');
  });

  test('what is not offered -> RangeError; unknown symbols -> told by health and by instruments', async () => {
    assert.throws(() => feed.subscribe({ channel: 'mark', symbol: SYMBOL }, sink), RangeError);
    assert.throws(() => feed.subscribe({ channel: 'bars', symbol: SYMBOL }, sink), RangeError);
    assert.throws(() => feed.subscribe({ channel: 'bars', symbol: SYMBOL, timeframe: '1d' }, sink), /another calendar/);
    await assert.rejects(feed.instruments(['NOPE']), (e) => e instanceof VenueError && e.code === 'symbol-unknown');
    const [listed] = await feed.instruments([SYMBOL]);
    assert.deepEqual(
      [listed!.id, listed!.tick, listed!.lot, listed!.base],
      ['OKX:BTC-USDT', '0.1', '0.00000001', 'BTC'],
    );
    feed.subscribe({ channel: 'trades', symbol: 'NOPE' }, sink);
    await until(() => feed.health().connections[0]!.lastFault !== null, 'a fault');
    assert.match(feed.health().connections[0]!.lastFault!, /does not list NOPE/);
  });
});

describe('OKX bar history through ccxt', { skip: CCXT_ABSENT }, () => {
  venueForEach();

  test('pages, a stretch before the listing -> the earliest finished bars', async () => {
    const listedMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 100 * DAY_MS;
    const bars = Array.from({ length: 700 }, (_, i) => ({
      openTimeMs: listedMs + i * MINUTE_MS,
      open: '1',
      high: '2',
      low: '0.5',
      close: '1.5',
      volume: '3',
      value: '3',
    }));
    venue.floor.seedBars('ETH-USDT', bars);
    const first = await history.bars('ETH-USDT', '1m', listedMs - 200 * DAY_MS, listedMs + DAY_MS);
    assert.deepEqual([first.openTimeMs.length, first.openTimeMs[0], history.largestPage], [300, listedMs, 300]);
    assert.equal((await history.bars('ETH-USDT', '1d', listedMs, listedMs + DAY_MS)).openTimeMs.length, 1);
    const last = await history.bars('ETH-USDT', '1m', Date.now() - 5 * MINUTE_MS, Number.POSITIVE_INFINITY);
    assert.ok(
      last.openTimeMs.at(-1)! + MINUTE_MS <= Date.now() && last.openTimeMs.length >= 3,
      String(last.openTimeMs),
    );
    await assert.rejects(
      history.bars('ETH-USDT', '7m', 0, 1),
      (e) => e instanceof VenueError && e.code === 'unsupported',
    );
  });
});
