import type { Fields } from './spot-scene.ts';

const symbol = 'BTCUSDT';
const limit: Fields = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '49000' };
const oco: Fields = {
  symbol,
  side: 'SELL',
  quantity: '1',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '60000',
  belowType: 'STOP_LOSS',
  belowStopPrice: '40000',
};
const buyOco: Fields = {
  symbol,
  side: 'BUY',
  quantity: '1',
  aboveType: 'STOP_LOSS',
  aboveStopPrice: '60000',
  belowType: 'LIMIT_MAKER',
  belowPrice: '40000',
};
const opo: Fields = {
  symbol,
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '49000',
  workingQuantity: '1',
  workingTimeInForce: 'GTC',
  pendingType: 'LIMIT',
  pendingSide: 'SELL',
  pendingPrice: '60000',
  pendingTimeInForce: 'GTC',
};
const ORDER = 'POST /api/v3/order';
const OCO = 'POST /api/v3/orderList/oco';
const replace: Fields = { ...limit, cancelReplaceMode: 'STOP_ON_FAILURE' };

/** A request for each code that spot says it answers with, on an account with one bitcoin and nothing else; the last price is 50,000. */
export const SPOT_REFUSALS: Readonly<Record<string, readonly [route: string, fields: Fields]>> = {
  '-1013': [ORDER, { ...limit, price: '49000.001' }],
  '-1014': [ORDER, { ...limit, timeInForce: 'IOC', icebergQty: '0.5' }],
  '-1100': [ORDER, { ...limit, price: 'x' }],
  '-1101': ['GET /api/v3/ticker', { symbols: JSON.stringify(Array.from({ length: 101 }, (_, i) => `S${i}`)) }],
  '-1102': [ORDER, { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1' }],
  '-1106': [ORDER, { ...limit, stopPrice: '1' }],
  '-1108': ['GET /api/v3/depth', { symbol, limit: '99999999999999999999' }],
  '-1111': [ORDER, { ...limit, price: '0.123456789' }],
  '-1115': [ORDER, { ...limit, timeInForce: 'X' }],
  '-1116': [ORDER, { ...limit, type: 'X' }],
  '-1117': [ORDER, { ...limit, side: 'X' }],
  '-1118': [ORDER, { ...limit, newClientOrderId: '' }],
  '-1119': ['GET /api/v3/order', { symbol, origClientOrderId: '' }],
  '-1120': ['GET /api/v3/klines', { symbol, interval: 'x' }],
  '-1121': [ORDER, { ...limit, symbol: 'X' }],
  '-1122': ['GET /api/v3/ticker/price', { symbolStatus: 'X' }],
  '-1127': ['GET /api/v3/myTrades', { symbol, startTime: 0, endTime: 86_400_001 }],
  '-1128': ['GET /api/v3/ticker/price', { symbol, symbols: '["BTCUSDT"]' }],
  '-1130': ['GET /api/v3/ticker', { symbol, windowSize: 'x' }],
  '-1134': [ORDER, { ...limit, strategyType: 1 }],
  '-1139': ['GET /api/v3/ticker/24hr', { type: 'X' }],
  '-1145': ['DELETE /api/v3/order', { symbol, orderId: 1, cancelRestrictions: 'X' }],
  '-1151': ['GET /api/v3/ticker/price', { symbols: '["BTCUSDT","BTCUSDT"]' }],
  '-1158': [OCO, { ...oco, belowType: 'MARKET' }],
  '-1160': [
    OCO,
    { ...oco, belowType: 'STOP_LOSS_LIMIT', belowPrice: '39000', belowTimeInForce: 'IOC', belowIcebergQty: '0.5' },
  ],
  '-1165': [OCO, { ...buyOco, aboveType: 'LIMIT_MAKER', belowType: 'STOP_LOSS' }],
  '-1166': [OCO, { ...oco, aboveType: 'STOP_LOSS', belowType: 'LIMIT_MAKER' }],
  '-1168': [OCO, { ...oco, belowType: 'LIMIT_MAKER' }],
  '-1196': [OCO, { ...buyOco, belowType: 'STOP_LOSS' }],
  '-1197': [OCO, { ...oco, aboveType: 'STOP_LOSS' }],
  '-1198': [OCO, { ...buyOco, aboveType: 'TAKE_PROFIT' }],
  '-1199': [OCO, { ...oco, belowType: 'TAKE_PROFIT' }],
  '-1210': [ORDER, { ...limit, pegPriceType: 'X' }],
  '-1211': [ORDER, { ...limit, pegPriceType: 'MARKET_PEG', pegOffsetType: 'X', pegOffsetValue: 1 }],
  '-1220': ['GET /api/v3/depth', { symbol, symbolStatus: 'HALT' }],
  '-1222': ['POST /api/v3/orderList/opo', { ...opo, workingSide: 'SELL' }],
  '-1223': ['POST /api/v3/orderList/opo', { ...opo, pendingSide: 'BUY' }],
  '-1225': ['POST /api/v3/orderList/opo', { ...opo, pendingQuantity: '1' }],
  '-2010': [ORDER, limit],
  '-2011': ['DELETE /api/v3/order', { symbol, orderId: 1 }],
  '-2013': ['GET /api/v3/order', { symbol, orderId: 1 }],
  '-2021': [
    'POST /api/v3/order/cancelReplace',
    { ...replace, cancelReplaceMode: 'ALLOW_FAILURE', cancelOrderId: 9, type: 'LIMIT', side: 'SELL', price: '60000' },
  ],
  '-2022': ['POST /api/v3/order/cancelReplace', { ...replace, cancelOrderId: 9 }],
  '-2038': ['PUT /api/v3/order/amend/keepPriority', { symbol, orderId: 1, newQty: '2' }],
  '-2039': ['GET /api/v3/order', { symbol, orderId: 1, origClientOrderId: 'other' }],
  '-2043': ['GET /api/v3/referencePrice', { symbol }],
};

/** Codes whose request is about order 1, a sale that rests. */
export const SPOT_REFUSALS_OF_AN_ORDER: readonly string[] = ['-2038', '-2039'];
/** A sale that rests. */
export const RESTING_SALE: Fields = { ...limit, side: 'SELL', price: '60000' };
