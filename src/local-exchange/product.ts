import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** A user of the local exchange. One account has one or more API keys and trades on every product. */
export interface Account {
  /** Small number from 0 on; 0 is the house, which makes the market. */
  readonly index: number;
  readonly name: string;
  /** Number that Binance calls `uid`. */
  readonly uid: number;
}

/** Who calls. Null on public routes. */
export interface Caller {
  readonly account: Account;
  readonly apiKey: string;
}

/**
 * Parameters of a request, decoded, by name. Of a WebSocket-API request the values are the JSON text of numbers and booleans, and the plain
 * text of strings; arrays and objects are JSON text.
 */
export type Params = ReadonlyMap<string, string>;

/** What a handler answers. `body` is sent as JSON; errors are `{ code, msg }` with their HTTP status. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** Binance's security types. `none` ignores a key that is sent; `key` needs one but no signature; the rest are signed. */
export type Security = 'none' | 'key' | 'user-data' | 'trade';

/** One REST endpoint. The server has checked key, signature, time window and limits before `handle` is called. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Exact path: `/api/v3/order`. */
  readonly path: string;
  readonly security: Security;
  /** Request weight; `succeeded` is null before the call, for the check, and told after it, for the charge. */
  weight(params: Params, succeeded: boolean | null): number;
  /** What it adds to the order count; 0 for all but placements. */
  orders?(params: Params): number;
  handle(params: Params, caller: Caller | null): Answer;
}

/** One method of the WebSocket API: `order.place`. `result` or `error` are made of the same {@link Answer}. */
export interface SocketMethod {
  readonly name: string;
  readonly security: Security;
  weight(params: Params, succeeded: boolean | null): number;
  orders?(params: Params): number;
  handle(params: Params, caller: Caller | null): Answer;
}

/** A row of the table of what is served; made from routes, methods and streams, plus what is refused and why. */
export interface ServedRow {
  readonly kind: 'rest' | 'socket-method' | 'stream' | 'user-event' | 'error-code';
  readonly name: string;
  readonly served: boolean;
  /** Why it is refused, or what is to be known of what is served. */
  readonly reason?: string;
}

/** What products are given by the exchange around them. */
export interface Surroundings {
  /** The exchange's own clock: real, accelerated or stepped by a test. */
  nowMs(): TimeMs;
  /** Runs when the exchange's clock has reached `timeMs`, in order of time, then of asking. Answers a function that cancels it. */
  at(timeMs: TimeMs, run: () => void): () => void;
  /** Seeded chance in [0, 1). */
  random(): number;
  /** Sends to everybody who has subscribed to a market stream of this product, as JSON. */
  publish(stream: string, data: Json): void;
  /** Whether anybody listens, so that costly payloads need not be made. */
  hasListeners(stream: string): boolean;
  /** Sends an event to every user-data subscription of an account on this product. */
  notify(account: Account, event: Json): void;
  readonly accounts: readonly Account[];
}

/** A price level that the house quotes. Decimals as text, on tick and lot. */
export interface HouseLevel {
  readonly price: string;
  readonly quantity: string;
}

/** How the world outside moves a product's market; a quiet market never calls it. */
export interface House {
  /** Replaces what the house has resting in a symbol by these levels, best first. They never trade with each other. */
  quote(symbol: string, bids: readonly HouseLevel[], asks: readonly HouseLevel[]): void;
  /** A trade of the outside world: it takes what clients have at that price or better first, the rest trades within the house. */
  trade(symbol: string, takerSide: 'buy' | 'sell', price: string, quantity: string): void;
  /** Index or mark price of a derivative, where the source has one. */
  mark?(symbol: string, markPrice: string, indexPrice: string): void;
}

/** Spot, or USD-M futures: everything that trades, without sockets, HTTP or the real clock. */
export interface Product {
  readonly name: 'spot' | 'usdm';
  readonly routes: readonly Route[];
  readonly methods: readonly SocketMethod[];
  readonly house: House;
  /** Symbols in the order of the listing. */
  readonly symbols: readonly string[];
  /** Whether a stream of this name exists (`btcusdt@kline_1m`, `!ticker@arr`). */
  hasStream(name: string): boolean;
  /** Told when the first listener of a stream comes and the last has left: periodic streams run only while somebody listens. */
  streamOpened(name: string): void;
  streamClosed(name: string): void;
  /** Pays in or (negative) takes out. Decimal text. Answers false where too little is free. */
  deposit(account: Account, asset: string, amount: string): boolean;
  served(): readonly ServedRow[];
}
