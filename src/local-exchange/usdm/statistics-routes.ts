import type { Json } from '../../core/vocabulary/json.ts';
import { type BoundEndpoint, open } from './endpoint.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Market } from './market.ts';
import { openInterestLots } from './market-data.ts';
import { type ParameterReader, within } from './parameters.ts';
import { type Refusal, refuse } from './refusals.ts';
import { rateText } from './texts.ts';

/** Periods of the statistics and how many five minutes each is. */
const PERIODS = { '5m': 1, '15m': 3, '30m': 6, '1h': 12, '2h': 24, '4h': 48, '6h': 72, '12h': 144, '1d': 288 } as const;
type Period = keyof typeof PERIODS;
const FIVE_MINUTES_MS = 300_000;
const SAMPLES_KEPT = 8_640;

/** A symbol as it stood at a whole five minutes. */
interface Sample {
  readonly timeMs: number;
  readonly openInterestLots: number;
  readonly longAccounts: number;
  readonly shortAccounts: number;
  readonly mark: number;
  readonly index: number;
  readonly last: number;
}

/** Samples every market at whole five minutes, a month long, for what Binance serves under `/futures/data`. */
export class Statistics {
  readonly #samples = new Map<string, Sample[]>();

  start(state: ExchangeState): void {
    for (const symbol of state.markets.keys()) this.#samples.set(symbol, []);
    const next = (): void => {
      state.around.at((Math.floor(state.nowMs / FIVE_MINUTES_MS) + 1) * FIVE_MINUTES_MS, () => {
        for (const market of state.markets.values()) this.#take(state, market);
        next();
      });
    };
    next();
  }

  #take(state: ExchangeState, market: Market): void {
    const samples = this.#samples.get(market.symbol)!;
    samples.push(sampleOf(state, market));
    if (samples.length > SAMPLES_KEPT) samples.shift();
  }

  /** Samples at the ends of a period's intervals, within the request's times. */
  rows(state: ExchangeState, read: ParameterReader, parameter: 'symbol' | 'pair'): Rows | Refusal {
    const symbol = read.needed(parameter);
    const period = read.mustBeOneOf<Period>('period', PERIOD_NAMES, () => refuse(-1130, 'period'));
    const limit = Math.min(read.limit(30, 500), 500);
    const times = read.times();
    const market = state.markets.get(symbol);
    if (symbol !== '' && market === undefined) read.fail(refuse(parameter === 'pair' ? -4144 : -1121));
    if (read.refusal || market === undefined) return read.refusal ?? refuse(-1121);
    const stepMs = PERIODS[period] * FIVE_MINUTES_MS;
    const samples = this.#samples.get(symbol)!.filter((s) => s.timeMs % stepMs === 0);
    return { market, stepMs, samples: within(samples, (s) => s.timeMs, times, limit) };
  }
}

const PERIOD_NAMES = Object.keys(PERIODS) as unknown as readonly [Period, ...Period[]];

interface Rows {
  readonly market: Market;
  readonly stepMs: number;
  readonly samples: readonly Sample[];
}

function sampleOf(state: ExchangeState, market: Market): Sample {
  let longAccounts = 0;
  let shortAccounts = 0;
  for (const account of state.accounts.values()) {
    for (const index of account.indexes(market.contract)) {
      const { lots } = account.margin.positions[index]!;
      if (lots > 0) longAccounts++;
      if (lots < 0) shortAccounts++;
    }
  }
  return {
    timeMs: state.nowMs,
    openInterestLots: openInterestLots(state, market),
    longAccounts,
    shortAccounts,
    mark: market.mark.mark,
    index: market.mark.index,
    last: market.contract.instrument.price(market.tape.last?.ticks ?? 0),
  };
}

const data = (name: string) => ({
  method: 'GET' as const,
  path: `/futures/data/${name}`,
  security: 'none' as const,
  weight: 0,
});

/** Endpoints under `/futures/data`. Every account counts as a top trader here. */
export function statisticsRoutes(statistics: Statistics): readonly BoundEndpoint[] {
  const endpoint = (
    name: string,
    parameter: 'symbol' | 'pair',
    row: (rows: Rows, sample: Sample) => Json,
  ): BoundEndpoint =>
    open(data(name), (state, read) => {
      const rows = statistics.rows(state, read, parameter);
      return 'code' in rows ? rows : rows.samples.map((sample) => row(rows, sample));
    });
  return [
    endpoint('openInterestHist', 'symbol', ({ market }, s) => ({
      symbol: market.symbol,
      sumOpenInterest: market.contract.marketQuantity(s.openInterestLots),
      sumOpenInterestValue: market.contract.instrument.valueAt(s.mark, s.openInterestLots).toFixed(8),
      timestamp: s.timeMs,
    })),
    ...['topLongShortPositionRatio', 'topLongShortAccountRatio', 'globalLongShortAccountRatio'].map((name) =>
      endpoint(name, 'symbol', ({ market }, s) => longShort(market, s)),
    ),
    endpoint('takerlongshortRatio', 'symbol', ({ market, stepMs }, s) => takerRatio(market, s.timeMs, stepMs)),
    endpoint('basis', 'pair', ({ market }, s) => ({
      pair: market.symbol,
      contractType: 'PERPETUAL',
      indexPrice: `${s.index}`,
      futuresPrice: `${s.last}`,
      basis: rateText(s.last - s.index),
      basisRate: s.index === 0 ? '0' : rateText((s.last - s.index) / s.index),
      annualizedBasisRate: '',
      timestamp: s.timeMs,
    })),
    open(data('delivery-price'), (state, read) => {
      const pair = read.needed('pair');
      if (pair !== '' && !state.markets.has(pair)) read.fail(refuse(-4144));
      // Perpetuals are never delivered.
      return read.refusal ?? [];
    }),
  ];
}

function longShort(market: Market, s: Sample): Json {
  const all = s.longAccounts + s.shortAccounts;
  const long = all === 0 ? 0.5 : s.longAccounts / all;
  return {
    symbol: market.symbol,
    longShortRatio: (long === 1 ? 0 : long / (1 - long)).toFixed(4),
    longAccount: long.toFixed(4),
    shortAccount: (1 - long).toFixed(4),
    timestamp: s.timeMs,
  };
}

/** Taker buys and sells of the interval that ended at `timeMs`. */
function takerRatio(market: Market, timeMs: number, stepMs: number): Json {
  let buys = 0;
  let all = 0;
  for (const bar of market.tape.klines.series('5m').bars) {
    if (bar.openMs < timeMs - stepMs || bar.openMs >= timeMs) continue;
    buys += bar.takerBuyLots;
    all += bar.lots;
  }
  const sells = all - buys;
  return {
    buySellRatio: (sells === 0 ? 0 : buys / sells).toFixed(4),
    buyVol: market.contract.marketQuantity(buys),
    sellVol: market.contract.marketQuantity(sells),
    timestamp: timeMs,
  };
}
