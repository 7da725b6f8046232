import type { Json } from '../../core/vocabulary/json.ts';
import type { Params } from '../product.ts';
import { type BoundEndpoint, open } from './endpoint.ts';
import { exchangeInfo, symbolsOf } from './exchange-info.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Market } from './market.ts';
import { readContract } from './order-entry.ts';
import { fromId, type ParameterReader, within } from './parameters.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { AggregateTrade, PublicTrade } from './tape.ts';
import { dayTickerJson } from './tickers.ts';

const DEPTH_WEIGHTS: Readonly<Record<string, number>> = { 5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const get = (path: string, weight: number | ((params: Params) => number), socket?: string) => ({
  method: 'GET' as const,
  path,
  security: 'none' as const,
  weight,
  ...(socket === undefined ? {} : { socket }),
});

const oneOrAll = (one: number, all: number) => (params: Params) => (params.has('symbol') ? one : all);

/** The market of `symbol`, or null with a refusal kept. */
export function readMarket(state: ExchangeState, read: ParameterReader): Market | null {
  const contract = readContract(state, read);
  return contract === null ? null : state.market(contract);
}

/** A row of one symbol, or rows of all. */
function perSymbol(
  row: (market: Market, state: ExchangeState) => Json,
): (state: ExchangeState, read: ParameterReader) => Json | Refusal {
  return (state, read) => {
    const symbol = read.text('symbol');
    const contracts = symbolsOf(state, symbol);
    if (contracts === null) return refuse(-1121);
    const rows = contracts.map((contract) => row(state.market(contract), state));
    return symbol === null ? rows : rows[0]!;
  };
}

export const MARKET_DATA: readonly BoundEndpoint[] = [
  open(get('/fapi/v1/ping', 1, 'ping'), () => ({})),
  open(get('/fapi/v1/time', 1, 'time'), (state) => ({ serverTime: state.nowMs })),
  exchangeInfo,
  open(
    get('/fapi/v1/depth', (p) => DEPTH_WEIGHTS[p.get('limit') ?? '500'] ?? 2, 'depth'),
    (state, read) => {
      const market = readMarket(state, read);
      const limit = read.integer('limit') ?? 500;
      if (!(limit in DEPTH_WEIGHTS)) read.fail(refuse(-4021, read.text('limit') ?? ''));
      if (read.refusal || market === null) return read.refusal ?? refuse(-1121);
      // A look counts as a step, so that the next change's range holds the id of this snapshot, as the rule for following a book has it.
      return { lastUpdateId: ++market.updateId, E: state.nowMs, T: market.quotesMs, ...depthJson(market, limit) };
    },
  ),
  open(get('/fapi/v1/trades', 5), (state, read) => {
    const market = readMarket(state, read);
    const limit = read.limit(500, 1000);
    if (read.refusal || market === null) return read.refusal ?? refuse(-1121);
    return market.tape.trades.slice(-limit).map((trade) => tradeJson(market, trade));
  }),
  open({ ...get('/fapi/v1/historicalTrades', 20), security: 'key' }, (state, read) => {
    const market = readMarket(state, read);
    const limit = read.limit(100, 500);
    const from = read.integer('fromId');
    if (read.refusal || market === null) return read.refusal ?? refuse(-1121);
    const { trades } = market.tape;
    const rows = from === null ? trades.slice(-limit) : fromId(trades, (t) => t.id, from, limit);
    return rows.map((trade) => tradeJson(market, trade));
  }),
  open(get('/fapi/v1/aggTrades', 20), (state, read) => {
    const market = readMarket(state, read);
    const limit = read.limit(500, 1000);
    const from = read.integer('fromId');
    const times = read.times();
    if (times.start !== null && times.end !== null && times.end - times.start >= HOUR_MS) read.fail(refuse(-4165));
    if (from !== null && (times.start !== null || times.end !== null)) read.fail(refuse(-1128));
    if (read.refusal || market === null) return read.refusal ?? refuse(-1121);
    const { aggregates } = market.tape;
    const oldest = state.nowMs - DAY_MS;
    const recent = { ...times, start: times.start === null ? null : Math.max(times.start, oldest) };
    const rows =
      from === null ? within(aggregates, (t) => t.timeMs, recent, limit) : fromId(aggregates, (t) => t.id, from, limit);
    return rows.map((trade) => aggregateJson(market, trade));
  }),
  open(
    get('/fapi/v1/ticker/24hr', oneOrAll(1, 40)),
    perSymbol((market, state) => dayTickerJson(market, state.nowMs)),
  ),
  open(get('/fapi/v1/ticker/price', oneOrAll(1, 2), 'ticker.price'), perSymbol(priceJson)),
  open(get('/fapi/v2/ticker/price', oneOrAll(1, 2)), perSymbol(priceJson)),
  open(get('/fapi/v1/ticker/bookTicker', oneOrAll(2, 5), 'ticker.book'), perSymbol(bookTickerJson)),
  open(get('/fapi/v1/openInterest', 1), (state, read) => {
    const market = readMarket(state, read);
    if (market === null) return read.refusal ?? refuse(-1121);
    const openInterest = market.contract.marketQuantity(openInterestLots(state, market));
    return { openInterest, symbol: market.symbol, time: state.nowMs };
  }),
];

/** Lots held long by everybody, the house included: as many as are held short. */
export function openInterestLots(state: ExchangeState, market: Market): number {
  let lots = Math.max(0, market.houseLots);
  for (const account of state.accounts.values()) {
    for (const index of account.indexes(market.contract)) lots += Math.max(0, account.margin.positions[index]!.lots);
  }
  return lots;
}

export function depthJson(market: Market, limit: number): { bids: Json; asks: Json } {
  const { contract, book } = market;
  const side = (levels: readonly { ticks: number; lots: number }[]): Json =>
    levels.map(({ ticks, lots }) => [contract.marketPrice(ticks), contract.marketQuantity(lots)]);
  return { bids: side(book.levels(1, limit)), asks: side(book.levels(-1, limit)) };
}

function tradeJson({ contract }: Market, trade: PublicTrade): Json {
  return {
    id: trade.id,
    price: contract.marketPrice(trade.ticks),
    qty: contract.marketQuantity(trade.lots),
    quoteQty: contract.tickLotsText(trade.ticks * trade.lots),
    time: trade.timeMs,
    isBuyerMaker: trade.isBuyerMaker,
    isRPITrade: false,
  };
}

function aggregateJson({ contract }: Market, trade: AggregateTrade): Json {
  return {
    a: trade.id,
    p: contract.marketPrice(trade.ticks),
    q: contract.marketQuantity(trade.lots),
    nq: contract.marketQuantity(trade.lots),
    f: trade.firstId,
    l: trade.lastId,
    T: trade.timeMs,
    m: trade.isBuyerMaker,
  };
}

function priceJson(market: Market, state: ExchangeState): Json {
  const { last } = market.tape;
  return {
    symbol: market.symbol,
    price: market.contract.marketPrice(last?.ticks ?? 0),
    time: last?.timeMs ?? state.nowMs,
  };
}

function bookTickerJson(market: Market, state: ExchangeState): Json {
  const { contract } = market;
  const { bidTicks, bidLots, askTicks, askLots } = market.quotes();
  return {
    lastUpdateId: market.updateId,
    symbol: market.symbol,
    bidPrice: contract.marketPrice(bidTicks),
    bidQty: contract.marketQuantity(bidLots),
    askPrice: contract.marketPrice(askTicks),
    askQty: contract.marketQuantity(askLots),
    time: market.quotesMs || state.nowMs,
  };
}
