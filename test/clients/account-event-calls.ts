import assert from 'node:assert/strict';
import { limitBuy, oco, SYMBOL } from './client-call.ts';
import { type Fields, matches, next, type ReachCall } from './reach-call.ts';
import { type ReachStage, whileActing } from './reach-stage.ts';
import type { Loose } from './spot-clients.ts';

type Act = (stage: ReachStage, turn: number) => void;

const once =
  (act: (stage: ReachStage) => unknown): Act =>
  (stage, turn) => {
    if (turn === 0) act(stage);
  };
/** Until the client's subscription stands, which no client tells. */
const often =
  (act: (stage: ReachStage) => unknown): Act =>
  (stage, turn) => {
    if (turn % 10 === 0) act(stage);
  };

/** Waits until a listener of a client has been told an event of an account. */
const row = (
  product: 'spot' | 'usdm',
  client: string,
  call: string,
  type: string,
  listen: (stage: ReachStage) => (take: (event: Loose) => void) => void,
  act: Act,
  expected: Fields = {},
): ReachCall => ({
  product,
  client,
  call,
  reaches: [type],
  run: (stage) =>
    whileActing(
      stage,
      next(listen(stage), (event) => event.e === type),
      act,
    ),
  check: matches({ e: type, ...expected }),
});

const marketBuy = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: 0.01 };
const edOf = (s: ReachStage): ReachStage['ann']['account'] => s.exchange.accounts[1]!.account;

const official = (type: string, act: Act, expected: Fields = {}): ReachCall =>
  row(
    'spot',
    '@binance/spot',
    'websocketAPI userDataStreamSubscribeSignature',
    type,
    (s) => (take) => s.kept.get('spotUser').on('message', take),
    act,
    expected,
  );
const binance = (type: string, act: Act, expected: Fields = {}): ReachCall =>
  row(
    'spot',
    'binance',
    'WebsocketAPIClient subscribeUserDataStream',
    type,
    (s) => (take) => s.socketApi.getWSClient().on('message', take),
    act,
    expected,
  );
const buys = once((s) => s.officialSpotApi.orderPlace(marketBuy));
const pays = once((s) => s.spot.product.deposit(edOf(s), 'BTC', '1'));
const lists = once((s) => s.officialSpotApi.orderListPlaceOco({ ...oco, abovePrice: 99_000, belowStopPrice: 91_000 }));

export const SPOT_EVENT_CALLS: readonly ReachCall[] = [
  {
    product: 'spot',
    client: '@binance/spot',
    call: 'websocketAPI userDataStreamSubscribeSignature',
    reaches: ['userDataStream.subscribe.signature'],
    async run(s) {
      const { response, stream } = await s.officialSpotApi.userDataStreamSubscribeSignature({});
      s.kept.set('spotUser', stream);
      return response.data;
    },
    check: (answer) => assert.ok(Number.isInteger(answer.subscriptionId)),
  },
  official('executionReport', buys, { s: SYMBOL, S: 'BUY', o: 'MARKET' }),
  official('outboundAccountPosition', buys),
  official('balanceUpdate', pays, { a: 'BTC', d: '1.00000000' }),
  official('listStatus', lists, { s: SYMBOL, c: 'OCO' }),
  official(
    'eventStreamTerminated',
    once((s) => s.officialSpotApi.userDataStreamUnsubscribe({})),
  ),
  {
    product: 'spot',
    client: 'binance',
    call: 'WebsocketAPIClient subscribeUserDataStream',
    reaches: ['session.logon', 'userDataStream.subscribe'],
    run: (s) => s.socketApi.subscribeUserDataStream('mainWSAPI'),
    check: (answer) => assert.ok(Number.isInteger(answer.result.subscriptionId)),
  },
  binance('executionReport', buys, { s: SYMBOL, S: 'BUY', o: 'MARKET' }),
  binance('outboundAccountPosition', buys),
  binance('balanceUpdate', pays, { a: 'BTC' }),
  binance('listStatus', lists, { s: SYMBOL }),
];

