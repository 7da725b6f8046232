import type { Engine } from '../core/engine/engine.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { OrderPlacement } from '../ports/exchange-gateway.ts';
import type { RequestKind, VenueWord } from './venue-words.ts';

/** Something that must be asked of a real exchange: durable first, then sent, at most once. */
export interface VenueRequest {
  readonly kind: RequestKind;
  /** Row of the order in the engine. */
  readonly row: number;
  readonly order: string;
  readonly symbol: string;
  /** What is placed; null for other requests. */
  readonly placement: OrderPlacement | null;
  /** Id of the order that it is placed with as a pair, which is asked for next to it; null for one that is placed alone. */
  readonly pair: string | null;
  /** Whether it can only lower what is at risk: a cancel, or an order that reduces. */
  readonly reduces: boolean;
  /** What risk said, and by which limits. */
  readonly verdict: Readonly<Record<string, Json>>;
  /** What stays reserved until its fate is proven. */
  readonly reservation: Json;
  readonly intent: number;
}

/**
 * The exchange as the core of a session sees it: simulated here, or real and far away. The core knows only this; which of the two it is
 * follows from the session's configuration.
 */
export interface VenueSide {
  /** The engine whose exchange it is. */
  readonly engine: Engine;
  /** A trade of the market. */
  trade(instrument: number, timeMs: number, price: number, quantity: number): void;
  /** A closed bar that orders lived through. */
  bar(
    instrument: number,
    openTimeMs: number,
    closeMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void;
  /** The last price that is known of an instrument. */
  price(instrument: number, price: number): void;
  /** Funding has fallen due, perhaps some time ago; `markPrice` null where it is not known. Only a simulated exchange is told of rates. */
  fund(instrument: number, timeMs: number, rate: number, markPrice: number | null): void;
  /** All bars that close at `timeMs` are known, and none of them is shown: trades were. */
  pass(timeMs: number): void;
  /** Whether a trade can change anything here. */
  wantsTrades(instrument: number): boolean;
  /** A word of the real exchange. */
  word(word: VenueWord): void;
  /** Requests of the engine out, reports in, until neither has more to say. */
  exchange(): void;
  /** What is to be asked of a real exchange since the last call, in order. */
  takeRequests(): readonly VenueRequest[];
  /** Everything that decides what happens next. */
  snapshot(): Json;
  restore(snapshot: Json): void;
}
