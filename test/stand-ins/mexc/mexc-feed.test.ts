import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { MexcAccess } from '../../../src/adapters/mexc/access.ts';
import { MexcBarHistory } from '../../../src/adapters/mexc/bar-history.ts';
import { MexcFeed } from '../../../src/adapters/mexc/feed/feed.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { openHttpClient } from '../../../src/adapters/system/http-client.ts';
import { openSocketDialer } from '../../../src/adapters/system/socket-dialer.ts';
import { Random } from '../../../src/core/vocabulary/random.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/vocabulary/time.ts';
import { VenueError } from '../../../src/ports/venue-error.ts';
import { pause, until } from '../loopback.ts';
import { RecordingFeed } from '../recording-feed.ts';
import { type MexcStandIn, startMexcStandIn } from './mexc-stand-in.ts';
import type { MexcVenue } from './mexc-venue.ts';

const SYMBOL = 'BTCUSDT';
let standIn: MexcStandIn;
let venue: MexcVenue;
let access: MexcAccess;
let feed: MexcFeed;
let sink: RecordingFeed;

function quote(at: number): void {
  venue.floor.quote(
    SYMBOL,
    [
      { price: String(at - 1), quantity: '1' },
      { price: String(at - 2), quantity: '2' },
    ],
    [
      { price: String(at + 1), quantity: '1' },
      { price: String(at + 2), quantity: '2' },
    ],
  );
}

const isVenuesBook = (): boolean => {
  const { bids, asks } = venue.floor.book(SYMBOL, 100);
  const rows = (levels: typeof bids): [number, number][] => levels.map((l) => [Number(l.price), Number(l.quantity)]);
  const book = sink.books.at(-1);
  return JSON.stringify([book?.bids, book?.asks]) === JSON.stringify([rows(bids), rows(asks)]);
};
const isLive = (): boolean => feed.health().subscriptions.every((s) => s.state === 'live');

/** A venue and a feed of it for each test of a suite. */
function venueForEach(): void {
  beforeEach(async () => {
    standIn = await startMexcStandIn({ beatMs: 50 });
    ({ venue } = standIn);
    quote(50_000);
    venue.floor.trade(SYMBOL, 1, '50000', '0.1');
    access = new MexcAccess({
      http: await openHttpClient(),
      dialer: await openSocketDialer(),
      clock: systemClock(),
      random: new Random(7),
      restOrigin: standIn.origin,
      streamUrl: standIn.streamUrl,
      weightPerTenSeconds: 100_000,
    });
    feed = new MexcFeed(access);
    sink = new RecordingFeed();
  });
  afterEach(async () => {
    await feed.close();
    access.close();
    await access.options.http.close();
    await standIn.close();
  });
}

