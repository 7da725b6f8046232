import type { TimeMs } from '../core/vocabulary/time.ts';

/** A trade of the world outside. */
export interface OutsideTrade {
  readonly kind: 'trade';
  readonly timeMs: TimeMs;
  readonly symbol: string;
  readonly price: number;
  readonly quantity: number;
  readonly takerSide: 'buy' | 'sell';
}

/** Best bid and ask of the world outside; without one, quotes follow the last trade. */
export interface OutsideQuote {
  readonly kind: 'quote';
  readonly timeMs: TimeMs;
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
}

export type OutsideEvent = OutsideTrade | OutsideQuote;

/**
 * What moves the market: events in order of time, read as they are needed. A recording implements this; symbols that no product
 * lists are passed over.
 */
export type MarketSource = Iterable<OutsideEvent>;

/** One source of several, in order of time; at the same instant in the order given. */
export function* mergeSources(sources: readonly MarketSource[]): Generator<OutsideEvent> {
  const heads = sources.map((source) => {
    const iterator = source[Symbol.iterator]();
    return { iterator, next: iterator.next() };
  });
  for (;;) {
    let first: (typeof heads)[number] | null = null;
    for (const head of heads)
      if (!head.next.done && (first === null || head.next.value.timeMs < (first.next.value as OutsideEvent).timeMs))
        first = head;
    if (first === null) return;
    yield first.next.value as OutsideEvent;
    first.next = first.iterator.next();
  }
}
