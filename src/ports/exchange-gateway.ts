import type { CredentialFacts } from '../core/vocabulary/credential.ts';
import type { InstrumentDefinition } from '../core/vocabulary/instrument.ts';
import type { OrderStatus, OrderType, Side, TimeInForce } from '../core/vocabulary/order.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { VenueErrorCode } from './venue-error.ts';

/**
 * How long after its time stamp a venue may take a request that changes something. Leases, kills and proofs of absence wait no longer than
 * that for what was sent before: a gateway sees to it that its venue refuses what comes later, where the venue can be told so.
 */
export const REQUEST_VALIDITY_MS = 2_000;

/** An order as it is sent: decimals as text, already on tick and lot. `clientOrderId` is ours, at most 32 alphanumerics. */
export interface OrderPlacement {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly quantity: string;
  readonly limit?: string;
  readonly trigger?: string;
  /** Distance of a trailing stop as a fraction of price, `0.01`. */
  readonly trail?: string;
  readonly expireAtMs?: TimeMs;
  /** By the venue's clock: what waits for room within the limits until after this is not sent any more. */
  readonly validUntilMs?: TimeMs;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  /** Which of the two positions, in hedge mode. */
  readonly positionSide?: 'long' | 'short';
}

/** An order as the venue tells it. Decimals as text. */
export interface VenueOrder {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly status: OrderStatus;
  readonly quantity: string;
  readonly filledQuantity: string;
  /** Quote that has changed hands, for the average price; null where the venue does not say. */
  readonly filledValue: string | null;
  readonly limit: string | null;
  readonly trigger: string | null;
  readonly reduceOnly: boolean;
  readonly updatedAtMs: TimeMs;
  readonly reason: string;
}

/** A trade of ours. `tradeId` is unique within venue, account and symbol, for ever. */
export interface VenueFill {
  readonly symbol: string;
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly isMaker: boolean;
  readonly tradedAtMs: TimeMs;
}

/** Funding of a position that was paid or received. `id` is unique within venue and account, for ever. */
export interface VenueFunding {
  readonly id: string;
  readonly symbol: string;
  readonly asset: string;
  /** Negative: paid by us. */
  readonly amount: string;
  readonly paidAtMs: TimeMs;
}

export interface VenueBalance {
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

export interface VenuePosition {
  readonly symbol: string;
  /** `net` in one-way mode. */
  readonly positionSide: 'net' | 'long' | 'short';
  /** Signed: negative is short. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly markPrice: string | null;
  readonly liquidationPrice: string | null;
  readonly leverage: number | null;
  readonly isolated: boolean;
}

/**
 * What is known of a request that may change something. `unknown` is an answer that does not prove the fate (time-out, 5xx, dropped
 * connection): the order stays open, with its exposure, until {@link ExchangeGateway.findOrder} or the account stream proves it. It is
 * never sent again.
 */
export type Outcome<T> =
  | { readonly outcome: 'accepted'; readonly value: T }
  | {
      readonly outcome: 'rejected';
      readonly code: VenueErrorCode;
      readonly message: string;
      readonly venueCode: string | null;
    }
  | { readonly outcome: 'unknown'; readonly code: VenueErrorCode; readonly message: string };

/** What the venue tells of the account, as it happens; may repeat, come late or out of order: whoever listens deduplicates. */
export interface AccountSink {
  order(order: VenueOrder): void;
  fill(fill: VenueFill): void;
  balance(balance: VenueBalance, atMs: TimeMs): void;
  position(position: VenuePosition, atMs: TimeMs): void;
  /** `symbol` is empty where the venue does not say it, as for cross margin at Binance. Negative: paid by us. */
  funding(symbol: string, asset: string, amount: string, atMs: TimeMs): void;
  liquidation(symbol: string, detail: string, atMs: TimeMs): void;
  /** The stream was interrupted and is back: what happened since this instant of the venue's clock must be asked for. */
  resumed(sinceMs: TimeMs): void;
  anomaly(code: 'malformed' | 'schema-drift' | 'unknown-enum', detail: string): void;
}

/** What a venue can do, so that what it cannot is emulated and said so. */
export interface GatewayCapabilities {
  readonly orderTypes: readonly OrderType[];
  readonly timesInForce: readonly TimeInForce[];
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** Whether an order can be changed in place. */
  readonly amend: boolean;
  readonly hedge: boolean;
  readonly positions: boolean;
  /** Whether a stop and a target can be placed as one pair, of which one cancels the other. */
  readonly pairs: boolean;
  /** Whether an order can be asked for by our id after it has ended, and for how long. */
  readonly findEndedForMs: number;
}

export type { CredentialFacts };

/**
 * Trading at one venue with one account. Reads reject with {@link VenueError} and are retried inside within the venue's limits; what
 * may change something answers an {@link Outcome}, never rejects and is sent at most once.
 */
export interface ExchangeGateway {
  readonly venue: string;
  readonly capabilities: GatewayCapabilities;
  /** Measures the clock, checks the key, starts the account stream. Rejects with {@link VenueError}. */
  connect(sink: AccountSink): Promise<CredentialFacts>;
  instruments(): Promise<readonly InstrumentDefinition[]>;
  place(order: OrderPlacement): Promise<Outcome<VenueOrder>>;
  /**
   * Places a stop and a target as one: both rest, or neither. Of the same symbol, side and quantity, good till canceled, each under its own
   * id, by which it is found, listed and told like any order. Once one of them trades or triggers, the venue ends the other; a cancel of one
   * cancels both, and both are told. `unsupported` where the venue has no pairs. The value: stop, target.
   */
  placePair(stop: OrderPlacement, target: OrderPlacement): Promise<Outcome<readonly [VenueOrder, VenueOrder]>>;
  cancel(symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>>;
  /** `limit` or `quantity` (the whole, what has filled included), or both. */
  amend(
    symbol: string,
    clientOrderId: string,
    change: { readonly limit?: string; readonly quantity?: string },
  ): Promise<Outcome<VenueOrder>>;
  /** How many orders were canceled; null where the venue does not say. */
  cancelAll(symbol: string): Promise<Outcome<number | null>>;
  /** Null is the venue's word that it knows no such order. */
  findOrder(symbol: string, clientOrderId: string): Promise<VenueOrder | null>;
  openOrders(symbol?: string): Promise<readonly VenueOrder[]>;
  /** Our trades of a symbol after a trade id, or from a time on, oldest first. */
  fills(
    symbol: string,
    since: { readonly tradeId: string } | { readonly timeMs: TimeMs },
  ): Promise<readonly VenueFill[]>;
  /** Funding of the account since an instant, oldest first; absent where the venue has none, or keeps no history of it. */
  fundingSince?(fromMs: TimeMs): Promise<readonly VenueFunding[]>;
  balances(): Promise<readonly VenueBalance[]>;
  /** Empty where the venue has none. */
  positions(): Promise<readonly VenuePosition[]>;
  /** Venue's clock minus ours, and how uncertain that is; null before the first measurement. */
  readonly clockSkew: { readonly skewMs: number; readonly uncertaintyMs: number } | null;
  close(): Promise<void>;
}