describe('MEXC feed', () => {
  venueForEach();

  test('trades: pushes -> each once, ids rising, the taker told', async () => {
    feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    for (const side of [1, -1, 1] as const) venue.floor.trade(SYMBOL, side, '50000', '0.5');
    await until(() => sink.trades.length === 3, 'three trades');
    assert.deepEqual(
      sink.trades.map((t) => [t.price, t.quantity, t.side]),
      [
        [50_000, 0.5, 1],
        [50_000, 0.5, -1],
        [50_000, 0.5, 1],
      ],
    );
    assert.ok(sink.trades.every((t, i) => i === 0 || t.tradeId > sink.trades[i - 1]!.tradeId));
    assert.deepEqual([sink.gaps, sink.anomalies], [[], []]);
  });

  test('quotes: the book moves -> best bid and ask', async () => {
    feed.subscribe({ channel: 'quotes', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    quote(51_000);
    await until(() => sink.quotes.some((q) => q.bid === 50_999 && q.ask === 51_001), 'the quote');
  });

  test('depth: updates before and after the snapshot -> the venue book', async () => {
    feed.subscribe({ channel: 'depth', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    for (let k = 0; k < 20; k++) quote(50_000 + k);
    await until(isVenuesBook, 'the book');
    quote(49_000);
    await until(isVenuesBook, 'the book, followed');
    assert.deepEqual(sink.gaps, []);
  });

  test('depth: an update is lost -> told as lost, then the venue book again', async () => {
    feed.subscribe({ channel: 'depth', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    quote(50_100);
    await until(isVenuesBook, 'the book');
    venue.streams.depthToSwallow = 1;
    quote(50_200);
    quote(50_300);
    await until(() => sink.gaps.length > 0 && isVenuesBook(), 'the book after the gap');
    assert.equal(sink.gaps[0]!.outcome, 'lost');
    assert.match(sink.gaps[0]!.reason, /versions \d+ to \d+/);
  });

  test('bars: forming ones as they come, a closed one from the history once its time is over', async () => {
    feed.subscribe({ channel: 'bars', symbol: SYMBOL, timeframe: '1m' }, sink);
    await until(() => sink.bars.length > 0, 'a forming bar');
    const first = sink.bars[0]!;
    assert.equal(first.isClosed, false);
    await access.venueClock.measure();
    venue.floor.trade(SYMBOL, 1, '50000.5', '0.25');
    venue.skewMs = MINUTE_MS;
    await access.venueClock.measure();
    venue.floor.trade(SYMBOL, 1, '50010', '0.25');
    await until(
      () => sink.bars.some((b) => !b.isClosed && b.openTimeMs === first.openTimeMs + MINUTE_MS),
      'the next bar',
    );
    const closed = sink.bars.filter((b) => b.isClosed);
    assert.deepEqual(
      closed.map((b) => [b.openTimeMs, b.close]),
      [[first.openTimeMs, 50_000.5]],
    );
    const firstOfNext = sink.bars.findIndex((b) => b.openTimeMs > first.openTimeMs);
    assert.ok(sink.bars.findIndex((b) => b.isClosed) < firstOfNext, 'closed before the next one is told');
  });

  test('connection drops -> all channels carry on; trades lost, bars recovered, the book joined anew', async () => {
    feed.subscribe({ channel: 'bars', symbol: SYMBOL, timeframe: '1m' }, sink);
    feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    feed.subscribe({ channel: 'depth', symbol: SYMBOL }, sink);
    await until(() => sink.bars.length > 0 && venue.streams.connections > 0, 'live');
    quote(50_050);
    venue.floor.trade(SYMBOL, 1, '50050', '0.1');
    await until(() => isVenuesBook() && sink.trades.length > 0, 'the book');
    const openTimeMs = sink.bars.at(-1)!.openTimeMs;
    venue.streams.dropAll();
    await until(() => !isLive(), 'noticed');
    venue.skewMs = 3 * MINUTE_MS;
    await access.venueClock.measure();
    venue.floor.trade(SYMBOL, 1, '50020', '0.25');
    quote(50_020);
    await until(() => venue.streams.connections > 0 && sink.gaps.some((g) => g.outcome === 'recovered'), 'back');
    venue.floor.trade(SYMBOL, -1, '50020', '0.125');
    await until(() => isVenuesBook() && sink.trades.some((t) => t.quantity === 0.125), 'carried on');
    const closed = sink.bars.filter((b) => b.isClosed).map((b) => (b.openTimeMs - openTimeMs) / MINUTE_MS);
    assert.deepEqual(closed.slice(0, 3), [0, 1, 2], 'every missed bar once, in order');
    const trade = sink.gaps.find((g) => g.reason.includes('trades'));
    assert.ok(trade && trade.outcome === 'lost' && trade.fromMs < trade.toMs, JSON.stringify(sink.gaps));
    assert.ok(sink.gaps.some((g) => g.reason === 'the connection was lost'));
  });

  test('silence while pings are answered -> a new connection', async () => {
    feed.subscribe({ channel: 'bars', symbol: SYMBOL, timeframe: '1m', silenceLimitMs: 200 }, sink);
    await until(() => sink.bars.length > 0, 'live');
    venue.streams.isMute = true;
    await until(() => !isLive(), 'stale');
    venue.streams.isMute = false;
    const before = sink.bars.length;
    await until(() => sink.bars.length > before && isLive(), 'live again');
  });

  test('frames that make no sense -> anomalies with what was found; the feed goes on', async () => {
    const channel = `spot@public.aggre.deals.v3.api.pb@100ms@${SYMBOL}`;
    feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    venue.streams.pushBytes(channel, Buffer.from([0xff, 0xff, 0xff]));
    const deal = { price: '-1', quantity: '1', tradeType: 1, time: 1_795_200_000_000 };
    for (const odd of [{}, { price: '' }, { tradeType: 3, price: '1' }, { price: '1', time: 0 }, { price: 'NaN' }])
      venue.streams.pushBytes(
        channel,
        venue.streams.encode({ channel, symbol: SYMBOL, publicAggreDeals: { deals: [{ ...deal, ...odd }] } }),
      );
    venue.streams.pushBytes(channel, venue.streams.encode({ channel, publicMiniTicker: { price: '1' } }));
    venue.streams.pushBytes(channel, venue.streams.encode({ channel, publicAggreDeals: {} }));
    await until(() => sink.anomalies.length === 8, 'anomalies');
    assert.deepEqual(
      sink.anomalies.map(([code]) => code),
      ['malformed', ...Array<string>(5).fill('out-of-range'), 'schema-drift', 'schema-drift'],
    );
    venue.floor.trade(SYMBOL, 1, '50000', '0.5');
    await until(() => sink.trades.length === 1, 'the trade');
  });

  test('a symbol that MEXC refuses -> not live, with others unharmed', async () => {
    feed.subscribe({ channel: 'trades', symbol: 'NOSUCHCOIN' }, sink);
    feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    await pause(30);
    venue.floor.trade(SYMBOL, 1, '50000', '0.5');
    await until(() => sink.trades.length === 1, 'the trade');
    const [bad, good] = feed.health().subscriptions;
    assert.notEqual(bad!.state, 'live');
    assert.equal(good!.state, 'live');
  });

  test('two subscriptions of the same data -> one topic; the last one to go ends it', async () => {
    const first = feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    const second = feed.subscribe({ channel: 'trades', symbol: SYMBOL }, sink);
    await until(() => venue.streams.requests.length > 0, 'subscribed');
    venue.floor.trade(SYMBOL, 1, '50000', '0.5');
    await until(() => sink.trades.length === 2, 'told to both');
    feed.unsubscribe(first);
    venue.floor.trade(SYMBOL, 1, '50000', '0.25');
    await until(() => sink.trades.length === 3, 'told to one');
    assert.equal(sink.trades.at(-1)!.id, second);
    feed.unsubscribe(second);
    assert.deepEqual(feed.health().subscriptions, []);
  });

  test('what MEXC does not have -> RangeError', () => {
    assert.throws(() => feed.subscribe({ channel: 'mark', symbol: SYMBOL }, sink), /no channel mark/);
    assert.throws(() => feed.subscribe({ channel: 'bars', symbol: SYMBOL }, sink), RangeError);
    assert.throws(() => feed.subscribe({ channel: 'bars', symbol: SYMBOL, timeframe: '3m' }, sink), RangeError);
    assert.throws(() => feed.subscribe({ channel: 'trades', symbol: 'btcusdt' }, sink), RangeError);
  });

  test('instruments: some -> steps; one that is not listed -> symbol-unknown', async () => {
    const [listed] = await feed.instruments([SYMBOL]);
    assert.deepEqual(
      [listed!.id, listed!.tick, listed!.lot, listed!.minNotional],
      [`MEXC:${SYMBOL}`, '0.01', '0.000001', '1'],
    );
    await assert.rejects(
      feed.instruments(['NOSUCHCOIN']),
      (e) => e instanceof VenueError && e.code === 'symbol-unknown',
    );
  });
});

describe('MEXC bar history', () => {
  venueForEach();

  test('pages, a long stretch before the listing, the unfinished bar -> earliest finished bars first', async () => {
    const history = new MexcBarHistory(access);
    const listedMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 100 * DAY_MS;
    const bars = Array.from({ length: 1_200 }, (_, i) => ({
      openTimeMs: listedMs + i * MINUTE_MS,
      open: '1',
      high: '2',
      low: '0.5',
      close: String(1 + (i % 10) / 10),
      volume: '3',
      value: '3',
    }));
    venue.floor.seedBars('ETHUSDT', bars);
    const first = await history.bars('ETHUSDT', '1m', listedMs - 900 * DAY_MS, listedMs + DAY_MS);
    assert.deepEqual([first.openTimeMs.length, first.openTimeMs[0]], [500, listedMs]);
    assert.equal(first.openTimeMs[499], listedMs + 499 * MINUTE_MS);
    assert.ok(venue.calls.filter((call) => call.includes('klines')).length < 10, 'years before a listing are skipped');
    const last = await history.bars('ETHUSDT', '1m', Date.now() - 3 * MINUTE_MS, Number.POSITIVE_INFINITY);
    assert.ok(last.openTimeMs.at(-1)! + MINUTE_MS <= Date.now(), 'nothing unfinished');
    assert.deepEqual((await history.bars('ETHUSDT', '1d', listedMs, listedMs + DAY_MS)).openTimeMs.length, 1);
    await assert.rejects(
      history.bars('ETHUSDT', '2m', 0, 1),
      (e) => e instanceof VenueError && e.code === 'unsupported',
    );
    await assert.rejects(
      history.bars('NOPE', '1m', 0, 1),
      (e) => e instanceof VenueError && e.code === 'symbol-unknown',
    );
  });
});
