import { z } from 'zod';
import { CircuitBreaker } from '../../connectivity/circuit-breaker.ts';
import { RateLimiter } from '../../connectivity/rate-limiter.ts';
import { toMs as toTimeMs } from '../../connectivity/record-scanner.ts';
import { RestCaller } from '../../connectivity/rest-caller.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import { allocateBars, type BarColumns } from '../../core/vocabulary/market-data.ts';
import type { Random } from '../../core/vocabulary/random.ts';
import type { Timeframe, TimeMs } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FundingRate } from '../../ports/market-feed.ts';
import type { HttpAnswer, HttpClient } from '../../ports/transport.ts';
import { bannedForMs, judgeRefusal } from './errors.ts';
import { intervalOf, type MarketProduct } from './market-product.ts';
import { rateWindows } from './rate-limits.ts';
import { spotInstruments, spotListing, usdmInstruments, usdmListing } from './trading-rules.ts';
import { amount, readAs } from './wire-values.ts';

export interface MarketRestOptions {
  readonly market: MarketProduct;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  /** Share one among all that use the same address; of its own by default. */
  readonly limiter?: RateLimiter;
  readonly restOrigins?: readonly string[];
}

/** A past trade. On USD-M `id` is that of the aggregate. */
export interface PastTrade {
  readonly id: number;
  readonly timeMs: TimeMs;
  readonly price: number;
  readonly quantity: number;
  readonly takerSide: 1 | -1;
}

/** Past bars as they came, the running one included, with when each ends by the venue's word (its last millisecond). */
export interface BarPage {
  readonly bars: BarColumns;
  readonly lastMs: Float64Array;
}

/** Levels of a book as the venue has it at change `updateId`. */
export interface BookSnapshot {
  readonly updateId: number;
  readonly bids: readonly (readonly [price: number, quantity: number])[];
  readonly asks: readonly (readonly [price: number, quantity: number])[];
}

const instant = z.int().nonnegative().transform(toTimeMs);
const number = amount.transform(Number);
const single = z.object({ id: z.int(), price: number, qty: number, time: instant, isBuyerMaker: z.boolean() });
const aggregate = z.object({ a: z.int(), p: number, q: number, T: instant, m: z.boolean() });
const row = z.tuple([instant, number, number, number, number, number, z.int().nonnegative()]).rest(z.unknown());
const level = z.tuple([number, number]).rest(z.unknown());
const snapshot = z.object({ lastUpdateId: z.int(), bids: z.array(level), asks: z.array(level) });
/** Rows of before late 2023 name no mark price. */
const funding = z.object({
  fundingTime: instant,
  fundingRate: number,
  markPrice: z.union([number, z.literal('')]).nullish(),
});
const refusal = z.object({ code: z.int(), msg: z.string() });
const serverTime = z.object({ serverTime: instant });
/** Past the end of the venue's minute: what is missing comes late rather than never. */
const LONGEST_WAIT_MS = 70_000;
const FUNDING_ROWS = 1000;
const USED_WEIGHT = 'x-mbx-used-weight-1m';

/** Public market data of Binance over REST. Everything rejects with {@link VenueError} after retries. */
export class MarketRest {
  readonly market: MarketProduct;
  readonly #caller: RestCaller;
  readonly #ownLimiter: RateLimiter | null;

