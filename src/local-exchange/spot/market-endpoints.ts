import type { Json } from '../../core/vocabulary/json.ts';
import { INTERVALS } from '../intervals.ts';
import { fixedText } from './decimal-text.ts';
import { levelsText } from './depth-log.ts';
import type { Endpoint } from './endpoint.ts';
import { badCombination, Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import type { SpotExchange } from './spot-exchange.ts';
import { exchangeFilters, symbolRow } from './symbol-listing.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { oneMarket, readStatus, selectMarkets, symbolCount } from './symbol-selection.ts';
import { parseZone } from './time-zone.ts';

const MOST_ROWS = 1000;
const MOST_LEVELS = 5000;

/** exchangeInfo, depth, trades and klines: what is public and no ticker. */
export function marketEndpoints(exchange: SpotExchange): Endpoint[] {
  const open = { security: 'none' as const };
  const market = (request: Request): SymbolMarket => oneMarket(exchange, request);
  return [
    { ...open, rest: ['GET /api/v3/ping'], methods: ['ping'], weight: 1, run: () => ({}) },
    {
      ...open,
      rest: ['GET /api/v3/time'],
      methods: ['time'],
      weight: 1,
      run: () => ({ serverTime: exchange.nowMs() }),
    },
    {
      ...open,
      rest: ['GET /api/v3/exchangeInfo'],
      methods: ['exchangeInfo'],
      weight: 20,
      run: (request) => exchangeInfo(exchange, request),
    },
    {
      ...open,
      rest: ['GET /api/v3/depth'],
      methods: ['depth'],
      weight: (request) => depthWeight(request),
      run: (request) => {
        const { book, depth, symbol } = market(request);
        const limit = request.limit(100, MOST_LEVELS, true);
        return {
          lastUpdateId: depth.updateId,
          bids: levelsText(book, symbol, 1, limit),
          asks: levelsText(book, symbol, -1, limit),
        };
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/trades'],
      methods: ['trades.recent'],
      weight: 25,
      run: (request) => {
        const m = market(request);
        const last = m.tape.nextId;
        return trades(m, last - request.limit(500, MOST_ROWS), last);
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/historicalTrades'],
      methods: ['trades.historical'],
      weight: 25,
      run: (request) => {
        const m = market(request);
        const limit = request.limit(500, MOST_ROWS);
        const from = Math.max(m.tape.firstKeptId, request.integer('fromId') ?? m.tape.nextId - limit);
        return trades(m, from, from + limit);
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/historicalBlockTrades'],
      methods: ['blockTrades.historical'],
      weight: 25,
      run: (request) => {
        market(request);
        request.needInteger('fromId');
        return [];
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/aggTrades'],
      methods: ['trades.aggregate'],
      weight: 4,
      run: (request) => aggregates(market(request), request),
    },
    {
      ...open,
      rest: ['GET /api/v3/klines', 'GET /api/v3/uiKlines'],
      methods: ['klines', 'uiKlines'],
      weight: 2,
      run: (request) => klines(exchange, market(request), request),
    },
    {
      ...open,
      rest: ['GET /api/v3/avgPrice'],
      methods: ['avgPrice'],
      weight: 2,
      run: (request) => {
        const m = market(request);
        const minutes = m.symbol.averageMinutes;
        return {
          mins: minutes,
          price: fixedText(m.symbol.price(m.averageTicks(minutes, exchange.nowMs()))),
          closeTime: m.tape.nextId === 0 ? exchange.nowMs() : m.tape.trade(m.tape.nextId - 1).timeMs,
        };
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/executionRules'],
      methods: ['executionRules'],
      weight: (request) => {
        const symbols = symbolCount(request);
        return symbols === 0 ? 40 : Math.min(40, 2 * symbols);
      },
      // No symbol has a price range rule: orders of this exchange match at any price that the filters let through.
      run: (request) => ({
        symbolRules: selectMarkets(exchange, request, false).markets.map((m) => ({ symbol: m.symbol.name, rules: [] })),
      }),
    },
    {
      ...open,
      rest: ['GET /api/v3/referencePrice'],
      methods: ['referencePrice'],
      weight: 2,
      run: (request) => {
        const { symbol } = reference(market(request));
        return {
          symbol: symbol.name,
          referencePrice: symbol.priceText(symbol.referenceTicks),
          timestamp: exchange.nowMs(),
        };
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/referencePrice/calculation'],
      methods: ['referencePrice.calculation'],
      weight: 2,
      run: (request) => {
        const { symbol } = reference(market(request));
        return { symbol: symbol.name, calculationType: 'EXTERNAL', externalCalculationId: symbol.index };
      },
    },
  ];
}

function reference(market: SymbolMarket): SymbolMarket {
  if (market.symbol.referenceTicks === 0) throw new Refusal(-2043, 'Reference price not found for the symbol.');
  return market;
}

function depthWeight(request: Request): number {
  const text = request.text('limit');
  const limit = text === null ? 100 : Number(text);
  if (!(limit > 100)) return 5;
  return limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
}

function exchangeInfo(exchange: SpotExchange, request: Request): Json {
  const chosen = ['symbol', 'symbols', 'permissions'].filter((name) => request.has(name));
  const status = readStatus(request);
  if (chosen.length > 1 || (status !== null && (request.has('symbol') || request.has('symbols')))) {
    throw badCombination();
  }
  const permissions = request.text('permissions');
  const spot = permissions === null || permissions.includes('SPOT');
  const { markets } = selectMarkets(exchange, request, false);
  const show = request.flag('showPermissionSets', true);
  return {
    timezone: 'UTC',
    serverTime: exchange.nowMs(),
    // Those that hold are the server's business; it writes them here.
    rateLimits: [],
    exchangeFilters: exchangeFilters(exchange.limits),
    symbols: spot ? markets.map((m) => symbolRow(m.symbol, show)) : [],
    sors: [],
  };
}

function trades(market: SymbolMarket, from: number, to: number): Json {
  const { tape, symbol } = market;
  const rows: Json[] = [];
  for (let id = Math.max(from, tape.firstKeptId); id < Math.min(to, tape.nextId); id++) {
    const t = tape.trade(id);
    rows.push({
      id,
      price: symbol.priceText(t.ticks),
      qty: symbol.quantityText(t.lots),
      quoteQty: symbol.quoteText(t.valueQuanta),
      time: t.timeMs,
      isBuyerMaker: t.buyerMaker,
      isBestMatch: true,
    });
  }
  return rows;
}

function aggregates(market: SymbolMarket, request: Request): Json {
  const { tape, symbol } = market;
  const limit = request.limit(500, MOST_ROWS);
  const fromId = request.integer('fromId');
  const { start, end } = request.period();
  if (fromId !== null && (start !== null || end !== null)) throw badCombination();
  const last = end === null ? tape.nextAggregateId : tape.aggregateAt(end + 1);
  let from = last - limit;
  if (fromId !== null) from = fromId;
  else if (start !== null) from = tape.aggregateAt(start);
  const rows: Json[] = [];
  const to = Math.min(last, Math.max(from, tape.firstKeptAggregateId) + limit);
  for (let id = Math.max(from, tape.firstKeptAggregateId); id < to; id++) {
    const a = tape.aggregate(id);
    rows.push({
      a: id,
      p: symbol.priceText(a.ticks),
      q: symbol.quantityText(a.lots),
      f: a.firstId,
      l: a.lastId,
      T: a.timeMs,
      m: a.buyerMaker,
      M: true,
    });
  }
  return rows;
}

function klines(exchange: SpotExchange, market: SymbolMarket, request: Request): Json {
  const { symbol } = market;
  const interval = request.needChoice('interval', INTERVALS, () => new Refusal(-1120, 'Invalid interval.'));
  const zone = parseZone(request.text('timeZone') ?? '0');
  if (zone === null) throw new Refusal(-1130, "Data sent for parameter 'timeZone' is not valid.");
  const { start, end } = request.period();
  const limit = request.limit(500, MOST_ROWS);
  return market.history
    .bars(interval, start, end, limit, zone, exchange.nowMs())
    .map((bar) => [
      bar.openMs,
      symbol.priceText(bar.open),
      symbol.priceText(bar.high),
      symbol.priceText(bar.low),
      symbol.priceText(bar.close),
      symbol.quantityText(bar.lots),
      bar.closeMs - 1,
      symbol.quoteText(bar.valueQuanta),
      bar.count,
      symbol.quantityText(bar.takerBuyLots),
      symbol.quoteText(bar.takerBuyQuanta),
      '0',
    ]);
}
