import { type BarRow, readPagedBars } from '../../connectivity/paged-bars.ts';
import type { BarColumns } from '../../core/vocabulary/market-data.ts';
import {
  barOpen,
  parseTimeframe,
  type Timeframe,
  type TimeframeSpec,
  type TimeMs,
  timeframe as timeframeSpec,
} from '../../core/vocabulary/time.ts';
import type { BarHistory, FundingRate } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { pageOf } from './capabilities.ts';
import type { CcxtBar } from './exchange-shape.ts';
import type { MarketAccess } from './market-access.ts';

/** ccxt's spelling: a month is `1M`. */
export function ccxtTimeframe(spec: TimeframeSpec): string {
  return spec.unit === 'mo' ? `${spec.count}M` : spec.text;
}

/** A bar of ccxt's; null where a figure is missing, is none, or contradicts another. */
export function barRowOf(bar: CcxtBar): BarRow | null {
  const [timeMs, open, high, low, close, volume] = bar.map(Number) as [number, number, number, number, number, number];
  const isBar = timeMs > 0 && low > 0 && low <= open && low <= close && high >= open && high >= close && volume >= 0;
  return isBar && Number.isFinite(high) && Number.isFinite(volume) ? [timeMs, open, high, low, close, volume] : null;
}

/** Funding that is asked for at once: what OKX and MEXC give at most. */
const FUNDING_ROWS = 100;

/** Past bars by `fetchOHLCV`, and past funding by `fetchFundingRateHistory`, which names no mark price. */
export class CcxtBarHistory implements BarHistory {
  readonly venue: string;
  readonly largestPage: number;
  readonly timeframes: readonly Timeframe[];
  /** The newest hundred at most: venues begin with those. */
  readonly fundingRates?: NonNullable<BarHistory['fundingRates']>;
  readonly #access: MarketAccess;
  readonly #names: ReadonlyMap<Timeframe, string>;

  constructor(access: MarketAccess) {
    this.#access = access;
    this.venue = access.venue;
    this.largestPage = pageOf(access.exchange, 'fetchOHLCV');
    const named = Object.keys(access.exchange.timeframes ?? {}).flatMap((name) => {
      const spec = parseTimeframe(name);
      return spec === null ? [] : [[spec.text, name] as const];
    });
    this.#names = new Map(named);
    this.timeframes = [...this.#names.keys()];
    if (access.exchange.has['fetchFundingRateHistory'] === true)
      this.fundingRates = (symbol, fromMs) => this.#fundingRates(symbol, fromMs);
  }

  async bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns> {
    const spec = timeframeSpec(timeframe);
    if (!this.#names.has(spec.text))
      throw new VenueError(
        'unsupported',
        this.venue,
        `${this.venue} has no ${spec.text} bars; it has ${this.timeframes.join(', ')}`,
      );
    const market = await this.#access.market(symbol);
    return readPagedBars(
      {
        largestPage: this.largestPage,
        nowMs: await this.#access.venueNowMs(),
        hasDays: this.#names.has('1d'),
        page: (pageSpec, pageFromMs, pageToMs) => this.#page(market.symbol, pageSpec, pageFromMs, pageToMs),
      },
      spec,
      fromMs,
      toMs,
    );
  }

  async #fundingRates(symbol: string, fromMs: TimeMs): Promise<readonly FundingRate[]> {
    const market = await this.#access.market(symbol);
    const rows = await this.#access.read((exchange) =>
      exchange.fetchFundingRateHistory(market.symbol, Math.ceil(fromMs), FUNDING_ROWS),
    );
    return rows.map((row) => {
      const [timeMs, rate] = [Number(row.timestamp), Number(row.fundingRate)];
      if (!Number.isFinite(timeMs) || !Number.isFinite(rate))
        throw this.#unreadable(`found ${JSON.stringify(row)} among the funding rates of ${market.symbol}`);
      return { timeMs, rate, markPrice: null };
    });
  }

  async #page(symbol: string, spec: TimeframeSpec, fromMs: TimeMs, toMs: TimeMs): Promise<readonly BarRow[]> {
    const name = this.#names.get(spec.text)!;
    const bars = await this.#access.read((exchange) =>
      exchange.fetchOHLCV(symbol, name, fromMs, this.largestPage, { until: Math.ceil(toMs) }),
    );
    return bars.map((bar) => {
      const row = barRowOf(bar);
      if (row === null) throw this.#unreadable(`found ${JSON.stringify(bar)} among the ${spec.text} bars of ${symbol}`);
      if (barOpen(spec, row[0]) !== row[0])
        throw this.#unreadable(`a bar opens at ${row[0]} ms, where no ${spec.text} bar opens in UTC`);
      return row;
    });
  }

  #unreadable(found: string): VenueError {
    return new VenueError('answer-unreadable', this.venue, found);
  }
}
