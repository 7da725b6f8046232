import type { FeedGap, FeedSink } from '../../../ports/market-feed.ts';
import type { Push } from '../push-decoder.ts';

export interface Subscriber {
  readonly id: number;
  readonly sink: FeedSink;
}

export type AnomalyCode = Parameters<FeedSink['anomaly']>[1];

/** What a lane may tell. Every subscriber of the topic is told the same. */
export interface LaneOutput {
  readonly subscribers: readonly Subscriber[];
  gap(gap: FeedGap): void;
  anomaly(code: AnomalyCode, detail: string): void;
}

/** One topic's data: from pushes to what subscribers are told. */
export interface Lane {
  /** A push whose body is this lane's kind. */
  push(push: Push, receivedTimeMs: number): void;
  /** Data flows again; what came after `sinceMs` may be missing. */
  resumed(sinceMs: number): void;
  interrupted(): void;
  close(): void;
}

/** Java's BigDecimal writes small numbers with an exponent. */
const DECIMAL = /^\d{1,20}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?$/;

/** A price or quantity as a double; NaN for text that is none, for negative and for missing ones. */
export function figure(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** A version, which MEXC writes as text; NaN where it is no safe integer. */
export function version(text: string): number {
  if (!/^\d{1,16}$/.test(text)) return Number.NaN;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

export const eventTimeOf = (push: Push, receivedTimeMs: number): number =>
  push.sendTimeMs || push.createTimeMs || receivedTimeMs;
