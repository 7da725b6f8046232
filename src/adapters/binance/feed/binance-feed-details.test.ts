import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingMarketSink } from '../../../../test/recording-market-sink.ts';
import { BinanceMarket } from '../../../../test/simulated-world/binance-market.ts';
import { SimulatedClock } from '../../../../test/simulated-world/clock.ts';
import { SimulatedDialer, type SimulatedLink } from '../../../../test/simulated-world/dialer.ts';
import { SimulatedHttp } from '../../../../test/simulated-world/http.ts';
import { Random } from '../../../core/vocabulary/random.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/vocabulary/time.ts';
import type { FeedRequest } from '../../../ports/market-feed.ts';
import { FrameDecoder } from '../frames/frame-decoder.ts';
import { SPOT_MARKET, streamOf, USDM_MARKET } from '../market-product.ts';
import { BinanceFeed } from './binance-feed.ts';
import { MarketStreamProtocol } from './market-stream-protocol.ts';
import { StreamNames } from './stream-names.ts';

function open(product: 'spot' | 'usdm') {
  const clock = new SimulatedClock();
  const market = new BinanceMarket(clock, product, 3);
  const dialer = new SimulatedDialer(market, { clock });
  const http = new SimulatedHttp((request) => market.answer(request), { clock });
  const feed = new BinanceFeed({ product, http, dialer, clock, random: new Random(3) });
  const close = async (): Promise<void> => {
    const closing = feed.close();
    await clock.advance(10_000);
    await closing;
  };
  return { clock, market, dialer, http, feed, close };
}

