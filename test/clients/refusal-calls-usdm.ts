import assert from 'node:assert/strict';
import { codeOf } from './client-refusal.ts';
import type { Fields, ReachCall } from './reach-call.ts';
import type { RefusalStage } from './refusal-stage.ts';

type Step = readonly [method: string, fields: Fields];

const symbol = 'BTCUSDT';
const ONE = { symbol };
const LIMIT = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.010', price: '94000' };
const { price: _price, ...UNPRICED } = LIMIT;
const SALE = { ...LIMIT, side: 'SELL' };
const MARKET = { symbol, side: 'BUY', type: 'MARKET', quantity: '0.010' };
const STOP = {
  algoType: 'CONDITIONAL',
  symbol,
  side: 'SELL',
  type: 'STOP_MARKET',
  quantity: '0.010',
  triggerPrice: '90000',
};
const { quantity: _quantity, ...WHOLE_STOP } = STOP;
const MOVE = { symbol, amount: '100', type: 1 };

/** A call that is refused with a code, after others that are carried out. */
const refused = (code: string, method: string, fields: Fields, ...first: readonly Step[]): ReachCall<RefusalStage> => ({
  product: 'usdm',
  client: '@binance/derivatives-trading-usds-futures',
  call: `restAPI ${method}`,
  reaches: [code],
  async run({ officialUsdm }) {
    for (const [before, args] of first) await officialUsdm[before]({ ...args });
    return codeOf(officialUsdm[method]({ ...fields }));
  },
  check: (found) => assert.equal(found, code),
});
const CLEAR: Step = ['cancelAllOpenOrders', ONE];
const dual = (dualSidePosition: string): Fields => ({ dualSidePosition });
const margin = (marginType: string): Fields => ({ symbol, marginType });
const multi = (multiAssetsMargin: string): Fields => ({ multiAssetsMargin });

