import { SYMBOL } from './client-call.ts';
import { type Fields, matches, next, type ReachCall } from './reach-call.ts';
import { whileActing } from './reach-stage.ts';
import { type ProductName, servedStream } from './served-stream.ts';
import type { Loose } from './spot-clients.ts';

/** Opens a stream by a method of `WebsocketClient` and waits for a message that it says is of that very stream. */
const row =
  (product: ProductName) =>
  (stream: string, method: string, args: readonly unknown[], expected: Fields): ReachCall => ({
    product,
    client: 'binance',
    call: `WebsocketClient ${method}`,
    reaches: [servedStream(product, stream), 'SUBSCRIBE', 'UNSUBSCRIBE'],
    async run({ streams, ...stage }) {
      const first = (message: Loose): Loose => (Array.isArray(message) ? message[0] : message);
      let listener: (message: Loose) => void = () => {};
      const heard = next(
        (take) => {
          listener = take;
          streams.on('message', take);
        },
        (message) => first(message).streamName === stream && first(message).wsMarket === product,
      );
      await streams[method](...args);
      const event = await whileActing({ streams, ...stage }, heard);
      streams.removeListener('message', listener);
      await streams.unsubscribe([stream], first(event).wsKey ?? args.at(-1));
      return event;
    },
    check: matches(expected),
  });
const spot = row('spot');
const usdm = row('usdm');

export const BINANCE_STREAM_CALLS: readonly ReachCall[] = [
  spot('btcusdt@trade', 'subscribeSpotTrades', [SYMBOL, 'main'], { e: 'trade', s: SYMBOL }),
  spot('btcusdt@aggTrade', 'subscribeSpotAggregateTrades', [SYMBOL, 'main'], { e: 'aggTrade', s: SYMBOL }),
  spot('btcusdt@kline_1m', 'subscribeSpotKline', [SYMBOL, '1m', 'main'], { e: 'kline', s: SYMBOL }),
  spot('btcusdt@miniTicker', 'subscribeSpotSymbolMini24hrTicker', [SYMBOL, 'main'], { e: '24hrMiniTicker' }),
  spot('!miniTicker@arr', 'subscribeSpotAllMini24hrTickers', ['main'], { e: '24hrMiniTicker', s: SYMBOL }),
  spot('btcusdt@ticker', 'subscribeSpotSymbol24hrTicker', [SYMBOL, 'main'], { e: '24hrTicker', s: SYMBOL }),
  spot('!ticker_1h@arr', 'subscribeAllRollingWindowTickers', ['spot', '1h', 'main'], { e: '1hTicker', s: SYMBOL }),
  spot('btcusdt@bookTicker', 'subscribeSpotSymbolBookTicker', [SYMBOL, 'main'], { s: SYMBOL }),
  spot('btcusdt@depth5@100ms', 'subscribeSpotPartialBookDepth', [SYMBOL, 5, 100, 'main'], { wsMarket: 'spot' }),
  spot('btcusdt@depth@100ms', 'subscribeSpotDiffBookDepth', [SYMBOL, 100, 'main'], { e: 'depthUpdate', s: SYMBOL }),
  usdm('btcusdt@trade', 'subscribeTrades', [SYMBOL, 'usdm', 'usdmPublic'], { e: 'trade', s: SYMBOL, X: 'MARKET' }),
  usdm('btcusdt@aggTrade', 'subscribeAggregateTrades', [SYMBOL, 'usdm', 'usdmMarket'], { e: 'aggTrade', s: SYMBOL }),
  usdm('btcusdt@markPrice', 'subscribeMarkPrice', [SYMBOL, 'usdm', 3000, 'usdmMarket'], { e: 'markPriceUpdate' }),
  usdm('btcusdt@markPrice@1s', 'subscribeMarkPrice', [SYMBOL, 'usdm', 1000, 'usdmMarket'], { e: 'markPriceUpdate' }),
  usdm('!markPrice@arr', 'subscribeAllMarketMarkPrice', ['usdm', 3000, 'usdmMarket'], { e: 'markPriceUpdate' }),
  usdm('!markPrice@arr@1s', 'subscribeAllMarketMarkPrice', ['usdm', 1000, 'usdmMarket'], { e: 'markPriceUpdate' }),
  usdm('btcusdt@kline_1m', 'subscribeKlines', [SYMBOL, '1m', 'usdm', 'usdmMarket'], { e: 'kline', s: SYMBOL }),
  usdm(
    'btcusdt_perpetual@continuousKline_1m',
    'subscribeContinuousContractKlines',
    [SYMBOL, 'perpetual', '1m', 'usdm', 'usdmMarket'],
    { e: 'continuous_kline', ps: SYMBOL },
  ),
  usdm('btcusdt@miniTicker', 'subscribeSymbolMini24hrTicker', [SYMBOL, 'usdm', 'usdmMarket'], { e: '24hrMiniTicker' }),
  usdm('!miniTicker@arr', 'subscribeAllMini24hrTickers', ['usdm', 'usdmMarket'], { e: '24hrMiniTicker' }),
  usdm('btcusdt@ticker', 'subscribeSymbol24hrTicker', [SYMBOL, 'usdm', 'usdmMarket'], { e: '24hrTicker' }),
  usdm('!ticker@arr', 'subscribeAll24hrTickers', ['usdm', 'usdmMarket'], { e: '24hrTicker' }),
  usdm('btcusdt@bookTicker', 'subscribeSymbolBookTicker', [SYMBOL, 'usdm', 'usdmPublic'], { e: 'bookTicker' }),
  usdm('!bookTicker', 'subscribeAllBookTickers', ['usdm', 'usdmPublic'], { e: 'bookTicker', s: SYMBOL }),
  usdm('btcusdt@depth5', 'subscribePartialBookDepths', [SYMBOL, 5, undefined, 'usdm', 'usdmPublic'], { s: SYMBOL }),
  usdm('btcusdt@depth@100ms', 'subscribeDiffBookDepth', [SYMBOL, 100, 'usdm', 'usdmPublic'], { s: SYMBOL }),
];
