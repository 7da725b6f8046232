import type { InstrumentDefinition } from '../core/vocabulary/instrument.ts';
import type { BarColumns } from '../core/vocabulary/market-data.ts';
import type { Timeframe, TimeMs } from '../core/vocabulary/time.ts';

/** What can be subscribed to. `bars` needs a timeframe. */
export const FEED_CHANNELS = ['trades', 'quotes', 'bars', 'depth', 'mark'] as const;
export type FeedChannel = (typeof FEED_CHANNELS)[number];

export interface FeedRequest {
  readonly channel: FeedChannel;
  /** As the venue writes it, upper case: `BTCUSDT`. */
  readonly symbol: string;
  readonly timeframe?: Timeframe;
  /** Longest silence before the data counts as dead; the adapter's own for the channel by default (20 s where it has no better). */
  readonly silenceLimitMs?: number;
}

/** Data that is missing for good, or was missing and has come since. */
export interface FeedGap {
  /** `recovered`: the missed data was fetched and delivered in order before this was told. `lost`: it was not. */
  readonly outcome: 'recovered' | 'lost';
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  readonly reason: string;
}

/** Best levels of a book, best first; prices and quantities in venue units. Columns are reused: copy what must be kept. */
export interface BookView {
  readonly bids: { readonly count: number; readonly price: Float64Array; readonly quantity: Float64Array };
  readonly asks: { readonly count: number; readonly price: Float64Array; readonly quantity: Float64Array };
  readonly updateId: number;
}

/**
 * Takes what a feed delivers, with plain numbers, as it is called for every message. `id` is what {@link MarketFeed.subscribe} answered.
 * Of every subscription each closed bar comes once and in order; trades come once and in order of their ids.
 */
export interface FeedSink {
  /** `takerSide`: 1 the buyer took, −1 the seller. */
  trade(
    id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    tradeId: number,
    price: number,
    quantity: number,
    takerSide: number,
  ): void;
  quote(
    id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    updateId: number,
    bid: number,
    bidQuantity: number,
    ask: number,
    askQuantity: number,
  ): void;
  /** The forming bar (`isClosed` false) or a closed one. */
  bar(
    id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    openTimeMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void;
  /** The book changed; it is in step with the venue whenever this is called. */
  depth(id: number, eventTimeMs: TimeMs, receivedTimeMs: TimeMs, book: BookView): void;
  mark(
    id: number,
    eventTimeMs: TimeMs,
    receivedTimeMs: TimeMs,
    markPrice: number,
    indexPrice: number,
    fundingRate: number,
    nextFundingTimeMs: TimeMs,
  ): void;
  gap(id: number, gap: FeedGap): void;
  /** A message that could not be read, a value out of range, a field that the venue did not have before. The feed goes on. */
  anomaly(id: number, code: 'malformed' | 'out-of-range' | 'schema-drift' | 'crossed-book', detail: string): void;
}

/** `live`: data progresses. `stale`: silent beyond its limit, being replaced. `syncing`: connected, not in step yet. `down`: no connection. */
export type FeedState = 'live' | 'stale' | 'syncing' | 'down';

/** How one subscription does, at the moment of asking. */
export interface SubscriptionHealth {
  readonly id: number;
  readonly request: FeedRequest;
  readonly state: FeedState;
  /** Since the last data; infinity before the first. */
  readonly ageMs: number;
  readonly messages: number;
  /** Messages a second over the last minute. */
  readonly rate: number;
  readonly gaps: number;
}

export interface ConnectionHealth {
  readonly url: string;
  readonly state: 'connecting' | 'open' | 'waiting';
  readonly reconnects: number;
  readonly openSinceMs: TimeMs | null;
  readonly lastFrameAgeMs: number;
  /** Until the next attempt; 0 unless waiting. */
  readonly retryInMs: number;
  readonly lastFault: string | null;
}

/** How a feed that runs in a thread of its own hands over what it hears. */
export interface FeedThreadHealth {
  /** Times that the thread ended by itself and was started again. */
  readonly restarts: number;
  readonly lastFault: string | null;
  /** Until the next start; 0 while it runs. */
  readonly retryInMs: number;
  /** Times that the thread found no room for what it had to hand over and waited, and for how long in all. Nothing is left out. */
  readonly waits: number;
  readonly waitedMs: number;
  readonly isWaiting: boolean;
  /** Handed over and not yet taken. */
  readonly queuedBytes: number;
}

export interface FeedHealth {
  readonly subscriptions: readonly SubscriptionHealth[];
  readonly connections: readonly ConnectionHealth[];
  /** Venue's clock minus ours; null before it was measured. */
  readonly clockSkewMs: number | null;
  /** Only of a feed in a thread of its own. */
  readonly thread?: FeedThreadHealth;
}

/** Live market data of one venue. */
export interface MarketFeed {
  readonly venue: string;
  /** Channels that the venue has; others are refused by {@link subscribe} with a RangeError. */
  readonly channels: readonly FeedChannel[];
  /** Timeframes of `bars`; others are refused likewise. Absent where the venue takes any. */
  readonly timeframes?: readonly Timeframe[];
  /** Rules of every instrument, or of one. Rejects with {@link VenueError}. */
  instruments(symbols?: readonly string[]): Promise<readonly InstrumentDefinition[]>;
  /** Begins at once and never gives up until {@link unsubscribe}. */
  subscribe(request: FeedRequest, sink: FeedSink): number;
  unsubscribe(id: number): void;
  health(): FeedHealth;
  close(): Promise<void>;
}

/** Funding of a perpetual contract that has fallen due. */
export interface FundingRate {
  readonly timeMs: TimeMs;
  /** A fraction of the position's value: longs pay shorts where it is positive. */
  readonly rate: number;
  /** Price that positions were valued at; null where the venue does not say. */
  readonly markPrice: number | null;
}

/** Past bars of one venue. Separate from the stream, as some venues have only the one. */
export interface BarHistory {
  readonly venue: string;
  /** Most bars that one request brings. */
  readonly largestPage: number;
  readonly timeframes: readonly Timeframe[];
  /**
   * Bars whose open time lies in [fromMs, toMs), oldest first, at most {@link largestPage} of them: the earliest ones where there are
   * more. Unfinished bars are left out. Rejects with {@link VenueError}.
   */
  bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns>;
  /**
   * What of a perpetual contract's funding has fallen due since `fromMs`, oldest first; the earliest where there is more than one answer
   * brings. Absent where the venue tells none. Rejects with {@link VenueError}.
   */
  fundingRates?(symbol: string, fromMs: TimeMs): Promise<readonly FundingRate[]>;
  /** True of a source that lacks bars which the venue has: what it does not give is not absent for good. */
  readonly isPartial?: boolean;
  /** Of sources that are cut into files: where the file that holds `fromMs` ends. A call should ask for no more than that. */
  pageEndMs?(symbol: string, timeframe: Timeframe, fromMs: TimeMs): TimeMs;
}