const futures = (type: string, act: Act, expected: Fields = {}, of = 'usdmUser'): ReachCall =>
  row(
    'usdm',
    '@binance/derivatives-trading-usds-futures',
    'websocketStreams userData',
    type,
    (s) => (take) => s.kept.get(of).on('message', take),
    act,
    expected,
  );
const listening = (account: 'officialUsdm' | 'officialPoor', as: string): ReachCall => ({
  product: 'usdm',
  client: '@binance/derivatives-trading-usds-futures',
  call: 'restAPI startUserDataStream',
  reaches: ['POST /fapi/v1/listenKey'],
  async run(s) {
    const { listenKey } = await (await s[account].startUserDataStream()).data();
    s.kept.set(as, s.officialUsdmStreams.userData(listenKey));
    return listenKey;
  },
  check: (key) => assert.match(key, /^\w{60}$/),
});
const STOP = { algoType: 'CONDITIONAL', symbol: SYMBOL, side: 'SELL', type: 'STOP_MARKET', quantity: 0.01 };
const trades = once((s) => s.officialUsdm.newOrder(marketBuy));
/** Bitcoin's futures fall by 100 USDT with every step of the clock. */
const falls: Act = (s) => {
  const price = (s.kept.get('falling') ?? 95_000) - 100;
  s.kept.set('falling', price);
  s.exchange.market.moveTo(SYMBOL, price, 'usdm');
};
const closings = (stream: string, method: string, args: Fields): ReachCall => ({
  product: 'usdm',
  client: '@binance/derivatives-trading-usds-futures',
  call: `websocketStreams ${method}`,
  reaches: [stream],
  async run(s) {
    const handler = s.officialUsdmStreams[method]({ ...args });
    s.usdm.product.deposit(s.cal.account, 'USDT', '1000');
    await s.officialPoor.newOrder({ ...marketBuy, quantity: 0.1 });
    const event = await whileActing(
      s,
      next(
        (take) => handler.on('message', take),
        () => true,
      ),
      falls,
    );
    s.exchange.market.moveTo(SYMBOL, 95_000, 'usdm');
    s.kept.delete('falling');
    return event;
  },
  check: (event) => matches({ s: SYMBOL, S: 'SELL', X: 'FILLED' })(event.o),
});

export const USDM_EVENT_CALLS: readonly ReachCall[] = [
  listening('officialUsdm', 'usdmUser'),
  futures(
    'ORDER_TRADE_UPDATE',
    often((s) => s.officialUsdm.newOrder(limitBuy)),
  ),
  futures('ACCOUNT_UPDATE', trades),
  futures('TRADE_LITE', trades, { s: SYMBOL, q: '0.010' }),
  futures(
    'ALGO_UPDATE',
    once((s) => s.officialUsdm.newAlgoOrder({ ...STOP, triggerPrice: 60_000 })),
  ),
  futures(
    'ACCOUNT_CONFIG_UPDATE',
    once((s) => s.officialUsdm.changeInitialLeverage({ symbol: SYMBOL, leverage: 10 })),
  ),
  listening('officialPoor', 'poorUser'),
  futures(
    'ORDER_TRADE_UPDATE',
    often((s) => s.officialPoor.newOrder({ ...marketBuy, quantity: 0.002 })),
    {},
    'poorUser',
  ),
  futures(
    'MARGIN_CALL',
    (s, turn) => {
      if (turn === 0) void s.officialPoor.newOrder({ ...marketBuy, quantity: 0.1 });
      else if (turn > 10) falls(s, turn);
    },
    {},
    'poorUser',
  ),
  closings('<symbol>@forceOrder', 'liquidationOrderStreams', { symbol: 'btcusdt' }),
  closings('!forceOrder@arr', 'allMarketLiquidationOrderStreams', {}),
  futures(
    'listenKeyExpired',
    once((s) => s.exchange.clock.step(3_600_000)),
  ),
];
