import type { Json } from '../../core/vocabulary/json.ts';
import type { ExchangeLimits } from './order-filters.ts';
import type { SpotSymbol } from './spot-symbol.ts';

/** Filters over all symbols, as exchangeInfo lists them. */
export function exchangeFilters(limits: ExchangeLimits): Json[] {
  const filters: Json[] = [];
  const add = (filterType: string, field: string, limit: number): void => {
    if (Number.isFinite(limit)) filters.push({ filterType, [field]: limit });
  };
  add('EXCHANGE_MAX_NUM_ORDERS', 'maxNumOrders', limits.orders);
  add('EXCHANGE_MAX_NUM_ALGO_ORDERS', 'maxNumAlgoOrders', limits.algoOrders);
  add('EXCHANGE_MAX_NUM_ICEBERG_ORDERS', 'maxNumIcebergOrders', limits.icebergOrders);
  add('EXCHANGE_MAX_NUM_ORDER_LISTS', 'maxNumOrderLists', limits.orderLists);
  return filters;
}

/** The filters of a symbol as exchangeInfo lists them; those without a limit are left out. */
export function symbolFilters(symbol: SpotSymbol): Json[] {
  const { options: o } = symbol;
  const qty = (lots: number): string => symbol.quantityText(lots);
  const filters: Json[] = [
    {
      filterType: 'PRICE_FILTER',
      minPrice: symbol.priceText(symbol.minTicks),
      maxPrice: symbol.priceText(symbol.maxTicks),
      tickSize: symbol.priceText(1),
    },
    { filterType: 'LOT_SIZE', minQty: qty(symbol.minLots), maxQty: qty(symbol.maxLots), stepSize: qty(1) },
    { filterType: 'ICEBERG_PARTS', limit: symbol.icebergParts },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: qty(0),
      maxQty: qty(symbol.maxMarketLots > 0 ? symbol.maxMarketLots : symbol.maxLots),
      stepSize: qty(0),
    },
    {
      filterType: 'TRAILING_DELTA',
      minTrailingAboveDelta: symbol.minTrailingDelta,
      maxTrailingAboveDelta: symbol.maxTrailingDelta,
      minTrailingBelowDelta: symbol.minTrailingDelta,
      maxTrailingBelowDelta: symbol.maxTrailingDelta,
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: String(symbol.percentUp),
      bidMultiplierDown: String(symbol.percentDown),
      askMultiplierUp: String(symbol.percentUp),
      askMultiplierDown: String(symbol.percentDown),
      avgPriceMins: symbol.averageMinutes,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: symbol.quoteText(symbol.minNotionalQuanta),
      applyMinToMarket: true,
      maxNotional: symbol.quoteText(symbol.maxNotionalQuanta),
      applyMaxToMarket: false,
      avgPriceMins: symbol.averageMinutes,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: symbol.maxOrders },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: symbol.maxOrderLists },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: symbol.maxAlgoOrders },
    { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: symbol.maxAmends },
  ];
  if (Number.isFinite(symbol.maxIcebergOrders)) {
    filters.push({ filterType: 'MAX_NUM_ICEBERG_ORDERS', maxNumIcebergOrders: symbol.maxIcebergOrders });
  }
  if (o.maxPosition !== undefined) {
    filters.push({ filterType: 'MAX_POSITION', maxPosition: qty(symbol.maxPositionLots) });
  }
  return filters;
}

/** A symbol's row in exchangeInfo. */
export function symbolRow(symbol: SpotSymbol, showPermissionSets: boolean): Json {
  return {
    symbol: symbol.name,
    status: symbol.status,
    baseAsset: symbol.base,
    baseAssetPrecision: 8,
    quoteAsset: symbol.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: symbolFilters(symbol),
    permissions: [],
    ...(showPermissionSets ? { permissionSets: [['SPOT']] } : {}),
    defaultSelfTradePreventionMode: symbol.defaultSelfTradeMode,
    allowedSelfTradePreventionModes: [...symbol.selfTradeModes],
  };
}
