import assert from 'node:assert/strict';
import { SYMBOL } from './client-call.ts';
import { type Fields, matches, next, type ReachCall } from './reach-call.ts';
import { type ReachStage, until, whileActing } from './reach-stage.ts';
import { type ProductName, servedStream } from './served-stream.ts';
import type { Loose } from './spot-clients.ts';

const CLIENTS = { spot: '@binance/spot', usdm: '@binance/derivatives-trading-usds-futures' };
const connectionOf = (stage: ReachStage, product: ProductName): Loose =>
  product === 'spot' ? stage.officialSpotStreams : stage.officialUsdmStreams;
const symbol = 'btcusdt';
const ONE = { symbol };
const hasFive = (book: Loose): void => assert.deepEqual([book.bids.length, book.asks.length], [5, 5]);
const hasFiveOfFutures = (book: Loose): void =>
  assert.deepEqual([book.b.length, book.a.length, book.s], [5, 5, SYMBOL]);
const BARS = { symbol, interval: '1m' };

/** Opens a stream by the client's own method and waits for an event that it hands over as one of that very stream; then leaves it. */
const row =
  (product: ProductName) =>
  (stream: string, method: string, args: Fields, expected: Fields | ((event: Loose) => void)): ReachCall => ({
    product,
    client: CLIENTS[product],
    call: `websocketStreams ${method}`,
    reaches: [servedStream(product, stream), 'SUBSCRIBE', 'UNSUBSCRIBE'],
    async run(stage) {
      const handler = connectionOf(stage, product)[method]({ ...args });
      const event = await whileActing(
        stage,
        next(
          (take) => handler.on('message', take),
          () => true,
        ),
      );
      handler.unsubscribe();
      const { closed } = stage[product];
      const name = servedStream(product, stream);
      await until(stage, () => closed.has(name));
      closed.delete(name);
      return event;
    },
    check: typeof expected === 'function' ? expected : matches(expected),
  });

const spot = row('spot');
const usdm = row('usdm');