  constructor(options: MarketRestOptions) {
    const { market, clock, http, random } = options;
    this.market = market;
    this.#ownLimiter = options.limiter ? null : new RateLimiter({ clock, windows: rateWindows(market.product) });
    this.#caller = new RestCaller({
      venue: market.venue,
      http,
      clock,
      random,
      origins: options.restOrigins ?? market.restOrigins,
      limiter: options.limiter ?? this.#ownLimiter!,
      breaker: new CircuitBreaker({ clock }),
      judge: (answer) =>
        answer.status >= 200 && answer.status < 300
          ? null
          : judgeRefusal(market.product, { status: answer.status, ...refusalIn(answer) }),
      observe: ({ headers }, limiter, _request, sentTimeMs) => {
        const used = Number(headers[USED_WEIGHT]);
        if (headers[USED_WEIGHT] !== undefined && Number.isFinite(used))
          limiter.observe('weight', 60_000, used, sentTimeMs);
      },
      blockMs: (answer) => bannedForMs(refusalIn(answer).text, clock.nowMs()),
    });
  }

  async timeMs(): Promise<TimeMs> {
    return (await this.#get('/time', '', 1, serverTime)).serverTime;
  }

  /** Rules of every instrument. Margin schedules are for account holders only and left out. */
  async instruments(): Promise<readonly InstrumentDefinition[]> {
    const { product, venue, listingWeight } = this.market;
    if (product === 'spot')
      return spotInstruments(await this.#get('/exchangeInfo', '', listingWeight, spotListing), venue);
    return usdmInstruments(await this.#get('/exchangeInfo', '', listingWeight, usdmListing), [], venue);
  }

  /** Bars from the one that opens at or after `fromMs`, oldest first, those that open at `toMs` or later left out. */
  async bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarPage> {
    const { barPage } = this.market;
    const query = `${named(symbol)}&interval=${intervalOf(timeframe)}&startTime=${Math.ceil(fromMs)}&endTime=${Math.ceil(toMs) - 1}&limit=${barPage.limit}`;
    const rows = await this.#get('/klines', query, barPage.weight, z.array(row));
    const bars = allocateBars(rows.length);
    const lastMs = new Float64Array(rows.length);
    rows.forEach(([openTime, open, high, low, close, volume, lastTime], i) => {
      bars.openTimeMs[i] = openTime;
      bars.open[i] = open;
      bars.high[i] = high;
      bars.low[i] = low;
      bars.close[i] = close;
      bars.volume[i] = volume;
      lastMs[i] = toTimeMs(lastTime);
    });
    return { bars, lastMs };
  }

  /** Funding of a perpetual that has fallen due since `fromMs`, oldest first, a thousand at most. Spot has none. */
  async fundingRates(symbol: string, fromMs: TimeMs): Promise<readonly FundingRate[]> {
    const query = `${named(symbol)}&startTime=${Math.ceil(fromMs)}&limit=${FUNDING_ROWS}`;
    const rows = await this.#get('/fundingRate', query, 1, z.array(funding));
    return rows.map(({ fundingTime: timeMs, fundingRate: rate, markPrice }) => ({
      ...{ timeMs, rate },
      markPrice: typeof markPrice === 'number' && markPrice > 0 ? markPrice : null,
    }));
  }

  /** A page of trades from an id on, in order of their ids. */
  async trades(symbol: string, fromId: number): Promise<readonly PastTrade[]> {
    const { path, weight, limit } = this.market.tradePage;
    const query = `${named(symbol)}&fromId=${fromId}&limit=${limit}`;
    if (this.market.tradeStream === 'trade') {
      const rows = await this.#get(path, query, weight, z.array(single));
      return rows.map((t) => past(t.id, t.time, t.price, t.qty, t.isBuyerMaker));
    }
    const rows = await this.#get(path, query, weight, z.array(aggregate));
    return rows.map((t) => past(t.a, t.T, t.p, t.q, t.m));
  }

  async book(symbol: string): Promise<BookSnapshot> {
    const { limit, weight } = this.market.snapshot;
    const { lastUpdateId, bids, asks } = await this.#get('/depth', `${named(symbol)}&limit=${limit}`, weight, snapshot);
    return {
      updateId: lastUpdateId,
      bids: bids.map(([price, quantity]) => [price, quantity] as const),
      asks: asks.map(([price, quantity]) => [price, quantity] as const),
    };
  }

  close(): void {
    this.#ownLimiter?.close();
  }

  #get<S extends z.ZodType>(path: string, query: string, weight: number, schema: S): Promise<z.output<S>> {
    const full = `${this.market.restPath}${path}`;
    return this.#caller.read(
      {
        method: 'GET',
        path: full,
        costs: { weight },
        longestWaitMs: LONGEST_WAIT_MS,
        text: () => ({ target: query === '' ? full : `${full}?${query}` }),
      },
      ({ body }) => readAs(schema, JSON.parse(new TextDecoder().decode(body))),
    );
  }
}

function named(symbol: string): string {
  return `symbol=${encodeURIComponent(symbol)}`;
}

function past(id: number, timeMs: TimeMs, price: number, quantity: number, buyerIsMaker: boolean): PastTrade {
  return { id, timeMs, price, quantity, takerSide: buyerIsMaker ? -1 : 1 };
}

/** Code and text of a refusal; neither where the body is something else, as pages of proxies are. */
function refusalIn({ body }: HttpAnswer): { readonly code: number | null; readonly text: string } {
  try {
    const parsed = refusal.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return parsed.success ? { code: parsed.data.code, text: parsed.data.msg } : { code: null, text: '' };
  } catch (error) {
    if (error instanceof SyntaxError) return { code: null, text: '' };
    throw error;
  }
}
