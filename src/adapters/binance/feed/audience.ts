import type { TimeMs } from '../../../core/vocabulary/time.ts';
import type { BookView, FeedGap, FeedRequest, FeedSink } from '../../../ports/market-feed.ts';

/** One subscription: who asked for what. */
export interface Listener {
  readonly id: number;
  readonly request: FeedRequest;
  readonly sink: FeedSink;
}

/** Everybody who listens to one stream. Each call reaches all of them, with their own ids. */
export class Audience {
  listeners: readonly Listener[] = [];

  add(listener: Listener): void {
    this.listeners = [...this.listeners, listener];
  }

  remove(id: number): void {
    this.listeners = this.listeners.filter((each) => each.id !== id);
  }

  trade(
    eventMs: TimeMs,
    receivedMs: TimeMs,
    tradeId: number,
    price: number,
    quantity: number,
    takerSide: number,
  ): void {
    const { listeners } = this;
    for (let k = 0; k < listeners.length; k++) {
      const { id, sink } = listeners[k]!;
      sink.trade(id, eventMs, receivedMs, tradeId, price, quantity, takerSide);
    }
  }

  quote(
    eventMs: TimeMs,
    receivedMs: TimeMs,
    updateId: number,
    bid: number,
    bidQuantity: number,
    ask: number,
    askQuantity: number,
  ): void {
    const { listeners } = this;
    for (let k = 0; k < listeners.length; k++) {
      const { id, sink } = listeners[k]!;
      sink.quote(id, eventMs, receivedMs, updateId, bid, bidQuantity, ask, askQuantity);
    }
  }

  bar(
    eventMs: TimeMs,
    receivedMs: TimeMs,
    openMs: TimeMs,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    isClosed: boolean,
  ): void {
    const { listeners } = this;
    for (let k = 0; k < listeners.length; k++) {
      const { id, sink } = listeners[k]!;
      sink.bar(id, eventMs, receivedMs, openMs, open, high, low, close, volume, isClosed);
    }
  }

  depth(eventMs: TimeMs, receivedMs: TimeMs, book: BookView): void {
    const { listeners } = this;
    for (let k = 0; k < listeners.length; k++) {
      const { id, sink } = listeners[k]!;
      sink.depth(id, eventMs, receivedMs, book);
    }
  }

  mark(
    eventMs: TimeMs,
    receivedMs: TimeMs,
    mark: number,
    index: number,
    fundingRate: number,
    nextFundingMs: TimeMs,
  ): void {
    const { listeners } = this;
    for (let k = 0; k < listeners.length; k++) {
      const { id, sink } = listeners[k]!;
      sink.mark(id, eventMs, receivedMs, mark, index, fundingRate, nextFundingMs);
    }
  }

  gap(gap: FeedGap): void {
    for (const { id, sink } of this.listeners) sink.gap(id, gap);
  }

  anomaly(code: Parameters<FeedSink['anomaly']>[1], detail: string): void {
    for (const { id, sink } of this.listeners) sink.anomaly(id, code, detail);
  }
}