/** In an order in which each finds the account as it must be. */
export const USDM_REFUSAL_CALLS: readonly ReachCall<RefusalStage>[] = [
  refused('-1121', 'symbolPriceTicker', { symbol: 'NOPE' }),
  refused('-1120', 'klineCandlestickData', { symbol, interval: '1y' }),
  refused('-1023', 'klineCandlestickData', { symbol, interval: '1m', startTime: 2, endTime: 1 }),
  refused('-4021', 'orderBook', { symbol, limit: 7 }),
  refused('-4165', 'allOrders', { symbol, startTime: 1, endTime: 604_800_002 }),
  refused('-1128', 'compressedAggregateTradesList', { symbol, fromId: 1, startTime: 1 }),
  refused('-4144', 'indexPriceKlineCandlestickData', { pair: 'NOPE', interval: '1m' }),
  refused('-4104', 'continuousContractKlineCandlestickData', { pair: symbol, contractType: 'X', interval: '1m' }),
  refused('-1130', 'basis', { pair: symbol, contractType: 'PERPETUAL', period: '7m' }),
  refused('-1102', 'newOrder', UNPRICED),
  refused('-1100', 'newOrder', { ...LIMIT, newClientOrderId: 'a*b' }),
  refused('-1106', 'newOrder', { ...MARKET, price: '95000' }),
  refused('-1111', 'newOrder', { ...LIMIT, quantity: '0.0105' }),
  refused('-1115', 'newOrder', { ...LIMIT, timeInForce: 'DAY' }),
  refused('-1116', 'newOrder', { ...LIMIT, type: 'ICEBERG' }),
  refused('-1117', 'newOrder', { ...LIMIT, side: 'UP' }),
  refused('-1136', 'newOrder', { ...LIMIT, newOrderRespType: 'FULL' }),
  refused('-2019', 'newOrder', { ...LIMIT, quantity: '100' }),
  refused('-2022', 'newOrder', { ...LIMIT, reduceOnly: 'true' }),
  refused('-2027', 'newOrder', { ...LIMIT, quantity: '1000' }),
  refused('-4001', 'newOrder', { ...LIMIT, price: '-1' }),
  refused('-4002', 'newOrder', { ...LIMIT, price: '4529764.1' }),
  refused('-4003', 'newOrder', { ...LIMIT, quantity: '0' }),
  refused('-4005', 'newOrder', { ...LIMIT, quantity: '1000.001' }),
  refused('-4013', 'newOrder', { ...LIMIT, price: '556.7' }),
  refused('-4014', 'newOrder', { ...LIMIT, price: '94000.05' }),
  refused('-4015', 'newOrder', { ...LIMIT, newClientOrderId: 'x'.repeat(37) }),
  refused('-4016', 'newOrder', { ...LIMIT, price: '99750.1' }),
  refused('-4024', 'newOrder', { ...LIMIT, side: 'SELL', price: '90249.9' }),
  refused('-4060', 'newOrder', { ...LIMIT, positionSide: 'UP' }),
  refused('-4061', 'newOrder', { ...LIMIT, positionSide: 'LONG' }),
  refused('-4062', 'newOrder', { ...LIMIT, reduceOnly: 'yes' }),
  refused('-4120', 'newOrder', { ...LIMIT, type: 'STOP_MARKET' }),
  refused('-4136', 'newAlgoOrder', { ...WHOLE_STOP, type: 'STOP', price: '89000', closePosition: 'true' }),
  refused('-4164', 'newOrder', { ...LIMIT, quantity: '0.001' }),
  refused('-5021', 'newOrder', { ...LIMIT, timeInForce: 'FOK' }),
  refused('-5022', 'newOrder', { ...LIMIT, timeInForce: 'GTX', price: '95010' }),
  refused('-5037', 'newOrder', { ...UNPRICED, priceMatch: 'OPPONENT_7' }),
  refused('-5038', 'newOrder', { ...MARKET, priceMatch: 'QUEUE' }),
  refused('-5039', 'newOrder', { ...LIMIT, selfTradePreventionMode: 'DECREMENT' }),
  refused('-5040', 'newOrder', { ...LIMIT, timeInForce: 'GTD', goodTillDate: 1 }),
  refused('-5041', 'newOrder', { ...UNPRICED, priceMatch: 'QUEUE_20' }),
  refused('-4131', 'newOrder', { ...MARKET, symbol: 'ETHUSDT', quantity: '1' }),
  refused('-2011', 'cancelOrder', { symbol, orderId: 77 }),
  refused('-2013', 'queryOrder', { symbol, orderId: 77 }),
  refused('-4116', 'newOrder', { ...LIMIT, newClientOrderId: 'a' }, ['newOrder', { ...LIMIT, newClientOrderId: 'a' }]),
  refused('-5027', 'modifyOrder', {
    symbol,
    origClientOrderId: 'a',
    side: 'BUY',
    quantity: LIMIT.quantity,
    price: LIMIT.price,
  }),
  refused('-4082', 'placeMultipleOrders', { batchOrders: Array(6).fill(LIMIT) }),
  refused('-4083', 'placeMultipleOrders', { batchOrders: [1] }),
  refused('-2021', 'newAlgoOrder', { ...STOP, triggerPrice: '96000' }),
  refused('-4006', 'newAlgoOrder', { ...STOP, triggerPrice: '-1' }),
  refused('-4007', 'newAlgoOrder', { ...STOP, triggerPrice: '99999999' }),
  refused('-4031', 'newAlgoOrder', { ...STOP, workingType: 'X' }),
  refused('-4137', 'newAlgoOrder', { ...STOP, closePosition: 'true' }),
  refused('-4138', 'newAlgoOrder', { ...WHOLE_STOP, closePosition: 'true', reduceOnly: 'true' }),
  refused('-4028', 'changeInitialLeverage', { symbol, leverage: 126 }),
  refused('-4059', 'changePositionMode', dual('false')),
  refused('-4067', 'changePositionMode', dual('true')),
  refused('-4046', 'changeMarginType', margin('CROSSED')),
  refused('-4047', 'changeMarginType', margin('ISOLATED')),
  refused('-4170', 'changeMultiAssetsMode', multi('true')),
  refused('-4049', 'modifyIsolatedPositionMargin', MOVE, CLEAR),
  refused('-4168', 'changeMarginType', margin('ISOLATED'), ['changeMultiAssetsMode', multi('true')]),
  refused('-4171', 'changeMultiAssetsMode', multi('true')),
  refused(
    '-4054',
    'modifyIsolatedPositionMargin',
    MOVE,
    ['changeMultiAssetsMode', multi('false')],
    ['changeMarginType', margin('ISOLATED')],
  ),
  refused('-4167', 'changeMultiAssetsMode', multi('true')),
  refused('-4055', 'modifyIsolatedPositionMargin', { ...MOVE, amount: '0' }, [
    'newOrder',
    { ...MARKET, quantity: '1' },
  ]),
  refused('-4050', 'modifyIsolatedPositionMargin', { ...MOVE, amount: '1000000' }),
  refused('-4051', 'modifyIsolatedPositionMargin', { ...MOVE, type: 2, amount: '10000' }),
  refused(
    '-4118',
    'newOrder',
    { ...SALE, quantity: '1', price: '97000', reduceOnly: 'true' },
    ['newOrder', { ...SALE, quantity: '1', price: '96000', reduceOnly: 'true' }],
    ['newOrder', { ...SALE, quantity: '0.6', price: '95500' }],
    ['newOrder', { ...SALE, quantity: '0.4', price: '95400' }],
  ),
  refused('-4161', 'changeInitialLeverage', { symbol, leverage: 10 }, CLEAR),
  refused('-4068', 'changePositionMode', dual('true')),
  refused('-4048', 'changeMarginType', margin('CROSSED')),
  refused(
    '-2028',
    'changeInitialLeverage',
    { symbol, leverage: 1 },
    ['newOrder', { ...MARKET, side: 'SELL', quantity: '1' }],
    ['changeMarginType', margin('CROSSED')],
    ['newOrder', { ...MARKET, quantity: '2' }],
  ),
  refused('-2025', 'newOrder', LIMIT, ...Array.from({ length: 200 }, (): Step => ['newOrder', LIMIT])),
  refused('-4045', 'newAlgoOrder', STOP, ...Array.from({ length: 200 }, (): Step => ['newAlgoOrder', STOP])),
];
