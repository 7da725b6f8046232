import type { Json } from '../../core/vocabulary/json.ts';
import { INTERVALS, type Interval } from '../intervals.ts';
import type { Params } from '../product.ts';
import { type BoundEndpoint, open } from './endpoint.ts';
import { symbolsOf } from './exchange-info.ts';
import { type ExchangeState, MARGIN_ASSET } from './exchange-state.ts';
import { klineRow, priceKlineRow } from './kline-json.ts';
import type { Kline, KlineSet } from './kline-series.ts';
import { INTEREST_RATE } from './mark-price.ts';
import type { Market } from './market.ts';
import { readMarket } from './market-data.ts';
import { type ParameterReader, within } from './parameters.ts';
import { type Refusal, refuse } from './refusals.ts';
import { markText, rateText } from './texts.ts';

function klineWeight(params: Params): number {
  const limit = Number(params.get('limit') ?? 500);
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}

const get = (path: string, weight: number | ((params: Params) => number)) => ({
  method: 'GET' as const,
  path,
  security: 'none' as const,
  weight,
});

/** Klines of a market found by `symbol`, or by `pair` where the endpoint goes by pair. */
function klines(
  path: string,
  find: (state: ExchangeState, read: ParameterReader) => Market | null,
  of: (market: Market) => KlineSet,
  row: (market: Market, bar: Kline, nowMs: number) => Json,
): BoundEndpoint {
  return open(get(path, klineWeight), (state, read) => {
    const market = find(state, read);
    const interval = read.mustBeOneOf<Interval>(
      'interval',
      INTERVALS as unknown as readonly [Interval, ...Interval[]],
      () => refuse(-1120),
    );
    const limit = read.limit(500, 1500);
    const times = read.times();
    if (read.refusal || market === null) return read.refusal ?? refuse(-1121);
    const series = of(market).series(interval);
    series.roll(state.nowMs);
    return within(series.bars, (bar) => bar.openMs, times, limit).map((bar) => row(market, bar, state.nowMs));
  });
}

function byPair(state: ExchangeState, read: ParameterReader): Market | null {
  const pair = read.needed('pair');
  const market = state.markets.get(pair) ?? null;
  if (pair !== '' && market === null) read.fail(refuse(-4144));
  return market;
}

function byPairAndType(state: ExchangeState, read: ParameterReader): Market | null {
  const market = byPair(state, read);
  read.mustBeOneOf('contractType', ['PERPETUAL'], () => refuse(-4104));
  return market;
}

export const DERIVED_DATA: readonly BoundEndpoint[] = [
  klines(
    '/fapi/v1/klines',
    readMarket,
    (m) => m.tape.klines,
    (m, bar) => klineRow(m.contract, bar),
  ),
  klines(
    '/fapi/v1/continuousKlines',
    byPairAndType,
    (m) => m.tape.klines,
    (m, bar) => klineRow(m.contract, bar),
  ),
  klines(
    '/fapi/v1/indexPriceKlines',
    byPair,
    (m) => m.mark.indexKlines,
    (_, bar, now) => priceKlineRow(bar, now),
  ),
  klines(
    '/fapi/v1/markPriceKlines',
    readMarket,
    (m) => m.mark.markKlines,
    (_, bar, now) => priceKlineRow(bar, now),
  ),
  klines(
    '/fapi/v1/premiumIndexKlines',
    readMarket,
    (m) => m.mark.premiumKlines,
    (_, bar, now) => priceKlineRow(bar, now),
  ),
  open(
    get('/fapi/v1/premiumIndex', (p) => (p.has('symbol') ? 1 : 10)),
    (state, read) => {
      const symbol = read.text('symbol');
      const contracts = symbolsOf(state, symbol);
      if (contracts === null) return refuse(-1121);
      const rows = contracts.map((contract) => premiumIndexJson(state.market(contract), state.nowMs));
      return symbol === null ? rows : rows[0]!;
    },
  ),
  open(get('/fapi/v1/fundingRate', 1), fundingRates),
  open(get('/fapi/v1/fundingInfo', 1), (state) =>
    state.contracts.flatMap((contract) => {
      const hours = contract.options.fundingIntervalHours;
      if (hours === undefined || hours === 8) return [];
      const cap = 0.75 * contract.brackets[0]!.maintenanceRate;
      return [
        {
          symbol: contract.symbol,
          adjustedFundingRateCap: rateText(cap),
          adjustedFundingRateFloor: rateText(-cap),
          fundingIntervalHours: hours,
          disclaimer: false,
        },
      ];
    }),
  ),
  open(get('/fapi/v1/insuranceBalance', 1), (state, read) => {
    const contracts = symbolsOf(state, read.text('symbol'));
    if (contracts === null) return refuse(-1121);
    const marginBalance = state.contracts[0]!.money(insuranceFundQuanta(state));
    const assets = [{ asset: MARGIN_ASSET, marginBalance, updateTime: state.nowMs }];
    return { symbols: state.contracts.map((c) => c.symbol), assets };
  }),
  open(get('/fapi/v1/indexInfo', 1), () => []),
  open(get('/fapi/v1/constituents', 2), (state, read) => {
    const market = readMarket(state, read);
    if (market === null) return read.refusal ?? refuse(-1121);
    const constituents = [
      { exchange: 'local', symbol: market.symbol, price: markText(market.mark.index), weight: '1.00000000' },
    ];
    return { symbol: market.symbol, time: state.nowMs, constituents };
  }),
];

/** What the insurance fund holds: what it began with, fees and gains of forced closings, less what it has paid for accounts. */
export function insuranceFundQuanta(state: ExchangeState): number {
  let quanta = state.insuranceQuanta;
  for (const market of state.markets.values()) quanta += market.trading.liquidationFeesQuanta;
  for (const account of state.accounts.values()) quanta -= account.margin.insuranceQuanta;
  return quanta;
}

function premiumIndexJson(market: Market, nowMs: number): Json {
  const { mark } = market;
  return {
    symbol: market.symbol,
    markPrice: markText(mark.mark),
    indexPrice: markText(mark.index),
    estimatedSettlePrice: markText(mark.index),
    lastFundingRate: rateText(mark.estimatedRate(nowMs)),
    interestRate: rateText(INTEREST_RATE),
    nextFundingTime: mark.nextFundingMs(nowMs),
    time: nowMs,
  };
}

function fundingRates(state: ExchangeState, read: ParameterReader): Json | Refusal {
  const contracts = symbolsOf(state, read.text('symbol'));
  const limit = read.limit(100, 1000);
  const times = read.times();
  if (contracts === null) return refuse(-1121);
  if (read.refusal) return read.refusal;
  const rows = contracts.flatMap((contract) =>
    state.market(contract).mark.history.map((row) => ({
      symbol: contract.symbol,
      fundingRate: rateText(row.rate),
      fundingTime: row.timeMs,
      markPrice: markText(row.markPrice),
    })),
  );
  rows.sort((a, b) => a.fundingTime - b.fundingTime);
  return within(rows, (row) => row.fundingTime, times, limit);
}