/** Every stream that the official clients know and that speaks by itself. */
export const OFFICIAL_STREAM_CALLS: readonly ReachCall[] = [
  spot('btcusdt@trade', 'trade', ONE, { e: 'trade', s: SYMBOL, q: '0.01000000' }),
  spot('btcusdt@aggTrade', 'aggTrade', ONE, { e: 'aggTrade', s: SYMBOL, q: '0.01000000' }),
  spot('btcusdt@kline_1m', 'kline', BARS, { e: 'kline', s: SYMBOL }),
  spot('btcusdt@kline_1m@+08:00', 'klineOffset', BARS, { e: 'kline', s: SYMBOL }),
  spot('btcusdt@miniTicker', 'miniTicker', ONE, { e: '24hrMiniTicker', s: SYMBOL }),
  spot('!miniTicker@arr', 'allMiniTicker', {}, { e: '24hrMiniTicker', s: SYMBOL }),
  spot('btcusdt@ticker', 'ticker', ONE, { e: '24hrTicker', s: SYMBOL }),
  spot('btcusdt@ticker_1h', 'rollingWindowTicker', { ...ONE, windowSize: '1h' }, { e: '1hTicker', s: SYMBOL }),
  spot('!ticker_1h@arr', 'allMarketRollingWindowTicker', { windowSize: '1h' }, { e: '1hTicker', s: SYMBOL }),
  spot('btcusdt@bookTicker', 'bookTicker', ONE, { s: SYMBOL }),
  spot('btcusdt@avgPrice', 'avgPrice', ONE, { e: 'avgPrice', s: SYMBOL, i: '5m' }),
  spot('btcusdt@depth5', 'partialBookDepth', { ...ONE, levels: 5 }, hasFive),
  spot('btcusdt@depth5@100ms', 'partialBookDepth', { ...ONE, levels: 5, updateSpeed: '100ms' }, hasFive),
  spot('btcusdt@depth', 'diffBookDepth', ONE, { e: 'depthUpdate', s: SYMBOL }),
  spot('btcusdt@depth@100ms', 'diffBookDepth', { ...ONE, updateSpeed: '100ms' }, { e: 'depthUpdate', s: SYMBOL }),
  spot('btcusdt@referencePrice', 'referencePrice', ONE, { e: 'referencePrice', r: '95000.00000000' }),
  usdm('btcusdt@aggTrade', 'aggregateTradeStreams', ONE, { e: 'aggTrade', s: SYMBOL, q: '0.010' }),
  usdm('btcusdt@markPrice', 'markPriceStream', ONE, { e: 'markPriceUpdate', s: SYMBOL }),
  usdm('btcusdt@markPrice@1s', 'markPriceStream', { ...ONE, updateSpeed: '1s' }, { e: 'markPriceUpdate', s: SYMBOL }),
  usdm('!markPrice@arr', 'markPriceStreamForAllMarket', {}, { e: 'markPriceUpdate' }),
  usdm('!markPrice@arr@1s', 'markPriceStreamForAllMarket', { updateSpeed: '1s' }, { e: 'markPriceUpdate' }),
  usdm('btcusdt@kline_1m', 'klineCandlestickStreams', BARS, { e: 'kline', s: SYMBOL }),
  usdm(
    'btcusdt_perpetual@continuousKline_1m',
    'continuousContractKlineCandlestickStreams',
    { pair: symbol, contractType: 'perpetual', interval: '1m' },
    { e: 'continuous_kline', ps: SYMBOL, ct: 'PERPETUAL' },
  ),
  usdm('btcusdt@miniTicker', 'individualSymbolMiniTickerStream', ONE, { e: '24hrMiniTicker', s: SYMBOL }),
  usdm('!miniTicker@arr', 'allMarketMiniTickersStream', {}, { e: '24hrMiniTicker', s: SYMBOL }),
  usdm('btcusdt@ticker', 'individualSymbolTickerStreams', ONE, { e: '24hrTicker', s: SYMBOL }),
  usdm('!ticker@arr', 'allMarketTickersStreams', {}, { e: '24hrTicker', s: SYMBOL }),
  usdm('btcusdt@bookTicker', 'individualSymbolBookTickerStreams', ONE, { e: 'bookTicker', s: SYMBOL }),
  usdm('!bookTicker', 'allBookTickersStream', {}, { e: 'bookTicker', s: SYMBOL }),
  usdm('btcusdt@depth', 'diffBookDepthStreams', ONE, { e: 'depthUpdate', s: SYMBOL }),
  usdm('btcusdt@depth@500ms', 'diffBookDepthStreams', { ...ONE, updateSpeed: '500ms' }, { e: 'depthUpdate' }),
  usdm('btcusdt@depth@100ms', 'diffBookDepthStreams', { ...ONE, updateSpeed: '100ms' }, { e: 'depthUpdate' }),
  usdm('btcusdt@depth5', 'partialBookDepthStreams', { ...ONE, levels: 5 }, hasFiveOfFutures),
  usdm(
    'btcusdt@depth5@500ms',
    'partialBookDepthStreams',
    { ...ONE, levels: 5, updateSpeed: '500ms' },
    hasFiveOfFutures,
  ),
  usdm(
    'btcusdt@depth5@100ms',
    'partialBookDepthStreams',
    { ...ONE, levels: 5, updateSpeed: '100ms' },
    hasFiveOfFutures,
  ),
];

/** Streams that may be opened and stay silent: the exchange has none of what they tell. */
const silent = (product: ProductName, stream: string, method: string, args: Fields): ReachCall => ({
  product,
  client: CLIENTS[product],
  call: `websocketStreams ${method}`,
  reaches: [servedStream(product, stream)],
  async run(stage) {
    connectionOf(stage, product)[method]({ ...args });
    const name = servedStream(product, stream);
    await until(stage, () => stage[product].opened.has(name));
    return connectionOf(stage, product).isSubscribed(stream);
  },
  check: (isSubscribed) => assert.equal(isSubscribed, true),
});
export const OFFICIAL_SILENT_CALLS: readonly ReachCall[] = [
  silent('spot', 'btcusdt@blockTrade', 'blockTrade', ONE),
  silent('usdm', '!contractInfo', 'contractInfoStream', {}),
];