describe('feed of Binance', () => {
  test('streams: each request -> the venue’s name of it', () => {
    const spot = (request: Omit<FeedRequest, 'symbol'>) => streamOf(SPOT_MARKET, { ...request, symbol: 'BTCUSDT' });
    assert.equal(spot({ channel: 'trades' }), 'btcusdt@trade');
    assert.equal(spot({ channel: 'quotes' }), 'btcusdt@bookTicker');
    assert.equal(spot({ channel: 'depth' }), 'btcusdt@depth@100ms');
    assert.equal(spot({ channel: 'bars', timeframe: '1mo' }), 'btcusdt@kline_1M');
    assert.equal(spot({ channel: 'bars', timeframe: '1m' }), 'btcusdt@kline_1m');
    assert.equal(streamOf(USDM_MARKET, { channel: 'trades', symbol: 'ETHUSDT' }), 'ethusdt@aggTrade');
    assert.equal(streamOf(USDM_MARKET, { channel: 'mark', symbol: 'ETHUSDT' }), 'ethusdt@markPrice@1s');
    assert.throws(() => spot({ channel: 'bars' }), /no bars of no timeframe/);
    assert.throws(() => spot({ channel: 'mark' }), /has no channel mark; it has trades, quotes, bars, depth/);
    for (const symbol of ['', 'BTC USDT', 'BTC/USDT', 'A@B', 'X"Y', 'btcusdt'])
      assert.throws(() => streamOf(SPOT_MARKET, { channel: 'trades', symbol }), RangeError, symbol);
  });

  test('USD-M: streams of two groups -> two connections by their paths; spot -> one', async () => {
    for (const [product, paths] of [
      ['usdm', ['/market/stream', '/public/stream']],
      ['spot', ['/stream']],
    ] as const) {
      const { feed, clock, dialer, close } = open(product);
      for (const channel of ['trades', 'depth', 'quotes'] as const)
        feed.subscribe({ channel, symbol: 'BTCUSDT' }, new RecordingMarketSink());
      await clock.advance(5_000);
      const found = dialer.openLinks.map((link) => new URL(link.url).pathname).sort((a, b) => a.localeCompare(b));
      assert.deepEqual(found, paths);
      await close();
    }
  });

  test('limits of the venue -> kept: age of a connection, messages a second, streams a connection', () => {
    for (const [market, streams, messages] of [
      [SPOT_MARKET, 1024, 5],
      [USDM_MARKET, 200, 10],
    ] as const) {
      const protocol = new MarketStreamProtocol(market, 'wss://x', new FrameDecoder());
      assert.ok(protocol.rotateAfterMs < 24 * HOUR_MS && protocol.rotateAfterMs >= 20 * HOUR_MS);
      assert.equal(protocol.largestTopicsPerConnection, streams);
      assert.equal(protocol.messagesPerSecond, messages);
    }
  });

  test('mark prices -> one a second, with the funding to come', async () => {
    const { feed, clock, market, close } = open('usdm');
    market.isQuiet = true;
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'mark', symbol: 'BTCUSDT' }, sink);
    await clock.advance(MINUTE_MS);
    const { marks } = sink;
    assert.ok(marks.length > 57, `${marks.length} mark prices`);
    assert.ok(marks.every((each, i) => i === 0 || Math.abs(each.timeMs - marks[i - 1]!.timeMs - SECOND_MS) <= 1));
    assert.ok(marks.every((each) => each.fundingRate === -0.0001 && each.mark > 50_000));
    await close();
  });

  test('clock skew -> in the health, from the venue’s time', async () => {
    const { feed, clock, market, close } = open('spot');
    market.aheadMs = 1_500;
    assert.equal(feed.health().clockSkewMs, null);
    feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, new RecordingMarketSink());
    await clock.advance(10_000);
    const { clockSkewMs } = feed.health();
    assert.ok(clockSkewMs !== null && Math.abs(clockSkewMs - 1_500) < 50, `${clockSkewMs}`);
    await close();
  });

  test('the venue’s time cannot be had -> no skew, the feed works, and it is asked again', async () => {
    const { feed, clock, market, close } = open('spot');
    market.isRestDown = true;
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, sink);
    await clock.advance(40_000);
    assert.equal(feed.health().clockSkewMs, null);
    assert.ok(sink.trades.length > 50);
    market.isRestDown = false;
    await clock.advance(200_000);
    assert.ok(feed.health().clockSkewMs !== null);
    await close();
  });

  test('a subscription that the venue refuses -> not live, asked for again', async () => {
    const { feed, clock, market, dialer, close } = open('spot');
    let refusals = 0;
    const takes = market.received.bind(market);
    market.received = (link: SimulatedLink, data: string | Uint8Array): void => {
      const { id } = JSON.parse(String(data)) as { id: number };
      if (refusals++ < 2) link.send(JSON.stringify({ error: { code: 2, msg: 'Invalid request' }, id }));
      else takes(link, data);
    };
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, sink);
    await clock.advance(3_00);
    assert.notEqual(feed.health().subscriptions[0]!.state, 'live');
    await clock.advance(120_000);
    assert.ok(refusals > 2 && sink.trades.length > 0 && dialer.openLinks.length > 0);
    await close();
  });

  test('raw frames, which name no stream -> to the stream of their symbol, event and interval', async () => {
    const { feed, clock, market, close } = open('usdm');
    const sink = new RecordingMarketSink();
    const bars = new RecordingMarketSink();
    market.isQuiet = true;
    feed.subscribe({ channel: 'mark', symbol: 'ETHUSDT' }, sink);
    feed.subscribe({ channel: 'bars', symbol: 'ETHUSDT', timeframe: '1m' }, bars);
    feed.subscribe({ channel: 'bars', symbol: 'ETHUSDT', timeframe: '5m' }, new RecordingMarketSink());
    await clock.advance(3_000);
    market.shout('{"e":"markPriceUpdate","E":5,"s":"ETHUSDT","p":"3000.5","i":"3000","P":"1","r":"0.0001","T":9}');
    const k = '"t":60000,"T":119999,"s":"ETHUSDT","i":"1m","o":"1","c":"2","h":"3","l":"1","v":"4","x":true';
    market.shout(`{"e":"kline","E":5,"s":"ETHUSDT","k":{${k}}}`);
    await clock.advance(1_000);
    assert.deepEqual(sink.marks, [{ timeMs: 5, mark: 3000.5, fundingRate: 0.0001 }]);
    assert.deepEqual(
      bars.closedBars.map((bar) => [bar.openMs, bar.close]),
      [[60_000, 2]],
    );
    await close();
  });

  test('a stream that carries another event -> told, nothing delivered', async () => {
    const { feed, clock, market, close } = open('spot');
    market.isQuiet = true;
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'quotes', symbol: 'BTCUSDT' }, sink);
    await clock.advance(2_000);
    market.shout('{"stream":"btcusdt@bookTicker","data":{"lastUpdateId":1,"bids":[],"asks":[]}}');
    market.shout('{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"2","B":"1","a":"1","A":"1"}}');
    await clock.advance(1_000);
    assert.deepEqual(sink.anomalies, [
      ['malformed', 'btcusdt@bookTicker carries partialDepth'],
      ['crossed-book', 'bookTicker 1: bid 2, ask 1'],
    ]);
    assert.equal(sink.quotes.length, 0);
    await close();
  });

  test('trades of the insurance fund -> counted as ids, not delivered', async () => {
    const { feed, clock, market, close } = open('spot');
    market.isQuiet = true;
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'trades', symbol: 'BTCUSDT' }, sink);
    await clock.advance(2_000);
    const trade = (t: number, x: string, p: string): void =>
      market.shout(
        `{"stream":"btcusdt@trade","data":{"e":"trade","E":9,"T":9,"s":"BTCUSDT","t":${t},"p":"${p}","q":"${p}","X":"${x}","m":false}}`,
      );
    trade(1, 'MARKET', '5');
    trade(2, 'NA', '0');
    trade(3, 'INSURANCE_FUND', '4');
    trade(4, 'MARKET', '6');
    await clock.advance(3_000);
    assert.deepEqual(
      sink.trades.map(({ id }) => id),
      [1, 4],
    );
    assert.deepEqual(sink.gaps, []);
    await close();
  });

  test('names by bytes: many, some removed -> each found by its own bytes only', () => {
    const names = new StreamNames();
    const all = Array.from({ length: 1500 }, (_, i) => `sym${i}usdt@kline_${i % 7}m`);
    all.forEach((name, i) => {
      names.set(name, i);
    });
    for (let i = 0; i < 1500; i += 3) names.delete(i);
    const frame = (name: string): Uint8Array => Buffer.from(`{"stream":"${name}"`);
    all.forEach((name, i) => {
      const bytes = frame(name);
      assert.equal(names.find(bytes, 11, bytes.length - 1), i % 3 === 0 ? -1 : i, name);
    });
    assert.equal(names.find(frame('nosuch@trade'), 11, 23), -1);
  });
});
