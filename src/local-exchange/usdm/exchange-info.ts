import type { Json } from '../../core/vocabulary/json.ts';
import type { Contract } from './contract.ts';
import { open } from './endpoint.ts';
import { type ExchangeState, MARGIN_ASSET } from './exchange-state.ts';
import { MAX_OPEN_ORDERS } from './order-placement.ts';

const ONBOARD_MS = 1_569_398_400_000;
/** Delivery date of what is never delivered. */
export const PERPETUAL_DELIVERY_MS = 4_133_404_800_000;

export const RATE_LIMITS: readonly { readonly [key: string]: Json }[] = [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
];

export const exchangeInfo = open(
  { method: 'GET', path: '/fapi/v1/exchangeInfo', security: 'none', weight: 1 },
  (state) => ({
    timezone: 'UTC',
    serverTime: state.nowMs,
    futuresType: 'U_MARGINED',
    rateLimits: RATE_LIMITS,
    exchangeFilters: [],
    assets: [{ asset: MARGIN_ASSET, marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: state.contracts.map(symbolJson),
  }),
);

function symbolJson(contract: Contract): Json {
  const o = contract.options;
  return {
    symbol: contract.symbol,
    pair: contract.symbol,
    contractType: 'PERPETUAL',
    deliveryDate: PERPETUAL_DELIVERY_MS,
    onboardDate: ONBOARD_MS,
    status: 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: o.base,
    quoteAsset: contract.quote,
    marginAsset: contract.quote,
    pricePrecision: contract.pricePrecision,
    quantityPrecision: contract.quantityPrecision,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: ['PoW'],
    settlePlan: 0,
    triggerProtect: o.triggerProtect,
    liquidationFee: o.liquidationFee,
    marketTakeBound: o.marketTakeBound,
    maxMoveOrderLimit: 10_000,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: o.minPrice, maxPrice: o.maxPrice, tickSize: o.tickSize },
      { filterType: 'LOT_SIZE', minQty: o.minQuantity, maxQty: o.maxQuantity, stepSize: o.stepSize },
      { filterType: 'MARKET_LOT_SIZE', minQty: o.minQuantity, maxQty: o.maxMarketQuantity, stepSize: o.stepSize },
      { filterType: 'MAX_NUM_ORDERS', limit: MAX_OPEN_ORDERS },
      { filterType: 'MIN_NOTIONAL', notional: o.minNotional },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: o.multiplierUp,
        multiplierDown: o.multiplierDown,
        multiplierDecimal: `${o.multiplierDecimals}`,
      },
      { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    permissionSets: ['GRID', 'COPY', 'DCA', 'PSB'],
  };
}

/** Symbols of a request: the one that it names, or all. Null where it names one that is not listed. */
export function symbolsOf(state: ExchangeState, symbol: string | null): readonly Contract[] | null {
  if (symbol === null) return state.contracts;
  const contract = state.markets.get(symbol)?.contract;
  return contract === undefined ? null : [contract];
}
