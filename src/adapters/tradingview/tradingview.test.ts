import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingMarketSink } from '../../../test/recording-market-sink.ts';
import { barAt } from '../../../test/stand-ins/tradingview/prices.ts';
import { serveTradingView } from '../../../test/stand-ins/tradingview/serve.ts';
import { isCode, world } from '../../../test/stand-ins/tradingview/world.ts';
import { Instrument } from '../../core/vocabulary/instrument.ts';
import { memoryBarStore } from '../memory/bar-store.ts';
import { systemClock } from '../system/clock.ts';
import { openSocketDialer } from '../system/socket-dialer.ts';
import { TradingViewHistory } from './bar-history.ts';
import { TradingViewFeed } from './feed.ts';

const BTC = 'BINANCE:BTCUSDT';
const MINUTE_MS = 60_000;

/** End in seconds and number of bars of every request for past bars. */
function asked(venue: ReturnType<typeof world>['venue']) {
  const calls = venue.heard.filter((each) => each.method === 'create_series');
  return calls.map((each) => each.parameters[5] as readonly [string, number, number]);
}

describe('TradingView', () => {
  test('not switched on -> unsupported, with how to switch it on; nothing is called', () => {
    const { options, dialer } = world({ acceptsTerms: false });
    for (const open of [() => new TradingViewFeed(options), () => new TradingViewHistory(options)]) {
      assert.throws(
        open,
        (error: unknown) => isCode('unsupported')(error) && /TRADEWRIGHT_TRADINGVIEW/.test(String(error)),
      );
    }
    assert.equal(dialer.attemptsMs.length, 0);
  });

  test('history: a period -> its finished bars, none before it, none unfinished', async () => {
    const { options, clock, settle } = world();
    const history = new TradingViewHistory(options);
    const toMs = clock.nowMs() + 5 * MINUTE_MS;
    const openMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    const fromMs = openMs - 10 * MINUTE_MS;
    const bars = await settle(history.bars(BTC, '1m', fromMs, toMs));
    assert.equal(bars.openTimeMs.length, 10);
    for (let i = 0; i < 10; i++) {
      const truth = barAt(BTC, fromMs + i * MINUTE_MS, MINUTE_MS, Number.POSITIVE_INFINITY);
      assert.deepEqual(
        [bars.openTimeMs[i], bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]],
        [truth.openMs, truth.open, truth.high, truth.low, truth.close, truth.volume],
      );
    }
    const none = await settle(history.bars(BTC, '1h', fromMs, fromMs));
    assert.equal(none.openTimeMs.length, 0);
    await settle(history.close());
  });

  test('history: years before the listing, or before what a visitor sees -> found in few requests, none missing', async () => {
    for (const minutes of [3, 5_000, 12_345]) {
      const { options, clock, venue, settle } = world();
      const openMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
      venue.listedMs = openMs - minutes * MINUTE_MS;
      const history = new TradingViewHistory(options);
      assert.equal(history.isPartial, true);
      const bars = await settle(history.bars(BTC, '1m', 0, openMs));
      assert.equal(bars.openTimeMs[0], venue.listedMs);
      assert.equal(bars.openTimeMs.length, Math.min(5_000, minutes));
      const windows = openMs / (5_000 * MINUTE_MS);
      assert.ok(asked(venue).length <= 5 + Math.log2(windows), String(asked(venue).length));
      const before = asked(venue).length;
      const none = await settle(history.bars(BTC, '1m', 0, venue.listedMs));
      assert.deepEqual([none.openTimeMs.length, asked(venue).length - before], [0, 2]);
      await settle(history.close());
    }
  });

  test('history: ten years of months -> as many bars are asked for', async () => {
    const { options, venue, settle } = world();
    const history = new TradingViewHistory(options);
    const years = [Date.UTC(2010, 0), Date.UTC(2020, 0)] as const;
    // The stand-in has no months.
    await assert.rejects(settle(history.bars(BTC, '1mo', ...years)), isCode('unsupported'));
    const [, , count] = asked(venue)[0]!;
    assert.ok(count >= 120 && count < 150, String(count));
    await settle(history.close());
  });

  test('history: ten periods at once -> four requests at most under way, all of them answered', async () => {
    const { options, clock, venue, settle } = world();
    const history = new TradingViewHistory(options);
    const endMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    const asked = Array.from({ length: 10 }, (_, k) =>
      history.bars(BTC, '1m', endMs - (k + 1) * 100 * MINUTE_MS, endMs - k * 100 * MINUTE_MS),
    );
    const found = await settle(Promise.all(asked));
    assert.ok(found.every((bars) => bars.openTimeMs.length === 100));
    assert.equal(venue.mostAtOnce, 4);
    assert.equal(venue.clients.size, 1, 'one socket');
    await settle(history.close());
  });

  test('history: a connection lost before the answer -> asked again by itself', async () => {
    const { options, clock, dialer, venue, settle } = world();
    venue.answerMs = 1_000;
    const history = new TradingViewHistory(options);
    const bars = history.bars(BTC, '5m', clock.nowMs() - 3_600_000, clock.nowMs());
    await clock.advance(500);
    for (const link of dialer.openLinks) link.reset();
    assert.equal((await settle(bars)).openTimeMs.length, 12);
    assert.ok(dialer.attemptsMs.length > 1);
    await settle(history.close());
  });

  test('history: no such symbol, no such interval, a server that is mute -> typed errors', async () => {
    const { options, clock, venue, settle } = world();
    const history = new TradingViewHistory(options);
    const ask = (symbol: string, timeframe: '1m' | '7m') =>
      settle(history.bars(symbol, timeframe, clock.nowMs() - 600_000, clock.nowMs()));
    await assert.rejects(ask('BINANCE:NOSUCH', '1m'), isCode('symbol-unknown'));
    await assert.rejects(ask(BTC, '7m'), isCode('unsupported'));
    await assert.rejects(ask('BTC"}', '1m'), isCode('symbol-unknown'));
    venue.fate = () => [];
    await assert.rejects(ask(BTC, '1m'), isCode('timeout'));
    const waiting = history.bars(BTC, '1m', clock.nowMs() - 600_000, clock.nowMs());
    await Promise.all([assert.rejects(waiting, isCode('not-sent')), settle(history.close())]);
  });

  test('instruments: one, none such, all -> its rules, symbol-unknown, unsupported', async () => {
    const { options, settle } = world();
    const feed = new TradingViewFeed(options);
    const [btc, apple] = await settle(feed.instruments([BTC, 'NASDAQ:AAPL']));
    assert.deepEqual([btc!.id, btc!.base, btc!.quote, btc!.tick], [`TRADINGVIEW:${BTC}`, 'BTC', 'USDT', '0.01']);
    assert.deepEqual([apple!.kind, apple!.lot], ['equity', '1']);
    assert.equal(new Instrument(btc!).symbol, BTC);
    await assert.rejects(settle(feed.instruments(['BINANCE:NOSUCH'])), isCode('symbol-unknown'));
    await assert.rejects(feed.instruments(), isCode('unsupported'));
    await settle(feed.close());
  });

  test('two subscriptions to one thing, one of them ended -> the other goes on; none left -> the session ends', async () => {
    const { options, clock, venue, settle } = world();
    const feed = new TradingViewFeed(options);
    const [first, second] = [new RecordingMarketSink(), new RecordingMarketSink()];
    const ids = [first, second].map((sink) => feed.subscribe({ channel: 'quotes', symbol: BTC }, sink));
    await clock.advance(10_000);
    assert.ok(first.quotes.length > 20);
    assert.deepEqual(first.quotes, second.quotes);
    assert.equal(venue.heard.filter((each) => each.method === 'quote_add_symbols').length, 1);
    feed.unsubscribe(ids[0]!);
    const { calls } = first;
    const before = second.calls;
    await clock.advance(5_000);
    assert.equal(first.calls, calls);
    assert.ok(second.calls > before);
    feed.subscribe({ channel: 'bars', symbol: BTC, timeframe: '1m' }, new RecordingMarketSink());
    feed.unsubscribe(ids[1]!);
    await clock.advance(5_000);
    assert.equal(venue.heard.filter((each) => each.method === 'quote_delete_session').length, 1);
    assert.equal(feed.health().subscriptions.length, 1);
    await settle(feed.close());
  });

  test('delayed data -> refused unless allowed', async () => {
    for (const allowsDelayed of [false, true]) {
      const { options, clock, settle } = world({ allowsDelayed });
      const feed = new TradingViewFeed(options);
      const sink = new RecordingMarketSink();
      feed.subscribe({ channel: 'quotes', symbol: 'DELAYED:IBM' }, sink);
      feed.subscribe({ channel: 'bars', symbol: 'DELAYED:IBM', timeframe: '1m' }, sink);
      await clock.advance(10_000);
      assert.deepEqual([sink.quotes.length > 0, sink.formingBars > 0], [allowsDelayed, allowsDelayed]);
      assert.equal(feed.health().subscriptions[0]!.state === 'live', allowsDelayed);
      await settle(feed.close());
    }
  });

  test('reconnects -> 1 s doubling to 60 s at most, subscribed again when the server is back', async () => {
    const { options, clock, server, dialer, settle } = world();
    const feed = new TradingViewFeed(options);
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'quotes', symbol: BTC }, sink);
    await clock.advance(5_000);
    Object.assign(server, { dialed: () => 'refused' });
    for (const link of dialer.openLinks) link.reset();
    await clock.advance(600_000);
    const pauses = dialer.attemptsMs.slice(1).map((ms, k) => ms - dialer.attemptsMs[k]!);
    assert.ok(Math.max(...pauses.slice(1)) <= 61_000, String(pauses));
    assert.ok(dialer.attemptsMs.length > 10 && dialer.attemptsMs.length < 60, String(dialer.attemptsMs.length));
    Object.assign(server, { dialed: () => 'accept' });
    const before = sink.quotes.length;
    await clock.advance(70_000);
    assert.ok(sink.quotes.length > before);
    await settle(feed.close());
  });

  test('heartbeats -> echoed, so that the server keeps the connection', async () => {
    const { options, clock, dialer, settle } = world();
    const feed = new TradingViewFeed(options);
    feed.subscribe({ channel: 'quotes', symbol: BTC }, new RecordingMarketSink());
    await clock.advance(300_000);
    assert.equal(dialer.attemptsMs.length, 1);
    await settle(feed.close());
  });

  test('5,000 bars over a real socket -> fetched and stored', async (t) => {
    const served = await serveTradingView();

    const { options } = world();
    const clock = systemClock();
    const history = new TradingViewHistory({
      ...{ ...options, clock, dialer: await openSocketDialer(), streamOrigin: `ws://127.0.0.1:${served.port}` },
    });
    try {
      const store = memoryBarStore();
      const toMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
      const began = performance.now();
      const bars = await history.bars(BTC, '1m', toMs - 5_000 * MINUTE_MS, toMs);
      const fetchedMs = performance.now() - began;
      const result = await store.upsert(`TRADINGVIEW:${BTC}`, '1m', bars);
      t.diagnostic(
        `5,000 bars: fetched in ${fetchedMs.toFixed(0)} ms, with storing ${(performance.now() - began).toFixed(0)} ms`,
      );
      assert.equal(result.inserted, 5_000);
    } finally {
      await history.close();
      await served.close();
    }
  });
});
